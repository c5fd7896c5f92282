#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# xs-ddk verify and show on driver disks: a whole one passes, and each of many broken ones is told by its own rule.

load helpers
load disk/disk

setup_file() {
	export GNUPGHOME=$BATS_FILE_TMPDIR/gnupg
	make_disk "$BATS_FILE_TMPDIR"
	unpack "$BATS_FILE_TMPDIR/xsedu.iso" "$BATS_FILE_TMPDIR/disk"
	mkdir -m 700 "$GNUPGHOME"
	gpg --batch --quiet --passphrase '' --quick-gen-key 'Signer <signer@example.org>' ed25519 sign never
	mkdir "$BATS_FILE_TMPDIR/packages"
	example_packages "$(a_kernel)" | xargs cp -t "$BATS_FILE_TMPDIR/packages"
	rpmsign --define '_gpg_name signer@example.org' --define "__gpg $(command -v gpg)" --addsign \
		"$BATS_FILE_TMPDIR"/packages/*.rpm
	PACKAGES=$BATS_FILE_TMPDIR/packages make_disk "$BATS_FILE_TMPDIR/signed" --tree --gpg-key signer@example.org
	gpgconf --kill all
}

setup() {
	DISK=$BATS_FILE_TMPDIR/disk
	KERNEL=$(a_kernel)
	MODULE=xsedu-1.1.0-modules-amd64-$KERNEL-1.0-1.x86_64.rpm
}

# repack: the repodata for what is on the disk, with its groups.
repack() {
	cp repodata/*-comps.xml ../comps.xml
	rm -r repodata
	createrepo_c --quiet --no-database --groupfile ../comps.xml --excludes 'source/*' . 2>&1
}

# groups SED...: the same, with the groups edited.
groups() {
	sed -i "$@" repodata/*-comps.xml
	repack
}

# broken_disks TREE: for each line "rules|commands" of stdin, what verify tells of a copy of TREE after the commands is
# those rules on disks and no other. SHA256SUMS is made anew, but for lines that begin with "=".
broken_disks() {
	local expected commands count=0
	while IFS='|' read -r expected commands; do
		rm -rf "$BATS_TEST_TMPDIR/disk"
		cp -r "$1" "$BATS_TEST_TMPDIR/disk"
		(cd "$BATS_TEST_TMPDIR/disk" && eval "${commands#=}") >"$BATS_TEST_TMPDIR/said" || fail "could not: $commands"
		[[ $commands == =* ]] || resum "$BATS_TEST_TMPDIR/disk"
		run -1 --separate-stderr xs-ddk verify --strict --json "$BATS_TEST_TMPDIR/disk"
		[ "$(jq -r '.findings[].rule' <<<"$output" | grep '^disk-' | sort -u | paste -sd' ')" = "$expected" ] ||
			fail "$commands: expected $expected, found $(jq -r '.findings[] | .rule + ": " + .problem' <<<"$output")"
		((++count))
	done
	[ "$count" -gt 0 ]
}

@test "an image and the same files in a directory pass, all modules on them judged" {
	for disk in "$BATS_FILE_TMPDIR/xsedu.iso" "$DISK" "$BATS_FILE_TMPDIR/signed/xsedu"; do
		run -0 --separate-stderr xs-ddk verify --strict "$disk"
		has "$output" "modules checked: 0 errors, 0 warnings"
		[ -z "$stderr" ]
	done
}

@test "broken XS-REPOSITORY and XS-PACKAGES are told by their own rules" {
	broken_disks "$DISK" <<END
disk-repository-missing|rm XS-REPOSITORY
disk-repository|sed -i 's/ product="[^"]*"//' XS-REPOSITORY
disk-repository|sed -i 's/originator="[^"]*"/originator="a b"/' XS-REPOSITORY
disk-repository|sed -i 's/product="XenServer"/& enforce-homogeneity="yes"/' XS-REPOSITORY
disk-repository|sed -i 's/product="XenServer"/& memory-requirement-mb="much"/' XS-REPOSITORY
disk-repository|sed -i '/<description>/d' XS-REPOSITORY
disk-repository|: >XS-REPOSITORY
disk-plain disk-repository|echo '<repository' >XS-REPOSITORY
disk-plain disk-repository|sed -i '1a <!DOCTYPE repository [<!ENTITY a "b">]>' XS-REPOSITORY
disk-description|sed -i '3{h;d};4G' XS-REPOSITORY
disk-requires|sed -i 's/test="eq"/test="equals"/' XS-REPOSITORY
disk-requires|sed -i '/<requires/s/ version="[^"]*"//' XS-REPOSITORY
disk-packages-missing|rm XS-PACKAGES
disk-package-unlisted disk-packages disk-plain|echo '<packages/>' >XS-PACKAGES
disk-package-unlisted disk-packages|sed -i 's/>xsedu-data/>..\/xsedu-data/' XS-PACKAGES
disk-packages|sed -i '/xsedu-data/s/type="[^"]*"/type="tbz2"/' XS-PACKAGES
disk-packages|sed -i '/xsedu-data/s/ size="[^"]*"//' XS-PACKAGES
disk-packages|sed -i '/xsedu-data/s/ kernel="any"//' XS-PACKAGES
disk-package-unlisted|sed -i '/$MODULE/d' XS-PACKAGES
disk-package-twice|sed -i '/$MODULE/p' XS-PACKAGES
disk-package-size|sed -i '/xsedu-data/s/ size="/&1/' XS-PACKAGES
disk-package-md5|sed -i '/xsedu-data/s/ md5="...../ md5="00000/' XS-PACKAGES
disk-package-label|sed -i '/$MODULE/s/label="[^"]*"/label="xsedu"/' XS-PACKAGES
disk-package-type|sed -i '/$MODULE/s/type="driver-rpm"/type="rpm"/' XS-PACKAGES
disk-package-kernel|sed -i '/$MODULE/s/kernel="[^"]*"/kernel="9.9"/' XS-PACKAGES
disk-package-kernel|sed -i '/$MODULE/s/kernel="[^"]*"/kernel="any"/' XS-PACKAGES
disk-plain|sed -i '2a <!-- <package>x</package> -->' XS-PACKAGES
disk-plain|sed -i '/xsedu-data/s/>xs/><![CDATA[xs]]>/' XS-PACKAGES
disk-plain|sed -i '/xsedu-data/s/>x/>\&#x78;/' XS-PACKAGES
disk-plain|sed -i 's/<requires/\n  <requires/' XS-REPOSITORY
END
}

@test "a broken update.xml and metapackage are told by their own rules" {
	small_package extra 1 /etc/extra.conf
	cp "$BATS_TEST_TMPDIR"/small/*.rpm "$BATS_TEST_TMPDIR/"
	broken_disks "$DISK" <<'END'
disk-update-missing|rm update.xml
disk-update|sed -i 's/ name-label="[^"]*"//' update.xml
disk-update|sed -i '/<name-description>/d' update.xml
disk-update|sed -i 's/<update/<upgrade/;s/update>/upgrade>/' update.xml
disk-update|head -c 40 update.xml >x; mv x update.xml
disk-uuid|sed -i 's/uuid="./uuid="X/' update.xml
disk-guidance|sed -i 's/restartHost/&, restartXAPI/' update.xml
disk-control|sed -i 's/<update /&control="control-xsedu" /' update.xml
disk-key disk-signature-missing|sed -i 's/<update /&key="k" /' update.xml
disk-installation-size|sed -i 's/installation-size="/&x/' update.xml
disk-disagrees|sed -i 's/version="1.1.0-/version="1.1.1-/' update.xml
disk-disagrees|sed -i 's/<name-description>/&x/' update.xml
disk-disagrees disk-group-package disk-metapackage|sed -i 's/name-label="/&x/' update.xml
disk-metapackage disk-package-missing|rm update-xsedu*; repack
disk-group-package disk-package-unlisted|cp ../extra-1-1.noarch.rpm .; repack
END
}

@test "a broken repository, with its groups, is told by its own rules" {
	cp "$(small_package extra 1 /etc/extra.conf)" "$BATS_TEST_TMPDIR/"
	broken_disks "$DISK" <<'END'
disk-repodata-missing|rm -r repodata
disk-repodata|echo x >repodata/repomd.xml
disk-repodata|rm repodata/*-filelists.xml.gz
disk-repodata|sed -i '/<data type="primary">/,/<.data>/d' repodata/repomd.xml
disk-repodata disk-repodata-checksum|for f in repodata/*-primary.xml.gz; do head -c 100 $f >x; mv x $f; done
disk-repodata-checksum|for f in repodata/*-other.xml.gz; do printf x >>$f; done
disk-package-missing disk-primary-missing|rm xsedu-data*
disk-group-package disk-package-unlisted disk-primary-unlisted|cp ../extra-1-1.noarch.rpm .
disk-package-md5 disk-package-size disk-primary-checksum|for f in xsedu-data*; do printf x >>$f; done
disk-primary disk-repodata-checksum|for f in repodata/*-primary.xml.gz; do zcat $f | sed 's/rel="1"/rel="2"/' | gzip >x; mv x $f; done
disk-groups|rm -r repodata; createrepo_c --quiet --no-database --excludes 'source/*' .
disk-group-update|groups 's/<id>update</<id>other</'
disk-group-drivers|groups 's/<id>drivers</<id>other</'
disk-group-package|groups 's/mandatory/optional/'
disk-group-package|groups 's/>update-xsedu</>update-other</'
disk-group-package|groups '/>xsedu-data</d'
END
	PACKAGES="$(small_package one 1 'Requires: kernel-uname-r = 1.0') $(small_package two 1 'Requires: kernel-uname-r = 2.0')" \
		make_disk "$BATS_TEST_TMPDIR/two" --tree
	broken_disks "$BATS_TEST_TMPDIR/two/xsedu" <<<"disk-whole|groups 's/conditional/mandatory/'"
}

@test "what else can be wrong with a disk's files is told by its own rules" {
	broken_disks "$DISK" <<'END'
disk-sums-missing|=rm SHA256SUMS
disk-sums|=printf x >>install.sh
disk-sums|=rm uninstall.sh
disk-sums|=touch new
disk-sums|=echo nonsense >>SHA256SUMS
disk-installer|rm install
disk-installer|rm install.sh
disk-link|ln -s update.xml link.xml
disk-package-unreadable|echo none >none.rpm
disk-selection|sed -i 's/1.1.0/1.2.0/' XS-SELECTION
disk-selection|sed -i 's/1.1.0/1.0.0/' XS-SELECTION
disk-selection|echo nonsense >>XS-SELECTION
disk-package-missing disk-package-name disk-package-unlisted disk-primary-missing disk-primary-unlisted|mv xsedu-data* other.rpm
END
	PACKAGES=$(small_package firmware 1 /usr/share/doc/firmware/EULA) make_disk "$BATS_TEST_TMPDIR/licensed" --tree
	broken_disks "$BATS_TEST_TMPDIR/licensed/xsedu" <<<"disk-eula|rm EULA"
}

@test "a disk whose metapackage has MD5 digests, as rpmbuild 4.11 writes them, passes, and another selection is told" {
	# The real rpmbuild, with the digests that one of 4.11 writes without a setting.
	local tree=$BATS_TEST_TMPDIR/old/xsedu
	mkdir "$BATS_TEST_TMPDIR/bin"
	printf '#!/bin/sh\nexec %s "$@" --define "_binary_filedigest_algorithm 1"\n' "$(command -v rpmbuild)" \
		>"$BATS_TEST_TMPDIR/bin/rpmbuild"
	chmod +x "$BATS_TEST_TMPDIR/bin/rpmbuild"
	PATH=$BATS_TEST_TMPDIR/bin:$PATH make_disk "${tree%/*}" --tree
	has "$(rpm -qp --qf '[%{FILEDIGESTS}\n]' "$tree/$(made update-xsedu "$tree")")" "$(md5sum <"$tree/XS-SELECTION" | cut -d' ' -f1)"
	run -0 --separate-stderr xs-ddk verify --strict "$tree"
	broken_disks "$tree" <<<"disk-selection|sed -i 's/1.1.0/1.0.0/' XS-SELECTION"
}

@test "signatures that are missing, another's, or of other bytes are told by their own rules" {
	export GNUPGHOME=$BATS_TEST_TMPDIR/gnupg
	mkdir -m 700 "$GNUPGHOME"
	gpg --batch --quiet --passphrase '' --quick-gen-key 'Other <other@example.org>' ed25519 sign never
	gpg --armor --export other@example.org >"$BATS_TEST_TMPDIR/other"
	gpgconf --kill all
	broken_disks "$BATS_FILE_TMPDIR/signed/xsedu" <<'END'
disk-signature-missing disk-sums|=rm update.xml.asc
disk-signature-missing disk-sums|=rm repodata/repomd.xml.asc
disk-signature disk-sums|=printf ' ' >>update.xml
disk-signature|printf ' ' >>install.sh
disk-signature disk-sums|=cp ../other RPM-GPG-KEY-xs-ddk
disk-signature disk-sums|=echo none >update.xml.asc
disk-signature-unchecked disk-sums|=rm RPM-GPG-KEY-xs-ddk
disk-signature-unchecked disk-sums|=echo none >RPM-GPG-KEY-xs-ddk
END
}

@test "an image whose volume is not called as the pack is told" {
	xorriso -as mkisofs -quiet -r -J -joliet-long -V OTHER -o "$BATS_TEST_TMPDIR/other.iso" "$DISK"
	[ "$(rules "$BATS_TEST_TMPDIR/other.iso")" = disk-volume ]
}

@test "one UUID for two releases, and two for one, show in a directory of disks" {
	local out=$BATS_TEST_TMPDIR/disks uuid=01234567-89ab-cdef-0123-456789abcdef
	PACKAGES=$(small_package p 1 /etc/p.conf)
	export PACKAGES
	make_disk "$out/a"
	make_disk "$out/b" --version 2
	cp -r "$out/a" "$out/same"
	run -0 xs-ddk verify --strict "$out"
	make_disk "$out/c" --version 3 --uuid "$uuid"
	make_disk "$out/d" --version 4 --uuid "$uuid"
	run -1 xs-ddk verify "$out"
	has "$output" "$out/d/xsedu.iso: error: two different disks have the same UUID"
	has "$output" "is also the UUID of $out/c/xsedu.iso, which is xs-ddk:xsedu 3-1.x"
	has "$output" "[disk-uuid-twice]"
	rm -r "$out/d"
	make_disk "$out/e" --version 3
	[ "$(rules "$out")" = disk-uuid-changed ]
}

@test "two disks with one identity and different packages are found, an image and its unpacked files are not" {
	local out=$BATS_TEST_TMPDIR/two
	mkdir -p "$out/tree"
	cp "$BATS_FILE_TMPDIR/xsedu.iso" "$out"
	bsdtar -xf "$out/xsedu.iso" -C "$out/tree"
	chmod -R u+w "$out/tree"
	run -0 --separate-stderr xs-ddk verify "$out/xsedu.iso" "$out/tree"
	printf 'more' >>"$(find "$out/tree" -maxdepth 1 -name 'xsedu-*.rpm' | head -n 1)"
	run -1 --separate-stderr xs-ddk verify "$out/xsedu.iso" "$out/tree"
	has "$output" "[disk-uuid-content]"
}

@test "what is wrong with a module is told with its package and disk" {
	PACKAGES=$(small_package wrong 1 /lib/modules/1.0/updates/a.ko) make_disk "$BATS_TEST_TMPDIR" --no-verify
	cd "$BATS_TEST_TMPDIR"
	run -1 xs-ddk verify xsedu.iso
	has "$output" "xsedu.iso!wrong-1-1.noarch.rpm!lib/modules/1.0/updates/a.ko: error: "
	bsdtar -xf xsedu.iso update.xml
	run -1 xs-ddk verify --disable disk-uuid --format github xsedu.iso
	lacks "$output" "disk-"
}

@test "an image that is cut short is told, and breaks nothing" {
	for size in 40000 100000 600000; do
		head -c "$size" "$BATS_FILE_TMPDIR/xsedu.iso" >"$BATS_TEST_TMPDIR/cut.iso"
		run -1 --separate-stderr xs-ddk verify "$BATS_TEST_TMPDIR/cut.iso"
		has "$output" "it is shorter than its volume descriptor says"
		[ "$(grep -cF '[input-damaged]' <<<"$output")" -eq 1 ]
		[ -z "$stderr" ]
	done
}

@test "a disk of which a file may not be read is not called damaged" {
	run -2 --separate-stderr strace -f -qq -o "$BATS_TEST_TMPDIR/log" -e inject=openat:error=EACCES -P SHA256SUMS \
		xs-ddk verify "$DISK"
	has "$output" "$DISK: error: the file could not be read: SHA256SUMS: Permission denied [read-failed]"
	lacks "$output" input-damaged
}

@test "the same under the sanitizers" {
	need_sanitizers
	for disk in "$BATS_FILE_TMPDIR/xsedu.iso" "$BATS_FILE_TMPDIR/signed/xsedu"; do
		run -0 "$TOP/build/san/bin/xs-ddk" verify "$disk"
		run -0 "$TOP/build/san/bin/xs-ddk" show "$disk"
		run -0 "$TOP/build/san/bin/xs-ddk" show --json "$disk"
	done
	cp -r "$DISK" "$BATS_TEST_TMPDIR/disk"
	for file in XS-REPOSITORY XS-PACKAGES update.xml SHA256SUMS repodata/repomd.xml; do
		head -c 100 "$DISK/$file" >"$BATS_TEST_TMPDIR/disk/$file"
	done
	run -1 "$TOP/build/san/bin/xs-ddk" verify "$BATS_TEST_TMPDIR/disk"
}

@test "show tells whose disk it is, and its versions and kernels as a table" {
	run -0 --separate-stderr xs-ddk show "$BATS_FILE_TMPDIR/xsedu.iso"
	has "$output" "name:        xsedu"
	has "$output" "version:     1.1.0"
	has "$output" 'description: Drivers for "edu" & <friends>'
	has "$output" "product:     XenServer"
	has "$output" "requires:    xs:main eq 8.2.1"
	has "$output" "vendor:      xs-ddk"
	has "$output" "signed:      no"
	grep -qE "^DRIVER +VERSION +$KERNEL +$(kernels | sed -n 2p)\$" <<<"$output"
	grep -qE '^xsedu +1\.0\.0 +1\.0-1 +1\.0-1$' <<<"$output"
	grep -qE '^xsedu +1\.1\.0 +1\.0-1 +1\.0-1$' <<<"$output"
	has "$output" "source/xsedu-1.1.0-1.0-1.src.rpm"
	run -0 xs-ddk show "$BATS_FILE_TMPDIR/signed/xsedu"
	has "$output" "signed:      yes"
	[ "$(xs-ddk show --json "$DISK" | jq -c '.disks[0] | [.vendor, .signed, (.drivers | length)]')" = '["xs-ddk",false,4]' ]
}

@test "show of a directory with several disks tells each with its table, and all in one table" {
	cd "$BATS_TEST_TMPDIR"
	mkdir -p disks/old disks/new
	cp "$BATS_FILE_TMPDIR/xsedu.iso" disks/new/
	cp -r "$DISK" disks/old/xsedu
	rm disks/old/xsedu/*-1.1.0-modules-*
	cp "$BATS_FILE_TMPDIR/packages/$MODULE" disks/
	run -0 --separate-stderr xs-ddk show disks
	[ "$(grep '^disk:' <<<"$output" | tr -s ' ')" = $'disk: disks/new/xsedu.iso\ndisk: disks/old/xsedu' ]
	[ "$(grep -cE '^DRIVER +VERSION +[0-9]' <<<"$output")" -eq 2 ]
	all=$(sed -n '/^DRIVER  *VERSION  *KERNEL  *RELEASE  *DISKS$/,/^$/p' <<<"$output" | tr -s ' ')
	[ "$(grep -c '^xsedu 1' <<<"$all")" -eq 4 ]
	grep -qx "xsedu 1.0.0 $KERNEL 1.0-1 disks/new/xsedu.iso, disks/old/xsedu" <<<"$all"
	grep -qx "xsedu 1.1.0 $KERNEL 1.0-1 disks/new/xsedu.iso" <<<"$all"
	# What is on no disk is shown, too.
	has "$output" "path:        disks/$MODULE"
	# The same with the disks as arguments, and for programs.
	run -0 --separate-stderr xs-ddk show disks/new/xsedu.iso disks/old/xsedu
	has "$output" "disks/new/xsedu.iso, disks/old/xsedu"
	run -0 --separate-stderr xs-ddk show --json disks
	[ "$(jq -c '[.disks[].drivers | length]' <<<"$output")" = '[4,2]' ]
	[ "$(jq '.packages | length' <<<"$output")" -gt 4 ]
}

# scattered NUMBER: the disk "scattered", where each of NUMBER versions is for another kernel. Only the names of modules count.
scattered() {
	local i
	rm -rf scattered
	mkdir scattered
	# shellcheck disable=SC2046 # paths without spaces
	small_package scattered 1 $(for ((i = 1; i <= $1; i++)); do
		echo "/lib/modules/5.14.0-503.$i.1.el9_5.x86_64/xenserver/net/1.$i/net.ko"
	done) | xargs cp -t scattered
	echo '<repository originator="x" name="net" product="XenServer" version="1"><description>x</description></repository>' >scattered/XS-REPOSITORY
}

@test "show lists versions and kernels, a line each, where a table of them would be nearly empty" {
	cd "$BATS_TEST_TMPDIR"
	scattered 43
	run -0 --separate-stderr xs-ddk show scattered
	[ "$(grep '^DRIVER' <<<"$output" | wc -w)" -eq 45 ]
	grep -qE '^net  +1\.43( +-){42} +1-1$' <<<"$output"
	scattered 44
	run -0 --separate-stderr xs-ddk show scattered
	{
		printf '%-16s  %-12s  %-28s  %s\n' DRIVER VERSION KERNEL RELEASE
		for ((i = 1; i <= 44; i++)); do
			printf '%-16s  %-12s  %-28s  %s\n' net 1.$i 5.14.0-503.$i.1.el9_5.x86_64 1-1
		done
	} >expected
	diff expected <(sed -n '/^DRIVER/,/^$/p' <<<"$output" | sed '/^$/d')
	# Several disks are in one more table, which is always a list.
	scattered 44
	cp -r scattered another
	run -0 --separate-stderr xs-ddk show scattered another
	[ "$(grep -c '^net .* 1-1  *another, scattered$' <<<"$output")" -eq 44 ]
}

@test "every rule on disks is shown to fire by a line above" {
	xs-ddk rules --json | jq -r '.rules[].rule' | grep '^disk-' >"$BATS_TEST_TMPDIR/rules"
	[ -s "$BATS_TEST_TMPDIR/rules" ]
	while read -r rule; do
		grep -qE "(^|[ =[\"])$rule([] |\"]|\$)" "$BATS_TEST_FILENAME" || fail "no test of $rule"
	done <"$BATS_TEST_TMPDIR/rules"
}

# disk_with PACKAGE...: the directory "own" with the packages of the disk and these.
disk_with() {
	rm -rf own
	mkdir own packages
	cp "$DISK"/*.rpm packages/
	rm -f packages/update-* packages/control-*
	cp "$@" packages/
	PACKAGES=$(echo packages/*.rpm) make_disk own --tree --no-verify
	rm -r packages
}

@test "a package that requires what neither the disk nor a host provides is told" {
	cd "$BATS_TEST_TMPDIR"
	disk_with "$(small_package needy 1 'Requires: helper = 2' 'Requires: /usr/bin/env bash coreutils' /etc/needy.conf)"
	run -1 --separate-stderr xs-ddk verify --strict --json own/xsedu
	[ "$(jq -r '.findings[] | .rule + " " + .path + ": " + .problem' <<<"$output")" = "disk-package-requires own/xsedu/needy-1-1.noarch.rpm: the package requires something that is neither on the disk nor known to be on hosts: helper 2" ]
	disk_with "$(small_package needy 1 'Requires: helper = 2' /etc/needy.conf)" "$(small_package helper 1 /etc/helper.conf)"
	run -1 --separate-stderr xs-ddk verify --strict own/xsedu
	disk_with "$(small_package needy 1 'Requires: helper = 2' /etc/needy.conf)" "$(small_package helper 2 /etc/helper.conf)"
	run -0 --separate-stderr xs-ddk verify --strict own/xsedu
	# What the vendor says that hosts have, and the product's own packages.
	disk_with "$(small_package needy 1 'Requires: xapi-core' /etc/needy.conf)"
	run -0 --separate-stderr xs-ddk verify --strict --profile xs8 --disable package-kernel-missing own/xsedu
	run -1 --separate-stderr xs-ddk verify --strict own/xsedu
}
