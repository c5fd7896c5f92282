#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# xs-trial: sound drivers pass on a running kernel, and defects are found by the trial that is meant for each.

load helpers

TRIAL=$TOP/tools/trial/xs-trial

# defect_tree DIRECTORY NAME VERSION [DEFINE]: a build tree with the driver "defect-NAME" of tests/trial/defect.c.
defect_tree() {
	local uname build=$BATS_TEST_TMPDIR/build-$2-$3
	uname=$(a_kernel)
	mkdir -p "$build"
	cp "$TOP/tests/trial/defect.c" "$build/defect_$2.c"
	printf 'obj-m := defect_%s.o\nccflags-y := %s\n' "$2" "${4:+-D$4}" >"$build/Kbuild"
	"$TOP/note/xs-kbuild" --version "$3" --kernel "$uname" -- make -s -C "{kdir}" M="$build" modules >&2
	install -D -m 644 "$build/defect_$2.ko" "$1/lib/modules/$uname/xenserver/defect-$2/$3/defect_$2.ko"
	xs-ddk info --driver "defect-$2" --version "$3" "$build/defect_$2.ko" \
		>"$1/lib/modules/$uname/xenserver/defect-$2/$3/info.json"
}

# A build tree has findings that a package must not have, such as debugging information: hence --force below.

# result ID TEXT: what xs-trial said of the trial of the driver.
result() { grep -E "^[a-zA-Z-]+ +$1 +defect-$2 " <<<"$output"; }

@test "a sound driver passes, and a leak is found by cycle.load" {
	local tree=$BATS_TEST_TMPDIR/tree
	defect_tree "$tree" none 1.0
	defect_tree "$tree" leak 1.0 DEFECT_LEAK
	run -1 --separate-stderr "$TRIAL" --kernel "$(a_kernel)" --report "$BATS_TEST_TMPDIR/report" --force --only cycle.load "$tree"
	echo "$output"
	has "$(result cycle.load none)" passed
	has "$(result cycle.load leak)" "the memory in use grew by"
	jq -e '.format == "xs-trial" and .failed == 1 and .passed == 1' "$BATS_TEST_TMPDIR/report/trial.json"
	xmllint --noout "$BATS_TEST_TMPDIR/report/junit.xml"
	has "$(cat "$BATS_TEST_TMPDIR/report/index.html")" "the memory in use grew by"
}

@test "a warning in the log, and a second version that does not load are found" {
	local tree=$BATS_TEST_TMPDIR/tree
	defect_tree "$tree" warning 1.0 DEFECT_WARNING
	defect_tree "$tree" second 1.0
	defect_tree "$tree" second 1.1 DEFECT_FAILS
	run -1 --separate-stderr "$TRIAL" --kernel "$(a_kernel)" --force --only record.alias "$tree"
	echo "$output"
	has "$(result record.alias warning)" "the kernel's log: "
	has "$(result record.alias second | grep ' 1.0 ')" passed
	has "$(result record.alias second | grep ' 1.1 ')" "no device is bound"
}

@test "the example's disk installs on a running host, and its versions are swapped" {
	load disk/disk
	PACKAGES=$(example_packages "$(a_kernel)") make_disk "$BATS_TEST_TMPDIR/isos"
	run -0 --separate-stderr "$TRIAL" --kernel "$(a_kernel)" --only install.batch --only swap.pairs "$BATS_TEST_TMPDIR/isos/xsedu.iso"
	echo "$output"
	[ "${#lines[@]}" -eq 3 ]
	[ "${lines[2]}" = "2 passed, 0 failed, 0 not tried" ]
}

@test "what verify refuses is not tried, and what is called wrongly is said: status 2" {
	local tree=$BATS_TEST_TMPDIR/tree
	mkdir -p "$tree/lib/modules/x/xenserver/d/1.0"
	echo "no module" >"$tree/lib/modules/x/xenserver/d/1.0/d.ko"
	run -2 --separate-stderr "$TRIAL" "$tree"
	has "$stderr" "xs-ddk verify refuses what is given; --force tries it nevertheless"
	run -2 --separate-stderr "$TRIAL"
	has "$stderr" "no disk or package is given"
	run -2 --separate-stderr "$TRIAL" --bogus
	has "$stderr" "unknown option '--bogus'"
	run -2 --separate-stderr "$TRIAL" --device nonsense "$tree"
	has "$stderr" "--device nonsense: not in the list"
	run -2 --separate-stderr "$TRIAL" /nowhere.iso
	has "$stderr" "/nowhere.iso: not there"
}

@test "--list has every trial, the manual describes each, and each says in which machine it runs" {
	run -0 --separate-stderr "$TRIAL" --list
	[ "${#lines[@]}" -eq "$(find "$TOP/tools/trial/trials" -type f | wc -l)" ]
	for file in "$TOP"/tools/trial/trials/*; do
		has "$output" "$(basename "$file") "
		grep -q "^\.It Sy $(basename "$file")\( \|$\)" "$TOP/tools/trial/xs-trial.1" || fail "xs-trial(1) lacks $(basename "$file")"
		grep -qE '^# machine: (version|swap|install|upgrade)$' "$file" || fail "$file does not say its machine"
	done
	run -0 mandoc -T lint -W warning "$TOP/tools/trial/xs-trial.1"
	run -0 --separate-stderr "$TRIAL" --help
	for option in $(grep -oE '^\.It Fl \\-[a-z]+' "$TOP/tools/trial/xs-trial.1" | sed 's/.*\\-/--/'); do
		has "$output" "$option"
	done
}
