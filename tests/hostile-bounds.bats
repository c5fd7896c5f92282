#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# Small files that stand for much: work and memory stay within 64 MiB and 16 times the input, and nothing is started.

load helpers
load hostile/containers.bash

setup_file() {
	export SOUND=$BATS_FILE_TMPDIR/sound
	mkdir "$SOUND"
	(
		# shellcheck disable=SC2034 # sound_ones looks there
		here=$TOP/tests/hostile
		cd "$SOUND" || exit
		sound_ones
	)
}

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	here=$TOP/tests/hostile
	cp "$SOUND/case.rpm" "$SOUND/case.ko" .
	# shellcheck disable=SC2034 # the verbs of hostile/patch.bash change it
	file=case.rpm
	payload_at
}

# payload_at: where the main header and the payload of case.rpm stand.
payload_at() {
	main=$(($(stat -c %s case.rpm) - $(rpm -qp --qf '%{SIGSIZE}' case.rpm)))
	payload=$((main + 16 + 16 * 0x$(xxd -p -s $((main + 8)) -l 4 case.rpm) + 0x$(xxd -p -s $((main + 12)) -l 4 case.rpm)))
}

# bounded STATUS ARGUMENT...: xs-ddk ends with that status and keeps the rule of CONTRIBUTING.md. Its input is the last
# argument. Memory: at most 64 MiB and 16 times the input are resident. Time: at most 2 seconds for each MiB, and not less
# than 2 seconds, of the processors, so that it does not depend on what else runs. With 1280 MiB of addresses, memory that
# is only reserved has a limit too.
bounded() {
	local status=$1 input=${*: -1} size memory user system
	shift
	run "-$status" --separate-stderr /usr/bin/time -q -o cost -f '%M %U %S' timeout 60 prlimit --as=1342177280 xs-ddk "$@"
	size=$(du -bs "$input" | cut -f 1)
	read -r memory user system <cost
	[ "$memory" -le $((65536 + 16 * size / 1024)) ] || fail "$memory KiB of memory for an input of $size bytes"
	[ "$(jq -n "($user + $system) <= ([2, 2 * $size / 1048576] | max)")" = true ] ||
		fail "$user + $system seconds for an input of $size bytes"
}

rules_found() {
	jq -r '.findings[].rule' <<<"$output" | sort -u | tr '\n' ' '
}


@test "no program is started to unpack a payload, whatever it begins with" {
	mkdir bin
	for name in lrzip grzip lzop lzma unlzma xz unxz gzip gunzip bzip2 bunzip2 zstd unzstd lz4 compress uncompress; do
		printf '#!/bin/sh\necho "$0" >>%q\n' "$PWD/started" >"bin/$name"
		chmod +x "bin/$name"
	done
	for magic in 'LRZI\x00\x06' 'GRZipII\x00\x02\x04:)' '\x89LZO\x00\x0d\x0a\x1a\x0a' '\x04"M\x18' '\x1f\x9d' \
		'\x1f\x8b' '\xfd7zXZ\x00' '\x28\xb5\x2f\xfd' 'BZh9' ']\x00\x00\x80\x00'; do
		cut_to "$payload"
		append "$magic"
		zeros 4096
		PATH=$PWD/bin:$PATH bounded 1 verify case.rpm
	done
	[ ! -e started ]
}

@test "a payload is one compressed stream: gzip in gzip is not unpacked again" {
	truncate -s 100M zeros
	gzip -c zeros | gzip -c | gzip -c >nested
	replace cat nested
	[ "$(stat -c %s case.rpm)" -lt 65536 ]
	bounded 1 verify --json case.rpm
	has "$(rules_found)" input-damaged
}

@test "a payload of zeros ends at the limit" {
	truncate -s 100M zeros
	entry big.bin 0100644 zeros
	replace gzip -c cpio
	bounded 1 verify --json --disable note-missing case.rpm
	has "$(rules_found)" input-limit
}

@test "a module of zeros in a package or a file is not kept beyond the rule, whatever its compression" {
	local command
	truncate -s 100M zeros
	entry lib/modules/6.1.0-0-test/updates/big.ko 0100644 zeros
	for command in 'gzip -c' 'xz -9c' 'zstd --ultra -22 --long=27 -qc' 'lzma -9c' 'bzip2 -c'; do
		cp "$SOUND/case.rpm" .
		# shellcheck disable=SC2086 # a command
		replace $command cpio
		bounded 1 verify --json case.rpm
		has "$(rules_found)" input-limit
	done
	openssl req -x509 -newkey rsa:2048 -nodes -subj '/CN=a' -keyout key.pem -out cert.pem
	truncate -s 60M zeros
	cp case.ko big.ko
	dd if=zeros bs=1M oflag=append conv=notrunc status=none >>big.ko
	for command in 'gzip -c' 'xz -9c' 'zstd --ultra -22 --long=27 -qc'; do
		$command big.ko >case.ko.xz
		bounded 1 verify --json --cert cert.pem case.ko.xz
		has "$(rules_found)" input-limit
	done
}

