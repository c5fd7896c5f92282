#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# xs-ddk verify: statuses, options, and the file against its path.

load helpers

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	uname=$(a_kernel)
	module=$(example_module 1.0.0 "$uname")
}

# laid VERSION [UNAME]: puts the module where that version of that kernel would lie; prints the path.
laid() {
	local directory=lib/modules/${2-$uname}/xenserver/xsedu/$1
	mkdir -p "$directory"
	cp "$module" "$directory/xsedu.ko"
	echo "$directory/xsedu.ko"
}

rules_found() {
	jq -r '[.findings[].rule] | join(" ")' <<<"$output"
}

@test "a module that is right is status 0 and one line" {
	run -0 --separate-stderr xs-ddk verify "$module"
	[ "$output" = "1 module checked: 0 errors, 0 warnings" ]
	[ -z "$stderr" ]
}

@test "a finding names file, rule, what was found, what was expected and the fix" {
	run -1 --separate-stderr xs-ddk verify --version 1.0.1 "$module"
	has "$output" "$module: error: "
	has "$output" "the record says 1.0.0, expected 1.0.1 [path-version]"
	has "$output" "    fix: "
	[ -z "$stderr" ]
}

@test "--json tells the same for programs" {
	run -1 --separate-stderr xs-ddk verify --json --version 1.0.1 "$module"
	jq -e --arg path "$module" '.format == "xs-ddk-verify" and .schema == 2 and .checked == 1 and .errors == 1 and
		(.findings[0] | .rule == "path-version" and .severity == "error" and .path == $path)' <<<"$output"
}

@test "a module that lies where its version and kernel belong is right" {
	path=$(laid 1.0.0)
	run -0 --separate-stderr xs-ddk verify --json "$path"
	[ "$(rules_found)" = "" ]
}

@test "a version that is not its directory's is found" {
	path=$(laid 1.0.1)
	run -1 --separate-stderr xs-ddk verify --json "$path"
	[ "$(rules_found)" = path-version ]
	has "$output" "the record says 1.0.0, expected 1.0.1"
}

@test "a kernel that is not its directory's is found" {
	path=$(laid 1.0.0 5.10.0-1-amd64)
	run -1 --separate-stderr xs-ddk verify --json "$path"
	[ "$(rules_found)" = path-kernel ]
	has "$output" "its vermagic says $uname, expected 5.10.0-1-amd64"
}

@test "a file name that is not the module's is found, but a dash for an underscore is none" {
	cp "$module" other.ko
	run -1 --separate-stderr xs-ddk verify --json other.ko
	[ "$(rules_found)" = path-name ]
	has "$output" "the file is other, the module is xsedu"
	as -W -I "$TOP/tests/notes" -o case.ko "$TOP/tests/notes/sound.s"
	sed 's/name=case/name=a_case/' "$TOP/tests/notes/note.inc" >note.inc
	as -W -I . -o a-case.ko "$TOP/tests/notes/sound.s"
	run -0 --separate-stderr xs-ddk verify a-case.ko case.ko
}

@test "the place is known also from within the directory and through a link" {
	path=$(laid 1.0.1)
	(cd "$(dirname "$path")" && run -1 --separate-stderr xs-ddk verify --json xsedu.ko && [ "$(rules_found)" = path-version ])
	mkdir "lib/modules/$uname/updates"
	ln -s ../xenserver/xsedu/1.0.1/xsedu.ko "lib/modules/$uname/updates/xsedu.ko"
	run -1 --separate-stderr xs-ddk verify --json "lib/modules/$uname/updates/xsedu.ko"
	[ "$(rules_found)" = path-version ]
}

@test "--version and --kernel go before what the path says" {
	path=$(laid 1.0.1)
	run -0 --separate-stderr xs-ddk verify --version 1.0.0 "$path"
	run -1 --separate-stderr xs-ddk verify --json --version 1.0.0 --kernel 5.10.0-1-amd64 "$path"
	[ "$(rules_found)" = path-kernel ]
}

@test "--disable leaves a rule out, and does not take a name that is none" {
	run -0 --separate-stderr xs-ddk verify --version 1.0.1 --disable path-version "$module"
	run -2 --separate-stderr xs-ddk verify --disable path-versions "$module"
	has "$stderr" "unknown rule 'path-versions'"
}

@test "--loaded compares the record of what is loaded" {
	mkdir -p root/sys/module/xsedu/notes
	echo live >root/sys/module/xsedu/initstate
	objcopy -O binary --only-section .note.xenserver "$module" root/sys/module/xsedu/notes/.note.xenserver
	run -0 --separate-stderr xs-ddk verify --sysroot root --loaded --version 1.0.0 xsedu
	has "$output" "1 module checked"
	run -1 --separate-stderr xs-ddk verify --json --sysroot root --loaded --version 1.1.0
	[ "$(rules_found)" = path-version ]
	rm root/sys/module/xsedu/notes/.note.xenserver
	run -1 --separate-stderr xs-ddk verify --json --sysroot root --loaded xsedu
	[ "$(rules_found)" = note-missing ]
}

@test "what cannot be read is status 2, and the rest is still judged" {
	run -2 --separate-stderr xs-ddk verify --json --version 1.0.1 absent.ko "$module"
	[ "$(rules_found | tr ' ' '\n' | sort | paste -s -d ' ')" = "path-version read-failed" ]
	has "$output" "No such file or directory"
}

@test "a directory without a module is status 2: nothing was verified" {
	mkdir empty
	run -2 --separate-stderr xs-ddk verify empty
	has "$output" "empty: error: "
	has "$output" "has no module"
}

@test "a FIFO or a device named like a module does not stop the rest" {
	mkdir tree
	mkfifo tree/a.ko
	ln -s /dev/zero tree/b.ko
	ln -s . tree/loop
	cp "$module" tree/xsedu.ko
	run -2 --separate-stderr timeout 10 xs-ddk verify --json tree
	[ "$(rules_found)" = read-failed ]
	[ "$(jq .checked <<<"$output")" -eq 1 ]
	run -2 timeout 10 xs-ddk verify /dev/zero
}

@test "a text for a version or a kernel that is none is a wrong call" {
	for value in '' ../1 'a b' "$(printf '%064d' 1)"; do
		run -2 --separate-stderr xs-ddk verify --version "$value" "$module"
		has "$stderr" "is not a legal version"
	done
	run -2 --separate-stderr xs-ddk verify --kernel a/b "$module"
	has "$stderr" "is not a legal uname"
	run -2 --separate-stderr xs-ddk verify --format xml "$module"
	has "$stderr" "unknown format 'xml'"
	run -2 --separate-stderr xs-ddk verify
	has "$stderr" "a PATH is missing"
}

@test "a full disk under stdout is an error, in every command that prints" {
	for command in "show $module" "verify $module" "rules" "compare 1 2" "--help" "verify --help"; do
		# shellcheck disable=SC2086 # a command line
		run -2 --separate-stderr bash -c "xs-ddk $command >/dev/full"
		has "$stderr" "cannot write to standard output: No space left on device"
	done
}

@test "the sanitizers' build says the same of every case" {
	need_sanitizers
	as -W -I "$TOP/tests/notes" -o case.ko "$TOP/tests/notes/escape.s"
	for bin in "$TOP/build/bin" "$TOP/build/san/bin"; do
		run -1 --separate-stderr "$bin/xs-ddk" verify case.ko
		[ -z "$stderr" ]
		has "$output" "found byte 0x1b [note-chars]"
	done
}
