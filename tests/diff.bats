#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# xs-ddk diff: what changes for devices and users.

load helpers

setup() { mkdir "$BATS_TEST_TMPDIR/work" && cd "$BATS_TEST_TMPDIR/work" || return; }

ice1='pci:v00008086d00001592sv*sd*bc*sc*i*'
ice2='pci:v00008086d00001593sv*sd*bc*sc*i*'

# module FILE INFO...: assemble a module with these lines of .modinfo; its name and kernel come from FILE, as in
# directory/kernel/name.ko. From stdin more assembler, e.g. by means of the macros below.
module() {
	local file=$1 name info uname=6.1.0-56-amd64
	shift
	name=$(basename "$file" .ko)
	[ "$(basename "$(dirname "$file")")" != other ] || uname=6.12.117+deb12-amd64
	mkdir -p "$(dirname "$file")"
	{
		cat <<-'END'
			/* CRC of an import, as in struct modversion_info. */
			.macro import name, crc
				.section __versions, "a", @progbits
				.quad	\crc
				.asciz	"\name"
				.balign	64
				.data
				.quad	\name
			.endm
			/* CRC of an export, as genksyms and modpost leave it before 6.4. */
			.macro export name, crc
				.section ___ksymtab+\name, "a", @progbits
				.globl	__ksymtab_\name
			__ksymtab_\name: .quad 0
				.section ___kcrctab+\name, "a", @progbits
				.globl	__crc_\name
			__crc_\name: .long \crc
			.endm
		END
		cat
		echo '.section .modinfo, "a", @progbits'
		for info in "name=$name" "vermagic=$uname SMP mod_unload modversions " "$@"; do
			printf '.asciz "%s"\n' "$info"
		done
	} | as -o "$file" -
}

@test "modules that are the same have no differences" {
	module old/ice.ko license=GPL alias="$ice1" </dev/null
	module new/ice.ko license=GPL alias="$ice1" </dev/null
	run -0 --separate-stderr xs-ddk diff old new
	[ "$output" = "1 module compared, 0 gained, 0 lost; 0 device aliases lost" ]
}

@test "a device that loses its driver is a finding" {
	module old/ice.ko alias="$ice1" alias="$ice2" </dev/null
	module new/ice.ko alias="$ice1" </dev/null
	run -1 --separate-stderr xs-ddk diff old/ice.ko new/ice.ko
	has "$output" "device lost: $ice2 [this hardware loses its driver]"
	run -0 --separate-stderr xs-ddk diff new/ice.ko old/ice.ko
	has "$output" "device gained: $ice2"
	lacks "$output" "loses its driver"
}

@test "a device whose id a wider pattern covers, or another module takes over, is not lost" {
	module old/ice.ko alias="$ice1" alias="$ice2" </dev/null
	module new/ice.ko 'alias=pci:v00008086d0000159*' </dev/null
	run -0 --separate-stderr xs-ddk diff old new
	module new/ice.ko alias="$ice1" </dev/null
	module new/icex.ko alias="$ice2" </dev/null
	run -0 --separate-stderr xs-ddk diff old new
	has "$output" "icex (6.1.0-56-amd64): module gained"
}

@test "a device is lost if it keeps its driver for another kernel only" {
	module old/ice.ko alias="$ice1" alias="$ice2" </dev/null
	module old/other/ice.ko alias="$ice1" alias="$ice2" </dev/null
	module new/ice.ko alias="$ice1" </dev/null
	module new/other/ice.ko alias="$ice1" alias="$ice2" </dev/null
	run -1 --separate-stderr xs-ddk diff old new
	has "$output" "2 modules compared, 0 gained, 0 lost; 1 device alias lost"
}

@test "a module that is gone takes its devices with it" {
	module old/ice.ko alias="$ice1" </dev/null
	module old/igb.ko alias="$ice2" </dev/null
	module new/ice.ko alias="$ice1" </dev/null
	run -1 --separate-stderr xs-ddk diff old new
	has "$output" "igb (6.1.0-56-amd64): module lost"
	has "$output" "device lost: $ice2"
}

