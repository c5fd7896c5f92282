#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# One disk, every way in: dnf with its groups and the metapackage, rpm, install.sh, and the installer of older hosts.

load helpers
load disk/disk

setup_file() {
	make_host "$BATS_FILE_TMPDIR/host" "$(a_kernel)"
	as_root rpm --root "$BATS_FILE_TMPDIR/host" -U --nodeps "$(small_package kernel-one 1 'Provides: kernel-uname-r = 1.0')"
}

setup() {
	DISK=$BATS_TEST_TMPDIR/disk
	new_root
}

# new_root: $ROOT, a host that nothing is installed on.
new_root() {
	ROOT=$BATS_TEST_TMPDIR/root
	rm -rf "$ROOT"
	cp -a "$BATS_FILE_TMPDIR/host" "$ROOT"
}

# tree PROFILE PACKAGES: the disk $DISK of these packages, words in one argument.
tree() {
	local profile=$1
	PACKAGES=$2 make_disk "$BATS_TEST_TMPDIR" --tree --no-verify --profile "$profile" --version 1
	rm -rf "$DISK"
	mv "$BATS_TEST_TMPDIR/xsedu" "$DISK"
}

# with_dnf ARGUMENT...: dnf that knows the disk as it is now, the host, and nothing else.
with_dnf() {
	touch "$BATS_TEST_TMPDIR/dnf.conf"
	rm -rf "$BATS_TEST_TMPDIR/cache"
	as_root dnf --quiet --assumeyes --installroot "$ROOT" --releasever 1 --disableplugin='*' --setopt=reposdir=/nowhere \
		--setopt=cachedir="$BATS_TEST_TMPDIR/cache" --setopt=logdir="$BATS_TEST_TMPDIR" --setopt=persistdir=/var/lib/dnf --config "$BATS_TEST_TMPDIR/dnf.conf" \
		--repofrompath "disk,file://$DISK" --repo disk --nogpgcheck "$@"
}

with_rpm() { as_root rpm --root "$ROOT" "$@"; }
with_installer() { as_root sh "$DISK/install.sh" --batch --sysroot "$ROOT"; }

# packages: what the disk has installed.
packages() { host_packages "$ROOT" | grep -vx kernel-one; }

# Packages for two kernels, of which the host has the first.
two_kernels() {
	local kernel version
	for kernel in 1.0 2.0; do
		for version in 1 2; do
			small_package "d-$version-$kernel" 1 "/lib/modules/$kernel/updates/d-$version.ko" \
				${1:+"Requires: kernel-uname-r = $kernel"}
		done
	done
}

@test "dnf installs from a disk for two kernels what is for the host's, by either group and by the metapackage" {
	tree xs9 "$(two_kernels asking)"
	for way in @drivers @update update-xsedu; do
		new_root
		run -0 with_dnf install "$way"
		[ "$(packages)" = $'d-1-1.0\nd-2-1.0\nupdate-xsedu' ]
	done
	# Hosts may be set up to take no recommendations.
	new_root
	run -0 with_dnf --setopt=install_weak_deps=0 install @drivers
	[ "$(packages)" = $'d-1-1.0\nd-2-1.0\nupdate-xsedu' ]
}

@test "dnf, rpm and the older installer install all of a disk for two kernels in the profile xs8" {
	tree xs8 "$(two_kernels)"
	for way in "with_dnf install @drivers" "with_dnf install @update" "with_dnf install update-xsedu" \
		"with_rpm -U $(echo "$DISK"/*.rpm)"; do
		new_root
		run -0 $way
		[ "$(packages)" = $'d-1-1.0\nd-1-2.0\nd-2-1.0\nd-2-2.0\nupdate-xsedu' ]
	done
}

