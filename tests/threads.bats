#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# The threads of verify under ThreadSanitizer: no data race, over all that threads read.

load helpers
load disk/disk.bash

setup_file() {
	export TSAN=$TOP/build/tsan/bin/xs-ddk
	flock "$TOP/build/.tsan-lock" make -s -C "$TOP" SANITIZE=thread build/tsan/bin/xs-ddk >&2
}

# silent PATH...: verify with 8 threads says the same as with one, and ThreadSanitizer says nothing.
silent() {
	local alone
	run --separate-stderr "$XS_BIN/xs-ddk" verify --json --jobs 1 "$@"
	alone=$output
	TSAN_OPTIONS=exitcode=66 run -"$status" --separate-stderr "$TSAN" verify --json --jobs 8 "$@"
	[ -z "$stderr" ] || fail "$stderr"
	[ "$output" = "$alone" ]
}

@test "ThreadSanitizer finds a data race that is there" {
	printf '%s\n' '#include <pthread.h>' 'static int n;' 'static void *add(void *p) { n++; return p; }' \
		'int main(void) { pthread_t t; pthread_create(&t, 0, add, 0); n++; return pthread_join(t, 0); }' \
		>"$BATS_TEST_TMPDIR/race.c"
	gcc -fsanitize=thread -pthread -o "$BATS_TEST_TMPDIR/race" "$BATS_TEST_TMPDIR/race.c"
	TSAN_OPTIONS=exitcode=66 run -66 "$BATS_TEST_TMPDIR/race"
	has "$output" "data race"
	# And it is in the program that the other tests run.
	nm -D "$TSAN" | grep -q __tsan_init
}

@test "eight threads over modules, plain and compressed, have no data race" {
	mkdir "$BATS_TEST_TMPDIR/modules"
	cd "$BATS_TEST_TMPDIR/modules" || return
	for i in {1..40}; do
		as -W -I "$TOP/tests/notes" -o "m$i.ko" "$TOP/tests/notes/sound.s"
		cp "m$i.ko" "x$i.ko" && xz "x$i.ko"
		cp "m$i.ko" "g$i.ko" && gzip "g$i.ko"
		head -c 200 "m$i.ko" >"broken$i.ko"
	done
	silent .
}

@test "eight threads over packages and driver disks have no data race" {
	built=$(example)
	make_disk "$BATS_TEST_TMPDIR/disk"
	cp -r "$built/rpms" "$BATS_TEST_TMPDIR/rpms"
	silent "$BATS_TEST_TMPDIR/rpms" "$BATS_TEST_TMPDIR/disk" "$TOP/tests/notes"
}
