# SPDX-License-Identifier: GPL-2.0-only
# Makes the manual page: awk -f manual.awk rules.def xs-ddk.1.in. For each rule, an item ".It Sy RULE" in the page gets
# its severity, its problem and its hint from rules.def, before and after what the page itself says about the rule.

function sentence(text) {
	gsub(/\001/, "\"", text)
	gsub(/-/, "\\-", text)
	return text "."
}

function end_rule() {
	if (rule)
		print "Fix: " sentence(hint[rule])
	rule = ""
}

NR == FNR {
	gsub(/\\"/, "\001")
	split($0, part, "\"")
	if (/^RULE/) {
		id = part[2]
		severity[id] = part[3] ~ /ERROR/ ? "error" : "warning"
		problem[id] = part[4]
	} else if (/^ +"/) {
		hint[id] = part[2]
	}
	next
}

/^\.(It|El)/ { end_rule() }

/^\.It Sy/ {
	rule = $3
	if (!(rule in problem)) {
		print FILENAME ": there is no rule " rule | "cat >&2"
		exit 1
	}
	print $0 " Pq " severity[rule]
	print sentence(toupper(substr(problem[rule], 1, 1)) substr(problem[rule], 2))
	next
}

{ print }
