# SPDX-License-Identifier: GPL-2.0-only
# What the tests of note/ share: an encoder of records that owes nothing to note/, looks into an ELF
# file, and a directory with a driver's source.

NOTE=$TOP/note
SOURCES=$TOP/tests/note
PATH=$NOTE:$PATH

# text_hex TEXT: its bytes in hex.
text_hex() { printf '%s' "$1" | od -An -v -tx1 | tr -d ' \n'; }

# padded_hex HEX: with zero bytes up to a multiple of four.
padded_hex() {
	local hex=$1
	while ((${#hex} % 8)); do hex+=00; done
	printf '%s' "$hex"
}

# record_hex VERSION [NAMESZ]: the record, little-endian.
record_hex() {
	printf '%02x000000%02x00000001000000' "${2:-10}" $((${#1} + 1))
	padded_hex "$(text_hex XenServer)00"
	padded_hex "$(text_hex "$1")00"
}

# section_hex FILE SECTION: the section's bytes in hex.
section_hex() {
	objcopy --dump-section "$2=$BATS_TEST_TMPDIR/section" "$1" /dev/null
	od -An -v -tx1 "$BATS_TEST_TMPDIR/section" | tr -d ' \n'
}

# section_is FILE SECTION: "TYPE FLAGS ALIGNMENT" of each section of that name.
section_is() {
	readelf -SW "$1" | sed -n 's/^ *\[ *[0-9]*\] //p' |
		awk -v s="$2" '$1 == s { print $2, (NF == 10 ? $7 : "-"), $NF }'
}

# records FILE: how many notes in it have our owner.
records() { readelf -nW "$1" | grep -c '^  XenServer '; }

# has_record FILE VERSION: the file holds the one right record, and no other.
has_record() {
	[ "$(section_is "$1" .note.xenserver)" = "NOTE A 4" ] ||
		fail "$1: .note.xenserver is: $(section_is "$1" .note.xenserver)"
	[ "$(section_hex "$1" .note.xenserver)" = "$(record_hex "$2")" ] ||
		fail "$1: .note.xenserver holds $(section_hex "$1" .note.xenserver), not version $2"
	[ "$(records "$1")" -eq 1 ] || fail "$1: $(records "$1") records"
}

# has_no_record FILE: no section of ours.
has_no_record() {
	[ -z "$(section_is "$1" .note.xenserver)$(section_is "$1" .note.XenServer)" ] ||
		fail "$1: there is a record"
}

# driver LINE...: a new directory $D with the sources, a vendor's Makefile and a Kbuild of these lines.
driver() {
	D=$(mktemp -d "$BATS_TEST_TMPDIR/driver.XXXXXX")
	cp "$SOURCES"/*.[cS] "$D"
	cp "$SOURCES/vendor.mk" "$D/Makefile"
	printf '%s\n' "$@" "ccflags-y += -I$NOTE" "asflags-y += -I$NOTE" >"$D/Kbuild"
	cd "$D" || return
}

# kbuild ARG...: what a driver's Makefile does, for the kernel that one-kernel tests take.
kbuild() { make -s -C "$(kdir "$(a_kernel)")" M="$D" "$@" modules; }

# without_symvers KDIR: links to all of KDIR but Module.symvers, in $BATS_TEST_TMPDIR/kdir.
without_symvers() {
	cp -as "$1/." "$BATS_TEST_TMPDIR/kdir"
	rm "$BATS_TEST_TMPDIR/kdir/Module.symvers"
}

# leftovers: temporary directories that xs-kbuild made for this test and did not remove.
leftovers() { find "$TMPDIR" -mindepth 1 -maxdepth 1 -name 'xs-kbuild.*'; }

# A directory of our own for them, whose path kbuild can work in.
own_tmpdir() {
	export TMPDIR=$BATS_TEST_TMPDIR/tmp
	mkdir -p "$TMPDIR"
}
