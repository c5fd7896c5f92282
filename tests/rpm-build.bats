#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# Building packages: the matrix, what is rebuilt when, the variables, the data package, and bad input.

load rpm/helpers

setup_file() {
	example
	pair
} >&2

setup() {
	EXAMPLE=$CACHE/example/build
	cd "$BATS_TEST_TMPDIR" || return
}

# vendor LINE...: the driver pair as a vendor has it, in the directory driver, which becomes the current one. The lines
# follow the usual ones in its Makefile.
vendor() {
	mkdir driver
	cp "$TOP"/tests/rpm/pair/{Kbuild,*.c} driver/
	cp "$TOP/rpm/driver.spec.in" "$TOP/rpm/driver-data.spec.in" driver/
	cd driver || return
	printf '%s\n' 'DRIVER := pair' 'VERSIONS := 2.0' 'SPEC := driver.spec.in' 'VENDOR := Example' 'TEXT := Text' "$@" \
		"include $TOP/rpm/driver.mk" >Makefile
}

# packages ARGUMENT...: make for one kernel.
packages() { make --no-print-directory KERNELS="$K1" XS_DDK="${XS_DDK:-$XS_BIN/xs-ddk}" build-rpms "$@"; }

# refused TEXT...: packages fails, says this in one line of stderr, and leaves no package.
refused() {
	local words=$1
	shift
	run -2 --separate-stderr packages "$@"
	[ "$(grep -c -F "$words" <<<"$stderr")" -eq 1 ] || fail "expected once: $words"$'\n'"in: $stderr"
	[ -z "$(find . -name '*-modules-*.rpm')" ]
}

@test "one run makes a package for each version and kernel, named after both, and a table of them" {
	local uname version
	run -0 make -s -C "$CACHE/example" SOURCE_DATE_EPOCH=1700000000 XS_DDK="${XS_DDK:-$XS_BIN/xs-ddk}" build-rpms
	for uname in $(kernels); do
		for version in 1.0.0 1.1.0; do
			[ -e "$(package "$EXAMPLE" xsedu $version "$uname")" ]
			has "$(tr -s ' ' <<<"$output")" "$uname $version build/rpms/xsedu-$version-modules-"
		done
	done
	[ "$(find "$EXAMPLE/rpms" -name '*-modules-*' | wc -l)" -eq $((2 * $(kernels | wc -l))) ]
	[ "$(ls "$EXAMPLE/srpms")" = $'xsedu-1.0.0-1.0-1.src.rpm\nxsedu-1.1.0-1.0-1.src.rpm\nxsedu-data-1.0-1.src.rpm' ]
}

@test "the packages that test files share are built once, not below the hands of those that run meanwhile" {
	local once
	once=$(find "$CACHE"/{example,pair}/build -name '*.rpm' -printf '%p %i %T@\n' | sort)
	example
	pair
	diff <(echo "$once") <(find "$CACHE"/{example,pair}/build -name '*.rpm' -printf '%p %i %T@\n' | sort)
}

@test "only another release compiles nothing again, and has the same modules; a source or an option does" {
	local tool
	vendor
	# A compiler that counts how often it is called, under each of its names.
	mkdir ../bin
	for tool in /usr/bin/gcc /usr/bin/gcc-[0-9]*; do
		[ ! -x "$tool" ] || printf '#!/bin/sh\necho "$*" >>"%s"\nexec %s "$@"\n' "$PWD/../calls" "$tool" >"../bin/${tool##*/}"
	done
	chmod +x ../bin/*
	PATH=$PWD/../bin:$PATH
	compiled() { grep -c -- '-c -o .*pair-a[.]o' ../calls 2>/dev/null || :; }
	modules() {
		rm -rf ../unpacked && mkdir ../unpacked && bsdtar -xf "$(package build pair 2.0)" -C ../unpacked
		(cd ../unpacked && find . -name '*.ko' -exec sha256sum {} + | sort)
	}
	run -0 packages
	[ "$(compiled)" -eq 1 ]
	before=$(modules)
	run -0 packages RPM.RELEASE=2
	[ "$(compiled)" -eq 1 ]
	[ "$(rpm -qp --qf '%{RELEASE}' "$(package build pair 2.0)")" = 2 ]
	[ "$(modules)" = "$before" ]
	# The debug information and the symbols for other drivers are the same, too.
	[ -n "$(rpm -qlp build/debuginfo/*-2.*.rpm | grep 'pair-a[.]c$')" ]
	[ -n "$(rpm -qlp build/devel/*-2.*.rpm | grep 'Module.symvers$')" ]
	echo '/* changed */' >>pair-a.c
	run -0 packages RPM.RELEASE=3
	[ "$(compiled)" -eq 2 ]
	KCFLAGS=-DOTHER run -0 packages RPM.RELEASE=4
	[ "$(compiled)" -eq 3 ]
	# What was compiled for versions that are built no more is removed.
	[ "$(ls build/compiled)" = "pair-2.0-modules-$("$TOP/rpm/kernels" --flavour "$K1")-$K1" ]
	run -0 packages VERSIONS=3.0
	[ "$(ls build/compiled)" = "pair-3.0-modules-$("$TOP/rpm/kernels" --flavour "$K1")-$K1" ]
}

