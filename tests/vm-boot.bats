#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# The harness that boots a real kernel: what it brings back, and how it fails.

load helpers
load trial/packages

BOOT=$TOP/tests/vm/boot

@test "stdout comes back byte for byte, stderr apart, and the status is the command's" {
	mkdir "$BATS_TEST_TMPDIR/root"
	head -c 300000 /dev/urandom >"$BATS_TEST_TMPDIR/root/random"
	local status=0
	# shellcheck disable=SC2016 # for the shell inside
	"$BOOT" --root "$BATS_TEST_TMPDIR/root" -- \
		sh -c 'cat /random; echo "it'\''s $1" >&2; echo "<0>to the console" >/dev/kmsg; exit 139' sh 'a  b' \
		>"$BATS_TEST_TMPDIR/out" 2>"$BATS_TEST_TMPDIR/err" || status=$?
	[ "$status" = 139 ]
	cmp "$BATS_TEST_TMPDIR/out" "$BATS_TEST_TMPDIR/root/random"
	[ "$(cat "$BATS_TEST_TMPDIR/err")" = "it's a  b" ]
}

@test "a script of this machine, its programs, devices, kernel words and modules can be added" {
	cat >"$BATS_TEST_TMPDIR/script" <<'EOF'
#!/bin/sh
printf '{"arguments": ["%s", "%s"]}' "$@" | jq -c .
grep -o 'xs.word=1' /proc/cmdline
cat /sys/bus/pci/devices/*/device | grep -c 0x11e8
modprobe dm-snapshot && cut -d' ' -f1 /proc/modules | sort | tr '\n' ' '
uname -r
EOF
	chmod +x "$BATS_TEST_TMPDIR/script"
	run -0 --separate-stderr "$BOOT" --program "$(command -v jq)" --module dm-snapshot --append xs.word=1 \
		--device edu --device edu -- "$BATS_TEST_TMPDIR/script" one 'two  three'
	[ "${lines[0]}" = '{"arguments":["one","two  three"]}' ]
	[ "${lines[1]}" = xs.word=1 ]
	[ "${lines[2]}" = 2 ]
	[ "${lines[3]}" = "dm_bufio dm_mod dm_snapshot $(a_kernel)" ]
	[ "$stderr" = "" ]
}

@test "a modules.dep that was prepared is used as it is, if asked for" {
	local root=$BATS_TEST_TMPDIR/root dir
	dir=$root/lib/modules/$(a_kernel)
	mkdir -p "$dir/updates" "$BATS_TEST_TMPDIR/none"
	touch "$dir"/modules.{order,builtin,builtin.modinfo}
	depmod -b "$root" -C "$BATS_TEST_TMPDIR/none" "$(a_kernel)"
	cp "$(example_module 1.0.0 "$(a_kernel)")" "$dir/updates/"
	run -1 --separate-stderr "$BOOT" --keep-modules-dep --root "$root" -- modprobe xsedu
	has "$stderr" "FATAL: Module xsedu not found"
	run -0 --separate-stderr "$BOOT" --root "$root" -- modprobe xsedu
	[ ! -s "$dir/modules.dep" ]
}

@test "with --system the machine has the programs of that directory, and no other of this machine" {
	local system=$BATS_TEST_TMPDIR/system program
	mkdir -p "$system/bin"
	run -125 --separate-stderr "$BOOT" --system "$system" -- true
	[ "$stderr" = "vm/boot: --system $system: no bin/kmod in it" ]
	for program in busybox sh kmod; do
		cp -L "$(command -v $program)" "$system/bin/"
		ldd "$system/bin/$program" | grep -o '/[^ ]*' | while read -r library; do install -D "$library" "$system$library"; done || :
	done
	# shellcheck disable=SC2016 # for the shell inside
	run -0 --separate-stderr "$BOOT" --system "$system" -- sh -c 'kmod --version | head -n 1; command -v xs-driver || echo "$?"'
	[ "$output" = "$(kmod --version | head -n 1)
127" ]
	[ "$stderr" = "" ]
}

@test "a kernel that panics is a failure of its own, with the console shown" {
	run -125 --separate-stderr "$BOOT" -- sh -c 'echo before; echo c >/proc/sysrq-trigger'
	[ "$output" = before ]
	has "$stderr" "the machine ended before the command did"
	has "$stderr" "Kernel panic - not syncing"
}

@test "a machine that does not end in time is ended" {
	run -124 --separate-stderr "$BOOT" --timeout 1 -- sleep 1000
	has "$stderr" "did not end within 1 seconds"
}

@test "nothing is left of a machine whose harness is killed" {
	local tmp=$BATS_TEST_TMPDIR/tmp status=0
	mkdir "$tmp"
	TMPDIR=$tmp "$BOOT" -- sleep 1000 3>&- &
	until compgen -G "$tmp/xs-vm.*/status"; do
		kill -0 $!
	done
	pgrep -f "$tmp/xs-vm" >"$BATS_TEST_TMPDIR/running"
	kill $!
	wait $! || status=$?
	[ "$status" = 143 ]
	[ -z "$(ls -A "$tmp")" ]
	tail --pid="$(tail -n 1 "$BATS_TEST_TMPDIR/running")" -f /dev/null
	run -1 pgrep -f "$tmp/xs-vm"
}

