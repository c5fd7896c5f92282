#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# The rules on RPM packages, made by the real rpmbuild.

load helpers
load rules/rules.bash

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	# rpmbuild takes one dash at most in a version that is required.
	uname=4.19.0+1
	kernel_need="Requires: kernel-uname-r = $uname"
	right=net-1.0.0-modules-test-$uname
	payload_module net 1.0.0 net
}

# right_package [SPEC-LINE...]: a package of modules as it should be, but for the lines.
right_package() {
	a_package "$right" "$kernel_need" "$@"
}

@test "a package as it should be is quiet, for every profile" {
	right_package "%post" "depmod $uname"
	for rule in package-path package-name package-version package-kernel-missing package-kernel-wrong package-rpmlib \
		package-scriptlet package-command package-conflict; do
		quiet "$rule" "$right.rpm"
	done
	for profile in generic xs8 xs9 el9; do
		quiet package-kernel-missing --profile "$profile" "$right.rpm"
	done
}

@test "a module in a package is judged as any other" {
	version=- payload_module net 1.0.0 net
	right_package
	fires note-missing "$right.rpm"
	has "$found" "$right.rpm!lib/modules/$uname/xenserver/net/1.0.0/net.ko: "
	version=1.0.1 payload_module net 1.0.0 net
	right_package
	fires path-version "$right.rpm"
}

@test "files where a package of modules must not put any are found" {
	mkdir -p "payload/lib/modules/$uname/kernel/drivers" payload/usr/bin
	a_module "payload/lib/modules/$uname/kernel/drivers/net.ko"
	right_package
	fires package-path "$right.rpm"
	has "$found" "it has /lib/modules/$uname/kernel/drivers/net.ko, which a package of modules must not have"
	touch payload/usr/bin/tool
	right_package
	fires package-path "$right.rpm"
	has "$found" "and 1 more"
}

@test "a data package may have configuration, firmware and documentation, and nothing else" {
	rm -r payload
	mkdir -p payload/etc/udev/rules.d payload/lib/firmware payload/usr/share/doc/net
	touch payload/etc/udev/rules.d/net.rules payload/lib/firmware/net.bin payload/usr/share/doc/net/README
	a_package net-data
	quiet package-path net-data.rpm
	mkdir -p payload/usr/bin
	touch payload/usr/bin/tool
	a_package net-data
	fires package-path net-data.rpm
	has "$found" "it has /usr/bin/tool, which a package of data must not have"
}

@test "the package xs-driver-static may have its programs, and no other" {
	rm -r payload
	mkdir -p payload/usr/sbin payload/usr/bin payload/usr/share/man/man8
	touch payload/usr/sbin/{xs-driver,driver-tool} payload/usr/bin/xs-ddk payload/usr/share/man/man8/xs-driver.8
	a_package xs-driver-static
	quiet package-path xs-driver-static.rpm
	a_package other-static
	fires package-path other-static.rpm
	touch payload/usr/sbin/xs-driver-2
	a_package xs-driver-static
	fires package-path xs-driver-static.rpm
	has "$found" "it has /usr/sbin/xs-driver-2, which a package of xs-driver must not have"
}

@test "a name that does not say driver, version and kernel is found" {
	for name in net-modules "net-1.0.1-modules-test-$uname" "net-1.0.0-modules-test-4.19.0+2"; do
		a_package "$name" "$kernel_need"
		fires package-name "$name.rpm"
		has "$found" "expected net-1.0.0-modules-<flavour>-$uname"
	done
}

@test "characters that RPM names cannot have are spelt" {
	rm -r payload
	payload_module net 1.0~rc1@a net
	a_package "net-1.0_tilde_rc1_at_a-modules-test-$uname" "$kernel_need"
	quiet package-name "net-1.0_tilde_rc1_at_a-modules-test-$uname.rpm"
}

@test "a version that is the driver's and no count of packagings is found" {
	rpm_version=1.0.0rc1 right_package
	fires package-version "$right.rpm"
	has "$found" "it is 1.0.0rc1-1"
}

