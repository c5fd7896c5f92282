#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# What an administrator must know after an update: other kernels, their initrds, and what a reboot changes.

load helpers
load driver/host

NEW=9.9.9-new

setup() {
	make_host
	install_fake intel-ice 1.2.0 ice
	install_fake intel-ice 1.10.0 ice
	driver select intel-ice 1.10.0
}

# new_kernel: a newer kernel, which boots next.
new_kernel() { make_kernel "$NEW"; }

# install_for_new VERSION...: these versions of the driver, for the newer kernel.
install_for_new() {
	for version; do
		mkdir -p "$(hierarchy "$NEW")/intel-ice/$version"
		cp "$(fake_module ice "$version" "$NEW")" "$(hierarchy "$NEW")/intel-ice/$version/ice.ko"
	done
}

@test "a kernel without the driver that boots next is a problem, with the package to install; list tells it too" {
	new_kernel
	run -1 --separate-stderr driver check
	[ "$output" = "intel-ice: kernel: kernel $NEW, which boots next, has no version of it; the running kernel has 1.10.0
  install its package for that kernel, for example with: dnf install 'intel-ice-1.10.0-modules-*-$NEW'" ]
	has "$(driver list)" "$output"
	[ "$(driver list --format json | jq -r '.findings[0] | .problem, .severity')" = $'kernel\nproblem' ]
	install_for_new 1.10.0
	run -1 --separate-stderr driver check intel-ice
	has "$output" "has no version selected; the running kernel has 1.10.0"
	$(sed -n 's/^  \(xs-driver select.*\)/\1/p' <<<"$output") --sysroot "$root"
	run -0 driver check
	[ "$output" = "all is sound" ]
}

@test "another version for the next kernel is a problem, and for a kernel that does not boot next a notice" {
	new_kernel
	install_for_new 1.2.0 1.10.0
	driver select intel-ice 1.2.0 --kernel "$NEW"
	run -1 driver check
	has "$output" "kernel $NEW, which boots next, has 1.2.0 selected; the running kernel has 1.10.0"
	has "$output" "xs-driver select intel-ice 1.10.0 --kernel $NEW"
	mkdir -p "$root/boot/grub"
	printf 'set default="0"\nmenuentry "x" {\n\tlinux /boot/vmlinuz-%s ro\n}\n' "$UNAME" >"$root/boot/grub/grub.cfg"
	run -0 driver check
	has "$output" "intel-ice: notice: kernel: kernel $NEW has 1.2.0 selected"
	has "$output" "no problem was found; notices: 1"
	run -1 driver check --strict
	driver deselect intel-ice --force --kernel "$UNAME"
	run -0 driver check
	has "$output" "kernel $NEW has 1.2.0 selected; the running kernel has no version selected"
}

@test "a directory that only packages of drivers have made is no kernel" {
	install_for_new 1.10.0
	run -0 driver check
	[ "$output" = "all is sound" ]
}

# boots NAME: the kernel of the boot loader's files is the next one.
boots() {
	run driver check
	has "$output" "kernel $1, which boots next,"
}

@test "the kernel that boots next is read from the configuration of each boot loader" {
	local old=1.0.0-old
	make_kernel "$old"
	new_kernel
	boots "$NEW"
	# XenServer's, under Xen, with a link for the kernel.
	mkdir -p "$root/boot/grub" "$root/boot/grub2" "$root/boot/loader/entries"
	ln -s "vmlinuz-$old" "$root/boot/vmlinuz-1.0-xen"
	cat >"$root/boot/grub/grub.cfg" <<-END
		set default="xe"
		menuentry 'XenServer (Serial)' --id serial {
			multiboot2 /boot/xen.gz
			module2 /boot/vmlinuz-$NEW root=x
		}
		menuentry 'XenServer' --id xe {
			multiboot2 /boot/xen.gz
			module2 /boot/vmlinuz-1.0-xen root=x
			module2 /boot/initrd-1.0-xen.img
		}
	END
	boots "$old"
	# Debian's, with a submenu; then one that is saved, and one that is for the next boot only.
	cat >"$root/boot/grub/grub.cfg" <<-END
		if [ "\${next_entry}" ] ; then
		   set default="\${next_entry}"
		else
		   set default="0"
		fi
		menuentry 'Linux' --class x \$menuentry_id_option 'simple' {
			linux /vmlinuz-$NEW root=x
		}
		submenu 'Advanced' \$menuentry_id_option 'advanced' {
			menuentry 'Linux, old' \$menuentry_id_option 'old-one' {
				linux /vmlinuz-$old root=x
			}
		}
	END
	boots "$NEW"
	echo 'next_entry=advanced>old-one' >"$root/boot/grub/grubenv"
	boots "$old"
	rm -r "$root/boot/grub"
	# Entries of the Boot Loader Specification, saved in grubenv or named by systemd-boot.
	printf 'title Old\nversion %s\nlinux /vmlinuz-%s\n' "$old" "$old" >"$root/boot/loader/entries/id-$old.conf"
	printf 'title New\nversion %s\nlinux /id/%s/linux\n' "$NEW" "$NEW" >"$root/boot/loader/entries/id-$NEW.conf"
	printf '# GRUB Environment Block\nsaved_entry=id-%s\n' "$old" >"$root/boot/grub2/grubenv"
	boots "$old"
	rm "$root/boot/grub2/grubenv"
	boots "$NEW"
	echo 'default id-1.*' >"$root/boot/loader/loader.conf"
	boots "$old"
	# An entry that is left of a kernel that was removed.
	echo 'version 1.9' >"$root/boot/loader/entries/id-1.left.conf"
	boots "$old"
	# What cannot be understood, or names no installed kernel, is as if it were not there.
	head -c 5000 /dev/urandom >"$root/boot/loader/loader.conf"
	printf 'menuentry x {\n linux /vmlinuz-7.7.7\n' >"$root/boot/grub2/grub.cfg"
	boots "$NEW"
}

@test "select for a kernel without the driver says for which kernels it is installed" {
	new_kernel
	run -2 --separate-stderr driver select intel-ice 1.10.0 --kernel "$NEW"
	[ "$stderr" = "xs-driver: intel-ice is not installed for kernel $NEW; it is for $UNAME" ]
}

# image COMPRESSOR [early]: make the kernel's initrd of the files in the directory image.
image() {
	mkdir -p "$root/boot" early/kernel/x86
	{
		if [ -n "${2-}" ]; then
			head -c 3001 /dev/urandom >early/kernel/x86/microcode.bin
			(cd early && find . | cpio -o -H newc --quiet)
		fi
		(cd image && find . | cpio -o -H newc --quiet | $1)
	} >"$root/boot/initrd.img-$UNAME"
}

# held: what check says of the initrd.
held() { driver check | sed -n 's/^intel-ice: initrd: .*img-[^ ]* has \(.*\), and .* is selected.*/\1/p'; }

@test "an initrd with another version is found, however it is compressed, with dracut's early part too" {
	cd "$BATS_TEST_TMPDIR"
	local updates=image/usr/lib/modules/$UNAME/updates compressor
	mkdir -p "$updates"
	cp "$(fake_module ice 1.2.0)" "$updates/ice.ko"
	for compressor in cat gzip "xz --check=crc32" "zstd -q"; do
		for early in "" early; do
			image "$compressor" $early
			[ "$(held)" = 1.2.0 ] || fail "$compressor $early"
		done
	done
	run -1 driver check
	has "$output" "dracut -f /boot/initrd.img-$UNAME $UNAME"
	has "$(driver list)" "initrd.img-$UNAME has 1.2.0, and 1.10.0 is selected for kernel $UNAME"
	# A link names the version, and a module elsewhere is not an installed version's.
	ln -sf ../xenserver/intel-ice/1.2.0/ice.ko "$updates/ice.ko"
	image gzip
	[ "$(held)" = 1.2.0 ]
	mkdir "image/usr/lib/modules/$UNAME/kernel"
	cp "$(fake_module ice -)" "image/usr/lib/modules/$UNAME/kernel/ice.ko"
	image gzip
	[ "$(held)" = 1.2.0 ]
	rm "$updates/ice.ko"
	image gzip
	[ "$(held)" = "a module that is not an installed version's" ]
	# With the selected version, or without the driver, all is sound.
	xz -k <"$(fake_module ice 1.10.0)" >"$updates/ice.ko.xz"
	image gzip
	run -0 driver check
	[ "$output" = "all is sound" ]
	rm -r image/usr
	image gzip
	run -0 driver check
	[ "$output" = "all is sound" ]
}

@test "an initrd that is damaged or unknown is a notice, and costs no memory" {
	cd "$BATS_TEST_TMPDIR"
	mkdir -p "image/lib/modules/$UNAME/updates"
	cp "$(fake_module ice 1.2.0)" "image/lib/modules/$UNAME/updates/ice.ko"
	image gzip
	truncate -s -30 "$root/boot/initrd.img-$UNAME"
	run -0 driver check
	has "$output" "/boot/initrd.img-$UNAME: notice: initrd: "
	image "lzma -c"
	run -0 driver check
	has "$output" "its compression is not gzip, xz or zstd"
	# More than a run may unpack.
	head -c 200M /dev/zero | gzip -1 >"$root/boot/initrd.img-$UNAME"
	run -0 driver check
	has "$output" "all that this run may unpack was unpacked"
	printf '070701%0104x' 0 >"$root/boot/initrd.img-$UNAME"
	run -0 driver check
	has "$output" "it is damaged"
	printf '070701%048xffffffff%048x00000020' 0 0 >"$root/boot/initrd.img-$UNAME"
	run -0 driver check
	has "$output" "it is damaged"
}

@test "a reboot that is pending, and a device that the selected version does not drive, are notices" {
	loaded ice 1.2.0
	run -0 driver check
	has "$output" "intel-ice: notice: reboot: 1.2.0 is loaded, and 1.10.0 is selected"
	loaded ice 1.10.0
	install_fake edu 1 xsedu
	install_fake edu 2 xsedu -- "pci:v00001234d000011E8sv*sd*bc*sc*i*"
	add_device pci 0000:00:04.0 "$EDU"
	run -0 driver check edu
	has "$output" "edu: notice: device: pci 0000:00:04.0 is present, and no version is selected"
	driver select edu 1
	run -0 driver check edu
	has "$output" "the selected version does not drive it, but another one does"
	driver select edu 2
	run -0 driver check edu
	[ "$output" = "all is sound" ]
	run -1 driver check --strict --kernel "$UNAME" nothing || [ "$status" -eq 2 ]
}

# in_terminal COLUMNS COMMAND: run the command on a terminal that has so many columns.
in_terminal() { script -qec "stty cols $1; $2" /dev/null </dev/null | tr -d '\r'; }

@test "on a terminal of 80 columns the table has the active, the selected and the newest version, and how many more" {
	local version
	for version in 1.2.1 1.2.2 1.2.3 1.2.4 1.2.5 1.2.6 1.2.7; do
		install_fake intel-ice $version ice
	done
	driver select intel-ice 1.2.3
	loaded ice 1.2.1
	run -0 in_terminal 80 "xs-driver list --sysroot '$root'"
	has "$output" "intel-ice  *1.2.1 >1.2.3 1.10.0 +6  active, selected, reboot required"
	run -0 in_terminal 80 "xs-driver list --all --sysroot '$root'"
	has "$output" "1.2.0 *1.2.1 1.2.2 >1.2.3 1.2.4"
	run -0 in_terminal 200 "xs-driver list --sysroot '$root'"
	has "$output" "1.2.0 *1.2.1 1.2.2 >1.2.3 1.2.4"
	has "$(driver list)" "1.2.0 *1.2.1 1.2.2 >1.2.3 1.2.4"
}

@test "list shows only drivers with hardware, with problems or with a reboot pending, if asked" {
	names() { driver list "$@" --format json | jq -r '[.drivers[].name] | join(" ")'; }
	install_fake edu 2 xsedu -- "pci:v00001234d000011E8sv*sd*bc*sc*i*"
	add_device pci 0000:00:04.0 "$EDU"
	install_fake broken 1 bad
	link_update bad.ko ../xenserver/broken/9/bad.ko
	loaded ice 1.2.0
	[ "$(names)" = "broken edu intel-ice" ]
	[ "$(names --hardware-present)" = edu ]
	[ "$(names --problems)" = broken ]
	[ "$(names --reboot)" = intel-ice ]
	[ "$(names --reboot --problems)" = "" ]
}

@test "options before the command are the same as after it, for both programs" {
	[ "$(xs-driver --sysroot "$root" list)" = "$(driver list)" ]
	[ "$(xs-driver --sysroot="$root" --format json list intel-ice)" = "$(driver list --format json intel-ice)" ]
	cd "$(hierarchy)/intel-ice/1.2.0"
	[ "$(xs-ddk --json show ice.ko)" = "$(xs-ddk show --json ice.ko)" ]
	run -2 --separate-stderr xs-driver --sysroot "$root"
	has "$stderr" "there is no command '--sysroot'"
}

@test "a user who is not root is told so before anything else" {
	run -1 --separate-stderr setpriv --reuid=65534 --clear-groups "$XS_BIN/xs-driver" select intel-ice 1.2.0
	[ "$stderr" = "xs-driver: select: only root can change what is selected or loaded" ]
}
