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
	mkdir -p "$BATS_TEST_TMPDIR/outside"
	ln -s "$BATS_TEST_TMPDIR/outside" "$root/lib/modules/$UNAME/updates"
	run -1 driver select ice 1
	[ "$(find "$BATS_TEST_TMPDIR/outside" | wc -l)" = 1 ]
	mkdir -p "$root$BATS_TEST_TMPDIR/outside"
	driver select ice 1
	[ "$(find "$BATS_TEST_TMPDIR/outside" | wc -l)" = 1 ]
	[ -h "$root$BATS_TEST_TMPDIR/outside/ice.ko" ]
}

@test "depmod is not sent out of the root by a link on the way to the modules, and no journal is left" {
	mkdir -p "$BATS_TEST_TMPDIR/outside/modules" "$root$BATS_TEST_TMPDIR/outside"
	cp -r "$root/lib/modules/$UNAME" "$BATS_TEST_TMPDIR/outside/modules/"
	mv "$root/lib/modules" "$root$BATS_TEST_TMPDIR/outside/"
	rmdir "$root/lib"
	ln -s "$BATS_TEST_TMPDIR/outside" "$root/lib"
	driver select ice 1
	[ ! -e "$BATS_TEST_TMPDIR/outside/modules/$UNAME/modules.dep" ]
	[ ! -e "$BATS_TEST_TMPDIR/outside/modules/$UNAME/updates" ]
	[ "$(cut -d: -f1 "$root$BATS_TEST_TMPDIR/outside/modules/$UNAME/modules.dep")" = updates/ice.ko ]
	[ "$(ls -A "$root$BATS_TEST_TMPDIR/outside/modules")" = $'.xs-driver.lock\n'"$UNAME" ]
}

@test "depmod neither hangs nor leaves the root because of FIFOs, loops, links that lead out, and depmod.d" {
	kernel=$root/lib/modules/$UNAME
	mkdir -p "$kernel/kernel" "$BATS_TEST_TMPDIR/outside"
	cp "$(fake_module out 1)" "$BATS_TEST_TMPDIR/outside/out.ko"
	cp "$(fake_module inner 1)" "$kernel/kernel/inner.ko"
	mkfifo "$kernel/kernel/fifo.ko" "$root/etc/depmod.d/fifo.conf"
	mknod "$kernel/kernel/zero.ko" c 1 5 || :
	ln -s . "$kernel/kernel/loop"
	ln -s ../.. "$kernel/kernel/up"
	ln -s self "$kernel/kernel/self"
	ln -s "$BATS_TEST_TMPDIR/outside" "$kernel/kernel/away"
	ln -s "$BATS_TEST_TMPDIR/outside/out.ko" "$kernel/kernel/out.ko"
	ln -s ../kernel/inner.ko "$kernel/kernel/linked.ko"
	rm "$kernel/modules.order" && mkfifo "$kernel/modules.order"
	echo "external $UNAME $BATS_TEST_TMPDIR/outside" >"$root/etc/depmod.d/out.conf"
	run -0 timeout 20 xs-driver select --sysroot "$root" ice 1
	has "$(dep)" updates/ice.ko
	has "$(dep)" kernel/inner.ko
	lacks "$(cat "$kernel/modules.dep")" out
	[ ! -e "$root/lib/modules/.xs-driver.depmod" ]
	[ -p "$kernel/modules.order" ]
}

@test "what depmod makes below --sysroot is what it makes by itself, with the root's own search order" {
	kernel=$root/lib/modules/$UNAME
	mkdir -p "$kernel/kernel/net" "$kernel/extra"
	cp "$(fake_module base 1)" "$kernel/kernel/net/"
	cp "$(fake_module base 2)" "$kernel/extra/base.ko"
	mv "$kernel"/kernel/net/* "$kernel/kernel/net/base.ko"
	echo "search extra updates built-in" >"$root/etc/depmod.d/search.conf"
	driver select ice 1
	mkdir "$BATS_TEST_TMPDIR/kept"
	cp "$kernel"/modules.* "$BATS_TEST_TMPDIR/kept/"
	depmod -b "$root" -C "$root/etc/depmod.d" "$UNAME"
	for file in "$BATS_TEST_TMPDIR"/kept/*; do cmp "$file" "$kernel/${file##*/}"; done
	has "$(dep)" extra/base.ko
}

