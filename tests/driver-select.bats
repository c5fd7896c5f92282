#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# xs-driver select, deselect, rollback and activate: what they change, and what they refuse.

load helpers
load driver/host

setup() {
	make_host
}

# unchanged COMMAND...: it ends with 1 and changes nothing below the root but the lock.
unchanged() {
	(cd "$root" && find . ! -name .xs-driver.lock -printf '%p %l %s %m\n' | sort) >"$BATS_TEST_TMPDIR/before"
	run -1 --separate-stderr "$@"
	(cd "$root" && find . ! -name .xs-driver.lock -printf '%p %l %s %m\n' | sort) >"$BATS_TEST_TMPDIR/after"
	diff "$BATS_TEST_TMPDIR/before" "$BATS_TEST_TMPDIR/after"
}

@test "select links all modules of the version, relatively, and runs depmod" {
	install_fake pair 1.0 xs-base xs_user
	run -0 --separate-stderr driver select pair 1.0
	[ "$output" = "pair: 1.0 is selected for kernel $UNAME" ]
	[ -z "$stderr" ]
	[ "$(selected xs-base.ko)" = ../xenserver/pair/1.0/xs-base.ko ]
	[ "$(selected xs_user.ko)" = ../xenserver/pair/1.0/xs_user.ko ]
	[ "$(dep | sort)" = $'updates/xs-base.ko\nupdates/xs_user.ko' ]
}

@test "the real example driver is selected, and modprobe would load it by its device" {
	install_edu 1.0.0
	install_edu 1.1.0
	driver select xsedu 1.1.0
	run -0 modprobe -d "$root" -S "$UNAME" -n -v "$EDU"
	[ "$output" = "insmod $root/lib/modules/$UNAME/updates/xsedu.ko " ]
	[ "$(modinfo -F version "$root/lib/modules/$UNAME/updates/xsedu.ko")" = 1.1.0 ]
}

@test "a version without one of the former's modules takes that link away" {
	install_fake pair 1.0 xs-base xs_user
	install_fake pair 2.0 xs-base
	driver select pair 1.0
	driver select pair 2.0
	[ "$(ls "$root/lib/modules/$UNAME/updates")" = xs-base.ko ]
}

