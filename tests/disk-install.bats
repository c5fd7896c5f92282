#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# install.sh and uninstall.sh of a driver disk: every exit status, under the shells of small hosts, and for real.

load helpers
load disk/disk

setup_file() {
	make_disk "$BATS_FILE_TMPDIR"
	unpack "$BATS_FILE_TMPDIR/xsedu.iso" "$BATS_FILE_TMPDIR/disk"
	make_host "$BATS_FILE_TMPDIR/host"
	# What a host has, and nothing that is found only here. The real rpm, as busybox has one of its own.
	local program
	mkdir "$BATS_FILE_TMPDIR/bin"
	# Bash is what Debian's rpm asks for the path of its database.
	for program in rpm bash sed grep awk md5sum sha256sum cut tr wc cat cp mv rm mkdir sort dirname; do
		ln -s "$(command -v "$program")" "$BATS_FILE_TMPDIR/bin/$program"
	done
}

setup() {
	DISK=$BATS_FILE_TMPDIR/disk
	ROOT=$BATS_TEST_TMPDIR/root
	KERNEL=$(a_kernel)
	# The release of the example's packages, which ends in the profile.
	RELEASE=1.0-1${PROFILE:+.$PROFILE}
	cp -a "$BATS_FILE_TMPDIR/host" "$ROOT"
}

# install_disk ARGUMENT...: its install.sh on the host, with nothing but the host's programs. Debian's rpm has its
# database below HOME.
install_disk() { as_root env -i HOME="$HOME" PATH="$BATS_FILE_TMPDIR/bin" /bin/sh "$DISK/install.sh" --sysroot "$ROOT" "$@"; }
uninstall_disk() { as_root env -i HOME="$HOME" PATH="$BATS_FILE_TMPDIR/bin" /bin/sh "$(record "$ROOT")/uninstall.sh" --sysroot "$ROOT" "$@"; }

# own_disk: a copy of the disk that may be changed.
own_disk() {
	cp -r "$DISK" "$BATS_TEST_TMPDIR/disk"
	DISK=$BATS_TEST_TMPDIR/disk
}

# state: all there is on the host but for rpm's database, which is opened for writing to try a transaction.
state() {
	(cd "$ROOT" && find . ! -path '*/rpm*' ! -path '*/.rpmdb*' ! -type d -printf '%p %y %s %T@ %l\n' | sort)
}

# unchanged COMMAND...: the command leaves the host as it is.
unchanged() {
	state >"$BATS_TEST_TMPDIR/before"
	"$@"
	state | diff "$BATS_TEST_TMPDIR/before" -
	[ "$(host_packages "$ROOT")" = "" ]
}

