#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# make mutants and topics.list: what is wrong in their tables is found before they are needed.

load helpers

@test "every mutant of the tables can be applied, and says why it is wrong" {
	run -0 --separate-stderr "$TOP/tests/mutants/run" --list
	[[ "$output" =~ ^([0-9]+)\ mutants,\ [0-9]+\ equivalent$ ]]
	[ "${BASH_REMATCH[1]}" -ge 90 ]
}

@test "a mutant that changes no line, or several, or does not say why it is wrong, is refused" {
	printf 'tools/elf/note.c\n\ts/there is no such line/x/ # nothing\n' >"$BATS_TEST_TMPDIR/a.list"
	printf 'tools/elf/note.c\n\ts/return NOTE_BROKEN/return NOTE_END/ # several\n' >"$BATS_TEST_TMPDIR/b.list"
	printf 'tools/elf/note.c\n\ts/return NOTE_FOUND/return NOTE_END/\n' >"$BATS_TEST_TMPDIR/c.list"
	run -1 --separate-stderr "$TOP/tests/mutants/run" --list "$BATS_TEST_TMPDIR/a.list"
	has "$stderr" "changes 0 lines, not one"
	run -1 --separate-stderr "$TOP/tests/mutants/run" --list "$BATS_TEST_TMPDIR/b.list"
	has "$stderr" "changes 3 lines, not one"
	run -1 --separate-stderr "$TOP/tests/mutants/run" --list "$BATS_TEST_TMPDIR/c.list"
	has "$stderr" "does not say why it is wrong"
}

@test "random mutants are the same for the same seed, and change one token" {
	run -0 --separate-stderr "$TOP/tests/mutants/run" --list --random 20 --seed 7
	[ "$output" = "20 mutants, 0 equivalent" ]
}

@test "topics.list names tests that exist, for every source" {
	cd "$TOP"
	while read -r pattern names; do
		[[ $pattern != '#' ]] || continue
		for name in $names; do [ -e "tests/$name.bats" ] || fail "$pattern: tests/$name.bats is not there"; done
	done <tests/topics.list
	mapfile -t patterns < <(sed -e '/^#/d' -e 's/ .*//' tests/topics.list)
	for file in tools/*/*.c; do
		for pattern in "${patterns[@]}"; do
			# shellcheck disable=SC2053 # a pattern
			[[ $file != $pattern ]] || continue 2
		done
		fail "no line fits $file"
	done
}

@test "tests/run takes a source, and refuses one that topics.list does not know" {
	XS_BUILT=1 run -2 "$TOP/tests/run" tools/elf/note.c nothing.bats
	has "$output" "there is no nothing.bats"
	XS_BUILT=1 run -2 "$TOP/tests/run" tools/nothing/at.all
	has "$output" "no line of tests/topics.list fits tools/nothing/at.all"
}
