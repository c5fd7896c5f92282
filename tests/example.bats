#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# The example driver's build: what a vendor who copies it gets by typing make.

load helpers

# The tests build in a copy, as a fresh clone is, so that they may clean it and see all that is left.
setup_file() {
	export COPY=$BATS_FILE_TMPDIR/clone
	mkdir "$COPY"
	tar -C "$TOP" --exclude=build -cf - example-driver note rpm | tar -C "$COPY" -xf -
	sources >"$BATS_FILE_TMPDIR/before"
	make -C "$COPY/example-driver" >"$BATS_FILE_TMPDIR/stdout" 2>"$BATS_FILE_TMPDIR/stderr"
}

setup() {
	cd "$COPY/example-driver" || return
}

# sources: checksum and name of each file of the copy outside the build directory.
sources() { (cd "$COPY" && find . -path ./example-driver/build -prune -o -type f -exec sha256sum {} + | sort); }

# expected_table [UNAME...]: the table, without its spacing, for both versions.
expected_table() {
	local uname version
	echo "KERNEL VERSION FILE RECORD"
	for uname; do
		for version in ${VERSIONS:-1.0.0 1.1.0}; do
			echo "$uname $version build/$version/$uname/xsedu.ko $version"
		done
	done
}

# table_in TEXT: the table's lines in what make printed, without their spacing. make -C adds a line
# that it leaves the directory.
table_in() { sed -n '/^KERNEL/,$ { /^make: Leaving/!p }' <<<"$1" | tr -s ' '; }

# stamps: the time each module was last written.
stamps() { find build -name '*.ko' -printf '%T@ %p\n' | sort; }

# bare_copy DIR: a copy of the sources with nothing built.
bare_copy() {
	mkdir -p "$1"
	tar -C "$COPY" --exclude=build -cf - example-driver note rpm | tar -C "$1" -xf -
	cd "$1/example-driver" || return
}

@test "make alone builds both versions for every kernel with headers, and ends with a table of them" {
	local printed unames
	printed=$(cat "$BATS_FILE_TMPDIR/stdout")
	mapfile -t unames < <(kernels)
	[ "${#unames[@]}" -ge 1 ]
	[ "$(table_in "$printed")" = "$(expected_table "${unames[@]}")" ]
}

@test "the compiler has nothing to complain about" {
	lacks "$(tr '[:upper:]' '[:lower:]' <"$BATS_FILE_TMPDIR/stderr")" warning
}

@test "nothing is written outside the build directory" {
	[ "$(sources)" = "$(cat "$BATS_FILE_TMPDIR/before")" ]
	run -0 ls -A
	[ "$output" = $'Kbuild\nMakefile\nbuild\ndata\nrecords\nxsedu-data.spec.in\nxsedu.c\nxsedu.spec.in' ]
}

@test "git ignores the build directory" {
	run -0 git -C "$TOP" check-ignore example-driver/build/1.0.0/any/xsedu.ko
}

@test "each module is for the kernel and has the version that its directory names" {
	local uname version ko
	for uname in $(kernels); do
		for version in 1.0.0 1.1.0; do
			ko=build/$version/$uname/xsedu.ko
			[ "$(modinfo -F vermagic "$ko" | cut -d' ' -f1)" = "$uname" ]
			[ "$(modinfo -F version "$ko")" = "$version" ]
			[ "$(modinfo -F alias "$ko")" = "pci:v00001234d000011E8sv*sd*bc*sc*i*" ]
		done
	done
}

@test "every module passes xs-ddk verify" {
	run -0 xs-ddk verify build
	run -0 xs-ddk verify --version 1.1.0 build/1.1.0
	run -1 xs-ddk verify --version 1.1.0 build/1.0.0
}

@test "a second make builds nothing and prints the table again" {
	local before
	before=$(stamps)
	run -0 --separate-stderr make
	[ "$(tr -s ' ' <<<"$output")" = "$(table_in "$(cat "$BATS_FILE_TMPDIR/stdout")")" ]
	[ "$stderr" = "" ]
	[ "$(stamps)" = "$before" ]
}

@test "KERNELS= takes unames and build directories, DRIVER_VERSION= a version" {
	local uname
	uname=$(a_kernel)
	run -0 --separate-stderr make KERNELS="$uname" DRIVER_VERSION=1.1.0
	[ "$(tr -s ' ' <<<"$output")" = "$(VERSIONS=1.1.0 expected_table "$uname")" ]
	run -0 --separate-stderr make KERNELS="$(kdir "$uname")/" DRIVER_VERSION=1.0.0
	[ "$(tr -s ' ' <<<"$output")" = "$(VERSIONS=1.0.0 expected_table "$uname")" ]
	run -0 --separate-stderr make KERNELS="$(kernels | tr '\n' ' ')"
	[ "$(tr -s ' ' <<<"$output")" = "$(table_in "$(cat "$BATS_FILE_TMPDIR/stdout")")" ]
}