@test "a depmod that does not end is ended, and so is one that is waited for when a signal comes" {
	printf '#!/bin/sh\n[ "$1" != -b ] || { echo >%s; exec sleep 100; }\n' "$BATS_TEST_TMPDIR/started" \
		>"$BATS_TEST_TMPDIR/depmod"
	chmod 755 "$BATS_TEST_TMPDIR/depmod"
	mkfifo "$BATS_TEST_TMPDIR/started"
	XS_DEPMOD=$BATS_TEST_TMPDIR/depmod xs-driver select --sysroot "$root" ice 1 2>"$BATS_TEST_TMPDIR/err" 3>&- &
	read -r _ <"$BATS_TEST_TMPDIR/started"
	kill -TERM $!
	# The undo runs depmod again.
	read -r _ <"$BATS_TEST_TMPDIR/started"
	kill -TERM $!
	status=0
	wait $! || status=$?
	[ $status = 1 ]
	has "$(cat "$BATS_TEST_TMPDIR/err")" "failed for kernel $UNAME with status 143"
	driver recover
	[ "$(selected ice.ko)" = none ]
}

@test "a signal that comes before xs-driver knows that depmod has begun ends depmod, too" {
	mkfifo "$BATS_TEST_TMPDIR/started"
	printf '#!/bin/sh\n[ "$1" != -b ] || { echo >%s; exec sleep 100; }\n' "$BATS_TEST_TMPDIR/started" \
		>"$BATS_TEST_TMPDIR/depmod"
	chmod 755 "$BATS_TEST_TMPDIR/depmod"
	XS_DEPMOD=$BATS_TEST_TMPDIR/depmod strace -qq -o "$BATS_TEST_TMPDIR/log" -e trace=clone,clone3,fork,vfork \
		-e inject=clone,clone3,fork,vfork:delay_exit=1000000 \
		xs-driver select --sysroot "$root" ice 1 2>"$BATS_TEST_TMPDIR/err" 3>&- &
	for _ in select undo; do
		timeout 30 cat "$BATS_TEST_TMPDIR/started"
		pkill -TERM -P $! xs-driver
	done
	SECONDS=0
	wait $! || status=$?
	[ $SECONDS -lt 50 ]
	has "$(cat "$BATS_TEST_TMPDIR/err")" "failed for kernel $UNAME with status 143"
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

# journal [EDIT]: the journal of a select of version 2 that was killed, with jq's EDIT made to it.
journal() {
	jq -n --arg kernel "$UNAME" '{format: "xs-driver-journal", schema: 1, command: "select ice 2", initrd: true,
		kernels: [$kernel], changes: [{path: "/lib/modules/\($kernel)/updates/ice.ko", file: false,
		before: "../xenserver/ice/1/ice.ko", after: "../xenserver/ice/2/ice.ko"},
		{path: "/lib/modules/\($kernel)/xenserver/ice/.previous", file: false, before: null, after: "1"}]}
		| '"${1:-.}" \
		>"$root/lib/modules/.xs-driver.journal"
}

# forged EDIT...: a journal with each of these edits is refused, and nothing but itself is looked at.
forged() {
	local edit before
	before=$(cd "$root" && find . -printf '%p %l %s\n' ! -name '.xs-driver.*' | grep -v 'xs-driver' | sort)
	for edit; do
		journal "$edit"
		run -1 driver recover
		has "$output" "not a journal of this program"
		lacks "$output" $'\e'
		[ "$(cd "$root" && find . -printf '%p %l %s\n' | grep -v 'xs-driver' | sort)" = "$before" ] || fail "$edit"
	done
}

@test "a sound journal is followed: what the next tests forge is refused for what they change in it" {
	driver select ice 1
	journal
	run -0 driver recover
	has "$output" "'select ice 2' had been interrupted; it is undone"
	driver select ice 1
	link_update ice.ko ../xenserver/ice/2/ice.ko
	journal
	run -0 driver recover
	[ "$(selected ice.ko)" = ../xenserver/ice/1/ice.ko ]
}

