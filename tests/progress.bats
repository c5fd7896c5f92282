#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# On a terminal, no command is silent for more than two seconds.

load helpers
load driver/host

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	make_host
}

# on_terminal COMMAND: its output and its status. A command's own stdout may be a file.
on_terminal() { script -qec "$1" /dev/null </dev/null; }

# tells TEXT: the line with TEXT was written again as time passed. Each one is a second later.
tells() {
	local seconds
	seconds=$(tr '\r' '\n' <<<"$output" | sed -n "s|^$1.* (\([0-9]*\) s).*|\1|p" | sort -u | wc -l)
	[ "$seconds" -ge 2 ] || fail "not told twice: $1"$'\n'"$output"
}

# slow NAME SECONDS COMMAND: a program that takes so long, and then runs the command.
slow() {
	printf '#!/bin/sh\nsleep %s\n%s\n' "$2" "$3" >"$BATS_TEST_TMPDIR/$1"
	chmod +x "$BATS_TEST_TMPDIR/$1"
}

@test "select tells how long depmod and the initrd take, and only on a terminal" {
	install_fake ice 1 ice
	mkdir -p "$root/boot"
	echo old >"$root/boot/initrd.img-$UNAME"
	slow maker 4 'echo new >"$2"'
	slow depmod 4 'exec /sbin/depmod "$@"'
	export XS_INITRD=$BATS_TEST_TMPDIR/maker XS_DEPMOD=$BATS_TEST_TMPDIR/depmod
	run -0 on_terminal "xs-driver select --sysroot '$root' ice 1"
	tells "running depmod for kernel $UNAME"
	tells "making the initrd of kernel $UNAME with"
	# The line is erased before what is printed, and at the end.
	has "$output" $'\r\e[Kice: 1 is selected'
	slow maker 0 'echo new >"$2"'
	slow depmod 2 'exec /sbin/depmod "$@"'
	run -0 --separate-stderr driver deselect --force ice
	lacks "$stderr$output" "depmod"
}

@test "list and check tell which initrd they read" {
	install_fake ice 1 ice
	driver select ice 1
	mkdir -p "$root/boot"
	cpio -o -H newc --quiet </dev/null >"$root/boot/initrd.img-$UNAME"
	for command in list check; do
		# However fast the machine is, the image takes three seconds.
		run on_terminal "strace -qq -o log -P '$root/boot/initrd.img-$UNAME' -e trace=fstat,newfstatat,read,mmap \
			-e inject=fstat,newfstatat,read,mmap:delay_enter=3000000 xs-driver $command --sysroot '$root' >report"
		tells "reading the initrd of kernel $UNAME"
		lacks "$(cat report)" " s)"
	done
}

@test "a command that waits for another one tells how long it waits" {
	install_fake ice 1 ice
	driver select ice 1
	exec 5<>"$root/lib/modules/.xs-driver.lock"
	flock 5
	run -1 on_terminal "xs-driver deselect --sysroot '$root' --force ice --wait 4"
	tells "waiting for another command"
}

@test "verify and diff tell that they work on one large image" {
	mkdir content
	echo text >content/file
	xorriso -as mkisofs -quiet -o disk.iso content
	slow="strace -f -qq -o log -P disk.iso -P '$PWD/disk.iso' -e trace=read,pread64 -e inject=read,pread64:delay_enter=700000"
	run -1 on_terminal "$slow xs-ddk verify --jobs 1 disk.iso >report"
	tells working
	run on_terminal "$slow xs-ddk diff disk.iso disk.iso >report"
	tells working
}