@test "flavours are told from unames" {
	while read -r uname flavour; do
		[ "$("$TOP/rpm/kernels" --flavour "$uname")" = "$flavour" ] || fail "$uname is not $flavour"
	done <<-END
		4.19.0+1 xen
		4.19.0+12 xen
		2.6.32.43-0.4.1.xs1.8.0.839.170785xen xen
		2.6.18-128.1.6.el5.xs5.5.0.502.1014xen xen
		2.6.18-128.1.6.el5.xs5.5.0.502.1014kdump kdump
		6.1.0-56-amd64 amd64
		6.1.0-56-rt-amd64 rt-amd64
		6.12.117+deb12-cloud-amd64 cloud-amd64
		6.1.0-0.deb11.13-amd64 amd64
		5.14.0-427.13.1.el9_4.x86_64 default
		5.14.0-427.13.1.el9_4.x86_64+rt rt
		5.14.0-503.el9.aarch64+64k 64k
		5.14.0-503.el9.x86_64+rt-debug rt-debug
		5.14.0-503.el9.ppc64le+debug debug
		5.14.0-503.el9.s390x default
		4.18.0-553.rt7.342.el8_10.x86_64 rt
		4.18.0-553.rt7.342.el8_10.x86_64+debug rt-debug
		3.10.0-1160.el7.x86_64.debug debug
		3.10.0-1160.119.1.rt56.1271.el7.x86_64 rt
		6.11.4-301.fc41.aarch64+16k-debug 16k-debug
		6.11.4-301.fc41.x86_64 default
		5.15.0-208.159.3.2.el9uek.x86_64 uek
		5.15.0-208.159.3.2.el9uek.x86_64.debug uek-debug
		5.10.223-212.873.amzn2.x86_64 default
		5.3.18-150300.59.63-default default
		5.15.0-91-generic generic
		6.9.0-rc3-amd64 amd64
		6.9.0 default
	END
}

@test "each package holds the modules of its version for its kernel, with a record, and passes verify" {
	local rpm uname version
	for uname in $(kernels); do
		for version in 1.0.0 1.1.0; do
			rpm=$(package "$EXAMPLE" xsedu $version "$uname")
			run -0 rpm -qpl "$rpm"
			has "$output" "/lib/modules/$uname/xenserver/xsedu/$version/xsedu.ko"
			has "$output" "/lib/modules/$uname/xenserver/xsedu/$version/info.json"
			has "$output" /etc/depmod.d/xs-ddk.conf
			run -0 xs-ddk verify --version "$version" --kernel "$uname" "$rpm"
		done
	done
}

@test "an rpmbuild without --load, as 4.11 is, makes the same package, also with options of one's own" {
	cat >"$BATS_TEST_TMPDIR/rpmbuild" <<-'END'
		#!/bin/sh
		for word; do
			case $word in --load*) echo "rpmbuild: $word: unknown option" >&2 && exit 1 ;; esac
		done
		exec rpmbuild "$@"
	END
	chmod +x "$BATS_TEST_TMPDIR/rpmbuild"
	pair
	run -0 built no-load "$TOP/tests/rpm/pair" KERNELS="$K1" DRIVER_VERSION=1.0 \
		RPMBUILD="$BATS_TEST_TMPDIR/rpmbuild --undefine=_no_such_macro"
	cmp "$(package "$CACHE/no-load/build" pair 1.0)" "$(package "$CACHE/pair/build" pair 1.0)"
}

