#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# driver-tool: the protocol that toolstacks call.

load helpers
load driver/host

setup() {
	make_host
	install_fake intel-ice 1.2.0 ice -- 'pci:v00008086d00001593sv*'
	install_fake intel-ice 1.10.0 ice -- 'pci:v00008086d00009999sv*'
}

# tool ARGUMENT...: driver-tool below $root.
tool() { driver-tool --sysroot "$root" "$@"; }

@test "-l prints protocol, operation and drivers, each key with the type its readers want" {
	add_device pci 0000:03:00.0 pci:v00008086d00001593sv0
	driver select intel-ice 1.2.0
	loaded ice 1.10.0
	run -0 --separate-stderr tool -l
	[ -z "$stderr" ]
	has "$output" '"version": 0.1'
	[ "$(jq -c '[.protocol.version, .operation.reboot, (.drivers | keys)]' <<<"$output")" = '[0.1,false,["intel-ice"]]' ]
	[ "$(jq -c '.drivers["intel-ice"] | [.type, .friendly_name, .description, .info, .selected, .active, ."loaded modules"]' \
		<<<"$output")" = '["network","intel-ice","Driver intel-ice","intel-ice","1.2.0","1.10.0",["ice.ko"]]' ]
	[ "$(jq -c '.drivers["intel-ice"].variants["1.2.0"]' <<<"$output")" = \
		'{"version":"1.2.0","hardware_present":true,"priority":10.5,"status":"production"}' ]
	[ "$(jq '.drivers["intel-ice"].variants["1.10.0"].hardware_present' <<<"$output")" = false ]
}

@test "what is neither selected nor active is null, and nothing else ever is" {
	rm "$(hierarchy)"/intel-ice/*/info.json
	run -0 --separate-stderr tool -l
	[ "$(jq -c '.drivers["intel-ice"] | [.selected, .active]' <<<"$output")" = '[null,null]' ]
	[ "$(jq -c '.drivers["intel-ice"] | [.type, .friendly_name, .description, .info, .variants[].status] | map(type) | unique' \
		<<<"$output")" = '["string"]' ]
	[ "$(jq -c '[.drivers["intel-ice"].variants[].priority | type] | unique' <<<"$output")" = '["number"]' ]
}

@test "a host without drivers has an empty list" {
	rm -r "$(hierarchy)"
	[ "$(tool -l | jq -c .drivers)" = '{}' ]
}

@test "-s replies with driver, variant and exit, alone on stdout" {
	run -0 --separate-stderr tool -s -n intel-ice -v 1.2.0
	[ "$(jq -c . <<<"$output")" = '{"driver":"intel-ice","variant":"1.2.0","exit":0}' ]
	[ "$(selected ice.ko)" = ../xenserver/intel-ice/1.2.0/ice.ko ]
}

@test "-d replies with driver and exit, with the name as argument or option" {
	tool -s -n intel-ice -v 1.2.0
	run -0 --separate-stderr tool -d intel-ice
	[ "$(jq -c . <<<"$output")" = '{"driver":"intel-ice","exit":0}' ]
	[ "$(selected ice.ko)" = none ]
	run -0 tool -d -n intel-ice
}

@test "a refusal has its reason in the reply and on stderr" {
	cp "$(fake_module ice 3)" "$(hierarchy)/intel-ice/1.2.0/ice.ko"
	run -1 --separate-stderr tool -s -n intel-ice -v 1.2.0
	[ "$(jq -c '[.driver, .variant, .exit]' <<<"$output")" = '["intel-ice","1.2.0",1]' ]
	has "$(jq -r .message <<<"$output")" "has the record of version '3'"
	has "$stderr" "has the record of version '3'"
	run -2 --separate-stderr tool -s -n nothing -v 1
	[ "$(jq -c '[.driver, .exit]' <<<"$output")" = '["nothing",2]' ]
}

@test "a wrong call ends with 2, and a reply where one is waited for" {
	run -2 --separate-stderr tool
	[ -z "$output" ]
	run -2 --separate-stderr tool -s -n intel-ice
	[ "$(jq .exit <<<"$output")" = 2 ]
	run -2 --separate-stderr tool -s -n ../x -v 1
	has "$(jq -r .message <<<"$output")" "cannot be the name of a driver"
	run -2 tool -l --layout nonsense
}

@test "xs-driver driver-tool is the same program" {
	[ "$(xs-driver driver-tool --sysroot "$root" -l)" = "$(tool -l)" ]
	run -0 driver-tool --help
	has "$output" "Usage: driver-tool "
}

@test "a version that binds no device at all counts as present, one whose device is absent does not" {
	install_fake loop-plus 1 loop-plus
	install_fake usb-plus 1 usb-plus -- 'usb:v0951p16*'
	install_fake mem-plus 1 mem-plus -- 'fs-mem'
	run -0 --separate-stderr tool -l
	[ "$(jq -c '[.drivers[] | .variants["1"] | select(.) | .hardware_present]' <<<"$output")" = '[true,true,false]' ]
	add_device usb 1-1:1.0 usb:v0951p1666d0110
	[ "$(tool -l | jq '.drivers["usb-plus"].variants["1"].hardware_present')" = true ]
}

@test "loaded modules are named as their files, without a suffix of compression" {
	install_fake pair 1 pair-a pair_b
	xz "$(hierarchy)/pair/1/pair-a.ko"
	loaded pair_a 1
	loaded pair_b 1
	[ "$(tool -l | jq -c '.drivers.pair."loaded modules"')" = '["pair-a.ko","pair_b.ko"]' ]
}

@test "-n takes the friendly name too, as toolstacks read it in the list" {
	sed -i 's/"name": "intel-ice"/"name": "Intel ICE"/' "$(hierarchy)"/intel-ice/*/info.json
	run -0 --separate-stderr tool -s -n "Intel ICE" -v 1.2.0
	[ "$(jq -c . <<<"$output")" = '{"driver":"Intel ICE","variant":"1.2.0","exit":0}' ]
	[ "$(selected ice.ko)" = ../xenserver/intel-ice/1.2.0/ice.ko ]
	run -0 tool -d -n "Intel ICE"
	run -2 tool -s -n "Intel" -v 1.2.0
}

