#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# The record as readers find it: the cases of tests/notes/, in a file and as the kernel shows them.

load helpers

setup() {
	cd "$BATS_TEST_TMPDIR" || return
}

# assemble CASE: CASE.ko here, from tests/notes/CASE.s.
assemble() {
	# -W: some cases give the section flags on purpose that the assembler warns of.
	as -W -I "$TOP/tests/notes" -o "$1.ko" "$TOP/tests/notes/$1.s"
}

cases() {
	(cd "$TOP/tests/notes" && ls -- *.s) | sed 's/\.s$//'
}

# expectation CASE: the rule ids its source names, "" for a sound one.
expectation() {
	sed -n 's/^# expect: //p' "$TOP/tests/notes/$1.s" | sed 's/^sound$//'
}

rules_found() {
	jq -r '[.findings[].rule] | unique | join(" ")' <<<"$output"
}

@test "every case of a record is found under exactly the rules its source names" {
	local count=0
	for case in $(cases); do
		assemble "$case"
		cp "$case.ko" case.ko
		if [ -z "$(expectation "$case")" ]; then
			run -0 --separate-stderr xs-ddk verify --json case.ko
		else
			run -1 --separate-stderr xs-ddk verify --json case.ko
		fi
		[ -z "$stderr" ] || fail "$case: $stderr"
		[ "$(rules_found)" = "$(expectation "$case")" ] ||
			fail "$case: found '$(rules_found)', expected '$(expectation "$case")'"
		count=$((count + 1))
	done
	[ "$count" -ge 45 ]
}

@test "the same notes shown by a kernel are judged as in the file" {
	local count=0
	for case in $(cases); do
		# What the kernel would not show it cannot be judged by.
		case $(expectation "$case") in *note-type* | *note-alloc* | *note-align*) continue ;; esac
		assemble "$case"
		module=root/sys/module/${case//-/_}
		mkdir -p "$module/notes"
		echo live >"$module/initstate"
		for section in $(readelf -SW "$case.ko" | grep -o '\.note\.[A-Za-z.-]*' | sort -u); do
			objcopy -O binary --only-section "$section" --set-section-flags "$section=alloc,contents" \
				"$case.ko" "$module/notes/$section"
		done
		run --separate-stderr xs-ddk verify --json --sysroot root --loaded "$case"
		[ "$(rules_found)" = "$(expectation "$case")" ] ||
			fail "$case: found '$(rules_found)', expected '$(expectation "$case")'"
		count=$((count + 1))
	done
	[ "$count" -ge 40 ]
}

@test "show prints the version of every sound case" {
	for case in $(cases | grep '^sound'); do
		assemble "$case"
		run -0 --separate-stderr xs-ddk show --json "$case.ko"
		version=$(jq -r '.modules[0].version' <<<"$output")
		case $case in
		sound-longest) [ "${#version}" -eq 63 ] ;;
		*) [ "$version" = 1.2.3 ] ;;
		esac
	done
}

@test "readelf and eu-readelf read the record as we do" {
	for case in sound sound-after-others sound-longest; do
		assemble "$case"
		run -0 xs-ddk show --json "$case.ko"
		version=$(jq -r '.modules[0].version' <<<"$output")
		hex=$(printf '%s\0' "$version" | xxd -p -c 256 | sed 's/../& /g')
		has "$(readelf -nW "$case.ko" | tr -s ' ')" "description data: $hex"
		has "$(eu-readelf -n "$case.ko")" "XenServer"
	done
}

@test "the record of the example driver is the one an independent encoder writes" {
	module=$(example_module 1.1.0 "$(a_kernel)")
	objcopy -O binary --only-section .note.xenserver "$module" found
	# namesz 10, descsz 6, type 1, "XenServer" and NUL padded to 12, "1.1.0" and NUL padded to 8.
	printf '\x0a\0\0\0\x06\0\0\0\x01\0\0\0XenServer\0\0\x001.1.0\0\0\0' >wanted
	cmp found wanted
}

@test "the example driver's records are sound for every kernel and flavour" {
	count=0
	for uname in $(kernels); do
		for version in 1.0.0 1.1.0; do
			run -0 --separate-stderr xs-ddk verify --version "$version" --kernel "$uname" \
				"$(example_module "$version" "$uname")"
			has "$output" "1 module checked: 0 errors, 0 warnings"
			count=$((count + 1))
		done
	done
	[ "$count" -ge 2 ]
}