@test "the macros define nothing that rpm 4.11 forgets: with %define in a macro's body, modules were neither signed nor compressed" {
	run -1 grep -n '^%define' "$TOP/rpm/macros.xs-ddk"
	[ "$output" = "" ]
}

@test "an RPMBUILD that is no rpmbuild is refused, and named" {
	run -1 --separate-stderr env RPMBUILD=true XS_DDK=xs-ddk PROFILE=xs8 "$TOP/rpm/build-package" data "$BATS_TEST_TMPDIR/a/b/x.src.rpm" "$BATS_TEST_TMPDIR/a/b/x.rpm"
	[ "$stderr" = "xs-ddk: true: 'rpmbuild --showrc' does not tell its macro path; RPMBUILD must be a rpmbuild" ]
}

@test "make verify says whether what was built is fit to ship" {
	run -0 make -s -C "$CACHE/example" SOURCE_DATE_EPOCH=1700000000 XS_DDK="${XS_DDK:-$XS_BIN/xs-ddk}" verify
	has "$output" "0 errors"
	# The exceptions beside the Makefile count.
	echo "off no-such-rule because x" >"$CACHE/example/.xs-ddk.conf"
	run -2 --separate-stderr make -s -C "$CACHE/example" SOURCE_DATE_EPOCH=1700000000 XS_DDK="${XS_DDK:-$XS_BIN/xs-ddk}" verify
	rm "$CACHE/example/.xs-ddk.conf"
	has "$stderr" ".xs-ddk.conf:1: unknown rule; 'xs-ddk rules' prints all rules: no-such-rule"
	printf '#!/bin/sh\n[ "$1" != verify ] && exec "%s" "$@"\n' "${XS_DDK:-$XS_BIN/xs-ddk}" >no-verify
	chmod +x no-verify
	run -2 --separate-stderr make -s -C "$CACHE/example" SOURCE_DATE_EPOCH=1700000000 XS_DDK="$PWD/no-verify" verify
}

@test "info.json is made from the modules' aliases" {
	rpm2cpio "$(package "$EXAMPLE" xsedu 1.1.0)" | cpio -idm --quiet
	run -0 jq -c '[.category, .name, .version, .variant, .status, .priority, .pci_ids]' "lib/modules/$K1/xenserver/xsedu/1.1.0/info.json"
	[ "$output" = '["other","xsedu","1.1.0","1.1.0","production",1001000000,{"xsedu.ko":[{"vendor_id":"1234","device_id":"11e8","subvendor_id":"*","subdevice_id":"*"}]}]' ]
}

@test "the description in info.json is TEXT, or XS_DESCRIPTION, and not the modules' own" {
	vendor 'TEXT := What the vendor says of the driver'
	description() { xs-ddk show --contents "/lib/modules/$K1/xenserver/pair/2.0/info.json" "$(package build pair 2.0)" | jq -r .description; }
	run -0 packages
	[ "$(description)" = "What the vendor says of the driver" ]
	run -0 packages XS_DESCRIPTION='What hosts show'
	[ "$(description)" = "What hosts show" ]
}

