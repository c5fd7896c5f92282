#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# xs-ddk import and init: the directory that packages a driver, made from what its authors have written.

# What is quoted here is for dkms, make and rpm to expand, or not to.
# shellcheck disable=SC2016

load helpers

setup() {
	# What is imported names the kit where it is installed.
	export XS_DDK_DIR=$TOP
	mkdir "$BATS_TEST_TMPDIR/work" && cd "$BATS_TEST_TMPDIR/work" || return
}

# sources DIRECTORY: a driver's sources of the smallest kind, its dkms.conf from stdin.
sources() {
	mkdir -p "$1"
	echo 'obj-m := little.o' >"$1/Makefile"
	cat >"$1/little.c" <<-'END'
		MODULE_LICENSE("GPL v2");
		MODULE_VERSION("3.2.1");
		MODULE_DESCRIPTION("A little driver");
		MODULE_DEVICE_TABLE(pci, ids);
	END
	cat >"$1/dkms.conf"
}
plain='PACKAGE_NAME=little
PACKAGE_VERSION="3.2.1"
BUILT_MODULE_NAME[0]="$PACKAGE_NAME"
MAKE[0]="make KDIR=${kernel_source_dir} KVER=$kernelver"
DEST_MODULE_LOCATION[0]=/extra'

# nothing_written: there is no more here than the sources in the directory src.
nothing_written() { [ "$(ls -A)" = src ]; }

