# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh disable=SC2034
# Functions that install.sh and uninstall.sh share: read a pack's two files, ask the user, run rpm.
#
# They need only programs that every host has: a POSIX shell, rpm, sed, grep, awk and md5sum. The script that includes
# this file sets $me, the program's name, and $sysroot, $batch and $dry_run.

LC_ALL=C
export LC_ALL

# The separator of fields. No name has this character. The shell does not merge several of them into one, as it does
# with blanks.
US=$(printf '\037')

repos=/etc/xensource/installed-repos

say() { printf '%s\n' "$*"; }

# stop STATUS TEXT...: print the reason and exit with this status.
stop() {
	stop_status=$1
	shift
	printf '%s: %s\n' "$me" "$*" >&2
	exit "$stop_status"
}

# read_xml FILE ELEMENT FIELD...: print a line for each ELEMENT, with the values of its attributes FIELD, each followed
# by $US. The FIELD "text" is the text of the element. Entities are resolved. The files of the formats need no more of
# XML.
read_xml() {
	xml_file=$1 xml_element=$2
	shift 2
	awk -v element="$xml_element" -v fields="$*" -v us="$US" '
	function resolve(s) {
		gsub(/&lt;/, "<", s)
		gsub(/&gt;/, ">", s)
		gsub(/&quot;/, "\"", s)
		gsub(/&apos;|&#39;/, "\047", s)
		gsub(/&amp;/, "\\&", s)
		gsub(/[\n\t\r\037]+/, " ", s)
		return s
	}
	BEGIN {
		RS = "<"
		count = split(fields, field, " ")
	}
	$0 ~ "^" element "[ \t\n/>]" {
		end = index($0, ">")
		tag = substr($0, 1, end - 1)
		split("", value)
		value["text"] = substr($0, end + 1)
		while (match(tag, /[A-Za-z][A-Za-z0-9-]*[ \t\n]*=[ \t\n]*("[^"]*"|\047[^\047]*\047)/)) {
			pair = substr(tag, RSTART, RLENGTH)
			tag = substr(tag, RSTART + RLENGTH)
			name = pair
			sub(/[ \t\n]*=.*/, "", name)
			sub(/^[^"\047]*["\047]/, "", pair)
			value[name] = substr(pair, 1, length(pair) - 1)
		}
		line = ""
		for (i = 1; i <= count; i++)
			line = line resolve(value[field[i]]) us
		print line
	}' "$xml_file"
}

# read_pack DIRECTORY: set $id, $version (with the build), $product, $memory and $description from XS-REPOSITORY.
read_pack() {
	for part in XS-REPOSITORY XS-PACKAGES; do
		[ -f "$1/$part" ] && [ -r "$1/$part" ] || stop 1 "$1/$part is missing, or may not be read"
	done
	pack=$(read_xml "$1/XS-REPOSITORY" repository originator name product version build memory-requirement-mb)
	IFS=$US read -r originator name product version build memory <<-END
		$pack
	END
	description=$(read_xml "$1/XS-REPOSITORY" description text | tr -d "$US")
	case $originator:$name in
	*[!A-Za-z0-9._:-]* | :* | *: | .*) stop 1 "$1/XS-REPOSITORY does not say whose pack it is, and its name" ;;
	esac
	[ -n "$version" ] || stop 1 "$1/XS-REPOSITORY does not say the pack's version"
	id=$originator:$name
	version=$version${build:+-$build}
}

# is_file_name NAME: whether NAME can be a file in the pack's own directory, and an argument of a program.
is_file_name() {
	case $1 in
	'' | [.-]* | *[!A-Za-z0-9._+~@^:-]*) return 1 ;;
	esac
}

# record_of ID: print the directory of the host's record of an installed pack.
record_of() { printf '%s\n' "$sysroot$repos/$1"; }

# find_rpm: set $rpm to the path of rpm. Without a path, busybox's shell would run its own small rpm.
find_rpm() {
	old_ifs=$IFS
	IFS=:
	for directory in ${PATH:-} /usr/bin /bin; do
		[ ! -x "$directory/rpm" ] || break
	done
	IFS=$old_ifs
	[ -x "$directory/rpm" ] || stop 1 "there is no rpm here"
	rpm=$directory/rpm
}

# host_rpm ARGUMENT...: run rpm on the host's database.
host_rpm() {
	if [ -n "$sysroot" ]; then
		"$rpm" --root "$sysroot" "$@"
	else
		"$rpm" "$@"
	fi
}

# inventory KEY: print the value of KEY in the host's inventory, without the quotes.
inventory() {
	sed -n "s/^$1=//p" "$sysroot/etc/xensource-inventory" | sed -e "s/^'\(.*\)'\$/\1/" -e 's/^"\(.*\)"$/\1/' -e q
}

# agreed QUESTION: ask the user; succeed if the answer is yes. The end of stdin counts as no.
agreed() {
	while :; do
		printf '%s (y/n) ' "$1"
		IFS= read -r answer || {
			echo
			return 1
		}
		case $answer in
		[Yy]*) return 0 ;;
		[Nn]*) return 1 ;;
		esac
	done
}

# refresh_pack_info: tell the toolstack that the list of packs has changed. Otherwise the toolstack reads the list at
# its next start.
refresh_pack_info() {
	[ -z "$sysroot" ] && command -v xe >/dev/null 2>&1 || return 0
	xe host-refresh-pack-info host-uuid="$(inventory INSTALLATION_UUID)" ||
		say "Warning: the toolstack did not take the change; it will when it is restarted."
}

# set_sysroot DIR: set $sysroot to the absolute path of DIR; empty for the root directory.
set_sysroot() {
	sysroot=$(cd "$1" 2>/dev/null && pwd -P) || stop 1 "--sysroot $1 is no directory"
	[ "$sysroot" != / ] || sysroot=
}
