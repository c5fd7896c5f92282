#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# The rules on a host's directories of drivers, on the links that select versions, and on info.json.

load helpers
load rules/rules.bash

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	a_host
	installed net 1.0.0 net
	installed net 1.0.0 net_core
	installed net 1.1.0 net
	installed net 1.1.0 net_core
	drivers=host/lib/modules/$uname/xenserver
	updates=host/lib/modules/$uname/updates
}

teardown() {
	[ -z "${public-}" ] || rm -r "$public"
}

# select_net VERSION: both modules.
select_net() {
	selected net.ko "$(in_version net "$1" net.ko)"
	selected net_core.ko "$(in_version net "$1" net_core.ko)"
}

@test "a sound host is quiet, with a version selected and with none" {
	quiet selection-mixed host
	select_net 1.0.0
	for rule in hierarchy-layout hierarchy-foreign link-dangling link-absolute link-escaping selection-mixed \
		depmod-exclude module-two-drivers module-two-copies device-two-drivers info-missing info-damaged \
		info-mismatch; do
		quiet "$rule" host
	done
}

@test "the same is quiet from the kernel's directory on" {
	select_net 1.0.0
	quiet link-dangling "host/lib/modules/$uname"
	quiet link-dangling "$updates" "$drivers"
}

@test "modules and other files that do not lie in a version's directory are found" {
	a_module "$drivers/stray.ko"
	fires hierarchy-layout host
	has "$found" "found stray.ko, expected <driver>/<version>/<file>"
	mkdir -p "$drivers/net/1.0.0/deep"
	mv "$drivers/stray.ko" "$drivers/net/1.0.0/deep/"
	fires hierarchy-layout host
	has "$found" "found net/1.0.0/deep/stray.ko"
	rm -r "$drivers/net/1.0.0/deep"
	mkdir "$drivers/net/.hidden"
	touch "$drivers/net/.hidden/x"
	fires hierarchy-layout host
}

@test "a foreign file or link among the versions is found" {
	touch "$drivers/net/1.0.0/README"
	fires hierarchy-foreign host
	has "$found" "expected a module or info.json"
	rm "$drivers/net/1.0.0/README"
	ln -s net.ko "$drivers/net/1.0.0/alias.ko"
	fires hierarchy-foreign host
	has "$found" "it is a symbolic link"
}

@test "a file where the link of a driver belongs is found, somebody else's driver is not" {
	a_module "$updates/other.ko"
	quiet hierarchy-foreign host
	a_module "$updates/net.ko"
	fires hierarchy-foreign host
	has "$found" "where the link that selects a version of net belongs"
}

@test "a dangling link is found" {
	select_net 1.0.0
	selected net.ko "$(in_version net 1.2.0 net.ko)"
	fires link-dangling host
	has "$found" "it leads to ../xenserver/net/1.2.0/net.ko"
	fires link-dangling "$updates"
}

@test "an absolute link is found" {
	select_net 1.0.0
	selected net.ko "/lib/modules/$uname/xenserver/net/1.0.0/net.ko"
	fires link-absolute host
}

@test "a link that leads out of the directory of versions is found" {
	for target in /etc/passwd ../../../../etc/passwd "/lib/modules/6.1.0-1-other/xenserver/net/1.0.0/net.ko" \
		../xenserver/../../x.ko ../xenserver/net.ko; do
		selected net.ko "$target"
		fires link-escaping host
		has "$found" "it leads to $target"
	done
	rm "$updates/net.ko"
	# Somebody else's link within the kernel's directory.
	mkdir "host/lib/modules/$uname/extra"
	a_module "host/lib/modules/$uname/extra/own.ko"
	selected own.ko ../extra/own.ko
	quiet link-escaping host
}

