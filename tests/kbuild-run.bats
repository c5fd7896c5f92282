#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# xs-kbuild: its command line, the command it runs and what it leaves behind.

# shellcheck disable=SC1083 # the braces of {kdir} are for xs-kbuild
load helpers
load note/note

setup() {
	own_tmpdir
	K=$(a_kernel)
}

teardown() { [ -z "$(leftovers)" ]; }

# xs ARG...: xs-kbuild with a version and a kernel.
xs() { xs-kbuild --version 1.2.3 --kernel "$K" "$@"; }

# refused REASON ARG...: xs-kbuild ARG... -- COMMAND does not run COMMAND and says why, on one line.
refused() {
	local reason=$1
	shift
	run -2 --separate-stderr xs-kbuild "$@" -- touch "$BATS_TEST_TMPDIR/ran"
	[ -z "$output" ]
	[ "${#stderr_lines[@]}" -eq 1 ]
	has "$stderr" "xs-kbuild: "
	has "$stderr" "$reason"
	[ ! -e "$BATS_TEST_TMPDIR/ran" ]
}

# refused_usage REASON ARG...: these arguments are refused as they stand.
refused_usage() {
	local reason=$1
	shift
	run -2 --separate-stderr xs-kbuild "$@"
	[ -z "$output" ]
	has "$stderr" "$reason"
}

# wait_for FILE: until it is there; the test's time limit is bats'.
wait_for() { until [ -e "$1" ]; do :; done; }

# ended PID: wait for it and set status; run would wait in a subshell, which has no such child.
ended() {
	status=0
	wait "$1" || status=$?
}

@test "--help goes to stdout, and fails when it cannot be written" {
	run -0 --separate-stderr xs-kbuild --help
	has "$output" "usage: xs-kbuild --version V"
	[ -z "$stderr" ]
	run -1 sh -c 'xs-kbuild --help >/dev/full'
}

@test "a version that is no version is refused before anything is run" {
	refused "is empty" --version ''
	refused 'character other than' --version '1 2'
	refused 'character other than' --version '1/2'
	refused 'character other than' --version 'é'
	refused 'character other than' --version $'1\n2'
	refused 'does not begin with' --version ..
	refused 'does not begin with' --version -1
	refused 'has 64 bytes; at most 63' --version "$(printf '%064d' 0)"
	refused '--version is missing' --kernel "$K"
}

@test "--check-version answers by its status, and gives the reason" {
	run -0 --separate-stderr xs-kbuild --check-version 1.10.2-rc1+x~1@y_z
	[ -z "$output$stderr" ]
	run -1 --separate-stderr xs-kbuild --check-version ..
	has "$stderr" "does not begin with a letter or a digit"
	run -1 xs-kbuild --check-version ''
	run -1 xs-kbuild --check-version "$(printf '%064d' 0)"
}

@test "a kernel without headers is refused with those that have" {
	refused "no headers are installed for kernel 9.9.9; there are for: $(kernels | paste -s -d ' ' -)" \
		--version 1 --kernel 9.9.9
	refused "no headers are installed for kernel ../x" --version 1 --kernel ../x
}

@test "without --kernel, the running kernel is not guessed" {
	[ "$(kernels | wc -l)" -gt 1 ] || skip "one kernel's headers are installed, so there is no choice"
	refused "say --kernel UNAME; there are headers for: $K" --version 1
}

@test "a directory that is no kernel's is refused with what it lacks" {
	refused "/nonexistent: not a kernel's build directory: it has no Makefile" --version 1 --kdir /nonexistent
	echo all: >"$BATS_TEST_TMPDIR/Makefile"
	refused "it has no include/config/auto.conf" --version 1 --kdir "$BATS_TEST_TMPDIR"
}

@test "a kernel directory without Module.symvers is refused, unless ALLOW_NO_SYMVERS=1 is set" {
	without_symvers "$(kdir "$K")"
	refused "it has no Module.symvers" --version 1 --kdir "$BATS_TEST_TMPDIR/kdir"
	ALLOW_NO_SYMVERS=1 run -0 xs-kbuild --version 1 --kdir "$BATS_TEST_TMPDIR/kdir" -- true
}

@test "the script runs in dash and in BusyBox, with BusyBox's programs and a sort without -V" {
	driver 'obj-m := single.o'
	mkdir "$BATS_TEST_TMPDIR/programs"
	busybox --install -s "$BATS_TEST_TMPDIR/programs"
	printf '#!/bin/sh\ncase " $* " in *" -"*V*) exit 2 ;; esac\nexec busybox sort "$@"\n' >"$BATS_TEST_TMPDIR/sort"
	chmod +x "$BATS_TEST_TMPDIR/sort"
	mv -f "$BATS_TEST_TMPDIR/sort" "$BATS_TEST_TMPDIR/programs/sort"
	list=$(xs-kbuild --list)
	PATH=$BATS_TEST_TMPDIR/programs:$PATH
	for shell in dash 'busybox sh'; do
		# shellcheck disable=SC2086 # a command and its argument
		[ "$($shell "$NOTE/xs-kbuild" --list)" = "$list" ]
		# shellcheck disable=SC2086
		run -0 $shell "$NOTE/xs-kbuild" --version 1.2.3 --kernel "$K" -- make KDIR={kdir}
		has_record single.ko 1.2.3
		rm single.ko
	done
}

