#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# Modules made to mislead or to break their reader: the table tests/hostile/modules.

load helpers
load hostile/modules.bash

setup_file() {
	need_sanitizers
	export HOSTILE=$BATS_FILE_TMPDIR/modules
	mkdir "$HOSTILE"
	(hostile_modules "$HOSTILE")
}

setup() {
	cd "$HOSTILE" || return
}

@test "every hostile module is found under exactly the rules its line names" {
	run -1 --separate-stderr xs-ddk verify --json .
	[ -z "$stderr" ] || fail "$stderr"
	judged "$TOP/tests/hostile/modules" 60
}

@test "the sanitizers' build finds nothing wrong in itself, and the same in them" {
	run -1 --separate-stderr "$TOP/build/san/bin/xs-ddk" verify --json .
	[ -z "$stderr" ] || fail "$stderr"
	judged "$TOP/tests/hostile/modules" 60
}

# judged_for MACHINE CHANGE: the cases of the table, made for that machine, are found under the same rules, but for a
# CHANGE by sed.
judged_for() {
	mkdir "$BATS_TEST_TMPDIR/modules"
	(hostile_modules "$BATS_TEST_TMPDIR/modules" "$1")
	cd "$BATS_TEST_TMPDIR/modules" || return
	sed "$2" "$TOP/tests/hostile/modules" >../cases
	run -1 --separate-stderr "$TOP/build/san/bin/xs-ddk" verify --json .
	[ -z "$stderr" ] || fail "$stderr"
	judged ../cases 60
}

# The sum of a size and an offset of 32 bits does not overflow: it is only too large.
no_overflow='/^names-wrap/s/module-damaged/module-truncated/'

@test "the same cases of 32 bits are found" { judged_for i386-linux-gnu "$no_overflow"; }
@test "the same cases in big-endian are found" { judged_for s390x-linux-gnu ''; }
@test "the same cases of 32 bits in big-endian are found" { judged_for powerpc-linux-gnu "$no_overflow"; }

@test "packed in gzip, xz and zstd they are judged alike" {
	for suffix in gz xz zst; do
		mkdir "$BATS_TEST_TMPDIR/$suffix"
		cp -r . "$BATS_TEST_TMPDIR/$suffix"
	done
	cd "$BATS_TEST_TMPDIR"
	find gz -name case.ko -print0 | xargs -0 gzip
	find xz -name case.ko -print0 | xargs -0 xz
	find zst -name case.ko -print0 | xargs -0 zstd -q --rm
	for suffix in gz xz zst; do
		run -1 --separate-stderr "$TOP/build/san/bin/xs-ddk" verify --json --jobs 2 "$suffix"
		[ -z "$stderr" ] || fail "$stderr"
		judged "$TOP/tests/hostile/modules" 60
	done
}

@test "what the order of the threads is does not show" {
	run -1 --separate-stderr xs-ddk verify --json --jobs 1 .
	one=$output
	for jobs in 2 3 8 32; do
		run -1 --separate-stderr xs-ddk verify --json --jobs "$jobs" .
		[ "$output" = "$one" ]
	done
}

@test "no format prints a byte of theirs that a terminal or a parser would act on" {
	for format in text json tap junit github; do
		run -1 --separate-stderr xs-ddk verify --format "$format" .
		lacks "$output$stderr" $'\e'
		lacks "$output$stderr" $'\x07'
		iconv -f UTF-8 -t UTF-8 <<<"$output" >/dev/null
	done
	run -2 --separate-stderr xs-ddk show .
	lacks "$output$stderr" $'\e'
}

@test "show survives them" {
	run -2 --separate-stderr "$TOP/build/san/bin/xs-ddk" show --json .
	lacks "$stderr" Sanitizer
	jq -e '.modules | length > 20' <<<"$output"
}