@test "a link with the name of one module that leads to another is found, whichever is which" {
	select_net 1.0.0
	quiet link-misnamed host
	selected net.ko "$(in_version net 1.0.0 net_core.ko)"
	fires link-misnamed host
	has "$found" "updates/net.ko: "
	has "$found" "it leads to ../xenserver/net/1.0.0/net_core.ko"
	select_net 1.0.0
	selected net_core.ko "$(in_version net 1.0.0 net.ko)"
	fires link-misnamed host
	has "$found" "updates/net_core.ko: "
}

@test "what xs-driver check finds wrong with files and links, verify finds too" {
	local fault
	for fault in 'selected net.ko "$(in_version net 1.0.0 net_core.ko)"' \
		'selected net.ko "$(in_version net 1.2.0 net.ko)"' 'selected net.ko /etc/passwd' \
		'selected net.ko "$(in_version net 1.1.0 net.ko)"' 'rm "$updates/net.ko"' \
		'selected net.ko "/lib/modules/$uname/xenserver/net/1.0.0/net.ko"' \
		'rm "$updates/net.ko"; a_module "$updates/net.ko"' 'touch "$drivers/net/1.0.0/README"' \
		'touch "$drivers/net/1.0.0/.net.ko.xs-new"' 'installed own 1 net' 'cp $drivers/net/1.0.0/net.ko{,.gz}'; do
		cp -a host kept
		select_net 1.0.0
		eval "$fault"
		run -1 --separate-stderr xs-driver check --sysroot host --kernel "$uname" --format json
		[ "$(jq -r '.findings[].problem' <<<"$output" | grep -cvE '^(stale|unfit|depmod)$')" -ge 1 ] ||
			fail "$fault: $output"
		run -1 --separate-stderr xs-ddk verify --strict --disable input-suffix host
		rm -r host
		mv kept host
	done
}

@test "a host after a select is sound, and so is one after two" {
	select_net 1.0.0
	ln -s 1.1.0 "$drivers/net/.previous"
	quiet hierarchy-layout host
}

