#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Install this driver disk on a host. The program checks everything before it changes anything. It installs all packages
# in one transaction of rpm.
set -u

# shellcheck disable=SC2034 # pack.sh's
me=install.sh
sysroot='' batch='' dry_run='' accept_eula=''
here=$(cd "$(dirname "$0")" && pwd -P) || exit 1
# shellcheck source=rpm/disk/pack.sh
. "$here/pack.sh"

usage() {
	cat <<-END
		Usage: install.sh [OPTION...]

		Installs the packages of this driver disk that fit this host's kernels.

		  -b, --batch        ask nothing; a license must then be accepted with --accept-eula
		      --accept-eula  accept the license of the packages
		  -n, --dry-run      check everything and tell what would be done
		      --sysroot DIR  install on the host whose root is mounted at DIR
		  -h, --help         this text

		Exit status: 0 done, 1 failed, 2 the host is not one for this disk or you declined,
		3 it is installed already, or you declined to install it over a newer one, 4 the license was declined.
	END
}

while [ $# -gt 0 ]; do
	case $1 in
	-b | --batch) batch=1 ;;
	-n | --dry-run) dry_run=1 ;;
	--accept-eula) accept_eula=1 ;;
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
	*) stop 1 "unknown argument '$1'; see --help" ;;
	esac
	shift
done

# check_file NAME SIZE MD5: print the error in a file of the disk; nothing if the file is correct.
check_file() {
	if ! is_file_name "$1"; then
		echo "XS-PACKAGES names '$1', which is no file name"
	elif ! [ -f "$here/$1" ]; then
		echo "$1 is missing"
	elif [ "$(wc -c <"$here/$1" | tr -d ' ')" != "$2" ]; then
		echo "$1 is damaged: it has $(wc -c <"$here/$1" | tr -d ' ') bytes, and should have $2"
	elif [ "$(md5sum <"$here/$1" | cut -d' ' -f1)" != "$3" ]; then
		echo "$1 is damaged: its MD5 sum is not $3"
	fi
}

# check_plain NAME: print the first line that does not have the form that the kit writes. This program reads XML by
# lines. In other lines, for example in a comment, it might find elements that no XML parser finds. 'xs-ddk verify' has
# the same expressions.
check_plain() {
	attribute=' [a-z0-9-]+="([^"<>&]|&(amp|lt|gt|quot);)*"'
	text='([^<>&]|&(amp|lt|gt|quot);)*'
	plain="<\\?xml version=\"1\\.0\" encoding=\"UTF-8\"\\?>|<(repository|packages)($attribute)*>|</(repository|packages)>"
	plain="$plain| *<description>$text</description>| *<requires($attribute)+/>| *<package($attribute)+>$text</package>"
	awk -v name="$1" '/^<(repository|packages)/ && ++roots > 1 { print name " has a second <repository> or <packages>"; exit }' "$here/$1"
	grep -vnE -e "^($plain)\$" "$here/$1" | sed -e "s/^/$1 is damaged, line /" -e q
}

check_sums() {
	[ -f "$here/SHA256SUMS" ] && command -v sha256sum >/dev/null 2>&1 || return 0
	(cd "$here" && sha256sum -c SHA256SUMS 2>/dev/null) | sed -n 's/: FAILED.*/ is damaged or missing: SHA256SUMS/p'
}

check_files() {
	problems=$(
		check_plain XS-REPOSITORY
		check_plain XS-PACKAGES
		read_xml "$here/XS-PACKAGES" package text size md5 |
			while IFS=$US read -r file size md5 _; do
				check_file "$file" "$size" "$md5"
			done
		check_sums
	)
	[ -z "$problems" ] || stop 1 "this disk is not whole, and nothing was changed:
$problems"
	[ -n "$(read_xml "$here/XS-PACKAGES" package text)" ] || stop 1 "XS-PACKAGES names no package"
}

check_product() {
	[ -r "$sysroot/etc/xensource-inventory" ] ||
		stop 2 "$sysroot/etc/xensource-inventory cannot be read: this is no host for a driver disk"
	brand=$(inventory PRODUCT_BRAND)
	platform=$(inventory PLATFORM_NAME)
	[ "$product" = "$brand" ] || [ "$product" = "$platform" ] ||
		stop 2 "this disk is for $product; this host is ${brand:-without a brand} (platform ${platform:-unknown})"
}

