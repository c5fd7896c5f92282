# SPDX-License-Identifier: GPL-2.0-only
# The verbs that hostile files are made with. Each changes the file named by $file. An ELF file is little-endian unless
# $big is set, and has 64 bits unless $narrow is set. $layout is what "readelf -hSW" prints of the file before any change.

# put OFFSET BYTES VALUE: write the value over the bytes there, in the byte order of the file.
put() {
	local value=$3 hex='' byte i
	for ((i = 0; i < $2; i++)); do
		byte=$(printf '\\x%02x' $((value >> 8 * i & 255)))
		[ -n "${big-}" ] && hex=$byte$hex || hex+=$byte
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

# place FIELD...: set $place to the offset and the width of FIELD. Each FIELD of the arguments after the first is
# "name:offset:width" in 64 bits, and, if they differ, ":offset:width" in 32 bits.
place() {
	local field=$1 name wide wide_width low low_width
	shift
	while IFS=: read -r name wide wide_width low low_width; do
		[ "$name" = "$field" ] || continue
		place=("$wide" "$wide_width")
		[ -z "${narrow-}" ] || place=("${low:-$wide}" "${low_width:-$wide_width}")
		return
	done < <(printf '%s\n' "$@")
	return 1
}

# ehdr FIELD VALUE: a field of the ELF header.
ehdr() {
	local place
	place "$1" class:4:1 data:5:1 type:16:2 shoff:40:8:32:4 shentsize:58:2:46:2 shnum:60:2:48:2 shstrndx:62:2:50:2 &&
		put "${place[@]}" "$2"
}

# header_at SECTION: where its header stands. Section "0" is the first of all, which is none.
header_at() {
	local index=0
	[ "$1" = 0 ] || index=$(sed -n "s/^ *\[ *\([0-9]*\)\] $1 .*/\1/p;T;q" <<<"$layout")
	echo $(($(sed -n 's/.*Start of section headers: *\([0-9]*\).*/\1/p' <<<"$layout") + ${narrow:-64} * index))
}

# shdr SECTION FIELD VALUE
shdr() {
	local at place
	at=$(header_at "$1")
	place "$2" name:0:4 type:4:4 flags:8:8:8:4 offset:24:8:16:4 size:32:8:20:4 link:40:4:24:4 addralign:48:8:32:4 &&
		put $((at + place[0])) "${place[1]}" "$3"
}

# content_at SECTION: where its bytes stand.
content_at() {
	echo $((0x$(sed -n "s/^ *\[ *[0-9]*\] $1  *[A-Z0-9_]*  *[0-9a-f]*  *\([0-9a-f]*\) .*/\1/p" <<<"$layout")))
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
	table=$(($(content_at "$names")))
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