@test "installing puts what fits the host's kernels there, selected, and records the pack: status 0" {
	run -0 --separate-stderr install_disk --batch
	[ "$(host_packages "$ROOT")" = "update-xsedu
xsedu-1.0.0-modules-amd64-$KERNEL
xsedu-1.1.0-modules-amd64-$KERNEL
xsedu-data" ]
	cmp "$DISK/XS-REPOSITORY" "$(record "$ROOT")/XS-REPOSITORY"
	cmp "$DISK/XS-PACKAGES" "$(record "$ROOT")/XS-PACKAGES"
	[ -e "$ROOT/lib/modules/$KERNEL/updates/xsedu.ko" ]
	grep -q '^updates/xsedu.ko:' "$ROOT/lib/modules/$KERNEL/modules.dep"
	[ "$(ls "$ROOT/lib/modules")" = "$KERNEL" ]
}

@test "a second time nothing is done: status 3; what a new kernel needs is added: status 0" {
	local second
	second=$(kernels | sed -n 2p)
	run -0 install_disk --batch
	run -3 --separate-stderr install_disk --batch
	[[ $stderr == "install.sh: xs-ddk:xsedu 1.1.0-"*" is installed already" ]]
	mkdir -p "$ROOT/lib/modules/$second/kernel"
	touch "$ROOT/lib/modules/$second/modules".{order,builtin,builtin.modinfo}
	run -0 install_disk --batch
	has "$output" "$second-1.0-1"
	lacks "$output" "install xsedu-data"
	[ -e "$ROOT/lib/modules/$second/updates/xsedu.ko" ]
	run -3 install_disk --batch
}

@test "a package whose scriptlets were interrupted is installed again, and selected: status 0" {
	run -0 install_disk --batch
	rm "$ROOT/lib/modules/$KERNEL/updates/xsedu.ko"
	echo "post first xsedu-1.0.0-modules-amd64-$KERNEL" >"$ROOT/lib/modules/.xs-install:$KERNEL:xsedu:1.0.0"
	run -0 --separate-stderr install_disk --batch
	has "$output" "install xsedu-1.0.0-modules-amd64-$KERNEL"
	lacks "$output" "install xsedu-1.1.0"
	[ "$(readlink "$ROOT/lib/modules/$KERNEL/updates/xsedu.ko")" = ../xenserver/xsedu/1.1.0/xsedu.ko ]
	run -3 install_disk --batch
}

@test "packages without a record, as after a loss of power, get one" {
	run -0 install_disk --batch
	rm -r "$(record "$ROOT")"
	run -0 install_disk --batch
	[ -f "$(record "$ROOT")/XS-REPOSITORY" ]
}

@test "--dry-run says what would be done and does nothing: status 0" {
	unchanged run -0 --separate-stderr install_disk --dry-run
	has "$output" "install xsedu-1.1.0-modules-amd64-$KERNEL-$RELEASE.x86_64.rpm"
	has "$output" "record it in $(record "$ROOT")"
	lacks "$output" "$(kernels | sed -n 2p)-1.0-1"
}

@test "it asks before it goes on; no, and no answer, are status 2" {
	unchanged run -2 --separate-stderr install_disk <<<no
	has "$output" "Do you want to go on? (y/n)"
	unchanged run -2 install_disk </dev/null
	run -0 install_disk <<<"what
yes"
	[ -d "$(record "$ROOT")" ]
}

@test "a host that is none for the disk is refused before anything is changed, with the reason: status 2" {
	while IFS='|' read -r change reason; do
		rm -rf "$ROOT"
		cp -a "$BATS_FILE_TMPDIR/host" "$ROOT"
		(cd "$ROOT" && eval "$change")
		unchanged run -2 --separate-stderr install_disk --batch
		has "$output$stderr" "$reason"
	done <<'END'
sed -i s/XenServer/Other/ etc/xensource-inventory|this disk is for XenServer; this host is Other (platform XCP)
rm etc/xensource-inventory|cannot be read: this is no host for a driver disk
sed -i s/8.2.1/8.2.0/ etc/xensource-inventory|xs:main eq 8.2.1 is required, and it is 8.2.0
mv lib/modules/* lib/modules/9.9|this disk is for the kernels
rm -r lib/modules/*/kernel lib/modules/*/modules.*|none of them is installed; this host has
as_root rpm --root $PWD -e --nodeps host|/bin/sh is needed by
END
}

# needing REQUIREMENT: the disk $DISK has one package, and needs this of hosts.
needing() {
	rm -rf "$BATS_TEST_TMPDIR/needing"
	PACKAGES=$(small_package extra 1 /etc/extra.conf) make_disk "$BATS_TEST_TMPDIR/needing" --tree --base-requires "$1"
	DISK=$BATS_TEST_TMPDIR/needing/xsedu
	META=$DISK/$(made update-xsedu "$DISK")
}

@test "what the disk needs of the host counts for install.sh as for rpm: met is status 0, else status 2 and no change" {
	for required in "product-version = 8.2.2" "product-version > 8.2.1" firmware-of-hosts; do
		needing "$required"
		run -1 as_root rpm --root "$ROOT" -U --test "$META"
		has "$output" "$required is needed by update-xsedu"
		unchanged run -2 --separate-stderr install_disk --batch
		has "$stderr" "rpm refuses the packages:"
		has "$stderr" "$required is needed by update-xsedu"
	done
	needing "product-version = 8.2.1"
	as_root rpm --root "$ROOT" -U --test "$META"
	run -0 install_disk --batch
	[ "$(host_packages "$ROOT" | paste -sd' ')" = "extra update-xsedu" ]
}

@test "the platform's name will do for the product, and a record of the product goes before the inventory" {
	own_disk
	sed -i 's/product="XenServer"/product="XCP"/' "$DISK/XS-REPOSITORY"
	resum "$DISK"
	run -0 install_disk --dry-run
	mkdir -p "$ROOT/etc/xensource/installed-repos/xs:main"
	echo '<repository originator="xs" name="main" product="XenServer" version="8.3.0" build="5"><description>x</description></repository>' \
		>"$ROOT/etc/xensource/installed-repos/xs:main/XS-REPOSITORY"
	run -2 --separate-stderr install_disk --dry-run
	has "$stderr" "xs:main eq 8.2.1 is required, and it is 8.3.0-5"
}

@test "tests of requirements compare versions number by number" {
	own_disk
	while read -r test wanted status; do
		sed -i "s/test=\"[a-z]*\" \(product=\"XenServer\"\) version=\"[0-9.]*\"/test=\"$test\" \1 version=\"$wanted\"/" "$DISK/XS-REPOSITORY"
		resum "$DISK"
		run "-$status" install_disk --dry-run
	done <<-END
		eq 8.2.1 0
		eq 8.2.10 2
		ne 8.2.1 2
		ne 8.2 0
		lt 8.10.0 0
		lt 8.2.1 2
		gt 8.1.99 0
		gt 8.10 2
		le 8.2.1 0
		le 8.2.0 2
		ge 8.2.1 0
		ge 8.2.1.1 2
	END
}

@test "memory that a host has not is a reason too" {
	own_disk
	sed -i 's/product="XenServer"/& memory-requirement-mb="512"/' "$DISK/XS-REPOSITORY"
	resum "$DISK"
	echo 'MemTotal:         400000 kB' >"$ROOT/proc/meminfo"
	run -2 --separate-stderr install_disk --batch
	has "$stderr" "512 MiB of memory are required, and there are 390"
	echo 'MemTotal:        1000000 kB' >"$ROOT/proc/meminfo"
	run -0 install_disk --batch
}

@test "a disk that is not whole is refused before anything is changed, and the file named: status 1" {
	local package=xsedu-1.1.0-modules-amd64-$KERNEL-$RELEASE.x86_64.rpm
	while IFS='|' read -r change reason; do
		cp -r "$BATS_FILE_TMPDIR/disk" "$BATS_TEST_TMPDIR/disk"
		DISK=$BATS_TEST_TMPDIR/disk
		(cd "$DISK" && eval "$change")
		unchanged run -1 --separate-stderr install_disk --batch
		has "$stderr" "$reason"
		rm -r "$DISK"
	done <<END
rm $package|$package is missing
printf x >>$package|$package is damaged: it has
dd if=/dev/zero of=$package conv=notrunc bs=1 seek=9000 count=8 status=none|$package is damaged: its MD5 sum is not
rm XS-REPOSITORY|XS-REPOSITORY is missing
rm XS-PACKAGES|XS-PACKAGES is missing
printf ' ' >>update.xml|update.xml is damaged or missing: SHA256SUMS
rm -f source/xsedu-1.0.0*|source/xsedu-1.0.0-$RELEASE.src.rpm is damaged or missing
sed -i 's/originator="[^"]*"/originator="..\/..\/x"/' XS-REPOSITORY; rm SHA256SUMS|does not say whose pack it is
sed -i 's/>xsedu-data/>..\/..\/xsedu-data/' XS-PACKAGES; rm SHA256SUMS|which is no file name
sed -i '/<package /d' XS-PACKAGES; rm SHA256SUMS|XS-PACKAGES names no package
sed -i '3s/.*/<!-- & -->/' XS-PACKAGES; rm SHA256SUMS|XS-PACKAGES is damaged, line 3:<!--
sed -i '3s/<package /<package a=">" /' XS-PACKAGES; rm SHA256SUMS|XS-PACKAGES is damaged, line 3:
sed -i '3s/>x/>\&#120;/' XS-PACKAGES; rm SHA256SUMS|XS-PACKAGES is damaged, line 3:
sed -i '2s/.*/&\n&/;\$s/.*/&\n&/' XS-PACKAGES; rm SHA256SUMS|XS-PACKAGES has a second
sed -i 's/<description>/&<![CDATA[/;s/<.description>/]]>&/' XS-REPOSITORY; rm SHA256SUMS|XS-REPOSITORY is damaged, line 3:
END
}

# licensed_disk: a disk with a package whose license is to be accepted.
licensed_disk() {
	PACKAGES=$(small_package firmware 1 /usr/share/doc/firmware/EULA) make_disk "$BATS_TEST_TMPDIR" --tree
	DISK=$BATS_TEST_TMPDIR/xsedu
}

@test "a license is shown, and must be accepted: status 4 if it is not" {
	licensed_disk
	unchanged run -4 --separate-stderr install_disk --batch
	has "$output" "firmware 1"
	has "$stderr" "--accept-eula"
	unchanged run -4 install_disk <<<no
	unchanged run -0 install_disk --dry-run
	run -0 install_disk <<<"yes
yes"
	[ "$(host_packages "$ROOT")" = $'firmware\nupdate-xsedu' ]
	run -3 install_disk --batch
	run -0 uninstall_disk --batch
	run -0 install_disk --batch --accept-eula
}

@test "a license that is not on the disk as text is not passed by: status 1" {
	licensed_disk
	rm "$DISK/EULA"
	resum "$DISK"
	unchanged run -1 --separate-stderr install_disk --batch --accept-eula
	has "$stderr" "the disk's file EULA is missing"
}

@test "an older pack is not installed over a newer one: status 3 unless one says so" {
	make_disk "$BATS_TEST_TMPDIR/new" --tree --version 1.10.0
	DISK=$BATS_TEST_TMPDIR/new/xsedu run -0 install_disk --batch
	run -3 install_disk --batch
	has "$output" "xs-ddk:xsedu 1.10.0-1.0.1.x"
	has "$output" "is installed, which is newer than 1.1.0-1.0.1.x"
	run -3 install_disk <<<n
	run -0 install_disk <<<"y
y"
	grep -q 'version="1.1.0"' "$(record "$ROOT")/XS-REPOSITORY"
}

@test "uninstalling removes the packages, the record, and what scriptlets made: status 0, then 3" {
	(cd "$ROOT" && find . ! -path './var*' ! -name 'modules.*' | sort) >"$BATS_TEST_TMPDIR/before"
	run -0 install_disk --batch
	cp -r "$(record "$ROOT")" "$BATS_TEST_TMPDIR/kept"
	run -2 uninstall_disk <<<n
	run -0 uninstall_disk --dry-run
	[ -d "$(record "$ROOT")" ]
	run -0 --separate-stderr uninstall_disk --batch
	has "$output" "remove xsedu-data"
	[ "$(host_packages "$ROOT")" = "" ]
	(cd "$ROOT" && find . ! -path './var*' ! -name 'modules.*' | grep -vxF -e ./etc/depmod.d -e ./etc/modprobe.d -e ./etc/udev \
		-e ./etc/udev/rules.d -e ./etc/xensource/installed-repos -e ./usr -e ./usr/share -e ./usr/share/doc | sort) |
		diff <(grep -vxF -e ./usr -e ./usr/share -e ./usr/share/doc "$BATS_TEST_TMPDIR/before") -
	run -3 as_root env -i HOME="$HOME" PATH="$BATS_FILE_TMPDIR/bin" /bin/sh "$DISK/uninstall.sh" --batch --sysroot "$ROOT"
	run -3 as_root env -i HOME="$HOME" PATH="$BATS_FILE_TMPDIR/bin" /bin/sh "$BATS_TEST_TMPDIR/kept/uninstall.sh" --batch --sysroot "$ROOT" some:other
	run -1 as_root env -i HOME="$HOME" PATH="$BATS_FILE_TMPDIR/bin" /bin/sh "$DISK/uninstall.sh" --batch --sysroot "$ROOT" ../x:y
}

@test "uninstalling a newer pack returns to the older one's record and packages" {
	local package
	run -0 install_disk --batch
	package=$(small_package extra 2 /etc/extra.conf)
	PACKAGES="$(example_packages "$KERNEL") $package" make_disk "$BATS_TEST_TMPDIR/new" --tree --version 2
	DISK=$BATS_TEST_TMPDIR/new/xsedu run -0 install_disk --batch
	has "$(host_packages "$ROOT")" extra
	run -0 uninstall_disk --batch
	cmp "$DISK/XS-REPOSITORY" "$(record "$ROOT")/XS-REPOSITORY"
	lacks "$(host_packages "$ROOT")" extra
	has "$(host_packages "$ROOT")" "xsedu-1.1.0-modules-amd64-$KERNEL"
	run -0 uninstall_disk --batch
	[ "$(host_packages "$ROOT")" = "" ]
}

@test "a package that something else needs keeps the pack from being removed: status 1" {
	run -0 install_disk --batch
	as_root rpm --root "$ROOT" -U "$(small_package user 1 'Requires: xsedu-data')"
	run -1 --separate-stderr uninstall_disk --batch
	has "$stderr" "xsedu-data"
	has "$(host_packages "$ROOT")" "xsedu-1.1.0-modules-amd64-$KERNEL"
	[ -d "$(record "$ROOT")" ]
}

@test "dash, busybox's shell with its tools, and bash do the same" {
	local shell tools=$BATS_TEST_TMPDIR/tools program
	cp -a "$BATS_FILE_TMPDIR/bin" "$tools"
	for program in "$tools"/*; do
		case $program in */rpm | */bash) ;; *) ln -sf "$(command -v busybox)" "$program" ;; esac
	done
	ln -s "$(command -v busybox)" "$tools/sh"
	for shell in dash bash "busybox sh"; do
		case $shell in busybox*) PATH_THERE=$tools ;; *) PATH_THERE=$BATS_FILE_TMPDIR/bin ;; esac
		# shellcheck disable=SC2086 # a program and its argument
		run -0 --separate-stderr as_root env -i HOME="$HOME" PATH="$PATH_THERE" "$(command -v ${shell% *})" ${shell#"${shell% *}"} \
			"$DISK/install.sh" --dry-run --sysroot "$ROOT"
		[ -z "$stderr" ]
		echo "$output" >"$BATS_TEST_TMPDIR/out.${shell%% *}"
	done
	cmp "$BATS_TEST_TMPDIR/out.dash" "$BATS_TEST_TMPDIR/out.bash"
	cmp "$BATS_TEST_TMPDIR/out.dash" "$BATS_TEST_TMPDIR/out.busybox"
}