# version_is VERSION TEST WANTED: compare two versions number by number. The build, after a dash, counts only if WANTED
# has one.
version_is() {
	awk -v have="$1" -v test="$2" -v want="$3" 'BEGIN {
		if (want !~ /-/)
			sub(/-.*/, "", have)
		h = split(have, a, /[.-]/)
		w = split(want, b, /[.-]/)
		for (i = 1; i <= h || i <= w; i++) {
			order = a[i] ~ /^[0-9]*$/ && b[i] ~ /^[0-9]*$/ ? a[i] - b[i] : (a[i] "" > b[i] "") - (a[i] "" < b[i] "")
			if (order != 0)
				break
		}
		exit !(test == "eq" && order == 0 || test == "ne" && order != 0 || test == "lt" && order < 0 ||
			test == "gt" && order > 0 || test == "le" && order <= 0 || test == "ge" && order >= 0)
	}'
}

# installed_version ID: print the version of an installed pack. Newer hosts have no record of the product itself, so its
# version comes from the inventory.
installed_version() {
	if [ -r "$(record_of "$1")/XS-REPOSITORY" ]; then
		read_xml "$(record_of "$1")/XS-REPOSITORY" repository version build |
			sed -e "s/$US\$//" -e "s/$US\$//" -e "s/$US/-/"
	else
		case $1 in
		xs:main) inventory PRODUCT_VERSION ;;
		xcp:main) inventory PLATFORM_VERSION ;;
		esac
	fi
}

check_requirements() {
	problems=$(
		read_xml "$here/XS-REPOSITORY" requires originator name test version build |
			while IFS=$US read -r who what test wanted build _; do
				found=$(installed_version "$who:$what")
				wanted=$wanted${build:+-$build}
				if [ -z "$found" ]; then
					echo "$who:$what $test $wanted is required, and there is no $who:$what"
				elif ! version_is "$found" "$test" "$wanted"; then
					echo "$who:$what $test $wanted is required, and it is $found"
				fi
			done
		total=$(sed -n 's/^MemTotal: *\([0-9]*\) kB$/\1/p' "$sysroot/proc/meminfo" 2>/dev/null)
		[ -z "$total" ] || [ "$((total / 1024))" -ge "${memory:-0}" ] ||
			echo "$memory MiB of memory are required, and there are $((total / 1024))"
	)
	[ -z "$problems" ] || stop 2 "this host is not one for this disk:
$problems"
}

# host_kernels: print the unames of the installed kernels. A directory that only a driver package made is no kernel.
host_kernels() {
	for directory in "$sysroot"/lib/modules/*; do
		if [ -d "$directory/kernel" ] || [ -f "$directory/modules.builtin" ] || [ -f "$directory/modules.order" ] ||
			[ -f "$sysroot/boot/vmlinuz-${directory##*/}" ]; then
			printf '%s\n' "${directory##*/}"
		fi
	done
}

is_listed() { printf '%s\n' "$2" | grep -qxF -e "$1"; }

