# SPDX-License-Identifier: GPL-2.0-only
# What the rpm-*.bats files share: packages that are built once, and root directories to install them into.

load helpers

# With OLD_RPM, which tests/old/run sets, all is tried with old programs and with packages for hosts that have these.
CACHE=$TOP/build/rpm-tests${OLD_RPM:+-old}
PROFILE=${OLD_RPM:+xs8}
# The two kernels that have packages installed for them in tests, of different series where there are such.
K1=$(kernels | head -n 1)
# shellcheck disable=SC2034 # for those who load this
K2=$(kernels | tail -n 1)
if [ -e /etc/debian_version ] && [ -z "${OLD_RPM-}" ]; then DEBIAN=yes; else DEBIAN=; fi

# copy_sources FROM TO: bring TO up to date, so that make sees what has changed, and only that: others may be reading there.
copy_sources() {
	mkdir -p "$2"
	(cd "$1" && find . -path ./build -prune -o -type f ! -name Makefile -print | while read -r file; do
		cmp -s "$file" "$2/$file" || install -D "$file" "$2/$file"
	done)
	sed "s|^include \.\./rpm/|include $TOP/rpm/|" "$1/Makefile" >"$2/.Makefile"
	if cmp -s "$2/.Makefile" "$2/Makefile"; then rm "$2/.Makefile"; else mv "$2/.Makefile" "$2/Makefile"; fi
}

# built NAME SOURCES ARGUMENT...: packages of the driver in SOURCES, made with these arguments to make, once for all tests;
# prints the directory build/ they are below. The log is not among the sources: as one of them it would have every call
# build all anew, below the hands of the tests that run at the same time.
built() {
	local dir=$CACHE/$1 sources=$2
	shift 2
	mkdir -p "$CACHE"
	(
		flock 9
		copy_sources "$sources" "$dir"
		[ -e "$dir/driver.spec.in" ] || cp "$TOP/rpm/driver.spec.in" "$dir/"
		make -s -C "$dir" -j2 SOURCE_DATE_EPOCH=1700000000 KIT="$TOP" \
			XS_DDK="${XS_DDK:-$XS_BIN/xs-ddk}" ${PROFILE:+PROFILE=$PROFILE} build-rpms "$@" >"$dir.log" 2>&1 || {
			cat "$dir.log" >&2
			exit 1
		}
	) 9>"$CACHE/.lock" || return
	printf '%s\n' "$dir/build"
}

example() { built example "$TOP/example-driver"; }
# The same version packaged again, for one kernel.
example_again() { built again "$TOP/example-driver" DRIVER_VERSION=1.0.0 KERNELS="$K1" RPM.VERSION=1.1; }
pair() { built pair "$TOP/tests/rpm/pair" KERNELS="$K1"; }
pair_xz() { built pair-xz "$TOP/tests/rpm/pair" KERNELS="$K1" DRIVER_VERSION=2.0 XS_COMPRESS=xz; }

# package DIRECTORY DRIVER VERSION [UNAME]: the one module package there for that kernel, default K1.
package() {
	local -a found
	mapfile -t found < <(find "$1/rpms" -name "$2-${3/\~/_tilde_}-modules-*-${4:-$K1}-*.rpm")
	[ "${#found[@]}" -eq 1 ] || fail "$2 $3 in $1: ${#found[@]} packages: ${found[*]}" || return
	printf '%s\n' "${found[0]}"
}

# name PACKAGE: its name in the database.
name() { rpm -qp --qf '%{NAME}\n' "$1"; }

# as_root COMMAND...: rpm and chroot want to be root; a user name space will do.
as_root() { if [ "$(id -u)" = 0 ]; then "$@"; else unshare --map-root-user "$@"; fi; }

# in_root COMMAND...: rpm on the root directory $ROOT. Debian's asks for a word more before it installs anything.
in_root() { as_root rpm --root "$ROOT" --dbpath /var/lib/rpm "$@"; }
change() { in_root ${DEBIAN:+--force-debian} "$@"; }

# add_program FILE NAME: into $ROOT, with its libraries.
add_program() {
	local lib
	install -D "$1" "$ROOT$2"
	for lib in $({ ldd "$1" 2>/dev/null || :; } | grep -o '/[^ ]*'); do
		[ -e "$ROOT$lib" ] || install -D "$lib" "$ROOT$lib"
	done
}

