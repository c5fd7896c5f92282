#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# Drivers that use another driver's modules, modules that the build links without the record, and debug information.

# What is quoted here is for make, rpm and shells to expand.
# shellcheck disable=SC2016

load rpm/helpers

setup() {
	mkdir -p "$CACHE"
	cd "$BATS_TEST_TMPDIR" || return
}

# packaged DIRECTORY VARIABLE=VALUE...: a driver's directory for these variables, with the sources that are there.
packaged() {
	local directory=$1
	shift
	mkdir -p "$directory"
	cp "$TOP/rpm/driver.spec.in" "$directory/"
	printf '%s\n' "DRIVER := $directory" 'SPEC := driver.spec.in' 'VENDOR_NAME := Example' 'TEXT := Text' "${@/=/ := }" \
		"include $TOP/rpm/driver.mk" >"$directory/Makefile"
}

# packages DIRECTORY ARGUMENT...: make the packages for one kernel.
packages() { make -s --no-print-directory -C "$1" KERNELS="$K1" XS_DDK="$XS_BIN/xs-ddk" SOURCE_DATE_EPOCH=1700000000 build-rpms "${@:2}"; }

# pair_of_real_drivers: tp_smapi.ko uses what thinkpad_ec.ko exports; here they are two drivers.
pair_of_real_drivers() {
	local source
	source=$("$TOP/tests/corpus/fetch" tp-smapi-dkms)
	mkdir thinkpad-ec tp-smapi
	cp "$source"/thinkpad_ec.[ch] thinkpad-ec/
	cp "$source"/tp_smapi.c "$source"/thinkpad_ec.h tp-smapi/
	echo 'obj-m := thinkpad_ec.o' >thinkpad-ec/Kbuild
	echo 'obj-m := tp_smapi.o' >tp-smapi/Kbuild
	packaged thinkpad-ec 'VERSIONS=0.43 0.44'
	packaged tp-smapi VERSIONS=0.43 NEEDS=../thinkpad-ec
}

@test "a real driver is built with another one's symbols, and its package requires them from that one's" {
	local provided
	pair_of_real_drivers
	run -2 --separate-stderr packages tp-smapi
	has "$stderr" "thinkpad-ec/build/devel has no -devel package for the kernel $K1; package that driver for this kernel first"
	[ ! -e tp-smapi/build/rpms ]
	run -0 packages thinkpad-ec
	run -0 packages tp-smapi
	provided=$(rpm -qp --provides "$(package thinkpad-ec/build thinkpad-ec 0.44)" | grep '^kmod-symbol(')
	run -0 rpm -qp --requires "$(package tp-smapi/build tp-smapi 0.43)"
	[ "$(grep '^kmod-symbol(' <<<"$output")" = "$(grep -e thinkpad_ec_lock -e thinkpad_ec_unlock -e thinkpad_ec_read_row \
		-e thinkpad_ec_invalidate <<<"$provided")" ]
	has "$output" 'kmod-symbol(thinkpad_ec_lock) = 0x'
	# rpm keeps the two together.
	make_root "$K1"
	run -1 --separate-stderr change -i "$(package tp-smapi/build tp-smapi 0.43)"
	has "$stderr" 'kmod-symbol(thinkpad_ec_lock) = 0x'
	run -0 change -i "$(package thinkpad-ec/build thinkpad-ec 0.43)" "$(package tp-smapi/build tp-smapi 0.43)"
	run -0 grep '^updates/tp_smapi.ko:' "$ROOT/lib/modules/$K1/modules.dep"
	has "$output" updates/thinkpad_ec.ko
}

