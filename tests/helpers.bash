# SPDX-License-Identifier: GPL-2.0-only
# Every test file loads this file: paths, and functions that many tests use.
# Tests check the exact status with `run -N`, and check stderr apart with `run --separate-stderr`.

bats_require_minimum_version 1.5.0

TOP=$(cd "$BATS_TEST_DIRNAME" && git rev-parse --show-toplevel 2>/dev/null) ||
	TOP=$(cd "$BATS_TEST_DIRNAME/.." && pwd)
# XS_BIN is the directory of the programs to test, for example a build with the sanitizers.
XS_BIN=${XS_BIN:-$TOP/build/bin}
PATH=$XS_BIN:$PATH
export LC_ALL=C TZ=UTC
unset MAKEFLAGS MFLAGS MAKELEVEL MAKEOVERRIDES LDFLAGS_MODULE

# kernels: print the unames of the kernels whose headers are installed, one on each line, in version order.
kernels() { "$TOP/note/xs-kbuild" --list | cut -f1; }

# kdir UNAME: print the build directory of that kernel.
kdir() { "$TOP/note/xs-kbuild" --list | awk -F'\t' -v u="$1" '$1 == u { print $2 }'; }

# a_kernel: print the kernel for tests that need only one kernel.
a_kernel() { kernels | head -n 1; }

# example_module VERSION UNAME: print the path of the example driver's module. Build the module if it is missing or old.
example_module() {
	mkdir -p "$TOP/build"
	flock "$TOP/build/.example.lock" make -s -C "$TOP/example-driver" KERNELS="$2" DRIVER_VERSION="$1" >&2 || return
	printf '%s\n' "$TOP/example-driver/build/$1/$2/xsedu.ko"
}

# need_sanitizers: build the programs with ASan and UBSan in build/san/bin, unless they are newer than their sources. A
# test that runs these programs calls this function first.
need_sanitizers() {
	[ -n "${XS_BUILT-}" ] || flock "$TOP/build/.lock" make -s -C "$TOP" SANITIZE=1 all >&2
}

# fail TEXT: print the reason, and return a status that ends the test.
fail() {
	printf '%s\n' "$*" >&2
	return 1
}

# has TEXT PART: fail and print both, unless TEXT contains PART.
has() {
	case $1 in
	*"$2"*) ;;
	*) fail "expected to find: $2"$'\n'"in: $1" ;;
	esac
}

# lacks TEXT PART: fail and print both, if TEXT contains PART.
lacks() {
	case $1 in
	*"$2"*) fail "did not expect: $2"$'\n'"in: $1" ;;
	esac
}

# from_npm PACKAGE FILE: print the path of a file of an npm package, as [@SCOPE/]NAME@VERSION. The package is got once. If
# that cannot be, the last line on stderr says why. What the package depends on is left out.
from_npm() {
	local directory=$TOP/build/npm/${1//\//_} new
	if [ ! -d "$directory" ]; then
		command -v npm >/dev/null || fail "npm is not installed, and $1 is to be had from npm only" || return
		mkdir -p "$TOP/build/npm"
		new=$(mktemp -d "$TOP/build/npm/new.XXXXXX")
		if (cd "$new" && timeout 60 npm pack --fetch-retries 0 "$1" && tar -xzf ./*.tgz --strip-components=1) >"$new/log" 2>&1; then
			# Another test may have been quicker.
			mv -T "$new" "$directory" 2>/dev/null || rm -r "$new"
		else
			fail "npm cannot get $1: $(grep -Eo -m 1 "code E.*" "$new/log")"
			rm -r "$new"
			return 1
		fi
	fi
	printf '%s\n' "$directory/$2"
}

# own_mounts COMMAND: run COMMAND in a mount name space of its own, where it may mount; its mounts end with it. root
# needs no user name space to mount, and cannot make one in a chroot.
own_mounts() {
	if [ "$(id -u)" -eq 0 ]; then
		unshare -m "$@"
	else
		unshare -rm "$@"
	fi
}
