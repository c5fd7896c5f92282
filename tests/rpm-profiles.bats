#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# What the profiles make of one driver: each for a target that can digest other things.

load rpm/helpers

setup_file() {
	local profile
	# A kernel with a uname like XenServer's, out of the headers of one that is here.
	fake_kernel "$CACHE/kernel-4.19.0+1" 4.19.0+1
	for profile in xs8 xs9 el9 generic; do
		built "$profile" "$TOP/tests/rpm/pair" KERNELS="$CACHE/kernel-4.19.0+1" DRIVER_VERSION=1.0 PROFILE=$profile
	done
} >&2

setup() {
	cd "$BATS_TEST_TMPDIR" || return
}

# fake_kernel DIR UNAME: a build directory that says it is UNAME's.
fake_kernel() {
	[ ! -e "$1/include/generated/utsrelease.h" ] || return 0
	local from part
	from=$(kdir "$K1")
	mkdir -p "$1/include"
	for part in "$from"/* "$from"/.[a-z]*; do
		[ "${part##*/}" = include ] || ln -s "$part" "$1/"
	done
	cp -r "$from/include/." "$1/include/"
	printf '#define UTS_RELEASE "%s"\n' "$2" >"$1/include/generated/utsrelease.h"
}

# build_of PROFILE [BUILD]: where its packages are.
build_of() { if [ "$1" = generic ]; then echo "$CACHE/${2:-$1}/build"; else echo "$CACHE/${2:-$1}/build/$1"; fi; }
# disk_of PROFILE [BUILD]: the disk of that build (default: the profile's own).
disk_of() { echo "$(build_of "$1" "${2-}")"/isos/pair*.iso; }
rpm_of() { package "$(build_of "$1")" pair 1.0 4.19.0+1; }
requires() { rpm -qp --requires "$(rpm_of "$1")" | sort -u; }
provides() { rpm -qp --provides "$(rpm_of "$1")"; }

@test "WITH_XS_DRIVER=1 puts xs-driver-static on the disk, which verify --strict accepts in each profile" {
	make -s -C "$TOP" static >&2
	for profile in xs8 xs9 el9 generic; do
		built "$profile" "$TOP/tests/rpm/pair" KERNELS="$CACHE/kernel-4.19.0+1" DRIVER_VERSION=1.0 PROFILE=$profile \
			LABEL=with WITH_XS_DRIVER=1 build-isos
		disk=$(echo "$(build_of "$profile")"/isos/with*.iso)
		has "$(bsdtar -tf "$disk")" xs-driver-static-
		run -0 xs-ddk verify --strict --profile "$profile" "$disk"
	done
	# A path, and one that is wrong, which is told before anything is built.
	built generic "$TOP/tests/rpm/pair" KERNELS="$CACHE/kernel-4.19.0+1" DRIVER_VERSION=1.0 PROFILE=generic LABEL=with \
		WITH_XS_DRIVER="$(echo "$TOP"/build/static/*.rpm)" build-isos
	cp "$disk" before.iso
	cmp "$disk" before.iso
	run -1 built generic "$TOP/tests/rpm/pair" KERNELS="$CACHE/kernel-4.19.0+1" DRIVER_VERSION=1.0 PROFILE=generic \
		WITH_XS_DRIVER=/nowhere/x.rpm build-isos
	has "$output" "WITH_XS_DRIVER=/nowhere/x.rpm: there is no such package"
}

@test "in every profile, a disk of the kit's own packages has no finding, warnings included" {
	local profile build
	for profile in xs8 xs9 el9 generic; do
		build=$(build_of "$profile")
		XS_DDK=$XS_BIN/xs-ddk "$TOP/rpm/make-disk" --profile "$profile" --no-verify --label "pair-$profile" --version 1.0 \
			--vendor tests --vendor-code tests --output . "$build/rpms" "$build/srpms"
		run --separate-stderr xs-ddk verify --strict --profile "$profile" "pair-$profile.iso" "$build/rpms"
		[ "$status" -eq 0 ] || fail "$profile: $output $stderr"
		has "$output" "0 errors, 0 warnings"
	done
}

@test "a package's name has the flavour and the kernel, whatever characters are in its uname" {
	run -0 name "$(rpm_of xs8)"
	[ "$output" = pair-1.0-modules-xen-4.19.0+1 ]
	run -0 basename "$(rpm_of xs8)" ".$(rpm --eval '%{_target_cpu}').rpm"
	[ "$output" = pair-1.0-modules-xen-4.19.0+1-1.0-1.xs8 ]
}