@test "older hosts' xe-install-supplemental-pack finds its program, and takes -b" {
	cd "$DISK"
	[ -x install ]
	run -0 as_root env -i HOME="$HOME" PATH="$BATS_FILE_TMPDIR/bin:/bin" ./install -b --sysroot "$ROOT"
	[ -d "$(record "$ROOT")" ]
}

@test "the toolstack is told, where there is one, and of a mounted host it is not" {
	mkdir "$BATS_TEST_TMPDIR/bin"
	printf '#!/bin/sh\necho "xe $*"\n' >"$BATS_TEST_TMPDIR/bin/xe"
	chmod +x "$BATS_TEST_TMPDIR/bin/xe"
	run -0 as_root env PATH="$BATS_TEST_TMPDIR/bin:$PATH" sh "$DISK/install.sh" --batch --sysroot "$ROOT"
	lacks "$output" "xe host-refresh-pack-info"
	cp -r "$DISK" "$ROOT/disk"
	mkdir "$ROOT/dev"
	touch "$ROOT/dev/null"
	cp "$BATS_TEST_TMPDIR/bin/xe" "$ROOT/bin/"
	printf '#!/bin/sh\ncase $* in *-qp*) echo x ;; *) echo "rpm $*" ;; esac\n' >"$ROOT/bin/rpm"
	chmod +x "$ROOT/bin/rpm"
	rm -r "$(record "$ROOT")"
	run -0 as_root chroot "$ROOT" /disk/install.sh --batch
	has "$output" "xe host-refresh-pack-info host-uuid=2d7b4d2c-6b3e-4c3f-9a43-3c9c0d8f7c11"
}

