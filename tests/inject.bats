#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# xs-ddk inject: the record in finished modules.

load helpers

setup() { mkdir "$BATS_TEST_TMPDIR/work" && cd "$BATS_TEST_TMPDIR/work" || return; }

# little TARGET [DEFINE...]: assemble the small module for that machine as little.ko.
little() {
	local target=$1
	shift
	clang -target "$target" -DMODULE -I "$TOP/note" "${@/#/-D}" -c -o little.ko "$TOP/tests/inject/module.S"
}
x86=x86_64-linux-gnu

# notes FILE...: what readelf says of each one's version notes, and of their sections' headers but for the place.
notes() {
	local file
	for file; do
		readelf -nW "$file" | sed -n '/xenserver\|XenServer/,/^$/{/./p}'
		readelf -SW "$file" | awk 'sub(/^ *\[ *[0-9]+\]/, "") && $1 ~ /^.note.[xX]en/ { $4 = ""; print }'
	done
}

# injected_is_linked TARGET: an injected module and one with the record linked in look the same to every reader, and
# all else is as it was.
injected_is_linked() {
	little "$1" 'VERSION="1.2.3-rc1"'
	mv little.ko linked.ko
	little "$1"
	cp little.ko plain.ko
	run -0 --separate-stderr xs-ddk inject --version 1.2.3-rc1 little.ko
	[ -z "$output$stderr" ]
	[ -n "$(notes linked.ko)" ]
	diff <(notes linked.ko) <(notes little.ko)
	"$TOP/tests/corpus/canon" plain.ko >plain.txt
	"$TOP/tests/corpus/canon" little.ko | diff plain.txt -
	run -0 --separate-stderr xs-ddk verify --version 1.2.3-rc1 little.ko
}

@test "an injected record is a linked-in one: x86-64" { injected_is_linked x86_64-linux-gnu; }
@test "an injected record is a linked-in one: i386, 32 bits" { injected_is_linked i386-linux-gnu; }
@test "an injected record is a linked-in one: arm64" { injected_is_linked aarch64-linux-gnu; }
@test "an injected record is a linked-in one: s390x, big-endian" { injected_is_linked s390x-linux-gnu; }
@test "an injected record is a linked-in one: powerpc, 32 bits and big-endian" { injected_is_linked powerpc-linux-gnu; }

@test "an injected record is a linked-in one: arm, 32 bits" { injected_is_linked armv7-linux-gnueabihf; }
@test "an injected record is a linked-in one: powerpc64" { injected_is_linked powerpc64le-linux-gnu; }
@test "an injected record is a linked-in one: mips, 32 bits and big-endian" { injected_is_linked mips-linux-gnu; }
@test "an injected record is a linked-in one: riscv64" { injected_is_linked riscv64-linux-gnu; }

@test "every byte of the module but its headers and section names stays where it was" {
	little $x86
	cp little.ko plain.ko
	xs-ddk inject --version 1 little.ko
	# This assembler keeps all names in one table, which comes first; behind it are the other sections.
	readelf -SW plain.ko | sed 's/\[ */[/' | awk '$3 == "PROGBITS" || $3 == "SYMTAB" || $3 == "RELA" { print $2, $4, $5, $6, $7 }' >old
	readelf -SW little.ko | sed 's/\[ */[/' | awk '$3 == "PROGBITS" || $3 == "SYMTAB" || $3 == "RELA" { print $2, $4, $5, $6, $7 }' >new
	[ -s old ]
	diff old new
}

@test "a second run changes nothing, not even the time of the file" {
	little $x86
	xs-ddk inject --version 1.0 little.ko
	touch -d '2001-01-01' little.ko
	local before
	before=$(stat -c '%i %Y' little.ko; md5sum little.ko)
	run -0 --separate-stderr xs-ddk inject --version 1.0 little.ko
	[ "$before" = "$(stat -c '%i %Y' little.ko; md5sum little.ko)" ]
}

