#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# xs-trial: sound drivers pass on a running kernel, and defects are found by the trial that is meant for each.

load helpers
load trial/packages

TRIAL=$TOP/tools/trial/xs-trial

# The drivers of tests/trial/drivers.list, each in a directory of its name.
setup_file() {
	export DRIVERS=$BATS_FILE_TMPDIR/drivers
	mkdir "$DRIVERS"
	"$TOP/tests/trial/drivers" "$(a_kernel)" "$DRIVERS" 2>"$BATS_FILE_TMPDIR/build" || {
		cat "$BATS_FILE_TMPDIR/build" >&2
		return 1
	}
}

# trial ARGUMENT...: xs-trial with the first kernel only.
trial() { "$TRIAL" --kernel "$(a_kernel)" "$@"; }

# rows: the lines of the table, without the spaces.
rows() { sed '/^#/d; s/ *| */|/g' "$TOP/tests/trial/drivers.list"; }

# try_row NAME ID: that trial of that driver; its output and status in files of the test.
try_row() {
	local status=0
	trial --jobs 1 --force --only "$2" "$DRIVERS/$1" >"$BATS_TEST_TMPDIR/$1.out" 2>&1 || status=$?
	echo $status >"$BATS_TEST_TMPDIR/$1.status"
}

# found_by SOURCE: each driver from that source that has a defect is refused by the trial of its row.
found_by() {
	local name source id reason
	export -f trial try_row a_kernel kernels
	export TRIAL TOP
	rows | awk -F '|' -v source="$1" '$3 == source && $5 != "" { print $1, $5 }' |
		xargs -P "$(nproc)" -n 2 bash -c 'try_row "$@"' -
	while IFS='|' read -r name _ source _ id reason <&4; do
		[ "$source" = "$1" ] && [ -n "$id" ] || continue
		echo "$name: $(cat "$BATS_TEST_TMPDIR/$name.out")"
		[ "$(cat "$BATS_TEST_TMPDIR/$name.status")" = 1 ]
		has "$(grep -E "^FAILED +$id " "$BATS_TEST_TMPDIR/$name.out")" "$reason"
	done 4< <(rows)
}

@test "each defect of the driver for edu is found by the trial that is meant for it" {
	found_by edu.c
}

@test "a network driver that corrupts packets is found by net.transfer, and one that does not passes" {
	found_by nic.c
	run -0 --separate-stderr trial --only net.transfer --only net.vlan --only net.link --only 'cycle.*' "$DRIVERS/sound-nic"
	echo "$output"
	[ "${lines[-1]}" = "5 passed, 0 failed, 0 not tried" ]
}

@test "a block driver that swallows errors or loses a flush is found, and one that does not passes" {
	found_by disk.c
	run -0 --separate-stderr trial --only 'block.*' --only plug.busy --only 'cycle.*' "$DRIVERS/sound-disk"
	echo "$output"
	[ "${lines[-1]}" = "6 passed, 0 failed, 0 not tried" ]
}

