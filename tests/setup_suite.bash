# SPDX-License-Identifier: GPL-2.0-only
# bats runs this once, before the first test: it builds the programs, so that no test runs an old one.
# XS_BUILT says that "make check" or tests/run has just done so.

setup_suite() {
	[ -z "${XS_BUILT-}" ] || return 0
	local top sanitize=
	top=$(cd "${BASH_SOURCE[0]%/*}/.." && pwd)
	[ "${XS_BIN-}" != "$top/build/san/bin" ] || sanitize=1
	mkdir -p "$top/build"
	env -u MAKEFLAGS -u MAKELEVEL flock "$top/build/.lock" make -s -C "$top" SANITIZE="$sanitize" all >&2
}
