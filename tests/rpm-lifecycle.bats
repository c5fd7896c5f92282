#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# What module packages do to a host when they come and go: with rpm --root on a real root directory, and the real depmod.

load rpm/helpers

setup_file() {
	example
	example_again
	pair
	pair_xz
	base_package
	# Built for the kernels' directories of the hosts.
	example_module 1.0.0 "$K1"
	example_module 1.0.0 "$K2"
} >&2

setup() {
	EXAMPLE=$(results example)
	PAIR=$(results pair)
	V1=$(package "$EXAMPLE" xsedu 1.0.0)
	V2=$(package "$EXAMPLE" xsedu 1.1.0)
	AGAIN=$(package "$(results again)" xsedu 1.0.0)
	make_root "$K1" "$K2"
	before=$(tree "$K1")
	other=$(tree "$K2")
}

# step RPM-ARGUMENT...: a transaction that has to succeed in silence, and leave all sound and the other kernel alone.
step() {
	run -0 --separate-stderr change "$@"
	[ "$output$stderr" = "" ] || fail "rpm $*: $output$stderr"
	sound
	[ "$(tree "$K2")" = "$other" ] || fail "rpm $*: the other kernel's directory has changed"
}

# again PACKAGE: install it again. rpm 4.11 has no --reinstall.
again() {
	if [ -n "${OLD_RPM-}" ]; then step -U --replacepkgs "$1"; else step --reinstall "$1"; fi
}

link_to() { printf '../xenserver/xsedu/%s/xsedu.ko' "$1"; }

@test "the first version that is installed is selected, and modprobe finds it" {
	step -U "$V1"
	[ "$(selected xsedu.ko)" = "$(link_to 1.0.0)" ]
	knows updates/xsedu.ko
	grep -q 'alias pci:v00001234d000011E8sv\*sd\*bc\*sc\*i\* xsedu' "$ROOT/lib/modules/$K1/modules.alias"
	# What the kernel brought is still known.
	knows kernel/drivers/misc/other.ko
}

@test "a second version leaves the selection alone" {
	step -U "$V1"
	step -U "$V2"
	[ "$(selected xsedu.ko)" = "$(link_to 1.0.0)" ]
	run -0 in_root -q --qf '%{VERSION} ' "$(name "$V1")" "$(name "$V2")"
	[ "$output" = "1.0 1.0 " ]
}

@test "an older version installed second leaves the selection alone too" {
	step -U "$V2"
	step -U "$V1"
	[ "$(selected xsedu.ko)" = "$(link_to 1.1.0)" ]
}

@test "a version repackaged is an upgrade: the selection is kept, whether it was this one or another" {
	step -U "$V1"
	step -U "$V2"
	step -U "$AGAIN"
	[ "$(selected xsedu.ko)" = "$(link_to 1.0.0)" ]
	run -0 in_root -q --qf '%{VERSION}\n' "$(name "$V1")"
	[ "$output" = 1.1 ]
	step -U --oldpackage "$V1"
	[ "$(selected xsedu.ko)" = "$(link_to 1.0.0)" ]
	ln -sf "$(link_to 1.1.0)" "$ROOT/lib/modules/$K1/updates/xsedu.ko"
	step -U "$AGAIN"
	[ "$(selected xsedu.ko)" = "$(link_to 1.1.0)" ]
}

@test "a driver that was deselected stays so when a version is added, upgraded or installed again" {
	step -U "$V1"
	rm "$ROOT/lib/modules/$K1/updates/xsedu.ko"
	step -U "$V2"
	[ "$(selected xsedu.ko)" = "" ]
	step -U "$AGAIN"
	again "$V2"
	[ "$(selected xsedu.ko)" = "" ]
	run -1 knows updates/xsedu.ko
}

@test "installing again keeps the selection" {
	step -U "$V1"
	step -U "$V2"
	again "$V1"
	[ "$(selected xsedu.ko)" = "$(link_to 1.0.0)" ]
	again "$V2"
	step -U --replacepkgs "$V1"
	[ "$(selected xsedu.ko)" = "$(link_to 1.0.0)" ]
}

