# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh disable=SC2034
# What install.sh and uninstall.sh share: reading a pack's two files, asking, and talking to rpm.
#
# Runs on a host as it is after installation: a POSIX shell, rpm, sed, grep, awk and md5sum. Whoever includes this
# has set $me, the program's name, and afterwards $sysroot, $batch and $dry_run.

LC_ALL=C
export LC_ALL

# Separates fields: a character that no name has, and that a shell does not take several of for one.
US=$(printf '\037')

repos=/etc/xensource/installed-repos

say() { printf '%s\n' "$*"; }

# stop STATUS TEXT...: ends with a reason.
stop() {
	stop_status=$1
	shift
	printf '%s: %s\n' "$me" "$*" >&2
	exit "$stop_status"
}

# read_xml FILE ELEMENT FIELD...: a line for each ELEMENT, with the values of its attributes, or of its text for
# the FIELD "text", each followed by $US. Entities are resolved; what the formats' files hold needs no more of XML.
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

# read_pack DIRECTORY: sets $id, $version (with its build), $product, $memory and $description from XS-REPOSITORY.
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

# is_file_name NAME: whether NAME names a file of the pack's own directory, and is fit to be an argument.
is_file_name() {
	case $1 in
	'' | [.-]* | *[!A-Za-z0-9._+~@^:-]*) return 1 ;;
	esac
}

# record_of ID: where hosts keep what is installed.
record_of() { printf '%s\n' "$sysroot$repos/$1"; }

# Busybox's shell takes its own small rpm for the real one, unless that is called by its path.
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

# host_rpm ARGUMENT...: rpm on the host's database.
host_rpm() {
	if [ -n "$sysroot" ]; then
		"$rpm" --root "$sysroot" "$@"
	else
		"$rpm" "$@"
	fi
}

# inventory KEY: its value in the host's inventory, without the quotes.
inventory() {
	sed -n "s/^$1=//p" "$sysroot/etc/xensource-inventory" | sed -e "s/^'\(.*\)'\$/\1/" -e 's/^"\(.*\)"$/\1/' -e q
}

# agreed QUESTION: whether the answer is yes. No answer is no.
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

# Tells the toolstack that the list of packs has changed. It reads it again at its next start in any case.
refresh_pack_info() {
	[ -z "$sysroot" ] && command -v xe >/dev/null 2>&1 || return 0
	xe host-refresh-pack-info host-uuid="$(inventory INSTALLATION_UUID)" ||
		say "Warning: the toolstack did not take the change; it will when it is restarted."
}

# set_sysroot DIR
set_sysroot() {
	sysroot=$(cd "$1" 2>/dev/null && pwd -P) || stop 1 "--sysroot $1 is no directory"
	[ "$sysroot" != / ] || sysroot=
}
