#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# Which file the kernel loads, with the depmod that is here and with one of before kmod 27. rpm/README.md tells the rule.
#
# The old depmod is the stand-in tests/rpm/old-depmod. OLD_KMOD=FILE puts a real kmod in its place; tests/old/run does.

load rpm/helpers

setup_file() {
	example
	pair
	base_package
	example_module 1.0.0 "$K1"
} >&2

setup() {
	ONE=$(package "$(results pair)" pair 1.0)
	TWO=$(package "$(results pair)" pair 2.0)
	EDU=$(package "$(results example)" xsedu 1.0.0)
	make_root "$K1"
	ln -s ../bin/kmod "$ROOT/sbin/modprobe"
}

# old_kmod: the root's depmod is one of before kmod 27.
old_kmod() {
	if [ -n "${OLD_KMOD-}" ]; then
		rm "$ROOT/bin/kmod"
		add_program "$OLD_KMOD" /bin/kmod
		return
	fi
	install -D "$(readlink -f "$(command -v kmod)")" "$ROOT/usr/libexec/depmod"
	rm "$ROOT/sbin/depmod"
	cp "$TOP/tests/rpm/old-depmod" "$ROOT/sbin/depmod"
}

# loads NAME-OR-ALIAS [UNAME]: the files, below the kernel's directory, that modprobe would give to the kernel, in its
# order.
loads() {
	{ as_root chroot "$ROOT" modprobe -S "${2:-$K1}" --show-depends "$1" 2>/dev/null || :; } |
		sed -n "s|^insmod /lib/modules/${2:-$K1}/\([^ ]*\).*|\1|p" | paste -s -d ' '
}

# own MODULE-FILE: give the kernel a module of that name.
own() {
	rpm2cpio "$ONE" | (cd "$BATS_TEST_TMPDIR" && cpio -idmu --quiet)
	cp "$BATS_TEST_TMPDIR/lib/modules/$K1/xenserver/pair/1.0/$1" "$ROOT/lib/modules/$K1/kernel/drivers/misc/"
	as_root chroot "$ROOT" depmod "$K1" 2>/dev/null
}

