#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# The example driver on real kernels: found by device alias where the hierarchy says, working, its
# record shown by the kernel; and the harness that boots them.

load helpers

BOOT=$TOP/tests/vm/boot

# The first two boots, of one host with one version selected and then the other, serve many tests.
# In the second the device has no message signalled interrupts.
setup_file() {
	local version root=$BATS_FILE_TMPDIR/host
	local -A words=([1.0.0]=quiet [1.1.0]=pci=nomsi)
	host "$root" "$(a_kernel)"
	for version in 1.0.0 1.1.0; do
		choose "$root" "$(a_kernel)" "$version"
		session | "$BOOT" --root "$root" --append "${words[$version]}" \
			>"$BATS_FILE_TMPDIR/$version.out" 2>"$BATS_FILE_TMPDIR/$version.err" || {
			cat "$BATS_FILE_TMPDIR/$version".* >&2
			return 1
		}
	done
}

# host ROOT UNAME: a host's root with both versions of the driver, none selected.
host() {
	local version dir
	for version in 1.0.0 1.1.0; do
		dir=$1/lib/modules/$2/xenserver/xsedu/$version
		mkdir -p "$dir"
		cp "$(example_module "$version" "$2")" "$dir/"
	done
	mkdir -p "$1/lib/modules/$2/updates" "$1/etc/depmod.d"
	echo "exclude xenserver" >"$1/etc/depmod.d/xs-ddk.conf"
}

# choose ROOT UNAME VERSION: select it by hand.
choose() { ln -sfn "../xenserver/xsedu/$3/xsedu.ko" "$1/lib/modules/$2/updates/xsedu.ko"; }

# session: the script most boots run. Each line it prints is a fact, told by the word before the colon.
session() {
	cat <<'EOF'
hex() { od -An -v -tx1 "$1" | tr -d ' \n'; echo; }
device=$(dirname "$(grep -l 0x11e8 /sys/bus/pci/devices/*/device | head -n 1)")
alias=$(cat "$device/modalias")
echo "file: $(modprobe --show-depends "$alias" | tr -s ' ')"
[ ! -e "$device/driver" ] || echo "trouble: bound before the module was loaded"
modprobe "$alias" || exit
echo "driver: $(basename "$(readlink "$device/driver")")"
echo "version: $(cat /sys/module/xsedu/version)"
for n in 0 5 12; do
	echo $n >"$device/factorial"
	echo "factorial: $n $(cat "$device/factorial")"
done
echo "interrupts: $(cat "$device/interrupts")"
echo "line: $(grep xsedu /proc/interrupts | awk '{ print $2, $3, $NF }')"
if (echo 13 >"$device/factorial") 2>/dev/null; then
	echo "thirteen: $(cat "$device/factorial")"
else
	echo "thirteen: refused"
fi
(echo five >"$device/factorial") 2>/dev/null && echo "trouble: took a word for a number"
echo "note: $(hex /sys/module/xsedu/notes/.note.xenserver)"
xs-ddk show --loaded xsedu | sed 's/^/show: /'
xs-ddk show --json --loaded | tr -d ' \n' | sed 's/^/json: /;s/$/\n/'
xs-ddk verify --loaded xsedu >/tmp/verify 2>&1
echo "verify: $? $(tail -n 1 /tmp/verify)"
rmmod xsedu && [ ! -e /sys/module/xsedu ] && [ ! -e "$device/driver" ] && echo "unload: clean"
modprobe xsedu && echo 6 >"$device/factorial" && echo "again: $(cat "$device/factorial" "$device/interrupts" | tr '\n' ' ')"
rmmod xsedu
dmesg | grep -E 'BUG|WARNING|Oops|Call Trace|irq .*nobody cared' | sed 's/^/trouble: /'
EOF
}

# said FILE LINE: a boot printed this line.
said() { grep -qFx -- "$2" "$1" || fail "expected the line: $2"$'\n'"in: $(cat "$1")"; }

# record_of FILE.ko: the section's bytes in hex.
record_of() {
	local bytes=$BATS_TEST_TMPDIR/section
	objcopy -O binary --only-section=.note.xenserver --set-section-flags .note.xenserver=alloc "$1" "$bytes"
	od -An -v -tx1 "$bytes" | tr -d ' \n'
}

# common_facts FILE UNAME VERSION: what must hold for every version on every kernel.
common_facts() {
	said "$1" "file: insmod /lib/modules/$2/updates/xsedu.ko "
	said "$1" "driver: xsedu"
	said "$1" "version: $3"
	said "$1" "factorial: 0 1"
	said "$1" "factorial: 5 120"
	said "$1" "factorial: 12 479001600"
	said "$1" "interrupts: 3"
	said "$1" "note: $(record_of "$(example_module "$3" "$2")")"
	said "$1" "unload: clean"
	said "$1" "again: 720 1 "
	lacks "$(cat "$1")" trouble:
}

@test "the driver is loaded by device alias from the selected version, and works" {
	common_facts "$BATS_FILE_TMPDIR/1.0.0.out" "$(a_kernel)" 1.0.0
	said "$BATS_FILE_TMPDIR/1.0.0.out" "thirteen: 1932053504"
}

@test "after the link is changed the next boot has the other version, and works differently" {
	common_facts "$BATS_FILE_TMPDIR/1.1.0.out" "$(a_kernel)" 1.1.0
	said "$BATS_FILE_TMPDIR/1.1.0.out" "thirteen: refused"
}

