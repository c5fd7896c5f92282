#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# xs-kbuild --list: which kernels' headers are installed.

load helpers
load note/note

setup() { ROOT=$BATS_TEST_TMPDIR/root; }

# headers DIRECTORY UNAME: a build directory of that kernel below $ROOT.
headers() {
	mkdir -p "$ROOT$1/include/config" "$ROOT$1/include/generated"
	echo '# a Makefile' >"$ROOT$1/Makefile"
	echo 'CONFIG_MODULES=y' >"$ROOT$1/include/config/auto.conf"
	echo '#define CONFIG_MODULES 1' >"$ROOT$1/include/generated/autoconf.h"
	echo "#define UTS_RELEASE \"$2\"" >"$ROOT$1/include/generated/utsrelease.h"
}

# link UNAME TARGET: /lib/modules/UNAME/build.
link() {
	mkdir -p "$ROOT/lib/modules/$1"
	ln -s "$2" "$ROOT/lib/modules/$1/build"
}

# unames: the first column of the list for $ROOT, on one line.
unames() { xs-kbuild --list --sysroot "$ROOT" | cut -f 1 | paste -s -d ' ' -; }

@test "this machine's list has each kernel whose build directory is in /lib/modules" {
	run -0 --separate-stderr xs-kbuild --list
	for build in /lib/modules/*/build/; do
		kernel=$(basename "$(dirname "$build")")
		has "$output" "$kernel"$'\t'
		[ "$(realpath "$(kdir "$kernel")")" = "$(realpath "$build")" ]
	done
}

@test "the uname is the one that goes into vermagic, not kernel.release's" {
	headers /usr/src/linux-headers-5.1 5.1.0-2-amd64
	echo 5.1.77 >"$ROOT/usr/src/linux-headers-5.1/include/config/kernel.release"
	[ "$(unames)" = 5.1.0-2-amd64 ]
}

@test "without utsrelease.h, kernel.release names the kernel" {
	headers /usr/src/kernels/k x
	rm "$ROOT/usr/src/kernels/k/include/generated/utsrelease.h"
	echo 4.19.0+1 >"$ROOT/usr/src/kernels/k/include/config/kernel.release"
	[ "$(unames)" = 4.19.0+1 ]
}

@test "headers are found in each of three places and each kernel is listed once, in version order" {
	headers /usr/src/kernels/4.18.0-10.el8.x86_64 4.18.0-10.el8.x86_64
	headers /usr/src/linux-headers-4.18.0-9 4.18.0-9
	headers /usr/src/linux-headers-4.18.0-10 4.18.0-10
	headers /lib/modules/4.19.0+1/build 4.19.0+1
	link 4.18.0-10 /usr/src/linux-headers-4.18.0-10
	run -0 xs-kbuild --list --sysroot "$ROOT"
	[ "$(unames)" = "4.18.0-9 4.18.0-10 4.18.0-10.el8.x86_64 4.19.0+1" ]
	[ "${lines[1]}" = "4.18.0-10"$'\t'"$ROOT/usr/src/linux-headers-4.18.0-10" ]
}

@test "headers as RPM distributions lay them are listed by the uname inside, whatever the directory is called" {
	# The directories are those of kernel-devel, kernel-debug-devel and kernel-rt-devel of Enterprise Linux, of
	# XenServer's kernel-devel, and of SUSE's kernel-default-devel. The files in them are played.
	headers /usr/src/kernels/5.14.0-503.el9.x86_64 5.14.0-503.el9.x86_64
	headers /usr/src/kernels/5.14.0-503.el9.x86_64+debug 5.14.0-503.el9.x86_64+debug
	headers /usr/src/kernels/5.14.0-503.el9.x86_64+rt 5.14.0-503.el9.x86_64+rt
	headers /usr/src/kernels/3.10.0-1160.el7.x86_64.debug 3.10.0-1160.el7.x86_64.debug
	headers /usr/src/kernels/4.19.0+1-x86_64 4.19.0+1
	headers /usr/src/linux-6.4.0-150600.21-obj/x86_64/default 6.4.0-150600.21-default
	link 5.14.0-503.el9.x86_64+rt /usr/src/kernels/5.14.0-503.el9.x86_64+rt
	link 6.4.0-150600.21-default /usr/src/linux-6.4.0-150600.21-obj/x86_64/default
	link 6.4.0-150600.22-default /usr/src/linux-6.4.0-150600.22-obj/x86_64/default
	run -0 --separate-stderr xs-kbuild --list --sysroot "$ROOT"
	[ "$output" = "$(sed "s|\t|&$ROOT/usr/src/|" <<-'END'
		3.10.0-1160.el7.x86_64.debug	kernels/3.10.0-1160.el7.x86_64.debug
		4.19.0+1	kernels/4.19.0+1-x86_64
		5.14.0-503.el9.x86_64	kernels/5.14.0-503.el9.x86_64
		5.14.0-503.el9.x86_64+debug	kernels/5.14.0-503.el9.x86_64+debug
		5.14.0-503.el9.x86_64+rt	kernels/5.14.0-503.el9.x86_64+rt
		6.4.0-150600.21-default	linux-6.4.0-150600.21-obj/x86_64/default
	END
	)" ]
}

@test "an absolute link stays below --sysroot, a relative one works, a dangling one is not listed" {
	headers /usr/src/one 5.1
	headers /usr/src/two 5.2
	link 5.1 /usr/src/one
	link 5.2 ../../../usr/src/two
	link 5.3 /usr/src/three
	link 5.4 /usr/src/linux-headers-"$(a_kernel)"
	[ "$(unames)" = "5.1 5.2" ]
}

@test "trees that cannot build a module are not listed" {
	for part in Makefile include/config/auto.conf include/generated/autoconf.h; do
		headers /usr/src/linux-headers-lacking 5.1
		[ "$(unames)" = 5.1 ]
		rm "$ROOT/usr/src/linux-headers-lacking/$part"
		[ -z "$(unames)" ]
	done
}

@test "a tree whose name for itself is no name is not listed" {
	headers /usr/src/linux-headers-1 ../../etc
	headers /usr/src/linux-headers-2 'a b'
	headers /usr/src/linux-headers-3 ''
	headers /usr/src/linux-headers-4 5.1
	[ "$(unames)" = 5.1 ]
}

@test "no headers make an empty list, and a file system path with spaces is fine" {
	ROOT="$BATS_TEST_TMPDIR/a root"
	mkdir -p "$ROOT"
	run -0 --separate-stderr xs-kbuild --list --sysroot "$ROOT"
	[ -z "$output$stderr" ]
	headers /usr/src/kernels/5.1 5.1
	[ "$(xs-kbuild --list --sysroot "$ROOT/")" = "5.1"$'\t'"$ROOT/usr/src/kernels/5.1" ]
}

@test "a list that cannot be written is a failure" {
	run -1 sh -c 'xs-kbuild --list >/dev/full'
}