@test "the rule holds for larger inputs too" {
	head -c 3000000 /dev/urandom >noise
	truncate -s 200M zeros
	cat case.ko noise zeros >big.ko
	entry lib/modules/6.1.0-0-test/updates/big.ko 0100644 big.ko
	replace xz -9c cpio
	bounded 1 verify --json case.rpm
	has "$(rules_found)" input-limit
	truncate -s 30M zeros
	cat case.ko noise zeros >big.ko
	xz -9c big.ko >case.ko.xz
	bounded 0 verify --json case.ko.xz
	lacks "$(rules_found)" input-limit
}

@test "a payload that names a dictionary of 1.5 GiB, or a file name of 2.5 GiB, reserves none of it" {
	entry x.bin 0100644 case.ko
	xz --format=raw --lzma2=dict=1536MiB -c cpio >raw
	python3 - raw >case.xz <<'END'
import lzma, struct, sys, zlib
data = lzma.compress(b"", filters=[{"id": lzma.FILTER_LZMA2, "preset": 6}])
def block_header(dictionary):
    body = bytes([2, 0, 0x21, 1, dictionary]) + bytes(3)
    return body + struct.pack("<I", zlib.crc32(body))
# The stream's header (12 bytes), a block whose dictionary is 2^30 + 2^29 bytes, and its data.
sys.stdout.buffer.write(data[:12] + block_header(37) + open(sys.argv[1], "rb").read() + bytes(16))
END
	replace cat case.xz
	bounded 1 verify --json case.rpm
	has "$output" "the xz data needs a dictionary over 96 MiB"
	entry x.bin 0100644 case.ko
	lie 94 a0000000
	replace gzip -c cpio
	bounded 1 verify --json case.rpm
	has "$output" "its payload has a file name that is longer than any path"
}

# many_entries NUMBER PATH: a cpio archive of so many empty files, PATH0 and so on, as the payload.
many_entries() {
	python3 - "$@" >cpio <<'END'
import sys
for i in range(int(sys.argv[1])):
    name = (sys.argv[2] % i).encode() + b"\0"
    entry = b"070701" + b"%08x" * 13 % (i, 0o100644, 0, 0, 1, 0, 0, 0, 0, 0, 0, len(name), 0) + name
    sys.stdout.buffer.write(entry + bytes(-len(entry) % 4))
END
	trailer_entry >>cpio
	replace xz -1c cpio
}

@test "half a million files in a small payload, of which each is remembered or has a finding, are cut off" {
	many_entries 400000 lib/modules/6.1.0-0-test/updates/%d.bin
	bounded 1 verify --json case.rpm
	has "$(rules_found)" input-limit
	cp "$SOUND/case.rpm" .
	many_entries 400000 %d.ko
	bounded 1 verify --json case.rpm
	has "$output" "more findings were not kept"
	cp "$SOUND/case.rpm" .
	many_entries 400000 %d.ko
	bounded 1 verify --format junit case.rpm
}

@test "files on an image that are compressed count as what they unpack to" {
	mkdir tree
	yes | head -c 100M >tree/data.bin
	xorriso -outdev case.iso -map tree / -set_filter_r --zisofs / -- 2>log || fail "$(cat log)"
	[ "$(stat -c %s case.iso)" -lt 4194304 ]
	bounded 1 verify --json case.iso
	has "$(rules_found)" input-limit
}

@test "an image with a thousand names for one package is read in bounded memory" {
	mkdir tree
	head -c 3000000 /dev/urandom >tree/blob
	cp case.rpm tree/0.rpm
	for i in $(seq 1000); do ln tree/0.rpm "tree/$i.rpm"; done
	xorrisofs -quiet -R -o case.iso tree
	bounded 1 verify --json case.iso
}

@test "package headers whose paths, names or counts are longer than they are cost no more than they are long" {
	local kind
	for kind in 'directory 13000 60000' 'directory 200000 4000' 'name 13000 60000' 'needs 200000 0'; do
		# shellcheck disable=SC2086 # words
		"$TOP/tests/hostile/header.py" $kind >case.rpm
		bounded 1 verify --json case.rpm
		has "$(rules_found)" input-damaged || fail "$kind"
	done
	has "$output" "more files, dependencies or scriptlets than its size allows"
}

@test "thousands of patterns of firmware and 100,000 files are compared for a bounded time" {
	mkdir tree
	"$TOP/tests/hostile/header.py" firmware 100000 0 >tree/data.rpm
	{
		printf '.section .modinfo,"a"\n'
		for i in $(seq 4000); do printf '.asciz "firmware=f*%d"\n' "$i"; done
	} >patterns.s
	as -o more.o patterns.s
	mkdir -p tree/lib/modules/6.1.0-0-test/xenserver/case/1.2.3
	ld -r -o tree/lib/modules/6.1.0-0-test/xenserver/case/1.2.3/case.ko case.ko more.o
	bounded 1 verify --json tree
	has "$output" "too many files to be compared"
}

