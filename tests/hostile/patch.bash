# SPDX-License-Identifier: GPL-2.0-only
# The verbs hostile files are made with. Each changes the file named by $file.

# put OFFSET BYTES VALUE: the value, little-endian, over what is there.
put() {
	local value=$3 hex='' i
	for ((i = 0; i < $2; i++)); do
		hex+=$(printf '\\x%02x' $((value >> 8 * i & 255)))
	done
	# shellcheck disable=SC2059 # the format is the bytes
	printf "$hex" | dd of="$file" bs=1 seek=$(($1)) conv=notrunc status=none
}

# text OFFSET STRING: the string, with printf's escapes, over what is there.
text() {
	printf '%b' "$2" | dd of="$file" bs=1 seek=$(($1)) conv=notrunc status=none
}

# flip OFFSET: all bits of one byte, counted from the end when negative.
flip() {
	local at=$1
	[ "$at" -ge 0 ] || at=$(($(stat -c %s "$file") + at))
	put "$at" 1 $((255 ^ $(od -An -tu1 -j "$at" -N 1 "$file")))
}

# cut_to SIZE: the first SIZE bytes only; a negative one is what goes.
cut_to() {
	truncate -s $(($1 < 0 ? $(stat -c %s "$file") + $1 : $1)) "$file"
}

# append STRING, with printf's escapes.
append() {
	printf '%b' "$1" >>"$file"
}

# zeros COUNT: appends them.
zeros() {
	truncate -s +"$1" "$file"
}

# ehdr FIELD VALUE: a field of the ELF header of 64 bits.
ehdr() {
	case $1 in
	class) put 4 1 "$2" ;;
	data) put 5 1 "$2" ;;
	type) put 16 2 "$2" ;;
	shoff) put 40 8 "$2" ;;
	shentsize) put 58 2 "$2" ;;
	shnum) put 60 2 "$2" ;;
	shstrndx) put 62 2 "$2" ;;
	*) return 1 ;;
	esac
}

# header_at SECTION: where its header stands. Section "0" is the first of all, which is none.
header_at() {
	local index=0
	[ "$1" = 0 ] || index=$(readelf -SW "$base" | sed -n "s/^ *\[ *\([0-9]*\)\] $1 .*/\1/p" | head -n 1)
	echo $(($(readelf -hW "$base" | sed -n 's/.*Start of section headers: *\([0-9]*\).*/\1/p') + 64 * index))
}

# shdr SECTION FIELD VALUE
shdr() {
	local at
	at=$(header_at "$1")
	case $2 in
	name) put "$at" 4 "$3" ;;
	type) put $((at + 4)) 4 "$3" ;;
	flags) put $((at + 8)) 8 "$3" ;;
	offset) put $((at + 24)) 8 "$3" ;;
	size) put $((at + 32)) 8 "$3" ;;
	link) put $((at + 40)) 4 "$3" ;;
	addralign) put $((at + 48)) 8 "$3" ;;
	*) return 1 ;;
	esac
}

# content_at SECTION: where its bytes stand.
content_at() {
	echo $((0x$(readelf -SW "$base" | sed -n "s/^ *\[ *[0-9]*\] $1  *[A-Z0-9_]*  *[0-9a-f]*  *\([0-9a-f]*\) .*/\1/p")))
}

# note FIELD VALUE: of the record.
note() {
	local at
	at=$(content_at .note.xenserver)
	case $1 in
	namesz) put "$at" 4 "$2" ;;
	descsz) put $((at + 4)) 4 "$2" ;;
	type) put $((at + 8)) 4 "$2" ;;
	name) text $((at + 12)) "$2" ;;
	desc) text $((at + 24)) "$2" ;;
	*) return 1 ;;
	esac
}

# info OFFSET STRING: over .modinfo, which holds license= at 0, name= at 12 and vermagic= at 22.
info() {
	text $(($(content_at .modinfo) + $1)) "$2"
}

# name_at SECTION: where its name stands in the name table.
name_at() {
	local table
	table=$(($(content_at .shstrtab)))
	echo $(($(grep -abo "$1" "$base" | tail -n 1 | cut -d: -f1) - table))
}

# trailer LENGTH: the marker of a signature that says to have so many bytes, and none before it.
trailer() {
	append '\x00\x00\x02\x00\x00\x00\x00\x00'
	append "$(printf '\\x%02x' $(($1 >> 24 & 255)) $(($1 >> 16 & 255)) $(($1 >> 8 & 255)) $(($1 & 255)))"
	append '~Module signature appended~\n'
}

# tool COMMAND...: a program changes the file in place.
tool() {
	"$@" "$file"
}