@test "a package that does not ask for its kernel is found, where its profile has something to ask for" {
	a_package "$right"
	fires package-kernel-missing --profile xs9 "$right.rpm"
	has "$found" "expected kernel-uname-r = $uname"
	fires package-kernel-missing --profile el9 "$right.rpm"
	quiet package-kernel-missing "$right.rpm"
	quiet package-kernel-missing --profile xs8 "$right.rpm"
	a_package "$right" "Requires: kernel(printk) = 0x12345678"
	quiet package-kernel-missing --profile el9 "$right.rpm"
}

@test "a package that asks for another kernel, or for CRCs that nobody provides, is found" {
	a_package "$right" "Requires: kernel-uname-r = 4.19.0+2"
	fires package-kernel-wrong "$right.rpm"
	has "$found" "it requires kernel-uname-r = 4.19.0+2, expected = $uname"
	a_package "$right" "Requires: kernel-uname-r >= $uname"
	fires package-kernel-wrong "$right.rpm"
	right_package "Requires: kernel(printk) = 0x12345678"
	fires package-kernel-wrong --profile xs8 "$right.rpm"
	has "$found" "it requires kernel(printk), which no kernel package of xs8 provides"
	quiet package-kernel-wrong --profile el9 "$right.rpm"
}

@test "what the target's rpm cannot digest is found" {
	right_package "Requires: (other if net)"
	fires package-rpmlib --profile xs8 "$right.rpm"
	has "$found" "it needs rpmlib(RichDependencies), which the rpm 4.11 of xs8 lacks"
	quiet package-rpmlib --profile el9 "$right.rpm"
	quiet package-rpmlib "$right.rpm"
}

@test "a zstd payload is too new for xs8" {
	payload=w3.zstdio right_package
	fires package-rpmlib --profile xs8 "$right.rpm"
	has "$found" "it needs rpmlib(PayloadIsZstd)"
}

@test "a scriptlet that is no correct shell is found with its line, and none is run" {
	right_package "%post" "touch '$PWD/ran'" "fi" "%preun" "for x in a; do echo \$x; done"
	fires package-scriptlet "$right.rpm"
	has "$found" "%post, line 2: /bin/sh -n says: "
	right_package "%post" "touch '$PWD/ran'" "%preun" "for x in a; do echo"
	fires package-scriptlet "$right.rpm"
	has "$found" "%preun: a quotation, a command or a block is not closed at its end"
	[ ! -e ran ]
	right_package "%post" "touch '$PWD/ran'" "%preun" "# nothing"
	quiet package-scriptlet "$right.rpm"
	[ ! -e ran ]
}

@test "one scriptlet does not end what another leaves open" {
	# shellcheck disable=SC2016 # scripts, not ours to expand
	for open in "if true; then" "echo 'a" 'echo "a' 'echo `a' 'echo $(a' 'case x in a) echo "a'; do
		right_package "%post" "$open" "%preun" "$open"
		fires package-scriptlet "$right.rpm"
	done
	right_package "%post" "if true; then" "%preun" "fi"
	fires package-scriptlet "$right.rpm"
}

@test "thousands of scriptlets are checked by one process" {
	for n in {1..2000}; do
		echo "%triggerin -- p$n"
		echo "echo $n"
	done >triggers
	right_package "$(cat triggers)"
	# LeakSanitizer cannot look at a process that is traced.
	ASAN_OPTIONS=detect_leaks=0 run -0 --separate-stderr strace -f -qq -e trace=execve -e signal=none -o calls "$(command -v xs-ddk)" verify "$right.rpm"
	[ "$(grep -c 'execve("/bin/sh"' calls)" -eq 1 ]
	[ "$(grep -c 'execve(' calls)" -eq 2 ]
}

@test "the search for commands takes time in proportion to a scriptlet's size" {
	right_package "%post" "echo $(printf '/rpm;%.0s' {1..50000})"
	ulimit -t 3
	fires package-command "$right.rpm"
	has "$found" "%post runs rpm"
}