@test "every defect that a driver can be made with is in the table, and every trial of it is there" {
	local words
	words=$(cd "$TOP/tests/trial" && sed -n 's/^#ifn\{0,1\}def \(DEFECT_[A-Z_]*\)$/\1/p' ./*.c | sort -u)
	[ "$words" = "$(rows | cut -d '|' -f 4 | grep -v -x -e '' -e DEFECT_RECORD -e DEFECT_SCRIPTLET -e OTHER_DEVICE | sort -u)" ]
	[ "$(rows | grep -c DEFECT)" -eq 12 ]
	for id in $(rows | cut -d '|' -f 5); do [ -e "$TOP/tools/trial/trials/$id" ] || fail "no trial $id"; done
}

@test "the example's disk passes on a running host: it installs, loads and is swapped; the report has each trial" {
	load disk/disk
	local report=$BATS_TEST_TMPDIR/report
	PACKAGES=$(example_packages "$(a_kernel)") make_disk "$BATS_TEST_TMPDIR/isos"
	run -0 --separate-stderr trial --report "$report" --only install.batch --only install.uninstall --only record.alias \
		--only swap.pairs "$BATS_TEST_TMPDIR/isos/xsedu.iso"
	echo "$output"
	[ "${lines[-1]}" = "5 passed, 0 failed, 0 not tried" ]
	jq -e '.format == "xs-trial" and .failed == 0 and .passed == 5 and (.trials | length) == 5' "$report/trial.json"
	xmllint --noout "$report/junit.xml"
	xmllint --html --noout "$report/index.html"
	[ "$(find "$report" -name 'console-*' | wc -l)" -eq 4 ]
}

@test "the way from a former disk to a new one, and back, is tried with --from" {
	load disk/disk
	local old=$BATS_TEST_TMPDIR/old new=$BATS_TEST_TMPDIR/new packages
	packages=$(example_packages "$(a_kernel)")
	PACKAGES=$packages make_disk "$new"
	PACKAGES=$(grep -v 'xsedu-1[.]1[.]0-' <<<"$packages") make_disk "$old" --version 1.0.0
	run -0 --separate-stderr trial --only 'upgrade.*' --from "$old/xsedu.iso" "$new/xsedu.iso"
	echo "$output"
	[ "${lines[-1]}" = "2 passed, 0 failed, 0 not tried" ]
}

@test "a machine that hangs is ended after its time, and its console is kept" {
	local report=$BATS_TEST_TMPDIR/report
	printf '#!/bin/sh\necho "<0>it begins" >/dev/kmsg\nsleep 1000\n' >"$BATS_TEST_TMPDIR/hangs"
	run -1 --separate-stderr trial --timeout 15 --report "$report" --script "$BATS_TEST_TMPDIR/hangs" --only script.vendor \
		"$DRIVERS/leak"
	echo "$output"
	has "${lines[0]}" "FAILED    script.vendor"
	has "${lines[0]}" "the machine did not end within 15 seconds, and was ended"
	[ -e "$report/console-machine.0.txt" ]
}

@test "a kernel that panics is told, and the trials that are left run in a machine that boots anew" {
	local report=$BATS_TEST_TMPDIR/report
	printf '#!/bin/sh\necho c >/proc/sysrq-trigger\n' >"$BATS_TEST_TMPDIR/panics"
	run -1 --separate-stderr trial --report "$report" --script "$BATS_TEST_TMPDIR/panics" --only script.vendor --only plug.idle \
		"$DRIVERS/leak"
	echo "$output"
	has "${lines[0]}" "FAILED    script.vendor"
	has "${lines[0]}" "the machine ended: Kernel panic - not syncing: sysrq triggered crash"
	has "${lines[1]}" "passed    plug.idle"
	has "$(cat "$report/console-machine.0.txt")" "sysrq triggered crash"
}

@test "the vendor's script says whether the driver passes, and is told what it runs for" {
	printf '#!/bin/sh\necho "$DRIVER $VERSION $MODULES$DEVICES"\nexit 3\n' >"$BATS_TEST_TMPDIR/script"
	run -1 --separate-stderr trial --keep --script "$BATS_TEST_TMPDIR/script" --only script.vendor "$DRIVERS/leak"
	rm -rf "${lines[0]##* }"
	has "${lines[1]}" "the vendor's test ended with status 3: trial-leak 1.0 trial_leak 0000:01:00.0"
	printf '#!/bin/sh\necho "ok 1 one"\necho "not ok 2 - the second"\necho 1..2\n' >"$BATS_TEST_TMPDIR/script"
	run -1 --separate-stderr trial --script "$BATS_TEST_TMPDIR/script" --only script.vendor "$DRIVERS/leak"
	has "${lines[0]}" "the vendor's test says: not ok 2 - the second"
}

# none_left DIRECTORY: no process has it in its command line, and nothing is in it or mounted there.
none_left() {
	run -1 pgrep -f "$1"
	[ -z "$(ls -A "$1")" ]
	run -1 grep -F "$1" /proc/self/mounts
}

# until_booted DIRECTORY PROCESS: until a machine that has its files there runs; the process must run as long.
until_booted() {
	until pgrep -f "qemu.*$1" >/dev/null; do
		kill -0 "$2" || fail "xs-trial ended before a machine ran"
		sleep 0.2
	done
}

@test "Ctrl-C and TERM end all machines and leave nothing running or behind" {
	local tmp=$BATS_TEST_TMPDIR/tmp signal status
	printf '#!/bin/sh\nsleep 1000\n' >"$BATS_TEST_TMPDIR/script"
	mkdir "$tmp"
	for signal in INT:130 TERM:143; do
		# Without a terminal, what a shell starts in the background would ignore INT.
		TMPDIR=$tmp env --default-signal=INT "$TRIAL" --kernel "$(a_kernel)" --jobs 1 --script "$BATS_TEST_TMPDIR/script" \
			--only script.vendor "$DRIVERS/leak" >/dev/null 2>&1 3>&- &
		until_booted "$tmp" $!
		kill -"${signal%:*}" $!
		status=0
		wait $! || status=$?
		[ "$status" = "${signal#*:}" ]
		none_left "$tmp"
	done
}

@test "on a terminal a line tells the progress; when the terminal closes, nothing is left running or behind" {
	local tmp=$BATS_TEST_TMPDIR/tmp terminal
	printf '#!/bin/sh\nsleep 1000\n' >"$BATS_TEST_TMPDIR/script"
	mkdir "$tmp"
	TMPDIR=$tmp script -qfc "'$TRIAL' --kernel '$(a_kernel)' --script '$BATS_TEST_TMPDIR/script' --only script.vendor \
		--only record.alias '$DRIVERS/leak'" "$BATS_TEST_TMPDIR/typescript" >/dev/null 2>&1 3>&- &
	terminal=$!
	until_booted "$tmp" $terminal
	until grep -q "1 of 2 trials done" "$BATS_TEST_TMPDIR/typescript"; do
		kill -0 $terminal
		sleep 0.2
	done
	kill -KILL $terminal
	# Nothing tells when the program ends, whose parent is gone.
	for _ in $(seq 100); do
		pgrep -f "$tmp" >/dev/null || break
		sleep 0.2
	done
	none_left "$tmp"
}

@test "an ordinary user can try a disk, with the installed program" {
	load disk/disk
	local home=$BATS_TEST_TMPDIR/home kernels user=()
	kernels=$(dirname "$("$TOP/tests/vm/kernel")")
	mkdir -p "$home/.cache/xs-trial/kernels/$(a_kernel)/lib/modules/$(a_kernel)"
	# Of the kernel's package: what boots, and what depmod needs.
	(cd "$kernels/$(a_kernel)" && cp --parents image lib/modules/*/modules.* "$home/.cache/xs-trial/kernels/$(a_kernel)/")
	PACKAGES=$(example_packages "$(a_kernel)") make_disk "$BATS_TEST_TMPDIR/isos"
	make -s -C "$TOP" install PREFIX="$home/kit"
	if [ "$(id -u)" = 0 ]; then
		user=(setpriv --reuid nobody --regid nogroup --clear-groups)
		chmod a+x "$BATS_RUN_TMPDIR" "$BATS_FILE_TMPDIR" "${BATS_TEST_TMPDIR%/*}" "$BATS_TEST_TMPDIR"
		chmod -R a+rX "$BATS_TEST_TMPDIR"
		chown -R nobody "$home"
	fi
	mkdir -m 777 "$BATS_TEST_TMPDIR/tmp"
	run -0 --separate-stderr "${user[@]}" env HOME="$home" TMPDIR="$BATS_TEST_TMPDIR/tmp" \
		PATH="$home/kit/bin:$home/kit/sbin:/usr/sbin:/usr/bin:/sbin:/bin" \
		xs-trial --kernel "$(a_kernel)" --only install.batch --only swap.rollback "$BATS_TEST_TMPDIR/isos/xsedu.iso"
	echo "$output"
	[ "${lines[-1]}" = "2 passed, 0 failed, 0 not tried" ]
	[ -z "$stderr" ]
	[ -z "$(ls -A "$BATS_TEST_TMPDIR/tmp")" ]
	[ "$(ls -A "$home")" = $'.cache\nkit' ]
}

