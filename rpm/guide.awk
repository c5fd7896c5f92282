# SPDX-License-Identifier: GPL-2.0-only
# Makes the manual page xs-ddk-guide(7) from GUIDE.md: awk -f guide.awk GUIDE.md. It knows what the guide uses: headings,
# paragraphs, blocks between lines of three backquotes, and words in backquotes.

function escaped(text) {
	gsub(/\\/, "\\e", text)
	gsub(/-/, "\\-", text)
	return text
}

# A line of the page. A point or a quote at its beginning would begin a request.
function line(text) {
	print (text ~ /^[.']/ ? "\\&" : "") text
}

# The words in backquotes become bold.
function words(text,   out, at) {
	out = ""
	while ((at = index(text, "`")) > 0) {
		out = out escaped(substr(text, 1, at - 1))
		text = substr(text, at + 1)
		at = index(text, "`")
		out = out "\\fB" escaped(substr(text, 1, at - 1)) "\\fR"
		text = substr(text, at + 1)
	}
	return out escaped(text)
}

NR == 1 {
	print ".\\\" Made from GUIDE.md."
	print ".Dd November 21, 2026"
	print ".Dt XS-DDK-GUIDE 7"
	print ".Os"
	print ".Sh NAME"
	print ".Nm xs-ddk-guide"
	print ".Nd packaging a driver, from the sources to a release"
	print ".Sh DESCRIPTION"
	next
}
/^```/ {
	block = !block
	print block ? ".Bd -literal -offset indent" : ".Ed"
	paragraph = !block
	next
}
block {
	line(escaped($0))
	next
}
/^## / {
	print ".Ss \\&" escaped(substr($0, 4))
	paragraph = 0
	next
}
/^$/ { next_paragraph = paragraph; next }
{
	if (next_paragraph)
		print ".Pp"
	next_paragraph = 0
	paragraph = 1
	# mdoc wants each sentence on a line of its own.
	text = words($0)
	gsub(/[.] /, ".\n", text)
	line(text)
}
END {
	print ".Sh SEE ALSO"
	print ".Xr xs-ddk 1 ,\n.Xr xs-kbuild 1 ,\n.Xr xs-trial 1 ,\n.Xr driver.mk 5 ,\n.Xr xs-driver-disk 5 ,\n.Xr xs-driver 8"
}
