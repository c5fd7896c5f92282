#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# Findings that are known: the project file .xs-ddk.conf, and the baseline. What is suppressed is always told.

load helpers
load rules/rules.bash

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	mkdir in
	license=- a_module in/warned.ko
	version=- a_module in/failed.ko
}

# found: the rules in the JSON of the output, each with its path.
found() { jq -r '.findings[] | .rule + " " + .path' <<<"$output"; }
suppressed() { jq -r '.suppressed[] | .rule + " " + .path' <<<"$output"; }

@test "a line of .xs-ddk.conf in the current directory suppresses a finding, and the output says so" {
	echo "off note-missing because this driver has no version" >.xs-ddk.conf
	run -0 --separate-stderr xs-ddk verify in
	has "$output" "2 modules checked: 0 errors, 1 warning"
	has "$output" "1 finding is suppressed by .xs-ddk.conf; --show-suppressed prints it"
	lacks "$output" note-missing
	run -0 --separate-stderr xs-ddk verify --show-suppressed in
	has "$output" "suppressed: in/failed.ko: error: "
	has "$output" "    .xs-ddk.conf:1: this driver has no version"
	run -1 --separate-stderr xs-ddk verify --no-config in
	lacks "$output" suppressed
	mkdir elsewhere
	cd elsewhere
	run -1 --separate-stderr xs-ddk verify ../in
	run -0 --separate-stderr xs-ddk verify --config ../.xs-ddk.conf ../in
	has "$output" "suppressed by ../.xs-ddk.conf"
}

@test "no format hides that findings were suppressed" {
	printf 'off note-missing because x\nerror license-missing because y\n' >.xs-ddk.conf
	for format in text json tap junit github markdown; do
		run -1 --separate-stderr xs-ddk verify --quiet --format "$format" in
		has "$output" "1 finding is suppressed by"
		has "$output" "1 finding has another severity by"
	done
	run -1 --separate-stderr xs-ddk verify --format junit in
	xmllint --noout --schema "$TOP/tests/rules/junit.xsd" - <<<"$output"
	run -1 --separate-stderr xs-ddk verify --format sarif in
	jq -e '.runs[0].results | length == 2 and (map(select(.suppressions)) | length == 1)' <<<"$output"
	[ "$(jq -r '.runs[0].results[1].suppressions[0].justification' <<<"$output")" = ".xs-ddk.conf:1: x" ]
}

@test "a line gives findings another severity, which the status follows" {
	echo "warning note-missing because it is the vendor's binary" >.xs-ddk.conf
	run -0 --separate-stderr xs-ddk verify --json in
	[ "$(jq -c '[.errors, .warnings, .findings[0].severity, .findings[0].by, .findings[0].reason]' <<<"$output")" = \
		"[0,2,\"warning\",\".xs-ddk.conf:1\",\"it is the vendor's binary\"]" ]
	run -1 --separate-stderr xs-ddk verify --strict in
	echo "error license-missing because we publish all sources" >.xs-ddk.conf
	run -1 --separate-stderr xs-ddk verify --json in/warned.ko
	[ "$(jq -c '[.errors, .warnings]' <<<"$output")" = "[1,0]" ]
}

@test "a pattern is for the whole path or for its end, and the first line that fits counts" {
	while read -r pattern fits; do
		echo "off note-missing $pattern because x" >.xs-ddk.conf
		run --separate-stderr xs-ddk verify --json in
		[ "$(suppressed | wc -l)" -eq "$fits" ] || fail "$pattern: $output"
	done <<-'END'
		failed.ko 1
		in/failed.ko 1
		*/failed.ko 1
		f?iled.ko 1
		*a*l* 1
		* 1
		ailed.ko 0
		failed 0
		in 0
		warned.ko 0
		?failed.ko 0
		?n*d.ko 1
		in* 1
		n*d.ko 0
	END
	printf 'error note-missing failed.ko because a\noff note-missing because b\n' >.xs-ddk.conf
	run -1 --separate-stderr xs-ddk verify --json in
	[ "$(jq -r '.findings[0].reason' <<<"$output")" = a ]
	# A pattern that takes long where each '*' may take any text.
	echo "off note-missing $(printf '*a%.0s' {1..200})b because x" >.xs-ddk.conf
	cp in/failed.ko "in/$(printf 'a%.0s' {1..200}).ko"
	run -1 --separate-stderr timeout 10 xs-ddk verify --json in
	# The first part of this path only begins as the pattern does.
	mkdir in/failed.ko.d && cp in/failed.ko in/failed.ko.d/
	echo "off note-missing failed.ko because x" >.xs-ddk.conf
	run -0 --separate-stderr xs-ddk verify --json in/failed.ko.d
	# A '*' behind what fits each of many parts of a path.
	echo "off note-missing ?*$(printf '/%.0s' {1..1500})x because x" >.xs-ddk.conf
	run -1 --separate-stderr timeout 10 xs-ddk verify --json "$(printf '/%.0s' {1..3900})$PWD/in/failed.ko"
	[ "$(jq -r '.findings[].rule' <<<"$output")" = note-missing ]
}