@test "a scriptlet for bash is judged by bash" {
	right_package "%post -p /bin/bash" "a=(1 2); [[ \${a[0]} == 1 ]]"
	quiet package-scriptlet "$right.rpm"
	right_package "%post" "a=(1 2)"
	[ "$(readlink -f /bin/sh)" = "$(readlink -f /bin/bash)" ] || fires package-scriptlet "$right.rpm"
}

@test "a scriptlet that runs what a minimal host lacks is found" {
	right_package "%post" "x=1 python3 -c 'print()' && echo done" "if ! perl -v; then wget x; fi"
	fires package-command "$right.rpm"
	for name in python3 perl wget; do
		has "$found" "%post runs $name: "
	done
	[ "$(wc -l <<<"$found")" -eq 3 ]
}

@test "a scriptlet that ends in a backslash or within a quote is read to its end" {
	# shellcheck disable=SC2016 # scripts, not ours to expand
	for last in "echo \\" 'echo "jq' "echo 'jq" "cat <<END" 'echo $(' 'echo `' "case x in jq)"; do
		right_package "%post -p /usr/bin/bash" "$last"
		run -0 --separate-stderr timeout 20 xs-ddk verify --disable package-scriptlet "$right.rpm"
	done
}

@test "words, comments, texts and guarded commands are not taken for commands" {
	right_package "%post" "# python3 x" "echo python3 'perl;' \"git; wget\"" "cat <<END" "make all" "END" \
		"case \$1 in" "jq) depmod ;;" "esac" "command -v dkms && dkms status" \
		"[ ! -x /usr/bin/curl ] || /usr/bin/curl x"
	quiet package-command "$right.rpm"
}

@test "a scriptlet for another interpreter is found, lua is rpm's own" {
	right_package "%post -p /usr/bin/python3" "print(1)"
	fires package-command "$right.rpm"
	has "$found" "%post is run by /usr/bin/python3, expected /bin/sh"
	right_package "%post -p <lua>" "print(1)"
	quiet package-command "$right.rpm"
}

# flip_bit FILE OFFSET: a copy of the file as broken.rpm, with one bit of that byte changed.
flip_bit() {
	local byte
	byte=$(od -An -tu1 -j "$2" -N 1 "$1")
	cp "$1" broken.rpm
	# shellcheck disable=SC2059 # the format is the byte
	printf "\\x$(printf %02x $((byte ^ 1)))" | dd of=broken.rpm bs=1 seek="$2" conv=notrunc status=none
}

@test "a flipped bit in the header or the payload of a package is found, by each digest that there is" {
	local size
	right_package "%post" "true"
	quiet package-digest "$right.rpm"
	size=$(stat -c %s "$right.rpm")
	# In the scriptlet, which nothing else would find.
	flip_bit "$right.rpm" "$(grep -abo 'true' "$right.rpm" | head -n 1 | cut -d: -f1)"
	fires package-digest broken.rpm
	has "$found" "the digest of its header does not match"
	flip_bit "$right.rpm" $((size - 1))
	run -1 --separate-stderr xs-ddk verify --json broken.rpm
	has "$output" "the digest of its payload does not match"
	# A tag of the signature header made unknown: the digest with this tag is gone. 269, 273: of the header.
	cp "$right.rpm" bare.rpm
	for tag in 0000010d 00000111; do
		LC_ALL=C sed -i "s/\x${tag:0:2}\x${tag:2:2}\x${tag:4:2}\x${tag:6:2}\x00\x00\x00\x06/\x00\x00\x7f\xff\x00\x00\x00\x06/" bare.rpm
	done
	fires package-digest bare.rpm
	has "$found" "it has no digest of its header"
}

