#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# Names, links, files and directories made to do harm: no crash, no hang, nothing written outside the root.

load helpers
load driver/host

setup() {
	make_host
	install_fake ice 1 ice
	install_fake ice 2 ice
}

@test "names with slashes, dots, newlines, nothing or 4096 bytes in them are refused with 2" {
	long=$(printf '%04096d' 0)
	for name in ../ice /etc/passwd .. . '' $'ice\n' $'a\nb' '-x' 'a b' $'\e[31m' "$long" "${long:0:64}"; do
		for command in list check; do run -2 driver $command -- "$name"; done
		run -2 driver select -- "$name" 1
		run -2 driver select -- ice "$name"
		run -2 driver select --kernel "$name" ice 1
		run -2 driver deselect --force -- "$name"
		run -2 driver rollback -- "$name"
		run -2 driver-tool --sysroot "$root" -s -n "$name" -v 1
		run -2 driver-tool --sysroot "$root" -s -n ice -v "$name"
		lacks "$output" $'\e'
	done
	[ "$(selected ice.ko)" = none ]
}

@test "a kernel named to lead elsewhere is refused" {
	run -2 driver select --kernel .. ice 1
	run -2 driver select --kernel "$UNAME/../$UNAME" ice 1
	echo "../../etc" >"$root/proc/sys/kernel/osrelease"
	run -0 driver list
}

@test "directories and files with such names are left out and told of, safely" {
	mkdir "$(hierarchy)"/$'evil\e[31m\n' "$(hierarchy)/ice/-rf" "$(hierarchy)/ice/$(printf '%0200d' 0)"
	touch "$(hierarchy)/file" "$(hierarchy)/ice/1/"$'x\n.ko'
	run -0 driver list
	lacks "$output" $'\e'
	run -1 driver check
	lacks "$output" $'\e'
	has "$output" 'evil\x1b[31m\x0a'
}

@test "loops of links end, wherever they are" {
	ln -s loop "$(hierarchy)/loop"
	ln -s . "$(hierarchy)/ice/3"
	rm -r "$(hierarchy)/ice/1/ice.ko" && ln -s ice.ko "$(hierarchy)/ice/1/ice.ko"
	link_update ice.ko ice.ko
	ln -s ../devices "$root/sys/bus/pci/devices/../devices/loop"
	run -0 driver list --hardware
	run -1 driver check
	run -1 driver select ice 1
	has "$output" "it is a link"
	rm -r "$root/lib/modules/$UNAME/updates"
	ln -s updates "$root/lib/modules/$UNAME/updates"
	run -2 driver list
	has "$output" "Too many levels of symbolic links"
}

@test "a driver or version that is a link is not followed" {
	mkdir -p "$BATS_TEST_TMPDIR/outside/1"
	cp "$(fake_module out 1)" "$BATS_TEST_TMPDIR/outside/1/out.ko"
	ln -s "$BATS_TEST_TMPDIR/outside" "$(hierarchy)/out"
	ln -s "$BATS_TEST_TMPDIR/outside/1" "$(hierarchy)/ice/3"
	lacks "$(driver list)" out
	run -2 driver select ice 3
}

@test "links of the root that lead out of it are taken to lead within it" {
	mkdir -p "$BATS_TEST_TMPDIR/outside/modules/$UNAME/updates" "$root/etc/real"
	rm -r "$root/etc/modprobe.d"
	ln -s "$BATS_TEST_TMPDIR/outside" "$root/etc/modprobe.d"
	rm "$root/etc/depmod.d/xs-ddk.conf"
	driver select ice 1
	run -1 driver deselect ice --force
	[ "$(find "$BATS_TEST_TMPDIR/outside" -type f | wc -l)" = 0 ]
	[ "$(selected ice.ko)" = ../xenserver/ice/1/ice.ko ]
}

@test "depmod is not sent out of the root by a link on the way to the modules" {
	mkdir -p "$BATS_TEST_TMPDIR/outside/modules" "$root$BATS_TEST_TMPDIR/outside"
	cp -r "$root/lib/modules/$UNAME" "$BATS_TEST_TMPDIR/outside/modules/"
	mv "$root/lib/modules" "$root$BATS_TEST_TMPDIR/outside/"
	rmdir "$root/lib"
	ln -s "$BATS_TEST_TMPDIR/outside" "$root/lib"
	run -1 driver select ice 1
	has "$output" "where depmod cannot be sent"
	[ ! -e "$BATS_TEST_TMPDIR/outside/modules/$UNAME/modules.dep" ]
	[ ! -e "$BATS_TEST_TMPDIR/outside/modules/$UNAME/updates" ]
}

@test "lib may be a link within the root, as usr/lib is on hosts" {
	mkdir "$root/usr"
	mv "$root/lib" "$root/usr/lib"
	ln -s usr/lib "$root/lib"
	driver select ice 1
	[ "$(dep)" = updates/ice.ko ]
}

