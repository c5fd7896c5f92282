#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# xs-ddk compare: the order of versions, which is rpm's.

load helpers

# order V1 V2 EXPECTED
order() {
	run -0 --separate-stderr xs-ddk compare "$1" "$2"
	[ "$output" = "$3" ] || fail "compare '$1' '$2' printed '$output', expected '$3'"
}

@test "numbers compare as numbers, not as text" {
	order 1.10.2 1.1.2 '>'
	order 1.9 1.10 '<'
	order 1.010 1.10 '='
	order 99999999999999999999999999 100000000000000000000000000 '<'
}

@test "a tilde sorts before everything and a caret after" {
	order 1.0~rc1 1.0 '<'
	order 1.0~~ 1.0~ '<'
	order 1.0^git1 1.0 '>'
	order 1.0^git1 1.0.1 '<'
}

@test "digits are newer than letters, more is newer than less" {
	order 1.0.1 1.0.a '>'
	order 1.0a 1.0 '>'
	order 1.0 1.0 '='
}

@test "separators only separate" {
	order 1.0 1-0 '='
	order 1.0 1_0 '='
	order 1..0 1.0 '='
}

# versions COUNT: generated versions, a line each, the same at every run.
versions() {
	awk -v count="$1" 'BEGIN {
		srand(20)
		# No "-": rpm.vercmp() of Lua takes what follows it for the release.
		split("0 1 2 9 10 010 a b rc Z ~ ^ . @ _ + ~~ 123456789012345678901", piece, " ")
		for (i = 0; i < count; i++) {
			text = ""
			for (n = 1 + int(rand() * 6); n > 0; n--)
				text = text piece[1 + int(rand() * 18)]
			print text
		}
	}'
}

@test "thousands of generated pairs compare as in rpm itself" {
	versions 3000 >"$BATS_TEST_TMPDIR/a"
	versions 3001 | tail -n 3000 >"$BATS_TEST_TMPDIR/b"
	cd "$BATS_TEST_TMPDIR"
	paste -d ' ' a b >pairs
	# rpm's own comparison, through its Lua: one process for all pairs.
	cat >compare.lua <<-'LUA'
		local out = io.open("theirs", "w")
		for line in io.lines("pairs") do
			local order = rpm.vercmp(line:match("^(%S+) (%S+)$"))
			out:write(order < 0 and "<" or order > 0 and ">" or "=", "\n")
		end
		out:close()
	LUA
	rpm --eval '%{lua:dofile("compare.lua")}'
	while read -r a b; do
		xs-ddk compare "$a" "$b"
	done <pairs >ours
	[ "$(grep -c '[<=>]' theirs)" -eq 3000 ]
	# A test of three outcomes needs all three to occur.
	[ "$(sort -u theirs | grep -c .)" -eq 3 ]
	diff <(paste -d ' ' pairs theirs) <(paste -d ' ' pairs ours)
}

@test "compare wants two versions that are versions" {
	run -2 --separate-stderr xs-ddk compare 1.0
	has "$stderr" "compare takes two versions, not 1"
	run -2 --separate-stderr xs-ddk compare 1.0 ''
	has "$stderr" "is not a version"
	run -2 --separate-stderr xs-ddk compare 1.0 "$(printf '%0300d' 1)"
	has "$stderr" "too long"
}
