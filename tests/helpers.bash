# SPDX-License-Identifier: GPL-2.0-only
# What every test file loads: where things are, and the few verbs tests share.
# Statuses are asserted with `run -N`, stderr apart with `run --separate-stderr`.

bats_require_minimum_version 1.5.0

TOP=$(cd "$BATS_TEST_DIRNAME" && git rev-parse --show-toplevel 2>/dev/null) ||
	TOP=$(cd "$BATS_TEST_DIRNAME/.." && pwd)
# XS_BIN lets the same tests run against another build, e.g. the sanitizers'.
XS_BIN=${XS_BIN:-$TOP/build/bin}
PATH=$XS_BIN:$PATH
export LC_ALL=C TZ=UTC
unset MAKEFLAGS MFLAGS MAKELEVEL MAKEOVERRIDES LDFLAGS_MODULE

# kernels: the unames whose headers are installed, one a line, in version order.
kernels() { "$TOP/note/xs-kbuild" --list | cut -f1; }

# kdir UNAME: the build directory of that kernel.
kdir() { "$TOP/note/xs-kbuild" --list | awk -F'\t' -v u="$1" '$1 == u { print $2 }'; }

# a_kernel: the one kernel that tests take which need just one.
a_kernel() { kernels | head -n 1; }

# example_module VERSION UNAME: path of the example driver's module, built if it is not there or old.
example_module() {
	mkdir -p "$TOP/build"
	flock "$TOP/build/.example.lock" make -s -C "$TOP/example-driver" KERNELS="$2" DRIVER_VERSION="$1" >&2 || return
	printf '%s\n' "$TOP/example-driver/build/$1/$2/xsedu.ko"
}

# need_sanitizers: build the programs with ASan and UBSan, in build/san/bin, unless they are newer than their sources.
# For tests that run them.
need_sanitizers() {
	[ -n "${XS_BUILT-}" ] || flock "$TOP/build/.lock" make -s -C "$TOP" SANITIZE=1 all >&2
}

# fail TEXT: end the test with a reason.
fail() {
	printf '%s\n' "$*" >&2
	return 1
}

# has TEXT PART: the text holds the part; prints both when it does not.
has() {
	case $1 in
	*"$2"*) ;;
	*) fail "expected to find: $2"$'\n'"in: $1" ;;
	esac
}

# lacks TEXT PART: the text does not hold the part.
lacks() {
	case $1 in
	*"$2"*) fail "did not expect: $2"$'\n'"in: $1" ;;
	esac
}

# own_mounts COMMAND: run it where what it mounts is gone with it, and where it may mount; root needs no user
# name space for that, and in a chroot there is none.
own_mounts() {
	if [ "$(id -u)" -eq 0 ]; then
		unshare -m "$@"
	else
		unshare -rm "$@"
	fi
}
