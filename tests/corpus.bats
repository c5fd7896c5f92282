#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# Real drivers, unchanged: two of the corpus on two series of kernels, and one built in every way people build.

# kdir is set anew for each test.
# shellcheck disable=SC2030,SC2031
load helpers

corpus=$TOP/tests/corpus

setup() {
	mkdir "$BATS_TEST_TMPDIR/work" && cd "$BATS_TEST_TMPDIR/work" || return
	kernel=$(a_kernel)
	kdir=$(kdir "$kernel")
}

# driver: put the source of a small real driver here.
driver() {
	local source
	source=$("$corpus/fetch" v4l2loopback-dkms)
	cp -r "$source" driver
}

# same_but_record [ARGUMENT...]: build the driver by make with these arguments, plain and through xs-kbuild; both are
# one and the same module but for the record.
same_but_record() {
	make -C "$kdir" M="$PWD/driver" "$@" modules >plain.log 2>&1 || { cat plain.log >&2 && return 1; }
	mv driver/v4l2loopback.ko plain.ko
	make -C "$kdir" M="$PWD/driver" clean >clean.log
	"$TOP/note/xs-kbuild" --version 0.12.7 --kdir "$kdir" -- make -C {kdir} M="$PWD/driver" "$@" modules >record.log 2>&1 ||
		{ cat record.log >&2 && return 1; }
	run -0 --separate-stderr xs-ddk verify --version 0.12.7 driver/v4l2loopback.ko
	"$corpus/canon" plain.ko >plain.txt
	[ -s plain.txt ]
	"$corpus/canon" driver/v4l2loopback.ko | diff plain.txt -
}

@test "real drivers build unchanged on two series of kernels, each module with one record and otherwise the same" {
	run -0 --separate-stderr "$corpus/run" tp-smapi-dkms bbswitch-dkms
	printf '%s\n' "$output"
	[ "$(awk '$1 == "tp_smapi" && $3 ~ /^6.1\./ { print $4, $5, $6 }' <<<"$output")" = "3 3 3" ]
	[ "$(awk '$1 == "bbswitch" { print $4, $5, $6 }' <<<"$output")" = $'1 1 1\n1 1 1' ]
}

@test "a package that cannot be had is a failure with its reason" {
	run -1 --separate-stderr "$corpus/run" --kernel "$kernel" no-such-driver-dkms
	has "$stderr" "no-such-driver-dkms cannot be downloaded"
}

@test "the comparison sees a changed byte, symbol, relocation and flag" {
	clang -target x86_64-linux-gnu -c -o a.ko "$TOP/tests/inject/module.S"
	"$corpus/canon" a.ko >a.txt
	objcopy --redefine-sym words=others a.ko b.ko
	run -1 diff a.txt <("$corpus/canon" b.ko)
	objcopy --set-section-flags .modinfo=alloc,data a.ko b.ko
	run -1 diff a.txt <("$corpus/canon" b.ko)
	objcopy --remove-relocations=.data a.ko b.ko
	run -1 diff a.txt <("$corpus/canon" b.ko)
	sed 's/license=GPL/license=BSD/' a.ko >b.ko
	run -1 diff a.txt <("$corpus/canon" b.ko)
	cp a.ko b.ko
	run -0 diff a.txt <("$corpus/canon" b.ko)
}

@test "built by clang and linked by ld.lld" {
	driver
	"$corpus/clang-kernel" "$kdir" clang-kernel
	kdir=$PWD/clang-kernel
	same_but_record LLVM=1
	has "$(readelf -p .comment plain.ko)" clang
}

@test "built by clang with ThinLTO: the record is linked to what was bitcode" {
	"$corpus/clang-kernel" "$kdir" clang-kernel LTO=y LTO_CLANG=y LTO_CLANG_THIN=y
	cp -r "$TOP/tests/rpm/pair" driver
	rm driver/Makefile
	run -0 "$TOP/note/xs-kbuild" --version 1.2.3 --strict --kdir clang-kernel -- make -s -C {kdir} M="$PWD/driver" LLVM=1 modules
	# An object that stays beside each module shows that the compiler wrote bitcode: its magic.
	[ "$(head -c 2 driver/pair_b.mod.o)" = BC ]
	run -0 --separate-stderr xs-ddk verify --strict --version 1.2.3 driver/pair-a.ko driver/pair_b.ko
}

@test "compiled by gcc and linked by ld.lld" {
	driver
	same_but_record LD=ld.lld
}

@test "with -ffunction-sections" {
	driver
	same_but_record KCFLAGS=-ffunction-sections
}

@test "with W=1, V=1 and -j" {
	driver
	same_but_record W=1 V=1 -j8
	has "$(cat record.log)" "xenserver-note.lds"
}

@test "through a link, in a directory with a space in its name" {
	# With the space in M= the kernel's Makefile takes it for two directories, and refuses.
	driver
	mkdir 'with space' && mv driver 'with space/driver'
	run -2 make -C "$kdir" M="$PWD/with space/driver" modules
	has "$output" "multiple external modules"
	ln -s 'with space/driver' driver
	same_but_record
}

@test "through wrapper scripts and a Makefile of the driver's own" {
	driver
	mkdir 'my scripts'
	# shellcheck disable=SC2016 # for the scripts
	printf '#!/bin/sh\nset -e\ncd driver\nexec make KERNEL_DIR="$XS_KDIR" "$@"\n' >'my scripts/inner'
	# shellcheck disable=SC2016
	printf '#!/bin/bash\nexec env -u UNUSED "${0%%outer}inner" all\n' >'my scripts/outer'
	chmod +x 'my scripts'/*
	run -0 "$TOP/note/xs-kbuild" --version 0.12.7 --kernel "$kernel" -- 'my scripts/outer'
	run -0 --separate-stderr xs-ddk verify --version 0.12.7 driver/v4l2loopback.ko
}

@test "through dkms build" {
	local source dkms modules
	source=$("$corpus/fetch" tp-smapi-dkms)
	mkdir dkms source && ln -s "$source" source/
	dkms=(dkms --dkmstree "$PWD/dkms" --sourcetree "$PWD/source")
	"${dkms[@]}" add -m tp_smapi -v 0.43
	run -0 "$TOP/note/xs-kbuild" --version 0.43 --kernel "$kernel" -- "${dkms[@]}" build -m tp_smapi -v 0.43 -k {uname}
	mapfile -t modules < <(find dkms -name '*.ko*' -path "*/$kernel/*")
	[ "${#modules[@]}" -eq 3 ]
	run -0 --separate-stderr xs-ddk verify --version 0.43 "${modules[@]}"
}
