# SPDX-License-Identifier: GPL-2.0-only
# A select that goes wrong at one system call after the other, and what is left of it. Loaded beside host.bash.

OTHER=9.9.9-other
# Leaks cannot be looked for under strace.
export ASAN_OPTIONS=detect_leaks=0

# make_pair: the host in $root, template of all runs: a driver of two modules, for two kernels, one of them with
# compressed modules; version 1.0 is selected. Version 2.0 has a third module and another alias, so that every file
# depmod writes differs.
make_pair() {
	local version kernel dir file
	make_host "$1"
	make_kernel "$OTHER"
	for kernel in "$UNAME" "$OTHER"; do
		for version in 1.0 2.0; do
			dir=$(hierarchy "$kernel")/pair/$version
			mkdir -p "$dir"
			for file in xs-base xs_user $([ $version = 1.0 ] || echo xs_more); do
				cp "$(fake_module "$file" $version "$kernel" "pci:v0000${version/./00}d*")" "$dir/$file.ko"
				[ "$kernel" = "$UNAME" ] || xz -C crc32 "$dir/$file.ko"
			done
		done
	done
	driver select pair 1.0
}

# shape: all that a select decides, as one text: links, journal, what is left lying about, and depmod's files.
shape() {
	(cd "$1" && find lib etc boot \( -type l -printf '%p -> %l\n' \) -o \( -name '*.xs-*' -printf '%p\n' \) 2>/dev/null | sort &&
		cat lib/modules/*/modules.{dep,alias,symbols,dep.bin,alias.bin} | sha256sum && ls -A "$1/etc/modprobe.d" &&
		find lib/modules -maxdepth 1 -name '.*')
}

# prepare: the template, and how it looks before and after a select that goes well.
prepare() {
	make_pair "$BATS_TEST_TMPDIR/template"
	template=$root
	shape "$template" >"$BATS_TEST_TMPDIR/old"
	cp -a "$template" "$BATS_TEST_TMPDIR/good"
	root=$BATS_TEST_TMPDIR/good
	driver select pair 2.0 >/dev/null
	shape "$root" >"$BATS_TEST_TMPDIR/new"
	run -1 cmp -s "$BATS_TEST_TMPDIR/old" "$BATS_TEST_TMPDIR/new"
}

# numbered [FAILED]: of a trace, "NAME N" of each system call: the Nth of that name. FAILED: an expression of awk;
# calls whose line has it are counted, not printed.
numbered() {
	# The first execve is strace's own.
	awk -F '(' -v failed="${1-^$}" '/^[a-z_0-9]+[(]/ && $1 != "execve" && ++n[$1] && $0 !~ failed { print $1, n[$1] }'
}

# A call that failed changed nothing: to be killed there is to be killed at the one before.
unchanged='= -1 E'

# calls NAMES [FAILED]: "NAME N" of each of these system calls of a select, in their order; FAILED as for numbered.
calls() {
	rm -rf "$BATS_TEST_TMPDIR/traced"
	cp -a "$template" "$BATS_TEST_TMPDIR/traced"
	strace -o "$BATS_TEST_TMPDIR/trace" -e trace="$1" \
		xs-driver select --sysroot "$BATS_TEST_TMPDIR/traced" pair 2.0 >"$BATS_TEST_TMPDIR/traced.out" 2>&1
	numbered "${@:2}" <"$BATS_TEST_TMPDIR/trace"
}

# inject INJECTION NAME N ROOT: a select in a fresh copy of the template, with that at its Nth call of NAME.
inject() {
	rm -rf "$4"
	cp -a "$template" "$4"
	# A shell between, so that bash does not report each one that is killed.
	sh -c '"$@" >"$0" 2>&1; exit $?' "$4.out" strace -o /dev/null -e trace="$2" -e inject="$2:$1:when=$3" \
		xs-driver select --sysroot "$4" pair 2.0 2>/dev/null
}

# judge ROOT: print "old" or "new" as the host there looks, or what it looks like instead.
judge() {
	shape "$1" >"$1.shape"
	if cmp -s "$1.shape" "$BATS_TEST_TMPDIR/old"; then
		echo old
	elif cmp -s "$1.shape" "$BATS_TEST_TMPDIR/new"; then
		echo new
	else
		echo "neither:" && cat "$1.out" && diff "$BATS_TEST_TMPDIR/old" "$1.shape"
	fi
}

# kill_at NAME N ROOT: print what the next command finds after a select was killed there.
kill_at() {
	local status=0
	inject signal=SIGKILL "$1" "$2" "$3" || status=$?
	[ $status = 137 ] || { echo "not killed at $1 $2: status $status" && return; }
	xs-driver recover --sysroot "$3" >"$3.out" 2>&1 || { echo "recover: $? after $1 $2" && cat "$3.out" && return; }
	judge "$3"
}

# kill_recover_at NAME N ROOT: print what a second recovery leaves, when the first was killed there.
kill_recover_at() {
	local status=0
	rm -rf "$3"
	cp -a "$halfway" "$3"
	sh -c '"$@" >"$0" 2>&1; exit $?' "$3.out" strace -o /dev/null -e trace="$1" -e inject="$1:signal=SIGKILL:when=$2" \
		xs-driver recover --sysroot "$3" 2>/dev/null || status=$?
	[ $status = 137 ] || { echo "not killed at $1 $2: status $status" && return; }
	xs-driver recover --sysroot "$3" >"$3.out" 2>&1 || { echo "recover: $? after $1 $2" && cat "$3.out" && return; }
	judge "$3"
}

# fail_at ERROR NAME N ROOT: print what a select leaves at which that call failed; what is left to recover, is recovered.
fail_at() {
	local status=0
	inject "error=$1" "$2" "$3" "$4" || status=$?
	[ $status -le 2 ] || { echo "status $status at $2 $3" && return; }
	# A directory of depmod's stays where its removal was the call that failed; the next command removes it.
	[ ! -e "$4/lib/modules/.xs-driver.journal" ] && [ ! -e "$4/lib/modules/.xs-driver.depmod" ] ||
		xs-driver recover --sysroot "$4" >"$4.out" 2>&1
	judge "$4"
}

# each FUNCTION [ARGUMENT...]: it, with the arguments and each line of stdin, two at once; the answers, counted.
each() {
	local function=$1 number=0
	shift
	while read -r -a call; do
		printf '%s %s\n' "$((number++ % 2))" "${call[*]}"
	done >"$BATS_TEST_TMPDIR/calls"
	for half in 0 1; do
		sed -n "s/^$half //p" "$BATS_TEST_TMPDIR/calls" | while read -r -a call; do
			"$function" "$@" "${call[@]}" "$BATS_TEST_TMPDIR/run$half"
		done >"$BATS_TEST_TMPDIR/answers$half" &
	done
	wait
	sort "$BATS_TEST_TMPDIR"/answers[01] | uniq -c | sort -rn
}

# whole COUNT TEXT: the answers were COUNT, and all of them "old" or "new"; both are printed.
whole() {
	local counted
	counted=$(awk '$2 == "old" || $2 == "new" { n += $1 } END { print n + 0 }' <<<"$2")
	echo "# $BATS_TEST_DESCRIPTION: $1 times: $(xargs <<<"$2")" >&3
	[ "$counted" = "$1" ] || fail "$2"
}