@test "an unknown kernel is refused with the list of those there are, and nothing is built" {
	bare_copy "$BATS_TEST_TMPDIR"
	run -2 --separate-stderr make KERNELS="$(a_kernel) 9.9.9-none"
	has "$stderr" "no headers for kernel 9.9.9-none; there are: $(kernels | paste -s -d ' ')"
	run -2 --separate-stderr make KERNELS=/nowhere/build
	has "$stderr" "no headers for kernel /nowhere/build"
	run -2 --separate-stderr make KERNELS="$BATS_TEST_TMPDIR"
	has "$stderr" "no headers for kernel $BATS_TEST_TMPDIR"
	[ ! -e build ]
}

@test "an unknown version is refused with the list of those there are, and nothing is built" {
	bare_copy "$BATS_TEST_TMPDIR"
	run -2 --separate-stderr make DRIVER_VERSION="1.0.0 2.0.0"
	has "$stderr" "no version 2.0.0 of xsedu; there are: 1.0.0 1.1.0"
	[ ! -e build ]
}

@test "without any kernel's headers make says so" {
	bare_copy "$BATS_TEST_TMPDIR"
	run -2 --separate-stderr make XS_KBUILD=true
	has "$stderr" "no kernel headers are installed"
	[ ! -e build ]
}

@test "a changed source is built again, by a parallel make, without asking for the running kernel" {
	local uname before
	uname=$(a_kernel)
	bare_copy "$BATS_TEST_TMPDIR/copy"
	mkdir "$BATS_TEST_TMPDIR/bin"
	printf '#!/bin/sh\necho "$@" >>%s\nexec %s "$@"\n' "$BATS_TEST_TMPDIR/asked" "$(command -v uname)" \
		>"$BATS_TEST_TMPDIR/bin/uname"
	chmod +x "$BATS_TEST_TMPDIR/bin/uname"
	PATH=$BATS_TEST_TMPDIR/bin:$PATH run -0 --separate-stderr make -j4 KERNELS="$uname"
	lacks "$stderr" jobserver
	# kbuild asks for the machine, so that an empty list would mean that this test asks nothing.
	has "$(cat "$BATS_TEST_TMPDIR/asked")" -m
	lacks "$(cat "$BATS_TEST_TMPDIR/asked")" -r
	before=$(stamps)
	touch -d '1 second' xsedu.c
	run -0 --separate-stderr make KERNELS="$uname" DRIVER_VERSION=1.1.0
	has "$output" "building build/1.1.0/$uname"
	[ "$(stamps | grep 1.0.0)" = "$(grep 1.0.0 <<<"$before")" ]
	[ "$(stamps | grep 1.1.0)" != "$(grep 1.1.0 <<<"$before")" ]
}

@test "the table shows the record that is in the file, and a missing one fails" {
	local uname=$BATS_TEST_TMPDIR/build/1.0.0/u other=$BATS_TEST_TMPDIR/build/1.1.0/u
	mkdir -p "$uname" "$other"
	objcopy --remove-section .note.xenserver "build/1.0.0/$(a_kernel)/xsedu.ko" "$uname/xsedu.ko"
	cp "build/1.0.0/$(a_kernel)/xsedu.ko" "$other/xsedu.ko"
	run -1 ./records "$uname/xsedu.ko"
	[[ ${lines[1]} == "u "*" 1.0.0 "*" none" ]]
	run -1 ./records "$other/xsedu.ko"
	[[ ${lines[1]} == "u "*" 1.1.0 "*" 1.0.0" ]]
}

@test "make clean removes what was built, and nothing else" {
	local before
	bare_copy "$BATS_TEST_TMPDIR"
	before=$(find . | sort)
	mkdir -p build/1.0.0/any
	run -0 make clean
	[ ! -e build ]
	[ "$(find . | sort)" = "$before" ]
}

@test "the driver compiles for Linux 4.19, too (the tree that KDIR_419 names, or the names that 4.19 does not have)" {
	if [ -n "${KDIR_419-}" ]; then
		run -0 make -C "$KDIR_419" M="$PWD" XS_VERSION=1.1.0 modules
		[ -s xsedu.ko ]
	fi
	# Newer: 5.14, 5.10, 5.9, 5.15.
	for name in kstrtox.h sysfs_emit dev_err_probe '\.dev_groups'; do
		run -1 grep "$name" xsedu.c
	done
}
