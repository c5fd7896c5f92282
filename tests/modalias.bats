#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# Aliases of modules and devices, matched by the tools as modprobe matches them: it is the reference.

load helpers
load driver/host

# pairs: 300 lines "DEVICE PATTERN", on several buses. About two of three patterns match their device, and few match
# another one. The same each time.
pairs() {
	awk 'BEGIN {
		srand(1)
		for (i = 0; i < 300; i++) {
			bus = int(rand() * 8)
			kind = int(rand() * 8)
			n = sprintf("%04X", 4096 + i)
			other = sprintf("%04X", 8192 + i)
			if (bus < 4) {
				device = "pci:v0000" n "d00001533sv0000103Csd00000003bc02sc00i00"
				if (kind == 0) pattern = "pci:v0000" n "d00001533sv*sd*bc*sc*i*"
				if (kind == 1) pattern = "pci:v0000" n "d*sv*sd*bc*sc*i*"
				if (kind == 2) pattern = "pci:v0000" n "d00001534sv*sd*bc*sc*i*"
				if (kind == 3) pattern = "pci:v0000" n "d00001533sv0000103Csd*bc*sc*i*"
				if (kind == 4) pattern = "pci:v0000" n "d00001533sv0000103Dsd*bc*sc*i*"
				if (kind == 5) pattern = "pci:v0000" n "d00001533sv*sd0000000[0-7]bc*sc*i*"
				if (kind == 6) pattern = "pci:v0000" n "d00001533sv*sd*bc0?sc0[1-9]i*"
				if (kind == 7) pattern = "pci:v0000" n "d00001533sv*sd*bc02sc00i*"
			} else if (bus < 6) {
				device = "usb:v" n "pC52Bd1201dc00dsc00dp00ic03isc01ip02in00"
				if (kind < 2) pattern = "usb:v" n "pC52Bd*dc*dsc*dp*ic*isc*ip*in*"
				if (kind == 2) pattern = "usb:v" n "pC52Bd*dc*dsc*dp*ic*isc*ip*in01*"
				if (kind == 3) pattern = "usb:v" n "pC52Bd120[0-2]dc*dsc*dp*ic*isc*ip*in*"
				if (kind == 4) pattern = "usb:v" n "pC52Bd12[1-9]*dc*dsc*dp*ic*isc*ip*in*"
				if (kind == 5) pattern = "usb:v" n "p*d*dc*dsc*dp*ic03isc01ip02in*"
				if (kind == 6) pattern = "usb:v" n "pC52Bd*dc*dsc*dp*ic03isc0[02-9]ip*in*"
				if (kind == 7) pattern = "usb:v" other "pC52Bd*dc*dsc*dp*ic*isc*ip*in*"
			} else if (bus == 6) {
				device = "platform:xs-test-" n
				if (kind < 2) pattern = device
				if (kind == 2) pattern = "platform:xs_test-" n
				if (kind == 3) pattern = "platform:xs*" n
				if (kind == 4) pattern = "platform:xs[a-z]test-" n
				if (kind == 5) pattern = "platform:xs_test_" n "*"
				if (kind == 6) pattern = "platform:xs-test-" n "?"
				if (kind == 7) pattern = "platform:[v-y]s?test-" n
			} else {
				device = "acpi:XS" n ":PNP0C02:"
				if (kind < 2) pattern = "acpi*:XS" n ":*"
				if (kind == 2) pattern = "acpi*:XS" n ":PNP0C01:*"
				if (kind == 3) { device = "of:NnetTmacCvendor,chip_" n "Cvendor,chip"; pattern = "of:N*T*Cvendor,chip-" n "C*" }
				if (kind == 4) { device = "of:NnetTmacCvendor,chip-" n; pattern = "of:N*T*Cvendor,chip-" n "C*" }
				if (kind == 5) { device = "dmi:bvnX:svnA-Corp" n ":pnB:"; pattern = "dmi*:svnA_Corp" n ":*" }
				if (kind == 6) { device = "hid:b0003g0001v0000" n "p0000C52B"; pattern = "hid:b0003g*v0000" n "p0000C52B" }
				if (kind == 7) { device = "hid:b0003g0001v0000" n "p0000C52B"; pattern = "hid:b0005g*v0000" n "p*" }
			}
			print device, pattern
		}
	}'
}

# module FILE NAME: a module with the aliases on stdin.
module() {
	{
		printf '.section .modinfo, "a", @progbits\n.asciz "name=%s"\n.asciz "license=GPL"\n' "$2"
		printf '.asciz "vermagic=%s SMP mod_unload modversions "\n' "$UNAME"
		sed 's/.*/.asciz "alias=&"/'
	} | as -o "$1" -
}

setup() {
	make_host
	cd "$BATS_TEST_TMPDIR" || return
	pairs >pairs
	cut -d ' ' -f 1 pairs >devices
	cut -d ' ' -f 2 pairs | module patterns.ko patterns
	module devices.ko devices <devices
}

# matched: the devices that modprobe finds the module with the patterns for. One call looks all of them up, and says
# which it does not find.
matched() {
	mkdir -p kernel/lib/modules/"$UNAME"/updates
	cp patterns.ko kernel/lib/modules/"$UNAME"/updates/
	depmod -b kernel "$UNAME" 2>/dev/null
	xargs modprobe -d kernel -S "$UNAME" -a -R <devices 2>&1 >found | sed -n 's/.*Module \([^ ]*\) not found.*/\1/p' |
		sort >missing
	[ "$(sort -u found)" = patterns ]
	sort devices | comm -23 - missing >matched
	# The test is worth nothing if nearly all match, or nearly none.
	[ "$(wc -l <matched)" -gt 100 ] && [ "$(wc -l <missing)" -gt 60 ]
}

@test "xs-driver binds the devices to a driver that modprobe does" {
	matched
	i=0
	while read -r device; do
		add_device "${device%%:*}" "$((i++))" "$device"
	done <devices
	mkdir -p "$(hierarchy)/patterns/1"
	cp patterns.ko "$(hierarchy)/patterns/1/"
	driver list --hardware --format json | jq -r '.drivers[].versions[].devices[].modalias' | sort >bound
	diff matched bound
}

@test "xs-ddk diff takes the devices for lost that modprobe does not find" {
	matched
	mkdir old new
	cp devices.ko old/net.ko
	sed 's/^[^ ]* //' pairs | module new/net.ko net
	run -1 --separate-stderr xs-ddk diff --json old new
	jq -r '.modules[].changes[] | select(.what == "device" and .finding) | .name' <<<"$output" | sort >lost
	diff missing lost
}

@test "verify finds the devices that two drivers claim, as modprobe does" {
	matched
	for name in patterns devices; do
		mkdir -p "$(hierarchy)/$name/1"
		cp "$name.ko" "$(hierarchy)/$name/1/"
	done
	run -1 xs-ddk verify --json "$root/lib/modules/$UNAME"
	jq -r '.findings[] | select(.rule == "device-two-drivers") | .problem' <<<"$output" | grep -oE '[0-9a-f]{4}:[0-9a-f]{4}' |
		sort >claimed
	# A pattern for any device of a vendor is not a claim.
	grep -E '^(pci|usb|hid):' pairs | grep -vE ' pci:v[0-9A-F]*d\*| usb:v[0-9A-F]*p\*| hid:.*p\*' | cut -d ' ' -f 1 | sort |
		comm -12 - matched |
		sed -E 's/pci:v0000(....)d0000(....).*|usb:v(....)p(....).*|hid:.*v0000(....)p0000(....)/\1\3\5:\2\4\6/' |
		tr A-F a-f | sort >expected
	diff expected claimed
}
