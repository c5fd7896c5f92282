#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# Making driver disks: what is on them, what they are called, and that the same packages make the same bytes.

load helpers
load disk/disk

setup_file() {
	example_packages >"$BATS_FILE_TMPDIR/packages"
	make_disk "$BATS_FILE_TMPDIR"
}

setup() {
	ISO=$BATS_FILE_TMPDIR/xsedu.iso
	OUT=$BATS_TEST_TMPDIR/out
	mkdir "$OUT"
}

# disk OPTION...: make-disk with all packages, not verified, into $OUT.
disk() {
	local packages
	mapfile -t packages <"$BATS_FILE_TMPDIR/packages"
	"$MAKE_DISK" --no-verify --output "$OUT" "$@" "${packages[@]}"
}

@test "a disk has the packages, both generations of metadata, the installer, and sums beside it" {
	bsdtar -tf "$ISO" >"$BATS_TEST_TMPDIR/list"
	for file in XS-REPOSITORY XS-PACKAGES XS-SELECTION update.xml repodata/repomd.xml SHA256SUMS install install.sh uninstall.sh \
		"$(made update-xsedu "$ISO")"; do
		grep -qxF "$file" "$BATS_TEST_TMPDIR/list" || fail "$file is not on the disk"
	done
	while read -r file; do
		grep -qE "^(source/)?$(basename "$file" | sed 's/[.+]/\\&/g')\$" "$BATS_TEST_TMPDIR/list" || fail "no $file"
	done <"$BATS_FILE_TMPDIR/packages"
	cd "$BATS_FILE_TMPDIR"
	md5sum -c xsedu.md5
	sha256sum -c xsedu.sha256
	[ "$(cat xsedu.md5)" = "$(md5sum xsedu.iso)" ]
	[ "$(cat xsedu.metadata.md5)" = "$({ bsdtar -xOf xsedu.iso XS-REPOSITORY && bsdtar -xOf xsedu.iso XS-PACKAGES; } | md5sum | cut -d' ' -f1)" ]
}

@test "the targets of the guide make the disk, and a second time nothing" {
	cp -r "$TOP/example-driver" "$BATS_TEST_TMPDIR/driver"
	rm -rf "$BATS_TEST_TMPDIR/driver/build"
	cd "$BATS_TEST_TMPDIR/driver"
	local control build=(make XS_DDK_DIR="$TOP" build-isos KERNELS="$(a_kernel)" DRIVER_VERSION=1.0.0 PACK.BUILD=7 PRODUCT=XCP PRODUCT_VERSION=1.0.0
		"BASE_REQUIRES=product-version = 1.0.0, other >= 2")
	"${build[@]}"
	(cd build/isos && md5sum -c xsedu.md5)
	run -0 xs-ddk show build/isos/xsedu.iso
	has "$output" "version:     1.0.0-7.x"
	has "$output" "requires:    xcp:main eq 1.0.0"
	control=$(made control-xsedu build/isos/xsedu.iso)
	bsdtar -xf build/isos/xsedu.iso "$control"
	run -0 rpm -qp --requires "$control"
	has "$output" "other >= 2"
	touch stamp
	"${build[@]}"
	[ stamp -nt build/isos/xsedu.iso ]
}

@test "build-tarball makes the same files as the image has" {
	cp "$BATS_FILE_TMPDIR/packages" "$OUT/"
	make_disk "$OUT" --tarball
	unpack "$ISO" "$OUT/iso"
	unpack "$OUT/xsedu.tar.gz" "$OUT/tar"
	diff -r "$OUT/iso" "$OUT/tar"
	[ -x "$OUT/tar/install.sh" ]
	(cd "$OUT" && md5sum -c xsedu.tar.gz.md5 && sha256sum -c xsedu.tar.gz.sha256)
	make_disk "$OUT" --tree
	diff -r "$OUT/iso" "$OUT/xsedu"
}

