#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# Driver disks before the programs that read them: of images, of repositories, of packages, of signatures, and a strict
# reader of both generations' metadata that shares nothing with what writes it.

load helpers
load disk/disk

READ=$TOP/tests/disk/read-disk

setup_file() {
	export GNUPGHOME=$BATS_FILE_TMPDIR/gnupg
	mkdir -m 700 "$GNUPGHOME"
	gpg --batch --quiet --passphrase '' --quick-gen-key 'Example Updates (update) <updates@example.org>' rsa2048 sign 6m
	make_disk "$BATS_FILE_TMPDIR"
	unpack "$BATS_FILE_TMPDIR/xsedu.iso" "$BATS_FILE_TMPDIR/disk"
	mkdir "$BATS_FILE_TMPDIR/packages"
	example_packages | xargs cp -t "$BATS_FILE_TMPDIR/packages"
	rpmsign --define '_gpg_name updates@example.org' --define "__gpg $(command -v gpg)" --addsign \
		"$BATS_FILE_TMPDIR"/packages/*.rpm
	PACKAGES=$BATS_FILE_TMPDIR/packages make_disk "$BATS_FILE_TMPDIR/signed" --tree --gpg-key updates@example.org --base-requires 'product-version = 8.2.1'
}

teardown_file() { gpgconf --homedir "$BATS_FILE_TMPDIR/gnupg" --kill all; }

setup() {
	export GNUPGHOME=$BATS_FILE_TMPDIR/gnupg
	ISO=$BATS_FILE_TMPDIR/xsedu.iso
	DISK=$BATS_FILE_TMPDIR/disk
	SIGNED=$BATS_FILE_TMPDIR/signed/xsedu
	(cd "$DISK" && find . -type f | sort) >"$BATS_TEST_TMPDIR/files"
}

@test "xorriso, isoinfo with either name extension, and bsdtar list the same files under their whole names" {
	xorriso -indev "$ISO" -find / -type f 2>/dev/null | tr -d "'" | sed 's/^/./' | sort |
		diff - "$BATS_TEST_TMPDIR/files"
	for extension in -R -J; do
		isoinfo "$extension" -f -i "$ISO" | sed 's/^/./' | grep -vx -e ./repodata -e ./source | sort |
			diff - "$BATS_TEST_TMPDIR/files"
	done
	bsdtar -tf "$ISO" | sed 's|^|./|' | sort | grep -vx -e ./. -e ./repodata -e ./source | diff - "$BATS_TEST_TMPDIR/files"
}

@test "the volume is called as the pack, and belongs to the vendor" {
	isoinfo -d -i "$ISO" >"$BATS_TEST_TMPDIR/volume"
	grep -x 'Volume id: xsedu' "$BATS_TEST_TMPDIR/volume"
	grep -ix 'Application id: The xs-ddk authors' "$BATS_TEST_TMPDIR/volume"
	grep 'Rock Ridge' "$BATS_TEST_TMPDIR/volume"
	grep 'Joliet with UCS level 3 found' "$BATS_TEST_TMPDIR/volume"
}

@test "a strict reader takes both generations' metadata, and they tell of all packages" {
	"$READ" "$DISK" >"$BATS_TEST_TMPDIR/read.json"
	jq -e '(.old | del(.version)) == {id: "xs-ddk:xsedu", product: "XenServer",
		description: "Drivers for \"edu\" & <friends>", requires: ["xs:main eq 8.2.1"]}' "$BATS_TEST_TMPDIR/read.json"
	jq -e '(.primary | keys) == ([.packages[].label] | sort)' "$BATS_TEST_TMPDIR/read.json"
	jq -e '(.groups | keys) == ["drivers", "update"]' "$BATS_TEST_TMPDIR/read.json"
	jq -e '.groups.update == .groups.drivers and (.groups.update | sort) == (.primary | keys)' "$BATS_TEST_TMPDIR/read.json"
	for kernel in $(kernels | head -n 2); do
		jq -e --arg k "$kernel" '[.packages[] | select(.kernel == $k)] | length == 2' "$BATS_TEST_TMPDIR/read.json"
	done
	jq -e '.packages | to_entries | map(select(.value.label == "xsedu-data")) | .[0].value.kernel == "any"' \
		"$BATS_TEST_TMPDIR/read.json"
}

@test "the strict reader refuses what hosts would" {
	while IFS='|' read -r file edit reason; do
		cp -r "$DISK" "$BATS_TEST_TMPDIR/disk"
		sed -i "$edit" "$BATS_TEST_TMPDIR/disk/$file"
		run -1 --separate-stderr "$READ" "$BATS_TEST_TMPDIR/disk"
		has "$stderr" "$reason"
		rm -r "$BATS_TEST_TMPDIR/disk"
	done <<'END'
XS-REPOSITORY|s/<description.*/<requires\/>/|the first child is no description
XS-PACKAGES|s/md5="."/md5="x"/;s/md5="./md5="x/|md5
update.xml|s/uuid="./uuid="X/|uuid
SHA256SUMS|1d|SHA256SUMS differs
END
}

