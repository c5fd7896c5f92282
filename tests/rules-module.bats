#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# The rules on the module itself: what .modinfo says, and its path.

load helpers
load rules/rules.bash

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	a_module sound.ko
}

@test "what is no ELF file is found" {
	echo text >text.ko
	fires module-not-elf text.ko
	quiet module-not-elf sound.ko
}

@test "a file that is cut short is found, with both lengths" {
	head -c 200 sound.ko >short.ko
	fires module-truncated short.ko
	has "$found" "it has 200 bytes, its headers say $(stat -c %s sound.ko)"
	quiet module-truncated sound.ko
}

@test "headers that contradict themselves are found" {
	cp sound.ko damaged.ko
	# e_shstrndx, the section with the names of sections.
	printf '\377\176' | dd of=damaged.ko bs=1 seek=62 conv=notrunc status=none
	fires module-damaged damaged.ko
	quiet module-damaged sound.ko
}

@test "a program is no module" {
	ld -shared -o program.ko sound.ko
	fires module-not-relocatable program.ko
	has "$found" "e_type is 3, expected 1"
	quiet module-not-relocatable sound.ko
}

@test "an object without .modinfo is no module" {
	objcopy --remove-section .modinfo sound.ko object.ko
	fires module-no-modinfo object.ko
	quiet module-no-modinfo sound.ko
}

@test "two names in one module are found" {
	a_module two.ko 'info "name=other"'
	fires module-names two.ko
	has "$found" "found two and other, expected one"
	quiet module-names sound.ko
}

@test "a module without a vermagic is found" {
	kernel=- a_module bare.ko
	fires vermagic-missing bare.ko
	fires vermagic-missing --kernel "$uname" bare.ko
	[ "$(jq '.findings | length' <<<"$output")" -eq 1 ]
	quiet vermagic-missing sound.ko
}

@test "a vermagic for another configuration of the same kernel is found" {
	local modules=host/lib/modules/$uname other
	a_host
	installed net 1.0.0 net
	installed disk 1.0.0 disk
	quiet vermagic-flags host
	# Against the kernel's own modules, compressed or not, which are not asked for anything else.
	kernel="$uname SMP preempt_rt mod_unload modversions x" a_module own.ko
	mkdir -p "$modules/kernel"
	xz -c own.ko >"$modules/kernel/own.ko.xz"
	echo 'kernel/own.ko.xz:' >"$modules/modules.dep"
	fires vermagic-flags "$modules/xenserver"
	[ "$(wc -l <<<"$found")" -eq 2 ]
	has "$found" "\"$uname SMP preempt mod_unload modversions \", and \"$uname SMP preempt_rt mod_unload modversions x SMP"
	has "$found" "in the kernel's own modules"
	# A modules.dep that is nonsense, or leads elsewhere, says nothing.
	for other in 'kernel/../../../../../own.ko:' 'kernel/none.ko:' $'\n\n:' kernel/; do
		printf '%s\n' "$other" >"$modules/modules.dep"
		quiet vermagic-flags "$modules/xenserver"
	done
	# Against each other.
	kernel="$uname SMP" installed odd 1.0.0 odd
	fires vermagic-flags "$modules/xenserver"
	has "$found" "odd.ko: the module was built for a kernel of the same name"
	has "$found" "in $modules/xenserver/disk/1.0.0/disk.ko"
	# In packages, against the root that is given.
	rm -r host/lib/modules/$uname/xenserver
	payload_module net 1.0.0 net
	a_package "net-1.0.0-modules-test-$uname"
	quiet vermagic-flags "net-1.0.0-modules-test-$uname.rpm"
	echo 'kernel/own.ko.xz:' >"$modules/modules.dep"
	fires vermagic-flags --sysroot host "net-1.0.0-modules-test-$uname.rpm"
}

@test "a module without a license is found" {
	license=- a_module bare.ko
	fires license-missing bare.ko
	# Under the name that the rule had in version 0.1, too.
	run -0 xs-ddk verify --disable note-missing --strict --disable licence-missing bare.ko
	license=Proprietary a_module own.ko
	quiet license-missing sound.ko own.ko
}

@test "a version that is not the directory's is found" {
	a_host
	installed d 1.0.0 m
	quiet path-version host
	version=1.0.1 a_module "host/lib/modules/$uname/xenserver/d/1.0.0/m.ko"
	fires path-version host
	has "$found" "the record says 1.0.1, expected 1.0.0"
}

