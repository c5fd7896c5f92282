#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# The fuzz targets, without fuzzing: their seeds are read, and still reach what they are for.

load helpers

setup() {
	cd "$TOP" || return
}

@test "the seeds of every fuzz target reach as much of its readers as coverage.list says" {
	run -0 --separate-stderr make -s fuzz-coverage
	[ "$(grep -c ' %' <<<"$output")" -ge 50 ]
	lacks "$output" "too little"
}

@test "a reader that is reached less than coverage.list says fails" {
	# The same programs, with the seeds of one target taken away.
	mkdir -p "$BATS_TEST_TMPDIR/tests"
	cp -r tests/fuzz tests/hostile tests/notes tests/rules "$BATS_TEST_TMPDIR/tests/"
	rm -r "$BATS_TEST_TMPDIR/tests/fuzz/corpus/modalias"/*
	echo 'one | echo x' >"$BATS_TEST_TMPDIR/tests/fuzz/corpus/modalias/recipes"
	make -s COVERAGE=1 build/fuzz-coverage/modalias
	run -1 "$BATS_TEST_TMPDIR/tests/fuzz/coverage" build/fuzz-coverage modalias
	has "$output" "too little"
}

@test "every fuzz target is in coverage.list, and has seeds" {
	for target in tests/fuzz/*.c; do
		target=$(basename "$target" .c)
		grep -q "^$target " tests/fuzz/coverage.list || fail "$target is not in tests/fuzz/coverage.list"
		[ -n "$(ls "tests/fuzz/corpus/$target")" ] || fail "$target has no seeds"
	done
}