# without TAG... FILE: makes these tags unknown, and then the digests in the signature header right again.
without() {
	python3 - "$@" <<'END'
import hashlib, struct, sys
path, tags = sys.argv[-1], [int(tag) for tag in sys.argv[1:-1]]
b = bytearray(open(path, "rb").read())
def header(at):
    entries, store = struct.unpack_from(">II", b, at + 8)
    return range(at + 16, at + 16 + 16 * entries, 16), at + 16 + 16 * entries, at + 16 + 16 * entries + store
signature, store, end = header(96)
main = end + -end % 8
for entry in list(signature) + list(header(main)[0]):
    if struct.unpack_from(">I", b, entry)[0] in tags:
        struct.pack_into(">I", b, entry, 0x7fff)
header_bytes, all_bytes = b[main:header(main)[2]], b[main:]
right = {269: hashlib.sha1(header_bytes).hexdigest().encode(), 273: hashlib.sha256(header_bytes).hexdigest().encode(),
         1004: hashlib.md5(all_bytes).digest()}
for entry in signature:
    tag, _, offset, _ = struct.unpack_from(">IIII", b, entry)
    if tag in right:
        b[store + offset:store + offset + len(right[tag])] = right[tag]
open(path, "wb").write(b)
END
}

@test "each digest of a package finds a flipped bit by itself: SHA-256 and SHA-1, of the payload SHA-256 and MD5" {
	local hidden size
	right_package "%post" "true"
	size=$(stat -c %s "$right.rpm")
	# 273 and 269: SHA-256 and SHA-1 of the header. 5092: SHA-256 of the payload. 1004: MD5 of both.
	for hidden in '269 1004' '273 1004'; do
		cp "$right.rpm" one.rpm
		# shellcheck disable=SC2086 # two tags
		without $hidden one.rpm
		quiet package-digest one.rpm
		flip_bit one.rpm "$(grep -abo 'true' one.rpm | head -n 1 | cut -d: -f1)"
		fires package-digest broken.rpm
		has "$found" "the digest of its header does not match"
	done
	cp "$right.rpm" one.rpm
	without 1004 one.rpm
	flip_bit one.rpm $((size - 1))
	run -1 --separate-stderr xs-ddk verify --json broken.rpm
	has "$output" "the digest of its payload does not match"
	cp "$right.rpm" one.rpm
	without 5092 one.rpm
	quiet package-digest one.rpm
	flip_bit one.rpm $((size - 1))
	run -1 --separate-stderr xs-ddk verify --json broken.rpm
	has "$output" "the digest of its header and payload does not match"
	without 5092 1004 one.rpm
	fires package-digest one.rpm
	has "$found" "it has no digest of its payload"
}

@test "two packages with one name, version and release and different files are found" {
	right_package
	mkdir first
	cp "$right.rpm" first/
	quiet package-same-name first "$right.rpm"
	version=1.0.0 payload_module net 1.0.0 net 'info "author=somebody"'
	right_package
	fires package-same-name first "$right.rpm"
	rpm_release=2 right_package
	quiet package-same-name first "$right.rpm"
}

# a_key NAME [EXPIRES]: an OpenPGP key, and its public part as NAME.asc and NAME.bin.
a_key() {
	export GNUPGHOME=$PWD/gnupg
	mkdir -p -m 700 gnupg
	gpg --batch --quiet --passphrase '' --quick-generate-key "$1@example.com" rsa2048 sign "${2:-never}"
	gpg --armor --export "$1@example.com" >"$1.asc"
	gpg --export "$1@example.com" >"$1.bin"
}

# signed_by NAME FILE [OPTION...]: a copy of the package net-data.rpm, signed with that key.
signed_by() {
	local name=$1 file=$2
	shift 2
	cp net-data.rpm "$file"
	rpmsign --define '__gpg /usr/bin/gpg' --define "_gpg_name $name@example.com" "$@" --addsign "$file" >&2
}

# a_data_package: net-data.rpm, without a signature.
a_data_package() {
	rm -r payload
	mkdir -p payload/etc
	touch payload/etc/net.conf
	a_package net-data
}

# rpm_says STATUS KEY FILE: what rpm says of the package, where it knows that key and no other.
rpm_says() {
	rm -rf db
	rpmkeys --dbpath "$PWD/db" --import "$2"
	run "-$1" rpmkeys --dbpath "$PWD/db" --define '_pkgverify_level all' -K "$3"
}

