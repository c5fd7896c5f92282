#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# The rules on imported symbols: a module against a kernel's Module.symvers.

load helpers
load rules/rules.bash

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	mkdir kernel
	printf '%s\t%s\t%s\t%s\t%s\n' \
		0x11111111 free_for_all vmlinux EXPORT_SYMBOL '' \
		0x22222222 gpl_only vmlinux EXPORT_SYMBOL_GPL '' \
		0x33333333 of_a_space drivers/x EXPORT_SYMBOL_GPL SPACE >kernel/Module.symvers
	a_module sound.ko 'import free_for_all, 0x11111111' 'import gpl_only, 0x22222222'
	symvers=(--symvers kernel/Module.symvers)
}

@test "a symbol that nobody exports is found by name" {
	a_module m.ko 'import absent, 1' 'import free_for_all, 0x11111111'
	fires symbol-missing "${symvers[@]}" m.ko
	has "$found" "exports: absent"
	lacks "$found" free_for_all
	quiet symbol-missing "${symvers[@]}" sound.ko
}

@test "many absent symbols are counted, five are named" {
	a_module m.ko 'import a, 1' 'import b, 1' 'import c, 1' 'import d, 1' 'import e, 1' 'import f, 1' 'import g, 1'
	fires symbol-missing "${symvers[@]}" m.ko
	has "$found" ": a, b, c, d, e and 2 more"
}

@test "a weak symbol may stay unresolved" {
	a_module m.ko '.weak absent' 'import_plain absent' 'import free_for_all, 0x11111111'
	quiet symbol-missing "${symvers[@]}" m.ko
}

@test "what another module of the input exports is there, in either form of its CRC" {
	a_module user.ko 'import helper, 0x44444444' 'import old_helper, 0x55555555'
	a_module helper.ko 'export helper, 0x44444444' 'export_old old_helper, 0x55555555'
	quiet symbol-missing "${symvers[@]}" user.ko helper.ko
	fires symbol-missing "${symvers[@]}" user.ko
	kernel=6.1.0-1-other a_module helper.ko 'export helper, 0x44444444' 'export_old old_helper, 0x55555555'
	fires symbol-missing "${symvers[@]}" user.ko helper.ko
}

@test "another CRC than the kernel's is found, with both" {
	a_module m.ko 'import free_for_all, 0x11111112'
	fires symbol-crc "${symvers[@]}" m.ko
	has "$found" "free_for_all has 0x11111112, expected 0x11111111"
	quiet symbol-crc "${symvers[@]}" sound.ko
}

@test "CRCs in the extended sections count as well" {
	a_module m.ko 'import_extended free_for_all, 0x11111112'
	fires symbol-crc "${symvers[@]}" m.ko
	a_module m.ko 'import_extended free_for_all, 0x11111111'
	quiet symbol-crc "${symvers[@]}" m.ko
}

@test "another CRC than the exporting module's is found" {
	a_module user.ko 'import helper, 0x44444444'
	a_module helper.ko 'export helper, 0x44444445'
	fires symbol-crc "${symvers[@]}" user.ko helper.ko
	has "$found" "user.ko: "
	has "$found" "helper has 0x44444444, expected 0x44444445"
}

@test "another CRC of module_layout, which no module imports, is found: the kernel compares it, too" {
	local crc='.pushsection __versions, "a", %progbits; .quad 0x55555555; .asciz "module_layout"; .fill 42, 1, 0; .popsection'
	printf '0x55555556\tmodule_layout\tvmlinux\tEXPORT_SYMBOL\t\n' >>kernel/Module.symvers
	a_module m.ko "$crc" 'import free_for_all, 0x11111111'
	fires symbol-crc "${symvers[@]}" m.ko
	has "$found" "module_layout has 0x55555555, expected 0x55555556"
	sed -i 's/^0x55555556/0x55555555/' kernel/Module.symvers
	quiet symbol-crc "${symvers[@]}" m.ko
}