@test "a second run builds nothing, and a touched source only its own version" {
	vendor 'VERSIONS := 1.0 2.0' 'SRCDIR.2.0 := new'
	mkdir new && cp Kbuild ./*.c new/
	run -0 packages -j2 SOURCE_DATE_EPOCH=1700000000 SOURCES='Kbuild pair-a.c pair_b.c'
	stamps() { find build -name '*.rpm' -printf '%T@ %p\n' | sort -k 2; }
	stamps >../first
	run -0 packages -j2 SOURCE_DATE_EPOCH=1700000000 SOURCES='Kbuild pair-a.c pair_b.c'
	stamps | diff ../first -
	# What is lost is made again, and nothing else.
	rm build/srctarballs/pair-1.0.tar.gz
	run -0 packages -j2 SOURCE_DATE_EPOCH=1700000000 SOURCES='Kbuild pair-a.c pair_b.c'
	[ -e build/srctarballs/pair-1.0.tar.gz ]
	stamps | diff ../first -
	echo >>new/pair-a.c
	run -0 packages -j2 SOURCE_DATE_EPOCH=1700000000 SOURCES='Kbuild pair-a.c pair_b.c'
	run -1 diff <(grep 2.0 ../first) <(stamps | grep 2.0)
	diff <(grep -v 2.0- ../first) <(stamps | grep -v 2.0-)
}

@test "what a package is made from decides whether it is made again, and times do not" {
	vendor
	digest() { find build -name '*.rpm' -exec sha256sum {} + | sort; }
	inodes() { find build -name '*.rpm' -printf '%i %T@ %p\n' | sort; }
	run -0 packages SOURCE_DATE_EPOCH=1700000000
	inodes >../first
	touch ./*.c Kbuild driver.spec.in
	run -0 packages SOURCE_DATE_EPOCH=1700000000
	diff ../first <(inodes)
	# Another directory, and other content, with the times and the sizes of before.
	mkdir ../other && cp -p Kbuild ./*.c ../other/
	sed -i 's/return 42/return 43/' ../other/pair-a.c
	touch -d 2001-01-01 ../other/*
	digest >../first
	run -0 packages SOURCE_DATE_EPOCH=1700000000 SRCDIR=../other
	run -1 diff ../first <(digest)
	run -0 packages SOURCE_DATE_EPOCH=1700000000
	diff ../first <(digest)
	# A file more, a file less.
	touch -d 2001-01-01 NOTES
	run -0 packages SOURCE_DATE_EPOCH=1700000000
	run -0 tar tzf build/srctarballs/pair-2.0.tar.gz
	has "$output" NOTES
	rm NOTES
	run -0 packages SOURCE_DATE_EPOCH=1700000000
	diff ../first <(digest)
	# The spec.
	sed -i 's/^Summary:.*/Summary: Another/' driver.spec.in
	touch -d 2001-01-01 driver.spec.in
	run -0 packages SOURCE_DATE_EPOCH=1700000000
	[ "$(rpm -qp --qf '%{SUMMARY}' build/srpms/*.rpm)" = Another ]
}

@test "a kernel that fails is named, and may be left out of the disk" {
	local good
	vendor 'VERSIONS := 1.0 2.0'
	run -2 --separate-stderr packages KERNELS="9.9.9-none $K1" build-isos
	good=$(kdir "$K1")
	has "$stderr" "not all packages are made for: 9.9.9-none; to leave these kernels out, say KERNELS_MAY_FAIL=1, or KERNELS='$good'"
	[ ! -e build/isos/pair.iso ]
	run -0 --separate-stderr packages KERNELS="9.9.9-none $K1" KERNELS_MAY_FAIL=1 build-isos
	has "$stderr" "these kernels are left out: 9.9.9-none"
	run -0 xs-ddk verify build/isos/pair.iso
	# Where all kernels fail there is no disk.
	rm -r build/isos
	echo nonsense >>pair-a.c
	run -2 --separate-stderr packages KERNELS_MAY_FAIL=1 build-isos
	[ ! -e build/isos/pair.iso ]
}