@test "an unsigned package is found when signatures are asked for" {
	a_data_package
	fires package-unsigned --require-signature net-data.rpm
	a_key ours
	signed_by ours signed.rpm
	gpgconf --kill all
	quiet package-unsigned --require-signature --rpm-key ours.asc signed.rpm
}

@test "a package's signatures are checked with the keys given, and rpm says the same" {
	a_data_package
	a_key ours
	a_key other
	cat other.asc ours.asc >both.asc
	cat ours.bin other.bin >both.bin
	signed_by ours header.rpm
	signed_by ours both.rpm --rpmv3
	signed_by other other.rpm
	gpgconf --kill all
	for package in header both; do
		rpm_says 0 ours.asc $package.rpm
		for key in ours.asc ours.bin both.asc both.bin; do
			quiet package-signature-invalid --rpm-key "$key" $package.rpm
			run -0 --separate-stderr xs-ddk verify --strict --require-signature --rpm-key "$key" $package.rpm
		done
		quiet package-signature-invalid --rpm-key other.asc --rpm-key ours.asc $package.rpm
		rpm_says 1 other.asc $package.rpm
		fires package-signature-invalid --rpm-key other.asc $package.rpm
		has "$found" "V4 RSA/SHA512 Signature, key ID"
		has "$found" "none of the keys given"
	done
	fires package-signature-invalid --rpm-key ours.asc other.rpm
	rpm_says 1 ours.asc net-data.rpm
	fires package-unsigned --rpm-key ours.asc net-data.rpm
	run -0 --separate-stderr xs-ddk show --rpm-key ours.asc both.rpm
	[ "$(grep -c 'yes, valid: V4 RSA/SHA512 Signature, key ID [0-9a-f]*$' <<<"$output")" = 2 ]
	run -0 --separate-stderr xs-ddk show --json --rpm-key ours.asc other.rpm
	[ "$(jq -c '.packages[0] | [.signed, .signatures[0].state]' <<<"$output")" = '[true,"no key"]' ]
}

@test "a signature is found that is for other bytes, damaged, or of an expired key where rpm says so too" {
	local at
	a_data_package
	a_key ours
	signed_by ours header.rpm
	signed_by ours both.rpm --rpmv3
	gpg --batch --quiet --faked-system-time 20200101T000000! --passphrase '' \
		--quick-generate-key late@example.com rsa2048 sign 2020-02-01
	gpg --armor --export late@example.com >late.asc
	signed_by ours late.rpm --define '_gpg_name late@example.com' \
		--define '_gpg_sign_cmd_extra_args --faked-system-time 20200102T000000!'
	gpgconf --kill all
	# The first byte of the description is in the header, and no digest is asked: only the signature finds it.
	flip_bit header.rpm "$(grep -abo '/etc/' header.rpm | head -n 1 | cut -d: -f1)"
	rpm_says 1 ours.asc broken.rpm
	fires package-signature-invalid --rpm-key ours.asc --disable package-digest broken.rpm
	has "$found" "of its header: it is for other bytes"
	flip_bit both.rpm $(($(stat -c %s both.rpm) - 1))
	rpm_says 1 ours.asc broken.rpm
	fires package-signature-invalid --rpm-key ours.asc --disable package-digest broken.rpm
	has "$found" "of its header and payload: it is for other bytes"
	# The packet of the signature begins with 89, its type and the size of its length.
	at=$(LC_ALL=C grep -abobP '\x89\x02?\x01[\x00-\xff]\x04\x00\x01' header.rpm | head -n 1 | cut -d: -f1)
	flip_bit header.rpm "$at"
	rpm_says 1 ours.asc broken.rpm
	fires package-signature-damaged broken.rpm
	run -0 --separate-stderr xs-ddk show broken.rpm
	has "$output" "signed:      no, damaged: a signature that librpm cannot read"
	quiet package-signature-damaged header.rpm
	rm -rf db
	rpmkeys --dbpath "$PWD/db" --import late.asc
	if rpmkeys --dbpath "$PWD/db" -K late.rpm; then
		quiet package-signature-invalid --rpm-key late.asc late.rpm
	else
		fires package-signature-invalid --rpm-key late.asc late.rpm
	fi
}