@test "what cannot be had is refused before anything is booted" {
	local root=$BATS_TEST_TMPDIR
	ln -s /etc "$root/etc"
	while read -r arguments reason; do
		# shellcheck disable=SC2086 # an option and its value
		run -125 --separate-stderr "$BOOT" ${arguments//=/ } -- true
		has "$stderr" "$reason"
	done <<EOF
--root=/nowhere --root /nowhere: not a directory
--root=$root $root/etc is an absolute link; make it relative
--program=/nowhere --program /nowhere: not a program
--module=nonsense --module nonsense: not a module of $(a_kernel)
--timeout=soon --timeout soon: not a number of seconds
--kernel=../../etc not a kernel's uname: '../../etc'
--kernel=9.9.9-none no package linux-image-9.9.9-none
--device=nonsense 'nonsense' is not a valid device model name
--module=loop=--keep-modules-dep --module needs depmod to run
--bogus unknown option '--bogus'
EOF
	run -125 --separate-stderr "$BOOT" --root
	has "$stderr" "--root needs a value"
}

@test "a root with another C library is an error that says so, and no kernel's panic" {
	local library
	library=$(ldd "$(command -v kmod)" | grep -o '/[^ ]*libc[.]so[.]6')
	mkdir -p "$BATS_TEST_TMPDIR/other${library%/*}"
	echo none >"$BATS_TEST_TMPDIR/other$library"
	run -125 --separate-stderr "$BOOT" --root "$BATS_TEST_TMPDIR/other" -- true
	has "$stderr" "cannot start in the machine: "
	has "$stderr" "does --root bring another C library"
}

@test "a kernel's package may have its modules in lib/modules or in usr/lib/modules" {
	local lib tree package directory
	for lib in lib usr/lib; do
		tree=$BATS_TEST_TMPDIR/${lib%%/*}/tree
		mkdir -p "$tree/boot" "$tree/$lib/modules/1.0/kernel"
		echo image >"$tree/boot/vmlinuz-1.0"
		cp "$(example_module 1.0.0 "$(a_kernel)")" "$tree/$lib/modules/1.0/kernel/"
		echo kernel/xsedu.ko >"$tree/$lib/modules/1.0/modules.order"
		kernel_packages "$tree" "$lib"
		for package in "$BATS_TEST_TMPDIR/${lib%%/*}"/kernel.{deb,rpm}; do
			directory=$(XS_VM_CACHE=$BATS_TEST_TMPDIR/cache "$TOP/tests/vm/kernel" --image "$package" 1.0)
			[ "$(cat "$directory/image")" = image ]
			grep -x "kernel/xsedu.ko:" "$directory/lib/modules/1.0/modules.dep"
			[ ! -e "$directory/usr" ]
		done
	done
}

@test "boot --help lists every option" {
	run -0 --separate-stderr "$BOOT" --help
	for option in $(grep -o -E '^[[:space:]]+--[a-z-]+( \||\))' "$BOOT" | tr -d ' |)'); do
		[ "$option" = --help ] || has "$output" "$option"
	done
	has "$output" "Exit status"
}
