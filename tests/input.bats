#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# What a PATH may be, and what happens when it cannot be read.

load helpers
load hostile/containers.bash

setup_file() {
	export SOUND=$BATS_FILE_TMPDIR/sound
	mkdir "$SOUND"
	(
		here=$TOP/tests/hostile
		cd "$SOUND" || exit
		sound_ones
		rm -r cpio.sound tree
		as -I "$TOP/tests/notes" -o far.ko "$here/far.s"
	)
}

setup() {
	cd "$BATS_TEST_TMPDIR" || return
}

paths_found() {
	jq -r '.findings[] | .path + " " + .rule' <<<"$output"
}

@test "a module is read plain, in gzip, xz and zstd, in a package and in a package on an image" {
	cp "$SOUND"/* .
	run -0 --separate-stderr xs-ddk show case.ko case.ko.gz case.ko.xz case.ko.zst case.rpm case.iso
	[ "$(grep -c '^1\.2\.3  *case ' <<<"$output")" -eq 7 ]
	has "$output" "case.rpm!lib/modules/6.1.0-0-test/updates/case.ko"
	has "$output" "case.iso!folder/case.rpm!lib/modules/6.1.0-0-test/updates/case.ko"
	has "$output" "case.iso!case.ko"
}

@test "a directory of all of these is read, and --jobs changes nothing" {
	cp "$SOUND"/case.* .
	run --separate-stderr xs-ddk verify --json --jobs 1 .
	[ "$(jq .checked <<<"$output")" -eq 7 ]
	one=$output
	for jobs in 2 8 100; do
		run --separate-stderr xs-ddk verify --json --jobs $jobs .
		[ "$output" = "$one" ]
	done
}

@test "real packages of this distribution's rpmbuild with every payload are read" {
	cp "$SOUND/case.rpm" .
	for io in w9.gzdio w6.xzdio w3.zstdio w9.bzdio w6.lzdio w.ufdio; do
		mkdir -p root/lib/modules/6.1.0-0-test/updates
		cp "$SOUND/case.ko" root/lib/modules/6.1.0-0-test/updates
		rpmbuild --quiet -bb --define "_sourcedir $PWD/root" --define "_rpmdir $PWD" --define "_topdir $PWD/top" \
			--define "_rpmfilename $io.rpm" --define "_binary_payload $io" "$TOP/tests/hostile/case.spec"
		run -0 --separate-stderr xs-ddk show $io.rpm
		has "$output" "$io.rpm!lib/modules/6.1.0-0-test/updates/case.ko"
	done
}

@test "a source package is read: it holds no module, which is no fault" {
	rpmbuild --quiet -bs --define "_srcrpmdir $PWD" --define "_topdir $PWD/top" "$TOP/tests/hostile/case.spec"
	run --separate-stderr xs-ddk verify --json ./*.src.rpm
	lacks "$(paths_found)" " input-"
	lacks "$(paths_found)" " read-"
}

@test "a PATH is told by its bytes, below a directory by its name" {
	cp "$SOUND/case.rpm" package
	cp "$SOUND/case.ko.xz" module
	cp "$SOUND/case.iso" image
	run -0 --separate-stderr xs-ddk show package image
	has "$output" "package!lib/modules"
	has "$output" "image!case.ko"
	run -0 --separate-stderr xs-ddk show module
	mkdir directory
	mv package directory/
	run -2 --separate-stderr xs-ddk show directory
	has "$stderr" "directory has no module"
}

@test "records far into a long module are found, however it is compressed, in bounded memory" {
	cp "$SOUND/far.ko" case.ko
	for suffix in ko ko.gz ko.xz ko.zst; do
		case $suffix in
		ko.gz) gzip -1 -k case.ko ;;
		ko.xz) xz -0 -k case.ko ;;
		ko.zst) zstd -q case.ko ;;
		esac
		run -0 --separate-stderr prlimit --data=33554432 xs-ddk verify --jobs 1 --version 1.2.3 "case.$suffix"
	done
}

@test "memory does not grow with the module" {
	cp "$SOUND/case.ko" case.ko
	truncate -s 800M case.ko
	zstd -q case.ko
	run -0 --separate-stderr prlimit --data=33554432 xs-ddk verify --json --jobs 1 --limit 1G case.ko case.ko.zst
	[ "$(paths_found | sort -u | tr '\n' ' ')" = "case.ko signature-garbage case.ko.zst signature-garbage " ]
}

@test "--limit stops what unpacks to more, at the size it says" {
	cp "$SOUND"/case.ko.* "$SOUND/case.rpm" .
	size=$(stat -c %s "$SOUND/case.ko")
	for file in case.ko.gz case.ko.xz case.ko.zst; do
		run -0 --separate-stderr xs-ddk verify --limit "$size" "$file"
		run -1 --separate-stderr xs-ddk verify --json --limit $((size - 1)) "$file"
		[ "$(paths_found)" = "$file input-limit" ]
		has "$output" "the file unpacks to more than the limit"
	done
	run -1 --separate-stderr xs-ddk verify --json --limit $((size - 1)) case.rpm
	has "$(paths_found)" "input-limit"
	run -0 --separate-stderr xs-ddk verify --limit 1G case.ko.gz
}

@test "--limit holds for the whole run, not for each file" {
	cp "$SOUND"/case.ko.* .
	size=$(stat -c %s "$SOUND/case.ko")
	run -0 --separate-stderr xs-ddk verify --jobs 1 --limit $((3 * size)) case.ko.gz case.ko.xz case.ko.zst
	run -1 --separate-stderr xs-ddk verify --json --jobs 1 --limit $((3 * size - 1)) case.ko.gz case.ko.xz case.ko.zst
	[ "$(paths_found)" = "case.ko.zst input-limit" ]
	has "$output" "all that this run may unpack was unpacked"
}

@test "without --limit, a run unpacks 64 MiB and 16 times the bytes it reads" {
	truncate -s 64M case.ko
	zstd -q -1 case.ko
	run -1 --separate-stderr xs-ddk verify --json case.ko.zst
	lacks "$(paths_found)" input-limit
	truncate -s 65M case.ko
	zstd -q -f -1 case.ko
	run -1 --separate-stderr xs-ddk verify --json case.ko.zst
	has "$(paths_found)" "case.ko.zst input-limit"
}

@test "--limit and --jobs take numbers only" {
	for value in '' 0 -1 1x 1KK K 99999999999999999999 9000000T; do
		run -2 --separate-stderr xs-ddk verify --limit "$value" "$SOUND/case.ko"
		has "$stderr" "--limit takes"
	done
	for value in '' 0 -1 1x 257 1000000000000; do
		run -2 --separate-stderr xs-ddk verify --jobs "$value" "$SOUND/case.ko"
		has "$stderr" "--jobs takes"
	done
}

@test "a FIFO, a device, a loop and a file that may not be read are errors of their paths, and the rest goes on" {
	mkdir -p tree/sub
	cp "$SOUND/case.ko" tree/sub/
	mkfifo tree/fifo.ko tree/sub/fifo.rpm
	ln -s .. tree/sub/loop
	ln -s loop.ko tree/loop.ko
	cp "$SOUND/case.ko" tree/secret.ko
	# The directories bats makes are closed to others.
	chmod go+rx "$BATS_RUN_TMPDIR" "$BATS_RUN_TMPDIR"/* "$BATS_TEST_TMPDIR"
	chmod 0 tree/secret.ko
	as_nobody=()
	[ "$(id -u)" -ne 0 ] || as_nobody=(setpriv --reuid 65534 --regid 65534 --clear-groups)
	cp "$XS_BIN/xs-ddk" .
	run -2 --separate-stderr timeout 20 "${as_nobody[@]}" ./xs-ddk verify --json tree /dev/null
	[ "$(jq .checked <<<"$output")" -eq 1 ]
	paths_found >found
	has "$(cat found)" "/dev/null read-failed"
	has "$(cat found)" "tree/fifo.ko read-failed"
	has "$(cat found)" "tree/sub/fifo.rpm read-failed"
	has "$(cat found)" "tree/secret.ko read-failed"
	[ "$(grep -c read-failed found)" -eq 4 ]
}

@test "a directory a thousand deep is an error, not a crash" {
	path=deep
	for _ in $(seq 100); do path=$path/d; done
	mkdir -p "$path"
	cp "$SOUND/case.ko" deep/
	run -2 --separate-stderr xs-ddk verify --json deep
	[ "$(jq .checked <<<"$output")" -eq 1 ]
	has "$(paths_found)" read-failed
	has "$output" "64 directories deep"
}

@test "a file that shrinks while it is read is an error of that file, and the rest goes on" {
	mkdir tree
	cp "$SOUND"/case.ko "$SOUND"/case.ko.xz "$SOUND"/case.rpm tree/
	cp "$SOUND/case.ko" other.ko
	# The kernel's answer to reading at the end is 0 bytes: given from the second read on.
	for file in case.ko case.ko.xz case.rpm; do
		run -2 --separate-stderr strace -f -qq -o log -P "$PWD/tree/$file" -e inject=pread64:retval=0:when=2+ \
			xs-ddk verify --json --jobs 1 tree other.ko
		has "$(paths_found)" "tree/$file read-failed"
		has "$output" "became shorter while it was read"
		[ "$(jq .checked <<<"$output")" -ge 2 ]
	done
}

@test "a disk that fails is an error of that file, and the rest goes on" {
	mkdir tree
	cp "$SOUND"/case.ko "$SOUND"/case.ko.zst tree/
	run -2 --separate-stderr strace -f -qq -o log -P "$PWD/tree/case.ko.zst" -e inject=pread64:error=EIO \
		xs-ddk verify --json --jobs 1 tree
	[ "$(paths_found | grep read-failed)" = "tree/case.ko.zst read-failed" ]
	[ "$(jq .checked <<<"$output")" -eq 1 ]
}

@test "names of a directory's files come out escaped, and are read all the same" {
	cp "$SOUND/case.ko" $'\e[31m\n\xff.ko'
	run -1 --separate-stderr xs-ddk verify .
	lacks "$output$stderr" $'\e'
	has "$output" './\x1b[31m\x0a\xff.ko'
	has "$output" "1 module checked"
}

@test "a progress line shows on a terminal when the work is long, and is gone in the end" {
	# However fast the machine is, each read takes a tenth of a second.
	mkdir tree
	for i in 1 2 3 4 5 6 7 8; do
		cp "$SOUND/case.ko" "tree/$i.ko"
	done
	slow="strace -f -qq -o log -e trace=pread64 -e inject=pread64:delay_enter=100000"
	run -1 script -qec "$slow xs-ddk verify --jobs 1 tree >report" typescript
	has "$(cat typescript)" "files looked at ("
	has "$(tail -c 200 typescript)" $'\r\e[K'
	lacks "$(cat report)" "looked at"
	# shellcheck disable=SC2086 # a command line
	run -1 --separate-stderr $slow xs-ddk verify --jobs 1 tree
	[ -z "$stderr" ]
}

# Where the loader finds a library.
library() {
	ldconfig -p | awk -v name="$1" '$1 == name { print $NF; exit }'
}

@test "without libarchive, modules are read and packages say what is missing" {
	mkdir tree
	cp "$SOUND"/case.ko.xz "$SOUND"/case.rpm tree/
	path=$(library libarchive.so.13)
	# The loader tries /usr, too, where / is the same.
	run -2 --separate-stderr strace -f -qq -o log -e inject=openat:error=ENOENT -P "$path" -P "/usr${path#/usr}" \
		xs-ddk verify --json tree
	[ "$(jq .checked <<<"$output")" -eq 1 ]
	has "$output" "libarchive.so.13 is not installed"
}

@test "without libcrypto, modules are read, and certificates and disks say what is missing" {
	local path
	local -a without
	path=$(library libcrypto.so.3)
	without=(strace -f -qq -o log -e inject=openat:error=ENOENT -P "$path" -P "/usr${path#/usr}")
	mkdir tree
	cp "$SOUND"/case.ko.xz tree/
	run -0 --separate-stderr "${without[@]}" xs-ddk verify --json tree
	[ "$(jq .checked <<<"$output")" -eq 1 ]
	run -0 "${without[@]}" xs-ddk show tree
	run -2 --separate-stderr "${without[@]}" xs-ddk verify --cert "$TOP/README.md" tree
	has "$stderr" "xs-ddk: $TOP/README.md: the certificate cannot be read: libcrypto.so.3 is not installed"
	echo >tree/XS-REPOSITORY
	run -2 --separate-stderr "${without[@]}" xs-ddk verify tree
	has "$output" "tree: error: the file could not be read: libcrypto.so.3 is not installed"
}

@test "without libxml2, show and verify of a disk say what is missing of its metadata, and the rest" {
	local path soname
	soname=$(sed -n 's/.*LIBXML_SONAME "\(.*\)"/\1/p' "$TOP/build/include/late_sonames.h")
	path=$(library "$soname")
	[ -n "$path" ]
	mkdir tree
	# No package: libarchive, which reads them, needs libxml2 by itself.
	cp "$SOUND/case.ko" tree/
	echo '<repository originator="example" name="case" version="1"/>' >tree/XS-REPOSITORY
	run -0 --separate-stderr xs-ddk show tree
	has "$output" "vendor:      example"
	for command in show verify; do
		expected=1
		[ $command = verify ] || expected=0
		run "-$expected" --separate-stderr strace -f -qq -o log -e inject=openat:error=ENOENT -P "$path" -P "/usr${path#/usr}" \
			xs-ddk "$command" tree
		lacks "$output" "vendor:      example"
	done
	has "$output" "XS-REPOSITORY"
	has "$output" "$soname is not installed"
}

@test "without librpm, a signed package is read, and its signature is not called checked" {
	local path
	export GNUPGHOME=$PWD/gnupg
	path=$(library "$(sed -n 's/.*LIBRPMIO_SONAME "\(.*\)"/\1/p' "$TOP/build/include/late_sonames.h")")
	[ -n "$path" ]
	mkdir -m 700 gnupg
	gpg --batch --quiet --passphrase '' --quick-generate-key a@example.com rsa2048 sign never
	gpg --armor --export a@example.com >key.asc
	cp "$SOUND/case.rpm" .
	rpmsign --define '__gpg /usr/bin/gpg' --define '_gpg_name a@example.com' --addsign case.rpm >&2
	gpgconf --kill all
	without=(strace -f -qq -o log -e inject=openat:error=ENOENT -P "$path" -P "/usr${path#/usr}")
	run -0 --separate-stderr "${without[@]}" xs-ddk show case.rpm
	has "$output" "signed:      yes, not checked: librpmio.so."
	run -2 --separate-stderr "${without[@]}" xs-ddk verify --rpm-key key.asc case.rpm
	has "$stderr" "xs-ddk: --rpm-key key.asc: librpmio.so."
	has "$stderr" "is not installed"
}

@test "a module whose section headers are 3 GiB from its beginning is read as any other" {
	python3 - "$SOUND/case.ko" case.ko <<'END'
import struct, sys
b = bytearray(open(sys.argv[1], "rb").read())
at, = struct.unpack_from("<Q", b, 40)
headers = b[at:at + 64 * struct.unpack_from("<H", b, 60)[0]]
struct.pack_into("<Q", b, 40, 3 << 30)
with open(sys.argv[2], "wb") as file:
    file.write(b)
    file.seek(3 << 30)
    file.write(headers)
END
	run -0 --separate-stderr xs-ddk verify case.ko
	has "$output" "1 module checked: 0 errors"
}

@test "an empty package on a disk is called empty" {
	mkdir tree
	cp "$SOUND/case.ko" tree/
	: >tree/empty.rpm
	echo '<repository/>' >tree/XS-REPOSITORY
	run -1 --separate-stderr xs-ddk verify --json tree
	has "$(jq -r '.findings[] | select(.rule == "disk-package-unreadable") | .problem' <<<"$output")" "it is empty"
	lacks "$output" "(null)"
}

@test "what only packages, images, their XML and certificates need is not loaded for modules" {
	local library
	for library in libarchive libxml2 libcrypto librpmio; do
		lacks "$(readelf -d "$XS_BIN/xs-ddk")" "$library"
	done
}