@test "without a key, a required signature of a package is not called checked" {
	a_data_package
	a_key ours
	signed_by ours signed.rpm
	gpgconf --kill all
	fires package-signature-unchecked --require-signature signed.rpm
	quiet package-signature-unchecked --require-signature --rpm-key ours.asc signed.rpm
	quiet package-signature-unchecked signed.rpm
	run -0 --separate-stderr xs-ddk show signed.rpm
	has "$output" "signed:      yes, not checked: V4 RSA/SHA512 Signature, key ID"
	echo none >none.asc
	mkfifo fifo
	run -2 --separate-stderr xs-ddk verify --rpm-key none.asc signed.rpm
	has "$stderr" "--rpm-key none.asc: it has no OpenPGP public key"
	run -2 --separate-stderr xs-ddk verify --rpm-key gone.asc signed.rpm
	has "$stderr" "--rpm-key gone.asc: No such file or directory"
	run -2 --separate-stderr timeout 10 xs-ddk verify --rpm-key fifo signed.rpm
	has "$stderr" "--rpm-key fifo: it is not a regular file"
}

@test "two packages that own one file are found, unless it is the same, or they are one package" {
	rm -r payload
	mkdir -p payload/etc
	echo a >payload/etc/net.conf
	a_package a-data
	a_package b-data
	quiet package-conflict a-data.rpm b-data.rpm
	cp a-data.rpm old.rpm
	echo b >payload/etc/net.conf
	a_package b-data
	fires package-conflict a-data.rpm b-data.rpm
	has "$found" "b-data.rpm: "
	has "$found" "/etc/net.conf is also in a-data, with different content"
	rpm_release=2 a_package a-data
	quiet package-conflict a-data.rpm old.rpm
}

@test "debugging information in a packaged module is found, in a build it is not" {
	kernel=$(a_kernel)
	module=$(example_module 1.0.0 "$kernel")
	rm -r payload
	uname=$kernel payload_module xsedu 1.0.0 xsedu
	cp "$module" "payload/lib/modules/$kernel/xenserver/xsedu/1.0.0/"
	xs-ddk info --driver xsedu --version 1.0.0 "$module" >"payload/lib/modules/$kernel/xenserver/xsedu/1.0.0/info.json"
	name=xsedu-1.0.0-modules-test-$kernel
	a_package "$name"
	fires module-debug "$name.rpm"
	strip --strip-debug "payload/lib/modules/$kernel/xenserver/xsedu/1.0.0/xsedu.ko"
	a_package "$name"
	quiet module-debug "$name.rpm"
	quiet module-debug "$module"
}

@test "a package of modules without depmod's line is found, whichever package brings it" {
	rm payload/etc/depmod.d/xs-ddk.conf
	right_package
	fires depmod-exclude "$right.rpm"
	mkdir -p modules/etc/depmod.d
	mv payload keep
	mv modules payload
	echo "exclude xenserver" >payload/etc/depmod.d/net.conf
	a_package net-data
	quiet depmod-exclude "$right.rpm" net-data.rpm
}

@test "a package of debugging information is no package of modules" {
	mkdir -p payload/usr/lib/debug
	mv payload/lib payload/usr/lib/debug/
	mv "payload/usr/lib/debug/lib/modules/$uname/xenserver/net/1.0.0/net.ko" \
		"payload/usr/lib/debug/lib/modules/$uname/xenserver/net/1.0.0/net.ko.debug"
	a_package "$right-debuginfo"
	quiet hierarchy-foreign "$right-debuginfo.rpm"
}

@test "firmware of a packaged module is looked for in the packages given" {
	payload_module net 1.0.0 net 'info "firmware=net.bin"'
	right_package
	fires firmware-missing "$right.rpm"
	has "$found" "net.bin is in none of the packages"
	mv payload keep
	mkdir -p payload/lib/firmware
	touch payload/lib/firmware/net.bin.xz
	a_package net-data
	quiet firmware-missing "$right.rpm" net-data.rpm
}

