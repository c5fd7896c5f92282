#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# What the project promises of itself: installing, building, licenses, format, and a README that is true.

load helpers

setup() {
	cd "$TOP" || return
}

@test "installing into an empty DESTDIR and uninstalling leaves nothing" {
	root=$BATS_TEST_TMPDIR/root
	mkdir "$root"
	make -s install DESTDIR="$root" PREFIX=/opt/kit
	[ -x "$root/opt/kit/bin/xs-ddk" ]
	[ -x "$root/opt/kit/share/xs-ddk/note/xs-kbuild" ]
	[ "$(readlink "$root/opt/kit/bin/xs-kbuild")" = /opt/kit/share/xs-ddk/note/xs-kbuild ]
	[ -z "$(find "$root" ! -path "$root" ! -path "$root/opt*")" ]
	make -s uninstall DESTDIR="$root" PREFIX=/opt/kit
	[ -z "$(find "$root" -mindepth 1)" ]
}

@test "the example driver builds from an installed kit" {
	root=$BATS_TEST_TMPDIR/root
	make -s install DESTDIR="$root" PREFIX=/opt/kit
	make -s -C "$root/opt/kit/share/xs-ddk/example-driver" KERNELS="$(a_kernel)" DRIVER_VERSION=1.0.0
	run -0 xs-ddk verify --version 1.0.0 "$root/opt/kit/share/xs-ddk/example-driver/build"
}

# Compiling is most of the time of these tests, so nothing is optimised.
@test "a directory whose name has spaces does not disturb building or installing; only other flags build anew" {
	work="$BATS_TEST_TMPDIR/a directory"
	git clone -q "$TOP" "$work"
	export CFLAGS=-O0
	make -s -C "$work" all
	run -0 make -C "$work" all
	lacks "$output" " -c "
	make -s -C "$work" install DESTDIR="$work/a root" PREFIX=/usr
	[ -x "$work/a root/usr/bin/xs-ddk" ]
	run -0 make -C "$work" build/obj/elf/note.o CFLAGS=-O1
	has "$output" "-O1"
	run -0 make -n -C "$work" all CFLAGS=-O1
	has "$output" " -c "
}

@test "building leaves nothing in the tree that git does not ignore" {
	work=$BATS_TEST_TMPDIR/clone
	git clone -q "$TOP" "$work"
	make -s -j2 -C "$work" all CFLAGS=-O0
	make -s -C "$work/example-driver" KERNELS="$(a_kernel)"
	[ -z "$(git -C "$work" status --porcelain)" ]
	make -s -C "$work" clean
	[ -z "$(git -C "$work" status --porcelain --ignored)" ]
}

@test "the libraries that are loaded late are those that the build found, whatever their versions" {
	work=$BATS_TEST_TMPDIR/clone
	git clone -q "$TOP" "$work"
	cd "$BATS_TEST_TMPDIR"
	gcc -shared -nostdlib -Wl,-soname,libxml2.so.16 -o libxml2.so -x c /dev/null
	printf '#!/bin/sh\n[ "$1" != --libs ] || echo "-L%s"\nexec pkg-config "$@"\n' "$PWD" >found
	chmod +x found
	make -s -C "$work" PKG_CONFIG="$PWD/found" build/include/late_sonames.h
	[ "$(cut -d ' ' -f 2 "$work/build/include/late_sonames.h" | sort | xargs)" = \
		"LIBARCHIVE_SONAME LIBCRYPTO_SONAME LIBRPMIO_SONAME LIBXML_SONAME" ]
	has "$(cat "$work/build/include/late_sonames.h")" '"libxml2.so.16"'
}

@test "bats builds the programs before the first test, and the sanitizers' build when a test needs it" {
	# Only who is asked to build what is shown here, so a Makefile that notes it is enough.
	cd "$BATS_TEST_TMPDIR"
	mkdir tests
	cp "$TOP"/tests/{setup_suite,helpers}.bash tests/
	# shellcheck disable=SC2016 # for make
	printf 'all:\n\t@echo "all $(SANITIZE)" >>made\n' >Makefile
	printf '%s\n' '@test "1" { :; }' '@test "2" { load helpers; need_sanitizers; }' >tests/a.bats
	env -u XS_BUILT bats tests/a.bats
	[ "$(xargs <made)" = "all all 1" ]
	rm made
	XS_BUILT=1 bats tests/a.bats
	[ ! -e made ]
}