@test "called wrongly, both say so: status 1" {
	run -1 --separate-stderr install_disk --bogus
	has "$stderr" "unknown argument '--bogus'"
	run -1 --separate-stderr sh "$DISK/install.sh" --sysroot
	has "$stderr" "--sysroot needs a directory"
	run -1 --separate-stderr sh "$DISK/install.sh" --sysroot /nowhere
	has "$stderr" "--sysroot /nowhere is no directory"
	for script in install.sh uninstall.sh; do
		run -0 --separate-stderr sh "$DISK/$script" --help
		for option in --batch --dry-run --sysroot; do
			has "$output" "$option"
		done
		[ -z "$stderr" ]
	done
}

@test "a machine that boots from a root the disk was installed into loads the driver for its device" {
	run -0 install_disk --batch
	rm -rf "${ROOT:?}"/{var,bin,sbin,lib64,lib/x86_64-linux-gnu}
	# shellcheck disable=SC2016 # for the shell inside
	run -0 --separate-stderr "$TOP/tests/vm/boot" --keep-modules-dep --root "$ROOT" -- sh -c '
		modprobe "$(cat /sys/bus/pci/devices/0000:00:01.0/modalias)" && cut -d" " -f1 /proc/modules && xs-ddk show --loaded'
	has "$output" "xsedu"
	has "$output" "$(readlink "$ROOT/lib/modules/$KERNEL/updates/xsedu.ko" | cut -d/ -f4)  "
}