@test "links among the sources are kept if they stay inside, and named if they do not" {
	vendor 'SRCDIR := src'
	mkdir -p src/real && mv Kbuild ./*.c src/real/
	ln -s real/Kbuild src/Kbuild
	ln -s real/pair-a.c src/pair-a.c
	ln -s "$PWD/src/real/../real/pair_b.c" src/pair_b.c
	ln -s /etc src/etc
	ln -s ../Makefile src/outside
	echo all: >src/Makefile
	run -0 --separate-stderr packages
	[ "$(grep -c -e 'xs-ddk: etc: this link leads out' -e 'xs-ddk: outside: this link' <<<"$stderr")" -eq 2 ]
	run -0 tar tzf build/srctarballs/pair-2.0.tar.gz
	[ "$(sort <<<"$output")" = "$(printf 'pair-2.0/%s\n' Kbuild Makefile pair-a.c pair_b.c real/Kbuild real/pair-a.c real/pair_b.c)" ]
	package build pair 2.0
}

@test "a kernel without Module.symvers is named before anything is built, and may be allowed" {
	vendor
	cp -as "$(kdir "$K1")/." "$BATS_TEST_TMPDIR/kdir"
	rm "$BATS_TEST_TMPDIR/kdir/Module.symvers"
	run -2 --separate-stderr make -s KERNELS="$BATS_TEST_TMPDIR/kdir" modules
	has "$stderr" "xs-kbuild: $BATS_TEST_TMPDIR/kdir: it has no Module.symvers"
	sed -i '1i ALLOW_NO_SYMVERS := 1' Makefile
	run -0 make -s KERNELS="$BATS_TEST_TMPDIR/kdir" modules
	[ -e "build/2.0/$K1/pair-a.ko" ]
}

@test "make modules runs the command of the spec" {
	vendor
	mkdir src && mv Kbuild ./*.c src/
	sed -i "s|^%xs_build.*|%xs_build sh -c 'make -C {kdir} M=\$PWD/src modules'|" driver.spec.in
	run -0 make -s KERNELS="$K1" modules
	run -0 xs-ddk verify --version 2.0 "build/2.0/$K1/src/pair-a.ko"
	run -0 make -s KERNELS="$K1" modules
	[ "$output" = "" ]
	sed -i 's|^%xs_build.*|%xs_build true|' driver.spec.in
	run -2 --separate-stderr make -s KERNELS="$K1" modules
	has "$stderr" "build/2.0/$K1: the build made no module"
}

@test "both spellings of every variable reach the packages" {
	vendor 'VENDOR :=' 'TEXT := It'\''s $$5 @ "home"' 'SOURCES := Kbuild pair-a.c pair_b.c'
	mkdir -p data/etc && echo 1 >data/etc/pair.conf
	run -0 packages VENDOR_NAME='A & B' RPM_VERSION=1.2 RPM_RELEASE=3 DATA_SPEC=driver-data.spec.in DATA_RPM_VERSION=4.5 \
		DATA_RPM_RELEASE=6
	run -0 rpm -qp --qf '%{NAME} %{VERSION} %{RELEASE} %{VENDOR}\n' build/rpms/*.rpm
	[ "$output" = "pair-2.0-modules-$("$TOP/rpm/kernels" --flavour "$K1")-$K1 1.2 3 A & B
pair-data 4.5 6 A & B" ]
	run -0 packages VENDOR=C RPM.VERSION=1.3 RPM.RELEASE=4 DATASPEC=driver-data.spec.in DATA.RPM.VERSION=5.0 \
		DATA.RPM.RELEASE=7
	# The former packages have gone: a disk made of the directory holds one of each.
	run -0 rpm -qp --qf '%{VERSION} %{RELEASE} %{VENDOR}\n' build/rpms/*.rpm
	[ "$output" = $'1.3 4 C\n5.0 7 C' ]
	run -0 rpm -qp --qf '%{DESCRIPTION}' build/srpms/pair-2.0-1.3-4.src.rpm
	[ "$output" = "It's \$5 @ \"home\"" ]
}

@test "the data package holds rules, firmware, configuration and documentation, and goes without a trace" {
	vendor 'DATA_SPEC := driver-data.spec.in'
	mkdir -p data/etc/udev/rules.d data/etc/pair data/lib/firmware/pair data/usr/share/doc/pair-data
	echo rule >data/etc/udev/rules.d/60-pair.rules
	echo conf >data/etc/pair/pair.conf
	cp "$(type -P true)" data/lib/firmware/pair/pair.elf
	echo text >data/usr/share/doc/pair-data/README
	run -0 packages
	make_root
	run -0 change -U build/rpms/pair-data-1.0-1.noarch.rpm
	cmp data/lib/firmware/pair/pair.elf "$ROOT/lib/firmware/pair/pair.elf"
	run -0 in_root -qc pair-data
	[ "$output" = $'/etc/pair/pair.conf\n/etc/udev/rules.d/60-pair.rules' ]
	echo mine >"$ROOT/etc/pair/pair.conf"
	run -0 packages DATA.RPM.VERSION=1.1
	run -0 change -U build/rpms/pair-data-1.1-1.noarch.rpm
	[ "$(cat "$ROOT/etc/pair/pair.conf")" = mine ]
	[ "$(in_root -q pair-data)" = pair-data-1.1-1.noarch ]
	echo conf >"$ROOT/etc/pair/pair.conf"
	run -0 change -e pair-data
	[ -z "$(find "$ROOT" -name '*pair*')" ]
}

@test "the tools package has programs and libraries, is on the disk, and goes without a trace" {
	vendor 'TOOLS_SPEC := driver-tools.spec.in'
	cp "$TOP/rpm/driver-tools.spec.in" .
	mkdir tools
	echo 'int main(void) { return 0; }' >tools/pairctl.c
	printf '%s\n\t%s\n' 'pairctl: pairctl.c' '$(CC) -o $@ $<' 'install:' \
		'install -D pairctl $(DESTDIR)$(PREFIX)/sbin/pairctl' >tools/Makefile
	run -0 packages
	has "$output" "build/rpms/pair-tools-1.0-1.$(arch).rpm"
	has "$(rpm -qp --requires "build/rpms/pair-tools-1.0-1.$(arch).rpm")" "libc.so.6"
	# Where the source package is built again, the macros are needed.
	run -0 rpm -qp --requires build/srpms/pair-tools-1.0-1.src.rpm
	has "$output" xs-ddk
	run -0 packages build-isos
	[ "$(rpm -qpl "build/rpms/pair-tools-1.0-1.$(arch).rpm")" = /usr/sbin/pairctl ]
	has "$(isoinfo -i build/isos/pair.iso -f -R)" "/pair-tools-1.0-1.$(arch).rpm"
	make_root
	run -0 change -U --nodeps "build/rpms/pair-tools-1.0-1.$(arch).rpm"
	run -0 "$ROOT/usr/sbin/pairctl"
	# Another source makes it again, and nothing else.
	echo '/* more */' >>tools/pairctl.c
	run -0 --separate-stderr packages TOOLS.RPM.RELEASE=2
	[ -e "build/rpms/pair-tools-1.0-2.$(arch).rpm" ]
	run -0 change -U --nodeps "build/rpms/pair-tools-1.0-2.$(arch).rpm"
	run -0 change -e pair-tools
	[ -z "$(find "$ROOT" -name '*pair*')" ]
	run -2 --separate-stderr packages TOOLS_SPEC=missing.spec
	has "$stderr" "TOOLS_SPEC: missing.spec: no such file"
}

