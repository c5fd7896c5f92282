#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# A build in parts, one for each version and kernel, whose packages are joined on one disk.

load rpm/helpers

# driver DIRECTORY: two versions of the example driver, whose sources have different dates.
driver() {
	mkdir -p "$1"
	cp -a "$TOP/example-driver/"{data,*.spec.in} "$1"
	mkdir "$1/old" "$1/new"
	cp -a "$TOP/example-driver/"{Kbuild,xsedu.c} "$1/old"
	cp -a "$TOP/example-driver/"{Kbuild,xsedu.c} "$1/new"
	touch -d 2001-01-01 "$1"/*.spec.in "$1"/old/*
	touch -d 2002-02-02 "$1"/new/*
	find "$1/data" -exec touch -d 2000-01-01 {} +
	cat >"$1/Makefile" <<-END
		VERSIONS := 1.0.0 1.1.0
		SRCDIR.1.0.0 := old
		SRCDIR.1.1.0 := new
		SPEC := xsedu.spec.in
		DATA_SPEC := xsedu-data.spec.in
		VENDOR_NAME := The xs-ddk authors
		TEXT := In parts
		KERNELS ?= $K1
		DEBUGINFO := 0
		include $TOP/rpm/driver.mk
	END
}

# job PART ARGUMENT...: what a job does, in a directory of its own.
job() {
	local part=$1
	shift
	cp -a driver "$part"
	make -s -C "$part" XS_DDK="$XS_BIN/xs-ddk" build-rpms "$@"
}

setup_file() {
	cd "$BATS_FILE_TMPDIR" || return
	driver driver
	job whole >whole.log 2>&1 || { cat whole.log >&2 && return 1; }
	count=0
	make -s -C driver matrix >jobs.list
	while read -r arguments; do
		count=$((count + 1))
		# shellcheck disable=SC2086 # the arguments of make
		job "part$count" $arguments >"part$count.log" 2>&1 </dev/null || { cat "part$count.log" >&2 && return 1; }
	done <jobs.list
}

setup() { cd "$BATS_FILE_TMPDIR" || return; }

# join DIRECTORY...: make the disk of the packages there, where no sources are.
join() {
	printf 'TEXT := In parts\nVENDOR_NAME := The xs-ddk authors\nLABEL := xsedu\ninclude %s\n' "$TOP/rpm/driver.mk" \
		>"$BATS_TEST_TMPDIR/Makefile"
	make -s -C "$BATS_TEST_TMPDIR" build-isos XS_DDK="$XS_BIN/xs-ddk" FROM="$*"
}

@test "matrix prints each version and kernel once, as lines and as JSON for two services" {
	run -0 --separate-stderr make -s -C driver matrix KERNELS='6.1.0-1-a 5.14.0-503.el9.x86_64+rt'
	[ "$output" = 'DRIVER_VERSION=1.0.0 KERNELS=6.1.0-1-a
DRIVER_VERSION=1.0.0 KERNELS=5.14.0-503.el9.x86_64+rt
DRIVER_VERSION=1.1.0 KERNELS=6.1.0-1-a
DRIVER_VERSION=1.1.0 KERNELS=5.14.0-503.el9.x86_64+rt' ]
	run -0 --separate-stderr make -s -C driver matrix KERNELS='6.1.0-1-a 6.1.0-2-a' FORMAT=github
	[ "$(jq -r '.include[] | "DRIVER_VERSION=\(.DRIVER_VERSION) KERNELS=\(.KERNELS)"' <<<"$output")" = \
		"$(make -s -C driver matrix KERNELS='6.1.0-1-a 6.1.0-2-a')" ]
	run -0 --separate-stderr make -s -C driver matrix KERNELS='6.1.0-1-a 6.1.0-2-a' FORMAT=gitlab
	[ "$(jq -c . <<<"$output")" = '[{"DRIVER_VERSION":["1.0.0","1.1.0"],"KERNELS":["6.1.0-1-a","6.1.0-2-a"]}]' ]
	run -0 --separate-stderr make -s -C "$TOP/example-driver" matrix DRIVER_VERSION=1.0.0
	[ "$(sed 's/.*KERNELS=//' <<<"$output")" = "$(kernels)" ]
}

@test "matrix refuses what no job could build" {
	run -2 --separate-stderr make -s -C driver matrix FORMAT=yaml
	has "$stderr" "xs-ddk: FORMAT yaml is unknown; there are lines, github and gitlab"
	run -2 --separate-stderr make -s -C driver matrix DRIVER_VERSION='1/0'
	has "$stderr" "xs-ddk: DRIVER_VERSION: the version \"1/0\" has a character other than"
	run -2 --separate-stderr make -s -C driver matrix KERNELS='6.1";x'
	has "$stderr" 'xs-ddk: KERNELS: 6.1";x has a character other than'
}

@test "the packages of a part are those of the build in one place, byte for byte" {
	[ "$(wc -l <jobs.list)" -eq 2 ]
	for package in part*/build/rpms/*.rpm part*/build/srpms/*.rpm; do
		cmp "$package" "whole/${package#part?/}"
	done
	[ "$(cat part*/build/rpms/*-modules-*.rpm | wc -c)" -eq "$(cat whole/build/rpms/*-modules-*.rpm | wc -c)" ]
}

@test "a version's packages do not change when another version gets newer sources" {
	cp -a whole again
	touch again/new/xsedu.c
	make -s -C again XS_DDK="$XS_BIN/xs-ddk" build-rpms >again.log
	cmp again/build/rpms/xsedu-1.0.0-modules-* whole/build/rpms/xsedu-1.0.0-modules-*
	run -1 cmp again/build/rpms/xsedu-1.1.0-modules-* whole/build/rpms/xsedu-1.1.0-modules-*
}

@test "the disk that is joined is the disk of the build in one place, byte for byte" {
	make -s -C whole XS_DDK="$XS_BIN/xs-ddk" LABEL=xsedu build-isos >whole.log 2>&1
	run -0 join "$PWD"/part1 "$PWD"/part2/build
	has "$output" build/isos/xsedu.iso
	cmp "$BATS_TEST_TMPDIR/build/isos/xsedu.iso" whole/build/isos/xsedu.iso
}

@test "parts with different packages of one name are not joined, nor is a disk without a name" {
	cp -a part2 other
	printf x >>"$(echo other/build/rpms/xsedu-data-*.rpm)"
	run -2 --separate-stderr join "$PWD/part1" "$PWD/other"
	has "$stderr" "another package is called xsedu-data-1.0-1.noarch.rpm too"
	[ ! -e "$BATS_TEST_TMPDIR/build/isos/xsedu.iso" ]
	sed -i /LABEL/d "$BATS_TEST_TMPDIR/Makefile"
	run -2 --separate-stderr make -s -C "$BATS_TEST_TMPDIR" build-isos FROM="$PWD/part1"
	has "$stderr" "LABEL is not set"
}