@test "a kernel is tried that is given as a package, deb or rpm" {
	local tree=$BATS_TEST_TMPDIR/tree uname kernel package
	uname=$(a_kernel)
	kernel=$("$TOP/tests/vm/kernel")
	mkdir -p "$tree/boot" "$tree/lib/modules/$uname"
	cp "$kernel/image" "$tree/boot/vmlinuz-$uname"
	cp "$kernel/lib/modules/$uname"/modules.{order,builtin,builtin.modinfo} "$tree/lib/modules/$uname/"
	kernel_packages "$tree" lib
	for package in kernel.deb kernel.rpm; do
		XS_VM_CACHE=$BATS_TEST_TMPDIR/cache run -0 --separate-stderr "$TRIAL" --kernel "$uname=$BATS_TEST_TMPDIR/$package" \
			--only record.alias "$DRIVERS/leak"
		[ "${lines[-1]}" = "1 passed, 0 failed, 0 not tried" ]
		[ -z "$stderr" ]
	done
	[ "$(find "$BATS_TEST_TMPDIR/cache/kernels" -type f -name image | wc -l)" = 2 ]
}

# functions NAME...: the text of these functions of xs-trial.
functions() {
	local name
	for name; do sed -n "/^$name()/,/^}/p" "$TRIAL"; done
}