@test "a data package with a file elsewhere is refused by the file's name" {
	vendor 'DATA_SPEC := driver-data.spec.in'
	mkdir -p data/etc data/usr/bin
	echo 1 >data/etc/pair.conf
	echo 1 >data/usr/bin/tool
	run -2 --separate-stderr packages
	has "$stderr" "xs-ddk: /usr/bin/tool: a data package has files below /etc, /lib/firmware and /usr/share/doc only"
	[ -z "$(find build -name 'pair-data*.noarch.rpm')" ]
	# The module package is none the worse for it.
	package build pair 2.0
	has "$output" FAILED
}

@test "a kernel without headers is named, and the rest of the matrix is built" {
	vendor
	run -2 --separate-stderr packages KERNELS="9.9.9-none $K1"
	[ "$(grep -c 'xs-ddk: KERNELS: no headers for kernel 9.9.9-none; there are: ' <<<"$stderr")" -eq 1 ]
	[[ $output == *"9.9.9-none "*"2.0 "*"FAILED: no headers"* ]]
	[[ $output == *"$K1 "*"2.0 "*"build/rpms/pair-2.0-modules-"* ]]
	[ "$(find build/rpms -name '*-modules-*.rpm' | wc -l)" -eq 1 ]
}

@test "what is wrong with a variable is said by the variable's name" {
	vendor 'VERSIONS :='
	refused "DRIVER_VERSION is not set"
	refused 'DRIVER_VERSION: the version "1/2" has a character other than' DRIVER_VERSION=1/2
	refused 'DRIVER "a/b": a name begins with' DRIVER_VERSION=1 DRIVER=a/b
	refused 'RPM.VERSION "1-2": it can have letters of ASCII, digits and' DRIVER_VERSION=1 RPM.VERSION=1-2
	refused "PROFILE xs7 is unknown; there are xs8, xs9, el9 and generic" DRIVER_VERSION=1 PROFILE=xs7
	refused "XS_COMPRESS bz2 is unknown; there are gz, xz and zst" DRIVER_VERSION=1 XS_COMPRESS=bz2
	refused "XS_COMPRESS=xz: hosts of PROFILE xs9 cannot read such modules" DRIVER_VERSION=1 XS_COMPRESS=xz PROFILE=xs9
	refused "driver.spec.in: it uses @VENDOR_NAME@, but VENDOR_NAME is not set" DRIVER_VERSION=1 VENDOR=
	refused "SPEC is not set" DRIVER=pair DRIVER_VERSION=1 SPEC=
	refused "none.spec.in: no such file" DRIVER_VERSION=1 SPEC=none.spec.in
	echo '# @WHAT@' >>driver.spec.in
	refused "@WHAT@ is no placeholder; there are: @DRIVER@" DRIVER_VERSION=1
}

