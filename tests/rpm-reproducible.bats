#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# The same sources make the same packages, whatever the directory, user, time and machine; and the source package builds with
# nothing but itself, the installed kit and kernel headers.

load rpm/helpers

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	XS_DDK=${XS_DDK:-$XS_BIN/xs-ddk}
}

# vendor DIR: the example driver as a vendor has it.
vendor() {
	mkdir -p "$1"
	tar -C "$TOP/example-driver" --exclude=./build -cf - . | tar -C "$1" -xf -
	sed -i "s|^include .*XS_DDK_DIR.*|include $TOP/rpm/driver.mk|" "$1/Makefile"
}

# kit_packages: the kit's own packages, made once, in $BATS_FILE_TMPDIR/clone/build/rpm.
kit_packages() {
	KIT=$BATS_FILE_TMPDIR/clone/build/rpm
	[ ! -e "$KIT/log" ] || return 0
	git clone -q "$TOP" "$BATS_FILE_TMPDIR/clone"
	make -s -C "$BATS_FILE_TMPDIR/clone" rpm SOURCE_DATE_EPOCH=1700000000
}

sums() { (cd "$1/build" && find . -name '*.rpm' -o -name '*.tar.gz' | sort | xargs sha256sum); }

@test "two builds in other directories, times, umasks, zones, locales, hosts and by another user are the same" {
	vendor one
	vendor a-much-longer-directory/two
	# The kit is in another place too.
	mkdir a-much-longer-directory/kit
	cp -r "$TOP/rpm" "$TOP/note" "$XS_DDK" a-much-longer-directory/kit/
	sed -i "s|^include .*|include $PWD/a-much-longer-directory/kit/rpm/driver.mk|" a-much-longer-directory/two/Makefile
	make -s -C one -j1 KERNELS="$K1" SOURCE_DATE_EPOCH=1700000000 XS_DDK="$XS_DDK" build-rpms
	find a-much-longer-directory -exec touch -d '2001-02-03' {} +
	chmod -R go-rwx a-much-longer-directory/two
	mkdir tmp
	local user='' mapped=yes
	if [ "$(id -u)" = 0 ]; then
		chmod 755 . .. ../.. a-much-longer-directory
		chown -R nobody a-much-longer-directory tmp
		user='setpriv --reuid=nobody --regid=nogroup --clear-groups' mapped=''
	fi
	umask 077
	# Another host name, in a name space of its own; then another user.
	printf '%s\n' '#!/bin/sh' 'hostname elsewhere && exec "$@"' >elsewhere
	chmod 755 elsewhere
	# shellcheck disable=SC2086 # words
	unshare --uts ${mapped:+--user --map-root-user} "$PWD/elsewhere" $user \
		env HOME="$PWD/tmp" TMPDIR="$PWD/tmp" TZ=Asia/Tokyo LC_ALL=C.UTF-8 LANG=tr_TR.UTF-8 \
		make -s -C a-much-longer-directory/two -j4 KERNELS="$K1" SOURCE_DATE_EPOCH=1700000000 \
		XS_DDK="$PWD/a-much-longer-directory/kit/xs-ddk" build-rpms
	[ "$(sums one | wc -l)" -eq $((3 + 3 + 3 + 2 + 2)) ]
	diff <(sums one) <(sums a-much-longer-directory/two)
}

