#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# The scriptlets by themselves, in the shells that hosts have, and what they do about initrds and failures.

load rpm/helpers

setup_file() {
	example
	pair
	base_package
	example_module 1.0.0 "$K1"
	example_module 1.0.0 "$K2"
} >&2

setup() {
	EXAMPLE=$(results example)
	V1=$(package "$EXAMPLE" xsedu 1.0.0)
	V2=$(package "$EXAMPLE" xsedu 1.1.0)
	PAIR=$(package "$(results pair)" pair 1.0)
}

# scriptlet COMMANDS: the functions and then these commands, as a script.
scriptlet() {
	printf "driver='d' version='1' uname='u' package='d-1' weak=no deferred=yes root='%s'\n" "$BATS_TEST_TMPDIR"
	cat "$TOP/rpm/scriptlet.sh"
	printf '%s\n' "$1"
}

# versions: legal ones that differ in every way that matters to their order, each on a line.
versions() {
	local a b
	for a in 1 01 10 9 99999999999999999999 100000000000000000000 a b A ab 0 00; do
		for b in '' . .0 .1 .10 .09 .a .b ~rc1 ~ ~~ ~1 +1 _ @2 rc1 a1 .1a .1.a; do
			echo "$a$b"
		done
	done
}

# all_pairs: A<tab>B, some thousands.
all_pairs() {
	versions | awk '{ v[NR] = $0 } END { for (i = 1; i <= NR; i++) for (j = i % 13 + 1; j <= NR; j += 13) print v[i] "\t" v[j] }'
}

# rpm_order: the words newer or not, for each pair in the file pairs, as RPM's own comparison says.
rpm_order() {
	cat >order.lua <<-'LUA'
		for line in io.lines("pairs") do
			local a, b = line:match("^(%S+)\t(%S+)$")
			io.write(rpm.vercmp(a, b) > 0 and "newer" or "not", "\n")
		end
	LUA
	rpm --eval '%{lua:dofile("order.lua")}' | grep .
}

@test "shellcheck has nothing to say about the scriptlets and the scripts of rpm/" {
	run -0 shellcheck -s sh "$TOP/rpm/scriptlet.sh"
	run -0 shellcheck "$TOP"/rpm/{kernels,spec-packages,build-package,build-modules,install-modules,finish-modules,finish-data} \
		"$TOP"/rpm/{fill-spec,sign-module,module-relations,build-kit}
}

