#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# Small files that stand for much: work and memory stay within 64 MiB and 16 times the input, and nothing is started.

load helpers
load hostile/containers.bash

setup_file() {
	export SOUND=$BATS_FILE_TMPDIR/sound
	mkdir "$SOUND"
	(
		# shellcheck disable=SC2034 # sound_ones looks there
		here=$TOP/tests/hostile
		cd "$SOUND" || exit
		sound_ones
	)
}

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	cp "$SOUND/case.rpm" "$SOUND/case.ko" .
	# shellcheck disable=SC2034 # the verbs of hostile/patch.bash change it
	file=case.rpm
	payload_at
}

# payload_at: where the main header and the payload of case.rpm stand.
payload_at() {
	main=$(($(stat -c %s case.rpm) - $(rpm -qp --qf '%{SIGSIZE}' case.rpm)))
	payload=$((main + 16 + 16 * 0x$(xxd -p -s $((main + 8)) -l 4 case.rpm) + 0x$(xxd -p -s $((main + 12)) -l 4 case.rpm)))
}

# bounded STATUS COMMAND...: it ends with that status, and takes neither the memory nor the time that the rule forbids.
# 128 MiB of addresses are 64 MiB of the rule, and what libraries and stacks reserve and do not touch.
bounded() {
	local status=$1
	shift
	run "-$status" --separate-stderr timeout 20 prlimit --data=134217728 xs-ddk "$@"
}

rules_found() {
	jq -r '.findings[].rule' <<<"$output" | sort -u | tr '\n' ' '
}


@test "no program is started to unpack a payload, whatever it begins with" {
	mkdir bin
	for name in lrzip grzip lzop lzma unlzma xz unxz gzip gunzip bzip2 bunzip2 zstd unzstd lz4 compress uncompress; do
		printf '#!/bin/sh\necho "$0" >>%q\n' "$PWD/started" >"bin/$name"
		chmod +x "bin/$name"
	done
	for magic in 'LRZI\x00\x06' 'GRZipII\x00\x02\x04:)' '\x89LZO\x00\x0d\x0a\x1a\x0a' '\x04"M\x18' '\x1f\x9d' \
		'\x1f\x8b' '\xfd7zXZ\x00' '\x28\xb5\x2f\xfd' 'BZh9' ']\x00\x00\x80\x00'; do
		cut_to "$payload"
		append "$magic"
		zeros 4096
		PATH=$PWD/bin:$PATH bounded 1 verify case.rpm
	done
	[ ! -e started ]
}

@test "a payload is one compressed stream: gzip in gzip is not unpacked again" {
	truncate -s 100M zeros
	gzip -c zeros | gzip -c | gzip -c >nested
	replace cat nested
	[ "$(stat -c %s case.rpm)" -lt 65536 ]
	bounded 1 verify --json case.rpm
	has "$(rules_found)" input-damaged
}

@test "a payload of zeros ends at the limit" {
	entry big.bin 0100644 /dev/null
	cut_end cpio
	truncate -s 100M cpio
	replace gzip -c cpio
	bounded 1 verify --json --disable note-missing case.rpm
	has "$(rules_found)" input-limit
}

@test "files on an image that are compressed count as what they unpack to" {
	mkdir tree
	yes | head -c 100M >tree/data.bin
	xorriso -outdev case.iso -map tree / -set_filter_r --zisofs / -- 2>log || fail "$(cat log)"
	[ "$(stat -c %s case.iso)" -lt 4194304 ]
	bounded 1 verify --json case.iso
	has "$(rules_found)" input-limit
}

@test "an image with a thousand names for one package is read in bounded memory" {
	mkdir tree
	head -c 3000000 /dev/urandom >tree/blob
	cp case.rpm tree/0.rpm
	for i in $(seq 1000); do ln tree/0.rpm "tree/$i.rpm"; done
	xorrisofs -quiet -R -o case.iso tree
	bounded 1 verify --json case.iso
}