# disk_with_tool: the disk $DISK has a package xs-driver-static 2.0 too (a stand-in, with one file).
disk_with_tool() {
	PACKAGES="$(example_packages) $(small_package xs-driver-static 2.0 'Provides: xs-driver = 2.0' 'Conflicts: xs-driver' /usr/sbin/xs-driver)" \
		make_disk "$BATS_TEST_TMPDIR" --tree --no-verify "$@"
	DISK=$BATS_TEST_TMPDIR/${2:-xsedu}
}

@test "xs-driver-static is installed from a disk that has it, and goes with the last disk that has it" {
	disk_with_tool
	run -0 install_disk --batch
	[ "$(cat "$ROOT/usr/sbin/xs-driver")" = "xs-driver-static 2.0" ]
	disk_with_tool --label other
	run -0 install_disk --batch
	run -0 uninstall_disk --batch
	has "$(host_packages "$ROOT")" xs-driver-static
	run -0 as_root env -i HOME="$HOME" PATH="$BATS_FILE_TMPDIR/bin" /bin/sh "$DISK/uninstall.sh" --sysroot "$ROOT" --batch
	[ "$(host_packages "$ROOT")" = "" ]
	[ ! -e "$ROOT/usr/sbin/xs-driver" ]
}

@test "a host that has a newer xs-driver-static, or an xs-driver of its own, keeps it" {
	disk_with_tool
	for name in xs-driver-static xs-driver; do
		as_root rpm --root "$ROOT" -U "$(small_package "$name" 2.1 'Provides: xs-driver = 2.1' /usr/sbin/xs-driver)"
		run -0 install_disk --batch
		[ "$(cat "$ROOT/usr/sbin/xs-driver")" = "$name 2.1" ]
		[ "$(host_packages "$ROOT" | grep -c '^xs')" -eq 4 ]
		run -3 install_disk --batch
		as_root rpm --root "$ROOT" -e "$name"
		uninstall_disk --batch
	done
}
