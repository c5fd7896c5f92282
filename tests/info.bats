#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# xs-ddk info: the info.json of a driver, from what its modules say of themselves.

load helpers

setup() {
	cd "$BATS_TEST_TMPDIR" || return
}

# module FILE ALIAS...: a module whose record says 1.0, or $VERSION, with these aliases.
module() {
	local file=$1 alias version=${VERSION-1.0}
	shift
	{
		printf '.section .modinfo, "a"\n.asciz "vermagic=6.1.0 "\n.asciz "description=A \\"test\\" module"\n'
		for alias; do printf '.asciz "alias=%s"\n' "$alias"; done
		printf '.section .note.xenserver, "a", @note\n.p2align 2\n.long 10, %d, 1\n.asciz "XenServer"\n.p2align 2\n.asciz "%s"\n.p2align 2\n' \
			$((${#version} + 1)) "$version"
	} | as -o "$file" -
}

info() { run "$1" --separate-stderr xs-ddk info --driver d --version 1.0 "${@:2}"; }
ids() { jq -c ".pci_ids[\"$1\"][] | [.vendor_id, .device_id, .subvendor_id, .subdevice_id]" <<<"$output"; }

@test "PCI aliases become ids as lspci -nm prints them, each once" {
	module m.ko 'pci:v00008086d00001593sv*sd*bc*sc*i*' 'pci:v000014E4d0000163Csv00001028sd000002DCbc*sc*i*' \
		'pci:v00008086d00001593sv*sd*bc02sc00i*' 'pci:v*d*sv*sd*bc01sc06i01*' 'pci:v00000001d00000ABCsv*sd*bc*sc*i*'
	info -0 m.ko
	[ "$(ids m.ko)" = '["8086","1593","*","*"]
["14e4","163c","1028","02dc"]
["0001","0abc","*","*"]' ]
	[ "$stderr" = "xs-ddk: warning: a class of PCI devices that the driver claims is not in pci_ids, which can have only single devices" ]
}

@test "a driver of a class of PCI devices alone fits any machine, with a warning" {
	module m.ko 'pci:v*d*sv*sd*bc01sc06i01*'
	info -0 m.ko
	[ "$(ids m.ko)" = '["*","*","*","*"]' ]
	has "$stderr" "warning: the driver claims only a class of PCI devices"
}

@test "a newer version has a higher priority, unless it is given" {
	local version priority last=-1
	for version in 0.9 1.0~rc1 1.0 1.0.1 1.1 1.10.2 1.10.10 2-1 9.8.7.1000 10 2026.1; do
		VERSION=$version module m.ko
		priority=$(xs-ddk info --driver d --version "$version" m.ko | jq .priority)
		[ "$priority" -gt "$last" ] || fail "$version: $priority after $last"
		last=$priority
	done
	run -0 xs-ddk info --driver d --version 2026.1 --priority 3 m.ko
	[ "$(jq .priority <<<"$output")" = 3 ]
}

@test "a description is escaped as JSON does it, and not again when it comes through once more" {
	local text='co\ "a" \x41 tab	é'
	module m.ko
	info -0 --description "$text" m.ko
	[ "$(jq -r .description <<<"$output")" = "$text" ]
	info -0 --description "$(jq -r .description <<<"$output")" m.ko
	[ "$(jq -r .description <<<"$output")" = "$text" ]
	info -0 --description $'a\xff' m.ko
	[ "$(jq -r .description <<<"$output")" = 'a�' ]
}

@test "aliases of other kinds, and damaged ones, are no PCI ids" {
	module m.ko 'pci:v00001234d000011E8sv*sd*bc*sc*i*' 'usb:v1234p5678d*' 'pci:v1234d11E8sv*sd*' 'pci:v0000123' 'pci:' \
		'vfio_pci:v00008086d00001593sv*sd*bc*sc*i*' 'pci:v0000XXXXd000011E8sv*sd*'
	info -0 m.ko
	[ "$(ids m.ko)" = '["1234","11e8","*","*"]' ]
}

@test "a driver without PCI ids fits any machine, but not by a helper module of one that has" {
	module pci.ko 'pci:v00001234d000011E8sv*sd*bc*sc*i*'
	module helper.ko
	info -0 helper.ko
	[ "$(ids helper.ko)" = '["*","*","*","*"]' ]
	info -0 pci.ko helper.ko
	[ "$(ids helper.ko)" = "" ]
	[ "$(jq -r '.pci_ids | keys | join(" ")' <<<"$output")" = "helper.ko pci.ko" ]
}

@test "the other fields are what the options say, or have defaults" {
	module m.ko
	info -0 m.ko
	[ "$(jq -c 'del(.pci_ids)' <<<"$output")" = '{"category":"other","name":"d","description":"A \"test\" module","variant":"1.0","version":"1.0","priority":1000000000,"status":"production"}' ]
	info -0 --category network --description 'Ein Stück' --priority -5 --status beta --variant v2 m.ko
	[ "$(jq -c 'del(.pci_ids)' <<<"$output")" = '{"category":"network","name":"d","description":"Ein Stück","variant":"v2","version":"1.0","priority":-5,"status":"beta"}' ]
	# Readers take it as ASCII.
	run -1 grep -q -P '[^\x00-\x7f]' <(xs-ddk info --driver d --version 1.0 --description 'Ein Stück' m.ko)
}

@test "a module whose record says another version, or that has none, is refused" {
	module m.ko
	run -1 --separate-stderr xs-ddk info --driver d --version 1.1 m.ko
	[ "$stderr" = 'xs-ddk: m.ko: its record says version "1.0", not "1.1"' ]
	objcopy --remove-section .note.xenserver m.ko none.ko
	info -1 none.ko
	[ "$stderr" = "xs-ddk: none.ko: it has no record; build it with xs-kbuild" ]
	[ "$output" = "" ]
}

@test "what is no module, is not there, or is there twice, is told by name" {
	module m.ko
	mkdir other && cp m.ko other/
	echo text >text.ko
	info -1 m.ko other/m.ko
	has "$stderr" "other/m.ko: there are two modules of this name"
	info -1 text.ko
	has "$stderr" "text.ko: it is not a complete kernel module"
	info -2 none.ko
	has "$stderr" "none.ko: No such file"
	info -2 m.txt
	has "$stderr" "m.txt: it does not have the name of a module"
	mkdir dir.ko
	info -2 dir.ko
	has "$stderr" "dir.ko: it is not a regular file"
}

@test "wrong calls are told with status 2" {
	module m.ko
	run -2 --separate-stderr xs-ddk info --version 1.0 m.ko
	has "$stderr" "--driver is missing"
	run -2 --separate-stderr xs-ddk info --driver a/b --version 1.0 m.ko
	has "$stderr" "--driver: not a legal name"
	info -2
	has "$stderr" "a MODULE is missing"
	info -2 --status good m.ko
	has "$stderr" "--status is production, beta or alpha"
	info -2 --priority high m.ko
	has "$stderr" "--priority takes a number"
	run -0 --separate-stderr xs-ddk info --help
	has "$output" "Usage: xs-ddk info --driver NAME"
}