# nothing NAME [UNAME]: no file that a kernel would load is given for it.
nothing() {
	case $(loads "$@") in
	'' | unselected/xenserver/*) ;;
	*) fail "$1: $(loads "$@")" ;;
	esac
}

# for_device: what is loaded for the device of xsedu; the kernel's own module "other" is for it too.
for_device() { loads pci:v00001234d000011E8sv0sd0bc0sc0i0; }

# check [ARGUMENT...]: "xs-driver check" on the host itself, where it asks the host's own modprobe.
# The file that stands for the initrd is none, which check would tell.
# shellcheck disable=SC2120 # "run" gives the arguments
check() {
	rm -f "$ROOT"/boot/*
	[ -e "$ROOT/sbin/xs-driver" ] || add_program "$XS_BIN/xs-driver" /sbin/xs-driver
	as_root chroot "$ROOT" xs-driver check "$@"
}

# versions: all of them, with pair 1.0 selected.
versions() {
	change -U "$ONE" "$EDU" 2>/dev/null
	change -U "$TWO" 2>/dev/null
}

# the_rule: with pair 1.0 selected, then 2.0, which has no pair_b, then none.
the_rule() {
	[ "$(loads pair_a) $(loads pair_b)" = "updates/pair-a.ko updates/pair-a.ko updates/pair_b.ko" ]
	[ "$(check)" = "all is sound" ]
	[ "$(for_device)" = "kernel/drivers/misc/other.ko updates/xsedu.ko" ]
	ln -sf ../xenserver/pair/2.0/pair-a.ko "$ROOT/lib/modules/$K1/updates/pair-a.ko"
	rm "$ROOT/lib/modules/$K1"/updates/{pair_b,xsedu}.ko
	as_root chroot "$ROOT" depmod "$K1" 2>/dev/null
	[ "$(loads pair-a)" = updates/pair-a.ko ]
	nothing pair_b
	nothing xsedu
	[ "$(for_device)" = kernel/drivers/misc/other.ko ]
	[ "$(check)" = "all is sound" ]
	own pair_b.ko
	[ "$(loads pair_b)" = "updates/pair-a.ko kernel/drivers/misc/pair_b.ko" ]
	rm "$ROOT/lib/modules/$K1/updates/pair-a.ko"
	as_root chroot "$ROOT" depmod "$K1" 2>/dev/null
	nothing pair_a
	# What it needs is in no selected version, so the kernel will say what is missing.
	[ "$(loads pair_b)" = kernel/drivers/misc/pair_b.ko ]
	own pair-a.ko
	[ "$(loads pair_b)" = "kernel/drivers/misc/pair-a.ko kernel/drivers/misc/pair_b.ko" ]
	[ "$(check)" = "all is sound" ]
}

@test "the selected version's file is loaded, else the kernel's own, else none" {
	versions
	the_rule
	[ "$PROFILE" = xs8 ] || lacks "$(cat "$ROOT/lib/modules/$K1/modules.dep")" xenserver/
}

@test "so it is with a depmod that does not know exclude" {
	old_kmod
	versions
	the_rule
}

@test "so it is with the search line alone, whatever depmod there is" {
	versions
	rm -f "$ROOT/etc/depmod.d/xs-ddk.conf"
	as_root chroot "$ROOT" depmod "$K1"
	the_rule
}

@test "without the placeholders that depmod does load what is not selected" {
	# Or the tests above would not tell anything.
	old_kmod
	change -U "$ONE" 2>/dev/null
	rm "$ROOT/etc/depmod.d/xs-ddk-search.conf" "$ROOT/lib/modules/$K1"/updates/*
	as_root chroot "$ROOT" depmod "$K1" 2>/dev/null
	[ "$(loads pair_a)" = xenserver/pair/1.0/pair-a.ko ]
	# The kernel's own file has the same priority. With a real depmod, the order of the directory decides.
	own pair-a.ko
	[ -n "${OLD_KMOD-}" ] || [ "$(loads pair_a)" = xenserver/pair/1.0/pair-a.ko ]
}

# unprotected: nothing is selected, and the old depmod takes what it finds below xenserver/.
unprotected() {
	old_kmod
	change -U "$ONE" 2>/dev/null
	rm -f "$ROOT"/etc/depmod.d/*.conf "$ROOT/lib/modules/$K1"/updates/*
	as_root chroot "$ROOT" depmod "$K1" 2>/dev/null
}

# wrong FOUND EXPECTED: the finding for pair_a in $output.
wrong() {
	has "$output" "pair: wrong-file: for module pair_a of kernel $K1, the file $1 would be loaded; expected $2"
	has "$output" "  run: depmod $K1; if that does not help, look for lines 'override' and 'search' of others"
}

@test "check asks modprobe, and tells which file would be loaded, which is expected, and what to do" {
	unprotected
	run -1 --separate-stderr check
	[ -z "$stderr" ]
	wrong xenserver/pair/1.0/pair-a.ko "no file, because no selected version has the module"
	has "$output" "for module pair_b of kernel $K1"
	run -1 check --format json
	[ "$(jq -r '[.findings[].problem] | sort | unique | join(" ")' <<<"$output")" = "no-exclude wrong-file" ]
	# Somebody's "override" beats the packages' "search".
	cp "$TOP/rpm/depmod-search.conf" "$ROOT/etc/depmod.d/xs-ddk-search.conf"
	own pair-a.ko
	run -0 check
	echo 'override pair-a * xenserver/pair/1.0' >"$ROOT/etc/depmod.d/vendor.conf"
	as_root chroot "$ROOT" depmod "$K1" 2>/dev/null
	run -1 check pair
	wrong xenserver/pair/1.0/pair-a.ko kernel/drivers/misc/pair-a.ko
	rm "$ROOT/etc/depmod.d/vendor.conf"
	# The kernel's own, where a version is selected; and a placeholder in the place of the kernel's own.
	change -U "$TWO" 2>/dev/null
	ln -s ../xenserver/pair/2.0/pair-a.ko "$ROOT/lib/modules/$K1/updates/pair-a.ko"
	run -1 check
	wrong kernel/drivers/misc/pair-a.ko updates/pair-a.ko
	rm "$ROOT/lib/modules/$K1/updates/pair-a.ko"
	echo 'search updates unselected built-in xenserver' >"$ROOT/etc/depmod.d/xs-ddk-search.conf"
	as_root chroot "$ROOT" depmod "$K1" 2>/dev/null
	run -1 check
	has "$output" "for module pair_a of kernel $K1, no file would be loaded; expected kernel/drivers/misc/pair-a.ko"
}

@test "below a sysroot check reads modules.dep as data, and runs the image's modprobe only if it is allowed to" {
	unprotected
	rm "$ROOT/sbin/modprobe"
	printf '%s\n' '#!/bin/sh' 'echo "$@" >>/ran' 'exec -a modprobe /bin/kmod "$@"' >"$ROOT/sbin/modprobe"
	sed -i 's/^exec.*/ln -sf kmod \/bin\/modprobe; exec \/bin\/modprobe "$@"/' "$ROOT/sbin/modprobe"
	chmod +x "$ROOT/sbin/modprobe"
	run -1 --separate-stderr xs-driver check --sysroot "$ROOT"
	wrong xenserver/pair/1.0/pair-a.ko "no file, because no selected version has the module"
	[ ! -e "$ROOT/ran" ]
	before=$output
	run -1 --separate-stderr as_root env XS_MODPROBE=/bin/false xs-driver check --sysroot "$ROOT" --run-image-tools
	[ "$output" = "$before" ]
	has "$(cat "$ROOT/ran")" "--show-depends"
	# modules.dep is anybody's.
	printf '%s\n' ../../../../etc/passwd: /etc/pair-a.ko: 'updates/../xenserver/pair/1.0/pair-a.ko' : >"$ROOT/lib/modules/$K1/modules.dep"
	run -1 --separate-stderr xs-driver check --sysroot "$ROOT"
	wrong /etc/pair-a.ko "no file, because no selected version has the module"
}

