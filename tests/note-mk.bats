#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# xenserver-note.mk: the make fragment in a driver's own Makefile.

# shellcheck disable=SC1083 # the braces of {kdir} are for xs-kbuild
load helpers
load note/note

setup() {
	own_tmpdir
	KDIR=$(kdir "$(a_kernel)")
	driver 'obj-m := single.o'
	sed -i "/^all:/i include $NOTE/xenserver-note.mk\n" Makefile
}

teardown() { [ -z "$(leftovers)" ]; }

@test "XS_VERSION in the Makefile gives the module the record" {
	sed -i '1i XS_VERSION := 1.2.3' Makefile
	run -0 make KDIR="$KDIR"
	has_record single.ko 1.2.3
}

@test "a kernel's recipe that says \$(MAKE), and -j, work as well" {
	sed -i 's/^\tmake /\t$(MAKE) /' Makefile
	run -0 make -j2 KDIR="$KDIR" XS_VERSION=1.2.3
	lacks "$output" jobserver
	has_record single.ko 1.2.3
}

@test "another version, compat section or kernel replaces the record; the same does nothing" {
	run -0 make KDIR="$KDIR" XS_VERSION=1.2.3
	run -0 make KDIR="$KDIR" XS_VERSION=1.2.3
	lacks "$output" single.ko
	run -0 make KDIR="$KDIR" XS_VERSION=1.2.4
	has_record single.ko 1.2.4
	lacks "$output" "CC [M]  $D/single.o"
	run -0 make KDIR="$KDIR" XS_VERSION=1.2.4 XS_NOTE_COMPAT=xs9
	[ "$(section_hex single.ko .note.XenServer)" = "$(record_hex 1.2.4)$(record_hex 1.2.4 9)" ]
	run -0 make KDIR="$(kdir "$(kernels | tail -n 1)")" XS_VERSION=1.2.4
	has_record single.ko 1.2.4
}

@test "without XS_VERSION nothing is done" {
	run -0 make KDIR="$KDIR"
	has_no_record single.ko
	[ ! -e .xs-note ]
}

@test "a bad version is refused with the reason before anything is built" {
	for version in 1/2 .. "1'2" "$(printf '%064d' 0)"; do
		run -2 --separate-stderr make KDIR="$KDIR" XS_VERSION="$version"
		has "$stderr" "xs-kbuild: the version"
		has "$stderr" "xenserver-note.mk: no record can be made"
		[ ! -e single.o ]
	done
}

@test "a kernel directory that is missing or not named is refused with the reason" {
	run -2 --separate-stderr make KDIR=/nonexistent XS_VERSION=1
	has "$stderr" "/nonexistent: not a kernel's build directory"
	run -2 --separate-stderr make KDIR= XS_VERSION=1
	has "$stderr" "XS_KDIR is empty"
}

@test "KERNELDIR, KERNEL_SRC and KSRC name the kernel's directory too" {
	for name in KERNELDIR KERNEL_SRC KSRC XS_KDIR; do
		printf 'XS_VERSION := 1.2.3\ninclude %s/xenserver-note.mk\nall: ; @echo $(xs-note-kdir)\n' "$NOTE" >other.mk
		run -0 make -s -f other.mk "$name=$KDIR"
		[ "$output" = "$KDIR" ]
	done
}

@test "LDFLAGS_MODULE on the command line is kept and added to" {
	run -0 make KDIR="$KDIR" XS_VERSION=1.2.3 LDFLAGS_MODULE="-Map=$D/map --no-undefined"
	has_record single.ko 1.2.3
	[ -s map ]
	has "$(cat .single.ko.cmd)" --no-undefined
}

@test "LD=ld.lld and LLVM=1 on the command line are for the record too" {
	for toolchain in LD=ld.lld LLVM=1; do
		run -0 make clean KDIR="$KDIR" XS_VERSION=1.2.3
		run -0 make KDIR="$KDIR" XS_VERSION=1.2.3 "$toolchain"
		has_record single.ko 1.2.3
	done
	run -0 make clean KDIR="$KDIR" XS_VERSION=1.2.3
	run -2 make KDIR="$KDIR" XS_VERSION=1.2.3 CC=false
	has "$output" "the record's object cannot be made"
}

@test "make clean leaves the directory as it was" {
	before=$(find . | sort)
	run -0 make KDIR="$KDIR" XS_VERSION=1.2.3
	[ -d .xs-note ]
	run -0 make clean KDIR="$KDIR" XS_VERSION=1.2.3
	diff <(echo "$before") <(find . | sort)
}

@test "a build after kbuild's own clean makes the record anew" {
	run -0 make KDIR="$KDIR" XS_VERSION=1.2.3
	run -0 make -C "$KDIR" M="$D" clean
	run -0 make KDIR="$KDIR" XS_VERSION=1.2.3
	has_record single.ko 1.2.3
}

@test "XS_NOTE_DIR keeps what is made out of the source directory" {
	run -0 make KDIR="$KDIR" XS_VERSION=1.2.3 XS_NOTE_DIR="$TMPDIR/out"
	has_record single.ko 1.2.3
	[ ! -e .xs-note ]
	[ -d "$TMPDIR/out/.xs-note" ]
}

@test "in one Makefile for kbuild and for people, the include does nothing in kbuild's pass" {
	mv Kbuild kbuild.inc
	printf 'ifneq ($(KERNELRELEASE),)\ninclude $(src)/kbuild.inc\nendif\n' >>Makefile
	run -0 make KDIR="$KDIR" XS_VERSION=1.2.3
	has_record single.ko 1.2.3
}

@test "below xs-kbuild with the same version there is one record, with another a reason" {
	run -0 xs-kbuild --version 1.2.3 --kernel "$(a_kernel)" -- make KDIR={kdir}
	has_record single.ko 1.2.3
	run -2 xs-kbuild --version 1.2.3 --kernel "$(a_kernel)" -- make KDIR={kdir} XS_VERSION=1.2.4
	has "$output" "XS_VERSION is 1.2.4, but xs-kbuild or a make that started this one gives another version"
}

@test "a kernel directory without Module.symvers is refused, unless ALLOW_NO_SYMVERS=1 is given" {
	without_symvers "$KDIR"
	run -2 --separate-stderr make KDIR="$BATS_TEST_TMPDIR/kdir" XS_VERSION=1.2.3
	has "$stderr" "$BATS_TEST_TMPDIR/kdir: it has no Module.symvers"
	[ ! -e single.o ]
	run -0 make KDIR="$BATS_TEST_TMPDIR/kdir" XS_VERSION=1.2.3 ALLOW_NO_SYMVERS=1
	has_record single.ko 1.2.3
}