@test "after its day a line counts no more, and the output says so" {
	today=$(date -u +%F)
	echo "off note-missing until $today because x" >.xs-ddk.conf
	run -0 --separate-stderr xs-ddk verify in
	echo "off note-missing until $(date -u -d yesterday +%F) because x" >.xs-ddk.conf
	run -1 --separate-stderr xs-ddk verify in
	has "$output" ".xs-ddk.conf:1 ended on $(date -u -d yesterday +%F); it was for 1 finding of note-missing"
	# A later line may still be for the finding.
	echo "off note-missing until 2999-12-31 because y" >>.xs-ddk.conf
	run -0 --separate-stderr xs-ddk verify in
	has "$output" "ended on"
	has "$output" "suppressed by"
}

@test "each wrong line is named with its number, and nothing is verified" {
	cat >.xs-ddk.conf <<-'END'
		# a comment

		offf note-missing because x
		off note-mising because x
		off
		off note-missing
		off note-missing because
		off note-missing a b because x
		off note-missing until tomorrow because x
		off note-missing until 2026-02-30 because x
		off note-missing until
		off read-failed because x
		off note-missing because x
	END
	run -2 --separate-stderr xs-ddk verify in
	[ -z "$output" ]
	[ "$(grep -c '^xs-ddk: .xs-ddk.conf:' <<<"$stderr")" -eq 10 ]
	has "$stderr" ".xs-ddk.conf:3: the line must begin with off, warning or error, not with: offf"
	has "$stderr" ".xs-ddk.conf:4: unknown rule; 'xs-ddk rules' prints all rules: note-mising"
	has "$stderr" ".xs-ddk.conf:5: the name of a rule is missing"
	for line in 6 7 11; do
		grep -qE "^xs-ddk: .xs-ddk.conf:$line: (the reason is missing|'until' needs a day)" <<<"$stderr"
	done
	has "$stderr" ".xs-ddk.conf:8: expected 'until' or 'because', found: b"
	has "$stderr" ".xs-ddk.conf:9: 'until' needs a day as YYYY-MM-DD: tomorrow"
	has "$stderr" ".xs-ddk.conf:10: 'until' needs a day as YYYY-MM-DD: 2026-02-30"
	has "$stderr" ".xs-ddk.conf:12: this rule says that an input was not checked, and has no exceptions: read-failed"
}

@test "a project file that is a link, a FIFO, too large or no text is refused" {
	echo "off note-missing because x" >real
	ln -s real .xs-ddk.conf
	run -2 --separate-stderr xs-ddk verify in
	has "$stderr" ".xs-ddk.conf: the exceptions cannot be read: "
	has "$stderr" "give it with --config, or use --no-config"
	run -0 --separate-stderr xs-ddk verify --config .xs-ddk.conf in
	rm .xs-ddk.conf
	mkfifo .xs-ddk.conf
	run -2 --separate-stderr timeout 10 xs-ddk verify in
	run -2 --separate-stderr timeout 10 xs-ddk verify --config .xs-ddk.conf in
	rm .xs-ddk.conf
	yes '# comment' | head -c 300000 >.xs-ddk.conf
	run -2 --separate-stderr xs-ddk verify in
	printf 'off note-missing because \0x\n' >.xs-ddk.conf
	run -2 --separate-stderr xs-ddk verify in
	has "$stderr" "it is no text"
	run -2 --separate-stderr xs-ddk verify --config absent in
	has "$stderr" "absent: the exceptions cannot be read: No such file or directory"
	for command in verify report; do
		run -2 --separate-stderr xs-ddk $command --config real --no-config in
		has "$stderr" "--config and --no-config contradict each other"
		run -2 --separate-stderr xs-ddk $command --profile xs7 in
		has "$stderr" "unknown profile 'xs7'; the profiles are generic, xs8, xs9 and el9"
	done
}

@test "what says that an input was not checked is never suppressed" {
	printf 'off note-missing * because x\noff license-missing * because x\n' >.xs-ddk.conf
	run -2 --separate-stderr xs-ddk verify in absent.ko
	has "$output" "absent.ko: error: "
	run -2 --separate-stderr xs-ddk verify --baseline base --write-baseline in absent.ko
	[ "$(grep -vc '^#' base)" -eq 0 ]
}