@test "nothing of the machine is in a package" {
	vendor one
	make -s -C one KERNELS="$K1" DRIVER_VERSION=1.0.0 SOURCE_DATE_EPOCH=1700000000 XS_DDK="$XS_DDK" build-rpms
	for rpm in one/build/*/*.rpm; do
		run -0 rpm -qp --qf '%{BUILDTIME} %{BUILDHOST}\n' "$rpm"
		[ "$output" = "1700000000 localhost" ]
		run -0 rpm -qp --qf '[%{FILEUSERNAME} %{FILEGROUPNAME}\n]' "$rpm"
		[ "$(sort -u <<<"$output")" = "root root" ]
		rpm2cpio "$rpm" >payload
		run -1 grep -q -a -F -e "$BATS_TEST_TMPDIR" -e /tmp/xs-rpm payload
	done
}

@test "the date of the newest source is taken when none is given, and it shows" {
	vendor one
	find one -type f -exec touch -d @1600000000 {} +
	make -s -C one KERNELS="$K1" DRIVER_VERSION=1.0.0 XS_DDK="$XS_DDK" build-srpms
	run -0 rpm -qp --qf '%{BUILDTIME}' one/build/srpms/xsedu-1.0.0-1.0-1.src.rpm
	[ "$output" = 1600000000 ]
}

# contents RPM: what rpm installs from a package, and when. The times of files and of the build are not part of it.
contents() {
	rpm -qp --qf '%{NAME} %{VERSION}-%{RELEASE} %{SUMMARY} %{PAYLOADCOMPRESSOR}\n[%{FILEMODES:octal} %{FILEDIGESTS} %{FILENAMES} %{FILELINKTOS}\n]' "$1"
	rpm -qp --provides --requires --scripts "$1"
}

# rebuild SRPM: what rpmbuild makes of it without driver.mk, as a user whose PATH lacks /usr/sbin.
rebuild() {
	{
		cat "$TOP/rpm/macros.xs-ddk"
		printf '%%%s\n' "xs_ddk_dir $TOP" "xs_ddk $XS_DDK" "xs_kernels $K1" "_topdir $PWD/top"
	} >.rpmmacros
	HOME=$PWD PATH=/usr/bin:/bin rpmbuild --rebuild --nodeps "$1"
}

@test "a source package that is rebuilt elsewhere makes packages with the same contents" {
	vendor one
	# No value is the default. driver.mk, too, finds modinfo in /usr/sbin.
	PATH=/usr/bin:/bin make -s -C one KERNELS="$K1" DRIVER_VERSION=1.0.0 PROFILE=el9 XS_DDK="$XS_DDK" build-rpms \
		XS_COMPRESS=xz DEBUGINFO=0 INJECT=1 XS_CATEGORY=network XS_PRIORITY=7 XS_STATUS.1.0.0=beta \
		XS_DESCRIPTION='100% "of" %{name} \it'"'s {and"
	for srpm in one/build/el9/srpms/*.src.rpm; do
		run -0 rebuild "$srpm"
	done
	[ "$(find top/RPMS -name '*.rpm' | wc -l)" -eq 3 ]
	for rpm in top/RPMS/*/*.rpm; do
		diff <(contents one/build/el9/*/"${rpm##*/}") <(contents "$rpm")
	done
	run -0 rpm -qp --provides top/RPMS/*/xsedu-1.0.0-modules-*-1.0-1.el9."$(arch)".rpm
	has "$output" 'modalias(pci:v00001234d000011E8sv*sd*bc*sc*i*)'
}

@test "no package is made without modinfo, with which rpm finds what the modules provide" {
	vendor one
	make -s -C one KERNELS="$K1" DRIVER_VERSION=1.0.0 XS_DDK="$XS_DDK" build-srpms
	export -f rebuild
	export TOP XS_DDK K1
	# shellcheck disable=SC2016 # this is for the inner shell
	run -1 own_mounts bash -c 'mount -t tmpfs none /usr/sbin && rebuild "$1"' bash one/build/srpms/xsedu-1.0.0-1.0-1.src.rpm
	has "$output" "xs-ddk: the program modinfo is missing; install kmod and binutils"
}

@test "make rpm packages the kit: for builders, and the host's tool apart" {
	kit_packages
	run -0 rpm -qpl "$KIT"/xs-driver-*.rpm
	has "$output" /usr/sbin/xs-driver
	lacks "$output" /usr/share/xs-ddk
	run -0 rpm -qpl "$(find "$KIT" -name 'xs-ddk-*' ! -name '*.src.rpm')"
	for file in /usr/bin/xs-ddk /usr/bin/xs-kbuild /usr/share/xs-ddk/note/xenserver-note.mk /usr/share/xs-ddk/rpm/driver.mk \
		/usr/share/xs-ddk/example-driver/Makefile macros.d/macros.xs-ddk; do
		has "$output" $file
	done
	find "$KIT" -name 'xs-ddk-*.src.rpm' | grep .
}

@test "the source package is rebuilt for other kernels with the kit installed from its package" {
	local kit=$BATS_TEST_TMPDIR/kit srpm
	kit_packages
	example
	srpm=$CACHE/example/build/srpms/xsedu-1.1.0-1.0-1.src.rpm
	export ROOT=$kit
	mkdir "$kit"
	in_root --initdb
	change -i --nodeps "$KIT"/xs-ddk-[0-9]*[!c].x86_64.rpm "$KIT"/xs-driver-*.rpm
	# From here on there is only what is installed.
	mv "$BATS_FILE_TMPDIR/clone" "$BATS_FILE_TMPDIR/away"
	# Where the kit was installed below a root, its macros are told so.
	PATH=$kit/usr/bin:$PATH run -0 rpmbuild --rebuild --nodeps --load "$kit$(rpm --eval '%{_rpmconfigdir}')/macros.d/macros.xs-ddk" \
		--define "xs_ddk_dir $kit/usr/share/xs-ddk" --define "xs_ddk $kit/usr/bin/xs-ddk" --define "_topdir $PWD/top" \
		--define "xs_kernels $(kernels | tail -n 2 | paste -s -d ' ')" "$srpm"
	for uname in $(kernels | tail -n 2); do
		find top/RPMS -name "xsedu-1.1.0-modules-*-$uname-1.0-1.*.rpm" | grep .
		run -0 "$kit/usr/bin/xs-ddk" verify --version 1.1.0 --kernel "$uname" top/RPMS/*/xsedu-1.1.0-modules-*-"$uname"-1.0-1.*.rpm
	done
	[ "$(find top/RPMS -name '*-modules-*' ! -name '*-debuginfo-*' ! -name '*-devel-*' | wc -l)" -eq "$(kernels | tail -n 2 | wc -l)" ]
}