@test "erasing the selected version selects the newest that is left" {
	step -U "$V1"
	step -U "$V2"
	step -e "$(name "$V1")"
	[ "$(selected xsedu.ko)" = "$(link_to 1.1.0)" ]
	knows updates/xsedu.ko
}

@test "erasing a version that is not selected leaves the selection alone" {
	step -U "$V1"
	step -U "$V2"
	step -e "$(name "$V2")"
	[ "$(selected xsedu.ko)" = "$(link_to 1.0.0)" ]
}

@test "erasing the last version leaves the kernel's directory as it was, and nothing else anywhere" {
	local all
	all=$(find "$ROOT" -path "$ROOT/var/lib/rpm" -prune -o -print | sort)
	step -U "$V1" "$V2"
	step -e "$(name "$V1")" "$(name "$V2")"
	[ "$(tree "$K1")" = "$before" ]
	diff <(echo "$all") <(find "$ROOT" -path "$ROOT/var/lib/rpm" -prune -o -print | sort)
}

@test "two versions in one transaction: the newest is selected, and erasing both in one leaves nothing" {
	step -U "$V2" "$V1"
	[ "$(selected xsedu.ko)" = "$(link_to 1.1.0)" ]
	step -e "$(name "$V2")" "$(name "$V1")"
	[ "$(tree "$K1")" = "$before" ]
}

@test "packages for two kernels do not touch each other's files" {
	local two first
	two=$(package "$EXAMPLE" xsedu 1.0.0 "$K2")
	step -U "$V1"
	step -U "$V2"
	run -0 --separate-stderr change -U "$two"
	sound
	[ "$(selected xsedu.ko "$K2")" = "$(link_to 1.0.0)" ]
	first=$(tree "$K1")
	run -0 change -e "$(name "$two")"
	[ "$(tree "$K1")" = "$first" ]
	[ "$(tree "$K2")" = "$other" ]
}

@test "a kernel's directory that was removed first does not keep the package from being erased" {
	step -U "$V1"
	rm -r "$ROOT/lib/modules/$K1"
	# rpm itself says that it misses the directory.
	run -0 --separate-stderr change -e "$(name "$V1")"
	[ -n "${OLD_RPM-}" ] || [ "$stderr" = "warning: file $K1: remove failed: No such file or directory" ]
	[ ! -e "$ROOT/lib/modules/$K1" ]
	sound
}

@test "a package for a kernel that comes later selects its driver, and makes nothing that would stay behind" {
	rm -r "$ROOT/lib/modules/$K1" "$ROOT/boot/initrd-$K1.img"
	step -U "$V1"
	[ "$(selected xsedu.ko)" = "$(link_to 1.0.0)" ]
	[ ! -e "$ROOT/lib/modules/$K1/modules.dep" ]
	add_kernel "$K1"
	sound
	knows updates/xsedu.ko
	rm -r "$ROOT/lib/modules/$K1"/{kernel,modules.*}
	step -e "$(name "$V1")"
	[ ! -e "$ROOT/lib/modules/$K1" ]
}

@test "two drivers at once keep out of each other's way" {
	local pair
	pair=$(package "$PAIR" pair 1.0)
	step -U "$V1" "$pair"
	[ "$(selected pair-a.ko)" = ../xenserver/pair/1.0/pair-a.ko ]
	[ "$(selected pair_b.ko)" = ../xenserver/pair/1.0/pair_b.ko ]
	grep -q '^updates/pair_b.ko: updates/pair-a.ko' "$ROOT/lib/modules/$K1/modules.dep"
	step -e "$(name "$V1")"
	[ "$(selected pair-a.ko)" = ../xenserver/pair/1.0/pair-a.ko ]
	[ -e "$ROOT/etc/depmod.d/xs-ddk-search.conf" ]
	step -e "$(name "$pair")"
	[ "$(tree "$K1")" = "$before" ]
	[ -z "$(find "$ROOT/etc/depmod.d" -name 'xs-ddk*')" ]
}

