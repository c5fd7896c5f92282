#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# xs-driver in a running kernel: versions swapped, refused, given back and kept from loading.

load helpers
load driver/host

# build_stack VERSION: the modules of that version, in a directory of their own; prints it.
build_stack() {
	local dir=$BATS_FILE_TMPDIR/build-$1
	cp -r "$TOP/tests/driver/stack" "$dir"
	"$TOP/note/xs-kbuild" --version "$1" --kernel "$UNAME" -- \
		make -s -C "{kdir}" M="$dir" XS_FAILS="$([ "$1" != 2.0.0 ] || echo y)" modules >&2
	printf '%s\n' "$dir"
}

# install_nine VERSION VARIANT: a driver as XenServer 9's own packages install it.
install_nine() {
	local build=$BATS_FILE_TMPDIR/nine-$1 dir=$root/lib/modules/$UNAME/dmv/xs-nine/$1
	cp -r "$TOP/tests/driver/nine" "$build"
	make -s -C "$(kdir "$UNAME")" M="$build" XS_VARIANT="$2" modules >&2
	install -D -m 644 "$build/xs_nine.ko" "$dir/xs_nine.ko"
	echo "{\"variant\": \"$2\", \"version\": \"$1\"}" >"$dir/info.json"
}

# install_disk: the block driver of the trials.
install_disk() {
	local build=$BATS_FILE_TMPDIR/build-disk
	install -D -m 644 "$TOP/tests/trial/disk.c" "$build/xs_disk.c"
	echo 'obj-m := xs_disk.o' >"$build/Kbuild"
	"$TOP/note/xs-kbuild" --version 1.0.0 --kernel "$UNAME" -- make -s -C "{kdir}" M="$build" modules >&2
	install -D -m 644 "$build/xs_disk.ko" "$(hierarchy)/xs-disk/1.0.0/xs_disk.ko"
}

# placeholders: what packages bring for hosts whose depmod does not know exclude.
placeholders() {
	local none=$root/lib/modules/$UNAME/unselected/xenserver/xs-edu/1.0.0/none
	mkdir -p "${none%/*}" "$root/etc/old-depmod.d"
	as -o "$none" /dev/null
	ln -s none "${none%/*}/xsedu.ko"
	cp "$TOP/rpm/depmod-search.conf" "$root/etc/old-depmod.d/"
}

# dmv: the links that packages of PROFILE=xs9 bring for XenServer 9's own tools.
dmv() {
	local version=$1 dir=$root/lib/modules/$UNAME/dmv/xs-edu/$1
	mkdir -p "$dir"
	ln -s "../../../xenserver/xs-edu/$version/xsedu.ko" "$dir/xsedu.ko"
}

# One boot does all that changes something; a second one, of the same root, shows what a reboot leaves as it was.
setup_file() {
	local version dir
	make_host "$BATS_FILE_TMPDIR/root"
	for version in 1.0.0 1.1.0; do install_edu $version; done
	for version in 1.0.0 1.1.0 2.0.0; do
		dir=$(build_stack $version)
		for module in xs-base xs_user; do
			install -D -m 644 "$dir/$module.ko" "$(hierarchy)/xs-stack/$version/$module.ko"
		done
	done
	install_disk
	truncate -s 4M "$BATS_FILE_TMPDIR/disk"
	mke2fs -q -t ext4 -O ^has_journal "$BATS_FILE_TMPDIR/disk"
	install_nine 1.0 first
	install_nine 2.0 second
	echo 'exclude xenserver dmv' >"$root/etc/depmod.d/xs-ddk.conf"
	placeholders
	dmv 1.0.0
	dmv 1.1.0
	echo 'exclude xenserver dmv' >"$root/etc/depmod.d/xs-ddk.conf"
	install -D -m 644 "$dir/xs_holder.ko" "$root/lib/modules/$UNAME/extra/xs_holder.ko"
	# The machine has its own.
	rm -r "$root/sys" "$root/proc"
	"$TOP/tests/vm/boot" --root "$root" --module ext4 --device edu --device nvme,drive=disk,serial=1 \
		--qemu -drive --qemu "file=$BATS_FILE_TMPDIR/disk,if=none,id=disk,format=raw" \
		-- "$TOP/tests/driver/vm-first" >"$BATS_FILE_TMPDIR/first"
	"$TOP/tests/vm/boot" --root "$root" -- xs-driver list --format xe >"$BATS_FILE_TMPDIR/second"
}

# section NAME: what the first boot printed there.
section() { sed -n "/^== $1\$/,/^== /p" "$BATS_FILE_TMPDIR/first"; }