@test "wrong calls are told from each other" {
	refused "--kernel or --kdir, not both" --version 1 --kernel "$K" --kdir "$(kdir "$K")"
	refused 'unknown --compat "xs8"; there is xs9' --version 1 --kernel "$K" --compat xs8
	refused_usage "unknown argument --frob" --frob
	refused_usage "unknown argument make" --version 1 make
	refused_usage "--version needs a value" --version
	refused_usage "no COMMAND was given" --version 1 --kernel "$K"
	refused_usage "no COMMAND was given" --version 1 --kernel "$K" --
}

@test "COMMAND's arguments, stdin, stdout and stderr are its own" {
	run -0 --separate-stderr xs -- sh -c 'cat; echo "$2" >&2' sh 'a b' $'c\n*' <<<"typed"
	[ "$output" = typed ]
	has "$stderr" $'c\n*'
}

@test "COMMAND's status is passed through" {
	for status in 0 1 2 7 255; do
		run "-$status" xs -- sh -c "exit $status"
	done
	run -127 xs -- nonexistent-command
	run -126 xs -- /etc/passwd
}

@test "COMMAND learns the kernel from {kdir}, {uname} and its environment" {
	run -0 --separate-stderr xs -- sh -c 'echo "$1 $XS_KDIR $XS_KERNEL $XS_VERSION ${KERNELRELEASE-unset}"' sh '{uname}:{kdir}:{uname}'
	[ "$output" = "$K:$(kdir "$K"):$K $(kdir "$K") $K 1.2.3 unset" ]
	run -0 --separate-stderr xs-kbuild --version 1 --kdir "$(kdir "$K")" -- echo {uname}
	[ "$output" = "$K" ]
}

@test "a link to xs-kbuild works as xs-kbuild does, from any directory" {
	driver 'obj-m := single.o'
	mkdir bin
	ln -s "$NOTE/xs-kbuild" bin/link
	run -0 bin/link --version 1.2.3 --kernel "$K" -- make KDIR={kdir}
	has_record single.ko 1.2.3
}

@test "a build through a script gets the record, and the vendor's default of uname -r is overridden" {
	driver 'obj-m := single.o'
	printf '#!/bin/sh\nset -e\nmake clean\nmake -j2 V=1\n' >build.sh
	KVER=none KDIR=$(kdir "$K") run -0 xs -- sh build.sh
	has_record single.ko 1.2.3
}

@test "a build in a directory below one whose name has a space gets the record" {
	driver 'obj-m := single.o'
	mkdir "$BATS_TEST_TMPDIR/a space"
	printf 'all:\n\tmake -C %s M=%s modules\n' "$(kdir "$K")" "$D" >"$BATS_TEST_TMPDIR/a space/Makefile"
	cd "$BATS_TEST_TMPDIR/a space"
	TMPDIR="$BATS_TEST_TMPDIR/a space" run -0 xs -- make
	has_record "$D/single.ko" 1.2.3
}

@test "LDFLAGS_MODULE among COMMAND's arguments is kept and added to" {
	driver 'obj-m := single.o'
	run -0 xs -- make KDIR={kdir} LDFLAGS_MODULE="-Map=$D/map --no-undefined"
	has_record single.ko 1.2.3
	[ -s map ]
	has "$(cat .single.ko.cmd)" --no-undefined
}

@test "LDFLAGS_MODULE in MAKEFLAGS is kept and added to" {
	driver 'obj-m := single.o'
	MAKEFLAGS="k -- A=a\\ b LDFLAGS_MODULE=-Map=$D/map\\ --no-undefined" run -0 xs -- make KDIR={kdir}
	has_record single.ko 1.2.3
	[ -s map ]
	has "$(cat .single.ko.cmd)" --no-undefined
}

@test "in a recipe of another make, its variables and job slots are kept" {
	driver 'obj-m := single.o'
	printf '%s\n\t%s\n' 'all:' "+xs-kbuild --version 1.2.3 --kernel $K -- sh -c 'make && make show'" >outer.mk
	printf '%s\n\t%s\n' 'show:' "@echo flags=\$(MAKEFLAGS) word='\$(WORD)'" >>Makefile
	run -0 make -f outer.mk -j2 KDIR="$(kdir "$K")" WORD='a b' LDFLAGS_MODULE="-Map=$D/map"
	has_record single.ko 1.2.3
	[ -s map ]
	has "$output" "word=a b"
	# GNU make 3.82 calls the option --jobserver-fds, and later ones --jobserver-auth.
	has "$output" "--jobserver-"
	# The vendor's own makefile says make, not $(MAKE), so only the make that we run can have the slots.
	lacks "$output" "make[1]: warning: jobserver unavailable"
}

