#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# The record in modules that real kernels' kbuild links: each kind of driver, kernel and linker.

# shellcheck disable=SC1083 # the braces of {kdir} are for xs-kbuild
load helpers
load note/note

setup() { own_tmpdir; }

@test "each kernel installed: every module of a vendor's directory gets the record" {
	[ -n "$(kernels)" ]
	for kernel in $(kernels); do
		driver 'obj-m := single.o pair.o' 'pair-y := pair-main.o pair-half.o'
		run -0 xs-kbuild --version 1.2.3 --kernel "$kernel" -- make -j2 KDIR={kdir}
		has_record single.ko 1.2.3
		has_record pair.ko 1.2.3
		has "$(modinfo -F vermagic pair.ko)" "$kernel "
	done
}

@test "each kernel installed: a module that ld.lld links gets the record" {
	for kernel in $(kernels); do
		driver 'obj-m := single.o'
		run -0 xs-kbuild --version 1.2.3 --kernel "$kernel" -- make KDIR={kdir} LD=ld.lld V=1
		has "$output" "ld.lld -r"
		has_record single.ko 1.2.3
	done
}

@test "a kbuild of Linux 4.19's shape makes the record too (a stand-in, or the tree that KDIR_419 names)" {
	kdir=${KDIR_419:-$SOURCES/kbuild-4.19}
	export ALLOW_NO_SYMVERS=1
	driver 'obj-m := single.o pair.o' 'pair-y := pair-main.o pair-half.o'
	# The stand-in has no headers of a kernel.
	[ -n "${KDIR_419-}" ] || for file in single pair-main; do echo "int ${file%-*};" >$file.c; done
	run -0 xs-kbuild --version 1.2.3 --kdir "$kdir" -- make -C {kdir} M="$D" modules
	has_record single.ko 1.2.3
	has_record pair.ko 1.2.3
	printf 'XS_VERSION := 1.2.4\ninclude %s/xenserver-note.mk\nall:\n\tmake -C $(KDIR) M=$(CURDIR) modules\n' "$NOTE" >note.mk
	run -0 make -f note.mk KDIR="$kdir"
	has_record single.ko 1.2.4
}

@test "LLVM=1 in the command reaches the record's object too" {
	driver 'obj-m := single.o'
	run -0 xs-kbuild --version 1.2.3 --kernel "$(a_kernel)" -- make KDIR={kdir} LLVM=1 V=1
	has "$output" "ld.lld -r"
	has_record single.ko 1.2.3
}

@test "the header in one of a module's files gives it the record, without a fragment" {
	driver 'obj-m := pair.o' 'pair-y := pair-main.o pair-half.o' "ccflags-y := -DNOTE_IN_HALF='\"2.0-rc1\"'"
	run -0 kbuild
	has_record pair.ko 2.0-rc1
	run -0 kbuild LD=ld.lld
	has_record pair.ko 2.0-rc1
}

@test "the header in an assembly file gives the module the record" {
	driver 'obj-m := both.o' 'both-y := single.o record.o' "asflags-y := -DNOTE_VERSION='\"1.2.3\"'"
	run -0 kbuild
	has_record both.ko 1.2.3
}

@test "the header in two files of a module stops the build with the reason" {
	driver 'obj-m := pair.o' 'pair-y := pair-main.o pair-half.o' \
		"ccflags-y := -DNOTE_IN_HALF='\"1\"' -DNOTE_IN_MAIN='\"1\"'"
	run -2 kbuild
	has "$output" xenserver_note_allowed_once__by_header_or_by_fragment
	[ ! -e pair.ko ]
}

@test "header and fragment together stop the build with the reason, by either linker" {
	driver 'obj-m := pair.o' 'pair-y := pair-main.o pair-half.o' "ccflags-y := -DNOTE_IN_HALF='\"1.2.3\"'"
	for ld in ld ld.lld; do
		run -2 xs-kbuild --version 1.2.3 --kernel "$(a_kernel)" -- make KDIR={kdir} LD=$ld
		has "$output" xenserver_note_allowed_once__by_header_or_by_fragment
		[ ! -e pair.ko ]
	done
}

@test "a record that the driver makes by means of its own and the fragment stop the build, by either linker" {
	driver 'obj-m := both.o' 'both-y := single.o own-record.o'
	for ld in ld ld.lld; do
		run -2 xs-kbuild --version 1.2.3 --kernel "$(a_kernel)" -- make KDIR={kdir} LD=$ld
		has "$output" "a module may hold one record only"
		[ ! -e both.ko ]
	done
}

@test "--compat xs9 adds the section with both forms, by either linker, and XS_NOTE_COMPAT does the same" {
	driver 'obj-m := single.o'
	for ld in ld ld.lld; do
		run -0 xs-kbuild --version 1.2.3 --compat xs9 --kernel "$(a_kernel)" -- make KDIR={kdir} LD=$ld
		[ "$(section_is single.ko .note.xenserver)" = "NOTE A 4" ]
		[ "$(section_hex single.ko .note.xenserver)" = "$(record_hex 1.2.3)" ]
		[ "$(section_is single.ko .note.XenServer)" = "NOTE A 4" ]
		[ "$(section_hex single.ko .note.XenServer)" = "$(record_hex 1.2.3)$(record_hex 1.2.3 9)" ]
	done
	XS_NOTE_COMPAT=xs9 run -0 xs-kbuild --version 1 --kernel "$(a_kernel)" -- make KDIR={kdir}
	[ "$(section_hex single.ko .note.XenServer)" = "$(record_hex 1)$(record_hex 1 9)" ]
}

@test "the longest version and every kind of character go through a build" {
	version=$(printf '%050d' 0)AZaz.9_+~@-x1
	[ ${#version} -eq 63 ]
	driver 'obj-m := single.o'
	run -0 xs-kbuild --version "$version" --kernel "$(a_kernel)" -- make KDIR={kdir}
	has_record single.ko "$version"
}

@test "a second build with another version replaces the record, and one without xs-kbuild drops it" {
	driver 'obj-m := single.o'
	run -0 xs-kbuild --version 1.2.3 --kernel "$(a_kernel)" -- make KDIR={kdir}
	has_record single.ko 1.2.3
	run -0 xs-kbuild --version 1.2.4 --kernel "$(a_kernel)" -- make KDIR={kdir}
	has_record single.ko 1.2.4
	lacks "$output" "CC [M]  $D/single.o"
	run -0 kbuild
	has_no_record single.ko
}

@test "two builds give the same bytes, whatever the temporary directory" {
	driver 'obj-m := single.o'
	run -0 xs-kbuild --version 1.2.3 --kernel "$(a_kernel)" -- make KDIR={kdir}
	mv single.ko first.ko
	mkdir -p "$TMPDIR/elsewhere/and.longer"
	TMPDIR=$TMPDIR/elsewhere/and.longer run -0 xs-kbuild --version 1.2.3 --kernel "$(a_kernel)" -- make KDIR={kdir}
	cmp first.ko single.ko
}

@test "the module differs from one without the record in nothing that modinfo shows" {
	driver 'obj-m := single.o'
	run -0 kbuild
	mv single.ko without.ko
	run -0 xs-kbuild --version 1.2.3 --kernel "$(a_kernel)" -- make KDIR={kdir}
	diff <(modinfo without.ko | grep -v ^filename) <(modinfo single.ko | grep -v ^filename)
}