@test "a disk for one kernel is refused by hosts without it in the profile xs8" {
	tree xs8 "$(small_package d 1 /lib/modules/2.0/updates/d.ko)"
	run -1 --separate-stderr with_dnf install @drivers
	has "$stderr" "nothing provides kernel-uname-r = 2.0 needed by update-xsedu-1-1.1.x"
	run -2 --separate-stderr with_rpm -U "$DISK"/*.rpm
	has "$stderr" "kernel-uname-r = 2.0 is needed by update-xsedu-1-1.1.x"
	[ "$(packages)" = "" ]
}

@test "removing one version removes that one, whichever way the disk was installed" {
	local -A asking=([xs9]=asking)
	for profile in xs8 xs9; do
		tree "$profile" "$(two_kernels ${asking[$profile]-})"
		for way in "with_dnf install @drivers" "with_dnf install update-xsedu"; do
			new_root
			run -0 $way
			run -0 with_dnf remove d-1-1.0
			has "$(packages)" d-2-1.0
			has "$(packages)" update-xsedu
			lacks "$(packages)" d-1-1.0
		done
	done
}

# example_disk OPTION...: the disk $DISK of the example driver's two versions.
example_disk() {
	PACKAGES=$(example_packages "$(a_kernel)") make_disk "$BATS_TEST_TMPDIR" --tree --no-verify "$@"
	rm -rf "$DISK"
	mv "$BATS_TEST_TMPDIR/xsedu" "$DISK"
}

# The packages that older hosts' installer would hand to rpm, as its program does: those that XS-PACKAGES lists.
with_older_installer() {
	local files
	mapfile -t files < <(xmllint --xpath '//package/text()' "$DISK/XS-PACKAGES")
	(cd "$DISK" && with_rpm -U "${files[@]}")
}

# selected_version: what the host's link in updates/ leads to.
selected_version() { readlink "$ROOT/lib/modules/$(a_kernel)/updates/xsedu.ko" | cut -d/ -f4; }

# ways_select VERSION: each way of installing the disk selects that version.
ways_select() {
	local way
	for way in "with_dnf install @drivers" "with_dnf install update-xsedu" "with_rpm -U $(echo "$DISK"/*.rpm)" \
		with_installer with_older_installer; do
		new_root
		run -0 $way
		[ "$(selected_version)" = "$1" ] || fail "$way selects $(selected_version), not $1"
	done
}

@test "a disk selects the newest version, or the one its vendor wants, whichever way it is installed" {
	example_disk
	ways_select 1.1.0
	run -0 xs-ddk show "$DISK"
	has "$output" "selects:     xsedu 1.1.0"
	example_disk --default-version 1.0.0
	ways_select 1.0.0
	run -0 xs-ddk show --json "$DISK"
	[ "$(jq -r '.disks[0].selects' <<<"$output")" = "xsedu 1.0.0" ]
	# What is selected already stays.
	run -0 with_installer
	as_root rpm --root "$ROOT" -e "$(rpm -qp --nosignature "$DISK"/xsedu-1.0.0*.rpm)"
	[ "$(selected_version)" = 1.1.0 ]
	run -0 with_installer
	[ "$(selected_version)" = 1.1.0 ]
}

@test "of packages that a person installs one by one, the first stays selected" {
	example_disk
	run -0 with_rpm -U "$DISK"/xsedu-1.0.0-*.rpm
	run -0 with_rpm -U "$DISK"/xsedu-1.1.0-*.rpm
	[ "$(selected_version)" = 1.0.0 ]
}

@test "a version that is not the disk's cannot be its default" {
	run -1 --separate-stderr example_disk --default-version 3
	has "$stderr" "--default-version 3: the disk has of xsedu only 1.0.0 1.1.0"
}

# older_and_newer: the disks $OLDER and $NEWER of one driver, which has been packaged anew for the newer.
older_and_newer() {
	local needs='Requires: kernel-uname-r = 1.0'
	OLDER=$BATS_TEST_TMPDIR/older NEWER=$BATS_TEST_TMPDIR/newer
	tree xs9 "$(small_package d-1 1.0 /lib/modules/1.0/updates/d.ko "$needs") $(small_package data 1 /etc/d.conf)"
	mv "$DISK" "$OLDER"
	tree xs9 "$(small_package d-1 1.1 /lib/modules/1.0/updates/d.ko "$needs") $(small_package data 2 /etc/d.conf)"
	mv "$DISK" "$NEWER"
	mkdir -p "$ROOT/lib/modules/1.0/kernel"
}

# Ways to install the disk $DISK, and to remove what a disk brought. dnf is set up as the toolstack does it, without "best".
install_dnf() { with_dnf install @update; }
install_rpm() { with_rpm -U "$DISK"/*.rpm; }
install_older() { with_older_installer; }
install_script() { with_installer; }
remove_dnf() { with_dnf remove update-xsedu d-1 data; }
remove_rpm() { with_rpm -e update-xsedu d-1 data; }
# As suppack-uninstall does: the labels of XS-PACKAGES.
remove_older() { xmllint --xpath '//package/@label' "$DISK/XS-PACKAGES" | sed 's/.*"\(.*\)"/\1/' | as_root xargs rpm --root "$ROOT" -e; }
# The newer disk's record leads back to the older one's, if install.sh installed that too.
remove_script() {
	while [ -d "$(record "$ROOT")" ]; do
		as_root sh "$DISK/uninstall.sh" --batch --sysroot "$ROOT" xs-ddk:xsedu || return
	done
}

# has_packagings D-1 DATA: these versions are installed, and a metapackage.
has_packagings() {
	[ "$(as_root rpm --root "$ROOT" -qa --qf '%{NAME} %{VERSION}\n' | grep -v -e host -e kernel | sort)" = "d-1 $1
data $2
update-xsedu 1" ]
}

@test "each way of installing upgrades, and each way of removing removes, what any other has installed" {
	local first second third i=0 ways=(dnf rpm older script)
	older_and_newer
	mv "$ROOT" "$BATS_TEST_TMPDIR/clean"
	for first in "${ways[@]}"; do
		for second in "${ways[@]}"; do
			# So that each way of removing comes after each way of installing.
			third=${ways[(i / 4 + i) % 4]}
			((++i))
			rm -rf "$ROOT"
			cp -a "$BATS_TEST_TMPDIR/clean" "$ROOT"
			DISK=$OLDER
			run -0 "install_$first"
			has_packagings 1.0 1 || fail "$first: $(packages)"
			DISK=$NEWER
			run -0 "install_$second"
			has_packagings 1.1 2 || fail "$first, $second: $output"
			# What install.sh finds done it only writes down.
			[ "$third" != script ] || [ "$second" = script ] || run -0 install_script
			run -0 "remove_$third"
			[ "$(packages)" = "" ] || fail "$first, $second, $third: $(packages)"
		done
	done
}