@test "each bats command in CONTRIBUTING.md runs a test" {
	commands=$(sed -nE -e 's/   .*//' -e 's/^(XS_BIN=[^ ]* )?(bats .*)/\2/p' CONTRIBUTING.md)
	[ "$(wc -l <<<"$commands")" -ge 2 ]
	while read -r command; do
		[ "$(eval "bats --count ${command#bats }")" -gt 0 ] || fail "no test: $command"
	done <<<"$commands"
}

@test "NEWS.md tells about the version that the Makefile has, newest first" {
	version=$(sed -n 's/^VERSION := //p' Makefile)
	has "$(cat NEWS.md)" $'\n'"## $version"
	newer=
	for older in $(sed -n 's/^## \([0-9.]*\).*/\1/p' NEWS.md); do
		[ -z "$newer" ] || [ "$(xs-ddk compare "$newer" "$older")" = ">" ]
		newer=$older
	done
	[ -n "$newer" ]
}

@test "help tells every target and variable" {
	run -0 --separate-stderr make help
	[ -z "$stderr" ]
	targets=$(sed -n 's/^\.PHONY: \(.*\) FORCE$/\1/p' Makefile)
	[ "$(wc -w <<<"$targets")" -ge 12 ]
	for target in $targets; do has "$output" "make $target "; done
	variables=$(sed -nE 's/^([A-Z_]+) \?=.*/\1/p; s/.*\$\(if \$\(([A-Z]+)\).*/\1/p' Makefile | sort -u)
	[ "$(wc -w <<<"$variables")" -ge 12 ]
	for variable in $variables CC CPPFLAGS LDFLAGS DESTDIR KERNELS TESTS KDIR_419; do has "$output" "  $variable"; done
}

@test "deps says that all is there, and does nothing then" {
	run -0 --separate-stderr make -s deps
	[ "$output" = "deps: all packages are installed" ]
}

@test "deps tells what is missing and what for, before it installs" {
	mkdir "$BATS_TEST_TMPDIR/kit"
	cp tools/deps "$BATS_TEST_TMPDIR/kit/"
	echo 'no-such-package-here | no-such-package-here | showing this' >"$BATS_TEST_TMPDIR/kit/deps.list"
	run -1 --separate-stderr "$BATS_TEST_TMPDIR/kit/deps" --missing
	[[ $output == *"no-such-package-here"*"showing this"* ]]
}

@test "every file says its license" {
	git ls-files | grep -Ev '^(LICENSE|.*\/README|.*\.md|\.(gitignore|editorconfig|clang-format|shellcheckrc)|tests/fuzz/corpus/.*|.*\.(list|json|csv|txt))$' |
		while read -r file; do
			[ ! -f "$file" ] || head -n 5 "$file" | grep -q 'SPDX-License-Identifier: ' || echo "$file"
		done >"$BATS_TEST_TMPDIR/without"
	[ ! -s "$BATS_TEST_TMPDIR/without" ] || fail "no license line in: $(cat "$BATS_TEST_TMPDIR/without")"
}

@test "what drivers include is under both licenses" {
	for file in $(git ls-files note); do
		has "$(head -n 3 "$file")" "GPL-2.0-only OR BSD-2-Clause"
	done
}

@test "the C sources are formatted" {
	run -0 clang-format --dry-run -Werror tools/*/*.[ch]
}

@test "the shell scripts pass shellcheck" {
	# Some have bytes that are no ASCII, which shellcheck quotes.
	git grep -lIE '^#!.*[/ ](sh|bash|bats)$' | LC_ALL=C.UTF-8 xargs shellcheck -S warning
}

# includes: "FILE INCLUDED" for each include of the project's own, without their suffixes.
includes() {
	(cd "$TOP/tools" && grep -o '^#include "[a-z-]*/[^"]*' ./*/*.[ch]) |
		sed -nE 's|^\./([^:]*)\.[ch]:#include "(.*)\.h$|\1 \2|p' | awk '$1 != $2' | sort -u
}

@test "a directory of tools/ includes only the directories that CONTRIBUTING.md lists for it" {
	includes=$(includes)
	cd "$BATS_TEST_TMPDIR" || return
	printf '%s\n' "$includes" >included
	sed -nE 's/^\| `([a-z-]+)` \| (.*) ?\|$/\1 \2/p' "$TOP/CONTRIBUTING.md" | tr -d '`' >allowed
	[ "$(wc -l <included)" -gt 200 ]
	for directory in "$TOP"/tools/*/*.c; do
		directory=$(basename "$(dirname "$directory")")
		grep -q "^$directory " allowed || fail "CONTRIBUTING.md does not list $directory/"
	done
	awk 'NR == FNR { for (i = 2; i <= NF; i++) may[$1, $i] = 1; next }
		{ split($1, from, "/"); split($2, to, "/") }
		from[1] != to[1] && !((from[1], to[1]) in may) { print $1 " includes " $2 }' allowed included >wrong
	[ ! -s wrong ] || fail "$(cat wrong)"
}

@test "no two files of tools/ include each other, not even through others" {
	includes >"$BATS_TEST_TMPDIR/included"
	run -0 --separate-stderr tsort "$BATS_TEST_TMPDIR/included"
}

@test "no directory of tools/ has over 40 files" {
	for directory in "$TOP"/tools/*/; do
		[ "$(find "$directory" -type f | wc -l)" -le 40 ] || fail "$directory has too many files"
	done
}

@test "README names only files that are there, and stays short" {
	[ "$(wc -l <README.md)" -lt 150 ]
	for path in $(grep -oE '\]\([^)h][^)]*\)|`(note|tools|tests|rpm|example-driver)[a-z./-]*`' README.md | tr -d '](`)'); do
		[ -e "$path" ] || fail "README.md names $path"
	done
}

@test "only the files that draw from the budget call the libraries that unpack or parse XML" {
	local calls='archive_read_(data|open|next|support|append)|inflate\(|lzma_(code|[a-z_]*decod)|ZSTD_decompress|xmlParse|xmlRead'
	run -0 --separate-stderr bash -c "cd '$TOP/tools' && grep -lE '$calls' */*.[ch] | sort"
	[ "$output" = "base/late_library.h"$'\n'"package/archive.c"$'\n'"package/archive.h"$'\n'"package/disk_xml.c"$'\n'"stream/codec.c" ]
}
