#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# Packages, images and compressed files made to mislead or to break their reader: the table tests/hostile/containers.

load helpers
load hostile/containers.bash

setup_file() {
	need_sanitizers
	export HOSTILE=$BATS_FILE_TMPDIR/containers
	mkdir "$HOSTILE"
	(hostile_containers "$HOSTILE")
}

setup() {
	cd "$HOSTILE" || return
}

# The rules about reading a file, which is what the table is about.
read_rules='^(input|read|module-not|note|path)-'

# cases PATTERN: the cases whose line has it, as paths; with "not PATTERN", those whose line has not.
cases() {
	local want=-e
	[ "$1" != not ] || { want=-ve; shift; }
	table "$TOP/tests/hostile/containers" | grep "$want" "$1" | sed 's,|.*,,; s,^,./,'
}

# verify_all: each bomb alone, because it takes what the run may unpack from those that come after it; the others at once.
verify_all() {
	local name
	# shellcheck disable=SC2046 # names without blanks
	xs-ddk verify --json $(cases not input-limit)
	for name in $(cases input-limit); do
		xs-ddk verify --json --limit 16M "$name"
	done
}

@test "every hostile container is found under exactly the rules its line names" {
	run --separate-stderr verify_all
	[ -z "$stderr" ] || fail "$stderr"
	output=$(jq -s '{findings: map(.findings) | add}' <<<"$output")
	judged "$TOP/tests/hostile/containers" 20 "$read_rules"
}

@test "the sanitizers' build finds nothing wrong in itself, and the same in them" {
	PATH=$TOP/build/san/bin:$PATH
	run --separate-stderr verify_all
	[ -z "$stderr" ] || fail "$stderr"
	output=$(jq -s '{findings: map(.findings) | add}' <<<"$output")
	judged "$TOP/tests/hostile/containers" 20 "$read_rules"
}

@test "what a container names outside itself is not written" {
	rm -rf /tmp/xs-ddk-hostile
	run -0 --separate-stderr xs-ddk verify --disable package-digest rpm-dotdot rpm-absolute
	has "$output" "2 modules checked"
	[ ! -e /tmp/xs-ddk-hostile ]
}

@test "the order does not depend on the number of threads" {
	mapfile -t cases < <(cases not input-limit)
	run -2 --separate-stderr xs-ddk verify --json --jobs 1 "${cases[@]}"
	one=$output
	for jobs in 2 8; do
		run -2 --separate-stderr xs-ddk verify --json --jobs "$jobs" "${cases[@]}"
		[ "$output" = "$one" ]
	done
}

@test "no format prints a byte of theirs that a terminal or a parser would act on" {
	for format in text json tap junit github; do
		run -1 --separate-stderr xs-ddk verify --format "$format" rpm-name-escapes
		lacks "$output$stderr" $'\e'
		has "$output" '\x1b[2J\x0a\xff.ko' || has "$output" '\\x1b[2J\\x0a\\xff.ko'
	done
}

@test "show survives them" {
	run -2 --separate-stderr "$TOP/build/san/bin/xs-ddk" show --json .
	lacks "$stderr" Sanitizer
}