@test "a module that does not build fails alone, with the compiler's words" {
	vendor 'VERSIONS := 1.0 2.0' 'SRCDIR.1.0 := old' 'SOURCES := Kbuild pair-a.c pair_b.c'
	mkdir old && cp Kbuild ./*.c old/
	sed -i 's/return 42/return 42 +/' old/pair-a.c
	run -2 --separate-stderr packages
	has "$stderr" "pair-a.c:$(sed -n "/return 42/=" old/pair-a.c):"
	has "$stderr" "error: expected expression"
	[ "$(grep -c "^xs-ddk: pair 1.0 does not build for $K1" <<<"$stderr")" -eq 1 ]
	[[ $output == *"$K1 "*"1.0 "*FAILED* ]]
	[ "$(cd build/rpms && ls)" = "$(basename "$(package build pair 2.0)")" ]
	# A package of an earlier run does not stay behind one that fails.
	cp pair-a.c old/
	run -0 packages
	sed -i 's/return 42/return 42 +/' old/pair-a.c
	run -2 packages
	[ "$(cd build/rpms && ls)" = "$(basename "$(package build pair 2.0)")" ]
}

@test "two modules of one name, and files elsewhere, are refused by name" {
	vendor
	mkdir sub
	cp pair-a.c sub/pair_a.c
	printf 'obj-m := pair-a.o sub/\n' >Kbuild
	printf 'obj-m := pair_a.o\n' >sub/Kbuild
	sed -i 's/pair_answer/other_answer/' sub/pair_a.c
	refused "xs-ddk: two modules are called pair_a.ko: pair-a.ko sub/pair_a.ko"
	# Naming one of them repairs it.
	sed -i 's/^%xs_install.*/%xs_install sub\/pair_a.ko/' driver.spec.in
	run -0 packages
	run -0 rpm -qpl "$(package build pair 2.0)"
	has "$output" /pair_a.ko
	rm -r build
	echo 'install -D -m 644 Kbuild %{buildroot}/etc/pair.conf' >>driver.spec.in
	refused "xs-ddk: /etc/pair.conf: a module package holds modules only"
}

@test "names that RPM does not allow in a package are written otherwise" {
	[[ $(name "$(package "$CACHE/pair/build" pair 1.0~rc1)") == "pair-1.0_tilde_rc1-modules-"*"-$K1" ]]
	run -0 rpm -qp --provides "$(package "$CACHE/pair/build" pair 1.0~rc1)"
	has "$output" "pair-modules = 1.0~rc1"
}

@test "no build asks for the running kernel" {
	mkdir bin
	printf '#!/bin/sh\necho "$@" >>%s\nexec %s "$@"\n' "$PWD/asked" "$(command -v uname)" >bin/uname
	chmod +x bin/uname
	PATH=$PWD/bin:$PATH
	vendor
	run -0 packages
	has "$(cat ../asked)" -m
	lacks "$(cat ../asked)" -r
}

# arm64_kernel: a build directory for another machine: a stand-in, with the rules of tests/note/kbuild-4.19. Like a real
# one it takes ARCH and the toolchain from make's command line or the environment.
arm64_kernel() {
	mkdir -p arm64
	cp -r "$TOP/tests/note/kbuild-4.19/include" arm64/
	sed -i 's/4.19.0+1/6.1.0-1-arm64/' arm64/include/generated/utsrelease.h
	sed -i 's/CONFIG_X86=y/CONFIG_ARM64=y/' arm64/include/config/auto.conf
	cat >arm64/Makefile <<-END
		ifneq (\$(ARCH),arm64)
		\$(error ARCH is "\$(ARCH)", not arm64)
		endif
		CC = \$(if \$(LLVM),clang --target=aarch64-linux-gnu,\$(CROSS_COMPILE)gcc)
		LD = \$(if \$(LLVM),ld.lld,\$(CROSS_COMPILE)ld)
		include $TOP/tests/note/kbuild-4.19/Makefile
	END
}

