#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# A select that is killed, or whose disk, depmod or initrd fails, at any point: the old state or the new one, never between.

load helpers
load driver/host
load driver/inject

# What changes something on the disk, or lets another program do so: between two of these calls nothing changes.
changing=write,ftruncate,symlinkat,renameat,fsync,unlinkat,mkdirat,linkat,flock,clone,wait4,exit_group

@test "killed at any call that changes something, the next command finds the old state or the new one, whole" {
	prepare
	calls $changing "$unchanged" >"$BATS_TEST_TMPDIR/all"
	answers=$(each kill_at <"$BATS_TEST_TMPDIR/all")
	whole "$(wc -l <"$BATS_TEST_TMPDIR/all")" "$answers"
	has "$answers" old
	has "$answers" new
}

@test "it does so when the command that repairs is killed too, at any call that changes something" {
	prepare
	halfway=$BATS_TEST_TMPDIR/halfway
	# The journal's rename is the first one; four of seven links are new.
	inject signal=SIGKILL renameat 6 "$halfway" || [ $? = 137 ]
	run -1 xs-driver check --sysroot "$halfway"
	cp -a "$halfway" "$BATS_TEST_TMPDIR/traced"
	strace -o "$BATS_TEST_TMPDIR/trace" -e trace=$changing \
		xs-driver recover --sysroot "$BATS_TEST_TMPDIR/traced" \
		>"$BATS_TEST_TMPDIR/traced.out" 2>&1
	numbered "$unchanged" <"$BATS_TEST_TMPDIR/trace" >"$BATS_TEST_TMPDIR/all"
	answers=$(each kill_recover_at <"$BATS_TEST_TMPDIR/all")
	whole "$(wc -l <"$BATS_TEST_TMPDIR/all")" "$answers"
	lacks "$answers" new
}

# failing ERROR CALLS: a select at which each of these calls fails with it, one at a time.
failing() {
	prepare
	calls "$2" >"$BATS_TEST_TMPDIR/all"
	answers=$(each fail_at "$1" <"$BATS_TEST_TMPDIR/all")
	whole "$(wc -l <"$BATS_TEST_TMPDIR/all")" "$answers"
	has "$answers" old
}

@test "the disk is full at any call that changes something: old or new, whole" {
	failing ENOSPC write,symlinkat,renameat,fsync,mkdirat
}

@test "the disk fails at any call that changes something: old or new, whole" {
	failing EIO write,symlinkat,renameat,fsync,unlinkat,mkdirat,clone
}

# install_large COUNT: a host with a driver of so many modules for each of two kernels. The names are as long as names may
# be: each module adds about 300 bytes to the journal.
install_large() {
	local kernel dir
	large=large_$(printf 'x%.0s' {1..50})
	make_host
	make_kernel "$OTHER"
	for kernel in "$UNAME" "$OTHER"; do
		dir=$(hierarchy "$kernel")/$large/1
		mkdir -p "$dir"
		(cd "$dir" && seq -f "${large::50}_%04g.ko" "$1" |
			xargs -n 500 sh -c 'tee "$@" <"$0" >/dev/null' "$(fake_module large 1 "$kernel")")
	done
	journal=$root/lib/modules/.xs-driver.journal
}

