# SPDX-License-Identifier: GPL-2.0-only
# The tests of driver disks load this file: packages, disks made of them, and hosts to install them on.

load rpm/helpers

MAKE_DISK=$TOP/rpm/make-disk
# All disks have this date, whenever the tests run.
export SOURCE_DATE_EPOCH=1700000000

# example_packages [KERNEL...]: print the example driver's packages for these kernels (default: the first two), its data
# package and its source packages, one on each line.
example_packages() {
	local built kernel
	built=$(example) || return
	[ $# -gt 0 ] || set -- "$(a_kernel)" "$(kernels | sed -n 2p)"
	for kernel; do
		ls "$built/rpms/"*"-$kernel-1.0-1."*.rpm || return
	done
	ls "$built"/rpms/xsedu-data-*.rpm "$built"/srpms/*.src.rpm
}

# make_disk OUTPUT [OPTION...]: make the disk for most tests in the directory OUTPUT. It holds $PACKAGES if that is set,
# otherwise example_packages.
make_disk() {
	local output=$1 packages=${PACKAGES-}
	shift
	mkdir -p "$output"
	[ -n "$packages" ] || packages=$(example_packages) || return
	XS_DDK=$XS_BIN/xs-ddk "$MAKE_DISK" --label xsedu --version 1.1.0 --vendor "The xs-ddk authors" --vendor-code xs-ddk \
		--text 'Drivers for "edu" & <friends>' --product-version 8.2.1 --output "$output" ${PROFILE:+--profile "$PROFILE"} "$@" $packages
}

# small_package NAME VERSION [LINE...]: make a package without modules, and print its path. A LINE that begins with a
# slash is the path of a file in the package. Any other LINE goes into the preamble of the spec.
small_package() {
	local spec=$BATS_TEST_TMPDIR/$1.spec out=$BATS_TEST_TMPDIR/small name=$1 version=$2 line
	shift 2
	{
		printf 'Name: %s\nVersion: %s\nRelease: 1\nSummary: none\nLicense: none\nBuildArch: noarch\n' "$name" "$version"
		for line; do
			[[ $line == /* ]] || echo "$line"
		done
		printf '%%description\nnone\n%%install\n'
		for line; do
			[[ $line != /* ]] || printf 'mkdir -p %%{buildroot}%s\necho "%s %s" >%%{buildroot}%s\n' \
				"${line%/*}" "$name" "$version" "$line"
		done
		echo %files
		for line; do
			[[ $line != /* ]] || echo "$line"
		done
	} >"$spec"
	rpmbuild -bb --quiet --define "_topdir $BATS_TEST_TMPDIR/top" --define "_rpmdir $out" \
		--define '_rpmfilename %%{NAME}-%%{VERSION}-%%{RELEASE}.%%{ARCH}.rpm' "$spec" >&2 || return
	echo "$out/$name-$version-1.noarch.rpm"
}

# make_host DIR [KERNEL...]: make the root directory of a host with these kernels (default: the first), a shell, depmod
# with its libraries, and an inventory. rpm's database has a package that provides the same dependencies as a real host.
make_host() {
	local root=$1 kernel program
	shift
	[ $# -gt 0 ] || set -- "$(a_kernel)"
	mkdir -p "$root"/{bin,sbin,tmp,etc,proc,lib/modules,etc/xensource}
	cp "$(command -v busybox)" "$root/bin/busybox"
	for program in $("$root/bin/busybox" --list); do
		[ -e "$root/bin/$program" ] || ln -s busybox "$root/bin/$program"
	done
	rm -f "$root"/bin/{depmod,modprobe,rpm,rpm2cpio}
	cp -L "$(command -v depmod)" "$root/sbin/depmod"
	ldd "$(command -v depmod)" | grep -o '/[^ ]*' | while read -r program; do
		mkdir -p "$root${program%/*}"
		cp -L "$program" "$root$program"
	done
	for kernel; do
		mkdir -p "$root/lib/modules/$kernel/kernel"
		touch "$root/lib/modules/$kernel/modules".{order,builtin,builtin.modinfo}
	done
	cat >"$root/etc/xensource-inventory" <<-END
		PRODUCT_BRAND='XenServer'
		PRODUCT_VERSION='8.2.1'
		PLATFORM_NAME='XCP'
		PLATFORM_VERSION='3.2.1'
		INSTALLATION_UUID='2d7b4d2c-6b3e-4c3f-9a43-3c9c0d8f7c11'
	END
	as_root rpm --root "$root" -U --nodeps "$(small_package host 1 'Provides: /bin/sh /sbin/depmod /usr/bin/sh' \
		'Provides: product-version = 8.2.1')"
}

# made NAME DISK: print the file name of the package NAME that make-disk made for DISK, an image or a directory.
made() {
	if [ -d "$2" ]; then
		(cd "$2" && echo "$1"-[0-9]*.noarch.rpm)
	else
		bsdtar -tf "$2" | grep -x "$1-[0-9].*[.]noarch[.]rpm"
	fi
}

# record ROOT: print the directory of the host's record of the disk.
record() { echo "$1/etc/xensource/installed-repos/xs-ddk:xsedu"; }

# host_packages ROOT: print the names of the installed packages, without the package that stands for the host.
host_packages() { as_root rpm --root "$1" -qa --qf '%{NAME}\n' | grep -vx host | sort; }

# unpack IMAGE DIR: unpack the image, and make all files writable.
unpack() {
	mkdir -p "$2"
	bsdtar -xf "$1" -C "$2"
	chmod -R u+w "$2"
}

# resum TREE: write SHA256SUMS again for the present files.
resum() {
	(cd "$1" && find . -type f ! -name 'SHA256SUMS*' | sed 's|^\./||' | sort | xargs sha256sum >SHA256SUMS)
}

# rules PATH...: print the ids of the rules disk-* that have findings, one on each line.
rules() { xs-ddk verify --json "$@" | jq -r '.findings[].rule' | grep '^disk-' | sort -u; }
