#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# The static programs: they need nothing of the host but a kernel, and an old one will do.

load helpers
load driver/host

setup_file() {
	make -s -C "$TOP" static >&2
}

setup() {
	PATH=$TOP/build/static/bin:$PATH
	make_host
	install_fake net 1.0 net
	install_fake net 2.0 net
	loaded net 1.0
}

# in_root PROGRAM ARGUMENT...: it runs where the host's tree is all there is.
in_root() {
	local program=$1
	shift
	cp "$TOP/build/static/bin/$program" "$root/"
	if [ "$(id -u)" -eq 0 ]; then chroot "$root" "/$program" "$@"; else unshare -r chroot "$root" "/$program" "$@"; fi
}

# on_old_kernel COMMAND...: each system call that came after Linux 3.10 fails, as it does there. finit_module, 313, was
# the last; "?" is for those that strace does not know.
on_old_kernel() {
	local newer
	newer=$(sed -nE 's/^#define __NR_([a-z0-9_]+) ([0-9]+)$/\2 \1/p' /usr/include/x86_64-linux-gnu/asm/unistd_64.h \
		/usr/include/asm/unistd_64.h 2>/dev/null | awk '$1 > 313 { printf "%s?%s", (n++ ? "," : ""), $2 }')
	has "$newer" "?getrandom"
	strace -f -qq -o "$BATS_TEST_TMPDIR/trace" -e trace="$newer" -e inject="$newer:error=ENOSYS" "$@"
}

@test "the static programs have no dynamic linker, no library, and run from Linux 3.10 on" {
	for program in xs-driver xs-ddk; do
		file=$TOP/build/static/bin/$program
		lacks "$(readelf -lW "$file")" INTERP
		[ -z "$(readelf -dW "$file" | grep NEEDED)" ]
		abi=$(readelf -nW "$file" | sed -n 's/.*OS: Linux, ABI: //p')
		[ "$(printf '%s\n' "$abi" 3.10.0 | sort -V | tail -n 1)" = 3.10.0 ]
	done
}

@test "in a root with nothing else, they tell what is installed and loaded" {
	run -0 --separate-stderr in_root xs-driver list --format json
	[ "$(jq -r '.drivers[0] | .name + " " + .active_version' <<<"$output")" = "net 1.0" ]
	run -0 --separate-stderr in_root xs-ddk show --loaded net
	has "$output" 1.0
	run -0 --separate-stderr in_root xs-ddk verify --loaded --version 1.0 net
	has "$output" "1 module checked: 0 errors"
	run -1 --separate-stderr in_root xs-ddk verify --loaded --version 2.0 net
	has "$output" "[path-version]"
}

@test "they select, show and verify where all system calls since Linux 3.10 are missing" {
	run -0 --separate-stderr on_old_kernel xs-driver select --sysroot "$root" net 1.0
	run -0 --separate-stderr on_old_kernel xs-driver select --sysroot "$root" net 2.0
	[ "$(selected net.ko)" = ../xenserver/net/2.0/net.ko ]
	has "$(dep)" updates/net.ko
	run -0 --separate-stderr on_old_kernel xs-driver rollback --sysroot "$root" net
	run -0 --separate-stderr on_old_kernel xs-driver check --sysroot "$root"
	run -0 --separate-stderr on_old_kernel xs-driver deselect --force --sysroot "$root" net
	[ "$(selected net.ko)" = none ]
	run -0 --separate-stderr on_old_kernel xs-ddk show --sysroot "$root" --loaded
	run -0 --separate-stderr on_old_kernel xs-ddk verify --sysroot "$root" --loaded --version 1.0
}

@test "xs-ddk says that it reads no packages, and loads no library of the host" {
	run -2 --separate-stderr strace -f -qq -o "$BATS_TEST_TMPDIR/trace" -e trace=openat \
		xs-ddk verify "$TOP"/build/static/xs-driver-static-*.rpm
	has "$output" "libarchive.so.13 is not installed, or this program is the static build"
	lacks "$(cat "$BATS_TEST_TMPDIR/trace")" ".so"
	run -2 --separate-stderr xs-ddk verify --rpm-key "$BATS_TEST_TMPDIR/trace" "$TOP"
	has "$stderr" "librpmio.so."
	has "$stderr" "is not installed, or this program is the static build"
}

@test "the package holds the programs, and needs only what rpm 4.11 and the host have" {
	package=$(echo "$TOP"/build/static/xs-driver-static-*.rpm)
	run -0 rpm -qp --qf '[%{FILENAMES}\n]' "$package"
	for file in /usr/sbin/xs-driver /usr/sbin/driver-tool /usr/bin/xs-ddk; do has "$output" "$file"; done
	[ "$(rpm -qp --qf '%{PAYLOADCOMPRESSOR}' "$package")" = gzip ]
	[ "$(rpm -qp --requires "$package" | grep -v '^rpmlib(\(CompressedFileNames\|FileDigests\|PayloadFilesHavePrefix\))')" = kmod ]
	mkdir "$BATS_TEST_TMPDIR/target"
	rpm --root "$BATS_TEST_TMPDIR/target" -i --nodeps "$package"
	run -0 --separate-stderr "$BATS_TEST_TMPDIR/target/usr/sbin/driver-tool" --sysroot "$root" -l
	[ "$(jq -r '.drivers.net.active' <<<"$output")" = 1.0 ]
}