@test "a module without aliases that is gone is a finding" {
	module old/ice.ko </dev/null
	module old/auxiliary.ko </dev/null
	module new/ice.ko </dev/null
	run -1 --separate-stderr xs-ddk diff old new
	[ "$output" = "auxiliary (6.1.0-56-amd64): module lost
1 module compared, 0 gained, 1 lost; 0 device aliases lost" ]
	run -1 --separate-stderr xs-ddk diff --json old new
	jq -e '.modules_lost == 1 and .modules[0].finding and (.modules[1].finding | not)' <<<"$output"
	run -0 --separate-stderr xs-ddk diff new old
}

@test "a lost signature is a finding, and another signer is told" {
	local name
	module plain/ice.ko </dev/null
	for name in old new; do
		openssl req -x509 -newkey rsa:2048 -nodes -subj "/CN=$name" -keyout $name.pem -out $name.crt -days 3650 2>/dev/null
		mkdir "$name" && cp plain/ice.ko "$name/"
		"$TOP/rpm/sign-module" --key $name.pem --cert $name.crt $name/ice.ko
	done
	run -1 --separate-stderr xs-ddk diff old plain
	has "$output" "  signature changed: /CN=old -> none [the signature is lost]"
	has "$output" "0 device aliases lost, 1 signature lost"
	run -1 --separate-stderr xs-ddk diff --json old plain
	jq -e '.signatures_lost == 1 and .modules[0].changes[0].finding' <<<"$output"
	run -0 --separate-stderr xs-ddk diff old new
	has "$output" "signature changed: /CN=old -> /CN=new"
	run -0 --separate-stderr xs-ddk diff plain new
}

@test "parameters, firmware, dependencies, aliases, license and vermagic are compared" {
	module old/ice.ko license=GPL parmtype=debug:int 'parm=debug:how much to say' parmtype=gone:bool firmware=ice/a.pkg \
		depends=ptp,auxiliary 'softdep=pre: first' alias=ice-old </dev/null
	module new/other/ice.ko license=Proprietary parmtype=debug:uint 'parm=debug:how much to say' parmtype=fresh:bool \
		firmware=ice/b.pkg depends=ptp,gnss 'softdep=post: last' alias=ice-new </dev/null
	run -0 --separate-stderr xs-ddk diff old new
	has "$output" "license changed: GPL -> Proprietary"
	has "$output" "vermagic changed: 6.1.0-56-amd64 SMP mod_unload modversions  -> 6.12.117+deb12-amd64 SMP"
	has "$output" "parameter changed: debug: int, how much to say -> uint, how much to say"
	has "$output" "parameter lost: gone (bool)"
	has "$output" "parameter gained: fresh (bool)"
	has "$output" "firmware lost: ice/a.pkg"
	has "$output" "firmware gained: ice/b.pkg"
	has "$output" "dependency lost: auxiliary"
	has "$output" "dependency gained: gnss"
	has "$output" "dependency lost: soft: pre: first"
	has "$output" "alias lost: ice-old"
	lacks "$output" "ptp"
}

@test "imported and exported symbols are compared with their CRCs" {
	module old/ice.ko <<-'END'
		import printk, 0x11111111
		import kfree, 0x22222222
		export ice_first, 0x33333333
		export ice_second, 0x44444444
	END
	module new/ice.ko <<-'END'
		import printk, 0x99999999
		import kmalloc, 0x22222222
		export ice_first, 0x55555555
		export ice_third, 0x44444444
	END
	run -0 --separate-stderr xs-ddk diff old new
	has "$output" "imported symbol changed: printk: 0x11111111 -> 0x99999999"
	has "$output" "imported symbol lost: kfree (0x22222222)"
	has "$output" "imported symbol gained: kmalloc (0x22222222)"
	has "$output" "exported symbol changed: ice_first: 0x33333333 -> 0x55555555"
	has "$output" "exported symbol lost: ice_second"
	has "$output" "exported symbol gained: ice_third"
}

@test "JSON tells the same to programs" {
	module old/ice.ko alias="$ice1" license=GPL </dev/null
	module new/ice.ko alias="$ice2" license=GPL </dev/null
	run -1 --separate-stderr xs-ddk diff --json old new
	jq -e '.format == "xs-ddk-diff" and .schema == 2 and .devices_lost == 1' <<<"$output"
	jq -e --arg a "$ice1" '.modules[0].module == "ice" and .modules[0].changes[0]
		== {what: "device", change: "lost", name: $a, old: "", new: null, finding: true}' <<<"$output"
}

@test "real modules of two kernels differ in vermagic and symbols, and lose no device" {
	run -0 --separate-stderr xs-ddk diff "$(example_module 1.0.0 "$(kernels | head -n 1)")" \
		"$(example_module 1.1.0 "$(kernels | tail -n 1)")"
	has "$output" "version changed: 1.0.0 -> 1.1.0"
	has "$output" "vermagic changed:"
	has "$output" "imported symbol changed: "
	lacks "$output" "device"$'\n'
}

@test "compressed modules compare as they are" {
	module old/ice.ko alias="$ice1" </dev/null
	mkdir new && xz -c old/ice.ko >new/ice.ko.xz
	run -0 --separate-stderr xs-ddk diff old new
	[ "${#lines[@]}" -eq 1 ]
}

@test "what cannot be read ends the comparison: half of it would name devices that are not lost" {
	module old/ice.ko alias="$ice1" </dev/null
	mkdir new && head -c 100 old/ice.ko >new/ice.ko
	run -2 --separate-stderr xs-ddk diff old new
	[ -z "$output" ]
	has "$stderr" "new/ice.ko: it is not a complete kernel module"
	run -2 --separate-stderr xs-ddk diff old missing
	has "$stderr" "missing"
	mkdir empty
	run -2 --separate-stderr xs-ddk diff old empty
	run -2 --separate-stderr xs-ddk diff old
	has "$stderr" "two paths"
}

@test "a module of another machine is told apart" {
	module old/ice.ko license=GPL </dev/null
	mkdir new
	printf '.section .modinfo,"a"\n.asciz "name=ice"\n.asciz "license=GPL"\n' >s390.s
	clang -target s390x-linux-gnu -c -o new/ice.ko s390.s
	run -0 --separate-stderr xs-ddk diff old new
	has "$output" "machine changed: x86-64, 64 bits, little-endian -> s390, 64 bits, big-endian"
}

# devices N TEXT: arguments for module() with N aliases that end in TEXT.
devices() { seq -f "alias=usb:v%05.0fp$2" "$1"; }

@test "thousands of device aliases are compared in a second" {
	mapfile -t many < <(devices 16000 'C52Bd*dc*')
	module old/ice.ko "${many[@]}" </dev/null
	mapfile -t many < <(devices 16000 'C52Cd*dc*')
	module new/ice.ko "${many[@]}" </dev/null
	ulimit -t 5
	run -1 --separate-stderr xs-ddk diff old new
	has "$output" "16000 device aliases lost"
}

@test "thousands of described parameters are compared in a second" {
	mapfile -t many < <(seq 8000 | sed 's/.*/parmtype=p&:int\nparm=p&:text &/')
	module old/ice.ko "${many[@]}" </dev/null
	module new/ice.ko "${many[@]/int/uint}" </dev/null
	ulimit -t 5
	run -0 --separate-stderr xs-ddk diff old new
	has "$output" "parameter changed: p7: int, text 7 -> uint, text 7"
}

@test "aliases that take too long to compare are neither lost nor kept: the status is 2" {
	local stars
	stars=$(printf 'a*%.0s' {1..100})
	mapfile -t many < <(printf "alias=usb:*$stars%s\n" {1..300}a)
	module old/ice.ko "${many[@]}" </dev/null
	module new/ice.ko "${many[@]/%a/b}" </dev/null
	ulimit -t 20
	run -2 --separate-stderr xs-ddk diff old new
	[ -z "$output" ]
	has "$stderr" "device aliases of the older modules could not be matched"
}

@test "bytes of strangers do not reach the terminal" {
	module old/ice.ko 'license=GPL\033[31m' </dev/null
	module new/ice.ko license=GPL </dev/null
	run -0 --separate-stderr xs-ddk diff old new
	lacks "$output" $'\033'
	has "$output" 'GPL\x1b[31m'
}