# arm64_vendor: a driver that needs no header of a kernel.
arm64_vendor() {
	vendor 'DRIVER := net' 'VERSIONS := 1.0'
	rm ./*.c
	echo 'obj-m := net.o' >Kbuild
	echo 'ccflags-y := -g' >>Kbuild
	cat >net.c <<-'END'
		static const char info[] __attribute__((section(".modinfo"), used)) =
			"license=GPL\0name=net\0vermagic=6.1.0-1-arm64 SMP mod_unload aarch64";
		static char this_module[64] __attribute__((section(".gnu.linkonce.this_module"), used)) = "net";
		int answer(void) { return 42; }
	END
	arm64_kernel
}

# is_arm64: the package is for such machines, by its name and its header, and so are the module, its record and its
# debug information.
is_arm64() {
	local rpm=build/rpms/net-1.0-modules-arm64-6.1.0-1-arm64-1.0-1.aarch64.rpm
	[ -e build/debuginfo/net-1.0-modules-arm64-6.1.0-1-arm64-debuginfo-1.0-1.aarch64.rpm ]
	[ "$(rpm -qp --qf '%{ARCH} %{OS}' "$rpm")" = "aarch64 linux" ]
	rpm2cpio "$rpm" | cpio -idmu --quiet
	run -0 readelf -hSW lib/modules/6.1.0-1-arm64/xenserver/net/1.0/net.ko
	has "$output" AArch64
	lacks "$output" .debug_info
	has "$output" .gnu_debuglink
	run -0 xs-ddk verify --version 1.0 --disable vermagic-missing "$rpm"
}

@test "packages for another machine's kernel are built with ARCH and CROSS_COMPILE, wherever they are given" {
	arm64_vendor
	local -a all=("KERNELS=$PWD/arm64" ALLOW_NO_SYMVERS=1 "XS_DDK=$XS_BIN/xs-ddk" --no-print-directory build-rpms)
	run -0 make "${all[@]}" ARCH=arm64 CROSS_COMPILE=aarch64-linux-gnu-
	is_arm64
	rm -r build lib
	run -0 env ARCH=arm64 CROSS_COMPILE=aarch64-linux-gnu- make "${all[@]}"
	is_arm64
	rm -r build lib
	sed -i '1i ARCH := arm64\nCROSS_COMPILE := aarch64-linux-gnu-' Makefile
	run -0 make "${all[@]}"
	is_arm64
	rm -r build lib
	run -0 make "${all[@]}" CROSS_COMPILE= LLVM=1
	is_arm64
	# A module is signed by openssl: the kernel's own sign-file may be a program of the other machine.
	openssl req -x509 -newkey rsa:2048 -nodes -subj /CN=a -keyout key.pem -out cert.pem -days 30 2>/dev/null
	run -0 make "${all[@]}" MODSIGN_KEY=key.pem MODSIGN_CERT=cert.pem
	is_arm64
	[ "$(tail -c 28 lib/modules/6.1.0-1-arm64/xenserver/net/1.0/net.ko)" = '~Module signature appended~' ]
}

@test "an ARCH without an RPM name is refused, and a record of this machine is never linked into another's module" {
	arm64_vendor
	run -2 --separate-stderr make KERNELS="$PWD/arm64" build-rpms ARCH=vax
	has "$stderr" "ARCH=vax: the kit knows RPM's name only for ARCH=arm arm64"
	# The driver's own rules take another compiler than the kernel's directory is told of.
	sed -i 's/^ifneq.*/ifneq (1,1)/; s/^CC = .*/CC = aarch64-linux-gnu-gcc/; s/^LD = .*/LD = aarch64-linux-gnu-ld/' arm64/Makefile
	run -2 make KERNELS="$PWD/arm64" ALLOW_NO_SYMVERS=1 XS_DDK="$XS_BIN/xs-ddk" build-rpms
	[ -z "$(find . -name '*.rpm' -path '*rpms*' ! -name '*.src.rpm')" ]
}

@test "another build directory of the same uname makes other packages, and going back makes the first ones" {
	vendor
	local from part dir
	from=$(kdir "$K1")
	for dir in a b; do
		mkdir $dir
		for part in "$from"/* "$from"/.[a-z]*; do
			ln -s "$part" $dir/
		done
	done
	rm b/Module.symvers
	sed 's/^0x[0-9a-f]*\(\t_printk\t\)/0x12345678\1/' "$from/Module.symvers" >b/Module.symvers
	package_of() { find build/rpms -name '*-modules-*' -exec sha256sum {} +; }
	run -0 packages SOURCE_DATE_EPOCH=1700000000 KERNELS="$PWD/a"
	package_of >a.sum
	run -0 packages SOURCE_DATE_EPOCH=1700000000 KERNELS="$PWD/b"
	run -1 diff a.sum <(package_of)
	run -0 packages SOURCE_DATE_EPOCH=1700000000 KERNELS="$PWD/a"
	diff a.sum <(package_of)
}