@test "xs8 asks for no kernel, so that a disk installs as a whole, and for nothing that rpm 4.11 does not have" {
	run -0 requires xs8
	[ "$output" = "/bin/sh
rpmlib(CompressedFileNames) <= 3.0.4-1
rpmlib(FileDigests) <= 4.6.0-1
rpmlib(PayloadFilesHavePrefix) <= 4.0-1
rpmlib(PayloadIsXz) <= 5.2-1" ]
	run -0 provides xs8
	has "$output" vendor-driver
	lacks "$output" "kernel("
	# Triggers on files are newer than that.
	run -0 rpm -qp --filetriggers "$(rpm_of xs8)"
	[ "$output" = "" ]
	run -0 rpm -qp --qf '%{PAYLOADCOMPRESSOR} %{FILEDIGESTALGO}' "$(rpm_of xs8)"
	[ "$output" = "xz 8" ]
}

@test "xs9 has the compat note, and its files where XenServer 9's readers look" {
	run -0 requires xs9
	has "$output" "kernel-uname-r = 4.19.0+1"
	lacks "$output" "kernel("
	rpm2cpio "$(rpm_of xs9)" | cpio -idm --quiet
	cd lib/modules/4.19.0+1/dmv/pair/1.0
	[ "$(ls)" = $'info.json\npair-a.ko\npair_b.ko' ]
	run -0 jq -r '.variant, .version, (.pci_ids | keys | join(" "))' info.json
	[ "$output" = $'1.0\n1.0\npair-a.ko pair_b.ko' ]
	# The reader goes from the link in updates/ to the file, and takes the info.json beside it.
	[ "$(dirname "$(realpath pair-a.ko)")" = "$(dirname "$(realpath info.json)")" ]
	run -0 readelf -S -W pair-a.ko
	has "$output" .note.XenServer
	has "$output" .note.xenserver
}

@test "only xs9 has them" {
	for profile in xs8 el9 generic; do
		run -0 rpm -qpl "$(rpm_of $profile)"
		lacks "$output" dmv
		rpm2cpio "$(rpm_of $profile)" | cpio -idmu --quiet
		run -0 readelf -S -W lib/modules/4.19.0+1/xenserver/pair/1.0/pair-a.ko
		lacks "$output" .note.XenServer
	done
}

@test "each profile brings what its target's depmod understands, and no line of another" {
	# rpm/README.md has this table.
	while read -r profile want; do
		run -0 rpm -qpl "$(rpm_of "$profile")"
		[ "$(grep -o -e xs-ddk.conf -e xs-ddk-search.conf -e 'unselected/.*pair_b.ko' <<<"$output" | paste -s -d ' ')" = "$want" ]
	done <<-'END'
		xs8 xs-ddk-search.conf unselected/xenserver/pair/1.0/pair_b.ko
		xs9 xs-ddk.conf
		el9 xs-ddk.conf
		generic xs-ddk-search.conf xs-ddk.conf unselected/xenserver/pair/1.0/pair_b.ko
	END
	for profile in xs8 xs9 el9 generic; do
		run -0 xs-ddk verify "$(rpm_of $profile)"
	done
}

@test "make build-isos makes a disk that verify --strict accepts, in each profile" {
	for profile in xs8 xs9 el9 generic; do
		built "$profile" "$TOP/tests/rpm/pair" KERNELS="$CACHE/kernel-4.19.0+1" DRIVER_VERSION=1.0 PROFILE=$profile build-isos
		run -0 xs-ddk verify --strict --profile "$profile" "$(disk_of $profile)"
	done
}

@test "a kernel with two hyphens is refused for xs9 before anything is built, and right in the other profiles" {
	local profile
	cp -r "$TOP/tests/rpm/pair" .
	run -2 --separate-stderr make -C pair KIT="$TOP" KERNELS="$K1" PROFILE=xs9 build-isos
	has "$stderr" "RPM cannot ask for $K1, because a version has one '-' at most"
	[ ! -e pair/build ]
	for profile in xs8 el9 generic; do
		built "$profile-debian" "$TOP/tests/rpm/pair" KERNELS="$K1" DRIVER_VERSION=1.0 PROFILE=$profile build-isos
		run -0 xs-ddk verify --strict --profile "$profile" "$(disk_of "$profile" "$profile-debian")"
	done
}

# both: two versions for xs8, each with a priority or a status of its own.
both() {
	built both "$TOP/tests/rpm/pair" KERNELS="$CACHE/kernel-4.19.0+1" DRIVER_VERSION="1.0 2.0" PROFILE=xs8 \
		XS_PRIORITY=5 XS_PRIORITY.1.0=70 XS_STATUS.2.0=beta
}

@test "a version has the priority and the status that are set for it, and others have what is set for all" {
	both
	while read -r version want; do
		rpm2cpio "$(package "$(build_of xs8 both)" pair "$version" 4.19.0+1)" | cpio -idmu --quiet
		[ "$(jq -c '[.priority, .status]' "lib/modules/4.19.0+1/xenserver/pair/$version/info.json")" = "$want" ]
	done <<-'END'
		1.0 [70,"production"]
		2.0 [5,"beta"]
	END
}

@test "profiles share no file, and what is built no more does not stay" {
	local kernel=$CACHE/kernel-4.19.0+1 tree=$CACHE/both/build
	both
	built both "$TOP/tests/rpm/pair" KERNELS="$kernel" DRIVER_VERSION=1.0 PROFILE=xs9
	package "$tree/xs8" pair 1.0 4.19.0+1
	package "$tree/xs8" pair 2.0 4.19.0+1
	package "$tree/xs9" pair 1.0 4.19.0+1
	[ "$(find "$tree" -name '*.rpm' -printf '%f\n' | sort | uniq -d)" = "" ]
	built both "$TOP/tests/rpm/pair" KERNELS="$kernel" DRIVER_VERSION=2.0 PROFILE=xs8
	[ -z "$(find "$tree/xs8" -name 'pair-1.0-*.rpm')" ]
	[ "$(find "$tree/xs8" -name 'pair-2.0-*.rpm' ! -name '*-devel-*' | wc -l)" = 3 ]
	package "$tree/xs9" pair 1.0 4.19.0+1
}

@test "el9 asks for each symbol it imports with its CRC, but not for its own" {
	local symvers
	symvers=$(kdir "$K1")/Module.symvers
	run -0 requires el9
	has "$output" "kernel(module_layout) = $(awk '$2 == "module_layout" { print $1 }' "$symvers")"
	lacks "$output" pair_answer
	has "$output" "rpmlib(PayloadIsZstd)"
	run -0 provides el9
	has "$output" "kmod(pair_b.ko)"
}

@test "el9 tells weak-modules what comes and goes, in rpm's order" {
	make_root
	change -e base
	add_program "$(type -P busybox)" /bin/busybox
	# shellcheck disable=SC2016
	printf '#!/bin/sh\nwhile read -r f; do echo "$1 $2 $f"; done >>/calls\n' >"$ROOT/usr/sbin/weak-modules"
	chmod +x "$ROOT/usr/sbin/weak-modules"
	run -0 --separate-stderr change -U --nodeps "$(rpm_of el9)"
	[ "$(calls)" = "--no-initramfs --add-modules /lib/modules/4.19.0+1/updates/pair-a.ko
--no-initramfs --add-modules /lib/modules/4.19.0+1/updates/pair_b.ko" ]
	run -0 --separate-stderr change -e pair-1.0-modules-xen-4.19.0+1
	[ "$(calls)" = "--no-initramfs --remove-modules /lib/modules/4.19.0+1/updates/pair-a.ko
--no-initramfs --remove-modules /lib/modules/4.19.0+1/updates/pair_b.ko" ]
}

@test "generic asks for nothing but a shell, and offers names and devices" {
	run -0 requires generic
	lacks "$output" kernel
	run -0 provides generic
	has "$output" "kmod(pair-a.ko)"
	has "$output" "pair-modules = 1.0"
	example
	run -0 rpm -qp --provides "$(package "$CACHE/example/build" xsedu 1.0.0)"
	has "$output" 'modalias(pci:v00001234d000011E8sv*sd*bc*sc*i*)'
}

@test "a driver without PCI devices fits any machine" {
	rpm2cpio "$(rpm_of generic)" | cpio -idm --quiet
	run -0 jq -c '.pci_ids["pair-a.ko"]' lib/modules/4.19.0+1/xenserver/pair/1.0/info.json
	[ "$output" = '[{"vendor_id":"*","device_id":"*","subvendor_id":"*","subdevice_id":"*"}]' ]
}