@test "a journal of 100,000 changes or kernels is refused, and one that fills its limit is read within seconds" {
	local journal=$root/lib/modules/.xs-driver.journal
	# many CHANGES KERNELS: a journal of so many changes, which take the kernels in turn.
	many() {
		jq -cn --argjson changes "$1" --argjson kernels "$2" '{format: "xs-driver-journal", schema: 1, command: "x",
			initrd: false, kernels: [range($kernels) | tostring], changes: [range($changes) |
			{path: "/lib/modules/\(. % $kernels)/updates/\(.).ko", file: false, before: null,
			after: "../xenserver/a/1/\(.).ko"}]}' >"$journal"
	}
	many 100000 1
	run -1 timeout 20 xs-driver recover --sysroot "$root"
	has "$output" "File too large"
	many 1 100000
	run -1 timeout 2 xs-driver recover --sysroot "$root"
	has "$output" "not a journal of this program"
	# Each change has a kernel of its own, and is compared with all others.
	many 9000 9000
	[ "$(stat -c %s "$journal")" -gt 900000 ]
	[ "$(stat -c %s "$journal")" -lt 1048576 ]
	run -1 timeout 20 prlimit --data=134217728 xs-driver recover --sysroot "$root"
	has "$output" "/lib/modules/0: No such file or directory"
}

@test "a journal of another form, schema or with a value of another type is refused" {
	forged '.format = "other"' 'del(.format)' '.schema = 2' 'del(.schema)' '.command = null' '.initrd = "yes"' \
		'del(.initrd)' '.kernels = {}' '.kernels[0] = 1' '.changes = {}' '.changes = []' '.changes[0] = 1' \
		'.changes[0].path = null' '.changes[0].file = 0' 'del(.changes[0].file)' '.changes[0].before = 1' \
		'del(.changes[0].before)' '.changes[0].after = []' 'del(.changes[0].after)'
	for text in '' '{}' '[' 'null' '{"format": 1}' '{"format": "xs-driver-journal", "format": "xs-driver-journal"}'; do
		printf '%s' "$text" >"$root/lib/modules/.xs-driver.journal"
		run -1 driver select ice 1
	done
}

@test "a journal of a path that no command changes is refused" {
	ln -s 2 "$root/etc/shadow"
	forged '.changes[0].path = "/etc/shadow"' '.changes[0].path = "../../etc/shadow"' \
		'.changes[0].path = "/lib/modules/\($kernel)/updates/../../../../etc/shadow"' \
		'.changes[0].path = "/lib/modules/../updates/ice.ko"' \
		'.changes[0].path = "/lib/modules/\($kernel)/updates/shadow"' \
		'.changes[0].path = "/lib/modules/\($kernel)/updates/deep/ice.ko"' \
		'.changes[0].path = "/lib/modules/\($kernel)/ice.ko"' \
		'.changes[1].path = "/lib/modules/\($kernel)/xenserver/.previous"' \
		'.changes[1].path = "/lib/modules/\($kernel)/xenserver/../.previous"' \
		'.changes[1].path = "/lib/modules/\($kernel)/xenserver/ice/1/.previous"' \
		'.changes[1].path = "/lib/modules/\($kernel)/kernel/ice/.previous"' \
		'.changes[1].path = "/lib/modules/\($kernel)/xenserver/ice/previous"' \
		'.changes[0].path = "/etc/modprobe.d/xs-ddk-ice.conf"' '.changes[1] = .changes[0]' \
		'.changes[0].file = true' '.changes[0] += {path: "/etc/modprobe.d/xs-ddk-ice.conf", file: true}'
}