# a_disk FILE: the file, alone, as a disk's XS-REPOSITORY.
a_disk() {
	mkdir -p disk
	cp case.ko disk/
	cp "$1" disk/XS-REPOSITORY
}

@test "XML that stands for more than its size is refused: elements, depth, attributes, a tag, declarations" {
	local case=0 why
	{
		printf '<repository>'
		yes '<requires/>' | head -n 95000
		printf '</repository>'
	} | gzip >elements
	{
		yes '<a>' | head -n 100000
	} | gzip >depth
	{
		printf '<repository '
		seq -f 'a%.0f="" ' 5000 | tr -d '\n'
		printf '/>'
	} | gzip >attributes
	{
		printf '<repository a="'
		yes aaaaaaaaaaaaaaa | head -n 500000 | tr -d '\n'
		printf '"/>'
	} | gzip >tag
	printf '%s' '<!DOCTYPE repository [<!ATTLIST repository a CDATA "b">]><repository/>' >attlist
	printf '%s' '<!DOCTYPE repository [<!ENTITY a "b">]><repository/>' >entity
	printf '%s' '<!DOCTYPE repository [<!ELEMENT repository ANY>]><repository/>' >element
	while IFS='|' read -r case why; do
		a_disk "$case"
		bounded 1 verify --json disk
		has "$output" "$why" || fail "$case"
	done <<-'END'
		elements|more elements than its size allows
		depth|nested deeper
		attributes|over 32 attributes
		tag|over 64 KiB
		attlist|declares elements, attributes or entities
		entity|declares elements, attributes or entities
		element|declares elements, attributes or entities
	END
}

@test "a repository of 100,000 entries for 200 packages is compared in bounded time and memory" {
	local i
	mkdir -p disk/repodata
	for i in $(seq 200); do cp "$SOUND/case.rpm" "disk/p$i.rpm"; done
	echo '<repository originator="example" name="case" version="1"/>' >disk/XS-REPOSITORY
	cat >disk/repodata/repomd.xml <<-'END'
		<repomd xmlns="http://linux.duke.edu/metadata/repo">
		<data type="primary"><location href="repodata/primary.xml"/></data>
		</repomd>
	END
	{
		echo '<metadata xmlns="http://linux.duke.edu/metadata/common" packages="100000">'
		awk 'BEGIN {
			for (i = 1; i <= 100000; i++)
				printf "<package type=\"rpm\"><name>p%d</name><version epoch=\"0\" ver=\"1\" rel=\"1\"/>" \
					"<checksum type=\"sha256\" pkgid=\"YES\">%064d</checksum><location href=\"p%d.rpm\"/></package>\n", i, i, i
		}'
		echo '</metadata>'
	} >disk/repodata/primary.xml
	bounded 1 verify --json disk
	has "$(rules_found)" disk-primary-checksum
	# All entries are for one package.
	sed -i 's/p[0-9]*\.rpm/p1.rpm/' disk/repodata/primary.xml
	bounded 1 verify --json disk
	has "$(rules_found)" "disk-primary "
}

@test "many symbols that share one long name are a damaged symbol table" {
	{
		yes . | head -n 60000 | awk '{ printf "\t.globl a%d\n\t.quad a%d\n", NR, NR }'
	} >many.s
	as -I "$TOP/tests/notes" -o many.ko "$here/base.s"
	as -o more.o many.s
	ld -r -o case.ko many.ko more.o
	# All point at the longest name, which is now as long as the table.
	python3 - case.ko <<'END'
import struct, subprocess, sys
path = sys.argv[1]
b = bytearray(open(path, "rb").read())
shoff, = struct.unpack_from("<Q", b, 40)
n, = struct.unpack_from("<H", b, 60)
headers = [struct.unpack_from("<IIQQQQIIQQ", b, shoff + 64 * i) for i in range(n)]
symtab = next(h for h in headers if h[1] == 2)
strtab = headers[symtab[6]]
b[strtab[4] + 1:strtab[4] + strtab[5] - 1] = b"x" * (strtab[5] - 2)
for at in range(symtab[4] + 24, symtab[4] + symtab[5], 24):
    struct.pack_into("<I", b, at, 1)
open(path, "wb").write(b)
END
	printf '0x00000001\tx\tvmlinux\tEXPORT_SYMBOL\n' >Module.symvers
	bounded 1 verify --json --symvers Module.symvers case.ko
	has "$(rules_found)" symbol-table
}

@test "a .modinfo of megabytes of aliases is no module's" {
	{
		printf '.section .modinfo,"a"\n.rept 2000000\n.asciz "alias=a"\n.endr\n'
	} >aliases.s
	as -o more.o aliases.s
	ld -r -o big.ko case.ko more.o
	entry lib/modules/6.1.0-0-test/updates/big.ko 0100644 big.ko
	replace xz -c cpio
	[ "$(stat -c %s case.rpm)" -lt 65536 ]
	bounded 1 verify --json case.rpm
	has "$(rules_found)" module-damaged
}
