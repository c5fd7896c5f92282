# SPDX-License-Identifier: GPL-2.0-only
# Module signatures of many kinds, right and wrong: what tests/kernels/record gives to kernels, and the tests give to verify.

# make_keys: keys and certificates in this directory: KEY.pem, KEY.crt and, in DER, KEY.x509.
make_keys() {
	local key
	# shellcheck disable=SC2086 # words
	while read -r key arguments; do
		openssl req -new -x509 -nodes -days 36500 -subj "/CN=$key" -keyout "$key.pem" -out "$key.crt" $arguments \
			2>/dev/null
		openssl x509 -in "$key.crt" -outform DER -out "$key.x509"
	done <<-'END'
		rsa1024 -newkey rsa:1024 -sha256
		rsa2048 -newkey rsa:2048 -sha256
		rsa2560 -newkey rsa:2560 -sha256
		rsa3072 -newkey rsa:3072 -sha256
		rsa4096 -newkey rsa:4096 -sha256
		p192 -newkey ec -pkeyopt ec_paramgen_curve:P-192 -sha256
		p256 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -sha256
		p384 -newkey ec -pkeyopt ec_paramgen_curve:P-384 -sha384
		p521 -newkey ec -pkeyopt ec_paramgen_curve:P-521 -sha512
		secp256k1 -newkey ec -pkeyopt ec_paramgen_curve:secp256k1 -sha256
		stranger -newkey rsa:2048 -sha256
	END
	# The stranger's is not among them.
	cat rsa*.crt p*.crt secp256k1.crt >trusted.crt
}

# shellcheck disable=SC2034 # those who read this file use it
# The kinds. After the name: what the message is made with; "openssl cms -sign" has the options that are there.
signatures=(
	"sha256 cms rsa2048 -md sha256 -noattr -nocerts"
	"sha1 cms rsa2048 -md sha1 -noattr -nocerts"
	"sha224 cms rsa2048 -md sha224 -noattr -nocerts"
	"sha384 cms rsa2048 -md sha384 -noattr -nocerts"
	"sha512 cms rsa2048 -md sha512 -noattr -nocerts"
	"md4 cms rsa2048 -md md4 -noattr -nocerts -provider legacy -provider default"
	"md5 cms rsa2048 -md md5 -noattr -nocerts"
	"ripemd160 cms rsa2048 -md ripemd160 -noattr -nocerts"
	"sha3-256 cms rsa2048 -md sha3-256 -noattr -nocerts"
	"sha512-256 cms rsa2048 -md sha512-256 -noattr -nocerts"
	"key-identifier cms rsa2048 -md sha256 -noattr -nocerts -keyid"
	"own-certificate cms rsa2048 -md sha256 -noattr"
	"attributes cms rsa2048 -md sha256 -nocerts"
	"attributes-no-smime cms rsa2048 -md sha256 -nocerts -nosmimecap"
	"content cms rsa2048 -md sha256 -noattr -nocerts -nodetach"
	"content-and-attributes cms rsa2048 -md sha256 -nocerts -nodetach"
	"content-type cms rsa2048 -md sha256 -noattr -nocerts -econtent_type 1.2.840.113549.1.7.5"
	"content-type-and-attributes cms rsa2048 -md sha256 -nocerts -econtent_type 1.2.840.113549.1.7.5"
	"pss cms rsa2048 -md sha256 -noattr -nocerts -keyopt rsa_padding_mode:pss"
	"stranger cms stranger -md sha256 -noattr -nocerts"
	"stranger-with-certificate cms stranger -md sha256 -noattr"
	"two-signers cms rsa2048 -md sha256 -noattr -nocerts -signer rsa3072.crt -inkey rsa3072.pem"
	"stranger-and-trusted cms stranger -md sha256 -noattr -nocerts -signer rsa2048.crt -inkey rsa2048.pem"
	"trusted-and-stranger cms rsa2048 -md sha256 -noattr -nocerts -signer stranger.crt -inkey stranger.pem"
	"trusted-and-secp256k1 cms rsa2048 -md sha256 -noattr -nocerts -signer secp256k1.crt -inkey secp256k1.pem"
	"rsa1024 cms rsa1024 -md sha256 -noattr -nocerts"
	"rsa2560 cms rsa2560 -md sha256 -noattr -nocerts"
	"rsa3072 cms rsa3072 -md sha256 -noattr -nocerts"
	"rsa4096 cms rsa4096 -md sha512 -noattr -nocerts"
	"p192 cms p192 -md sha256 -noattr -nocerts"
	"p256 cms p256 -md sha256 -noattr -nocerts"
	"p256-sha512 cms p256 -md sha512 -noattr -nocerts"
	"p384 cms p384 -md sha384 -noattr -nocerts"
	"p521 cms p521 -md sha512 -noattr -nocerts"
	"secp256k1 cms secp256k1 -md sha256 -noattr -nocerts"
	"pkcs7 smime"
	"streamed cms rsa2048 -md sha256 -noattr -nocerts -stream -indef"
	"bytes-after after"
	"no-signer degenerate"
	"digested-data digested"
	"changed changed"
	"pem pem"
)

# make_message OUT FILE HOW [KEY OPTION...]: the CMS message about FILE.
make_message() {
	local out=$1 file=$2 how=$3 key=${4-rsa2048}
	shift 3
	case $how in
	cms)
		openssl cms -sign -binary -outform DER -in "$file" -out "$out" -signer "$key.crt" -inkey "$key.pem" "${@:2}"
		;;
	smime)
		openssl smime -sign -binary -outform DER -in "$file" -out "$out" -signer rsa2048.crt -inkey rsa2048.pem \
			-md sha256 -noattr -nocerts
		;;
	after)
		make_message "$out" "$file" cms rsa2048 -md sha256 -noattr -nocerts
		printf 'more' >>"$out"
		;;
	degenerate) openssl crl2pkcs7 -nocrl -certfile rsa2048.crt -outform DER -out "$out" ;;
	digested) openssl cms -digest_create -binary -outform DER -in "$file" -out "$out" -md sha256 ;;
	changed)
		{ cat "$file" && echo; } >"$out.file"
		make_message "$out" "$out.file" cms rsa2048 -md sha256 -noattr -nocerts
		;;
	pem)
		openssl cms -sign -binary -outform PEM -in "$file" -out "$out" -signer rsa2048.crt -inkey rsa2048.pem \
			-md sha256 -noattr -nocerts
		;;
	esac
}

# make_signed FILE OUT NAME HOW...: the module with a signature of that kind, in the directory of the keys.
make_signed() {
	local file=$1 out=$2
	make_message message.der "$file" "${@:4}" || return
	{
		cat "$file" message.der
		# struct module_signature: PKCS#7, and the message's size, big-endian.
		printf '\0\0\2\0\0\0\0\0'
		printf "$(printf '\\x%02x' $(($(stat -c %s message.der) >> 24 & 255)) $(($(stat -c %s message.der) >> 16 & 255)) \
			$(($(stat -c %s message.der) >> 8 & 255)) $(($(stat -c %s message.der) & 255)))"
		printf '~Module signature appended~\n'
	} >"$out"
}
