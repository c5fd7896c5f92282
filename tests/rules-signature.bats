#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# The rules on the appended signature, with the kernel's own scripts/sign-file.

load helpers
load rules/rules.bash

# key NAME: NAME.pem with a key and NAME.x509, its certificate in DER, as the kernel's build makes them.
key() {
	openssl req -new -x509 -newkey rsa:2048 -nodes -sha256 -days 2 -subj "/CN=$1" -outform DER \
		-keyout "$1.pem" -out "$1.x509" 2>/dev/null
}

setup_file() {
	cd "$BATS_FILE_TMPDIR" || return
	key vendor
	key other
}

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	keys=$BATS_FILE_TMPDIR
	cert=$keys/vendor.x509
	a_module sound.ko
	sign sound.ko signed.ko
}

# sign FILE TARGET [DIGEST]
sign() {
	"$(kdir "$(a_kernel)")/scripts/sign-file" "${3-sha256}" "$keys/vendor.pem" "$cert" "$1" "$2"
}

# The files of a test are called as it likes: the name of the module in them is not what is tested.
verify_options=(--disable path-name)

@test "a missing signature is found when signatures are asked for, and only then" {
	fires signature-missing --require-signature "${verify_options[@]}" sound.ko
	fires signature-missing --cert "$cert" "${verify_options[@]}" sound.ko
	quiet signature-missing "${verify_options[@]}" sound.ko
	quiet signature-missing --require-signature "${verify_options[@]}" signed.ko
}

@test "a signature that strip removed is missing" {
	strip --strip-debug signed.ko
	fires signature-missing --require-signature "${verify_options[@]}" signed.ko
}

@test "a valid signature is quiet, with any digest, with the certificate in DER or PEM" {
	quiet signature-invalid --cert "$cert" "${verify_options[@]}" signed.ko
	sign sound.ko signed.ko sha512
	openssl x509 -inform DER -in "$cert" -out vendor.crt
	quiet signature-invalid --cert vendor.crt "${verify_options[@]}" signed.ko
}

@test "the signature of another key is not valid" {
	fires signature-invalid --cert "$keys/other.x509" "${verify_options[@]}" signed.ko
	has "$found" "made with another key than that of the certificate"
	cat <(openssl x509 -inform DER -in "$keys/other.x509") <(openssl x509 -inform DER -in "$cert") >both.crt
	quiet signature-invalid --cert both.crt "${verify_options[@]}" signed.ko
}

@test "a module changed after it was signed is found" {
	sed -i 's/SMP preempt/SMP PREEMPT/' signed.ko
	fires signature-invalid --cert "$cert" "${verify_options[@]}" signed.ko
	has "$found" "the module was changed after it was signed"
	quiet signature-damaged "${verify_options[@]}" signed.ko
}

@test "a signature whose bytes are none is not valid, and none to show" {
	size=$(stat -c %s sound.ko)
	printf 'garbage' | dd of=signed.ko bs=1 seek="$size" conv=notrunc status=none
	fires signature-invalid --cert "$cert" "${verify_options[@]}" signed.ko
	has "$found" "it is not a CMS message"
}

@test "a marker without a signature is what the kernel refuses" {
	{ cat sound.ko && head -c 12 /dev/zero && echo "~Module signature appended~"; } >m.ko
	fires signature-damaged --disable path-name m.ko
	has "$found" "its id_type is not 2"
	{ cat sound.ko && printf '\0\0\2' && head -c 9 /dev/zero && echo "~Module signature appended~"; } >m.ko
	fires signature-damaged --disable path-name m.ko
	has "$found" "it has the marker but no signature before it"
	quiet signature-damaged "${verify_options[@]}" signed.ko sound.ko
}

@test "a signature that says to be longer than it is is damaged" {
	{ cat sound.ko && printf '\0\0\2\0\0\0\0\0\377\377\377\377' && echo "~Module signature appended~"; } >m.ko
	fires signature-damaged --disable path-name m.ko
	has "$found" "greater than that of the appended bytes"
}

@test "something appended that is no signature is found" {
	{ cat sound.ko && echo "built on a Friday"; } >m.ko
	fires signature-garbage "${verify_options[@]}" m.ko
	has "$found" "18 bytes follow the ELF file"
	head -c -1 signed.ko >m.ko
	fires signature-garbage "${verify_options[@]}" m.ko
	quiet signature-garbage "${verify_options[@]}" signed.ko
}