@test "the lines in depmod.d are judged by the kmod of the target: that of its depmod, or what is said to be" {
	change -U "$ONE" 2>/dev/null
	echo 'exclude xenserver' >"$ROOT/etc/depmod.d/xs-ddk.conf"
	rm -f "$ROOT/etc/depmod.d/xs-ddk-search.conf"
	rm -r "$ROOT/lib/modules/$K1/unselected"
	run -0 xs-driver check --sysroot "$ROOT" --kmod 27
	run -1 xs-driver check --sysroot "$ROOT" --kmod 20-28.el7
	has "$output" "this system's kmod 20 does not know the line (kmod 27 is the first that does)"
	has "$output" "write 'search updates built-in unselected xenserver' to /etc/depmod.d/xs-ddk.conf"
	# The version is in the target's depmod, which is not run.
	old_kmod
	run -1 xs-driver check --sysroot "$ROOT"
	has "$output" "kmod 20 does not know the line"
	run -0 --separate-stderr xs-driver deselect --sysroot "$ROOT" --force pair
	has "$stderr" "warning: depmod does not leave out versions that are not selected"
	cp "$TOP/rpm/depmod-search.conf" "$ROOT/etc/depmod.d/"
	run -1 xs-driver check --sysroot "$ROOT"
	has "$output" "the placeholder /lib/modules/$K1/unselected/xenserver/pair/1.0/pair-a.ko is missing, and kmod 20 has only"
	change -U --force "$ONE" 2>/dev/null
	run -0 xs-driver check --sysroot "$ROOT"
	for wrong in x '' -1 0 99999; do
		run -2 --separate-stderr xs-driver check --sysroot "$ROOT" --kmod "$wrong"
		has "$stderr" "--kmod is the number"
	done
}

