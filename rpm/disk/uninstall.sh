#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Remove the packages that a driver disk installed. The program runs from the disk, or from the record that install.sh
# wrote on the host.
set -u

# shellcheck disable=SC2034 # pack.sh's
me=uninstall.sh
# shellcheck disable=SC2034
sysroot='' batch='' dry_run='' id=''
here=$(cd "$(dirname "$0")" && pwd -P) || exit 1
# shellcheck source=rpm/disk/pack.sh
. "$here/pack.sh"

usage() {
	cat <<-END
		Usage: uninstall.sh [OPTION...] [ORIGINATOR:NAME]

		Removes the packages that the pack ORIGINATOR:NAME (this one's) brought, and its record.

		  -b, --batch        ask nothing
		  -n, --dry-run      tell what would be done
		      --sysroot DIR  the host whose root is mounted at DIR
		  -h, --help         this text

		Exit status: 0 done, 1 failed, 2 declined, 3 it is not installed.
	END
}

while [ $# -gt 0 ]; do
	case $1 in
	-b | --batch) batch=1 ;;
	-n | --dry-run) dry_run=1 ;;
	--sysroot=*) set_sysroot "${1#*=}" ;;
	--sysroot)
		[ $# -gt 1 ] || stop 1 "--sysroot needs a directory"
		set_sysroot "$2"
		shift
		;;
	-h | --help)
		usage
		exit 0
		;;
	-*) stop 1 "unknown argument '$1'; see --help" ;;
	*) id=$1 ;;
	esac
	shift
done

# package_names RECORD: print the names of a record's packages. The names come from the file names, which end with
# -VERSION-RELEASE.ARCH.rpm. The label is the package's name only in packs that the kit makes.
package_names() {
	[ -r "$1/XS-PACKAGES" ] || return 0
	read_xml "$1/XS-PACKAGES" package text | tr -d "$US" |
		while IFS= read -r file; do
			! is_file_name "$file" || printf '%s\n' "$file"
		done | sed -n 's/-[^-]*-[^-]*\.[^.]*\.rpm$//p' | sort -u
}

# kept: print the packages of other installed packs, and those that the previous version of the pack installed too.
kept() {
	for other in "${record%/*}"/*; do
		[ "$other" = "$record" ] || (package_names "$other") 2>/dev/null
	done
	package_names "$record/previous"
}

# removable: print the packages to remove. The metapackage goes in any case, because it belongs to this version.
# control-$name goes too: only toolstacks install it.
removable() {
	stay=$(kept | grep -vxF -e "update-$name")
	{
		package_names "$record"
		printf '%s\n' "update-$name" "control-$name"
	} | sort -u | while IFS= read -r package; do
		if ! printf '%s\n' "$stay" | grep -qxF -e "$package" && host_rpm -q "$package" >/dev/null 2>&1; then
			printf '%s\n' "$package"
		fi
	done
}

remove_record() {
	old=$record.old.$$
	mv "$record" "$old" || return 1
	[ ! -d "$old/previous" ] || mv "$old/previous" "$record" || return 1
	rm -rf "$old"
}

find_rpm
if [ -z "$id" ]; then
	read_pack "$here"
fi
case $id in
*[!A-Za-z0-9._:-]* | :* | *: | .* | *:*:*) stop 1 "'$id' is no ORIGINATOR:NAME" ;;
*:*) ;;
*) stop 1 "'$id' is no ORIGINATOR:NAME" ;;
esac
record=$(record_of "$id")
[ -d "$record" ] || stop 3 "$id is not installed: there is no $record"
read_pack "$record"
packages=$(removable)

say "$description ($id $version)"
for package in $packages; do
	say "  remove $package"
done
say "  remove $record"
if [ -n "$packages" ]; then
	# shellcheck disable=SC2086 # names have no blanks
	problems=$(host_rpm -e --test $packages 2>&1) || stop 1 "rpm refuses; nothing was changed:
$problems"
fi
[ -z "$dry_run" ] || exit 0
[ -n "$batch" ] || agreed "Do you want to go on?" || stop 2 "declined; nothing was changed"
if [ -n "$packages" ]; then
	# shellcheck disable=SC2086 # names have no blanks
	host_rpm -e $packages || stop 1 "rpm failed; the record was left"
fi
remove_record || stop 1 "the packages are removed, but $record could not be"
refresh_pack_info
say "Done."