@test "createrepo_c's own reader takes the repository without a warning" {
	run -0 --separate-stderr /usr/bin/python3 - "$DISK" <<'END'
import sys
import createrepo_c as cr

def warn(kind, message):
    sys.exit("warning: " + message)

repomd = cr.Repomd()
cr.xml_parse_repomd(sys.argv[1] + "/repodata/repomd.xml", repomd, warn)
where = {r.type: sys.argv[1] + "/" + r.location_href for r in repomd.records}
names = []
cr.xml_parse_primary(where["primary"], pkgcb=lambda p: names.append(p.name), do_files=False, warningcb=warn)
cr.xml_parse_filelists(where["filelists"], pkgcb=lambda p: None, warningcb=warn)
cr.xml_parse_other(where["other"], pkgcb=lambda p: None, warningcb=warn)
print("\n".join(sorted(names)))
END
	[ "$output" = "$(cd "$DISK" && rpm -qp --nosignature --qf '%{NAME}\n' ./*.rpm | sort)" ]
}

# disk_dnf ROOT ARGUMENT...: dnf that knows the disk, the host it is for, and nothing else.
disk_dnf() {
	local root=$1
	shift
	touch "$BATS_TEST_TMPDIR/dnf.conf"
	as_root dnf --quiet --assumeyes --installroot "$root" --releasever 1 --disableplugin='*' --setopt=reposdir=/nowhere \
		--setopt=cachedir=/var/cache/dnf --setopt=logdir=/tmp --setopt=persistdir=/var/lib/dnf --config "$BATS_TEST_TMPDIR/dnf.conf" \
		--repofrompath "disk,file://$DISK" --repo disk --nogpgcheck --setopt=install_weak_deps=0 "$@"
}

@test "dnf finds the groups, and installs either into a root" {
	local group
	make_host "$BATS_TEST_TMPDIR/root" "$(a_kernel)" "$(kernels | sed -n 2p)"
	for group in update drivers; do
		cp -a "$BATS_TEST_TMPDIR/root" "$BATS_TEST_TMPDIR/$group"
		run -0 disk_dnf "$BATS_TEST_TMPDIR/$group" group info "$group"
		has "$output" "Mandatory Packages"
		disk_dnf "$BATS_TEST_TMPDIR/$group" install "@$group"
		[ "$(host_packages "$BATS_TEST_TMPDIR/$group")" = \
			"$(cd "$DISK" && rpm -qp --nosignature --qf '%{NAME}\n' ./*.rpm | sort)" ]
		[ -L "$BATS_TEST_TMPDIR/$group/lib/modules/$(a_kernel)/updates/xsedu.ko" ]
	done
}

@test "dnf refuses a host that does not provide what the disk requires of its base" {
	DISK=$SIGNED
	make_host "$BATS_TEST_TMPDIR/root" "$(a_kernel)" "$(kernels | sed -n 2p)"
	disk_dnf "$BATS_TEST_TMPDIR/root" install control-xsedu
	as_root rpm --root "$BATS_TEST_TMPDIR/root" -e --nodeps control-xsedu host
	as_root rpm --root "$BATS_TEST_TMPDIR/root" -U --nodeps "$(small_package host 2 'Provides: /bin/sh' 'Provides: product-version = 8.3')"
	run -1 disk_dnf "$BATS_TEST_TMPDIR/root" install control-xsedu
	has "$output" "product-version = 8.2.1"
}

@test "gpg takes the signatures of update.xml, repomd.xml and SHA256SUMS, and rpm the metapackage's" {
	local status
	for file in update.xml repodata/repomd.xml SHA256SUMS; do
		status=$(gpg --batch --status-fd 1 --verify "$SIGNED/$file.asc" "$SIGNED/$file" 2>"$BATS_TEST_TMPDIR/said")
		has "$status" "GOODSIG"
		has "$status" "TRUST_ULTIMATE"
	done
	"$READ" "$SIGNED"
	grep 'key="RPM-GPG-KEY-xs-ddk"' "$SIGNED/update.xml"
	mkdir "$BATS_TEST_TMPDIR/db"
	rpm --dbpath "$BATS_TEST_TMPDIR/db" --import "$SIGNED/RPM-GPG-KEY-xs-ddk"
	run -0 rpm --dbpath "$BATS_TEST_TMPDIR/db" -K "$SIGNED"/{update,control}-xsedu-*.noarch.rpm
	has "$output" "digests signatures OK"
}

@test "a signed disk is signed alike each time with a key that was there before it" {
	gpg --batch --quiet --faked-system-time 20200101T000000! --passphrase '' \
		--quick-gen-key 'Old <old@example.org>' ed25519 sign never
	local packages once
	packages=$(small_package s 1 /etc/s.conf)
	for once in one two; do
		mkdir "$BATS_TEST_TMPDIR/$once"
		"$MAKE_DISK" --label s --version 1 --no-verify --tree --gpg-key old@example.org --output "$BATS_TEST_TMPDIR/$once" \
			"$packages"
	done
	cmp "$BATS_TEST_TMPDIR"/{one,two}/s/update.xml.asc
}