@test "-l with -s or -d, and -s with -d, are refused" {
	run -2 --separate-stderr tool -l -s -n intel-ice -v 1.2.0
	run -2 --separate-stderr tool -l -d -n intel-ice
	run -2 --separate-stderr tool -s -d -n intel-ice -v 1.2.0
	has "$stderr" "expected -l, or"
	[ "$(selected ice.ko)" = none ]
}

@test "packages for XenServer 9: both directories are one driver, whoever selected, and in either form" {
	dmv=$root/lib/modules/$UNAME/dmv/intel-ice
	for version in 1.2.0 1.10.0; do
		mkdir -p "$dmv/$version"
		for file in ice.ko info.json; do
			ln -s "../../../xenserver/intel-ice/$version/$file" "$dmv/$version/$file"
		done
	done
	echo 'exclude xenserver dmv' >"$root/etc/depmod.d/xs-ddk.conf"
	for layout in xenserver dmv; do
		# XenServer 9's own tools make this link.
		link_update ice.ko "/lib/modules/$UNAME/dmv/intel-ice/1.10.0/ice.ko"
		: >"$root/lib/modules/$UNAME/modules.dep"
		# Only depmod was not run.
		run -1 driver check --format json
		[ "$(jq -r '.findings[].problem' <<<"$output")" = stale ]
		[ "$(tool --layout $layout -l | jq -r '.drivers["intel-ice"].selected')" = 1.10.0 ]
		run -0 tool --layout $layout -s -n intel-ice -v 1.2.0
		driver check
		[ "$(tool -l | jq -r '.drivers["intel-ice"].selected')" = 1.2.0 ]
		link=$(selected ice.ko)
		run -0 tool --layout $layout -d intel-ice
		[ "$(selected ice.ko)$(dep)" = none ]
	done
	[ "$link" = "/lib/modules/$UNAME/dmv/intel-ice/1.2.0/ice.ko" ]
}

@test "a variant that is not the version is listed and selected by its name" {
	sed -i 's/"variant": "1.2.0"/"variant": "generic"/' "$(hierarchy)/intel-ice/1.2.0/info.json"
	run -0 --separate-stderr tool -s -n intel-ice -v generic
	[ "$(selected ice.ko)" = ../xenserver/intel-ice/1.2.0/ice.ko ]
	[ "$(tool -l | jq -c '.drivers["intel-ice"] | [.selected, .variants.generic.version]')" = '["generic","1.2.0"]' ]
}

@test "--layout dmv reads XenServer 9's directories: absolute links, and the variant in .note.XenServer" {
	mv "$(hierarchy)" "$root/lib/modules/$UNAME/dmv"
	dmv=$root/lib/modules/$UNAME/dmv/intel-ice
	sed -i 's/"variant": "1.2.0"/"variant": "oem"/' "$dmv/1.2.0/info.json"
	link_update ice.ko "/lib/modules/$UNAME/dmv/intel-ice/1.2.0/ice.ko"
	loaded ice
	# The form its reader wants: namesz 9, the NUL not counted, and two more notes behind.
	for _ in 1 2 3; do printf '\11\0\0\0\4\0\0\0\1\0\0\0XenServer\0\0\0oem\0'; done >"$root/sys/module/ice/notes/.note.XenServer"
	[ "$(tool -l --layout dmv | jq -c '.drivers["intel-ice"] | [.selected, .active]')" = '["oem","oem"]' ]
	[ "$(tool -l | jq -c '.drivers["intel-ice"] | [.selected, .active]')" = '["oem","oem"]' ]
	run -0 tool --layout dmv -s -n intel-ice -v 1.10.0
	[ "$(selected ice.ko)" = "/lib/modules/$UNAME/dmv/intel-ice/1.10.0/ice.ko" ]
}