@test "a journal of a link to anything but an installed version's file is refused, before and after" {
	local side target
	for side in before after; do
		for target in /etc/passwd ../../../../etc/passwd ../kernel/ice/1/ice.ko ../xenserver/ice/ice.ko \
			../xenserver/../1/ice.ko ../xenserver/ice/../ice.ko ../xenserver/ice/1/../ice.ko \
			../xenserver/ice/1/passwd ../xenserver/ice/1/ xenserver/ice/1/ice.ko \
			/lib/modules/6.6.6/xenserver/ice/1/ice.ko /opt/lib/modules/x; do
			forged ".changes[0].$side = \"$target\""
		done
		forged ".changes[1].$side = \"../1\"" ".changes[1].$side = \"\""
	done
	forged '.changes[0].after = "../xenserver/ice/2/other.ko"' '.changes[0].after = .changes[0].before' \
		'.changes[1].after = null' '.changes[0] += {before: null, after: null}'
}

@test "a journal of a kernel without a change, or of a change without its kernel, is refused" {
	make_kernel 6.6.6
	forged '.kernels += ["6.6.6"]' '.kernels = ["6.6.6"]' '.kernels = []' '.kernels += [".."]' \
		'.kernels += ["a/b"]'
}

# image_tools: dracut and lsinitrd in the image leave a mark in it when they are run.
image_tools() {
	mkdir -p "$root/usr/sbin" "$root/usr/bin" "$root/boot"
	echo old >"$root/boot/initrd-$UNAME.img"
	printf '#include <fcntl.h>\nint main(int argc, char **argv)\n{\n	open("/ran", O_CREAT, 0644);\n	return argc > 2 && open(argv[2], O_CREAT | O_WRONLY, 0644) < 0;\n}\n' |
		gcc -static -x c -o "$root/usr/sbin/dracut" -
	for tool in sbin/mkinitramfs sbin/mkinitrd bin/lsinitrd bin/lsinitramfs sbin/depmod sbin/modprobe; do
		cp "$root/usr/sbin/dracut" "$root/usr/$tool"
	done
}

@test "below --sysroot no program of the image is run, and what must be run later is said" {
	image_tools
	run -0 --separate-stderr driver select ice 1
	[ ! -e "$root/ran" ]
	has "$stderr" "$root/boot/initrd-$UNAME.img still holds the former drivers: programs of the image are run only with --run-image-tools"
	has "$stderr" "dracut -f /boot/initrd-$UNAME.img $UNAME"
	[ "$(cat "$root/boot/initrd-$UNAME.img")" = old ]
	driver-tool --sysroot "$root" -s -n ice -v 2
	driver check
	[ ! -e "$root/ran" ]
}

@test "a planted journal that wants an initrd does not make any command run the image's programs" {
	image_tools
	driver select ice 2
	for selected in 1 2; do
		for command in "recover" "select ice 1" "select --no-initrd ice 2" "rollback ice" "deselect ice --force"; do
			link_update ice.ko ../xenserver/ice/$selected/ice.ko
			journal 'del(.changes[1])'
			read -ra words <<<"$command"
			driver "${words[@]}" || [ $? = 1 ]
			[ ! -e "$root/ran" ] || fail "$selected: $command"
		done
	done
}

@test "with --run-image-tools the image's programs are run, in a chroot, and --no-initrd still counts" {
	[ "$(id -u)" = 0 ] || skip "only root can chroot"
	image_tools
	driver select --run-image-tools --no-initrd ice 1
	[ ! -e "$root/ran" ]
	driver select --run-image-tools ice 2
	[ -e "$root/ran" ]
	[ ! -s "$root/boot/initrd-$UNAME.img" ]
	[ "$(ls -A "$root/boot")" = "initrd-$UNAME.img" ]
}

@test "what somebody changed since is not overwritten by repairing" {
	driver select ice 1
	jq -n --arg path "/lib/modules/$UNAME/updates/ice.ko" --arg kernel "$UNAME" '{format: "xs-driver-journal", schema: 1,
		command: "select", initrd: false, kernels: [$kernel], changes: [{path: $path, file: false, before: null,
		after: "../xenserver/ice/2/ice.ko"}]}' \
		>"$root/lib/modules/.xs-driver.journal"
	run -0 --separate-stderr driver recover
	has "$stderr" "another program has changed it meanwhile"
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
	has "$stderr" "similar names: driver-1001, " || has "$stderr" "similar names: driver-100"
}
