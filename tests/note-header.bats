#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# xenserver-note.h: what the compilers make of it.

load helpers
load note/note

setup() { cd "$BATS_TEST_TMPDIR" || return; }

# c_file TEXT: a C file that includes the header.
c_file() { printf '#include "xenserver-note.h"\n%s\n' "$1" >note.c; }

# compile COMPILER FILE ARG...: to note.o, as kbuild compiles for a module.
compile() {
	local cc=$1 file=$2
	shift 2
	"$cc" -I"$NOTE" -std=gnu11 -O2 -Wall -Wextra -DMODULE "$@" -c "$file" -o note.o
}

# refuses COMPILER FILE REASON: it does not compile, and the compiler says why.
refuses() {
	run -1 compile "$1" "$2"
	has "$output" "$3"
}

@test "the record has the right bytes, whatever the compiler and its options" {
	c_file 'XENSERVER_NOTE("1.2.3");'
	for cc in gcc clang; do
		for options in -O0 -O2 -Os "-fdata-sections -ffunction-sections" "-g -fno-common" "-fPIC -Werror -std=gnu2x"; do
			# shellcheck disable=SC2086 # several options
			compile $cc note.c $options
			has_record note.o 1.2.3
		done
	done
}

@test "versions of every length up to 63 are padded with zeros to four" {
	for length in 1 2 3 4 5 62 63; do
		version=$(printf '%*s' "$length" '' | tr ' ' 7)
		c_file "XENSERVER_NOTE(\"$version\");"
		for cc in gcc clang; do
			compile $cc note.c
			has_record note.o "$version"
			compile $cc "$SOURCES/record.S" -DNOTE_VERSION="\"$version\""
			has_record note.o "$version"
		done
	done
}

@test "every legal character is accepted" {
	for version in abcdefghijklmnopqrstuvwxyz0123456789 ABCDEFGHIJKLMNOPQRSTUVWXYZ '1._+~@-'; do
		c_file "XENSERVER_NOTE(\"$version\");"
		for cc in gcc clang; do
			compile $cc note.c -Werror
			has_record note.o "$version"
		done
	done
}

@test "the version may be pasted from macros and the semicolon may be missing" {
	c_file 'XENSERVER_NOTE(MAJOR "." MINOR)'
	for cc in gcc clang; do
		compile $cc note.c -DMAJOR='"4"' -DMINOR='"18-rc2"' -Werror
		has_record note.o 4.18-rc2
	done
}

@test "the assembly form gives the same bytes with both assemblers" {
	for cc in gcc clang; do
		compile $cc "$SOURCES/record.S" -DNOTE_VERSION='"1.2.3"'
		has_record note.o 1.2.3
	done
}

@test "a big-endian machine gets its words in its own order" {
	c_file 'XENSERVER_NOTE("1.2.3");'
	big=$(record_hex 1.2.3 | sed 's/^0a000000 *06000000 *01000000/0000000a0000000600000001/')
	compile clang note.c --target=powerpc64-linux-gnu
	[ "$(llvm-readelf -x .note.xenserver note.o | sed -n 's/^0x[0-9a-f]* \(.\{35\}\).*/\1/p' | tr -d ' \n')" = "$big" ]
	compile clang "$SOURCES/record.S" --target=aarch64-linux-gnu -DNOTE_VERSION='"1.2.3"'
	[ "$(llvm-readelf -x .note.xenserver note.o | sed -n 's/^0x[0-9a-f]* \(.\{35\}\).*/\1/p' | tr -d ' \n')" = "$(record_hex 1.2.3)" ]
}

@test "an empty version does not compile" {
	c_file 'XENSERVER_NOTE("");'
	for cc in gcc clang; do
		refuses $cc note.c "XENSERVER_NOTE: the version is empty"
		run -1 compile $cc "$SOURCES/record.S" -DNOTE_VERSION='""'
		has "$output" "XENSERVER_NOTE: the version is empty"
	done
}

@test "a version of 64 bytes does not compile" {
	version=$(printf '%064d' 0)
	c_file "XENSERVER_NOTE(\"$version\");"
	for cc in gcc clang; do
		refuses $cc note.c "XENSERVER_NOTE: the version is longer than 63 bytes"
		run -1 compile $cc "$SOURCES/record.S" -DNOTE_VERSION="\"$version\""
		has "$output" "XENSERVER_NOTE: the version is longer than 63 bytes"
	done
}

