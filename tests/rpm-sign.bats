#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# Signatures of modules and of packages, as they are in finished RPMs, checked by openssl and rpm.

load rpm/helpers

# A driver whose own modules are built once for all these tests is not possible here: each builds with another key.
setup_file() {
	cd "$BATS_FILE_TMPDIR" || return
	openssl req -x509 -newkey rsa:2048 -nodes -subj '/CN=Example module key' -keyout key.pem -out cert.pem -days 30
	# Another one, to see that a check can fail.
	openssl req -x509 -newkey rsa:2048 -nodes -subj '/CN=Other key' -keyout other.pem -out other-cert.pem -days 30
} >&2 2>&1

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	KEY=$BATS_FILE_TMPDIR/key.pem
	CERT=$BATS_FILE_TMPDIR/cert.pem
	cp -r "$TOP/tests/rpm/pair" driver
	cp "$TOP/rpm/driver.spec.in" driver/
}

# signed_packages ARGUMENT...: the driver's packages for one kernel, unpacked here.
signed_packages() {
	make -s -C driver KIT="$TOP" KERNELS="$K1" DRIVER_VERSION=1.0 XS_DDK="${XS_DDK:-$XS_BIN/xs-ddk}" build-rpms "$@" >&2 || return
	rpm2cpio "$(package driver/build pair 1.0)" | cpio -idm --quiet
	FOUND=lib/modules/$K1/xenserver/pair/1.0
}

# split FILE: its module and its signature, as module and p7s: the last 40 bytes are the description, whose last four are
# the signature's size, and the mark.
split() {
	local size total
	[ "$(tail -c 28 "$1")" = '~Module signature appended~' ]
	[ "$(tail -c 40 "$1" | head -c 8 | od -An -tx1)" = " 00 00 02 00 00 00 00 00" ]
	size=$((0x$(tail -c 32 "$1" | head -c 4 | od -An -tx1 | tr -d ' ')))
	total=$(stat -c %s "$1")
	head -c $((total - 40 - size)) "$1" >module
	tail -c $((40 + size)) "$1" | head -c "$size" >p7s
}

# check FILE CERT: openssl's word on the signature. The signer's certificate is not in it, nor is it any CA's.
check() {
	split "$1"
	openssl cms -verify -binary -inform DER -in p7s -content module -certfile "$2" -nointern -noverify -out /dev/null
}

@test "every module in the finished package carries a valid signature, though rpm strips" {
	signed_packages MODSIGN_KEY="$KEY" MODSIGN_CERT="$CERT"
	grep -q brp-strip "$(echo driver/build/logs/*modules*.log)"
	for module in pair-a pair_b; do
		run -0 check "$FOUND/$module.ko" "$CERT"
		run -4 check "$FOUND/$module.ko" "$BATS_FILE_TMPDIR/other-cert.pem"
		# No debugging information: the strip step was before the signature.
		run -0 readelf -S -W "$FOUND/$module.ko"
		lacks "$output" .debug_info
	done
	run -0 xs-ddk verify --require-signature --disable package-unsigned "$(package driver/build pair 1.0)"
}

@test "a changed byte makes the signature invalid" {
	signed_packages MODSIGN_KEY="$KEY" MODSIGN_CERT="$CERT"
	printf X | dd of="$FOUND/pair-a.ko" bs=1 seek=200 conv=notrunc status=none
	run -4 check "$FOUND/pair-a.ko" "$CERT"
}

@test "compressed modules carry it inside" {
	local kind
	for kind in xz zst gz; do
		signed_packages MODSIGN_KEY="$KEY" MODSIGN_CERT="$CERT" XS_COMPRESS=$kind
		[ "$(ls "$FOUND")" = "info.json"$'\n'"pair-a.ko.$kind"$'\n'"pair_b.ko.$kind" ]
		case $kind in
		gz) gzip -dc "$FOUND/pair_b.ko.gz" >plain.ko ;;
		xz) xz -dc "$FOUND/pair_b.ko.xz" >plain.ko ;;
		zst) zstd -dcq "$FOUND/pair_b.ko.zst" >plain.ko ;;
		esac
		run -0 check plain.ko "$CERT"
		rm -r lib
	done
}