# add_kernel UNAME: what a kernel's package brings, as far as depmod looks at it.
add_kernel() {
	local dir=$ROOT/lib/modules/$1
	mkdir -p "$dir/kernel/drivers/misc" "$ROOT/boot"
	cp "$(example_module 1.0.0 "$1")" "$dir/kernel/drivers/misc/other.ko"
	echo kernel/drivers/misc/other.ko >"$dir/modules.order"
	: >"$dir/modules.builtin"
	: >"$dir/modules.builtin.modinfo"
	echo "initrd of $1" >"$ROOT/boot/initrd-$1.img"
	as_root chroot "$ROOT" depmod "$1"
}

# base_package: a package that stands for the rest of the system: it provides what module packages ask for.
base_package() {
	local rpm=$CACHE/base/base-1-1.noarch.rpm
	(
		flock 9
		[ -e "$rpm" ] && exit
		mkdir -p "$CACHE/base"
		printf '%s\n' 'Name: base' 'Version: 1' 'Release: 1' 'Summary: The system' 'License: none' 'BuildArch: noarch' \
			'Provides: /bin/sh kernel-uname-r' '%description' 'The system.' '%files' >"$CACHE/base/base.spec"
		rpmbuild -bb --define "_topdir $CACHE/base/top" --define "_rpmdir $CACHE/base" \
			--define '_build_name_fmt %%{NAME}-%%{VERSION}-%%{RELEASE}.%%{ARCH}.rpm' "$CACHE/base/base.spec" >&2 2>/dev/null
	) 9>"$CACHE/.base"
	printf '%s\n' "$rpm"
}

# make_root [UNAME...]: $ROOT, a host with these kernels and no driver.
make_root() {
	local applet uname
	export ROOT=$BATS_TEST_TMPDIR/root
	mkdir -p "$ROOT"/{bin,sbin,dev,etc/depmod.d,lib/modules,tmp,usr/bin,usr/sbin,var/lib/rpm-state,var/tmp}
	add_program "$(command -v busybox)" /bin/busybox
	for applet in sh ls cat cp mv ln rm mkdir rmdir readlink tr head sed; do
		ln -s busybox "$ROOT/bin/$applet"
	done
	add_program "$(command -v kmod)" /bin/kmod
	ln -s ../bin/kmod "$ROOT/sbin/depmod"
	for uname; do
		add_kernel "$uname"
	done
	in_root --initdb
	change -i "$(base_package)"
}

# add_dracut: a generator that notes each call, and what it was called for, in /calls.
add_dracut() {
	cat >"$ROOT/usr/bin/dracut" <<-'END'
		#!/bin/sh
		echo "dracut $*" >>/calls
		[ ! -e /dracut-fails ]
	END
	chmod +x "$ROOT/usr/bin/dracut"
}

# calls: how often the generator was called, and how, since the last time this was asked.
calls() {
	[ ! -e "$ROOT/calls" ] || cat "$ROOT/calls"
	rm -f "$ROOT/calls"
}

# selected DRIVER-MODULE [UNAME]: where the link in updates/ leads to; nothing if there is none.
selected() { readlink "$ROOT/lib/modules/${2:-$K1}/updates/$1" || :; }

# tree [UNAME]: all there is below a kernel's directory, with checksums and targets of links.
tree() {
	(cd "$ROOT/lib/modules/$1" 2>/dev/null && {
		find . -type f -exec sha256sum {} + | sort -k 2
		find . -type l -printf '%p -> %l\n' | sort
		find . -type d | sort
	})
}

# sound: what must hold after every step: modprobe is sent to files that are there, and to none below xenserver/; no link
# dangles; nothing is left over of a change.
sound() {
	local dir file
	[ -z "$(find "$ROOT/lib/modules" -xtype l)" ] || fail "dangling: $(find "$ROOT/lib/modules" -xtype l)"
	[ -z "$(find "$ROOT/lib/modules" -name '.?*')" ] || fail "left over: $(find "$ROOT/lib/modules" -name '.?*')"
	[ -z "$(find "$ROOT/var/lib/rpm-state" -type f)" ] || fail "an initrd is still marked as out of date"
	for dir in "$ROOT"/lib/modules/*/; do
		[ -e "$dir/modules.dep" ] || continue
		while read -r file; do
			[ -e "$dir/$file" ] || fail "modules.dep of $dir names $file, which is not there" || return
			case $PROFILE:$file in
			xs8:unselected/*) ;;
			*) lacks "$file" xenserver/ || return ;;
			esac
		done < <(cut -d: -f1 "$dir/modules.dep")
	done
}

# knows FILE [UNAME]: modprobe would find it.
knows() { grep -q "^$1:" "$ROOT/lib/modules/${2:-$K1}/modules.dep"; }
