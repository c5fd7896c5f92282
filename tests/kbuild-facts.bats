#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# Facts about kbuild, linkers and binutils that note/ is built upon.

# shellcheck disable=SC1083 # the braces of {kdir} are for xs-kbuild
load helpers
load note/note

setup() { own_tmpdir; }

# fragment VERSION: the path of a fragment for the kernel that one-kernel tests take.
fragment() { xs-kbuild --fragment "$BATS_TEST_TMPDIR/made" --version "$1" --kernel "$(a_kernel)"; }

@test "LDFLAGS_MODULE in the plain environment does not reach the link" {
	driver 'obj-m := single.o'
	LDFLAGS_MODULE="-T $(fragment 1.2.3)" run -0 kbuild
	has_no_record single.ko
}

@test "LDFLAGS_MODULE reaches the link from a command line and from MAKEFLAGS" {
	driver 'obj-m := single.o'
	run -0 kbuild LDFLAGS_MODULE="-T $(fragment 1.2.3)"
	has_record single.ko 1.2.3
	MAKEFLAGS="-- LDFLAGS_MODULE=-T\\ $(fragment 1.2.4)" run -0 kbuild
	has_record single.ko 1.2.4
}

@test "several -T add up: a second script's section and the kernel's own are all there" {
	driver 'obj-m := single.o'
	echo 'SECTIONS { .note.other 0 : { LONG(1) LONG(0) LONG(0) BYTE(0) } }' >other.lds
	run -0 kbuild LDFLAGS_MODULE="-T $D/other.lds -T $(fragment 1.2.3)"
	has "$(cat .single.ko.cmd)" "-T $D/other.lds -T $(fragment 1.2.3) -T "
	has_record single.ko 1.2.3
	[ -n "$(section_is single.ko .note.other)" ]
	[ -n "$(section_is single.ko .gnu.linkonce.this_module)" ]
}

@test "a fragment that writes the bytes itself gives a note by GNU ld but PROGBITS by ld.lld" {
	driver 'obj-m := single.o'
	run -0 kbuild LDFLAGS_MODULE="-T $SOURCES/bytes.lds"
	[ "$(section_hex single.ko .note.xenserver)" = "$(record_hex 1.2.3)" ]
	has "$(section_is single.ko .note.xenserver)" "NOTE "
	run -0 kbuild LDFLAGS_MODULE="-T $SOURCES/bytes.lds" LD=ld.lld
	[ "$(section_hex single.ko .note.xenserver)" = "$(record_hex 1.2.3)" ]
	has "$(section_is single.ko .note.xenserver)" "PROGBITS "
}

@test "strip keeps the record, objcopy --add-section would leave alignment 1" {
	driver 'obj-m := single.o'
	run -0 kbuild
	xxd -r -p <<<"$(record_hex 1.2.3)" >record
	objcopy --add-section .note.xenserver=record --set-section-flags .note.xenserver=alloc,readonly \
		single.ko added.ko
	[ "$(section_is added.ko .note.xenserver)" = "NOTE A 1" ]
	run -0 xs-kbuild --version 1.2.3 --kernel "$(a_kernel)" -- make KDIR={kdir}
	strip --strip-debug single.ko
	has_record single.ko 1.2.3
	eu-strip --strip-debug -o eu.ko single.ko
	has_record eu.ko 1.2.3
	llvm-strip --strip-debug single.ko
	has_record single.ko 1.2.3
}

@test "readelf, eu-readelf and llvm-readelf all name the record's owner" {
	driver 'obj-m := single.o'
	run -0 xs-kbuild --version 1.2.3 --kernel "$(a_kernel)" -- make KDIR={kdir}
	for reader in readelf eu-readelf llvm-readelf; do
		run -0 $reader -n single.ko
		has "$output" XenServer
	done
}

@test "llvm-objcopy --add-section run twice leaves two sections, so two records; GNU objcopy 2.40 refuses" {
	driver 'obj-m := single.o'
	run -0 kbuild
	xxd -r -p <<<"$(record_hex 1.2.3)" >record
	objcopy --add-section .note.xenserver=record single.ko once.ko
	run -1 objcopy --add-section .note.xenserver=record once.ko refused.ko
	llvm-objcopy --add-section .note.xenserver=record once.ko twice.ko
	[ "$(readelf -SW twice.ko | grep -c '\.note\.xenserver')" -eq 2 ]
	run -1 --separate-stderr xs-ddk verify --json twice.ko
	has "$output" '"note-several"'
}

@test "strip and objcopy remove an appended signature, and the record stays" {
	driver 'obj-m := single.o'
	run -0 xs-kbuild --version 1.2.3 --kernel "$(a_kernel)" -- make KDIR={kdir}
	for tool in 'strip --strip-debug' objcopy; do
		# What sign-file appends ends in these words; the bytes before them do not matter to binutils.
		{
			cat single.ko
			printf 'signature~Module signature appended~\n'
		} >signed.ko
		$tool signed.ko
		[ "$(grep -c 'Module signature appended' signed.ko)" -eq 0 ]
		has_record signed.ko 1.2.3
	done
}
