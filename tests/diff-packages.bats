#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# xs-ddk diff of packages: versions, kernels, packages, requirements, scriptlets and files, in all formats.

load helpers
load rules/rules.bash

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	mkdir old new
}

# a_driver DIRECTORY VERSION UNAME [SPEC-LINE...]: a package of the driver net in DIRECTORY.
a_driver() {
	local directory=$1 v=$2 u=$3 package=net-$2-modules-test-$3
	shift 3
	rm -rf payload
	uname=$u payload_module net "$v" net
	a_package "$package" "$@" && mv "$package.rpm" "$directory/"
}

# a_data DIRECTORY FILE...: the package net-data in DIRECTORY, with these files.
a_data() {
	local directory=$1 file
	shift
	rm -rf payload
	for file; do
		mkdir -p "payload/${file%/*}"
		echo "$file in $directory" >"payload/$file"
	done
	a_package net-data && mv net-data.rpm "$directory/"
}

@test "a kernel, a version and a package that are lost are findings" {
	a_driver old 1.0.0 4.19.0+1
	a_driver old 1.1.0 4.19.0+1
	a_driver old 1.1.0 4.19.0+2
	a_data old lib/firmware/net.bin
	a_driver new 1.1.0 4.19.0+1
	run -1 --separate-stderr xs-ddk diff old new
	has "$output" "version lost: net 1.0.0 [the driver has fewer versions]"
	has "$output" "kernel lost: net 4.19.0+2 [hosts with this kernel lose the driver]"
	has "$output" "package lost: net-data (1.0-1) [the package is gone]"
	has "$output" "firmware file lost: /lib/firmware/net.bin"
	has "$output" "net 1.0.0 (4.19.0+1): module lost"
	run -0 --separate-stderr xs-ddk diff new old
	has "$output" "version gained: net 1.0.0"
	has "$output" "kernel gained: net 4.19.0+2"
}

@test "a version that takes the place of another one is no finding, and equal versions are compared with each other" {
	a_driver old 1.0.0 4.19.0+1
	a_driver old 1.1.0 4.19.0+1
	a_driver new 1.1.0 4.19.0+1
	a_driver new 1.2.0 4.19.0+1
	run -0 --separate-stderr xs-ddk diff old new
	has "$output" "version lost: net 1.0.0"
	has "$output" "version gained: net 1.2.0"
	has "$output" "  version changed: 1.0.0 -> 1.2.0"
	lacks "$output" "1.0.0 -> 1.1.0"
}

@test "requirements, scriptlets, device rules, configuration and firmware are compared" {
	a_driver old 1.0.0 4.19.0+1 "Requires: net-data = 1.0" "%post" "depmod 4.19.0+1" "echo net-1.0.0-modules-test-4.19.0+1 1.0.0"
	a_data old lib/firmware/net.bin etc/udev/rules.d/60-net.rules
	a_driver new 1.1.0 4.19.0+1 "Requires: net-data = 1.1" "%post" "depmod 4.19.0+1" "echo net-1.1.0-modules-test-4.19.0+1 1.1.0"
	rpm_version=1.1 a_data new lib/firmware/net.bin etc/modprobe.d/net.conf
	run -0 --separate-stderr xs-ddk diff old new
	has "$output" "requirement changed: net for 4.19.0+1: net-data: = 1.0 -> = 1.1"
	has "$output" "package changed: net-data: 1.0-1 -> 1.1-1"
	has "$output" "firmware file changed: /lib/firmware/net.bin: "
	has "$output" "device rules lost: /etc/udev/rules.d/60-net.rules"
	has "$output" "configuration gained: /etc/modprobe.d/net.conf"
	# The version and the name in a scriptlet are not a difference.
	lacks "$output" scriptlet
	a_driver new 1.1.0 4.19.0+1 "%post" "depmod 4.19.0+1" "echo more"
	run -0 --separate-stderr xs-ddk diff old new
	has "$output" "scriptlet changed: net for 4.19.0+1: %post: 2 lines, digest "
	has "$output" "requirement lost: net for 4.19.0+1: net-data (= 1.0)"
}

@test "JSON, Markdown and HTML tell the same, and a name of a file stays text in them" {
	a_driver old 1.0.0 4.19.0+1
	a_data old 'lib/firmware/<script>|`*.bin'
	a_driver new 1.0.0 4.19.0+1
	run -1 --separate-stderr xs-ddk diff --format json old new
	jq -e '[.packages[] | select(.finding)] == [{what: "package", change: "lost", name: "net-data", old: "1.0-1", new: null, finding: true}]' <<<"$output"
	run -1 --separate-stderr xs-ddk diff --format markdown old new
	has "$output" "| packages | package | lost | net-data | 1.0-1 |  | **the package is gone** |"
	has "$output" '| packages | firmware file | lost | /lib/firmware/&#60;script&#62;&#124;&#96;&#42;.bin |'
	[ "$(grep -c '^|' <<<"$output")" -eq 4 ]
	run -1 --separate-stderr xs-ddk diff --format html old new
	lacks "$output" "<script>"
	[ "$(xmllint --html --xpath 'count(//tbody/tr)' - 2>/dev/null <<<"$output")" = 2 ]
	[ "$(xmllint --html --xpath 'string(//tbody/tr[@class="finding"]/td[3])' - 2>/dev/null <<<"$output")" = net-data ]
	run -2 --separate-stderr xs-ddk diff --format yaml old new
	has "$stderr" "there are text, json, markdown and html"
}
