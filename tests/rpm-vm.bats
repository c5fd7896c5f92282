#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# Packages installed into a root directory that a real kernel then boots: what their scriptlets left is what modprobe reads.

load rpm/helpers

setup_file() {
	example
	base_package
} >&2

# installed: $ROOT, with a kernel's directory as its package brings it, so that depmod knows what is built in.
installed() {
	local kernel
	kernel=$("$TOP/tests/vm/kernel" "$K1")
	make_root
	mkdir -p "$ROOT/lib/modules/$K1"
	cp "$kernel/lib/modules/$K1"/modules.{order,builtin,builtin.modinfo} "$ROOT/lib/modules/$K1/"
}

# boot: with what the packages installed, and not the programs that rpm needed for that: load the driver by the device's alias, as udev does; print its version and what it computes.
boot() {
	rm -rf "$BATS_TEST_TMPDIR/image"
	mkdir -p "$BATS_TEST_TMPDIR/image/lib"
	cp -a "$ROOT/lib/modules" "$BATS_TEST_TMPDIR/image/lib/"
	cp -a "$ROOT/etc" "$BATS_TEST_TMPDIR/image/"
	"$TOP/tests/vm/boot" --kernel "$K1" --root "$BATS_TEST_TMPDIR/image" --keep-modules-dep <<-'VM'
		device=$(dirname "$(grep -lx 0x1234 /sys/bus/pci/devices/*/vendor)")
		modprobe "$(cat "$device/modalias")" || exit
		cat /sys/module/xsedu/version
		strings /sys/module/xsedu/notes/.note.xenserver
		echo 5 >"$device/factorial" && cat "$device/factorial"
	VM
}

@test "what is installed is loaded; the other version erased or added between boots changes what should change" {
	local v1 v2
	v1=$(package "$CACHE/example/build" xsedu 1.0.0)
	v2=$(package "$CACHE/example/build" xsedu 1.1.0)
	installed
	change -U "$v1"
	change -U "$v2"
	run -0 --separate-stderr boot
	[ "$output" = $'1.0.0\nXenServer\n1.0.0\n120' ]
	change -e "$(name "$v1")"
	change -U "$v1"
	run -0 --separate-stderr boot
	[ "$output" = $'1.1.0\nXenServer\n1.1.0\n120' ]
}