@test "a version with a character it may not have does not compile as C" {
	for version in .. .1 -1 ~1 +1 @1 '1 2' 1/2 '1\\' '1\"' '1\n' '1\0002' 1: 1ä "$(printf '%062d' 0)!"; do
		c_file "XENSERVER_NOTE(\"$version\");"
		for cc in gcc clang; do
			refuses $cc note.c XENSERVER_VERSION_HAS_LEGAL_CHARACTERS_ONLY
		done
	done
}

@test "a driver that is built in gets no record, but its version is checked" {
	c_file 'XENSERVER_NOTE("1.2.3");'
	for cc in gcc clang; do
		compile $cc note.c -UMODULE
		has_no_record note.o
		compile $cc "$SOURCES/record.S" -UMODULE
		has_no_record note.o
	done
	c_file 'XENSERVER_NOTE("");'
	run -1 compile gcc note.c -UMODULE
	has "$output" "the version is empty"
}

@test "XENSERVER_NOTE_COMPAT_XS9 adds a section with both forms of the record" {
	c_file 'XENSERVER_NOTE("1.2.3");'
	for cc in gcc clang; do
		for file in note.c "$SOURCES/record.S"; do
			compile $cc "$file" -DXENSERVER_NOTE_COMPAT_XS9 -DNOTE_VERSION='"1.2.3"'
			[ "$(section_hex note.o .note.xenserver)" = "$(record_hex 1.2.3)" ]
			[ "$(section_is note.o .note.XenServer)" = "NOTE A 4" ]
			[ "$(section_hex note.o .note.XenServer)" = "$(record_hex 1.2.3)$(record_hex 1.2.3 9)" ]
		done
	done
}

@test "a second record in one file does not compile and the symbol says why" {
	c_file 'XENSERVER_NOTE("1.2.3"); XENSERVER_NOTE("1.2.3");'
	refuses gcc note.c xenserver_note_allowed_once__by_header_or_by_fragment
	refuses clang note.c xenserver_note_allowed_once__by_header_or_by_fragment
}

@test "records in two files do not link and the symbol says why" {
	c_file 'XENSERVER_NOTE("1.2.3");'
	compile gcc note.c && mv note.o a.o
	compile gcc "$SOURCES/record.S" -DNOTE_VERSION='"1.2.3"' && mv note.o b.o
	for ld in ld ld.lld; do
		run -1 $ld -r -o out.o a.o b.o
		has "$output" xenserver_note_allowed_once__by_header_or_by_fragment
	done
}

@test "the linkers have nothing to say about the fragment's object" {
	compile gcc "$NOTE/xenserver-note.S" -DXS_VERSION='"1.2.3"'
	has_record note.o 1.2.3
	for ld in ld ld.lld; do
		run -0 $ld -r -o out.o note.o
		[ -z "$output" ]
	done
}

@test "link-time optimisation keeps the one record" {
	c_file 'XENSERVER_NOTE("1.2.3");'
	compile gcc note.c -flto
	gcc -r -flto -flinker-output=nolto-rel -nostdlib -o out.o note.o
	has_record out.o 1.2.3
	compile clang note.c -flto
	ld.lld -r -o out.o note.o
	has_record out.o 1.2.3
}

@test "the removal of unused sections keeps the record" {
	c_file 'XENSERVER_NOTE("1.2.3"); int init_module(void); int init_module(void) { return 0; }'
	compile gcc note.c -ffunction-sections -fdata-sections
	for ld in ld ld.lld; do
		$ld -r --gc-sections -e init_module -o out.o note.o
		has_record out.o 1.2.3
	done
}

@test "a program may include the header for its constants and gets nothing else" {
	cat >program.c <<-'EOF'
		#include "xenserver-note.h"
		#include <stdio.h>
		int main(void)
		{
			printf("%s %s %s %d %d %d\n", XENSERVER_NOTE_SECTION, XENSERVER_NOTE_COMPAT_SECTION,
			       XENSERVER_NOTE_OWNER, XENSERVER_NOTE_TYPE, XENSERVER_NOTE_ALIGN, XENSERVER_VERSION_MAX);
			return 0;
		}
	EOF
	gcc -I"$NOTE" -std=c11 -Wall -Wextra -Wpedantic -Werror -o program program.c
	run -0 ./program
	[ "$output" = ".note.xenserver .note.XenServer XenServer 1 4 63" ]
	has_no_record program
}