@test "compressed modules keep their suffix in the link, also when it changes" {
	install_fake packed 1 packed
	install_fake packed 2 packed
	install_fake packed 3 packed
	gzip "$(hierarchy)/packed/1/packed.ko"
	xz "$(hierarchy)/packed/2/packed.ko"
	zstd -q --rm "$(hierarchy)/packed/3/packed.ko"
	for suffix in 1:gz 2:xz 3:zst; do
		driver select packed ${suffix%:*}
		[ "$(ls "$root/lib/modules/$UNAME/updates")" = packed.ko.${suffix#*:} ]
		[ "$(selected packed.ko.${suffix#*:})" = ../xenserver/packed/${suffix%:*}/packed.ko.${suffix#*:} ]
	done
}

@test "select is for all kernels that have the version, or for those that are named" {
	for kernel in $UNAME 5.5.5-old 7.7.7-new; do
		make_kernel $kernel
		for version in 1 2; do
			install -D "$(fake_module ice $version $kernel)" "$(hierarchy $kernel)/ice/$version/ice.ko"
		done
	done
	driver select ice 1
	for kernel in $UNAME 5.5.5-old 7.7.7-new; do
		[ "$(selected ice.ko $kernel)" = ../xenserver/ice/1/ice.ko ]
		[ "$(dep $kernel)" = updates/ice.ko ]
	done
	driver select ice 2 --kernel 5.5.5-old --kernel $UNAME
	[ "$(selected ice.ko 5.5.5-old)$(selected ice.ko)$(selected ice.ko 7.7.7-new)" = \
		../xenserver/ice/2/ice.ko../xenserver/ice/2/ice.ko../xenserver/ice/1/ice.ko ]
}

@test "a version that only another kernel has is not selected for that one unasked" {
	make_kernel 7.7.7-new
	install_fake ice 1 ice
	install -D "$(fake_module ice 2 7.7.7-new)" "$(hierarchy 7.7.7-new)/ice/2/ice.ko"
	run -2 --separate-stderr driver select ice 2
	has "$stderr" "version 2 of ice is not installed for kernel $UNAME; there: 1"
	has "$stderr" "--kernel"
	run -0 driver select ice 2 --kernel 7.7.7-new
}

@test "one kernel that cannot have the version keeps all from changing" {
	make_kernel 5.5.5-old
	install_fake ice 1 ice
	install -D "$(fake_module ice 1 4.4.4-wrong)" "$(hierarchy 5.5.5-old)/ice/1/ice.ko"
	unchanged driver select ice 1
	has "$stderr" "ice 1 cannot be selected for kernel 5.5.5-old: ice.ko is built for kernel '4.4.4-wrong', not '5.5.5-old'"
}

@test "a version whose record is another's, damaged or missing is refused" {
	install_fake ice 1 ice
	cp "$(fake_module ice 2)" "$(hierarchy)/ice/1/ice.ko"
	unchanged driver select ice 1
	has "$stderr" "ice.ko has the record of version '2', not '1'"
	cp "$(fake_module ice -)" "$(hierarchy)/ice/1/ice.ko"
	unchanged driver select ice 1
	has "$stderr" "ice.ko has no record of its version"
	echo garbage >"$(hierarchy)/ice/1/ice.ko"
	unchanged driver select ice 1
	has "$stderr" "ice.ko is not a complete kernel module"
}

@test "a regular file in updates/ is never replaced, nor a link that leads elsewhere" {
	install_fake ice 1 ice
	mkdir "$root/lib/modules/$UNAME/updates"
	cp "$(fake_module ice -)" "$root/lib/modules/$UNAME/updates/ice.ko.xz"
	unchanged driver select ice 1 --force
	has "$stderr" "updates/ice.ko.xz is not a link but another driver's file"
	rm "$root/lib/modules/$UNAME/updates/ice.ko.xz"
	link_update ice.ko ../weak-updates/ice.ko
	unchanged driver select ice 1 --force
	has "$stderr" "leads to ../weak-updates/ice.ko, which is not an installed version"
}

@test "a module that is selected from another driver is left to it" {
	install_fake ice 1 ice
	install_fake oem-ice 1 ice oem
	driver select oem-ice 1
	unchanged driver select ice 1
	has "$output$stderr" "ice"
	install_fake ice 1 ice
	unchanged xs-driver select --sysroot "$root" ice 1
	has "$stderr" "module ice is selected from driver oem-ice; deselect that one first"
}

@test "selecting what is selected says so and changes nothing" {
	install_fake ice 1 ice
	driver select ice 1
	stat -c %Y%i "$root/lib/modules/$UNAME/"* >"$BATS_TEST_TMPDIR/times"
	run -0 driver select ice 1
	has "$output" "is selected for kernel $UNAME already"
	stat -c %Y%i "$root/lib/modules/$UNAME/"* | diff "$BATS_TEST_TMPDIR/times" -
}

@test "rollback goes back to the version before, and again forth" {
	for version in 1 2; do install_fake ice $version ice; done
	driver select ice 1
	unchanged driver rollback ice
	has "$stderr" "no version of ice was selected before"
	driver select ice 2
	driver rollback ice
	[ "$(selected ice.ko)" = ../xenserver/ice/1/ice.ko ]
	driver rollback ice
	[ "$(selected ice.ko)" = ../xenserver/ice/2/ice.ko ]
}

@test "rollback after deselect selects what was, and says when it is gone" {
	install_fake ice 1 ice
	driver select ice 1
	driver deselect ice --force
	[ "$(selected ice.ko)" = none ]
	driver rollback ice
	[ "$(selected ice.ko)" = ../xenserver/ice/1/ice.ko ]
	driver deselect ice --force
	rm -r "$(hierarchy)/ice/1"
	install_fake ice 2 ice
	unchanged driver rollback ice
	has "$stderr" "version 1 of ice is not installed"
}

@test "deselect needs --force and then leaves no link and nothing in modules.dep" {
	install_fake pair 1.0 xs-base xs_user
	driver select pair 1.0
	unchanged driver deselect pair
	has "$stderr" "--force does it"
	driver deselect pair --force
	[ -z "$(ls -A "$root/lib/modules/$UNAME/updates")" ]
	[ -z "$(dep)" ]
	run -0 driver deselect pair
	[ "$output" = "pair: no version is selected" ]
}

@test "where depmod.d does not leave unselected versions out, every change says so" {
	install_fake ice 1 ice
	rm "$root/etc/depmod.d/xs-ddk.conf"
	for command in "select ice 1" "deselect ice --force" "rollback ice"; do
		read -ra words <<<"$command"
		run -0 --separate-stderr driver "${words[@]}"
		has "$stderr" "warning: depmod does not leave out versions that are not selected"
	done
	# The line alone is not enough: depmod prefers a placeholder, if there is one.
	echo 'search updates built-in unselected xenserver' >"$root/etc/depmod.d/xs-ddk-search.conf"
	run -0 --separate-stderr driver deselect ice --force
	has "$stderr" "warning: depmod does not leave out"
	mkdir -p "$root/lib/modules/$UNAME/unselected/xenserver/ice/1"
	as -o "$root/lib/modules/$UNAME/unselected/xenserver/ice/1/ice.ko" /dev/null
	run -0 --separate-stderr driver deselect ice --force
	[ -z "$stderr" ]
}

@test "a driver that XenServer 9's directory has too is left out there as well" {
	install_fake ice 1 ice
	mkdir -p "$root/lib/modules/$UNAME/dmv/ice/1"
	ln -s ../../../xenserver/ice/1/ice.ko "$root/lib/modules/$UNAME/dmv/ice/1/ice.ko"
	run -0 --separate-stderr driver select ice 1
	has "$stderr" "depmod does not leave out"
	run -1 driver check
	has "$output" "write 'exclude dmv'"
	cp "$TOP/rpm/depmod.conf" "$root/etc/depmod.d/xs-ddk.conf"
	run -0 --separate-stderr driver deselect ice --force
	[ -z "$stderr" ]
	[ -z "$(dep)" ]
}

@test "a line in a depmod.d file that another of its name hides does not count" {
	install_fake ice 1 ice
	mkdir -p "$root/usr/lib/depmod.d"
	mv "$root/etc/depmod.d/xs-ddk.conf" "$root/usr/lib/depmod.d/"
	run -0 driver check
	: >"$root/etc/depmod.d/xs-ddk.conf"
	run -1 driver check
}

# add_pci NAME MODULE [FILE]: a PCI device bound to a driver of the module.
add_pci() {
	mkdir -p "$root/sys/devices/pci0000:00/$1" "$root/sys/bus/pci/drivers/$2-pci"
	touch "$root/sys/devices/pci0000:00/$1/uevent"
	ln -s "../../../bus/pci/drivers/$2-pci" "$root/sys/devices/pci0000:00/$1/driver"
	ln -s "../../../../module/$2" "$root/sys/bus/pci/drivers/$2-pci/module"
}

@test "deselect warns when the driver is in use" {
	install_fake ice 1 ice
	driver select ice 1
	loaded ice 1
	mkdir "$root/sys/module/ice/holders/"{irdma,ptp}
	run -1 --separate-stderr driver deselect ice
	has "$stderr" "warning: ice: module ice is used by module irdma, ptp"
	rmdir "$root/sys/module/ice/holders/"{irdma,ptp}
	echo 3 >"$root/sys/module/ice/refcnt"
	run -0 --separate-stderr driver deselect ice --force
	has "$stderr" "warning: ice: the reference count of module ice is 3: open files, mounts or devices, which cannot be told"
}

@test "deselect and activate warn of the root disk's driver, through RAID, partition and bus" {
	install_fake hba 1 megaraid
	install_fake hba 2 megaraid
	driver select hba 1
	add_pci 0000:03:00.0 megaraid
	loaded megaraid 1
	mkdir -p "$root/sys/devices/pci0000:00/0000:03:00.0/host0/block/sda/sda1" "$root/sys/devices/virtual/block/md0/slaves" \
		"$root"/sys/{dev/block,class/block} "$root/proc/self"
	touch "$root"/sys/devices/pci0000:00/0000:03:00.0/{host0/,host0/block/sda/,host0/block/sda/sda1/}uevent
	ln -s ../../devices/virtual/block/md0 "$root/sys/dev/block/9:0"
	ln -s ../../devices/pci0000:00/0000:03:00.0/host0/block/sda/sda1 "$root/sys/class/block/sda1"
	touch "$root/sys/devices/virtual/block/md0/slaves/sda1"
	echo '21 1 9:0 / / rw - ext3 /dev/md0 rw' >"$root/proc/self/mountinfo"
	run -1 --separate-stderr driver deselect hba
	has "$stderr" "warning: hba: it drives the root disk (sda1)"
	driver select hba 2
	unchanged driver activate hba
	has "$stderr" "hba: it drives the root disk (sda1); --force unloads it nevertheless"
	unchanged driver activate hba --force
	has "$stderr" "with --sysroot, nothing can be loaded"
}

@test "deselect warns of the management network's driver, through bridge and bond" {
	install_fake nic 1 ice
	driver select nic 1
	add_pci 0000:04:00.0 ice
	mkdir -p "$root"/sys/class/net/{xenbr0,bond0,eth0}
	touch "$root/sys/class/net/xenbr0/lower_bond0" "$root/sys/class/net/bond0/lower_eth0"
	ln -s ../../../devices/pci0000:00/0000:04:00.0 "$root/sys/class/net/eth0/device"
	echo "MANAGEMENT_INTERFACE='xenbr0'" >"$root/etc/xensource-inventory"
	run -1 --separate-stderr driver deselect nic
	has "$stderr" "warning: nic: it drives the management network (eth0)"
}

@test "behind Open vSwitch all its ports count as the management network's" {
	install_fake nic 1 ice
	driver select nic 1
	add_pci 0000:04:00.0 ice
	mkdir -p "$root"/sys/class/net/{xenbr0,ovs-system,eth0}
	touch "$root/sys/class/net/ovs-system/lower_eth0"
	ln -s ../../../devices/pci0000:00/0000:04:00.0 "$root/sys/class/net/eth0/device"
	echo "MANAGEMENT_INTERFACE='xenbr0'" >"$root/etc/xensource-inventory"
	run -1 --separate-stderr driver deselect nic
	has "$stderr" "it drives the management network (eth0)"
}

@test "without an inventory the default route's interface is the management network's" {
	install_fake nic 1 ice
	driver select nic 1
	add_pci 0000:04:00.0 ice
	mkdir -p "$root/sys/class/net/eth1" "$root/proc/net"
	ln -s ../../../devices/pci0000:00/0000:04:00.0 "$root/sys/class/net/eth1/device"
	printf 'Iface\tDestination\tGateway\tFlags\tRefCnt\tUse\tMetric\tMask\neth1\t00000000\t0100A8C0\t3\t0\t0\t0\t00000000\n' \
		>"$root/proc/net/route"
	run -1 --separate-stderr driver deselect nic
	has "$stderr" "it drives the management network (eth1)"
}

@test "activate is refused while in use, before anything is unloaded" {
	install_fake ice 1 ice
	install_fake ice 2 ice
	driver select ice 2
	loaded ice 1
	echo 1 >"$root/sys/module/ice/refcnt"
	unchanged driver activate ice
	has "$stderr" "ice is in use: the reference count of module ice is 1: open files"
	# Who uses it, as far as it can be known.
	add_pci 0000:04:00.0 ice
	mkdir -p "$root/sys/class/net/eth7"
	ln -s ../../../devices/pci0000:00/0000:04:00.0 "$root/sys/class/net/eth7/device"
	echo 0x1002 >"$root/sys/class/net/eth7/flags"
	run -1 --separate-stderr driver activate ice
	has "$stderr" "which cannot be told"
	echo 0x1003 >"$root/sys/class/net/eth7/flags"
	run -1 --separate-stderr driver activate ice
	has "$stderr" "it drives the interface that is up (eth7)"
	# All who use it are named, up to eight.
	for n in 8 9 10 11 12 13 14; do
		cp -a "$root/sys/class/net/eth7" "$root/sys/class/net/eth$n"
	done
	run -1 --separate-stderr driver activate ice
	has "$stderr" "it drives the interface that is up (eth14); it drives the interface that is up (eth7)"
	lacks "$stderr" "and others"
	cp -a "$root/sys/class/net/eth7" "$root/sys/class/net/eth99"
	run -1 --separate-stderr driver activate ice
	has "$stderr" "; and others;"
}

@test "activate without a selected version is about unloading: nothing to do, refused in use, refused without a record" {
	install_fake ice 1 ice
	run -0 --separate-stderr driver activate ice
	[ "$output" = "ice: no version is selected, and nothing is loaded" ]
	loaded ice 1
	echo 1 >"$root/sys/module/ice/refcnt"
	run -1 --separate-stderr driver activate ice
	has "$stderr" "ice is in use"
	loaded ice
	run -1 --separate-stderr driver activate ice
	has "$stderr" "--force"
}

@test "on a terminal, select says that it makes the initrd and runs depmod" {
	install_fake ice 1 ice
	mkdir -p "$root/boot"
	echo old >"$root/boot/initrd.img-$UNAME"
	printf '#!/bin/sh\necho new >"$2"\n' >"$BATS_TEST_TMPDIR/maker"
	chmod +x "$BATS_TEST_TMPDIR/maker"
	run -0 env XS_INITRD="$BATS_TEST_TMPDIR/maker" script -qec "xs-driver select --sysroot '$root' ice 1" /dev/null </dev/null
	has "$output" "running depmod for kernel $UNAME ..."
	has "$output" "making the initrd of kernel $UNAME with $BATS_TEST_TMPDIR/maker"
	run -0 --separate-stderr driver select ice 1
	[ -z "$stderr" ]
}

@test "activate is refused without --force where the loaded version could not be loaded again" {
	install_fake ice 1 ice
	driver select ice 1
	loaded ice
	unchanged driver activate ice
	has "$stderr" "could not be loaded again"
	loaded ice 0.5
	unchanged driver activate ice
	has "$stderr" "could not be loaded again"
}

@test "activate of what is active says so; of a driver that is selected in part, it is refused" {
	install_fake ice 1 ice
	install_fake ice 2 ice more
	link_update more.ko ../xenserver/ice/2/more.ko
	unchanged driver activate ice
	has "$stderr" "no version of ice is selected completely"
	driver select ice 1
	loaded ice 1
	run -0 driver activate ice
	[ "$output" = "ice: 1 is active already" ]
}

@test "hardware is present by the modules' own aliases, for PCI, USB, virtio and the processors" {
	install_fake pci 1 pci -- 'pci:v00008086d00001593sv*sd*bc*sc*i*'
	install_fake usb 1 usb -- 'usb:v0951p16[0-9A-F]?d*dc*dsc*dp*ic*isc*ip*in*'
	install_fake virtio 1 virtio -- 'virtio:d00000002v*'
	install_fake cpu 1 cpu -- 'cpu:type:x86,*feature:*0099*'
	install_fake absent 1 absent -- 'pci:v00008086d00001594sv*'
	add_device pci 0000:03:00.0 pci:v00008086d00001593sv00008086sd00000000bc02sc00i00
	add_device usb 1-1:1.0 usb:v0951p1666d0110dc00dsc00dp00ic08isc06ip50in00
	add_device virtio virtio1 virtio:d00000002v00001AF4
	mkdir -p "$root/sys/devices/system/cpu"
	echo 'cpu:type:x86,ven0000fam0006mod009E:feature:,0000,0099,01C9' >"$root/sys/devices/system/cpu/modalias"
	[ "$(driver list --format json | jq -r '.drivers[] | select(.hardware_present) | .name' | xargs)" = "cpu pci usb virtio" ]
	has "$(driver list --hardware)" "usb 1: usb 1-1:1.0  usb:v0951p1666d0110"
	has "$(driver list --hardware)" "absent 1: no device"
}

@test "list --hardware shows which device each version would bind" {
	install_fake ice 1 ice -- 'pci:v00008086d0000159[23]sv*'
	install_fake ice 2 ice -- 'pci:v00008086d00001593sv*'
	add_device pci 0000:03:00.0 pci:v00008086d00001592sv0
	add_device pci 0000:03:00.1 pci:v00008086d00001593sv0
	run -0 driver list --hardware ice
	[ "$(grep -c '^ice 1: pci' <<<"$output")$(grep -c '^ice 2: pci' <<<"$output")" = 21 ]
	has "$output" "ice 2: pci 0000:03:00.1  pci:v00008086d00001593sv0"
}

@test "a version that drops a device which is present is refused without --force, naming the device" {
	install_fake ice 1 ice -- 'pci:v00008086d0000159[23]sv*'
	install_fake ice 2 ice -- 'pci:v00008086d00001593sv*'
	add_device pci 0000:03:00.0 pci:v00008086d00001592sv0
	driver select ice 2
	driver select ice 1
	unchanged driver select ice 2
	has "$stderr" "ice 2 does not support pci 0000:03:00.0 (pci:v00008086d00001592sv0)"
	driver select ice 2 --force
	[ "$(selected ice.ko)" = ../xenserver/ice/2/ice.ko ]
}

@test "where none is selected, the loaded version's devices count" {
	install_fake ice 1 ice -- 'pci:v00008086d00001592sv*'
	install_fake ice 2 ice -- 'pci:v00008086d00001593sv*'
	add_device pci 0000:03:00.0 pci:v00008086d00001592sv0
	loaded ice 1
	unchanged driver select ice 2
	has "$stderr" "pci 0000:03:00.0"
}