@test "a dkms.conf becomes a Makefile and a spec with its command and modules" {
	sources src <<<"$plain"
	run -0 --separate-stderr xs-ddk import src VENDOR_NAME='Acme & Sons'
	[ "$output" = "little: driver little, version 3.2.1, 1 module; devices on pci
taken from the sources:
  DRIVER           little (PACKAGE_NAME in line 1 of dkms.conf)
  DRIVER_VERSION   3.2.1 (PACKAGE_VERSION in line 2 of dkms.conf)
  TEXT             A little driver (MODULE_DESCRIPTION in little.c)
  LICENSE          GPL-2.0-only (MODULE_LICENSE in little.c)
  MAKE             make -j\$(nproc) KERNELRELEASE={uname} KDIR={kdir} KVER={uname} (MAKE in dkms.conf)
make -C little XS_DDK_DIR=$(realpath "$TOP") build-isos" ]
	has "$(cat little/Makefile)" $'VERSIONS := 3.2.1\nSPEC := little.spec.in\nVENDOR_NAME := Acme & Sons\n'
	has "$(cat little/Makefile)" $'TEXT := A little driver\n'
	has "$(cat little/Makefile)" $'SRCDIR := ../src\n'
	# It can be moved to another machine.
	run -1 grep -r -F -e "$PWD" -e "$(realpath "$TOP")" little
	has "$(cat little/little.spec.in)" $'License: GPL-2.0-only\n'
	has "$(cat little/little.spec.in)" \
		$'%xs_build sh -c \'make -j$(nproc) KERNELRELEASE={uname} KDIR={kdir} KVER={uname}\'\n'
	has "$(cat little/little.spec.in)" '%xs_install little.ko'
	[ "$(ls little)" = $'Makefile\nlittle.spec.in' ]
}

@test "what cannot be known is asked for by name in one list, and nothing is written" {
	sources src <<<'MAKE=make'
	rm src/little.c
	run -1 --separate-stderr xs-ddk import src
	[ "$(awk 'NR > 1 { print $1 }' <<<"$stderr")" = $'DRIVER\nDRIVER_VERSION\nVENDOR_NAME\nTEXT\nLICENSE' ]
	nothing_written
	run -0 --separate-stderr xs-ddk import src DRIVER=a DRIVER_VERSION=1 VENDOR_NAME=b TEXT=c LICENSE=d
	[ -e a/a.spec.in ]
}

@test "several descriptions or versions are asked about, several licenses are all named" {
	sources src <<<'PACKAGE_NAME=little'
	printf 'MODULE_LICENSE("Dual BSD/GPL");\nMODULE_VERSION("9");\nMODULE_DESCRIPTION("Another");\n' >src/other.c
	run -1 --separate-stderr xs-ddk import src VENDOR_NAME=a
	has "$stderr" '2 different MODULE_DESCRIPTIONs: "A little driver" in little.c, "Another" in other.c'
	has "$stderr" '2 different MODULE_VERSIONs: "3.2.1" in little.c, "9" in other.c'
	run -0 --separate-stderr xs-ddk import src VENDOR_NAME=a DRIVER_VERSION=1 TEXT=b
	has "$(cat little/little.spec.in)" "License: (BSD-3-Clause OR GPL-2.0-only) AND GPL-2.0-only"
	# The tags of the sources tell more than the modules do.
	echo '// SPDX-License-Identifier: GPL-2.0+' >src/tagged.c
	printf '/* SPDX-License-Identifier: GPL-2.0 OR MIT */\n' >src/tagged.h
	run -0 --separate-stderr xs-ddk import src VENDOR_NAME=a DRIVER_VERSION=1 TEXT=b --output tagged
	has "$(cat tagged/little.spec.in)" "License: (GPL-2.0 OR MIT) AND GPL-2.0-or-later"
}

@test "texts behind a #define are found, the file's own before those of headers, and those that differ are asked about" {
	mkdir src && echo 'obj-m := a.o' >src/Kbuild
	printf '%s\n' '#define DRV_BASE "1.2"' '#define DRV_VERSION DRV_BASE ".3" /* the newest */' '#define DRV_TEXT "of a header"' >src/a.h
	printf '%s\n' '#  define DRV_TEXT "A driver"' 'MODULE_VERSION(DRV_VERSION "-k");' 'MODULE_DESCRIPTION(DRV_TEXT);' \
		'MODULE_LICENSE("GPL");' 'MODULE_FIRMWARE(DRV_FIRMWARE(1));' >src/a.c
	run -0 --separate-stderr xs-ddk init a src VENDOR_NAME=b
	has "$output" "DRIVER_VERSION   1.2.3-k (MODULE_VERSION in a.c)"
	has "$output" "TEXT             A driver (MODULE_DESCRIPTION in a.c)"
	has "$output" "not taken        MODULE_FIRMWARE(?) (a.c)"
	echo '#define DRV_BASE "1.3"' >src/b.h
	run -1 --separate-stderr xs-ddk init a src VENDOR_NAME=b --output other
	has "$stderr" 'MODULE_VERSION(DRV_VERSION "-k") in a.c has no text that is known without the compiler'
	# Names that are defined by themselves end.
	printf '#define DRV_BASE DRV_BASE DRV_BASE\n' >src/a.c
	printf 'MODULE_VERSION(DRV_BASE);\n' >>src/a.c
	run -1 --separate-stderr timeout 5 xs-ddk init a src VENDOR_NAME=b --output other
}

@test "firmware, device rules and manual pages are told with their places" {
	mkdir -p src/udev && echo 'obj-m := a.o' >src/Kbuild
	printf '%s\n' 'MODULE_LICENSE("GPL");' 'MODULE_FIRMWARE("a/here.bin");' 'MODULE_FIRMWARE("a/elsewhere.bin");' >src/a.c
	mkdir src/a && echo 1 >src/a/here.bin
	echo rule >src/udev/60-a.rules
	printf '.TH a 7\n' >src/a.7
	echo notes >src/changes.1
	run -0 --separate-stderr xs-ddk init a src VENDOR_NAME=b DRIVER_VERSION=1 TEXT=c FIRMWARE_LICENSE=d
	has "$output" "firmware         a/here.bin (a/here.bin goes into data/lib/firmware/updates)"
	has "$output" "firmware         a/elsewhere.bin (MODULE_FIRMWARE in a.c; no source has it: hosts need it from elsewhere)"
	has "$output" "device rules     udev/60-a.rules (goes into data/etc/udev/rules.d)"
	has "$output" "manual page      a.7 (goes into data/usr/share/doc)"
	[ "$(cd a/data && find . -type f | sort)" = "./etc/udev/rules.d/60-a.rules
./lib/firmware/updates/a/here.bin
./usr/share/doc/a-data/a.7" ]
}

@test "what differs in a directory that is there is told, and --force replaces the Makefile and the specs" {
	sources src <<<"$plain"
	run -0 --separate-stderr xs-ddk import src VENDOR_NAME=a
	echo '# mine' >>little/Makefile
	echo mine >little/notes
	run -1 --separate-stderr xs-ddk import src VENDOR_NAME=a TEXT='Another text' LICENSE=MIT
	has "$stderr" "it has version 3.2.1 already; --force replaces the Makefile and the specs"
	has "$stderr" "  TEXT := Another text"
	has "$stderr" "  License: MIT"
	has "$(cat little/Makefile)" "# mine"
	run -0 --separate-stderr xs-ddk import --force src VENDOR_NAME=a TEXT='Another text' LICENSE=MIT
	lacks "$(cat little/Makefile)" "# mine"
	has "$(cat little/Makefile)" "TEXT := Another text"
	has "$(cat little/little.spec.in)" "License: MIT"
	[ "$(cat little/notes)" = mine ]
	# A directory that is somebody else's.
	rm little/Makefile && echo mine >little/Makefile
	run -1 --separate-stderr xs-ddk import src VENDOR_NAME=a
	has "$stderr" "--force to replace the Makefile and the specs in this one"
	[ "$(cat little/Makefile)" = mine ]
	run -0 --separate-stderr xs-ddk import --force src VENDOR_NAME=a
}

@test "--force on a full disk leaves the former files, and no others" {
	sources src <<<"$plain"
	# shellcheck disable=SC2016 # for the inner shell
	run -1 --separate-stderr own_mounts bash -c 'mkdir full && mount -t tmpfs -o size=64k none full || exit 99
		xs-ddk import src --output full/little VENDOR_NAME=before >/dev/null || exit 98
		cp -r full/little saved && dd if=/dev/zero of=full/filler bs=1k status=none 2>/dev/null
		xs-ddk import src --output full/little --force VENDOR_NAME=after
		status=$?
		diff -r saved full/little || exit 97
		rm full/filler
		xs-ddk import src --output full/little --force VENDOR_NAME=after >/dev/null || exit 96
		diff -r saved full/little
		ls -A full/little
		exit $status'
	has "$stderr" "full/little/.xs-ddk."
	has "$stderr" ": No space left on device"
	has "$output" "> VENDOR_NAME := after"
	lacks "$output" .xs-ddk
}

@test "conditions about things of no interest are passed over" {
	sources src <<END
$plain
if [ -f \$kernel_source_dir/.config ]; then
    . \$kernel_source_dir/.config
    if ! { echo "\$kernelver"; echo 5.18; } | sort -V -C; then
        case \$x in a|b) echo "fi"; BUILD_EXCLUSIVE_KERNEL=never ;; esac
    else # if this were counted, so would be that
        for i in 1 2; do echo \$i; done
    fi
fi
CLEAN="make clean \`nproc\`"
END
	run -0 --separate-stderr xs-ddk import src VENDOR_NAME=a
	has "$(cat little/little.spec.in)" "KVER={uname}"
}

# tricky TEXT LINE...: a dkms.conf of these lines is refused with that text; nothing of it is executed or written.
tricky() {
	local text=$1
	shift
	sources src < <(printf '%s\n' "$@")
	run -1 --separate-stderr xs-ddk import src VENDOR_NAME=a
	has "$stderr" "$text"
	nothing_written || fail "$(ls -A)"
}

@test "shell tricks are neither executed nor guessed at" {
	tricky "DRIVER " 'touch pwned'
	tricky "may be changed by the command in line 2: . ./pwned" 'PACKAGE_NAME=a' '. ./pwned'
	tricky "may be changed by the command in line 1: eval touch pwned" 'eval touch pwned'
	tricky "is the output of a command" 'PACKAGE_NAME=$(touch pwned; echo a)'
	tricky "is the output of a command" 'PACKAGE_NAME="`touch pwned`"'
	tricky "is the output of a command" 'X=$(touch pwned)' 'PACKAGE_NAME=$X'
	tricky "is computed" 'PACKAGE_NAME=${X:-$(touch pwned)}'
	tricky "is set under a condition, in line 1" 'if touch pwned; then PACKAGE_NAME=a; fi'
	tricky "is set for one command only" 'PACKAGE_NAME=a touch pwned'
	tricky "is followed by >" 'PACKAGE_NAME=a>pwned'
	tricky "which does not end" "$plain" 'if true; then'
	tricky "which has a here-document" "$plain" 'cat <<END' 'PACKAGE_NAME=b' 'END'
	tricky "is set by a default in line 2" 'PACKAGE_NAME=a' ': ${PACKAGE_NAME:=$(touch pwned)}'
	tricky "is set by a command in line 6" "$plain" 'read -r PACKAGE_NAME </dev/null'
	tricky "may be changed by the command in line 7: f" "$plain" 'f() { PACKAGE_NAME=b; }' 'f'
	tricky "may be changed by the command in line 6: \$x" "$plain" '$x'
	tricky "has no closing quote" 'PACKAGE_NAME="a'
	tricky "is a list in brackets" 'PACKAGE_NAME=(a b)'
	tricky "not a legal name" 'PACKAGE_NAME=../pwned'
	tricky "is not a path below the sources" "$plain" 'BUILT_MODULE_NAME[1]=../../pwned'
	tricky "is not a path below the sources" "$plain" 'BUILT_MODULE_NAME[1]="a; touch pwned"'
	tricky "PATCH in line 6 is not a path below" "$plain" 'PATCH[0]=../a.patch'
	tricky "PATCH in line 6 has a computed index" "$plain" 'PATCH[$i]=a.patch'
	tricky "PRE_BUILD in line 6 is not the path of a script" "$plain" 'PRE_BUILD="a; touch pwned"'
	tricky "PATCH_MATCH in line 7 has a quote" "$plain" 'PATCH[0]=a' "PATCH_MATCH[0]=\"'; touch pwned\""
	tricky 'uses $NEVER' "$plain" 'MAKE="make X=$NEVER"'
}

@test "what a dkms.conf cannot tell may be said" {
	sources src <<<'PACKAGE_NAME=$(echo a)
PACKAGE_VERSION=1
MAKE=`foo`'
	run -1 --separate-stderr xs-ddk import src VENDOR_NAME=a DRIVER=said
	has "$stderr" "MAKE "
	run -0 --separate-stderr xs-ddk import src VENDOR_NAME=a DRIVER=said MAKE="make KDIR={kdir} X='50%' modules"
	has "$(cat said/said.spec.in)" "%xs_build sh -c 'make KDIR={kdir} X='\\''50%%'\\'' modules'"
}

@test "a line of shell makes unknown what it may set, and nothing else" {
	sources src <<END
pushd /tmp >/dev/null
PROCS_NUM=\$(nproc)
[ \$PROCS_NUM -gt 16 ] && PROCS_NUM=16
popd >/dev/null; for i in a b; do BUILT_MODULE_NAME[\$i]=b; done
$plain
END
	run -0 --separate-stderr xs-ddk import src VENDOR_NAME=a
	has "$stderr" "the packages will have all modules that are built"
	has "$(cat little/little.spec.in)" $'KVER={uname}\'\n'
	[ "$(tail -n 1 little/little.spec.in)" = %xs_install ]
}

@test "a dkms.conf whose values grow by each other costs no more than its size" {
	local i
	{
		echo a=aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa
		for i in {1..60}; do echo 'a=$a$a$a$a'; done
		echo 'PACKAGE_NAME=$a'
	} | sources src
	run -1 --separate-stderr bash -c 'ulimit -v 1000000; exec timeout 10 xs-ddk import src'
	has "$stderr" 'uses $a, which grows too long'
	for i in {1..5000}; do echo "v$i=1"; done | sources src
	run -1 --separate-stderr timeout 10 xs-ddk import src
	has "$stderr" "comes after 1024 others"
}

@test "patches and scripts belong to the build, for the kernels and in the order that dkms takes them" {
	sources src <<END
$plain
PATCH[1]=second.patch
PATCH[0]=first.patch
PATCH_MATCH[1]="^9\\."
PRE_BUILD="pre.sh \$kernelver"
POST_BUILD=post.sh
MAKE[1]="make old KDIR=/lib/modules/\$kernelver/build M=\$(pwd) -j\`nproc\`"
MAKE_MATCH[1]='^3'
BUILD_EXCLUSIVE_KERNEL="^[4-6]"
POST_INSTALL=install.sh
END
	run -0 --separate-stderr xs-ddk import src VENDOR_NAME=a
	[ "$stderr" = "xs-ddk: these lines of the dkms.conf have no effect on the packages:
  line 13: BUILD_EXCLUSIVE_KERNEL (name the kernels that the driver is for in KERNELS)
  line 14: POST_INSTALL (packages run no scripts of a driver)" ]
	[ "$(sed -n '/^script=/,/^%xs_build/p' little/little.spec.in)" = "script='patch -p1 <patches/first.patch
if echo {uname} | grep -Eq '\\''^9\\.'\\''; then
patch -p1 <patches/second.patch
fi
./pre.sh {uname}
if echo {uname} | grep -Eq '\\''^3'\\''; then
make -j\$(nproc) KERNELRELEASE={uname} old KDIR={kdir} M=\$(pwd) -j\$(nproc)
else
make -j\$(nproc) KERNELRELEASE={uname} KDIR={kdir} KVER={uname}
fi
./post.sh
'
%xs_build sh -ec \"\$script\"" ]
	# A command that is given takes the place of MAKE, and of nothing else.
	run -0 --separate-stderr xs-ddk import src VENDOR_NAME=a MAKE='make all' --output given
	[ "$(grep -c -e '^make all$' -e first.patch -e pre.sh -e post.sh given/little.spec.in)" -eq 4 ]
}

@test "a driver is built with the patches and by the scripts of its dkms.conf" {
	local kernel
	kernel=$(a_kernel)
	# What modinfo tells shows which patches were applied, in which order, and that the script ran before the compiler.
	sources src <<END
$plain
PATCH[1]=second.patch
PATCH[0]=first.patch
PATCH[2]=never.patch
PATCH_MATCH[1]="^${kernel%%.*}\\."
PATCH_MATCH[2]="^2\\.4\\."
PRE_BUILD=pre.sh
MAKE="make -C \${kernel_source_dir} M=\$PWD modules"
END
	mkdir src/patches
	printf '#include <linux/module.h>\n#include "made.h"\nMODULE_LICENSE("GPL v2");\nMODULE_INFO(patched, "no");\n' >src/little.c
	printf '#!/bin/sh\necho "MODULE_INFO(kernel, \\"$1\\");" >made.h\n' >src/pre.sh
	sed -i 's/^PRE_BUILD=.*/PRE_BUILD="pre.sh $kernelver"/' src/dkms.conf
	chmod +x src/pre.sh
	# patch_file NAME FROM TO: a patch that replaces the text.
	patch_file() {
		printf -- '--- a/little.c\n+++ b/little.c\n@@ -4 +4 @@\n-MODULE_INFO(patched, "%s");\n+MODULE_INFO(patched, "%s");\n' \
			"$2" "$3" >"src/patches/$1.patch"
	}
	patch_file first no once
	patch_file second once twice
	patch_file never twice 'for an old kernel'
	run -0 --separate-stderr xs-ddk import src VENDOR_NAME=a DRIVER_VERSION=1 TEXT=b
	run -0 make -s -C little KERNELS="$kernel" XS_DDK="$XS_BIN/xs-ddk" modules
	run -0 modinfo -F patched "little/build/1/$kernel/little.ko"
	[ "$output" = twice ]
	run -0 modinfo -F kernel "little/build/1/$kernel/little.ko"
	[ "$output" = "$kernel" ]
	# A patch that does not apply is an error.
	patch_file second never twice
	run -2 --separate-stderr make -s -C little KERNELS="$kernel" XS_DDK="$XS_BIN/xs-ddk" modules
	has "$stderr" "Hunk #1 FAILED at 4"
}

@test "values with characters of make and rpm come out as they were" {
	sources src <<<"$plain"
	run -0 --separate-stderr xs-ddk import src VENDOR_NAME='A $(shell touch pwned) # b' LICENSE='%(touch pwned)'
	sed -i '/^include/d' little/Makefile
	printf 'show:\n\t@printf "%%s\\n" '"'"'$(VENDOR_NAME)'"'"'\n' >>little/Makefile
	[ "$(make -s -C little show)" = 'A $(shell touch pwned) # b' ]
	has "$(cat little/little.spec.in)" "License: %%(touch pwned)"
	[ ! -e pwned ] && [ ! -e little/pwned ]
}

@test "a tree that names no module, bad arguments and bad places are refused" {
	mkdir src && echo 'all:' >src/Makefile && echo PACKAGE_NAME=little >src/dkms.conf
	run -1 --separate-stderr xs-ddk import src DRIVER_VERSION=1 VENDOR_NAME=a TEXT=b LICENSE=c
	has "$stderr" "no Kbuild or Makefile in it names a module"
	has "$stderr" "MAKE=COMMAND"
	run -0 --separate-stderr xs-ddk import src DRIVER_VERSION=1 VENDOR_NAME=a TEXT=b LICENSE=c MAKE='make all' --output given
	rm -r given
	# What dkms builds is a driver, however its makefiles are written.
	echo "$plain" >src/dkms.conf
	run -0 --separate-stderr xs-ddk import src VENDOR_NAME=a TEXT=b LICENSE=c
	rm -r little
	run -2 --separate-stderr xs-ddk import src COLOUR=red
	has "$stderr" "'COLOUR=red' is not NAME=VALUE"
	run -2 --separate-stderr xs-ddk import missing
	run -2 --separate-stderr xs-ddk import src/Makefile
	run -2 --separate-stderr xs-ddk import
	rm src/dkms.conf && echo 'obj-m := a.o' >src/Makefile
	run -2 --separate-stderr xs-ddk import src VENDOR_NAME=a
	has "$stderr" "neither a dkms.conf nor a Makefile with SPEC and LABEL"
	nothing_written
}

@test "a directory that has files is not written into, nor one in the sources" {
	sources src <<<"$plain"
	mkdir little && echo mine >little/file
	run -1 --separate-stderr xs-ddk import src VENDOR_NAME=a
	[ "$(ls -A)" = $'little\nsrc' ] && [ "$(ls little)" = file ]
	run -1 --separate-stderr xs-ddk import src VENDOR_NAME=a --output src/packages
	has "$stderr" "with --output"
	run -1 --separate-stderr xs-ddk import src VENDOR_NAME=a --output 'with space'
	has "$stderr" "make cannot work with a path that has a space"
	[ "$(ls -A)" = $'little\nsrc' ] && [ ! -e src/packages ]
}

@test "a second version is added to the directory of the first" {
	sources src <<<"$plain"
	run -0 --separate-stderr xs-ddk import src VENDOR_NAME='A $ # \# b'
	cp little/Makefile first
	sources new <<<"${plain//3.2.1/4.0}"
	sed -i 's/3.2.1/4.0/; s/GPL v2/GPL/' new/little.c
	echo 'BUILT_MODULE_NAME[1]=other' >>new/dkms.conf
	run -0 --separate-stderr xs-ddk import new
	[ "$stderr" = "xs-ddk: $PWD/little/little.spec.in is not changed; for this version, it would have these lines:
  %xs_install little.ko other.ko" ]
	run -1 diff first little/Makefile
	[ "$output" = "6c6
< VERSIONS := 3.2.1
---
> VERSIONS := 3.2.1 4.0
$(diff first little/Makefile | sed -n 5p)
> SRCDIR.4.0 := ../new" ]
	run -1 --separate-stderr xs-ddk import new
	has "$stderr" "it has version 4.0 already"
	# Both are built from their own sources, their own makefiles included.
	make -s -C little KERNELS="$(a_kernel)" build-srctarballs
	run -0 tar -xzOf little/build/srctarballs/little-4.0.tar.gz little-4.0/little.c little-4.0/Makefile
	has "$output" 'MODULE_VERSION("4.0")'
	has "$output" 'obj-m := little.o'
	run -0 tar -xzOf little/build/srctarballs/little-3.2.1.tar.gz little-3.2.1/little.c
	has "$output" 'MODULE_VERSION("3.2.1")'
}

@test "sources that are links in the tree are read, and those that lead out of it are not" {
	sources src <<<"$plain"
	mkdir src/real && mv src/little.c src/Makefile src/real/
	ln -s real/little.c src/little.c
	ln -s real/Makefile src/Kbuild
	echo 'MODULE_VERSION("9");' >outside.c
	ln -s "$PWD/outside.c" src/outside.c
	ln -s ../outside.c src/outside2.c
	run -0 --separate-stderr xs-ddk import src VENDOR_NAME=a
	has "$output" "version 3.2.1"
}

@test "names of sources that are commands are executed by nothing, and refused where a data package would have them" {
	sources src <<<"$plain"
	touch 'src/$(touch pwned).c' 'src/`touch pwned`' 'src/; touch pwned' "src/it's"
	run -0 --separate-stderr xs-ddk import src VENDOR_NAME=a
	make -s -C little KERNELS="$(a_kernel)" build-srctarballs
	has "$(tar tzf little/build/srctarballs/little-3.2.1.tar.gz)" 'little-3.2.1/$(touch pwned).c'
	[ -z "$(find . -name pwned)" ]
	rm -r little
	touch 'src/$(touch pwned).rules'
	run -1 --separate-stderr xs-ddk import src VENDOR_NAME=a
	has "$stderr" '$(touch pwned).rules: the name of a file in a data package can have only ASCII letters'
	nothing_written
	rm src/*.rules
	run -1 --separate-stderr xs-ddk import src VENDOR_NAME=a TEXT=$'a\eb'
	has "$stderr" "there is a control character in it"
}

@test "an older kit's Makefile gives its variables, in both spellings" {
	sources src </dev/null
	rm src/dkms.conf
	mkdir kit && mv src kit/little-3.2.1
	cat >kit/Makefile <<-'END'
		SPEC = helloworld.spec
		VENDOR_CODE := acme
		VENDOR = Acme Inc.
		LABEL = hello
		TEXT = Hello, world
		RPM_VERSION = 2.0
		RPM.RELEASE = 4
		UUID = $(shell uuidgen)
	END
	run -1 --separate-stderr xs-ddk import kit
	has "$stderr" "UUID "
	run -0 --separate-stderr xs-ddk import kit DRIVER=helloworld UUID=1b4e28ba-2fa1-11d2-883f-0016d3cca427
	has "$(cat helloworld/Makefile)" $'VENDOR_NAME := Acme Inc.\nVENDOR_CODE := acme\nLABEL := hello\nTEXT := Hello, world'
	has "$(cat helloworld/Makefile)" $'RPM.VERSION := 2.0\nRPM.RELEASE := 4'
	has "$(cat helloworld/helloworld.spec.in)" 'M=$PWD/little-3.2.1 modules'
}

@test "from a real driver's sources to a verified disk in two commands: dkms.conf" {
	local source kernel
	source=$("$TOP/tests/corpus/fetch" tp-smapi-dkms) kernel=$(a_kernel)
	run -0 --separate-stderr xs-ddk import "$source" VENDOR_NAME=Acme TEXT='ThinkPad hardware functions'
	run -0 make -C tp_smapi build-isos KERNELS="$kernel"
	run -0 --separate-stderr xs-ddk verify tp_smapi/build/isos/tp_smapi.iso
	run -0 --separate-stderr xs-ddk diff tp_smapi/build/isos/tp_smapi.iso tp_smapi/build/rpms
	has "$output" "3 modules compared, 0 gained, 0 lost"
}

@test "from bare sources with firmware and device rules to a disk with a data package: init" {
	local kernel
	kernel=$(a_kernel)
	mkdir -p src/firmware src/udev
	cp "$TOP"/example-driver/Kbuild src/
	sed 's/XSEDU_VERSION/"1.5"/' "$TOP/example-driver/xsedu.c" >src/xsedu.c
	echo 'MODULE_FIRMWARE("xsedu/table.bin");' >>src/xsedu.c
	mkdir src/firmware/xsedu && printf '\001\002' >src/firmware/xsedu/table.bin
	echo 'SUBSYSTEM=="pci", DRIVER=="xsedu", MODE="0600"' >src/udev/70-xsedu.rules
	run -1 --separate-stderr xs-ddk init edu-driver src VENDOR_NAME=Acme
	has "$stderr" "FIRMWARE_LICENSE the license of the firmware, for the data package (the sources have xsedu/table.bin)"
	run -0 --separate-stderr xs-ddk init edu-driver src VENDOR_NAME=Acme FIRMWARE_LICENSE=LicenseRef-Acme
	has "$output" "version 1.5"
	has "$output" "with a data package"
	cmp edu-driver/data/lib/firmware/updates/xsedu/table.bin src/firmware/xsedu/table.bin
	cmp edu-driver/data/etc/udev/rules.d/70-xsedu.rules src/udev/70-xsedu.rules
	run -0 make -C edu-driver build-isos KERNELS="$kernel"
	run -0 --separate-stderr xs-ddk verify edu-driver/build/isos/edu-driver.iso
	[ "$(rpm -qp --qf '%{LICENSE}' edu-driver/build/rpms/edu-driver-data-1.0-1.noarch.rpm)" = LicenseRef-Acme ]
}