@test "a baseline suppresses the findings it has and no other, from any directory and in any order" {
	run -0 --separate-stderr xs-ddk verify --baseline base --write-baseline in
	has "$output" "2 findings are written to base"
	[ "$(grep -v '^#' base | cut -f 1,2)" = $'license-missing\twarned.ko\nnote-missing\tfailed.ko' ]
	run -0 --separate-stderr xs-ddk verify --strict --baseline base in
	has "$output" "2 known findings are suppressed by base; --show-suppressed prints them"
	cp -r in "$BATS_TEST_TMPDIR/other directory"
	run -0 --separate-stderr xs-ddk verify --strict --baseline base "$BATS_TEST_TMPDIR/other directory"
	tac base >reversed
	run -0 --separate-stderr xs-ddk verify --strict --baseline reversed in/failed.ko "$PWD/in/warned.ko"
	version=- a_module in/new.ko
	run -1 --separate-stderr xs-ddk verify --json --baseline base in
	[ "$(found)" = "note-missing in/new.ko" ]
	rm in/warned.ko in/new.ko
	run -0 --separate-stderr xs-ddk verify --baseline base in
	has "$output" "1 finding of base is gone; --write-baseline writes it again"
}

@test "a baseline is the same whatever the order of the inputs, the threads and the directory" {
	mkdir a b
	for i in {1..20}; do
		cp in/failed.ko "a/f$i.ko"
	done
	cp -r a b/
	run -0 --separate-stderr xs-ddk verify --jobs 1 --baseline one --write-baseline a in
	run -0 --separate-stderr xs-ddk verify --jobs 8 --baseline two --write-baseline "$PWD/in/" "$PWD/b/a"
	diff one two
	LC_ALL=C sort -c <(grep -v '^#' one)
	run -0 --separate-stderr bash -c 'cd a && xs-ddk verify --baseline ../three --write-baseline .'
	[ "$(grep -v '^#' three | head -n 1 | cut -f 2)" = f1.ko ]
}

@test "a text of a finding with the path of another input has not the directory in the baseline" {
	mkdir one two
	uname=4.19.0+1 payload_module net 1.0.0 net
	a_package net-data >/dev/null 2>&1
	mv net-data.rpm one/
	uname=4.19.0+1 payload_module net 1.0.0 net 'info "author=somebody"'
	a_package net-data >/dev/null 2>&1
	mv net-data.rpm two/
	run --separate-stderr xs-ddk verify --baseline base --write-baseline "$PWD/one" "$PWD/two"
	has "$(cat base)" "package-same-name"
	lacks "$(cat base)" "$PWD"
}

@test "a baseline that cannot be used is refused with its line" {
	run -2 --separate-stderr xs-ddk verify --baseline absent in
	has "$stderr" "absent: the baseline cannot be read: No such file or directory"
	printf '# comment\nnote-missing only-two\n' >bad
	run -2 --separate-stderr xs-ddk verify --baseline bad in
	has "$stderr" "bad:2: expected a rule, a path and a problem with tabs between"
	run -2 --separate-stderr xs-ddk verify --write-baseline in
	has "$stderr" "--write-baseline needs --baseline FILE"
	run -2 --separate-stderr xs-ddk verify --baseline no/directory --write-baseline in
	has "$stderr" "no/directory: the baseline cannot be written: its directory cannot be opened"
}

@test "--quiet prints findings and no summary" {
	a_module sound.ko
	run -0 --separate-stderr xs-ddk verify --quiet sound.ko
	[ -z "$output$stderr" ]
	run -1 --separate-stderr xs-ddk verify --quiet in
	[ "$(grep -c ' checked: ' <<<"$output")" -eq 0 ]
	has "$output" "in/failed.ko: error: "
}


@test "a pattern may begin where a package begins" {
	version=- payload_module net 1.0.0 net
	a_package "net-1.0.0-modules-test-$uname"
	run -1 --separate-stderr xs-ddk verify --json ./*.rpm
	[ "$(jq '.findings | length' <<<"$output")" -eq 1 ]
	echo "off note-missing lib/modules/*/net.ko because x" >.xs-ddk.conf
	run -0 --separate-stderr xs-ddk verify --json ./*.rpm
	[ "$(suppressed)" = "note-missing ./net-1.0.0-modules-test-$uname.rpm!lib/modules/$uname/xenserver/net/1.0.0/net.ko" ]
}
