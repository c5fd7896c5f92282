#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# What make tells a vendor: what is wrong before anything is built, what is being built, why a build failed, and its help.

# What is quoted here is for make, rpm and shells to expand.
# shellcheck disable=SC2016

load rpm/helpers

setup() {
	mkdir "$BATS_TEST_TMPDIR/driver" && cd "$BATS_TEST_TMPDIR/driver" || return
	cp "$TOP"/tests/rpm/pair/{Kbuild,*.c} "$TOP/rpm/driver.spec.in" .
	printf '%s\n' 'DRIVER := pair' 'VERSIONS := 2.0' 'SPEC := driver.spec.in' 'VENDOR_NAME := Example' 'TEXT := Text' \
		"KERNELS := $K1" "XS_DDK := $XS_BIN/xs-ddk" "include $TOP/rpm/driver.mk" >Makefile
}

# fails_with TEXT...: no package is built, and stderr has each TEXT, and the name of the log.
fails_with() {
	local text
	run -2 --separate-stderr make -s build-rpms
	for text; do
		has "$stderr" "$text"
	done
	has "$stderr" "all that rpmbuild printed is in $PWD/build/logs/pair-2.0-modules-"
}

@test "the reason of a failed build is printed, whatever wrote it" {
	# modpost
	sed -i 's/return 42/extern int nowhere(void); return nowhere()/' pair-a.c
	fails_with 'ERROR: modpost: "nowhere"'
	# make
	sed -i '1i $(error *** Kernel header files not in any of the expected locations)' Kbuild
	fails_with '*** Kernel header files not in any of the expected locations'
	# the assembler
	cp "$TOP"/tests/rpm/pair/{Kbuild,*.c} .
	echo 'asm("no_such_instruction");' >>pair-a.c
	fails_with "Error: no such instruction"
	# a script that nobody knows
	cp "$TOP"/tests/rpm/pair/pair-a.c .
	sed -i "s|^%xs_build.*|%xs_build sh -c 'seq 100; echo the moon is not full; exit 3'|" driver.spec.in
	fails_with $'99\n100\nthe moon is not full'
	lacks "$stderr" $'\n50\n'
	# the spec
	sed -i 's|^%xs_install.*|%xs_install\n%nonsense|' driver.spec.in
	sed -i "s|^%xs_build.*|%xs_build|" driver.spec.in
	fails_with "nonsense"
}

@test "all that is wrong is told in one list before anything is built" {
	openssl req -x509 -newkey rsa:2048 -nodes -subj /CN=one -keyout one.pem -out one.crt -days 3650 2>/dev/null
	openssl req -x509 -newkey rsa:2048 -nodes -subj /CN=two -keyout two.pem -out two.crt -days 3650 2>/dev/null
	run -2 --separate-stderr make -s build-isos VERSIONS='2.0 2.1~rc1' DRIVER_VERSION='2.1~rc1 3' PROFILE=xs9 XS_COMPRESS=xz \
		LABEL='a b' RPM.VERSION=1-2 DEBUGINFO=no DEFAULT_VERSION=9 SPEC=none.spec.in MODSIGN_KEY=one.pem MODSIGN_CERT=two.crt \
		GPG_KEY=nobody@example.com
	[ "$(grep -c '^xs-ddk: ' <<<"$stderr")" -eq 10 ]
	has "$stderr" "SPEC: none.spec.in: no such file"
	has "$stderr" "no version 3 of pair; there are: 2.0 2.1~rc1"
	has "$stderr" "XS_COMPRESS=xz: hosts of PROFILE xs9 cannot read such modules"
	has "$stderr" "RPM cannot ask for $K1"
	has "$stderr" "DEFAULT_VERSION 9 is none of those that are built"
	has "$stderr" "MODSIGN_CERT: two.crt is not the certificate of the key one.pem"
	has "$stderr" "GPG_KEY: gpg has no secret key 'nobody@example.com'"
	[ ! -e build ]
}

@test "an expired certificate, a key that is none and one with a passphrase are told apart" {
	check() { run -"$1" --separate-stderr env XS_DDK="$XS_BIN/xs-ddk" "$TOP/rpm/check-settings" DRIVER=a VERSION=1 MODSIGN_KEY="$2" MODSIGN_CERT=old.crt; }
	openssl req -x509 -newkey rsa:2048 -nodes -subj /CN=old -keyout old.pem -out old.crt -days 3650 2>/dev/null
	check 0 old.pem
	check 1 old.crt
	has "$stderr" "MODSIGN_KEY: old.crt: openssl can read no key in it"
	openssl rsa -in old.pem -aes256 -passout pass:secret -out locked.pem 2>/dev/null
	check 1 locked.pem
	has "$stderr" "set KBUILD_SIGN_PIN"
	KBUILD_SIGN_PIN=secret check 0 locked.pem
	openssl req -new -key old.pem -subj /CN=old -out old.csr
	openssl x509 -req -in old.csr -signkey old.pem -days -1 -out old.crt 2>/dev/null
	check 1 old.pem
	has "$stderr" "MODSIGN_CERT: old.crt has expired: notAfter="
}