@test "without a kernel's own sign-file, openssl makes the same signature" {
	local ko
	ko=$(example_module 1.0.0 "$K1")
	cp "$ko" ours.ko
	cp "$ko" theirs.ko
	"$TOP/rpm/sign-module" --key "$KEY" --cert "$CERT" ours.ko
	"$TOP/rpm/sign-module" --key "$KEY" --cert "$CERT" --kdir "$(kdir "$K1")" theirs.ko
	cmp ours.ko theirs.ko
	run -0 check ours.ko "$CERT"
	# What is signed already stays as it is.
	"$TOP/rpm/sign-module" --key "$KEY" --cert "$CERT" ours.ko
	cmp ours.ko theirs.ko
}

@test "the hash of a signature is the one that the kernel's configuration chooses" {
	local ko hash
	ko=$(example_module 1.0.0 "$K1")
	mkdir -p kdir/include/config
	for hash in sha384 sha512 sha224; do
		# As in auto.conf, and as in .config of headers that have only that.
		if [ $hash = sha224 ]; then
			rm kdir/include/config/auto.conf
			printf 'CONFIG_MODULE_SIG_HASH="%s"\n' $hash >kdir/.config
		else
			printf 'CONFIG_MODULE_SIG=y\nCONFIG_MODULE_SIG_HASH=%s\n' $hash >kdir/include/config/auto.conf
		fi
		cp "$ko" signed.ko
		"$TOP/rpm/sign-module" --key "$KEY" --cert "$CERT" --kdir kdir signed.ko
		[ "$(modinfo -F sig_hashalgo ./signed.ko)" = $hash ]
		run -0 check signed.ko "$CERT"
	done
}

@test "a signer of one's own is a command, and one that signs nothing is found out" {
	# shellcheck disable=SC2016
	printf '#!/bin/sh\nexec %s --key %s --cert %s "$1"\n' "$TOP/rpm/sign-module" "$KEY" "$CERT" >signer
	chmod +x signer
	signed_packages MODSIGN_COMMAND="$PWD/signer"
	run -0 check "$FOUND/pair-a.ko" "$CERT"
	run -2 --separate-stderr signed_packages MODSIGN_COMMAND=true
	has "$stderr" "MODSIGN_COMMAND left it without a signature"
	run -1 package driver/build pair 1.0
}

@test "a key or a certificate that is missing is said by its variable, and no package is made" {
	run -2 --separate-stderr signed_packages MODSIGN_KEY="$PWD/none.pem" MODSIGN_CERT="$CERT"
	has "$stderr" "xs-ddk: MODSIGN_KEY: $PWD/none.pem: no such file"
	run -2 --separate-stderr signed_packages MODSIGN_KEY="$KEY"
	has "$stderr" "xs-ddk: MODSIGN_CERT: it is not set, but MODSIGN_KEY is: no such file"
	run -1 package driver/build pair 1.0
}

@test "GPG_KEY signs every package, and rpm -K says so" {
	export GNUPGHOME=$BATS_TEST_TMPDIR/gnupg
	mkdir -m 700 "$GNUPGHOME"
	gpg --batch --quiet --pinentry-mode loopback --passphrase '' --quick-generate-key 'Example packager' rsa2048 sign never
	gpg --armor --export 'Example packager' >public.asc
	signed_packages GPG_KEY='Example packager'
	verify() { make -s -C driver KIT="$TOP" KERNELS="$K1" DRIVER_VERSION=1.0 XS_DDK="$XS_BIN/xs-ddk" GPG_KEY='Example packager' verify; }
	run -0 verify
	lacks "$output" package-signature
	# A signature that is not the key's.
	cp driver/build/rpms/*.rpm .
	gpg --batch --quiet --pinentry-mode loopback --passphrase '' --quick-generate-key 'Another one' rsa2048 sign never
	rpmsign --resign --define '_gpg_name Another one' --define "__gpg $(command -v gpg)" driver/build/rpms/*.rpm
	run -2 verify
	has "$output" "package-signature-invalid"
	mv ./*.rpm driver/build/rpms/
	gpgconf --kill all
	rpmkeys --dbpath "$PWD/db" --import public.asc
	for rpm in driver/build/{rpms,srpms,debuginfo}/*.rpm; do
		run -0 rpm --dbpath "$PWD/db" -K "$rpm"
		has "$output" "digests signatures OK"
	done
	run -0 xs-ddk verify --strict --rpm-key public.asc driver/build/{rpms,srpms,debuginfo}/*.rpm
	# A stranger to the key does not say so.
	run -1 rpm --dbpath "$PWD/empty" -K "$(package driver/build pair 1.0)"
	has "$output" "SIGNATURES NOT OK"
}