@test "the same packages make the same bytes, whoever makes the disk, when and where" {
	local elsewhere=$BATS_TEST_TMPDIR/elsewhere
	mkdir -p "$elsewhere/tmp"
	tac "$BATS_FILE_TMPDIR/packages" | xargs -d '\n' cp --no-preserve=all -t "$elsewhere"
	(
		umask 077
		export TZ=Asia/Tokyo LANG=C.UTF-8 LC_ALL=C.UTF-8 TMPDIR=$elsewhere/tmp HOME=$elsewhere
		cd "$elsewhere"
		XS_DDK=$XS_BIN/xs-ddk "$MAKE_DISK" --output "$OUT" --product-version 8.2.1 --vendor-code xs-ddk --version 1.1.0 \
			--vendor "The xs-ddk authors" --text 'Drivers for "edu" & <friends>' --label xsedu --no-verify .
	)
	cmp "$ISO" "$OUT/xsedu.iso"
	[ -z "$(ls -A "$elsewhere/tmp")" ]
	disk --label t --version 1 --tarball
	mv "$OUT/t.tar.gz" "$OUT/first"
	disk --label t --version 1 --tarball
	cmp "$OUT/first" "$OUT/t.tar.gz"
}

@test "without SOURCE_DATE_EPOCH the disk is as old as its newest package" {
	(unset SOURCE_DATE_EPOCH && disk --label t --version 1)
	[ "$(bsdtar -xOf "$OUT/t.iso" repodata/repomd.xml | sed -n 's|.*<revision>\(.*\)</revision>|\1|p')" = \
		"$(grep -v src.rpm "$BATS_FILE_TMPDIR/packages" | xargs rpm -qp --nosignature --qf '%{BUILDTIME}\n' | sort -n | tail -n 1)" ]
}

# uuid_of IMAGE
uuid_of() { bsdtar -xOf "$1" update.xml | grep -o 'uuid="[^"]*"' | cut -d'"' -f2; }

# version_of IMAGE: with its build.
version_of() { bsdtar -xOf "$1" update.xml | sed -n 's/^<update .*\( version="[^"]*"\).*/\1/p' | cut -d'"' -f2; }

@test "the UUID is made from vendor, label, version and build as RFC 9562 says, or is the one given" {
	[[ $(version_of "$ISO") =~ ^1\.1\.0-1\.0\.1\.x[0-9a-f]{10}$ ]]
	[ "$(uuid_of "$ISO")" = "$(uuidgen --sha1 --namespace @url --name "urn:xs-ddk:disk:xs-ddk:xsedu:$(version_of "$ISO")")" ]
	disk --label t --version 1 --build 2 --vendor-code v
	[ "$(uuid_of "$OUT/t.iso")" = "$(uuidgen --sha1 --namespace @url --name "urn:xs-ddk:disk:v:t:$(version_of "$OUT/t.iso")")" ]
	[[ $(version_of "$OUT/t.iso") == 1-2.x* ]]
	disk --label t --version 1 --uuid 01234567-89ab-cdef-0123-456789abcdef
	[ "$(uuid_of "$OUT/t.iso")" = 01234567-89ab-cdef-0123-456789abcdef ]
}

@test "two disks can be made at once in one directory" {
	disk --label one --version 1 &
	local first=$!
	disk --label two --version 1
	wait "$first"
	(cd "$OUT" && md5sum -c one.md5 two.md5)
}

@test "what hosts could not read is refused with the reason, and nothing is made" {
	while IFS='|' read -r options reason; do
		run -2 --separate-stderr eval "disk $options"
		has "$stderr" "$reason"
		[ -z "$(ls -A "$OUT")" ]
	done <<'END'
--version 1|--label is missing
--label 'a b' --version 1|--label 'a b': may have only A-Z a-z 0-9 . _ -
--label .a --version 1|--label '.a': must begin with a letter or a digit
--label a23456789012345678901234567890123 --version 1|has 33 characters; a volume's name has room for 32
--label a --version 1-2|must be numbers with dots between
--label a --version 1.0~rc1|must be numbers with dots between
--label a --version 1..2|must be numbers with dots between
--label a --version 1 --product-version 8.2a|must be numbers with dots between
--label a --version 1 --profile xs7|--profile 'xs7' is unknown
--label a --version 1 --build 1-2|--build '1-2'
--label a --version 1 --uuid 01234567-89AB-cdef-0123-456789abcdef|in lower case
--label a --version 1 --uuid 0123|is no UUID
--label a --version 1 --after-apply restartHost,reboot|'reboot' is not one of
--label a --version 1 --vendor $'a\nb'|--vendor must be one line of UTF-8
--label a --version 1 --text $'a\xff'|--text must be one line of UTF-8
--label a --version 1 --requires 'xs:main equals 1'|one of eq ne lt gt le ge
--label a --version 1 --requires 'main eq 1'|give ORIGINATOR:NAME
--label a --version 1 --requires 'xs:main eq 1a'|must be numbers with dots between
--label a --version 1 --product ''|--product '': must not be empty
--label a --version 1 --memory much|must be a number of MiB
--label a --version 1 --output /nowhere|is no directory that can be written to
--label a --version 1 --bogus x|unknown option '--bogus'
END
	run -2 --separate-stderr "$MAKE_DISK" --label
	has "$stderr" "--label needs a value"
}