@test "a module without CRCs for a kernel that checks them is found" {
	a_module m.ko 'import_plain free_for_all'
	fires symbol-versions "${symvers[@]}" m.ko
	sed -i 's/^0x[0-9]*/0x00000000/' kernel/Module.symvers
	quiet symbol-versions "${symvers[@]}" m.ko
}

@test "a GPL-only symbol in a module under another license is found" {
	license=Proprietary a_module m.ko 'import gpl_only, 0x22222222' 'import free_for_all, 0x11111111'
	fires symbol-gpl "${symvers[@]}" m.ko
	has "$found" ": gpl_only"
	lacks "$found" free_for_all
	license="Dual BSD/GPL" a_module dual.ko 'import gpl_only, 0x22222222'
	license=Proprietary a_module own.ko 'import free_for_all, 0x11111111'
	quiet symbol-gpl "${symvers[@]}" sound.ko dual.ko own.ko
}

@test "a GPL-only symbol of another module counts as the kernel's" {
	license=Proprietary a_module m.ko 'import helper, 1'
	a_module helper.ko 'export helper, 1, _gpl'
	fires symbol-gpl "${symvers[@]}" m.ko helper.ko
	a_module helper.ko 'export helper, 1'
	quiet symbol-gpl "${symvers[@]}" m.ko helper.ko
}

@test "a name space that is not imported is found" {
	a_module m.ko 'import of_a_space, 0x33333333'
	fires symbol-namespace "${symvers[@]}" m.ko
	has "$found" "of_a_space of SPACE"
	a_module m.ko 'import of_a_space, 0x33333333' 'info "import_ns=OTHER"' 'info "import_ns=SPACE"'
	quiet symbol-namespace "${symvers[@]}" m.ko
}

@test "a module for another kernel than the Module.symvers is told as not checked" {
	mkdir -p kernel/include/generated
	echo '#define UTS_RELEASE "6.1.0-1-other"' >kernel/include/generated/utsrelease.h
	fires symbol-kernel "${symvers[@]}" sound.ko
	echo "#define UTS_RELEASE \"$uname\"" >kernel/include/generated/utsrelease.h
	quiet symbol-kernel "${symvers[@]}" sound.ko
}

# crcs_are_read MACHINE: the CRC of an import and that of an export are compared in a module for that machine, whose
# words may have 32 bits, and the most significant byte first.
crcs_are_read() {
	# shellcheck disable=SC2034 # a_module uses it
	local machine=$1
	a_module m.ko 'import free_for_all, 0x11111112' 'export helper, 0x44444444'
	a_module user.ko 'import helper, 0x44444445'
	fires symbol-crc "${symvers[@]}" m.ko user.ko
	has "$found" "free_for_all has 0x11111112, expected 0x11111111"
	has "$found" "helper has 0x44444445, expected 0x44444444"
	a_module m.ko 'import free_for_all, 0x11111111' 'export helper, 0x44444444'
	a_module user.ko 'import helper, 0x44444444'
	quiet symbol-crc "${symvers[@]}" m.ko user.ko
}

@test "CRCs are read on i386" { crcs_are_read i386-linux-gnu; }
@test "CRCs are read on arm" { crcs_are_read armv7-linux-gnueabihf; }
@test "CRCs are read on arm64" { crcs_are_read aarch64-linux-gnu; }
@test "CRCs are read on s390x, big-endian" { crcs_are_read s390x-linux-gnu; }
@test "CRCs are read on powerpc, 32 bits and big-endian" { crcs_are_read powerpc-linux-gnu; }
@test "CRCs are read on mips, 32 bits and big-endian" { crcs_are_read mips-linux-gnu; }
@test "CRCs are read on mips64, little-endian" { crcs_are_read mips64el-linux-gnuabi64; }