# follows TEXT LINE...: the lines stand in the text in this order.
follows() {
	local text=$1 line
	shift
	for line; do
		has "$text" "$line"
		text=${text#*"$line"}
	done
}

@test "activate swaps 1.0.0 for 1.1.0 in the running kernel, as the record in /sys shows" {
	text=$(section activate)
	follows "$text" "xsedu is 1.0.0." "1.1.0 is selected" "xsedu is 1.0.0." "*1.0.0 >1.1.0" "reboot required" \
		"xs-edu: 1.1.0 is active; it was 1.0.0" "status 0" "xsedu is 1.1.0." "*>1.1.0" "active, selected"
	follows "$text" "1.1.0 is active already" "status 0"
}

@test "the drivers a module registers are those the kernel shows" {
	has "$(section activate)" '"drivers":["xsedu"]'
	has "$(section activate)" '"hardware_present":true'
}

@test "after activate, rollback selects the former version, and activate loads it" {
	follows "$(section rollback)" "xs-edu: 1.0.0 is selected" "1.1.0 stays loaded until a reboot" "xsedu is 1.1.0." \
		"1.0.0 is active; it was 1.1.0" "xsedu is 1.0.0."
}

@test "activate is refused, and names who uses the driver: a process that has a device node open, or another module" {
	follows "$(section use)" "xs-stack is in use: the reference count of module xs_base is 1: it drives the device that a process" \
		"has open (process " ", .command); end that, or reboot" "status 1" \
		"xs-stack is in use: module xs_base is used by module xs_holder" "status 1" "xs_base is 1.0.0." \
		"1.1.0 is active; it was 1.0.0" "status 0" "xs_base is 1.1.0." "xs_user is 1.1.0."
}

@test "activate unloads a deselected driver, but not below a mount or an open block device, and names them" {
	follows "$(section unload)" "modprobe xs_disk" "status 0" "mount" "status 0" "no version is selected" "status 0" \
		"xs-disk is in use: the reference count of module xs_disk is 1: it drives the device that is mounted (/mnt)" "status 1" \
		"xs-disk is in use: the reference count of module xs_disk is 1: it drives the device that a process has open (process " \
		", .command)" "status 1" "xs-disk: it is unloaded; it was 1.0.0" "status 0" "/sys/module/xs_disk: No such file"
}

@test "what XenServer 9's own tools select is loaded, shown and changed, and the other way round" {
	follows "$(section dmv)" "ln -sfn" "status 0" "depmod -a" "status 0" "modprobe pci" "status 0" "xsedu is 1.1.0." \
		"*>1.1.0" '"selected":"1.1.0","active":"1.1.0"' "1.0.0 is selected" "modprobe pci" "xsedu is 1.0.0." \
		"1.1.0 is selected" "1.1.0 is active; it was 1.0.0" "xsedu is 1.1.0." \
		"/dmv/xs-edu/1.1.0/xsedu.ko" "no version is selected" "xs-edu: it is unloaded; it was 1.1.0" "status 0" \
		"xsedu is ."
}

@test "a version that does not load leaves the former one loaded, with its options" {
	follows "$(section failing)" "2.0.0 is selected" "failed with status" "xs-stack 1.1.0 is loaded again" "status 1" \
		"xs_base is 1.1.0." "xs_user is 1.1.0." "size 7" "1.1.0 is selected" "1.1.0 is active already"
}

@test "activate knows a version of XenServer 9 by its record, which has only the variant" {
	follows "$(section nine)" "xs_nine is first." "status 0" "2.0 is active" "status 0" "xs_nine is second." "*>2.0"
	lacks "$(section nine)" "again"
}

@test "a deselected driver is loaded neither by name nor by alias, where depmod excludes the hierarchy" {
	follows "$(section deselect)" "--force does it" "status 1" "no version is selected" "status 0" \
		"modprobe xsedu" "status 1" "modprobe pci:" "status 1" "xsedu is ." "1.0.0 is selected" "status 0" "xsedu is 1.0.0."
}

@test "nor where depmod does not: the packages' placeholders keep it from loading until a version is selected" {
	follows "$(section no-exclude)" "no version is selected" "0" "modprobe xsedu" "status 1" "modprobe pci:" "status 1" \
		"xsedu is ." "1.1.0 is selected" "status 0" "xsedu is 1.1.0."
}

@test "UUIDs are the same after a reboot" {
	uuids=$(section uuids | grep ^uuid)
	[ "$(grep ^uuid "$BATS_FILE_TMPDIR/second")" = "$uuids" ]
	[ "$(wc -l <<<"$uuids")" = 4 ]
}
