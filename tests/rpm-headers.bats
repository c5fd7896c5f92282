#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# Headers as RPM distributions lay them: found, installed by make deps, and built with.
#
# What is played: no RPM distribution can be had here. So its kernel-devel packages hold the headers of a Debian kernel,
# under the names, in the directories and with the uname of Enterprise Linux 9. rpmbuild, dnf, rpm and kbuild are real.

load rpm/helpers

PLAIN=5.14.0-503.11.1.el9_5.x86_64
RT=$PLAIN+rt

setup_file() {
	export DISTRIBUTION=$BATS_FILE_TMPDIR
	mkdir -p "$DISTRIBUTION/repository"
	a_package kernel-devel "$PLAIN"
	a_package kernel-rt-devel "$RT"
	a_package jansson-devel
	createrepo_c --quiet "$DISTRIBUTION/repository"
	mkdir "$DISTRIBUTION/root"
	with_dnf install kernel-devel kernel-rt-devel
}

# with_dnf ARGUMENT...: dnf that knows the root directory and the played distribution, and nothing else.
with_dnf() {
	: >"$DISTRIBUTION/dnf.conf"
	as_root dnf --quiet --assumeyes --installroot "$DISTRIBUTION/root" --releasever 9 --disableplugin='*' \
		--setopt=reposdir=/nowhere --setopt=cachedir=/var/cache/dnf --setopt=logdir=/tmp --setopt=persistdir=/var/lib/dnf \
		--config "$DISTRIBUTION/dnf.conf" --repofrompath "played,file://$DISTRIBUTION/repository" --repo played --nogpgcheck "$@"
}

# lay_headers DIRECTORY UNAME: the headers of a Debian kernel, as if they were those of that kernel.
lay_headers() {
	local from link
	from=$(kdir "$(a_kernel)")
	mkdir -p "${1%/*}"
	cp -a "$(realpath "$from")" "$1"
	for link in scripts tools; do
		ln -sfn "$(realpath "$from/$link")" "$1/$link"
	done
	printf '#define UTS_RELEASE "%s"\n' "$2" >"$1/include/generated/utsrelease.h"
	printf '%s\n' "$2" >"$1/include/config/kernel.release"
}

# a_package NAME [UNAME]: a package in the repository; with a UNAME it has headers of that kernel.
a_package() {
	local build=$DISTRIBUTION/build/$1
	mkdir -p "$build/payload"
	[ -z "${2-}" ] || lay_headers "$build/payload/usr/src/kernels/$2" "$2"
	printf '%s\n' "Name: $1" 'Version: 5.14.0' 'Release: 503.11.1.el9_5' 'Summary: played' 'License: none' 'AutoReqProv: no' \
		'%description' 'Played.' '%install' "cp -a '$build/payload/.' %{buildroot}" '%files' >"$build/package.spec"
	[ -z "${2-}" ] || echo "/usr/src/kernels/$2" >>"$build/package.spec"
	rpmbuild -bb --quiet --nodeps --define "_topdir $build/top" --define "_rpmdir $DISTRIBUTION/repository" \
		--define 'debug_package %{nil}' --define '__os_install_post %{nil}' --define '_build_id_links none' "$build/package.spec" >&2
}

@test "deps installs with dnf what rpm does not have, and names what the distribution does not have" {
	cd "$BATS_TEST_TMPDIR"
	mkdir bin kit
	cp "$TOP/tools/deps" kit/
	printf '%s\n' 'a | kernel-devel kernel-rt-devel | kernels' 'b | jansson-devel | JSON' 'c | - | not here' 'd | d-gone | no more' \
		>kit/deps.list
	# A host without apt-get. Its dnf and rpm are the real ones, and work on the root directory.
	{
		declare -f with_dnf as_root
		printf 'DISTRIBUTION=%q PATH=%q\n' "$DISTRIBUTION" "$PATH"
	} >functions
	printf '#!/bin/bash\n. %q\nwith_dnf "$@"\n' "$PWD/functions" >bin/dnf
	printf '#!/bin/bash\n. %q\nas_root rpm --root %q "$@"\n' "$PWD/functions" "$DISTRIBUTION/root" >bin/rpm
	chmod +x bin/*
	for tool in sh dirname grep awk cut id printf; do
		ln -s "$(command -v $tool)" bin/
	done
	run -1 --separate-stderr /usr/bin/env PATH="$PWD/bin" /bin/sh kit/deps --missing
	[ "$output" = "deps: these packages are missing:
  jansson-devel                JSON
  d-gone                       no more" ]
	[ "$(id -u)" -eq 0 ] || printf '#!/bin/sh\necho 0\n' >bin/id
	run -0 --separate-stderr /usr/bin/env PATH="$PWD/bin" /bin/sh kit/deps
	has "$output" "d-gone: this distribution does not have this package"
	[ "$(as_root rpm --root "$DISTRIBUTION/root" -q --qf '%{NAME}\n' jansson-devel)" = jansson-devel ]
}

@test "the headers are listed by their unames" {
	run -0 --separate-stderr "$TOP/note/xs-kbuild" --list --sysroot "$DISTRIBUTION/root"
	[ "$output" = "$PLAIN	$DISTRIBUTION/root/usr/src/kernels/$PLAIN
$RT	$DISTRIBUTION/root/usr/src/kernels/$RT" ]
}

@test "packages for both kernels have their unames and flavours in the names, and install beside each other" {
	local uname rpms=$CACHE/rpm-headers/build/rpms
	run -0 built rpm-headers "$TOP/example-driver" DRIVER_VERSION=1.0.0 DEBUGINFO=0 DATA_SPEC= \
		KERNELS="$DISTRIBUTION/root/usr/src/kernels/$PLAIN $DISTRIBUTION/root/usr/src/kernels/$RT"
	[ "$(cd "$rpms" && echo ./*)" = "./xsedu-1.0.0-modules-default-$PLAIN-1.0-1.x86_64.rpm \
./xsedu-1.0.0-modules-rt-$RT-1.0-1.x86_64.rpm" ]
	run -0 --separate-stderr xs-ddk verify --strict --version 1.0.0 "$rpms"
	make_root
	for uname in "$PLAIN" "$RT"; do
		mkdir -p "$ROOT/lib/modules/$uname"
		: >"$ROOT/lib/modules/$uname/modules.order"
		: >"$ROOT/lib/modules/$uname/modules.builtin"
		: >"$ROOT/lib/modules/$uname/modules.builtin.modinfo"
	done
	change -i --nodeps "$rpms"/*.rpm
	for uname in "$PLAIN" "$RT"; do
		[ "$(modinfo -F vermagic "$ROOT/lib/modules/$uname/updates/xsedu.ko" | cut -d ' ' -f 1)" = "$uname" ]
	done
	run -0 --separate-stderr xs-driver --sysroot "$ROOT" deselect xsedu --kernel "$RT" --force
	[ ! -e "$ROOT/lib/modules/$RT/updates/xsedu.ko" ]
	[ -e "$ROOT/lib/modules/$PLAIN/updates/xsedu.ko" ]
}