@test "what a kernel refuses is not valid, and what every kernel takes is: tests/kernels/verdicts" {
	local kind how kernel_says ours wrong=''
	# shellcheck source=tests/kernels/signatures.bash
	. "$TOP/tests/kernels/signatures.bash"
	mkdir keys
	cd keys
	make_keys
	# The module has no vermagic and so on: only its signature counts.
	printf '.section .modinfo, "a"\n.asciz "license=GPL"\n' | as -o plain.ko -
	for how in "${signatures[@]}"; do
		kind=${how%% *}
		kernel_says=$(awk -F'\t' -v kind="$kind" '$1 == kind { for (i = 2; i <= NF; i++) bad = bad || $i != "yes"
			print NF < 2 ? "unknown" : bad ? "refused" : "taken" }' "$TOP/tests/kernels/verdicts")
		# shellcheck disable=SC2086 # words
		make_signed plain.ko m.ko $how 2>/dev/null
		ours=$(xs-ddk verify --json --cert trusted.crt m.ko |
			jq -r 'if any(.findings[]; .rule == "signature-invalid") then "refused" else "taken" end')
		[ "$kernel_says" = "$ours" ] || wrong+="$kind: kernels: $kernel_says, verify: $ours"$'\n'
	done
	[ "${#signatures[@]}" -ge 40 ]
	[ -z "$wrong" ] || fail "$wrong"
}

@test "compressed after signing, the signature is valid still" {
	xz -k signed.ko
	zstd -q signed.ko
	gzip -k signed.ko
	quiet signature-invalid --cert "$cert" "${verify_options[@]}" signed.ko.xz signed.ko.zst signed.ko.gz
}

@test "show names the signer and the digest" {
	run -0 --separate-stderr xs-ddk show signed.ko
	has "$output" "signature:   by /CN=vendor, sha256"
	run -0 --separate-stderr xs-ddk show --json signed.ko
	jq -e '.modules[0].signature == {signer: "/CN=vendor", digest: "sha256"}' <<<"$output"
}

@test "a file that is no certificate is a wrong call" {
	run -2 --separate-stderr xs-ddk verify --cert sound.ko signed.ko
	has "$stderr" "sound.ko: it holds no X.509 certificate"
	run -2 --separate-stderr xs-ddk verify --cert absent signed.ko
	has "$stderr" "absent: the certificate cannot be read"
}

@test "a signed module of a real kbuild is valid for every kernel" {
	for kernel in $(kernels); do
		sign "$(example_module 1.0.0 "$kernel")" xsedu.ko
		quiet signature-invalid --cert "$cert" --require-signature --kernel "$kernel" xsedu.ko
	done
}

@test "signed and unsigned modules of one driver are found, in packages" {
	local right=net-1.0.0-modules-test-$uname
	payload_module net 1.0.0 net
	payload_module net 1.0.0 net_extra
	a_package "$right"
	quiet signature-mixed "$right.rpm"
	sign "payload/lib/modules/$uname/xenserver/net/1.0.0/net.ko" net.ko
	mv net.ko "payload/lib/modules/$uname/xenserver/net/1.0.0/net.ko"
	a_package "$right"
	fires signature-mixed "$right.rpm"
	has "$found" "net_extra.ko: some modules of the driver are signed, and some are not: it is not signed, and $right.rpm!lib/modules/$uname/xenserver/net/1.0.0/net.ko is"
}

@test "modules of one driver and kernel that are signed with two keys are found, in packages" {
	local right=net-1.0.0-modules-test-$uname directory=payload/lib/modules/$uname/xenserver/net/1.0.0
	payload_module net 1.0.0 net
	payload_module net 1.0.0 net_extra
	for module in net net_extra; do
		sign "$directory/$module.ko" "$module.ko"
		cp "$module.ko" "$directory/"
	done
	a_package "$right"
	quiet signature-signers "$right.rpm"
	payload_module net 1.0.0 net_extra
	"$(kdir "$(a_kernel)")/scripts/sign-file" sha256 "$keys/other.pem" "$keys/other.x509" "$directory/net_extra.ko"
	a_package "$right"
	fires signature-signers "$right.rpm"
	has "$found" "it is signed by /CN=other, and $right.rpm!lib/modules/$uname/xenserver/net/1.0.0/net.ko by /CN=vendor"
}