@test "xs-kbuild within xs-kbuild stops the build with the reason" {
	driver 'obj-m := single.o'
	run -2 xs -- xs-kbuild --version 1.2.4 --kernel "$K" -- make KDIR={kdir}
	has "$output" xenserver_note_allowed_once__by_header_or_by_fragment
}

@test "a COMMAND that hides LDFLAGS_MODULE from us is warned of" {
	driver 'obj-m := single.o'
	run -0 --separate-stderr xs -- sh -c 'make -s KDIR={kdir} LDFLAGS_MODULE=--no-undefined'
	has_no_record single.ko
	has "$stderr" "xs-kbuild: warning: COMMAND linked no module with the record of version 1.2.3"
	run -0 --separate-stderr xs -- make -s KDIR={kdir}
	has_record single.ko 1.2.3
	lacks "$stderr" "xs-kbuild: warning"
}

@test "--strict fails with its own status where no module was linked with the record" {
	driver 'obj-m := single.o'
	run -125 --separate-stderr xs --strict -- sh -c 'make -s KDIR={kdir} LDFLAGS_MODULE=--no-undefined'
	has "$stderr" "xs-kbuild: COMMAND linked no module with the record of version 1.2.3"
	has "$stderr" "'xs-ddk inject' can put the record into finished modules"
	run -0 --separate-stderr xs --strict -- make -s KDIR={kdir}
	has_record single.ko 1.2.3
	run -7 --separate-stderr xs --strict -- sh -c 'exit 7'
	[ "$stderr" = "" ]
}

@test "a compiler that fails to make the record's object is a failure that shows its words" {
	run -1 --separate-stderr xs -- make CC=false all
	has "$stderr" "Error 1"
	has "${stderr_lines[-1]}" "xs-kbuild: the record's object cannot be made with the kernel in $(kdir "$K")"
}

@test "a signal ends COMMAND, removes the temporary directory and gives the signal's status" {
	for signal in HUP:129 INT:130 TERM:143; do
		up=$BATS_TEST_TMPDIR/up.$signal
		# exec: the process is the one whose number we know; env: bats' background ignores INT.
		env --default-signal=INT "$NOTE/xs-kbuild" --version 1 --kernel "$K" -- \
			sh -c "echo \$\$ >$up.tmp; mv $up.tmp $up; exec sleep 60" 3>&- &
		wait_for "$up"
		kill -s "${signal%:*}" $!
		ended $!
		[ "$status" -eq "${signal#*:}" ]
		run -1 kill -0 "$(cat "$up")"
		[ -z "$(leftovers)" ]
	done
}

@test "a signal while the object is made removes the temporary directory" {
	mkdir "$BATS_TEST_TMPDIR/bin"
	printf '#!/bin/sh\n: >%s\nexec sleep 1\n' "$BATS_TEST_TMPDIR/up" >"$BATS_TEST_TMPDIR/bin/make"
	chmod +x "$BATS_TEST_TMPDIR/bin/make"
	PATH=$BATS_TEST_TMPDIR/bin:$PATH xs-kbuild --version 1 --kernel "$K" -- true 3>&- &
	wait_for "$BATS_TEST_TMPDIR/up"
	kill -TERM $!
	ended $!
	[ "$status" -eq 143 ]
	[ -z "$(leftovers)" ]
}

@test "--fragment makes two files, once, and prints the fragment's path" {
	cd "$BATS_TEST_TMPDIR"
	run -0 --separate-stderr xs --fragment made
	[ "$output" = "$PWD/made/$K/plain/1.2.3/xenserver-note.lds" ]
	[ "$(cd made && find . -type f | sort | paste -s -d ' ' -)" = \
		"./$K/plain/1.2.3/xenserver-note.lds ./$K/plain/1.2.3/xenserver-note.o" ]
	has_record "made/$K/plain/1.2.3/xenserver-note.o" 1.2.3
	run -0 xs --fragment made -- CC=false
	touch -d 2000-01-01 "$output"
	run -1 xs --fragment made -- CC=false
}

@test "--fragment refuses a directory that kbuild cannot work in, and one that cannot be made" {
	run -2 --separate-stderr xs --fragment "$BATS_TEST_TMPDIR/a b"
	has "$stderr" "kbuild cannot work with a character in this path"
	run -1 --separate-stderr xs --fragment /dev/null/x
	has "${stderr_lines[-1]}" "xs-kbuild: /dev/null/x: cannot be made"
}