# choose_packages: set $fitting to the files for this host, a line each.
choose_packages() {
	kernels=$(host_kernels)
	built_for=$(read_xml "$here/XS-PACKAGES" package kernel | tr -d "$US" | grep -vx -e any -e '' | sort -u)
	fitting=$(
		read_xml "$here/XS-PACKAGES" package text kernel type |
			while IFS=$US read -r file kernel type _; do
				case $type/$kernel in
				(rpm/* | driver-rpm/any) printf '%s\n' "$file" ;;
				(driver-rpm/*) ! is_listed "$kernel" "$kernels" || printf '%s\n' "$file" ;;
				esac
			done
	)
	common=''
	for kernel in $kernels; do
		if is_listed "$kernel" "$built_for"; then
			common="$common $kernel"
		else
			say "Kernel $kernel: no package of this disk is for it."
		fi
	done
	[ -n "$common" ] || [ -z "$built_for" ] || stop 2 "this disk is for the kernels
$built_for
and none of them is installed; this host has
${kernels:-none}"
}

# is_unfinished FILE: whether the package was installed, but its scriptlets were interrupted. They leave a file with its
# name.
is_unfinished() {
	name=$("$rpm" -qp --nosignature --qf '%{NAME}' "$here/$1") || return 1
	grep -qs -e " $name\$" "$sysroot"/lib/modules/.xs-install:*
}

# is_surplus FILE: whether the package is xs-driver-static, and the host has xs-driver from another package, or a newer
# one from this package.
is_surplus() {
	case $1 in
	(xs-driver-static-*) ;;
	(*) return 1 ;;
	esac
	for found in $(host_rpm -q --whatprovides --qf '%{NAME}=%{VERSION}\n' xs-driver 2>/dev/null); do
		case $found in
		(xs-driver-static=*)
			wanted=$("$rpm" -qp --nosignature --qf '%{VERSION}' "$here/$1") || return 1
			version_is "${found#*=}" gt "$wanted" && return
			;;
		(*=*) return 0 ;;
		esac
	done
	return 1
}

# choose_missing: set $missing to the files of $fitting that are not installed, or whose installation is unfinished.
choose_missing() {
	missing=$(
		for file in $fitting; do
			! is_surplus "$file" || continue
			package=$("$rpm" -qp --nosignature --qf '%{NAME}-%{VERSION}-%{RELEASE}.%{ARCH}' "$here/$file") ||
				stop 1 "$file cannot be read by rpm"
			host_rpm -q "$package" >/dev/null 2>&1 && ! is_unfinished "$file" || printf '%s\n' "$file"
		done
	) || exit
}

is_recorded() {
	for part in XS-REPOSITORY XS-PACKAGES; do
		[ -r "$record/$part" ] && [ "$(cat "$record/$part")" = "$(cat "$here/$part")" ] || return 1
	done
}

newer_is_installed() {
	[ -r "$record/XS-REPOSITORY" ] && version_is "$(without_hash "$(installed_version "$id")")" gt "$(without_hash "$version")"
}

# without_hash VERSION: print the version without the hash, which only distinguishes disks of one version and build.
without_hash() { printf '%s\n' "$1" | sed 's/[.]x[0-9a-f]*$//'; }

# check_installed: set $older to the option that makes rpm replace a newer package by an older one, if the user agrees
# to that.
check_installed() {
	older=''
	record=$(record_of "$id")
	if [ -z "$missing" ] && is_recorded; then
		stop 3 "$id $version is installed already"
	fi
	if newer_is_installed; then
		say "$id $(installed_version "$id") is installed, which is newer than $version."
		[ -z "$batch$dry_run" ] && agreed "Install the older one nevertheless?" || exit 3
		older=--oldpackage
	fi
}

# make-disk copied all licenses into the file EULA, because a host cannot read a file in a package with rpm alone.
check_license() {
	licensed=$(
		for file in $missing; do
			! "$rpm" -qpl --nosignature "$here/$file" | grep -q 'EULA$' || printf '%s\n' "$file"
		done
	)
	[ -n "$licensed" ] || return 0
	[ -s "$here/EULA" ] || stop 1 "$licensed: has a license to accept, and the disk's file EULA is missing"
	cat "$here/EULA"
	[ -z "$accept_eula$dry_run" ] || return 0
	[ -z "$batch" ] || stop 4 "the license must be accepted: with --accept-eula, or without --batch"
	agreed "Do you accept this license?" || stop 4 "the license was declined; nothing was changed"
}

# run_rpm ARGUMENT...: run rpm on the missing packages.
run_rpm() {
	set -f
	for file in $missing; do
		set -- "$@" "$here/$file"
	done
	set +f
	host_rpm "$@"
}

check_transaction() {
	# shellcheck disable=SC2086 # an option or none
	problems=$(run_rpm -U --replacepkgs $older --test 2>&1) && return
	case $problems in
	*'Failed dependencies'* | *conflict* | *'already installed'*) stop 2 "rpm refuses the packages:
$problems" ;;
	*) stop 1 "rpm cannot install the packages:
$problems" ;;
	esac
}

tell_plan() {
	say "$description ($id $version)"
	for file in $missing; do
		say "  install $file"
	done
	say "  record it in $record"
}

# write_record: write the record to a directory beside the final one, and rename it. The packages of an older version of
# the pack stay installed. So the older record is kept inside the new one, and uninstall.sh restores it.
write_record() {
	new=$record.new.$$
	mkdir -p "$new" && cp "$here/XS-REPOSITORY" "$here/XS-PACKAGES" "$here/pack.sh" "$here/uninstall.sh" "$new/" ||
		return 1
	if [ -d "$record" ]; then
		if [ "$(installed_version "$id")" != "$version" ]; then
			mv "$record" "$new/previous" || return 1
		else
			[ ! -d "$record/previous" ] || mv "$record/previous" "$new/previous" || return 1
			rm -rf "$record" || return 1
		fi
	fi
	mv "$new" "$record"
}

find_rpm
read_pack "$here"
check_files
check_product
check_requirements
choose_packages
choose_missing
check_installed
check_license
[ -z "$missing" ] || check_transaction
tell_plan
[ -z "$dry_run" ] || exit 0
[ -n "$batch" ] || agreed "Do you want to go on?" || stop 2 "declined; nothing was changed"
if [ -n "$missing" ]; then
	# shellcheck disable=SC2086 # an option or none
	run_rpm -U --replacepkgs $older -v || stop 1 "rpm failed; the pack was not recorded as installed"
fi
write_record || stop 1 "the packages are installed, but $record could not be written; run this again"
refresh_pack_info
say "Done."
