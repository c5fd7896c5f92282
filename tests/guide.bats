#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# The guide: every command in it works, in its order, and its manual page has all of its text.

load helpers

# commands: the commands of the guide, one after the other, as a shell reads them. The lines up to END are those of a
# document in a command.
commands() {
	awk '/^```/ { block = !block; next }
		block && document { print; if ($0 == "END") document = 0; next }
		block && /^\$ / { print substr($0, 3); if (/<</) document = 1; next }
		block { print "false not a command: " $0 }' "$TOP/rpm/GUIDE.md"
}

@test "every command of the guide works, from sources to a release" {
	cd "$BATS_TEST_TMPDIR" || return
	commands >commands
	[ "$(wc -l <commands)" -ge 40 ]
	export XS_DDK_DIR=$TOP PATH=$TOP/note:$PATH
	# What fails is the last command that the shell prints.
	run -0 bash -e -x commands
	# The release has what the guide says of it.
	run -0 xs-ddk show hello/build/isos/hello.iso
	has "$output" 1.0
	has "$output" 1.1
	run -0 rpm -qp --qf '%{RELEASE}\n' hello/build/rpms/hello-1.1-modules-*.rpm
	[ "$output" = 2 ]
	xmllint --noout report.xml
}

@test "the manual page of the guide is well-formed, and has all of its text" {
	local page=$TOP/build/man/xs-ddk-guide.7
	run -0 mandoc -T lint -W warning "$page"
	[ "$output" = "" ]
	# Letters and digits are compared: a page has other hyphens and quotes.
	diff <(sed -n '2,${/^```/d; s/^## //; p}' "$TOP/rpm/GUIDE.md" | tr -cs '[:alnum:]' '\n' | sed '/^$/d') \
		<(mandoc -T utf8 -O width=200 "$page" | col -b | sed '1,/DESCRIPTION/d; /^SEE ALSO/,$d' | tr -cs '[:alnum:]' '\n' | sed '/^$/d')
}
