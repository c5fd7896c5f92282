#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# Builds with ccache: never the record of another version, and what need not be compiled is not.

load rpm/helpers

setup() {
	export CCACHE_DIR=$BATS_TEST_TMPDIR/ccache
	cd "$BATS_TEST_TMPDIR" || return
}

# hits, misses: how many compilations ccache had a result for, and how many it had none for.
hits() { ccache --print-stats | awk '$1 ~ /^(direct|preprocessed)_cache_hit$/ { n += $2 } END { print n + 0 }'; }
misses() { ccache --print-stats | awk '$1 == "cache_miss" { print $2 }'; }

# build VERSION: the example driver, with that record.
build() {
	"$TOP/note/xs-kbuild" --version "$1" --kernel "$K1" -- make -s -j4 -C {kdir} M="$PWD/driver" CC="ccache gcc-12" modules
}

@test "a second version is not compiled again, only its record is made, and each version has its own" {
	local version
	cp -r "$TOP/example-driver" driver
	rm -rf driver/build
	mkdir results
	for version in 1.0.0 2.0.0 1.0.0; do
		make -s -C "$(kdir "$K1")" M="$PWD/driver" clean
		ccache --zero-stats >zeroed
		run -0 build $version
		run -0 --separate-stderr xs-ddk verify --version $version driver/xsedu.ko
		printf '%s %s\n' "$(hits)" "$(misses)" >>results/counts
		cp driver/xsedu.ko "results/$version.$(wc -l <results/counts).ko"
	done
	# kbuild also compiles many small tests of the compiler. Only the record, and what tests the assembler for it, are new.
	while read -r hit miss; do
		[ "$hit" -ge 20 ] && [ "$miss" -le 2 ] || fail "hits and misses: $(cat results/counts)"
	done < <(sed 1d results/counts)
	cmp results/1.0.0.1.ko results/1.0.0.3.ko
}

@test "packages of two versions are the same with ccache, full or empty, and without" {
	local version plain
	plain=$(example)
	# The cache is empty in the first round, and full in the second one.
	for _ in 1 2; do
		rm -rf "$CACHE/ccache"
		PATH=/usr/lib/ccache:$PATH built ccache "$TOP/example-driver" KERNELS="$K1" >/dev/null
		for version in 1.0.0 1.1.0; do
			cmp "$(package "$CACHE/ccache/build" xsedu $version)" "$(package "$plain" xsedu $version)"
		done
		[ "$(misses)" -gt 0 ]
	done
	[ "$(hits)" -gt 0 ]
}
