#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# Power that goes at any moment of a select: the writes to a disk of a virtual machine, replayed up to each of them.

load helpers
load driver/host

# A select of version 2 in a virtual machine, on a disk where version 1 is selected. QEMU records the writes.
setup_file() {
	cd "$BATS_FILE_TMPDIR" || return
	make_host "$PWD/root"
	rm -r "$root/sys" "$root/proc"
	install_fake pair 1 pair-a pair-b -- pci:v00001111d*
	install_fake pair 2 pair-a pair-b -- pci:v00002222d*
	mkdir -p "$root/lib/modules/$UNAME/updates"
	for module in pair-a pair-b; do link_update $module.ko ../xenserver/pair/1/$module.ko; done
	depmod -b "$root" -C "$root/etc/depmod.d" "$UNAME"
	mke2fs -q -t ext4 -d "$root" -b 1024 -J size=1 disk.img 12M
	cp disk.img before.img
	truncate -s 64M log.img
	"$TOP/tests/vm/boot" --no-device --module ext4 --module virtio_blk --module virtio_pci \
		--qemu -blockdev --qemu driver=file,filename=disk.img,node-name=disk \
		--qemu -blockdev --qemu driver=file,filename=log.img,node-name=log \
		--qemu -blockdev --qemu driver=blklogwrites,file=disk,log=log,log-super-update-interval=1,node-name=logged \
		--qemu -device --qemu virtio-blk-pci,drive=logged >said <<-'END'
			modprobe -a virtio_pci virtio_blk ext4
			mkdir /mnt
			mount -t ext4 /dev/vda /mnt || exit
			xs-driver select --sysroot /mnt pair 2 || exit
			umount /mnt
		END
}

@test "after a loss of power at any write, the old or the new version is selected whole, or recover makes it so" {
	cd "$BATS_FILE_TMPDIR" || return
	has "$(cat said)" "2 is selected"
	# e2fsck replays the file system's own journal, as the next mount would.
	cat >at-point <<-END
		#!/bin/bash
		set -eu
		cd "$PWD"
		cp before.img now.img
		e2fsck -fy now.img >fsck.log 2>&1 || [ \$? = 1 ]
		rm -rf point && mkdir point
		debugfs -R "rdump /lib point" now.img 2>/dev/null
		debugfs -R "rdump /etc point" now.img 2>/dev/null
		modules=point/lib/modules/$UNAME
		state() { readlink \$modules/updates/pair-a.ko \$modules/updates/pair-b.ko | cut -d / -f 4 | xargs; }
		first=\$(state)
		if [ -e point/lib/modules/.xs-driver.journal ]; then
			"$XS_BIN/xs-driver" recover --sysroot point >recover.log 2>&1
			echo "journal \$first -> \$(state)" >>points
		else
			echo "\$first" >>points
		fi
		[ ! -e point/lib/modules/.xs-driver.journal ]
		case \$(state) in
		"1 1") device=1111 ;;
		"2 2") device=2222 ;;
		*) echo "point \$1: \$(state)" >>wrong ;;
		esac
		# The device of the selected version, and no other, is what modprobe looks for.
		[ "\$(grep -c '^alias' \$modules/modules.alias)" = 2 ] && [ "\$(grep -c "\$device" \$modules/modules.alias)" = 2 ] ||
			echo "point \$1: \$(state), and \$(grep '^alias' \$modules/modules.alias | xargs)" >>wrong
	END
	chmod +x at-point
	run -0 --separate-stderr "$TOP/tests/driver/replay.py" log.img before.img ./at-point
	[ "$output" -ge 20 ] || fail "only $output writes: the log has no select"
	[ ! -e wrong ] || fail "$(cat wrong)"
	# All three kinds of points were there: before the change, in it, and after it.
	sort points | uniq -c >kinds
	has "$(cat kinds)" " 1 1"
	has "$(cat kinds)" " journal "
	has "$(cat kinds)" " 2 2"
}