@test "another kernel's module is found" {
	fires path-kernel --kernel 6.1.0-1-test sound.ko
	has "$found" "its vermagic says $uname, expected 6.1.0-1-test"
	quiet path-kernel --kernel "$uname" sound.ko
}

@test "a file name that is not the module's is found" {
	cp sound.ko noise.ko
	fires path-name noise.ko
	name=a_b a_module a-b.ko
	quiet path-name sound.ko a-b.ko
}

@test "what cannot be read is found, with status 2" {
	run -2 --separate-stderr xs-ddk verify --json absent.ko
	[ "$(jq -r '.findings[0].rule' <<<"$output")" = read-failed ]
	quiet read-failed sound.ko
}

@test "damaged compression, a bomb and a wrong suffix are found" {
	xz -k sound.ko
	head -c -40 sound.ko.xz >cut.ko.xz
	fires input-damaged cut.ko.xz
	run -1 --separate-stderr xs-ddk verify --json --limit 100 sound.ko.xz
	has "$output" '"rule": "input-limit"'
	cp sound.ko.xz sound.ko.gz
	fires input-suffix sound.ko.gz
	for rule in input-damaged input-limit input-suffix; do
		quiet "$rule" sound.ko.xz
	done
}

@test "the example driver is quiet for every kernel" {
	for kernel in $(kernels); do
		quiet path-kernel --kernel "$kernel" --version 1.0.0 "$(example_module 1.0.0 "$kernel")"
	done
}

@test "a MODULE_VERSION that is another one of the record's sequence is found" {
	local own
	version=2.6.7 a_module other.ko 'info "version=2.6.6"'
	fires module-version other.ko
	has "$found" "MODULE_VERSION is 2.6.6, the record says 2.6.7"
	# A module with versions of its own, or with less than the record says, contradicts nothing.
	for own in 2.6.7 2.6 2.6.7-k 1.9.9 2.6.6.1 v2.6.6; do
		version=2.6.7 a_module other.ko "info \"version=$own\""
		quiet module-version other.ko
	done
	version=0.1 a_module other.ko 'info "version=0.01"'
	quiet module-version other.ko
	version=2.6.7-1 a_module other.ko 'info "version=2.6.7"'
	quiet module-version other.ko
	version=2.6.7-1 a_module other.ko 'info "version=2.6.6"'
	quiet module-version other.ko
}

@test "two versions with the same module but for the record are found, in packages" {
	for v in 1.0.0 1.1.0; do
		rm -rf payload
		payload_module net $v net 'info "version=1"'
		a_package "net-$v-modules-test-$uname"
	done
	fires version-same net-*.rpm
	has "$found" "net-1.1.0-modules-test-$uname.rpm!lib/modules/$uname/xenserver/net/1.1.0/net.ko: two versions of the driver have the same modules, but for the record: net 1.1.0 is the same as 1.0.0, with net-1.0.0-modules-test-$uname.rpm!"
	quiet version-same "net-1.0.0-modules-test-$uname.rpm"
	rm -rf payload
	payload_module net 1.1.0 net 'info "version=1"' '.data' '.byte 1'
	a_package "net-1.1.0-modules-test-$uname"
	quiet version-same net-*.rpm
	# One of two modules may be the same, and another kernel's may be.
	for v in 1.0.0 1.1.0; do
		rm -rf payload
		payload_module net $v net "info \"version=$v\""
		payload_module net $v helper
		a_package "net-$v-modules-test-$uname"
	done
	quiet version-same net-*.rpm
	rm -rf payload
	uname=6.1.0-1-test payload_module net 1.0.0 net 'info "version=1"'
	uname=6.1.0-1-test a_package "net-1.0.0-modules-test-6.1.0-1-test"
	quiet version-same net-1.0.0-*.rpm
}

@test "a real module that was built again for another version is the same but for the record" {
	local kernel v directory
	kernel=$(a_kernel)
	for v in 1.0.0 1.1.0; do
		rm -rf payload
		directory=payload/lib/modules/$kernel/xenserver/xsedu/$v
		mkdir -p "$directory" payload/etc/depmod.d
		echo "exclude xenserver" >payload/etc/depmod.d/xs-ddk.conf
		cp "$(example_module 1.0.0 "$kernel")" "$directory/"
		xs-ddk inject --replace --version $v "$directory/xsedu.ko"
		strip -g "$directory/xsedu.ko"
		xs-ddk info --driver xsedu --version $v "$directory/xsedu.ko" >info.json
		mv info.json "$directory/"
		uname=$kernel a_package "xsedu-$v-modules-amd64-$kernel"
	done
	fires version-same xsedu-*.rpm
}