@test "a version without a module is found" {
	rm "$drivers"/net/1.1.0/*.ko
	fires hierarchy-empty host
	rm "$drivers/net/1.1.0/info.json"
	quiet hierarchy-empty host
}

@test "a link to a damaged module does not dangle" {
	select_net 1.0.0
	head -c 100 "$drivers/net/1.0.0/net.ko" >m.ko
	mv m.ko "$drivers/net/1.0.0/net.ko"
	run -1 --separate-stderr xs-ddk verify host
	lacks "$output" link-dangling
	lacks "$output" selection-mixed
}

@test "the kernel's own modules and other people's need no record, the kit's do" {
	local kernel_own=host/lib/modules/$uname/kernel/drivers
	mkdir -p "$kernel_own"
	version=- a_module "$kernel_own/own.ko" 'info "firmware=own.bin"'
	version=- a_module "$updates/other.ko"
	quiet note-missing host
	quiet firmware-missing --sysroot host host
	fires note-missing "$kernel_own/own.ko"
	version=- a_module "$drivers/net/1.0.0/net.ko"
	fires note-missing host
	[ "$(wc -l <<<"$found")" -eq 1 ]
}

@test "modules of one driver selected at two versions are found" {
	select_net 1.0.0
	selected net.ko "$(in_version net 1.1.0 net.ko)"
	fires selection-mixed host
	has "$found" "updates/net.ko: "
	has "$found" "version 1.1.0 of net is selected here, but version 1.0.0 elsewhere in updates/"
}

@test "a selected version of which one module has no link is found" {
	selected net.ko "$(in_version net 1.0.0 net.ko)"
	fires selection-mixed host
	has "$found" "version 1.0.0 of net is selected, but its module net_core has no link"
}

@test "a host whose depmod is not told to leave the versions out is found" {
	rm host/etc/depmod.d/xs-ddk.conf
	fires depmod-exclude host
	echo "search updates built-in" >host/etc/depmod.d/other.conf
	fires depmod-exclude host
	echo "exclude xenserver" >>host/etc/depmod.d/other.conf
	quiet depmod-exclude host
	echo "search updates built-in unselected xenserver" >host/etc/depmod.d/other.conf
	quiet depmod-exclude host
	echo "search updates built-in xenserver unselected" >host/etc/depmod.d/other.conf
	fires depmod-exclude host
}

@test "two drivers with a module of one name are found" {
	installed net-old 0.9 net
	fires module-two-drivers host
	has "$found" "net is a module of the drivers net and net-old"
}

@test "a module that is there compressed and plain is found" {
	xz -k "$drivers/net/1.0.0/net.ko"
	fires module-two-copies host
	has "$found" "net.ko is beside it"
	rm "$drivers/net/1.0.0/net.ko"
	quiet module-two-copies host
}

@test "two drivers that claim one device are found, two versions of one are not" {
	local any='sv*sd*bc*sc*i*' ids='{"%s": [{"vendor_id": "8086", "device_id": "1533", "subvendor_id": "%s",
		"subdevice_id": "*"}]}'
	for v in 1.0.0 1.1.0; do
		rm -r "$drivers/net/$v"
		installed net "$v" net "info \"alias=pci:v00008086d00001533$any\""
		# shellcheck disable=SC2059 # the format is a variable
		an_info net "$v" "$(printf "$ids" net.ko '*')" >"$drivers/net/$v/info.json"
	done
	quiet device-two-drivers host
	installed own 1 own 'info "alias=pci:v00008086d00001533sv0000103Csd*bc*sc*i*"'
	# shellcheck disable=SC2059
	an_info own 1 "$(printf "$ids" own.ko 103c)" >"$drivers/own/1/info.json"
	fires device-two-drivers host
	has "$found" "PCI device 8086:1533 is claimed by net of net and by own of own"
}

# claims DRIVER ALIAS...: that driver, with a module that claims these.
claims() {
	local driver=$1 lines=() alias
	shift
	for alias; do
		lines+=("info \"alias=$alias\"")
	done
	rm -rf "${drivers:?}/$driver"
	installed "$driver" 1 "$driver" "${lines[@]}"
}

@test "a comparison of devices that is cut short is told" {
	local stars id='usb:v046DpC52B'
	stars=$(printf 'd*c%.0s' {1..60})
	mapfile -t ours < <(printf "$id$stars%s\n" {1..200}a)
	mapfile -t theirs < <(printf "$id$stars%s\n" {1..200}b)
	claims theirs "${ours[@]}"
	claims ours "${theirs[@]}"
	ulimit -t 20
	fires device-uncompared host
	has "$found" "claim 400 devices"
	claims ours "$id$(printf 'd%.0s' {1..300})"
	claims theirs "${id}d*"
	fires device-uncompared host
	claims ours "${id}d0"
	claims theirs "${id}d1"
	quiet device-uncompared host
}

@test "devices of every bus are compared, as far as their patterns meet" {
	local quietly=(--disable info-mismatch --disable info-damaged host) theirs ours met found_any
	while IFS='|' read -r theirs ours met; do
		# shellcheck disable=SC2086 # words
		claims theirs $theirs
		# shellcheck disable=SC2086
		claims ours $ours
		found_any=$(xs-ddk verify --json "${quietly[@]}" | jq -r '.findings[] | select(.rule == "device-two-drivers") | .problem')
		case $met in
		no) [ -z "$found_any" ] || fail "$theirs, $ours: $found_any" ;;
		*) has "$found_any" "$met is claimed by ours of ours and by theirs of theirs" ;;
		esac
	done <<-'END'
		usb:v046DpC52Bd*dc*dsc*dp*ic*isc*ip*in*|usb:v046DpC52Bd0100dc*dsc*dp*ic*isc*ip*in*|USB device 046d:c52b
		usb:v046DpC52Bd01[0-4]*dc*dsc*dp*ic*isc*ip*in*|usb:v046DpC52Bd01[5-9]*dc*dsc*dp*ic*isc*ip*in*|no
		usb:v046DpC52Bd01[0-4]*dc*dsc*dp*ic*isc*ip*in*|usb:v046DpC52Bd014?dc*dsc*dp*ic*isc*ip*in*|USB device 046d:c52b
		usb:v046DpC52Bd*dc*dsc*dp*ic*isc*ip*in00*|usb:v046DpC52Bd*dc*dsc*dp*ic*isc*ip*in01*|no
		usb:v*p*d*dc*dsc*dp*ic03isc*ip*in*|usb:v*p*d*dc*dsc*dp*ic03isc*ip*in*|no
		hid:b0003g*v0000046Dp0000C52B|hid:b0003g0001v0000046Dp0000C52B|HID device 046d:c52b
		hid:b0003g*v0000046Dp0000C52B|hid:b0005g*v0000046Dp0000C52B|no
		sdio:c*v02D0d4329*|sdio:c07v02D0d4329*|SDIO device 02d0:4329
		of:N*T*Cacme,edu|of:N*T*Cacme,edu|the device of:N*T*Cacme,edu
		of:N*T*Cacme,edu|of:N*T*Cacme,edu2|no
		acpi*:ACME0001:*|acpi*:ACME0001:*|the device acpi*:ACME0001:*
		virtio:d00000001v*|virtio:d00000002v*|no
		dmi*:svnACME:*|dmi*:svnACME:*|no
		cpu:type:x86,ven*fam*mod*:feature:*0099*|cpu:type:x86,ven*fam*mod*:feature:*0099*|no
		fs-acme|fs-acme|no
		pci:v00008086d00001533sv00000001sd*bc*sc*i* pci:v00008086d00001533sv00000002sd*bc*sc*i*|pci:v00008086d00001533sv00000002sd*bc*sc*i*|PCI device 8086:1533
	END
}

# limited COMMAND...: run the command, with at most 8 seconds of the processor, however much else the machine has to do.
limited() (ulimit -t 8 && "$@")

@test "drivers that claim one device in countless ways are compared for a bounded time" {
	local many i
	many=$(for i in {1..9000}; do printf 'info "alias=pci:v00008086d00001533sv0000%04Xsd*bc*sc*i*"\n' "$i"; done)
	installed theirs 1 theirs "$many"
	installed ours 1 ours "${many//sd\*/sd00000001}" 'info "alias=pci:v00008086d00001533sv0000FFFFsd*bc*sc*i*"'
	run limited xs-ddk verify --disable info-mismatch host
	has "$output" "PCI device 8086:1533 is claimed by ours of ours and by theirs of theirs"
	# Many devices, so that no bound on one of them is enough.
	many=$(for i in {1..20000}; do
		printf 'info "alias=pci:v00008086d0000%04Xsv%08Xsd*bc*sc*i*"\n' $((i / 200)) "$i"
	done)
	installed theirs 1 theirs "$many"
	installed ours 1 ours "${many//sv0000/sv0001}"
	run limited xs-ddk verify --disable info-mismatch host
	[ "$status" -lt 2 ]
}