@test "another version is refused, and --replace gives the bytes of a first injection" {
	little $x86
	cp little.ko fresh.ko
	xs-ddk inject --version 1.0 little.ko
	run -1 --separate-stderr xs-ddk inject --version 2.0.0-longer little.ko
	has "$stderr" "has the record of version 1.0"
	has "$stderr" "--replace"
	xs-ddk inject --version 2.0.0-longer --replace little.ko
	xs-ddk inject --version 2.0.0-longer fresh.ko
	cmp little.ko fresh.ko
}

@test "a linked-in record is replaced by a shorter, a longer and an equally long version" {
	local version
	for version in 1 2.0.1-with-a-long-tail 7.7.7; do
		little $x86 'VERSION="1.2.3"'
		xs-ddk inject --version "$version" --replace little.ko
		run -0 --separate-stderr xs-ddk verify --version "$version" little.ko
		[ "$(grep -c -a '1\.2\.3' little.ko)" -eq 0 ] || fail "the old version is still in the file"
	done
}

@test "a record of no right form is refused, and --replace repairs it" {
	# ld.lld makes such a section of BYTE() statements; the kernel does not show it.
	little $x86 'VERSION="1.2.3"'
	objcopy --set-section-flags .note.xenserver=alloc,data little.ko
	readelf -SW little.ko | grep -q 'note.xenserver *PROGBITS\|note.xenserver.*WA'
	run -1 --separate-stderr xs-ddk inject --version 1.2.3 little.ko
	has "$stderr" "it has a wrong record"
	xs-ddk inject --version 1.2.3 --replace little.ko
	run -0 --separate-stderr xs-ddk verify --version 1.2.3 little.ko
}

@test "other notes in the record's section stay" {
	little $x86 OTHER_NOTES=1
	xs-ddk inject --version 1.2.3 --replace little.ko
	has "$(readelf -nW little.ko)" "Other"
	run -0 --separate-stderr xs-ddk verify --version 1.2.3 little.ko
}

@test "a record in another section is not doubled" {
	little $x86 RECORD_ELSEWHERE=1
	local before
	before=$(md5sum little.ko)
	run -1 --separate-stderr xs-ddk inject --version 1.2.3 little.ko
	run -1 --separate-stderr xs-ddk inject --version 1.2.3 --replace little.ko
	has "$stderr" "another section"
	[ "$before" = "$(md5sum little.ko)" ]
}

@test "with --compat xs9 the older readers' section is the linked-in one's, and follows the version" {
	little $x86 'VERSION="1.2"' XENSERVER_NOTE_COMPAT_XS9=1
	mv little.ko linked.ko
	little $x86
	xs-ddk inject --version 1.2 little.ko
	xs-ddk inject --version 1.2 --compat xs9 little.ko
	[ "$(notes linked.ko | grep -c '^  XenServer ')" -eq 3 ]
	diff <(notes linked.ko) <(notes little.ko)
	xs-ddk inject --version 3.4 --replace little.ko
	run -0 --separate-stderr xs-ddk verify --version 3.4 little.ko
}