@test "modules are loaded in the order of what they need, whether names are written with - or _" {
	local tree=$BATS_TEST_TMPDIR/tree modules=$BATS_TEST_TMPDIR/modules dir name needs
	dir=$tree/lib/modules/6.1.0/xenserver/pair/1.0
	mkdir -p "$dir"
	for name in a-pair:z-core,t10-pi z-core:; do
		needs=${name#*:} name=${name%:*}
		gcc -c -I "$TOP/note" -DNAME="\"${name//-/_}\"" -DUNAME='"6.1.0"' -DVERSION='"1.0"' -DDEPENDS="\"$needs\"" \
			-o "$dir/$name.ko" "$TOP/tests/driver/module.S"
	done
	eval "$(functions read_modules in_order outside)"
	read_modules "$tree" >"$modules"
	[ "$(in_order pair 6.1.0)" = "z_core a_pair " ]
	[ "$(outside pair 6.1.0)" = t10_pi ]
}

# default_jobs_of PROGRAM: what the program takes when --jobs is not given.
default_jobs_of() { eval "$(TRIAL=$1 functions default_jobs)" && default_jobs && echo "$jobs"; }

@test "as many machines run at once as there are processors, with a GiB of memory for each" {
	local memory
	export -f default_jobs_of functions
	export TRIAL
	[ "$(taskset -c 0 bash -c 'default_jobs_of "$TRIAL"')" = 1 ]
	[ "$(default_jobs_of "$TRIAL")" = "$(nproc)" ]
	for memory in 1500000 1000; do
		printf 'MemTotal: 9000000 kB\nMemAvailable: %s kB\n' $memory >"$BATS_TEST_TMPDIR/meminfo"
		# shellcheck disable=SC2016 # for the shell in there
		run -0 own_mounts bash -c 'mount --bind "$1" /proc/meminfo && default_jobs_of "$TRIAL"' - "$BATS_TEST_TMPDIR/meminfo"
		[ "$output" = 1 ]
	done
}

@test "what cannot be tried is said and not counted as passed; with --strict it fails" {
	run -2 --separate-stderr "$TRIAL" --kernel 9.9.9 "$DRIVERS/leak"
	has "${lines[0]}" "not-tried kernel"
	has "${lines[0]}" "the disk has nothing for this kernel"
	[ "${lines[1]}" = "0 passed, 0 failed, 1 not tried" ]
	has "$stderr" "nothing could be tried"
	run -1 --separate-stderr "$TRIAL" --strict --kernel 9.9.9 "$DRIVERS/leak"
	run -2 --separate-stderr "$TRIAL" --kernel "$(a_kernel)=$BATS_TEST_TMPDIR" "$DRIVERS/leak"
	has "${lines[0]}" "no image of this kernel"
	run -1 --separate-stderr trial --strict --only log.taint --only record.alias "$DRIVERS/no-device"
	has "${lines[0]}" "not-tried record.alias"
	has "${lines[0]}" "QEMU emulates no device that the driver claims"
	has "${lines[1]}" "passed    log.taint"
	[ "${lines[2]}" = "1 passed, 0 failed, 1 not tried" ]
}

@test "what verify refuses is not tried, and what is called wrongly is said: status 2" {
	local tree=$BATS_TEST_TMPDIR/tree
	mkdir -p "$tree/lib/modules/x/xenserver/d/1.0"
	echo "no module" >"$tree/lib/modules/x/xenserver/d/1.0/d.ko"
	run -2 --separate-stderr "$TRIAL" "$tree"
	has "$stderr" "xs-ddk verify refuses what is given; --force tries it nevertheless"
	run -2 --separate-stderr "$TRIAL"
	has "$stderr" "no disk or package is given"
	run -2 --separate-stderr "$TRIAL" --bogus
	has "$stderr" "unknown option '--bogus'"
	run -2 --separate-stderr "$TRIAL" --device nonsense "$tree"
	has "$stderr" "--device nonsense: not one of: edu e1000 "
	run -2 --separate-stderr "$TRIAL" /nowhere.iso
	has "$stderr" "/nowhere.iso: not there"
}

# completed WORD...: what bash offers for the last of the words.
completed() {
	bash -c '. "$1" && shift && COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)) && _xs_trial && printf "%s\n" "${COMPREPLY[@]}"' \
		- "$TOP/tools/completion/xs-trial" "$@"
}

@test "bash completes the options, trials and devices of xs-trial" {
	PATH=$TOP/tools/trial:$PATH
	for option in $(xs-trial --help | grep -oE -e '--[a-z-]+' | sort -u); do
		completed xs-trial "$option" | grep -qx -e "$option" || fail "it does not offer $option"
	done
	[ "$(completed xs-trial --only cycle.)" = $'cycle.load\ncycle.bind' ]
	[ "$(completed xs-trial --device nv)" = nvme ]
	mkdir "$BATS_TEST_TMPDIR/some"
	[ "$(completed xs-trial "$BATS_TEST_TMPDIR/so")" = "$BATS_TEST_TMPDIR/some" ]
}

@test "--list has every trial, the manual describes each, and each says in which machine it runs" {
	run -0 --separate-stderr "$TRIAL" --list
	[ "${#lines[@]}" -eq "$(find "$TOP/tools/trial/trials" -type f | wc -l)" ]
	for file in "$TOP"/tools/trial/trials/*; do
		has "$output" "$(basename "$file") "
		grep -q "^\.It Sy $(basename "$file")\( \|$\)" "$TOP/tools/trial/xs-trial.1" || fail "xs-trial(1) lacks $(basename "$file")"
		grep -qE '^# machine: (version|power|swap|install|upgrade)$' "$file" || fail "$file does not say its machine"
	done
	run -0 mandoc -T lint -W warning "$TOP/tools/trial/xs-trial.1"
	run -0 --separate-stderr "$TRIAL" --help
	for option in $(grep -oE '^\.It Fl \\-[a-z]+' "$TOP/tools/trial/xs-trial.1" | sed 's/.*\\-/--/'); do
		has "$output" "$option"
	done
}