@test "a journal of more than 64 KiB that cannot be brought to the disk is removed again" {
	install_large 150
	for call in write:1 fsync:1 renameat:1 fsync:2; do
		run -1 --separate-stderr strace -o "$BATS_TEST_TMPDIR/trace" -e trace=write,fsync,renameat \
			-P "$root/lib/modules" -P "$root/lib/modules/..xs-driver.journal.xs-new" \
			-e inject="${call%:*}:error=EIO:when=${call#*:}" xs-driver select --sysroot "$root" "$large" 1
		[ "$stderr" = "xs-driver: ${journal#"$root"}: Input/output error
xs-driver: nothing is changed" ] || fail "$call: $stderr"
		[ "$(find "$root" -name '*.xs-driver.*')" = "$root/lib/modules/.xs-driver.lock" ] || fail "$call: $(ls -A "$root/lib/modules")"
		[ "$(sed -n 's/^write.*, \([0-9]*\)) .*/\1/p' "$BATS_TEST_TMPDIR/trace")" -gt 65536 ]
	done
}

@test "a select whose journal would be too long to be read is refused before it changes anything" {
	install_large 1800
	cp -al "$root" "$BATS_TEST_TMPDIR/before"
	run -1 --separate-stderr driver select "$large" 1
	[ "$stderr" = "xs-driver: ${journal#"$root"}: the journal would be longer than 1048576 bytes: change fewer kernels at once, with --kernel
xs-driver: nothing is changed" ]
	rm "$root/lib/modules/.xs-driver.lock"
	diff -r --no-dereference "$BATS_TEST_TMPDIR/before" "$root"
	# What the message says to do is possible, and that journal is read again.
	run -137 strace -o "$BATS_TEST_TMPDIR/trace" -e trace=renameat -e inject=renameat:signal=KILL:when=3 \
		xs-driver select --sysroot "$root" --kernel "$OTHER" "$large" 1
	[ "$(stat -c %s "$journal")" -gt 524288 ]
	XS_DEPMOD=/bin/true run -0 --separate-stderr driver recover
	has "$stderr" "had been interrupted; it is undone"
	[ -z "$(ls -A "$root/lib/modules/$OTHER/updates")" ]
}

# on_full_disk KILOBYTES: a select on a file system that has so much left; prints how the host looks then.
on_full_disk() {
	export template BATS_TEST_TMPDIR
	own_mounts bash -s -- "$1" "$TOP" <<-'END'
		. "$2/tests/driver/inject.bash"
		mkdir -p "$BATS_TEST_TMPDIR/disk"
		mount -t tmpfs -o size=1m,nr_inodes=4k full "$BATS_TEST_TMPDIR/disk"
		cp -a "$template" "$BATS_TEST_TMPDIR/disk/root"
		left=$(df -k --output=avail "$BATS_TEST_TMPDIR/disk" | tail -n 1)
		head -c "$(((left - $1) * 1024))" /dev/zero >"$BATS_TEST_TMPDIR/disk/fill"
		xs-driver select --sysroot "$BATS_TEST_TMPDIR/disk/root" pair 2.0 >"$BATS_TEST_TMPDIR/disk.out" 2>&1
		rm "$BATS_TEST_TMPDIR/disk/fill"
		xs-driver recover --sysroot "$BATS_TEST_TMPDIR/disk/root" >>"$BATS_TEST_TMPDIR/disk.out" 2>&1
		cp -a "$BATS_TEST_TMPDIR/disk/root" "$BATS_TEST_TMPDIR/after-$1"
		cp "$BATS_TEST_TMPDIR/disk.out" "$BATS_TEST_TMPDIR/after-$1.out"
		judge "$BATS_TEST_TMPDIR/after-$1"
	END
}

@test "a disk with any number of blocks left: old or new, whole, once there is room again" {
	prepare
	own_mounts true || skip "no mount namespaces here"
	answers=$(for left in $(seq 0 4 100); do on_full_disk "$left"; done | sort | uniq -c)
	whole 26 "$answers"
	has "$answers" old
	has "$answers" new
}

@test "on a read-only root select says so and changes nothing" {
	prepare
	own_mounts true || skip "no mount namespaces here"
	run -1 --separate-stderr own_mounts sh -c 'mount --bind "$1" "$1" && mount -o remount,bind,ro "$1" &&
		exec xs-driver select --sysroot "$1" pair 2.0' sh "$template"
	has "$stderr" "Read-only file system"
	has "$stderr" "nothing is changed"
	[ "$(judge "$template")" = old ]
}

@test "a depmod that fails: the former links are back, and the next command repairs modules.dep" {
	prepare
	root=$template
	XS_DEPMOD=/bin/false run -1 --separate-stderr driver select pair 2.0
	has "$stderr" "/bin/false failed for kernel $UNAME with status 1"
	has "$stderr" "xs-driver recover"
	[ "$(selected xs_user.ko)" = ../xenserver/pair/1.0/xs_user.ko ]
	run -1 driver check
	has "$output" "interrupted"
	driver recover
	[ "$(judge "$template")" = old ]
}

@test "a depmod that fails for the second kernel: both are as before, without another command" {
	prepare
	printf '#!/bin/sh\ncase "$*" in *%s) [ ! -e %s ] || { rm %s; exit 3; } ;; esac\nexec depmod "$@"\n' \
		"$OTHER" "$BATS_TEST_TMPDIR/once" "$BATS_TEST_TMPDIR/once" >"$BATS_TEST_TMPDIR/depmod"
	chmod 755 "$BATS_TEST_TMPDIR/depmod"
	touch "$BATS_TEST_TMPDIR/once"
	root=$template
	XS_DEPMOD=$BATS_TEST_TMPDIR/depmod run -1 --separate-stderr driver select pair 2.0
	has "$stderr" "failed for kernel $OTHER with status 3"
	has "$stderr" "all changes were undone"
	[ "$(judge "$template")" = old ]
}

@test "interrupted at a terminal, which reaches depmod too: undone" {
	prepare
	cat >"$BATS_TEST_TMPDIR/depmod" <<-'END'
		#!/bin/sh
		[ ! -e "$0.once" ] || { rm "$0.once" && kill -INT $PPID $$; }
		exec depmod "$@"
	END
	chmod 755 "$BATS_TEST_TMPDIR/depmod"
	touch "$BATS_TEST_TMPDIR/depmod.once"
	root=$template
	XS_DEPMOD=$BATS_TEST_TMPDIR/depmod run -1 --separate-stderr driver select pair 2.0
	has "$stderr" "failed for kernel $UNAME with status 130"
	has "$stderr" "all changes were undone"
	[ "$(judge "$template")" = old ]
}

# initrd_maker: a program that makes an initrd of what modules.dep and updates/ say, and fails when told to.
initrd_maker() {
	cat >"$BATS_TEST_TMPDIR/maker" <<-'END'
		#!/bin/sh
		[ "$1" = -f ] || exit 64
		cd "${2%/*}/../lib/modules/$3" || exit 65
		{ cat modules.dep && ls -l updates | sed 's/.*updates//'; } >"$2"
		[ ! -e "$0.fails" ]
	END
	chmod 755 "$BATS_TEST_TMPDIR/maker"
	export XS_INITRD=$BATS_TEST_TMPDIR/maker
}

@test "the initrd is made anew where there is one, and only there" {
	prepare
	initrd_maker
	root=$template
	mkdir "$root/boot"
	echo old >"$root/boot/initrd-$UNAME.img"
	driver select pair 2.0
	has "$(cat "$root/boot/initrd-$UNAME.img")" "xenserver/pair/2.0/xs_user.ko"
	[ "$(ls -A "$root/boot")" = "initrd-$UNAME.img" ]
	driver select pair 1.0 --no-initrd
	has "$(cat "$root/boot/initrd-$UNAME.img")" "xenserver/pair/2.0/xs_user.ko"
}

@test "an initrd generator that fails: the old initrd, the old links, the old modules.dep" {
	prepare
	initrd_maker
	root=$template
	mkdir "$root/boot"
	echo old >"$root/boot/initrd-$UNAME.img"
	touch "$XS_INITRD.fails"
	run -1 --separate-stderr driver select pair 2.0
	has "$stderr" "maker failed for kernel $UNAME with status 1"
	[ "$(cat "$root/boot/initrd-$UNAME.img")" = old ]
	[ "$(ls -A "$root/boot")" = "initrd-$UNAME.img" ]
	[ "$(judge "$template")" = old ]
}

# two_initrds: both kernels have one, and $XS_INITRD makes them.
two_initrds() {
	prepare
	initrd_maker
	root=$template
	mkdir "$root/boot"
	for kernel in "$UNAME" "$OTHER"; do echo "old $kernel" >"$root/boot/initrd-$kernel.img"; done
}

# old_initrds: they are as they were, and nothing lies beside them.
old_initrds() {
	for kernel in "$UNAME" "$OTHER"; do [ "$(cat "$root/boot/initrd-$kernel.img")" = "old $kernel" ]; done
	[ "$(ls -A "$root/boot" | wc -l)" = 2 ]
}

@test "the second kernel's initrd fails: both are the former ones, although the first was made" {
	two_initrds
	for kernel in "$UNAME" "$OTHER"; do
		sed -i "2i [ \"\$3\" != $kernel ] || exit 9" "$XS_INITRD"
		run -1 --separate-stderr driver select pair 2.0
		has "$stderr" "failed for kernel $kernel with status 9"
		has "$stderr" "all changes were undone"
		old_initrds
		[ "$(judge "$root")" = old ]
		sed -i 2d "$XS_INITRD"
	done
}

@test "a call on /boot fails or kills the program at any point: the initrds are both old or both new, as the links are" {
	two_initrds
	cp -a "$root" "$BATS_TEST_TMPDIR/initrds"
	strace -o "$BATS_TEST_TMPDIR/trace" -e trace=linkat,renameat,fsync,unlinkat \
		xs-driver select --sysroot "$root" pair 2.0 >/dev/null 2>&1
	# The initrds come after depmod's files; the tests above are about what is before.
	numbered <"$BATS_TEST_TMPDIR/trace" |
		tail -n "+$(grep '^[a-z]' "$BATS_TEST_TMPDIR/trace" | grep -n 'xs-driver.depmod' | tail -n 1 | cut -d : -f 1)" \
			>"$BATS_TEST_TMPDIR/all"
	[ "$(wc -l <"$BATS_TEST_TMPDIR/all")" -gt 10 ]
	while read -r call count; do
		for injection in error=EIO signal=SIGKILL; do
			[ "$call $injection" != "fsync signal=SIGKILL" ] || continue
			rm -rf "$root" && cp -a "$BATS_TEST_TMPDIR/initrds" "$root"
			sh -c '"$@" >/dev/null 2>&1; :' sh strace -o /dev/null -e trace="$call" \
				-e inject="$call:$injection:when=$count" xs-driver select --sysroot "$root" pair 2.0
			driver recover 2>/dev/null
			version=$(driver list --format json --kernel "$UNAME" | jq -r '.drivers[0].selected_version')
			[ "$(grep -l "^old" "$root/boot/"initrd* | wc -l)" = "$([ "$version" = 1.0 ] && echo 2 || echo 0)" ] ||
				fail "$injection at $call $count: $version, $(head -n 1 "$root/boot/"*)"
			[ "$(ls -A "$root/boot" | wc -l)" = 2 ] || fail "$injection at $call $count: $(ls -A "$root/boot")"
			[ "$version" = 1.0 ] || has "$(cat "$root/boot/initrd-$OTHER.img")" pair/2.0
		done
	done <"$BATS_TEST_TMPDIR/all"
}

@test "--no-initrd leaves both as they are" {
	two_initrds
	driver select --no-initrd pair 2.0
	old_initrds
}

@test "a /boot that cannot be looked at is an error, not a host without an initrd" {
	two_initrds
	status=0
	strace -o /dev/null -e trace=newfstatat -P "$root/boot" -e inject=newfstatat:error=EIO \
		xs-driver select --sysroot "$root" pair 2.0 >"$BATS_TEST_TMPDIR/out" 2>&1 || status=$?
	[ $status = 1 ]
	has "$(cat "$BATS_TEST_TMPDIR/out")" "/boot/initrd-$UNAME.img: Input/output error"
}

# synced: of a trace with paths (-y), a line for each step: what was brought to the disk, renamed or removed.
synced() {
	sed -nE -e 's|^fsync\([0-9]+<([^>]*)>\).*= 0|fsync \1|p' -e 's|^(renameat)\([0-9]+<([^>]*)>, "([^"]*)", [0-9]+<([^>]*)>, "([^"]*)"\).*= 0|rename \4/\5|p' \
		-e 's|^unlinkat\([0-9]+<([^>]*)>, "([^"]*)", 0\).*= 0|unlink \1/\2|p' -e 's|^write\([0-9]+<([^>]*)>.*|write \1|p' "$1" |
		sed "s|$root||"
}

# before FIRST SECOND: in $steps a line FIRST is there, and none after the first line SECOND.
before() {
	has "$steps" "$1"
	has "$steps" "$2"
	awk -v first="$1" -v second="$2" '$0 == second { found = 1 } $0 == first && found { exit 1 }' <<<"$steps" ||
		fail "$1 after $2"
}

@test "all is on the disk before the journal goes, and the journal before anything changes" {
	two_initrds
	strace -y -o "$BATS_TEST_TMPDIR/trace" -e trace=fsync,renameat,unlinkat xs-driver select --sysroot "$root" pair 2.0 >/dev/null 2>&1
	steps=$(synced "$BATS_TEST_TMPDIR/trace")
	modules=/lib/modules
	journal=$modules/.xs-driver.journal
	before "fsync $modules/..xs-driver.journal.xs-new" "rename $journal"
	# The first sync of /lib/modules after the journal's rename comes before any link is made.
	[ "$(grep -n -A 1 "^rename $journal" <<<"$steps" | tail -n 1)" = "$(grep -n "^fsync $modules\$" <<<"$steps" | head -n 1 | sed 's/:/-/')" ]
	before "rename $journal" "rename $modules/$UNAME/updates/xs_user.ko"
	for kernel in "$UNAME" "$OTHER"; do
		before "rename $modules/$kernel/updates/xs_user.ko$([ "$kernel" = "$UNAME" ] || echo .xz)" "unlink $journal"
		before "fsync $modules/$kernel/updates" "rename $modules/$kernel/modules.dep"
		for file in dep dep.bin alias alias.bin symbols softdep; do
			before "fsync $modules/.xs-driver.depmod/lib/modules/$kernel/modules.$file" "rename $modules/$kernel/modules.$file"
			before "rename $modules/$kernel/modules.$file" "fsync $modules/$kernel"
		done
		before "fsync $modules/$kernel" "rename /boot/initrd-$kernel.img"
		before "fsync /boot/.initrd-$kernel.img.xs-new" "rename /boot/initrd-$kernel.img"
		before "rename /boot/initrd-$kernel.img" "unlink $journal"
	done
	before "fsync /boot" "unlink $journal"
	# And nothing that was kept of the former initrds goes before the journal is known to be gone.
	before "unlink $journal" "unlink /boot/.initrd-$UNAME.img.xs-old"
	[ "$(grep -A 1 "^unlink $journal" <<<"$steps" | tail -n 1)" = "fsync $modules" ]
}

@test "on the host itself depmod's files are brought to the disk too" {
	make_host
	install_fake ice 1 ice
	own_mounts true || skip "no mount namespaces here"
	own_mounts sh -ec 'mount --bind "$1/lib/modules" /lib/modules
		exec strace -y -o "$2" -e trace=fsync,renameat,unlinkat xs-driver select --no-initrd ice 1' \
		sh "$root" "$BATS_TEST_TMPDIR/trace" >/dev/null 2>&1
	steps=$(synced "$BATS_TEST_TMPDIR/trace" | sed -E 's|^([a-z]+) .*/lib/modules|\1 /lib/modules|')
	for file in dep dep.bin alias.bin; do
		before "fsync /lib/modules/$UNAME/modules.$file" "unlink /lib/modules/.xs-driver.journal"
	done
	before "fsync /lib/modules/$UNAME" "unlink /lib/modules/.xs-driver.journal"
}

@test "a real mkinitramfs puts the selected version into the initrd, and what it holds is told" {
	command -v mkinitramfs lsinitramfs >/dev/null || skip "initramfs-tools are not installed"
	[ "$(id -u)" = 0 ] && own_mounts true || skip "only root can mount over /lib/modules"
	make_host
	for version in 1.0.0 1.1.0; do install_edu $version; done
	cp -r /etc/initramfs-tools "$BATS_TEST_TMPDIR/config"
	sed -i 's/^MODULES=.*/MODULES=list/' "$BATS_TEST_TMPDIR/config/initramfs.conf"
	echo xsedu >>"$BATS_TEST_TMPDIR/config/modules"
	mkdir "$root/boot"
	echo CONFIG_RD_ZSTD=y >"$root/boot/config-$UNAME"
	echo old >"$root/boot/initrd.img-$UNAME"
	run -0 --separate-stderr own_mounts sh -ec 'mount --bind "$1/lib/modules" /lib/modules
		mount --bind "$1/boot" /boot
		mount --bind "$2" /etc/initramfs-tools
		exec xs-driver select xs-edu 1.1.0' sh "$root" "$BATS_TEST_TMPDIR/config"
	has "$stderr" "the initrd of $UNAME now holds lib/modules/$UNAME/xenserver/xs-edu/1.1.0/xsedu.ko"
	has "$(lsinitramfs "$root/boot/initrd.img-$UNAME")" "updates/xsedu.ko"
	[ "$(ls -A "$root/boot" | wc -l)" = 2 ]
}

@test "two selects at once: one waits for the other, never mixed" {
	prepare
	root=$template
	for round in 1 2 3 4 5 6 7 8; do
		for version in 2.0 1.0 2.0 1.0; do
			xs-driver select --sysroot "$root" pair $version >/dev/null 2>&1 3>&- &
		done
		wait
		driver check
		version=$(driver list --format json | jq -r '.drivers[0].selected_version')
		[ "$(grep -c "v0000${version/./00}d" "$root/lib/modules/$UNAME/modules.alias")" = \
			"$(ls "$(hierarchy)/pair/$version" | wc -l)" ] || fail "round $round"
	done
}

@test "the lock is a file that only root may open, and who holds it is told, with the time to wait" {
	make_host
	install_fake ice 1 ice
	driver select ice 1
	lock=$root/lib/modules/.xs-driver.lock
	[ "$(stat -c '%a %F' "$lock")" = "600 regular file" ]
	has "$(cat "$lock")" "xs-driver select"
	exec 5<>"$lock"
	flock 5
	echo "$$ rpm %post" >"$lock"
	for command in "recover" "deselect --force ice" "rollback ice" "activate ice" "select ice 1"; do
		# shellcheck disable=SC2086 # words
		run -1 --separate-stderr driver $command --wait 0
		has "$stderr" "another command is running (process $$ rpm %post); nothing is changed"
	done
	[ "$(selected ice.ko)" = ../xenserver/ice/1/ice.ko ]
	# The line is from before: its process has ended, and who holds the lock wrote none.
	sh -c 'echo "$$ xs-driver select"' >"$lock"
	run -1 --separate-stderr driver recover --wait 0
	has "$stderr" "(process unknown, perhaps the scriptlet of a package)"
	run -2 driver recover --wait soon
	exec 5>&-
	driver recover --wait 0
}

@test "a shared lock on a directory that any user may open holds nobody up" {
	make_host
	install_fake ice 1 ice
	exec 5<"$root/lib/modules"
	flock -s 5
	driver select --wait 0 ice 1
}

@test "a lock file that is a link, a FIFO or a directory is not used" {
	make_host
	install_fake ice 1 ice
	lock=$root/lib/modules/.xs-driver.lock
	: >"$BATS_TEST_TMPDIR/target"
	for make in "ln -s $BATS_TEST_TMPDIR/target" mkfifo mkdir; do
		$make "$lock"
		run -1 timeout 10 xs-driver select --sysroot "$root" ice 1
		has "$output" ".xs-driver.lock: "
		rm -r "$lock"
	done
	[ ! -s "$BATS_TEST_TMPDIR/target" ]
}

@test "what a killed select left running is waited for, so that it cannot write over the new modules.dep" {
	prepare
	mkfifo "$BATS_TEST_TMPDIR/go"
	printf '#!/bin/sh\necho started >%s\nread line <%s\nexec depmod "$@"\n' "$BATS_TEST_TMPDIR/started" \
		"$BATS_TEST_TMPDIR/go" >"$BATS_TEST_TMPDIR/depmod"
	chmod 755 "$BATS_TEST_TMPDIR/depmod"
	mkfifo "$BATS_TEST_TMPDIR/started"
	XS_DEPMOD=$BATS_TEST_TMPDIR/depmod xs-driver select --sysroot "$template" pair 2.0 2>/dev/null 3>&- &
	read -r _ <"$BATS_TEST_TMPDIR/started"
	kill -KILL $!
	mkfifo "$BATS_TEST_TMPDIR/err"
	xs-driver recover --sysroot "$template" 2>"$BATS_TEST_TMPDIR/err" 3>&- &
	# What it says first tells that it has come to the lock; only then may the depmod go on.
	exec 5<"$BATS_TEST_TMPDIR/err"
	read -r said <&5
	has "$said" "waiting"
	echo go >"$BATS_TEST_TMPDIR/go"
	wait $!
	[ "$(judge "$template")" = new ]
}