@test "a program that is missing is named with the package that brings it" {
	local program
	mkdir programs
	cp -s /usr/bin/* /usr/sbin/* programs/ 2>/dev/null || :
	rm -f programs/{xorriso,createrepo_c,rpmbuild,zstd}
	run -1 --separate-stderr env PATH="$PWD/programs" XS_DDK="$XS_BIN/xs-ddk" "$TOP/rpm/check-settings" DRIVER=a VERSION=1 \
		GOALS=build-isos XS_COMPRESS=zst
	for program in xorriso createrepo_c rpmbuild zstd; do
		has "$stderr" "the program $program is missing; install it with: "
	done
	[ "$(wc -l <<<"$stderr")" -eq 4 ]
	# A source package needs fewer of them.
	run -1 --separate-stderr env PATH="$PWD/programs" XS_DDK="$XS_BIN/xs-ddk" "$TOP/rpm/check-settings" DRIVER=a VERSION=1 GOALS=build-srpms
	[ "$(wc -l <<<"$stderr")" -eq 1 ]
}

@test "too little room for temporary files is told before anything is built" {
	mkdir small
	run -1 --separate-stderr own_mounts sh -c 'mount -t tmpfs -o size=1m none small && TMPDIR=small "$@"' sh \
		env XS_DDK="$XS_BIN/xs-ddk" "$TOP/rpm/check-settings" DRIVER=a VERSION=1
	has "$stderr" "small: 1 MiB are free, and building takes up to "
}

@test "a line tells when a package is begun, and one when it is made and how long it took; the last is the disk's path" {
	run -0 --separate-stderr make -s build-isos
	[[ $output == *"building pair-2.0-1.0-1.src.rpm"*"built pair-2.0-1.0-1.src.rpm in "*" s"* ]]
	[[ $output == *"building pair-2.0-modules-"*"built pair-2.0-modules-"*" s"*KERNEL* ]]
	[[ $output == *"building pair.iso"*"built pair.iso in "*" s"* ]]
	[ "${lines[-1]}" = build/isos/pair.iso ]
	# Where nothing is made, nothing is begun.
	run -0 --separate-stderr make -s build-isos
	lacks "$output" building
	[ "${lines[-1]}" = build/isos/pair.iso ]
}

@test "on a terminal a bar tells what is being made, and what is left" {
	run -0 script -qec "$TOP/rpm/progress bar state 4 sh -c '$TOP/rpm/progress step state first true; $TOP/rpm/progress step state second sleep 3'" \
		/dev/null </dev/null
	[[ "$output" =~ '[#####---------------] 1 of 4, '[0-9]+' s: second' ]]
	[[ "$output" =~ 'built second in '[0-9]+' s' ]]
	run -3 "$TOP/rpm/progress" bar state 1 "$TOP/rpm/progress" step state third sh -c 'exit 3'
	[[ "$output" =~ ^'building third'$'\n''failed to build third in '[0-9]+' s'$ ]]
}

@test "make help tells all targets and variables" {
	local name
	run -0 --separate-stderr make -s help
	for name in $(sed -n 's/^\.PHONY: //p' "$TOP/rpm/driver.mk" "$TOP/rpm/disk.mk" | tr ' ' '\n' | grep -v '^[$x]\|FORCE'); do
		has "$output" "$name"
	done
	for name in $(make -s -f - names <<<"$(echo 'VERSIONS := 1'; sed -n '/^xs-variables :=/,/[^\\]$/p' "$TOP/rpm/driver.mk"; printf 'names: ; @echo $(xs-variables)\n')" |
		tr ' ' '\n' | grep -v -e '^XS_KBUILD$' -e '_' -e '\.1$'); do
		has "$output" "$name"
	done
	has "$output" KERNELS_MAY_FAIL
}

@test "a copy of the example works anywhere, and tells how to find a kit that is elsewhere" {
	mkdir ../elsewhere
	tar -C "$TOP/example-driver" --exclude=./build -cf - . | tar -C ../elsewhere -xf -
	run -0 make -s -C ../elsewhere XS_DDK_DIR="$TOP" build-srctarballs
	run -2 --separate-stderr make -s -C ../elsewhere XS_DDK_DIR= build-srctarballs
	has "$stderr" "xs-ddk is not installed; say where it is: make XS_DDK_DIR=DIRECTORY"
}