@test "compressed modules come out compressed alike, the same each time" {
	local suffix tool
	little $x86
	cp little.ko plain.ko
	xs-ddk inject --version 1.0 little.ko
	for tool in gzip:gz xz:xz zstd:zst; do
		suffix=${tool#*:} tool=${tool%:*}
		"$tool" -c plain.ko >"little.ko.$suffix"
		cp "little.ko.$suffix" again
		xs-ddk inject --version 1.0 "little.ko.$suffix"
		"$tool" -dc <"little.ko.$suffix" | cmp - little.ko
		xs-ddk inject --version 1.0 --output copy again
		cmp copy "little.ko.$suffix"
		run -0 --separate-stderr xs-ddk verify --version 1.0 "little.ko.$suffix"
	done
	# The kernel's own decoder knows no other check of xz.
	has "$(xz -lv little.ko.xz)" CRC32
}

@test "--output writes another file and leaves the input alone" {
	little $x86
	chmod 640 little.ko
	local before
	before=$(stat -c '%i %y' little.ko; md5sum little.ko)
	xs-ddk inject --version 1.0 --output out.ko little.ko
	[ "$before" = "$(stat -c '%i %y' little.ko; md5sum little.ko)" ]
	[ "$(stat -c %a out.ko)" = 640 ]
	run -2 --separate-stderr xs-ddk inject --version 1.0 --output out.ko little.ko little.ko
	run -1 --separate-stderr xs-ddk inject --version 1.0 --output /dev/null little.ko
	[ -c /dev/null ]
	run -1 --separate-stderr xs-ddk inject --version 1.0 --output nowhere/out.ko little.ko
}

@test "mode and owner stay, and a link stays a link" {
	little $x86
	chmod 2754 little.ko
	[ "$(id -u)" -ne 0 ] || chown 12:34 little.ko
	chmod 2754 little.ko
	local before
	before=$(stat -c '%a %u %g' little.ko)
	ln -s little.ko link.ko
	xs-ddk inject --version 1.0 link.ko
	[ -L link.ko ]
	[ "$(stat -c '%a %u %g' little.ko)" = "$before" ]
	run -0 --separate-stderr xs-ddk verify --version 1.0 little.ko
}

# signed_module: little.ko with a signature that the kernel's own tool has made.
signed_module() {
	little $x86
	openssl req -new -x509 -newkey rsa:2048 -nodes -subj /CN=test -outform PEM -keyout key -out cert 2>/dev/null
	"$(kdir "$(a_kernel)")/scripts/sign-file" sha256 key cert little.ko
	tail -c 28 little.ko | grep -q 'Module signature appended'
}

@test "a signed module is refused, and with --drop-signature loses the signature" {
	signed_module
	cp little.ko signed.ko
	run -1 --separate-stderr xs-ddk inject --version 1.0 little.ko
	has "$stderr" "--drop-signature"
	cmp little.ko signed.ko
	xs-ddk inject --version 1.0 --drop-signature little.ko
	little $x86 && mv little.ko fresh.ko
	xs-ddk inject --version 1.0 --output expected.ko fresh.ko
	xs-ddk inject --version 1.0 --drop-signature --output result.ko signed.ko
	cmp result.ko expected.ko
}

@test "what is appended and no signature is not thrown away" {
	little $x86
	echo 'something of value' >>little.ko
	run -1 --separate-stderr xs-ddk inject --version 1.0 --drop-signature little.ko
	has "$stderr" "19 bytes after the module"
}

# refuses STATUS TEXT ARGUMENT...: inject ends so, says so, and changes no file here.
refuses() {
	local status=$1 text=$2 before
	shift 2
	before=$(find . -type f -exec md5sum {} + | sort)
	run "-$status" --separate-stderr xs-ddk inject "$@"
	has "$stderr" "$text"
	[ "$before" = "$(find . -type f -exec md5sum {} + | sort)" ] || fail "files have changed"
}

@test "what is no module is told apart and left alone" {
	: >empty.ko
	echo hello >text.ko
	cp "$(type -P true)" program.ko
	little $x86
	objcopy -R .modinfo little.ko no-modinfo.ko
	objcopy -R .gnu.linkonce.this_module little.ko unfinished.ko
	mkfifo pipe.ko
	refuses 2 "not an ELF file" --version 1 empty.ko
	refuses 2 "not an ELF file" --version 1 text.ko
	refuses 1 "its ELF type is" --version 1 program.ko
	refuses 1 "no section .modinfo" --version 1 no-modinfo.ko
	refuses 1 "not a finished kernel module" --version 1 unfinished.ko
	refuses 2 "not a regular file" --version 1 pipe.ko
	refuses 2 "not a regular file" --version 1 .
	refuses 2 "No such file" --version 1 missing.ko
}

@test "a module cut at any place is refused" {
	local size
	little $x86
	mv little.ko whole
	for ((size = 0; size < $(stat -c %s whole); size += 61)); do
		head -c "$size" whole >cut.ko
		run -2 --separate-stderr xs-ddk inject --version 1 cut.ko
		has "$stderr" "cut.ko: it is "
		[ "$(stat -c %s cut.ko)" -eq "$size" ]
	done
}

@test "a module that is compressed twice is refused" {
	little $x86
	gzip -c little.ko | xz -c >twice.ko.xz
	refuses 2 "compressed more than once" --version 1 twice.ko.xz
}

@test "an ELF header that lies about its own size does no harm" {
	little $x86
	cp little.ko expected.ko
	xs-ddk inject --version 1 expected.ko
	# e_ehsize
	printf '\377\377' | dd of=little.ko bs=1 seek=52 conv=notrunc status=none
	run -0 --separate-stderr xs-ddk inject --version 1 little.ko
	[ "$(stat -c %s little.ko)" -eq "$(stat -c %s expected.ko)" ]
}

@test "damaged compressed data is refused" {
	little $x86
	xz -k little.ko
	head -c 400 little.ko.xz >cut.ko.xz
	refuses 2 "cut.ko.xz" --version 1 cut.ko.xz
}

@test "one bad file of several does not keep the others from their record" {
	little $x86
	run -2 --separate-stderr xs-ddk inject --version 1 missing.ko little.ko
	run -0 --separate-stderr xs-ddk verify --version 1 little.ko
}

@test "versions that are not legal, and calls that lack something, are refused" {
	little $x86
	refuses 2 "not a legal version" --version 'a b' little.ko
	refuses 2 "not a legal version" --version '' little.ko
	refuses 2 "not a legal version" --version "$(printf '%064d' 0)" little.ko
	refuses 2 "--version is missing" little.ko
	refuses 2 "a FILE is missing" --version 1
	refuses 2 "unknown --compat 'xs8'" --version 1 --compat xs8 little.ko
}

@test "a full disk leaves the module as it was and nothing beside it" {
	little $x86
	head -c 3000 /dev/zero >filler
	# A file system of two pages, in a name space of its own.
	# shellcheck disable=SC2016
	run -0 own_mounts sh -euc '
		mkdir full && mount -t tmpfs -o size=8k none full
		cp little.ko full/ && cat filler >full/filler
		status=0
		xs-ddk inject --version 1 full/little.ko 2>full.err || status=$?
		[ "$status" -eq 1 ] && cmp little.ko full/little.ko
		ls -A full'
	[ "$output" = $'filler\nlittle.ko' ]
	has "$(cat full.err)" "No space left on device"
}

@test "a limit on the size of files leaves the module as it was and nothing beside it" {
	little $x86
	cp little.ko before.ko
	[ "$(stat -c %s little.ko)" -gt 1024 ]
	run -1 --separate-stderr bash -c 'ulimit -f 1; xs-ddk inject --version 1 little.ko'
	has "$stderr" "File too large"
	cmp little.ko before.ko
	[ "$(ls -A)" = $'before.ko\nlittle.ko' ]
}

@test "an inject that is killed half-way leaves the module as it was" {
	little $x86
	# Large, so that there is time.
	truncate -s 200M zeros
	objcopy --add-section .large=zeros little.ko large.ko
	rm zeros
	local before after killed=no
	before=$(md5sum <large.ko)
	xs-ddk inject --version 1 large.ko 3>&- &
	while kill -0 $! 2>/dev/null && [ $killed = no ]; do
		[ -z "$(find . -name '.xs-ddk-*')" ] || { kill -KILL $! && killed=yes; }
	done
	status=0
	wait $! || status=$?
	[ "$status" -eq 137 ]
	after=$(md5sum <large.ko)
	[ "$before" = "$after" ]
}

@test "a real kernel loads an injected module and shows its note" {
	local kernel root=$BATS_TEST_TMPDIR/root
	kernel=$(a_kernel)
	mkdir source && cp "$TOP"/example-driver/{Kbuild,xsedu.c} source
	make -s -C "$(kdir "$kernel")" M="$PWD/source" XS_VERSION=1.1.0 modules >&2
	run -1 --separate-stderr xs-ddk verify source/xsedu.ko
	xs-ddk inject --version 1.1.0 source/xsedu.ko
	diff <(notes "$(example_module 1.1.0 "$kernel")") <(notes source/xsedu.ko)
	install -D source/xsedu.ko "$root/lib/modules/$kernel/updates/xsedu.ko"
	run -0 --separate-stderr "$TOP/tests/vm/boot" --kernel "$kernel" --root "$root" <<-'END'
		modprobe xsedu
		xs-ddk verify --version 1.1.0 --loaded xsedu
		xs-ddk show --loaded xsedu
	END
	has "$output" "1.1.0 "
}
