#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# The rules on what a module's own kernel would do with it, by the kernel's build directory.

load helpers
load rules/rules.bash

setup_file() {
	cd "$BATS_FILE_TMPDIR" || return
	for name in ours other; do
		openssl req -new -x509 -newkey rsa:2048 -nodes -sha256 -days 2 -subj "/CN=$name" -outform DER \
			-keyout "$name.pem" -out "$name.x509" 2>/dev/null
	done
}

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	keys=$BATS_FILE_TMPDIR
	gcc='CONFIG_CC_VERSION_TEXT="gcc-12 (Debian 12.2.0-14) 12.2.0"'
	clang='CONFIG_CC_VERSION_TEXT="Debian clang version 14.0.6"'
	forced=(CONFIG_MODULE_SIG=y CONFIG_MODULE_SIG_FORCE=y CONFIG_CRYPTO_SHA1=y CONFIG_CRYPTO_SHA256=y)
	a_module net.ko
}

# kdir_with LINE...: the build directory "kdir" of the kernel, with this configuration.
kdir_with() {
	rm -rf kdir
	mkdir -p kdir/include/config kdir/include/generated kdir/certs
	echo "#define UTS_RELEASE \"$uname\"" >kdir/include/generated/utsrelease.h
	printf '%s\n' "$@" >kdir/include/config/auto.conf
}

# by COMPILER: net.ko, with this text in .comment.
by() { a_module net.ko '.section .comment, "MS", %progbits, 1' ".asciz \"$1\""; }

# sign NAME DIGEST: net.ko signed with that key.
sign() { "$(kdir "$(a_kernel)")/scripts/sign-file" "$2" "$keys/$1.pem" "$keys/$1.x509" net.ko; }

@test "a kernel that loads only signed modules: an unsigned module, an unknown digest, another key" {
	kdir_with "${forced[@]}"
	fires kernel-signature --kdir kdir net.ko
	has "$found" "it has CONFIG_MODULE_SIG_FORCE, and the module is not signed"
	sign ours sha512
	fires kernel-signature --kdir kdir net.ko
	has "$found" "the digest of the signature is sha512, which the kernel does not have"
	kdir_with "${forced[@]}" CONFIG_CRYPTO_SHA512=m
	quiet kernel-signature --kdir kdir net.ko
	a_module net.ko
	sign ours sha256
	quiet kernel-signature --kdir kdir net.ko
	cp "$keys/other.x509" kdir/certs/signing_key.x509
	fires kernel-signature --kdir kdir net.ko
	has "$found" "the kernel's certificates do not fit: it was made with another key"
	cp "$keys/ours.x509" kdir/certs/signing_key.x509
	quiet kernel-signature --cert "$keys/ours.x509" --kdir kdir net.ko
}

@test "the keys of the configuration count, and those that the kernel takes when it runs" {
	kdir_with "${forced[@]}" 'CONFIG_SYSTEM_TRUSTED_KEYS="certs/vendor.pem"'
	cp "$keys/other.x509" kdir/certs/signing_key.x509
	sign ours sha256
	fires kernel-signature --kdir kdir net.ko
	openssl x509 -inform DER -in "$keys/ours.x509" -out kdir/certs/vendor.pem
	quiet kernel-signature --kdir kdir net.ko
	rm kdir/certs/vendor.pem
	echo CONFIG_SECONDARY_TRUSTED_KEYRING=y >>kdir/include/config/auto.conf
	quiet kernel-signature --kdir kdir net.ko
}

@test "a kernel that checks signatures and forces none loads the module" {
	kdir_with CONFIG_MODULE_SIG=y "# CONFIG_MODULE_SIG_FORCE is not set"
	quiet kernel-signature --kdir kdir net.ko
	kdir_with CONFIG_MODULE_SIG_FORCE=n
	quiet kernel-signature --kdir kdir net.ko
}

@test "another compiler than the kernel's is found where the configuration makes it matter, and only there" {
	by "GCC: (Debian 12.2.0-14) 12.2.0"
	kdir_with "$clang"
	quiet module-compiler --kdir kdir net.ko
	for option in CONFIG_CFI_CLANG CONFIG_CFI CONFIG_LTO_CLANG; do
		kdir_with "$clang" $option=y
		fires module-compiler --kdir kdir net.ko
		has "$found" "it is gcc 12.2.0, and clang 14.0.6 for the kernel, which has $option"
	done
	by "clang version 16.0.6 (https://github.com/llvm/llvm-project)"
	quiet module-compiler --kdir kdir net.ko
	by "Debian clang version 14.0.6"
	quiet module-compiler --kdir kdir net.ko
	for option in CONFIG_RANDSTRUCT_FULL CONFIG_RANDSTRUCT_PERFORMANCE CONFIG_GCC_PLUGINS; do
		by "GCC: (Debian 13.2.0-1) 13.2.0"
		kdir_with "$gcc" $option=y
		fires module-compiler --kdir kdir net.ko
		has "$found" "it is gcc 13.2.0, and gcc 12.2.0 for the kernel, which has $option"
		by "GCC: (Debian 12.2.0-14) 12.2.0"
		quiet module-compiler --kdir kdir net.ko
	done
}

@test "a module without .comment, or with one that ends without a NUL, is not judged by its compiler" {
	kdir_with "$gcc" CONFIG_GCC_PLUGINS=y
	quiet module-compiler --kdir kdir net.ko
	a_module net.ko '.section .comment, "", %progbits' '.ascii "GCC: (x) 13.2.0"'
	quiet module-compiler --kdir kdir net.ko
}

@test "a real module of each kernel is right for its kernel's headers" {
	for kernel in $(kernels); do
		kdir=$(kdir "$kernel")
		quiet module-compiler --kdir "$kdir" "$(example_module 1.0.0 "$kernel")"
	done
}

@test "a module for a kernel without a --kdir is told, and a directory that is none is refused" {
	kdir_with "$gcc"
	kernel=6.1.0-9-other a_module other.ko
	fires kernel-directory --kdir kdir net.ko other.ko
	has "$found" "other.ko: "
	quiet kernel-directory --kdir kdir net.ko
	mkdir empty
	run -2 --separate-stderr xs-ddk verify --kdir empty net.ko
	has "$stderr" "empty: it has neither include/config/auto.conf nor .config"
	rm kdir/include/generated/utsrelease.h
	run -2 --separate-stderr xs-ddk verify --kdir kdir net.ko
	has "$stderr" "does not say which kernel it is for"
}