@test "what the loader of 64-bit PowerPC resolves itself is not missing, and a dot before a name is none of it" {
	machine=powerpc64le-linux-gnu a_module elf-v2.ko 'import free_for_all, 0x11111111' 'import_plain .TOC.'
	machine=powerpc64-linux-gnu a_module elf-v1.ko 'import .free_for_all, 0x11111111' 'import_plain .TOC.'
	quiet symbol-missing "${symvers[@]}" elf-v2.ko elf-v1.ko
	machine=powerpc64-linux-gnu a_module elf-v1.ko 'import .free_for_all, 0x11111112' 'import .absent, 1'
	fires symbol-crc "${symvers[@]}" elf-v1.ko
	has "$found" "free_for_all has 0x11111112, expected 0x11111111"
	fires symbol-missing "${symvers[@]}" elf-v1.ko
	has "$found" "exports: absent"
	# On other machines such a name is a name.
	a_module m.ko 'import_plain .TOC.' 'import free_for_all, 0x11111111'
	fires symbol-missing "${symvers[@]}" m.ko
}

@test "a register of SPARC is not a symbol to import" {
	local table index
	machine=sparcv9-linux-gnu a_module m.ko 'import_plain named' 'import free_for_all, 0x11111111'
	fires symbol-missing "${symvers[@]}" m.ko
	# clang writes no symbols for registers, so the type of a symbol is changed to STT_SPARC_REGISTER, which is 13.
	table=$((0x$(readelf -SW m.ko | sed -n 's/.* SYMTAB *[0-9a-f]* *\([0-9a-f]*\) .*/\1/p')))
	index=$(readelf -sW m.ko | sed -n 's/^ *\([0-9]*\):.* named$/\1/p')
	printf '\x1d' | dd of=m.ko bs=1 seek=$((table + 24 * index + 4)) conv=notrunc status=none
	quiet symbol-missing "${symvers[@]}" m.ko
}

@test "a module whose symbol table is gone is found" {
	cp sound.ko m.ko
	# The name of the section stays; its type, 2, becomes that of nothing known.
	objcopy --strip-all --remove-section .data m.ko
	name=- fires symbol-table "${symvers[@]}" --disable path-name m.ko
	quiet symbol-table "${symvers[@]}" sound.ko
}

@test "a Module.symvers with name spaces before the modules, or without any, is read" {
	printf '0x11111111\tfree_for_all\tSPACE\tvmlinux\tEXPORT_SYMBOL\n' >kernel/Module.symvers
	a_module m.ko 'import free_for_all, 0x11111111'
	fires symbol-namespace "${symvers[@]}" m.ko
	printf '0x11111111\tfree_for_all\tvmlinux\tEXPORT_SYMBOL\n' >kernel/Module.symvers
	quiet symbol-namespace "${symvers[@]}" m.ko
}

@test "what is no Module.symvers is a wrong call that names the line" {
	printf '0x1\ta\tvmlinux\tEXPORT_SYMBOL\t\nnonsense\n' >kernel/Module.symvers
	run -2 --separate-stderr xs-ddk verify "${symvers[@]}" sound.ko
	has "$stderr" "kernel/Module.symvers: line 2 is not"
	run -2 --separate-stderr xs-ddk verify --symvers absent sound.ko
	has "$stderr" "absent: No such file"
}

@test "the example driver is quiet with the Module.symvers of every kernel at once" {
	local modules=() tables=()
	for kernel in $(kernels); do
		modules+=("$(example_module 1.0.0 "$kernel")")
		tables+=(--symvers "$(kdir "$kernel")/Module.symvers")
	done
	quiet symbol-missing "${tables[@]}" "${modules[@]}"
}

@test "a real module is found when one CRC of its kernel changes" {
	kernel=$(a_kernel)
	module=$(example_module 1.0.0 "$kernel")
	sed 's/^0x[0-9a-f]*\t__pci_register_driver\t/0x00000001\t__pci_register_driver\t/' \
		"$(kdir "$kernel")/Module.symvers" >Module.symvers
	fires symbol-crc --symvers Module.symvers "$module"
	has "$found" "__pci_register_driver has 0x"
	has "$found" "expected 0x00000001"
	[ "$(grep -o ' has 0x' <<<"$found" | wc -l)" -eq 1 ]
	sed '/\t__pci_register_driver\t/d' "$(kdir "$kernel")/Module.symvers" >Module.symvers
	fires symbol-missing --symvers Module.symvers "$module"
}