@test "depmod says nothing about a placeholder, and a kernel's own alias and symbol are not touched" {
	change -U "$ONE" "$EDU"
	rm -f "$ROOT/etc/depmod.d/xs-ddk.conf" "$ROOT/lib/modules/$K1"/updates/*
	run -0 --separate-stderr as_root chroot "$ROOT" depmod "$K1"
	[ "$output$stderr" = "" ]
	run -0 as_root chroot "$ROOT" modprobe -S "$K1" --show-depends other
	has "$output" "kernel/drivers/misc/other.ko"
	[ "$(grep -c "^alias.* xsedu$" "$ROOT/lib/modules/$K1/modules.alias")" -eq 0 ]
}

@test "each module of a version has a placeholder, and all go with the last package" {
	local modules=$ROOT/lib/modules/$K1 file
	change -U "$ONE" "$TWO"
	for file in "$modules"/xenserver/*/*/*.ko; do
		[ "$(readlink "$modules/unselected/${file#"$modules/"}")" = none ] || fail "$file has none"
	done
	change -e "$(name "$ONE")" "$(name "$TWO")"
	[ ! -e "$modules/unselected" ]
	[ ! -e "$ROOT/etc/depmod.d/xs-ddk-search.conf" ]
}

# driver ARGUMENT...: the xs-driver of this machine, whose kmod is newer than that of the root it prepares.
driver() { as_root xs-driver "$1" --sysroot "$ROOT" "${@:2}"; }

# depmod_again: any run of the host's own depmod, for all kernels.
depmod_again() {
	local dir
	for dir in "$ROOT"/lib/modules/*/; do
		as_root chroot "$ROOT" depmod "$(basename "$dir")" 2>/dev/null
	done
}

@test "a module that only an unselected version has is not loaded, though nothing was ever deselected" {
	old_kmod
	change -U "$TWO" 2>/dev/null
	change -U "$ONE" 2>/dev/null
	[ "$(selected pair-a.ko)" = ../xenserver/pair/2.0/pair-a.ko ]
	depmod_again
	nothing pair_b
	[ "$(check)" = "all is sound" ]
}

@test "deselected for all kernels, a driver stays so for them when its first package for another kernel comes" {
	[ "$K1" != "$K2" ]
	old_kmod
	add_kernel "$K2" 2>/dev/null
	change -U "$EDU" 2>/dev/null
	run -0 driver deselect --force xsedu
	change -U "$(package "$(results example)" xsedu 1.0.0 "$K2")" 2>/dev/null
	depmod_again
	nothing xsedu "$K1"
	[ "$(loads xsedu "$K2")" = updates/xsedu.ko ]
	[ "$(check)" = "all is sound" ]
}

@test "what is deselected below a sysroot by a newer machine stays so when the root's own depmod runs" {
	old_kmod
	change -U "$EDU" 2>/dev/null
	run -0 --separate-stderr driver deselect --force xsedu
	lacks "$stderr" "does not leave out"
	nothing xsedu
	depmod_again
	nothing xsedu
	[ "$(for_device)" = kernel/drivers/misc/other.ko ]
}

@test "deselected for one of two kernels, a driver is loaded by the other" {
	[ "$K1" != "$K2" ]
	old_kmod
	add_kernel "$K2" 2>/dev/null
	change -U "$EDU" "$(package "$(results example)" xsedu 1.0.0 "$K2")" 2>/dev/null
	run -0 driver deselect --kernel "$K1" --force xsedu
	depmod_again
	nothing xsedu "$K1"
	[ "$(loads xsedu "$K2")" = updates/xsedu.ko ]
	run -0 driver select --kernel "$K1" xsedu 1.0.0
	run -0 driver deselect --kernel "$K2" --force xsedu
	depmod_again
	nothing xsedu "$K2"
	[ "$(loads xsedu "$K1")" = updates/xsedu.ko ]
}