@test "a version without info.json is found" {
	rm "$drivers/net/1.1.0/info.json"
	fires info-missing host
	has "$found" "net/1.1.0/net.ko"
}

@test "an info.json that is damaged or lacks a field is found" {
	info=$drivers/net/1.0.0/info.json
	jq 'del(.priority) | .category = 1' "$info" >x
	mv x "$info"
	fires info-damaged host
	has "$found" '"priority" is missing, or is not a number'
	has "$found" '"category" is missing, or is not a string'
	echo '{"name": ' >"$info"
	fires info-damaged host
	has "$found" "line 2: unexpected token"
	echo '[]' >"$info"
	fires info-damaged host
}

@test "an info.json of another version, or without a device of its module, is found" {
	an_info net 1.1.0 >"$drivers/net/1.0.0/info.json"
	fires info-mismatch host
	has "$found" "its version is 1.1.0, expected 1.0.0"
	an_info other 1.0.0 >"$drivers/net/1.0.0/info.json"
	fires info-mismatch host
	has "$found" "its name is other, expected net"
	an_info net 1.0.0 >"$drivers/net/1.0.0/info.json"
	installed net 1.0.0 net 'info "alias=pci:v00008086d00001533sv*sd*bc*sc*i*"'
	fires info-mismatch host
	has "$found" "net claims the PCI device 8086:1533"
}

