# SPDX-License-Identifier: GPL-2.0-only
# The rpm-*.bats files load this file: packages that are built once, and root directories to install them into.

load helpers

# tests/old/run sets OLD_RPM. The tests then use old programs, and packages for hosts that have these programs.
CACHE=$TOP/build/rpm-tests${OLD_RPM:+-old}
PROFILE=${OLD_RPM:+xs8}
# The two kernels for which tests install packages. They are of different series if such kernels are installed.
K1=$(kernels | head -n 1)
# shellcheck disable=SC2034 # the files that load this one use it
K2=$(kernels | tail -n 1)
case $(rpm --help 2>&1) in *--force-debian*) DEBIAN=yes ;; *) DEBIAN= ;; esac

# copy_sources FROM TO: copy the files that have changed from FROM to TO. The other files stay as they are: another test
# may be reading them, and make must not see a change.
copy_sources() {
	mkdir -p "$2"
	(cd "$1" && find . -path ./build -prune -o -type f ! -name Makefile -print | while read -r file; do
		cmp -s "$file" "$2/$file" || install -D "$file" "$2/$file"
	done)
	sed "s|^include .*XS_DDK_DIR.*|include $TOP/rpm/driver.mk|" "$1/Makefile" >"$2/.Makefile"
	if cmp -s "$2/.Makefile" "$2/Makefile"; then rm "$2/.Makefile"; else mv "$2/.Makefile" "$2/Makefile"; fi
}

# results NAME: print the directory with the results of that build.
results() { printf '%s\n' "$CACHE/$1/build${PROFILE:+/$PROFILE}"; }

# built NAME SOURCES ARGUMENT...: build packages of the driver in SOURCES with these arguments for make, once for all
# tests. Print the directory that holds them. The log is not in the directory of the sources: make would take it
# for a changed source and build everything again, while other tests use the packages.
built() {
	local name=$1 dir=$CACHE/$1 sources=$2
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
	results "$name"
}

example() { built example "$TOP/example-driver"; }
# example_again: the same version packaged again, for one kernel.
example_again() { built again "$TOP/example-driver" DRIVER_VERSION=1.0.0 KERNELS="$K1" RPM.VERSION=1.1; }
pair() { built pair "$TOP/tests/rpm/pair" KERNELS="$K1"; }
pair_xz() { built pair-xz "$TOP/tests/rpm/pair" KERNELS="$K1" DRIVER_VERSION=2.0 XS_COMPRESS=xz; }

# package DIRECTORY DRIVER VERSION [UNAME]: print the only module package for that kernel (default: K1) below DIRECTORY.
package() {
	local -a found
	mapfile -t found < <(find "$1/rpms" -name "$2-${3/\~/_tilde_}-modules-*-${4:-$K1}-*.rpm")
	[ "${#found[@]}" -eq 1 ] || fail "$2 $3 in $1: ${#found[@]} packages: ${found[*]}" || return
	printf '%s\n' "${found[0]}"
}

# name PACKAGE: print the package's name in the database.
name() { rpm -qp --qf '%{NAME}\n' "$1"; }

# as_root COMMAND...: run COMMAND as root, which rpm and chroot need. A user name space is enough.
as_root() { if [ "$(id -u)" = 0 ]; then "$@"; else unshare --map-root-user "$@"; fi; }

# in_root ARGUMENT...: run rpm on the root directory $ROOT. change does the same for changes: Debian's rpm refuses them
# without --force-debian.
in_root() { as_root rpm --root "$ROOT" --dbpath /var/lib/rpm "$@"; }
change() { in_root ${DEBIAN:+--force-debian} "$@"; }

# add_program FILE NAME: copy the program FILE to NAME in $ROOT, with its libraries.
add_program() {
	local lib
	install -D "$1" "$ROOT$2"
	for lib in $({ ldd "$1" 2>/dev/null || :; } | grep -o '/[^ ]*'); do
		[ -e "$ROOT$lib" ] || install -D "$lib" "$ROOT$lib"
	done
}

# add_kernel UNAME: make the files of a kernel's package that depmod reads, and an initrd.
add_kernel() {
	local dir=$ROOT/lib/modules/$1
	mkdir -p "$dir/kernel/drivers/misc" "$ROOT/boot"
	cp "$(example_module 1.0.0 "$1")" "$dir/kernel/drivers/misc/other.ko"
	echo kernel/drivers/misc/other.ko >"$dir/modules.order"
	: >"$dir/modules.builtin"
	: >"$dir/modules.builtin.modinfo"
	(cd "$ROOT/lib/modules" && echo "$1" | cpio -o -H newc --quiet) >"$ROOT/boot/initrd-$1.img"
	as_root chroot "$ROOT" depmod "$1"
}

# base_package: print the path of a package that stands for the rest of the system. It provides the requirements of
# module packages.
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

# make_root [UNAME...]: make $ROOT, a host with these kernels and without drivers.
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

# add_dracut: install a dracut that writes its arguments to /calls and makes no initrd. It fails if /dracut-fails
# exists.
add_dracut() {
	cat >"$ROOT/usr/bin/dracut" <<-'END'
		#!/bin/sh
		echo "dracut $*" >>/calls
		[ ! -e /dracut-fails ]
	END
	chmod +x "$ROOT/usr/bin/dracut"
}

# calls: print the calls of dracut since the last time this function was called.
calls() {
	[ ! -e "$ROOT/calls" ] || cat "$ROOT/calls"
	rm -f "$ROOT/calls"
}

# selected FILE [UNAME]: print the target of the link updates/FILE; nothing if there is no such link.
selected() { readlink "$ROOT/lib/modules/${2:-$K1}/updates/$1" || :; }

# tree UNAME: print all files below a kernel's directory, with checksums and the targets of links.
tree() {
	(cd "$ROOT/lib/modules/$1" 2>/dev/null && {
		find . -type f -exec sha256sum {} + | sort -k 2
		find . -type l -printf '%p -> %l\n' | sort
		find . -type d | sort
	})
}

# sound: fail unless the root is in order, as it must be after every step. modules.dep names only files that exist, and
# no file below xenserver/, except placeholders. No link dangles. No temporary file is left.
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

# knows FILE [UNAME]: whether modprobe would find FILE.
knows() { grep -q "^$1:" "$ROOT/lib/modules/${2:-$K1}/modules.dep"; }