# made_of PACKAGE...: make-disk fails with these, and leaves nothing.
made_of() {
	run -1 --separate-stderr "$MAKE_DISK" --label t --version 1 --no-verify --output "$OUT" "$@"
	[ -z "$(ls -A "$OUT")" ]
}

@test "what cannot be on a disk is refused with the reason, and nothing is made" {
	local package twin
	package=$(head -n 1 "$BATS_FILE_TMPDIR/packages")
	head -c 5000 "$package" >"$BATS_TEST_TMPDIR/cut.rpm"
	made_of "$BATS_TEST_TMPDIR/cut.rpm"
	has "$stderr" "rpm cannot read cut.rpm"
	made_of "$BATS_TEST_TMPDIR/none.rpm"
	has "$stderr" "none.rpm: there is no such file or directory"
	made_of "$(grep src.rpm "$BATS_FILE_TMPDIR/packages" | head -n 1)"
	has "$stderr" "no packages to install are among those given"
	made_of "$(small_package both 1 /lib/modules/1.0/extra/a.ko /lib/modules/2.0/extra/a.ko)"
	has "$stderr" "both-1-1.noarch.rpm has files of several kernels: 1.0 2.0"
	made_of "$(small_package kernel 6.1)"
	has "$stderr" "is a kernel"
	twin=$(small_package twin 1)
	cp "$twin" "$BATS_TEST_TMPDIR/first.rpm"
	made_of "$BATS_TEST_TMPDIR/first.rpm" "$(small_package twin 1 'Group: Other')"
	has "$stderr" "another package is called twin-1-1.noarch.rpm too"
}

@test "a license that is a link, or in a package with paths that lead elsewhere, is not followed, and nothing is written" {
	local rpm
	echo secret >"$BATS_TEST_TMPDIR/secret"
	rpm=$(small_package licensed 1 /usr/share/doc/licensed/EULA)
	sed -i "s|^mkdir -p.*|&\nln -sf $BATS_TEST_TMPDIR/secret %{buildroot}/usr/share/doc/licensed/EULA|" "$BATS_TEST_TMPDIR/licensed.spec"
	rpmbuild -bb --quiet --define "_topdir $BATS_TEST_TMPDIR/top" --define "_rpmdir $BATS_TEST_TMPDIR/small" \
		--define '_rpmfilename %%{NAME}-%%{VERSION}-%%{RELEASE}.%%{ARCH}.rpm' "$BATS_TEST_TMPDIR/licensed.spec"
	made_of "$rpm"
	has "$stderr" "no package has a regular file /usr/share/doc/licensed/EULA"
	# A directory's name of as many bytes, so that the header stays whole.
	rpm=$(small_package outside 1 /usr/share/doc/xx/yy/EULA)
	sed -i "s|/usr/share/doc/xx/yy/|/usr/share/doc/../../|g" "$rpm"
	made_of "$rpm"
	has "$stderr" "outside-1-1.noarch.rpm"
}

@test "a damaged package whose license cannot be read is told of as verify does" {
	local rpm
	rpm=$(small_package licensed 1 /usr/share/doc/licensed/EULA)
	truncate -s -20 "$rpm"
	made_of "$rpm"
	has "$stderr" "[package-digest]"
	has "$stderr" "licensed-1-1.noarch.rpm is not right, and there is no disk"
}