@test "it takes its interrupt as a message and as a line, and counts what the kernel counts" {
	said "$BATS_FILE_TMPDIR/1.0.0.out" "line: 3 PCI-MSI xsedu"
	said "$BATS_FILE_TMPDIR/1.1.0.out" "line: 3 IO-APIC xsedu"
}

@test "inside, xs-ddk show --loaded tells the version" {
	local version
	for version in 1.0.0 1.1.0; do
		run -0 sed -n 's/^show: //p' "$BATS_FILE_TMPDIR/$version.out"
		[[ ${lines[1]} =~ ^"$version"\ +xsedu\ +"$(a_kernel)"\ +/sys/module/xsedu$ ]]
		[ "${#lines[@]}" = 2 ]
		run -0 sed -n 's/^json: //p' "$BATS_FILE_TMPDIR/$version.out"
		has "$output" "\"$version\""
	done
}

@test "inside, xs-ddk verify --loaded has nothing to say" {
	said "$BATS_FILE_TMPDIR/1.0.0.out" "verify: 0 1 module checked: 0 errors, 0 warnings"
	said "$BATS_FILE_TMPDIR/1.1.0.out" "verify: 0 1 module checked: 0 errors, 0 warnings"
}

@test "nothing is said on stderr inside" {
	[ ! -s "$BATS_FILE_TMPDIR/1.0.0.err" ]
	[ ! -s "$BATS_FILE_TMPDIR/1.1.0.err" ]
}

# try_loading: say for the module's name and for the device's alias whether modprobe loads it.
try_loading() {
	cat <<'EOF'
for name in xsedu "$(cat "$(dirname "$(grep -l 0x11e8 /sys/bus/pci/devices/*/device)")/modalias")"; do
	modprobe "$name" && echo loaded "$(readlink -f "$(modinfo -n xsedu)")" && rmmod xsedu
done
grep -c xsedu "/lib/modules/$(uname -r)/modules.alias"
EOF
}

@test "with no link and the kit's depmod.d line the driver loads neither by name nor by alias" {
	local root=$BATS_TEST_TMPDIR/host
	host "$root" "$(a_kernel)"
	run -1 --separate-stderr "$BOOT" --root "$root" < <(try_loading)
	[ "$output" = 0 ]
	has "${stderr_lines[0]}" "FATAL: Module xsedu not found"
	has "${stderr_lines[1]}" "FATAL: Module pci:v00001234d000011E8"
}

@test "without that line a deselected driver is loaded all the same: the trap" {
	local root=$BATS_TEST_TMPDIR/host loaded
	loaded="loaded /lib/modules/$(a_kernel)/xenserver/xsedu"
	host "$root" "$(a_kernel)"
	rm "$root/etc/depmod.d/xs-ddk.conf"
	run -0 --separate-stderr "$BOOT" --root "$root" < <(try_loading)
	[[ ${lines[0]} == "$loaded/1."[01]".0/xsedu.ko" ]]
	[ "${lines[1]}" = "${lines[0]}" ]
	[ "${lines[2]}" = 1 ]
}

@test "it is the same on every other kernel whose headers are installed" {
	local uname root
	for uname in $(kernels | tail -n +2); do
		root=$BATS_TEST_TMPDIR/$uname
		host "$root" "$uname"
		choose "$root" "$uname" 1.1.0
		session | "$BOOT" --root "$root" --kernel "$uname" >"$BATS_TEST_TMPDIR/out"
		common_facts "$BATS_TEST_TMPDIR/out" "$uname" 1.1.0
		said "$BATS_TEST_TMPDIR/out" "thirteen: refused"
		said "$BATS_TEST_TMPDIR/out" "verify: 0 1 module checked: 0 errors, 0 warnings"
	done
}

# header_module DIR: build DIR/named.ko, whose records come from the header in its source, both sections.
header_module() {
	mkdir -p "$1"
	cat >"$1/named.c" <<'EOF'
#include <linux/module.h>
#define XENSERVER_NOTE_COMPAT_XS9
#include "xenserver-note.h"

XENSERVER_NOTE("3.0~rc1");
MODULE_DESCRIPTION("a module that has its record from the header");
MODULE_LICENSE("GPL");
EOF
	printf 'obj-m := named.o\nccflags-y := -I%s/note\n' "$TOP" >"$1/Kbuild"
	make -s -C "$(kdir "$(a_kernel)")" M="$1" >&2
}

@test "a record made with the header is shown by the kernel, and so is the one for older readers" {
	header_module "$BATS_TEST_TMPDIR/source"
	mkdir "$BATS_TEST_TMPDIR/root"
	cp "$BATS_TEST_TMPDIR/source/named.ko" "$BATS_TEST_TMPDIR/root/"
	run -0 --separate-stderr "$BOOT" --no-device --root "$BATS_TEST_TMPDIR/root" <<'EOF'
insmod /named.ko || exit
xs-ddk show --loaded named | tail -n +2
xs-ddk verify --loaded named | tail -n 1
od -An -v -tx1 /sys/module/named/notes/.note.xenserver | tr -d ' \n'
echo
tail -c +33 /sys/module/named/notes/.note.XenServer | tr '\0' '_'
EOF
	[[ ${lines[0]} =~ ^"3.0~rc1 "\ +named\ +"$(a_kernel)" ]]
	[ "${lines[1]}" = "1 module checked: 0 errors, 0 warnings" ]
	[ "${lines[2]}" = "$(record_of "$BATS_TEST_TMPDIR/source/named.ko")" ]
	# The second of the two records: the name's NUL is not counted, but padded over.
	[ "${lines[3]}" = $'\x09___\x08___\x01___XenServer___3.0~rc1_' ]
}