# bare_patterns FILE: the lines of a command substitution of several lines that hold a pattern of "case" without its
# opening parenthesis. Bash before 4.3 takes the closing one for the end of the substitution.
bare_patterns() {
	awk -v file="$1" '
		/\$\($/ { depth++ }
		depth && /^[^(#]*[^(#[:space:]][^(]*\) .*;;$/ && !/^[[:space:]]*\(/ { print file ":" FNR ": " $0 }
		depth && /\$\([^)]*case .* in [^(]/ { print file ":" FNR ": " $0 }
		/^[[:space:]]*\)/ && depth { depth-- }' "$1"
}

@test "the scripts that hosts run are read by dash, busybox and bash, and by bash 4.2 too" {
	local script shell
	for script in "$TOP"/rpm/scriptlet.sh "$TOP"/rpm/disk/{install.sh,uninstall.sh,pack.sh,run-install}; do
		for shell in dash 'busybox sh' bash 'bash --posix' ${BASH42-}; do
			run -0 $shell -n "$script"
		done
		[ -z "$(bare_patterns "$script")" ] || fail "$(bare_patterns "$script")"
	done
	# The check finds what it looks for.
	sed 's/^\([[:space:]]*\)(\(driver-rpm\)/\1\2/' "$TOP/rpm/disk/install.sh" >"$BATS_TEST_TMPDIR/bare"
	[ "$(bare_patterns "$BATS_TEST_TMPDIR/bare" | wc -l)" -eq 1 ]
}

@test "their order of versions is RPM's, for thousands of pairs, under dash, bash and busybox sh" {
	local shell
	cd "$BATS_TEST_TMPDIR" || return
	# No "-": to RPM's Lua what follows it is the release.
	all_pairs >pairs
	[ "$(wc -l <pairs)" -gt 2000 ]
	rpm_order >expected
	# Both words, or the comparison below says nothing.
	grep -q -x newer expected
	grep -q -x not expected
	# shellcheck disable=SC2016
	scriptlet 'while IFS="	" read -r v w; do is_newer "$v" "$w" && echo newer || echo not; done' >s
	for shell in dash 'bash --posix' 'busybox sh'; do
		$shell s <pairs >found
		paste pairs expected found | awk -F'\t' '$3 != $4' \
			>differ
		[ ! -s differ ] || fail "$shell: $(head differ)"
	done
}

@test "it is the order that xs-ddk compare tells" {
	local v w told
	# shellcheck disable=SC2016
	scriptlet 'is_newer "$v" "$w" && echo ">"' >"$BATS_TEST_TMPDIR/s"
	while IFS=$'\t' read -r v w; do
		told=$(xs-ddk compare "$v" "$w")
		[ "$(v=$v w=$w sh "$BATS_TEST_TMPDIR/s" | grep . || echo '<')" = "${told/=/<}" ] || fail "$v $w: $told"
	done < <(all_pairs | awk 'NR % 20 == 0' | sed 's/+/-/g')
}

@test "what a package carries is this text, so that nothing was expanded on the way" {
	local want
	want=$(sed '/^[[:space:]]*#/d' "$TOP/rpm/scriptlet.sh" | grep .)
	for tag in PREIN POSTIN PREUN POSTUN POSTTRANS; do
		run -0 rpm -qp --qf "%{$tag}" "$V1"
		has "$(grep . <<<"$output")" "$want"
	done
	# Packages for rpm 4.11 have no such trigger.
	[ "$PROFILE" != xs8 ] || return 0
	run -0 rpm -qp --qf '[%{TRANSFILETRIGGERSCRIPTS}\n]' "$V1"
	has "$(grep . <<<"$output")" "$want"
}

@test "they call only what a minimal system has" {
	# In a root of busybox's own programs and depmod alone: install, upgrade and erase, in silence.
	make_root "$K1"
	rm "$ROOT"/bin/{ls,cat,cp,head,sed}
	run -0 --separate-stderr change -U "$V1" "$PAIR"
	[ "$stderr" = "" ]
	run -0 --separate-stderr change -e "$(name "$V1")" "$(name "$PAIR")"
	[ "$stderr" = "" ]
	[ ! -e "$ROOT/dev/null" ]
}

@test "the initrd is rebuilt once in a transaction, for that kernel only" {
	make_root "$K1" "$K2"
	add_dracut
	run -0 change -U "$V1" "$PAIR" "$(package "$EXAMPLE" xsedu 1.0.0 "$K2")"
	[ "$(calls | sort)" = "$(printf 'dracut -f /boot/initrd-%s.img %s\n' "$K1" "$K1" "$K2" "$K2" | sort)" ]
	# Not selected: nothing in the initrd changes.
	run -0 change -U "$V2"
	[ "$(calls)" = "" ]
	run -0 change -U --replacepkgs "$V1"
	[ "$(calls)" = "dracut -f /boot/initrd-$K1.img $K1" ]
	run -0 change -e "$(name "$V2")"
	[ "$(calls)" = "" ]
	sound
}

# once: with rpm 4.11 each package that is erased rebuilds the initrd, because no trigger tells the end of the transaction.
once() {
	if [ "$PROFILE" = xs8 ]; then sort -u; else cat; fi
}

@test "erasing rebuilds the initrd once too, whether something is left for the kernel or nothing" {
	make_root "$K1"
	add_dracut
	run -0 change -U "$V1" "$V2" "$PAIR"
	calls
	run -0 change -e "$(name "$V1")" "$(name "$V2")"
	[ "$(calls | once)" = "dracut -f /boot/initrd-$K1.img $K1" ]
	run -0 change -U "$V1" "$V2"
	calls
	run -0 change -e "$(name "$V1")" "$(name "$V2")" "$(name "$PAIR")"
	[ "$(calls | once)" = "dracut -f /boot/initrd-$K1.img $K1" ]
	sound
}

@test "update-initramfs and mkinitrd are used where they are, and without an initrd none is made" {
	make_root "$K1"
	for generator in update-initramfs mkinitrd; do
		add_dracut
		mv "$ROOT/usr/bin/dracut" "$ROOT/usr/sbin/$generator"
		run -0 change -U "$V1"
		run -0 change -e "$(name "$V1")"
		calls >"$BATS_TEST_TMPDIR/$generator"
		rm "$ROOT/usr/sbin/$generator"
	done
	[ "$(sort -u "$BATS_TEST_TMPDIR/update-initramfs")" = "dracut -u -k $K1" ]
	[ "$(sort -u "$BATS_TEST_TMPDIR/mkinitrd")" = "dracut -f /boot/initrd-$K1.img $K1" ]
	rm "$ROOT/boot/initrd-$K1.img"
	add_dracut
	run -0 change -U "$V1"
	[ "$(calls)" = "" ]
	[ -z "$(ls "$ROOT/boot")" ]
}

@test "the mark that XenServer's own initrd macros leave is taken for ours" {
	make_root "$K1"
	add_dracut
	run -0 change -U "$V1"
	calls
	# Another package's scriptlet in the same transaction, as %regenerate_initrd_post writes it.
	: >"$ROOT/var/lib/rpm-state/regenerate-initrd-$K1"
	run -0 change -U "$V2"
	[ "$(calls)" = "dracut -f /boot/initrd-$K1.img $K1" ]
	sound
}

@test "a generator that fails is reported, with what to do" {
	make_root "$K1"
	add_dracut
	touch "$ROOT/dracut-fails"
	run --separate-stderr change -U "$V1"
	has "$stderr" "xsedu-1.0.0 for $K1: error: /usr/bin/dracut failed: /boot/initrd-$K1.img still holds the former modules"
	has "$stderr" "scriptlet failed, exit status 1"
	[ "$(selected xsedu.ko)" = ../xenserver/xsedu/1.0.0/xsedu.ko ]
}

@test "a depmod that fails is reported, and rpm says so" {
	make_root "$K1"
	rm "$ROOT/sbin/depmod"
	printf '#!/bin/sh\nexit 1\n' >"$ROOT/sbin/depmod"
	chmod +x "$ROOT/sbin/depmod"
	run -0 --separate-stderr change -U "$V1"
	has "$stderr" "error: depmod failed; fix what it says and run 'depmod $K1'"
	has "$stderr" "%post($(rpm -qp "$V1")) scriptlet failed, exit status 1"
}

@test "without any depmod an install says so, and the driver is selected all the same" {
	make_root "$K1"
	rm "$ROOT/sbin/depmod"
	run -0 --separate-stderr change -U "$V1"
	has "$stderr" "error: there is no depmod; run 'depmod $K1' when there is"
	[ "$(selected xsedu.ko)" = ../xenserver/xsedu/1.0.0/xsedu.ko ]
}

# host VERSION...: a root with these versions of the driver d for the kernel u.
host() {
	local version
	for version; do
		mkdir -p "lib/modules/u/xenserver/d/$version"
		touch "lib/modules/u/xenserver/d/$version/d.ko"
	done
	mkdir -p etc/modprobe.d
	touch etc/modprobe.d/xs-ddk-d.conf
}

@test "erasing a version leaves nothing of xs-driver's that names it, and the last one nothing at all" {
	cd "$BATS_TEST_TMPDIR" || return
	host 1 2
	echo 1 >lib/modules/u/xenserver/d/.previous
	run -0 sh -c "$(scriptlet 'scriptlet_preun 0')"
	[ ! -e lib/modules/u/xenserver/d/.previous ]
	[ -e etc/modprobe.d/xs-ddk-d.conf ]
	rm -r lib/modules/u/xenserver/d/2
	# As older versions of xs-driver made it.
	ln -s 2 lib/modules/u/xenserver/d/.previous
	run -0 sh -c "$(scriptlet 'scriptlet_preun 0')"
	[ "$(ls -A lib/modules/u/xenserver/d)" = 1 ]
	[ ! -e etc/modprobe.d/xs-ddk-d.conf ]
}

@test "erasing leaves alone the memory of another version, and a block that another kernel's driver needs" {
	cd "$BATS_TEST_TMPDIR" || return
	host 1 2 3
	mkdir -p lib/modules/other/xenserver/d/1
	echo 2 >lib/modules/u/xenserver/d/.previous
	run -0 sh -c "$(scriptlet 'scriptlet_preun 0')"
	[ "$(cat lib/modules/u/xenserver/d/.previous)" = 2 ]
	rm -r lib/modules/u/xenserver/d/[23]
	run -0 sh -c "$(scriptlet 'scriptlet_preun 0')"
	[ -e etc/modprobe.d/xs-ddk-d.conf ]
}

@test "of versions that came in one transaction, the disk's is selected, else the newest for production, else the newest" {
	local version modules=$BATS_TEST_TMPDIR/lib/modules/u
	cd "$BATS_TEST_TMPDIR"
	mkdir -p etc/xs-ddk/selection "$modules/updates"
	# settled: the version that is selected when the transaction of the first version ends.
	settled() {
		ln -sf ../xenserver/d/9/m.ko "$modules/updates/m.ko"
		touch lib/modules/.xs-ddk-first-d-u
		scriptlet "find_program() { false; }; scriptlet_end" | dash
		readlink "$modules/updates/m.ko" | cut -d/ -f4
		[ ! -e lib/modules/.xs-ddk-first-d-u ]
	}
	for version in 9:production 10:production 11:beta 12~rc1:alpha; do
		mkdir -p "$modules/xenserver/d/${version%:*}"
		touch "$modules/xenserver/d/${version%:*}/m.ko"
		printf '{\n  "category": "other",\n  "status": "%s",\n}\n' "${version#*:}" >"$modules/xenserver/d/${version%:*}/info.json"
	done
	[ "$(settled)" = 10 ]
	printf 'other 12~rc1\nd 11\n' >etc/xs-ddk/selection/disk
	[ "$(settled)" = 11 ]
	echo 'd 13' >etc/xs-ddk/selection/disk
	[ "$(settled)" = 10 ]
	sed -i s/production/beta/ "$modules"/xenserver/d/*/info.json
	[ "$(settled)" = 12~rc1 ]
}

@test "a scriptlet that selects a version lets it be loaded" {
	cd "$BATS_TEST_TMPDIR" || return
	host 1
	run -0 sh -c "$(scriptlet 'scriptlet_post 1')"
	[ "$(readlink lib/modules/u/updates/d.ko)" = ../xenserver/d/1/d.ko ]
	[ ! -e etc/modprobe.d/xs-ddk-d.conf ]
}

# killed_post: the root has V1, whose post was killed before it selected anything.
killed_post() {
	make_root "$K1"
	rm "$ROOT/sbin/depmod"
	printf '#!/bin/sh\nkill -9 $PPID\n' >"$ROOT/sbin/depmod"
	chmod +x "$ROOT/sbin/depmod"
	change -U "$V1" 2>/dev/null || :
	rm -f "$ROOT/lib/modules/$K1/updates/xsedu.ko" "$ROOT/sbin/depmod"
	touch "$ROOT/lib/modules/$K1/updates/.xsedu.ko.new"
	ln -s ../bin/kmod "$ROOT/sbin/depmod"
	[ -n "$(unfinished)" ]
}

unfinished() { find "$ROOT/lib/modules" -maxdepth 1 -name '.xs-install*'; }

@test "a post that was killed is repaired by installing the package again" {
	killed_post
	run -0 change -U --replacepkgs "$V1"
	[ "$(selected xsedu.ko)" = ../xenserver/xsedu/1.0.0/xsedu.ko ]
	knows updates/xsedu.ko
	sound
}

@test "it is repaired by any package that is installed next, and by any that is erased, initrd included" {
	killed_post
	add_dracut
	run -0 --separate-stderr change -U "$PAIR"
	has "$stderr" "xsedu-1.0.0 for $K1: its installation was interrupted, and is finished now"
	[ "$(selected xsedu.ko)" = ../xenserver/xsedu/1.0.0/xsedu.ko ]
	knows updates/xsedu.ko
	has "$(calls)" "dracut -f /boot/initrd-$K1.img $K1"
	sound
	rm "$ROOT/lib/modules/$K1/updates/xsedu.ko"
	echo "post first $(name "$V1")" >"$ROOT/lib/modules/.xs-install:$K1:xsedu:1.0.0"
	run -0 change -e "$(name "$PAIR")"
	[ "$(selected xsedu.ko)" = ../xenserver/xsedu/1.0.0/xsedu.ko ]
	sound
}

@test "a second version after one whose post was killed does not take its place" {
	killed_post
	run -0 change -U "$V2"
	[ "$(selected xsedu.ko)" = ../xenserver/xsedu/1.0.0/xsedu.ko ]
	sound
}

@test "what may be unpacked in part is not selected: the message names the package to install again" {
	killed_post
	sed -i 's/^post/unpacking/' "$(unfinished)"
	run -0 --separate-stderr change -U "$PAIR"
	has "$stderr" "its installation was interrupted; run 'rpm -U --replacepkgs' with the package $(name "$V1")"
	[ "$(selected xsedu.ko)" = "" ]
	run -0 change -e "$(name "$V1")"
	[ "$(unfinished)" = "" ]
	# And what was never unpacked is forgotten.
	echo "unpacking first x" >"$ROOT/lib/modules/.xs-install:$K1:gone:1"
	run -0 change -U "$V2"
	sound
}

@test "an initrd that could not be rebuilt is rebuilt by the next transaction" {
	make_root "$K1"
	add_dracut
	touch "$ROOT/dracut-fails"
	run change -U "$V1"
	[ "$(calls)" = "dracut -f /boot/initrd-$K1.img $K1" ]
	rm "$ROOT/dracut-fails"
	# It is not selected, so that it needs no new initrd itself.
	run -0 change -U "$V2"
	[ "$(calls)" = "dracut -f /boot/initrd-$K1.img $K1" ]
	sound
}

@test "the advice for somebody's file in the way is right" {
	local advice
	make_root "$K1"
	mkdir "$ROOT/lib/modules/$K1/updates"
	echo mine >"$ROOT/lib/modules/$K1/updates/xsedu.ko"
	run -0 --separate-stderr change -U "$V1"
	advice=$(sed -n "s/.*remove that file and run '\(xs-driver [^']*\)'.*/\1/p" <<<"$stderr")
	rm "$ROOT/lib/modules/$K1/updates/xsedu.ko"
	# shellcheck disable=SC2086 # a command with its arguments
	run -0 $advice --sysroot "$ROOT" --no-initrd
	[ "$(selected xsedu.ko)" = ../xenserver/xsedu/1.0.0/xsedu.ko ]
	knows updates/xsedu.ko
}

# journal DRIVER: what an xs-driver leaves that is killed while it selects version 2 of the driver.
journal() {
	cat >lib/modules/.xs-driver.journal <<-END
		{
		 "format": "xs-driver-journal",
		 "changes": [
		  {
		   "path": "/lib/modules/u/updates/$1.ko",
		   "before": "../xenserver/$1/1/$1.ko",
		   "after": "../xenserver/$1/2/$1.ko"
		  }
		 ]
		}
	END
}

@test "the links of a driver that an interrupted xs-driver was changing are left to it" {
	cd "$BATS_TEST_TMPDIR" || return
	host 1 2
	mkdir lib/modules/u/updates
	ln -s ../xenserver/d/1/d.ko lib/modules/u/updates/d.ko
	journal d
	run -1 --separate-stderr sh -c "$(scriptlet 'scriptlet_preun 0')"
	[ "$stderr" = "d-1 for u: error: xs-driver was interrupted while it changed this driver; run 'xs-driver recover', then erase this package again" ]
	[ "$(readlink lib/modules/u/updates/d.ko)" = ../xenserver/d/1/d.ko ]
	rm lib/modules/u/updates/d.ko
	run -1 --separate-stderr sh -c "$(scriptlet 'scriptlet_post 1')"
	has "$stderr" "run 'xs-driver recover', then 'rpm -U --replacepkgs' with this package"
	[ ! -e lib/modules/u/updates/d.ko ]
	# Another driver's journal is nothing to this one.
	journal dd
	run -0 sh -c "$(scriptlet 'scriptlet_post 1')"
}

@test "a scriptlet waits for the lock that xs-driver takes, which only root may open" {
	cd "$BATS_TEST_TMPDIR" || return
	host 1
	mkdir -p usr/bin
	ln -s "$(command -v flock)" usr/bin/flock
	scriptlet 'scriptlet_post 1' >post
	sh post
	[ "$(stat -c %a lib/modules/.xs-driver.lock)" = 600 ]
	rm lib/modules/u/updates/d.ko
	(
		exec 8<lib/modules/.xs-driver.lock
		flock 8
		touch held
		sleep 1
		touch released
	) &
	until [ -e held ]; do sleep 0.05; done
	run -0 sh post
	[ -e released ]
	wait
	# The last package takes the file with it.
	rm -r lib/modules/u/xenserver
	run -0 sh -c "$(scriptlet 'scriptlet_postun 0')"
	[ ! -e lib/modules/.xs-driver.lock ]
}