@test "a disk that verify finds wrong is not kept" {
	run -1 --separate-stderr env XS_DDK="$XS_BIN/xs-ddk" "$MAKE_DISK" --label t --version 1 --output "$OUT" \
		"$(small_package wrong 1 /lib/modules/1.0/kernel/a.ko)"
	has "$stderr" "[module-not-elf]"
	has "$stderr" "the disk is not right, and was not kept"
	[ -z "$(ls -A "$OUT")" ]
}

@test "text of any language, and what XML, specs and sed make of it, comes through" {
	disk --label t --version 1 --text '100% "für" <a> & b|c\d %{nil}' --vendor "Müller & Söhne"
	run -0 xs-ddk show "$OUT/t.iso"
	has "$output" 'description: 100% "für" <a> & b|c'
	has "$output" "vendor:      M-ller-S-hne"
	bsdtar -xOf "$OUT/t.iso" "$(made update-t "$OUT/t.iso")" >"$OUT/meta.rpm"
	[ "$(rpm -qp --qf '%{SUMMARY}|%{VENDOR}' "$OUT/meta.rpm")" = '100% "für" <a> & b|c\d %{nil}|Müller & Söhne' ]
}

# different OPTION...: the disk of the package p, which differs in these options, has another identity than all before.
different() {
	local id
	"$MAKE_DISK" --label t --version 1 --no-verify --tree --output "$OUT" "$@"
	id="$(grep -o 'uuid="[^"]*"' "$OUT/t/update.xml") $(made update-t "$OUT/t")"
	! grep -qF -e "${id#* }" -e "${id% *}" "$BATS_TEST_TMPDIR/ids" || fail "$* is $id, as one before" || return
	echo "$id" >>"$BATS_TEST_TMPDIR/ids"
}

@test "a disk that differs in a package, an option or the date has another UUID and another metapackage" {
	local p q
	: >"$BATS_TEST_TMPDIR/ids"
	p=$(small_package p 1 /etc/p.conf)
	different "$p"
	run -1 --separate-stderr different "$p"
	has "$stderr" "as one before"
	different --text other "$p"
	different --profile xs9 "$p"
	different --requires 'xs:main eq 1' "$p"
	different --build 1 "$p"
	SOURCE_DATE_EPOCH=1700000001 different "$p"
	q=$(small_package q 1 /etc/q.conf)
	different "$p" "$q"
	different "$q"
	# The same name, version and release, and the file's content is another one.
	sed -i 's/echo "p 1"/echo "p one"/' "$BATS_TEST_TMPDIR/p.spec"
	rpmbuild -bb --quiet --define "_topdir $BATS_TEST_TMPDIR/top" --define "_rpmdir $BATS_TEST_TMPDIR/small" \
		--define '_rpmfilename %%{NAME}-%%{VERSION}-%%{RELEASE}.%%{ARCH}.rpm' "$BATS_TEST_TMPDIR/p.spec"
	different "$p"
}

@test "modules packaged anew make a newer disk" {
	local older newer
	cd "$BATS_TEST_TMPDIR"
	"$MAKE_DISK" --label t --version 1 --no-verify --tree --output "$OUT" "$(small_package m 1.9 /lib/modules/1.0/updates/a.ko)"
	older=$(made update-t "$OUT/t")
	"$MAKE_DISK" --label t --version 1 --no-verify --tree --output "$OUT" "$(small_package m 1.10 /lib/modules/1.0/updates/a.ko)"
	newer=$(made update-t "$OUT/t")
	[[ $older == update-t-1-1.9.1.x* && $newer == update-t-1-1.10.1.x* ]]
}

@test "a disk may be called like anything, also like the tool's own files" {
	for label in disk lists payload results; do
		"$MAKE_DISK" --label "$label" --version 1 --no-verify --tree --output "$OUT" "$(small_package m 1.9 /lib/modules/1.0/updates/a.ko)"
		[ -f "$OUT/$label/XS-REPOSITORY" ]
	done
}

@test "the pack's version is the newest driver's, by the kit's own order, unless that is more than numbers" {
	local packages
	mapfile -t packages <"$BATS_FILE_TMPDIR/packages"
	"$MAKE_DISK" --label t --no-verify --output "$OUT" "${packages[@]}"
	[[ $(version_of "$OUT/t.iso") == 1.1.0-* ]]
	mkdir -p "$BATS_TEST_TMPDIR/driver"
	cd "$BATS_TEST_TMPDIR/driver"
	printf 'VERSIONS := 1.0 2.0~rc1\nSPEC := d.spec.in\ninclude %s/rpm/driver.mk\n' "$TOP" >Makefile
	touch d.spec.in d.c
	run -2 --separate-stderr make -s build-isos
	has "$stderr" "the newest version is 2.0~rc1"
	has "$stderr" "set PACK_VERSION"
	run -2 --separate-stderr make -s build-isos PACK_VERSION=2 DEFAULT_VERSION=3
	has "$stderr" "DEFAULT_VERSION 3 is none of those that are built: 1.0 2.0~rc1"
	[ ! -e build ]
}

# wanted_of DISK: what its metapackage recommends, and its groups want, under which condition.
wanted_of() {
	rpm -qp --recommends --nosignature "$1/$(made update-t "$1")"
	grep -o '<packagereq.*packagereq>' "$1"/repodata/*-comps.xml | sed -n 's/<packagereq type="\(.*\)">\(.*\)<.*/\2 \1/p' | sort -u
}

@test "a package that asks for its kernel is wanted only where that kernel is" {
	"$MAKE_DISK" --label t --version 1 --no-verify --tree --output "$OUT" \
		"$(small_package a 1 /lib/modules/1.0/updates/a.ko 'Requires: kernel-uname-r = 1.0')" \
		"$(small_package b 1 /lib/modules/2.0/updates/a.ko 'Requires: kernel(symbol) = 0x1')" \
		"$(small_package d 1 /etc/d.conf)"
	version=$(rpm -qp --nosignature --qf "%{VERSION}-%{RELEASE}" "$OUT/t/$(made update-t "$OUT/t")")
	run -0 wanted_of "$OUT/t"
	[ "$output" = "a >= 1-1
b >= 1-1
d >= 1-1
a conditional\" requires=\"kernel-uname-r = 1.0
b conditional\" requires=\"kernel-uname-r = 2.0
d mandatory
update-t conditional\" requires=\"xs-ddk-never else (update-t &gt;= $version and (a &gt;= 1-1 if kernel-uname-r = 1.0) and \
(b &gt;= 1-1 if kernel-uname-r = 2.0) and d &gt;= 1-1)
update-t mandatory" ]
	[ "$(rules "$OUT/t")" = "" ]
	run -0 rpm -qp --requires --nosignature "$OUT/t/$(made update-t "$OUT/t")"
	lacks "$output" "RichDependencies"
	run -1 --separate-stderr "$MAKE_DISK" --label xs8 --version 1 --profile xs8 --no-verify --output "$OUT" \
		"$BATS_TEST_TMPDIR"/small/[ab]-*.rpm
	has "$stderr" "a-1-1.noarch.rpm asks for the kernel 1.0"
	has "$stderr" "build them with PROFILE=xs8"
}

@test "the manual page of the format is sound, and has each file that is on a disk" {
	run -0 mandoc -T lint -W warning "$TOP/rpm/xs-driver-disk.5"
	[ -z "$output" ] || fail "$output"
	run -0 bash -c "mandoc -T ascii '$TOP/rpm/xs-driver-disk.5' | col -b"
	while read -r file; do
		case $file in
		*.src.rpm) file='source/*.src.rpm' ;;
		update-*.rpm) file='update-LABEL-*.rpm' ;;
		*.rpm) file='*.rpm' ;;
		repodata/*) file=repodata/ ;;
		esac
		has "$output" "$file"
	done < <(bsdtar -tf "$ISO" | grep -v -e '/$' -e '^[.]$' -e '^source$' -e '^repodata$')
}

@test "make-disk --help tells every option" {
	run -0 --separate-stderr "$MAKE_DISK" --help
	for option in $(grep -oE '^[[:space:]]+--[a-z-]+( \| --[a-z-]+)?\)' "$MAKE_DISK" | grep -oE -e '--[a-z-]{2,}'); do
		[ "$option" = --help ] || has "$output" "$option"
	done
	has "$output" "Exit status"
	[ -z "$stderr" ]
}
