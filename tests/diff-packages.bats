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

# a_disk DIRECTORY UUID DESCRIPTION: a driver and the metadata of a disk in DIRECTORY.
a_disk() {
	mkdir -p "$1"
	a_driver "$1" 1.0.0 4.19.0+1
	echo "<repository originator='o' name='net' product='XenServer' version='1.0' build='1'><description>$3</description><requires originator='xs' name='main' test='eq' version='8.2.1'/></repository>" >"$1/XS-REPOSITORY"
	echo "<update uuid='$2' name-label='net' version='1.0-1'><name-description>$3</name-description></update>" >"$1/update.xml"
	echo "net 1.0.0" >"$1/XS-SELECTION"
}

@test "what the metadata of a disk says is compared: label, UUID, description, requirements and selection" {
	a_disk old 2d7b4d2c-6b3e-4c3f-9a43-3c9c0d8f7c11 "a driver"
	a_disk new 5e0a7b5c-0f5e-4d0e-8a5e-0c9f5b1c6d2a "a better driver"
	run -0 --separate-stderr xs-ddk diff old old
	lacks "$output" disk
	run -0 --separate-stderr xs-ddk diff old new
	[ "$(sed -n 's/^  disk //p' <<<"$output")" = "changed: XS-REPOSITORY description: a driver -> a better driver
changed: update.xml name-description: a driver -> a better driver
changed: update.xml uuid: 2d7b4d2c-6b3e-4c3f-9a43-3c9c0d8f7c11 -> 5e0a7b5c-0f5e-4d0e-8a5e-0c9f5b1c6d2a" ]
	sed -i "s/8.2.1/8.2.2/; s/ build='1'//" new/XS-REPOSITORY
	echo "net 1.1.0" >new/XS-SELECTION
	run -0 --separate-stderr xs-ddk diff --json old new
	[ "$(jq -r '.packages[] | select(.what == "disk") | [.change, .name, .old, .new] | join("|")' <<<"$output" | grep -v description)" = "lost|XS-REPOSITORY build|1|
changed|XS-REPOSITORY requires xs:main|eq 8.2.1|eq 8.2.2
changed|XS-SELECTION net|1.0.0|1.1.0
changed|update.xml uuid|2d7b4d2c-6b3e-4c3f-9a43-3c9c0d8f7c11|5e0a7b5c-0f5e-4d0e-8a5e-0c9f5b1c6d2a" ]
	# Damaged metadata has no facts, and is no trouble: verify reports it.
	echo "<repository" >new/XS-REPOSITORY
	run -0 --separate-stderr xs-ddk diff old new
	has "$output" "disk lost: XS-REPOSITORY name (net)"
}

@test "of several disks, each is compared with the one of its name" {
	for side in old new; do
		a_disk $side/a 2d7b4d2c-6b3e-4c3f-9a43-3c9c0d8f7c11 "a driver"
		a_disk $side/b 5e0a7b5c-0f5e-4d0e-8a5e-0c9f5b1c6d2a "a driver"
	done
	sed -i 's/a driver/another driver/' new/b/update.xml
	run -0 --separate-stderr xs-ddk diff old new
	[ "$(grep -c '^  disk' <<<"$output")" -eq 1 ]
	has "$output" "disk changed: b update.xml name-description: a driver -> another driver"
}