@test "two versions of a driver with one variant are found, and of two drivers are not" {
	installed net 1.0.0 net
	installed net 1.1.0 net
	installed disk 1.0.0 disk
	for version in net/1.0.0 net/1.1.0 disk/1.0.0; do
		an_info "${version%/*}" "${version#*/}" >"$drivers/$version/info.json"
	done
	quiet info-variant host
	sed -i 's/"variant": *"1.1.0"/"variant": "1.0.0"/' "$drivers/net/1.1.0/info.json"
	fires info-variant host
	has "$found" "1.0.0 is also the variant of $drivers/net/1.0.0/info.json"
}

@test "the info.json that the kit makes is quiet for the example driver" {
	kernel=$(a_kernel)
	directory=host/lib/modules/$kernel/xenserver/xsedu/1.0.0
	mkdir -p "$directory"
	cp "$(example_module 1.0.0 "$kernel")" "$directory"
	xs-ddk info --driver xsedu --version 1.0.0 "$directory"/*.ko >info.json
	mv info.json "$directory"
	quiet info-mismatch host
}

@test "firmware that is not there is found, and looked for where the kernel looks" {
	installed fw 1 fw 'info "firmware=vendor/a.bin"' 'info "firmware=vendor/b*.bin"'
	fires firmware-missing host
	has "$found" "vendor/a.bin is neither in lib/firmware of the root nor in one of the packages"
	mkdir -p "host/lib/firmware/updates/$uname/vendor" host/lib/firmware/vendor
	touch host/lib/firmware/vendor/b2.bin.zst
	fires firmware-missing host
	[ "$(wc -l <<<"$found")" -eq 1 ]
	touch "host/lib/firmware/updates/$uname/vendor/a.bin.xz"
	quiet firmware-missing host
}

@test "a module by itself is asked for firmware when a target is given" {
	a_module fw.ko 'info "firmware=a.bin"' 'info "firmware=../../../etc/passwd"'
	quiet firmware-missing fw.ko
	fires firmware-missing --sysroot host fw.ko
	has "$found" "a.bin is"
	has "$found" "passwd is"
}

# load_net: the kernel shows net 1.0.0 as loaded.
load_net() {
	mkdir -p host/sys/module/net/notes host/proc/sys/kernel
	echo live >host/sys/module/net/initstate
	echo "$uname" >host/proc/sys/kernel/osrelease
	objcopy -O binary --only-section .note.xenserver "$drivers/net/1.0.0/net.ko" \
		host/sys/module/net/notes/.note.xenserver
}

@test "what is loaded but not selected is found" {
	load_net
	select_net 1.0.0
	quiet loaded-not-selected --sysroot host --loaded
	select_net 1.1.0
	fires loaded-not-selected --sysroot host --loaded
	has "$found" "1.0.0 is loaded, 1.1.0 is selected"
	rm "$updates"/*
	fires loaded-not-selected --sysroot host --loaded net
	has "$found" "no version is selected"
}

@test "--loaded reads as a normal user" {
	load_net
	select_net 1.0.0
	# The directories of the tests are the user's own who runs them.
	public=$(mktemp -d)
	chmod 755 "$public"
	cp -r host "$(command -v xs-ddk)" "$public"
	cd "$public" || return
	[ "$(id -u)" -ne 0 ] || user=(setpriv --reuid 65534 --regid 65534 --clear-groups)
	run -0 --separate-stderr "${user[@]}" ./xs-ddk verify --sysroot host --loaded
	has "$output" "1 module checked: 0 errors, 0 warnings"
}