@test "another driver's symbols decide whether a package is made again, and which version they are of may be said" {
	local before
	pair_of_real_drivers
	run -0 packages thinkpad-ec
	run -0 packages tp-smapi
	before=$(stat -c '%i %Y' "$(package tp-smapi/build tp-smapi 0.43)")
	run -0 packages tp-smapi
	[ "$(stat -c '%i %Y' "$(package tp-smapi/build tp-smapi 0.43)")" = "$before" ]
	# With a symbol more in the newer version, but not in the one that is named.
	mkdir thinkpad-ec/new && cp thinkpad-ec/{Kbuild,*.[ch]} thinkpad-ec/new/
	printf 'int another(void);\nint another(void) { return 0; }\nEXPORT_SYMBOL_GPL(another);\n' >>thinkpad-ec/new/thinkpad_ec.c
	run -0 packages thinkpad-ec SRCDIR.0.44=new
	run -0 make -n -C tp-smapi KERNELS="$K1" XS_DDK="$XS_BIN/xs-ddk" SOURCE_DATE_EPOCH=1700000000 xs-rpms
	has "$output" "build-package modules"
	run -0 packages tp-smapi NEEDS=../thinkpad-ec=0.43
	run -2 --separate-stderr packages tp-smapi NEEDS=../thinkpad-ec=0.45
	has "$stderr" "has no -devel package of version 0.45 for the kernel"
	run -2 --separate-stderr packages tp-smapi NEEDS=no-such-driver
	has "$stderr" "NEEDS: no-such-driver has no -devel package for the kernel $K1"
}

@test "a -devel package has the driver's Module.symvers, without paths of the machine" {
	pair
	run -0 xs-ddk show --contents "/usr/src/xs-ddk/pair/1.0/$K1/Module.symvers" "$CACHE"/pair/build/devel/pair-1.0-modules-*
	[[ $output == 0x*$'\tpair_answer\tpair/pair-a\tEXPORT_SYMBOL_GPL'* ]]
	lacks "$output" /tmp
}

@test "a build that links modules without the record fails, and with INJECT=1 they get it before they are signed" {
	mkdir pair && cp "$TOP"/tests/rpm/pair/{Kbuild,*.c} pair/
	packaged pair VERSIONS=1.0
	sed -i "s|^%xs_build.*|%xs_build sh -c 'env -u MAKEFLAGS make -C {kdir} M=\$PWD modules'|" pair/driver.spec.in
	run -2 --separate-stderr packages pair
	has "$stderr" "xs-kbuild: COMMAND linked no module with the record of version 1.0"
	has "$stderr" "'xs-ddk inject' can put the record into finished modules"
	has "$stderr" "INJECT=1"
	openssl req -x509 -newkey rsa:2048 -nodes -subj /CN=test -keyout key.pem -out cert.pem -days 3650 2>/dev/null
	run -0 packages pair INJECT=1 MODSIGN_KEY="$PWD/key.pem" MODSIGN_CERT="$PWD/cert.pem"
	run -0 xs-ddk verify --version 1.0 --cert cert.pem pair/build/rpms/pair-1.0-modules-*.rpm
	run -2 --separate-stderr packages pair INJECT=yes
	has "$stderr" 'INJECT "yes": it is 0 or 1'
}

@test "one module of several that is linked without the record is named" {
	mkdir pair && cp "$TOP"/tests/rpm/pair/{Kbuild,*.c} pair/
	packaged pair VERSIONS=1.0
	sed -i "s|^%xs_build.*|%xs_build sh -c 'make -C {kdir} M=\$PWD modules; objcopy -R .note.xenserver pair_b.ko'|" pair/driver.spec.in
	run -2 --separate-stderr packages pair
	has "$stderr" "xs-ddk: pair_b.ko: the build linked it without the record"
	has "$stderr" "say INJECT=1 to put the record in"
	run -0 packages pair INJECT=1
}

@test "DEBUGINFO=0 makes the same modules, and no debuginfo package" {
	pair
	run -0 built no-debuginfo "$TOP/tests/rpm/pair" KERNELS="$K1" DRIVER_VERSION=2.0 DEBUGINFO=0
	[ ! -e "$output/debuginfo" ]
	mkdir with without
	(cd without && rpm2cpio "$(package "$CACHE/no-debuginfo/build" pair 2.0)" | cpio -idm --quiet)
	(cd with && rpm2cpio "$(package "$CACHE/pair/build" pair 2.0)" | cpio -idm --quiet)
	[ -z "$(readelf -SW "without/lib/modules/$K1/xenserver/pair/2.0/pair-a.ko" | grep debug)" ]
	diff <(cd with && find . -type f) <(cd without && find . -type f)
}
