#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# The rule of rpm/README.md with hundreds and thousands of real modules. tests/old/run starts this file.
#
# The modules are those of a distribution kernel. A driver has two versions with copies of them: 1.0 lacks every third one,
# and 2.0 every fifth. The kernel's own directory lacks every second one. So all cases of the rule occur.

BATS_TEST_DIRNAME=${BATS_TEST_DIRNAME%/old}
load rpm/helpers

setup_file() {
	[ -n "${OLD_KMOD-}" ] || { echo "set OLD_KMOD, or start tests/old/run" && exit 1; } >&2
	"$TOP/tests/vm/kernel" "$K1" >/dev/null
}

# every N: print each line but every Nth.
every() { awk -v n="$1" 'NR % n'; }

# make_host PATTERN: $ROOT, a host with the kernel and the driver "net" of the modules whose path matches the pattern.
make_host() {
	local kernel=$TOP/build/vm/kernels/$K1/lib/modules/$K1 file version
	make_root
	rm "$ROOT/bin/kmod"
	add_program "$OLD_KMOD" /bin/kmod
	ln -s ../bin/kmod "$ROOT/sbin/modprobe"
	add_program "$XS_BIN/xs-driver" /sbin/xs-driver
	modules=$ROOT/lib/modules/$K1
	mkdir -p "$modules"
	cp "$kernel"/modules.{order,builtin,builtin.modinfo} "$modules/"
	cp -al "$kernel/kernel" "$modules/kernel" 2>/dev/null || cp -a "$kernel/kernel" "$modules/kernel"
	(cd "$modules" && find kernel -name '*.ko' | grep -E "$1" | sort) >all
	every 3 <all >1.0
	every 5 <all >2.0
	for version in 1.0 2.0; do
		mkdir -p "$modules"/{xenserver,unselected/xenserver}/net/$version "$modules/updates"
		as -o "$modules/unselected/xenserver/net/$version/none" /dev/null
		while read -r file; do
			ln "$modules/$file" "$modules/xenserver/net/$version/"
			ln -s none "$modules/unselected/xenserver/net/$version/${file##*/}"
		done <$version
	done
	awk 'NR % 2' all | (cd "$modules" && xargs rm)
	cp "$TOP/rpm/depmod-search.conf" "$ROOT/etc/depmod.d/xs-ddk-search.conf"
}

# select_version [VERSION]: as scriptlets do.
select_version() {
	rm -f "$modules"/updates/*
	[ $# -eq 0 ] || sed 's|.*/||' "$1" | while read -r file; do
		ln -s "../xenserver/net/$1/$file" "$modules/updates/$file"
	done
	as_root chroot "$ROOT" depmod "$K1" 2>depmod.log || fail "$(cat depmod.log)"
}

# expected [VERSION]: print "MODULE FILE" for each module of the driver, by the rule. FILE is "none" for no file.
expected() {
	awk -v selected="${1-none}" '
		FILENAME == selected { chosen[$1] = 1 }
		FILENAME == "all" { all[++n] = $1 }
		END {
			for (i = 1; i <= n; i++) {
				file = all[i]
				sub(/.*\//, "", file)
				name = file
				sub(/\.ko$/, "", name)
				print name, (all[i] in chosen) ? "updates/" file : i % 2 ? "none" : all[i]
			}
		}' ${1+"$1"} all
}

# answers: print "MODULE FILE" for each module of the driver, as the host's modprobe says. busybox has a modprobe of its own.
answers() {
	sed 's|.*/||; s/\.ko$//' all | as_root chroot "$ROOT" sh -c 'while read -r name; do
		file=$(/sbin/modprobe -S '"$K1"' --show-depends "$name" 2>/dev/null | sed -n "s|^insmod /lib/modules/[^/]*/\([^ ]*/$name\.ko\).*|\1|p" | sed -n \$p)
		case $file in
		"" | unselected/*) file=none ;;
		esac
		echo "$name $file"
	done'
}

# the_rule_holds: for 1.0, for 2.0, and for no version. Prints how long depmod, modprobe and check took.
the_rule_holds() {
	local version start
	for version in 1.0 2.0 ''; do
		start=$(date +%s%N)
		select_version $version
		printf '# %s modules, version %s: depmod %s ms' "$(wc -l <all)" "${version:-none}" $((($(date +%s%N) - start) / 1000000)) >&3
		expected $version >wanted
		answers >found
		diff wanted found || return
		start=$(date +%s%N)
		# The copies have no record, which check says too.
		as_root chroot "$ROOT" xs-driver check --format json >findings.json || [ $? -eq 1 ]
		printf ', check %s ms\n' $((($(date +%s%N) - start) / 1000000)) >&3
		[ "$(jq -r '.findings[].problem' <findings.json | sort -u)" = unfit ] || fail "$(jq -r '.findings[] | select(.problem != "unfit")' <findings.json)"
	done
}

@test "the rule holds for the network drivers of a kernel" {
	cd "$BATS_TEST_TMPDIR"
	make_host /drivers/net/
	the_rule_holds
}

@test "the rule holds for all modules of a kernel" {
	cd "$BATS_TEST_TMPDIR"
	make_host .
	the_rule_holds
}

@test "without the placeholders, hundreds of modules would be loaded from a version that is not selected" {
	cd "$BATS_TEST_TMPDIR"
	make_host /drivers/net/
	rm "$ROOT/etc/depmod.d/xs-ddk-search.conf"
	select_version
	answers >found
	[ "$(grep -c ' xenserver/' found)" -gt 100 ]
	run -1 as_root chroot "$ROOT" xs-driver check
	[ "$(grep -c wrong-file <<<"$output")" -gt 100 ]
}