@test "a sysroot that is a link, or relative, works" {
	ln -s root "$BATS_TEST_TMPDIR/link"
	xs-driver select --sysroot "$BATS_TEST_TMPDIR/link" ice 1
	cd "$BATS_TEST_TMPDIR"
	xs-driver select --sysroot root ice 2
	[ "$(selected ice.ko)" = ../xenserver/ice/2/ice.ko ]
	[ "$(dep)" = updates/ice.ko ]
}

@test "notes of garbage in /sys are no version" {
	loaded ice
	for bytes in 0 1 11 13 4096 2000000; do
		head -c $bytes /dev/urandom >"$root/sys/module/ice/notes/.note.xenserver"
		[ "$(driver list --format json | jq -r '.drivers[0].active_version')" = null ]
	done
	rm "$root/sys/module/ice/notes/.note.xenserver"
	mkfifo "$root/sys/module/ice/notes/.note.xenserver"
	run -0 timeout 10 xs-driver list --sysroot "$root"
}

@test "FIFOs, directories and devices in the place of files neither hang nor crash anything" {
	rm "$(hierarchy)/ice/1/ice.ko" "$(hierarchy)/ice/2/info.json"
	mkfifo "$(hierarchy)/ice/1/ice.ko" "$(hierarchy)/ice/2/info.json" "$root/lib/modules/.xs-driver.journal"
	mkdir "$root/sys/bus/pci/devices/x" && mkfifo "$root/sys/bus/pci/devices/x/modalias"
	run -0 timeout 10 xs-driver list --sysroot "$root" --format json
	run -1 timeout 10 xs-driver check --sysroot "$root"
	run -1 timeout 10 xs-driver select --sysroot "$root" ice 1
	has "$output" ".xs-driver.journal"
}

@test "info.json of garbage, deep nesting or wrong types is as good as none" {
	for text in '' '[' '[]' '"x"' "$(printf '%05000d' 0 | tr 0 '[')" '{"variant": 5, "priority": "high", "status": []}' \
		'{"variant": "\u001b[31m"}'; do
		printf '%s' "$text" >"$(hierarchy)/ice/1/info.json"
		run -0 --separate-stderr driver list --format json
		lacks "$output" $'\e'
		jq -e . <<<"$output" >/dev/null
		run -0 driver-tool --sysroot "$root" -l
	done
}

# journal BEFORE-PATH: a journal that would change that path.
journal() {
	jq -n --arg path "$1" --arg kernel "${2:-$UNAME}" '{format: "xs-driver-journal", schema: 1, command: "x\n\u001b",
		initrd: false, kernels: [$kernel], changes: [{path: $path, file: false, before: "/evil", after: "now"}]}' \
		>"$root/lib/modules/.xs-driver.journal"
}

@test "a journal that would change anything else is not followed" {
	ln -s now "$root/etc/shadow"
	for path in /etc/shadow ../../etc/shadow "/lib/modules/$UNAME/updates/../../../../etc/shadow" \
		"/lib/modules/../updates/ice.ko" "/lib/modules/$UNAME/updates/shadow" /etc/modprobe.d/xs-ddk-..; do
		journal "$path"
		run -1 driver recover
		has "$output" "this is no journal of ours"
		lacks "$output" $'\e'
	done
	journal "/lib/modules/$UNAME/updates/ice.ko" ../..
	run -1 driver recover
	[ "$(readlink "$root/etc/shadow")" = now ]
	for text in '' '{}' '[' 'null' '{"format": 1}'; do
		printf '%s' "$text" >"$root/lib/modules/.xs-driver.journal"
		run -1 driver select ice 1
	done
}

@test "what somebody changed since is not overwritten by repairing" {
	driver select ice 1
	jq -n --arg path "/lib/modules/$UNAME/updates/ice.ko" --arg kernel "$UNAME" '{format: "xs-driver-journal", schema: 1,
		command: "select", initrd: false, kernels: [$kernel], changes: [{path: $path, file: false, before: "old", after: "new"}]}' \
		>"$root/lib/modules/.xs-driver.journal"
	run -0 --separate-stderr driver recover
	has "$stderr" "somebody else changed it meanwhile"
	[ "$(selected ice.ko)" = ../xenserver/ice/1/ice.ko ]
}

@test "a hierarchy of 1,000 drivers of 20 versions is listed within memory and time" {
	rm -r "$(hierarchy)/ice"
	mkdir "$(hierarchy)"/driver-{1..1000}
	for version in {1..20}; do install_fake driver-1 $version mod; done
	for driver in "$(hierarchy)"/driver-?*; do
		[ "$driver" = "$(hierarchy)/driver-1" ] || echo "$driver"
	done | xargs -n 1 cp -alT "$(hierarchy)/driver-1"
	add_device pci 0000:03:00.0 pci:v00008086d00001592sv0
	# An address sanitizer reserves more than any limit.
	ldd "$XS_BIN/xs-driver" | grep -q libasan || ulimit -v 400000
	run -0 --separate-stderr timeout 60 xs-driver list --sysroot "$root"
	[ "$(wc -l <<<"$output")" = 1002 ]
	run -2 --separate-stderr driver select driver-1001 1
	has "$stderr" "near it: driver-1001, " || has "$stderr" "near it: driver-100"
}