# initrd [DRACUT-OPTION...]: make an initrd for the host with dracut, with all its modules, and unpack it to $INITRD, a
# root with the host's modprobe. Real dracut runs on this machine, where the host's directories are mounted, and with the
# host's depmod. OLD_DRACUT=FILE is another dracut.
initrd() {
	local name programs=$BATS_TEST_TMPDIR/programs file=$BATS_TEST_TMPDIR/initrd.img
	INITRD=$BATS_TEST_TMPDIR/initrd
	rm -rf "$INITRD" "$programs"
	mkdir -p "$INITRD" "$programs" "$ROOT/etc/modprobe.d"
	for name in depmod modprobe modinfo; do
		[ -e "$ROOT/sbin/$name" ] || ln -s ../bin/kmod "$ROOT/sbin/$name"
		ln -s "$ROOT/sbin/$name" "$programs/$name"
	done
	# shellcheck disable=SC2016 # the inner shell expands it
	own_mounts env PATH="$programs:$PATH" ROOT="$ROOT" sh -ec '
		for dir in /lib/modules /etc; do
			mount --bind "$ROOT$dir" "$dir"
		done
		exec "$@"' sh ${BASH42-} ${OLD_DRACUT:-dracut} ${OLD_DRACUT:+--local} --quiet --force --no-hostonly --modules kernel-modules \
		--tmpdir "$BATS_TEST_TMPDIR" --no-compress "$@" "$file" "$K1" >"$file.log" 2>&1 || fail "$(cat "$file.log")" || return
	(cd "$INITRD" && cpio -idmu --quiet <"$file")
}

# in_initrd NAME: what modprobe in the initrd would load.
in_initrd() {
	cp -a "$ROOT/bin/kmod" "$INITRD/kmod"
	{ as_root modprobe -d "$INITRD" -S "$K1" --show-depends "$1" 2>/dev/null || :; } |
		sed -n "s|^insmod $INITRD/lib/modules/$K1/\([^ ]*\).*|\1|p" | paste -s -d ' '
}

@test "an initrd with all modules loads what the host loads, and has no file of a deselected driver" {
	local depmod
	for depmod in new old; do
		[ "$depmod" = new ] || old_kmod
		change -U --replacepkgs "$ONE" "$EDU" 2>/dev/null
		change -U --replacepkgs "$TWO" 2>/dev/null
		initrd --add-drivers "pair_a pair_b xsedu"
		[ "$(in_initrd pair_b)" = "updates/pair-a.ko updates/pair_b.ko" ]
		[ "$(in_initrd xsedu)" = updates/xsedu.ko ]
		run -0 driver deselect --force xsedu
		run -0 driver select pair 2.0
		initrd --add-drivers "pair_a pair_b xsedu"
		run find "$INITRD/lib/modules/$K1/" ! -type d -name '*.ko*'
		lacks "$output" "/$K1/xenserver/xsedu/"
		lacks "$output" "/$K1/xenserver/pair/1.0/"
		[ "$(in_initrd pair_a)" = updates/pair-a.ko ]
		[ "$(readlink "$INITRD/lib/modules/$K1/updates/pair-a.ko")" = ../xenserver/pair/2.0/pair-a.ko ]
		run -0 driver select xsedu 1.0.0
		run -0 driver select pair 1.0
	done	# Without the packages' line, the old depmod would take what is there.
	run -0 driver deselect --force xsedu
	rm -f "$ROOT"/etc/depmod.d/*.conf
	depmod_again
	initrd --add-drivers xsedu
	[ "$(in_initrd xsedu)" = xenserver/xsedu/1.0.0/xsedu.ko ]
}