@test "a driver's modules change version together, also when another version has fewer, or compressed ones" {
	local one two
	one=$(package "$PAIR" pair 1.0)
	two=$(package "$(results pair-xz)" pair 2.0)
	step -U "$one"
	step -U "$two"
	step -e "$(name "$one")"
	[ "$(selected pair-a.ko.xz)" = ../xenserver/pair/2.0/pair-a.ko.xz ]
	[ "$(ls "$ROOT/lib/modules/$K1/updates")" = pair-a.ko.xz ]
	knows updates/pair-a.ko.xz
	step -U "$one"
	step -e "$(name "$two")"
	[ "$(ls "$ROOT/lib/modules/$K1/updates")" = pair-a.ko$'\n'pair_b.ko ]
}

@test "a release candidate is older than its release" {
	local rc one two
	rc=$(package "$PAIR" pair 1.0~rc1)
	one=$(package "$PAIR" pair 1.0)
	two=$(package "$PAIR" pair 2.0)
	step -U "$two"
	step -U "$rc" "$one"
	step -e "$(name "$two")"
	[ "$(selected pair-a.ko)" = ../xenserver/pair/1.0/pair-a.ko ]
	step -e "$(name "$one")"
	[ "$(selected pair-a.ko)" = ../xenserver/pair/1.0~rc1/pair-a.ko ]
}

@test "somebody's own file in updates/ stays, the install says so, and the driver's other modules are selected" {
	local updates=$ROOT/lib/modules/$K1/updates
	mkdir "$updates"
	echo mine >"$updates/pair_a.ko"
	run -0 --separate-stderr change -U "$(package "$PAIR" pair 1.0)"
	has "$stderr" "/lib/modules/$K1/updates/pair_a.ko is not a link of this driver's, so it stays and pair-a.ko is not selected"
	[ "$(cat "$updates/pair_a.ko")" = mine ]
	[ "$(selected pair-a.ko)" = "" ]
	[ "$(selected pair_b.ko)" = ../xenserver/pair/1.0/pair_b.ko ]
	run -0 change -e "$(name "$(package "$PAIR" pair 1.0)")"
	[ "$(cat "$updates/pair_a.ko")" = mine ]
}

@test "a link of XenServer 9's own tools counts as a selection, and erasing repairs it" {
	step -U "$V1"
	step -U "$V2"
	mkdir -p "$ROOT/lib/modules/$K1/dmv/xsedu/1.1.0"
	ln -s ../../../xenserver/xsedu/1.1.0/xsedu.ko "$ROOT/lib/modules/$K1/dmv/xsedu/1.1.0/xsedu.ko"
	ln -sf "/lib/modules/$K1/dmv/xsedu/1.1.0/xsedu.ko" "$ROOT/lib/modules/$K1/updates/xsedu.ko"
	run -0 --separate-stderr change -e "$(name "$V2")"
	[ "$(selected xsedu.ko)" = "$(link_to 1.0.0)" ]
}

@test "a transaction of many packages, as dnf makes them, leaves all as it should be" {
	step -U "$V1" "$(package "$PAIR" pair 1.0)"
	step -U "$AGAIN" "$V2" "$(package "$PAIR" pair 2.0)" "$EXAMPLE"/rpms/xsedu-data-*.rpm
	[ "$(selected xsedu.ko)" = "$(link_to 1.0.0)" ]
	[ "$(selected pair-a.ko)" = ../xenserver/pair/1.0/pair-a.ko ]
	step -e "$(name "$AGAIN")" "$(name "$(package "$PAIR" pair 1.0)")" xsedu-data
	[ "$(selected xsedu.ko)" = "$(link_to 1.1.0)" ]
	[ "$(ls "$ROOT/lib/modules/$K1/updates")" = pair-a.ko$'\n'xsedu.ko ]
}

@test "debug information of all kernels and versions can be installed at once" {
	run -0 --separate-stderr change -U "$EXAMPLE"/debuginfo/*.rpm
	[ "$stderr" = "" ]
	run -0 find "$ROOT/usr/lib/debug" -xtype l
	[ "$output" = "" ]
	[ "$(find "$ROOT/usr/lib/debug" -name xsedu.ko.debug -type f | wc -l)" -eq $((2 * $(kernels | wc -l))) ]
}