@test "show tells what a package is, needs and owns" {
	right_package
	run -0 --separate-stderr xs-ddk show "$right.rpm"
	has "$output" "package:     $right-1.0-1."
	has "$output" "signed:      no"
	has "$output" "requires:    /bin/sh"$'\n'"             kernel-uname-r = $uname"
	has "$output" "/etc/depmod.d/xs-ddk.conf"
	has "$output" "version:     1.0.0"
	run -0 --separate-stderr xs-ddk show --json "$right.rpm"
	jq -e '(.packages | length) == 1 and (.modules | length) == 1 and .packages[0].compressor == "gzip"' <<<"$output"
}

@test "a source package is not asked for paths, names and kernels" {
	right_package
	rpmbuild -bs --quiet --nodeps --define "_topdir $PWD/rpmbuild" --define "_srcrpmdir $PWD" package.spec >&2
	run -0 --separate-stderr xs-ddk verify --json --profile xs8 ./*.src.rpm
	[ "$(jq '.findings | length' <<<"$output")" -eq 0 ]
}

@test "a scriptlet that restarts the host or its services is found, even if it asks whether the command exists" {
	right_package "%post" "depmod $uname"
	quiet package-action "$right.rpm"
	right_package "%post" "depmod $uname" "if command -v systemctl; then systemctl restart xapi; fi"
	fires package-action "$right.rpm"
	has "$found" "%post runs systemctl"
	right_package "%postun" "sync; reboot"
	fires package-action "$right.rpm"
	has "$found" "%postun runs reboot"
	right_package "%post" "echo please reboot"
	quiet package-action "$right.rpm"
}

@test "a file that nobody may read is found" {
	chmod 200 "payload/lib/modules/$uname/xenserver/net/1.0.0/net.ko"
	right_package
	fires package-mode "$right.rpm"
	has "$found" "the mode of /lib/modules/$uname/xenserver/net/1.0.0/net.ko is 0200"
	chmod 400 "payload/lib/modules/$uname/xenserver/net/1.0.0/net.ko"
	right_package
	quiet package-mode "$right.rpm"
}

@test "a version that is not packaged for a kernel of another version is found" {
	local v u
	for v in 1.0.0 1.1.0; do
		for u in 4.19.0+1 4.19.0+2; do
			rm -rf payload
			uname=$u payload_module net $v net "info \"version=$v\""
			a_package "net-$v-modules-test-$u"
		done
	done
	quiet matrix-gap net-*.rpm
	rm "net-1.1.0-modules-test-4.19.0+1.rpm"
	fires matrix-gap net-*.rpm
	has "$found" "net 1.1.0 is not there for 4.19.0+1; there are 2 versions for 2 kernels"
	rm "net-1.1.0-modules-test-4.19.0+2.rpm"
	quiet matrix-gap net-*.rpm
	# Another driver may be for other kernels.
	rm -rf payload
	uname=4.19.0+3 payload_module disk 1.0.0 disk
	a_package "disk-1.0.0-modules-test-4.19.0+3"
	quiet matrix-gap net-*.rpm disk-*.rpm
}

@test "a package of modules whose scriptlets never run depmod is found" {
	depmod=- right_package
	fires package-depmod "$right.rpm"
	depmod=- right_package "%postun" "depmod $uname"
	fires package-depmod "$right.rpm"
	depmod=- right_package "%post" "# depmod is run by somebody else"
	fires package-depmod "$right.rpm"
	for scriptlet in "/sbin/depmod -a $uname" "[ -x /sbin/weak-modules ] && echo x | /sbin/weak-modules --add-modules"; do
		depmod=- right_package "%post" "$scriptlet"
		quiet package-depmod "$right.rpm"
	done
	depmod=- right_package "%posttrans -p <lua>" "os.execute('depmod $uname')"
	quiet package-depmod "$right.rpm"
	# A data package has no modules.
	rm -r payload
	mkdir -p payload/lib/firmware
	touch payload/lib/firmware/net.bin
	depmod=- a_package net-data
	quiet package-depmod net-data.rpm
}

@test "a package that replaces or excludes another version of its driver is found" {
	right_package "Obsoletes: net-0.9.0-modules-test-$uname < 2"
	fires package-excludes "$right.rpm"
	has "$found" "it obsoletes net-0.9.0-modules-test-$uname 2"
	right_package "Conflicts: net-modules < 1.0.0"
	fires package-excludes "$right.rpm"
	has "$found" "it conflicts with net-modules 1.0.0"
	right_package "Conflicts: net-2.0-modules-test-$uname"
	fires package-excludes "$right.rpm"
	# An old package of another scheme, another driver, and an older packaging of itself.
	right_package "Obsoletes: net-modules < 1.0.0" "Obsoletes: kmod-net" "Conflicts: network-1-modules-test-$uname" \
		"Obsoletes: $right < 0.5"
	quiet package-excludes "$right.rpm"
}

@test "a packaged link that selects a version is found, in whatever form" {
	local lib=payload/lib/modules/$uname version=xenserver/net/1.0.0/net.ko
	selection_found() {
		right_package
		fires package-selection "$right.rpm"
		has "$found" "$1"
		rm -rf "$lib/updates" "$lib/extra" "$lib/kernel"
	}
	mkdir "$lib/updates"
	ln -s "../$version" "$lib/updates/net.ko"
	selection_found "it has /lib/modules/$uname/updates/net.ko, a link to a version"
	mkdir "$lib/updates"
	ln -s "/lib/modules/$uname/$version" "$lib/updates/net.ko"
	selection_found "a link to a version"
	mkdir -p "$lib/updates/deep"
	ln -s "/usr/lib/modules/other/../$uname/./$version" "$lib/updates/deep/other.ko"
	selection_found "updates/deep/other.ko, a link to a version"
	ln -s xenserver/net/1.0.0 "$lib/updates"
	selection_found "/updates, a link to a version"
	mkdir -p "$lib/extra"
	cp "$lib/$version" "$lib/extra/net.ko"
	selection_found "extra/net.ko, a copy of a module of a version"
	mkdir "$lib/updates"
	ln "$lib/$version" "$lib/updates/net.ko"
	selection_found "updates/net.ko, a copy of a module of a version"
	mkdir "$lib/updates"
	touch "$lib/updates/other.ko"
	ghost=/lib/modules/$uname/updates/other.ko selection_found "updates/other.ko, a file that is not in the package (%ghost)"
}

@test "files beside the versions that select none are no selection" {
	local lib=payload/lib/modules/$uname
	mkdir -p "$lib/unselected/xenserver/net/1.0.0"
	ln -s /dev/null "$lib/unselected/xenserver/net/1.0.0/net.ko"
	right_package
	quiet package-selection "$right.rpm"
}

@test "a disk that has a part of a module's firmware, and lacks another, is found" {
	# disk_of PACKAGE...: the disk of these packages, as the directory disk.
	disk_of() {
		rm -rf out disk
		mkdir out
		XS_DDK=$XS_BIN/xs-ddk SOURCE_DATE_EPOCH=1700000000 "$TOP/rpm/make-disk" --label some --version 1 --vendor test \
			--vendor-code test --text test --product-version 8.2.1 --output out --tree --no-verify "$@" >&2
		mv out/some disk
	}
	payload_module net 1.0.0 net 'info "firmware=a.bin"' 'info "firmware=b.bin"'
	right_package
	rm -r payload
	mkdir -p payload/lib/firmware
	touch payload/lib/firmware/a.bin
	a_package net-data "BuildArch: noarch"
	disk_of "$right.rpm" net-data.rpm
	fires firmware-incomplete disk
	has "$found" "lacks a file that a module of it needs: b.bin"
	# Packages that are on no disk may be only a part of what there is.
	fires firmware-missing "$right.rpm" net-data.rpm
	disk_of "$right.rpm"
	fires firmware-missing disk
	touch payload/lib/firmware/b.bin
	a_package net-data "BuildArch: noarch"
	disk_of "$right.rpm" net-data.rpm
	quiet firmware-incomplete disk
}
