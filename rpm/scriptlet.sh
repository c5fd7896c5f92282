# SPDX-License-Identifier: GPL-2.0-only
# What a module package does on a host: POSIX sh, depmod and coreutils (or busybox) are all it needs.
#
# rpm/install-modules makes the package's scriptlets of it: a first line with the settings, this file without its
# comments, and a last line that calls one of the functions named scriptlet_*. The settings:
#
#	driver, version, uname   what the package brings: /lib/modules/$uname/xenserver/$driver/$version
#	weak                     yes: tell weak-modules of the modules, for other kernels with the same symbols
#	deferred                 yes: a file trigger of rpm's ends the transaction (see initrd_is_due)
#	root                     empty; tests work below another directory
#
# A module is selected by the link updates/<file> to its file. Order in rpm: an upgrade runs the new package's post,
# the old one's preun, removes its files, then the old one's postun; posttrans comes last, but only of what was
# installed, not of what was erased. An installer's root may have no /dev/null. Links are changed before files go, so that at no moment one dangles.

set -u
LC_ALL=C
export LC_ALL
modules=$root/lib/modules/$uname
updates=$modules/updates
ours=$modules/xenserver/$driver
failed=0

say() {
	printf '%s-%s for %s: %s\n' "$driver" "$version" "$uname" "$*" >&2
}

# fail TEXT: say it, and let the scriptlet end with status 1; what else there is to do is done.
fail() {
	say "error: $*"
	failed=1
}

# module_of FILE: the name the kernel has for the module in FILE.
module_of() {
	name=${1##*/}
	printf '%s\n' "${name%.ko*}" | tr - _
}

# version_of LINK: the version of the driver that the link selects; fails if it is no link of this driver's. Links of
# XenServer 9's own tools are absolute and go by its directory dmv/.
version_of() {
	[ -h "$1" ] || return 1
	target=$(readlink "$1")
	target=${target#../}
	target=${target#"/lib/modules/$uname/"}
	case $target in
	xenserver/"$driver"/*/* | dmv/"$driver"/*/*) ;;
	*) return 1 ;;
	esac
	target=${target#*/"$driver"/}
	printf '%s\n' "${target%%/*}"
}

# selected: the version that is selected; nothing if none is.
selected() {
	for link in "$updates"/*; do
		version_of "$link" && return
	done
}

# has_modules VERSION
has_modules() {
	for file in "$ours/$1"/*.ko*; do
		[ -f "$file" ] && return
	done
	return 1
}

# segment TEXT: the run of digits or letters that TEXT begins with.
segment() {
	case $1 in
	[0-9]*) segment=${1%%[!0-9]*} ;;
	*) segment=${1%%[!A-Za-z]*} ;;
	esac
}

# number_is_newer A B: two runs of digits, of any length.
number_is_newer() {
	a=${1#"${1%%[!0]*}"} b=${2#"${2%%[!0]*}"}
	[ ${#a} -gt ${#b} ] && return
	# As text, which for the same number of digits is the order of the numbers. All shells have this <.
	# shellcheck disable=SC3012
	[ ${#a} -eq ${#b} ] && [ "$a" \> "$b" ]
}

# is_newer A B: whether version A is newer than B in RPM's order, by which all of the kit goes: runs of digits compare
# as numbers, runs of letters as text, a number is newer than letters, '~' is older than the end.
is_newer() {
	x=$1 y=$2
	while :; do
		x=${x#"${x%%[A-Za-z0-9~]*}"} y=${y#"${y%%[A-Za-z0-9~]*}"}
		case $x,$y in
		'~'*,'~'*) x=${x#?} y=${y#?} && continue ;;
		'~'*,*) return 1 ;;
		*,'~'*) return 0 ;;
		,*) return 1 ;;
		*,) return 0 ;;
		esac
		segment "$x" && p=$segment
		segment "$y" && q=$segment
		case $p,$q in
		[0-9]*,[!0-9]*) return 0 ;;
		[!0-9]*,[0-9]*) return 1 ;;
		[0-9]*)
			number_is_newer "$p" "$q" && return
			number_is_newer "$q" "$p" && return 1
			;;
		*)
			# shellcheck disable=SC3012
			[ "$p" \> "$q" ] && return
			# shellcheck disable=SC3012
			[ "$p" \< "$q" ] && return 1
			;;
		esac
		x=${x#"$p"} y=${y#"$q"}
	done
}

# newest_that TEST: the newest version of the driver for which the command "TEST VERSION" succeeds; nothing if there is none.
newest_that() {
	newest=
	for directory in "$ours"/*/; do
		other=${directory%/}
		other=${other##*/}
		if has_modules "$other" && "$1" "$other" && { [ -z "$newest" ] || is_newer "$other" "$newest"; }; then
			newest=$other
		fi
	done
	printf '%s' "$newest"
}

is_another() { [ "$1" != "$version" ]; }
newest_other() { newest_that is_another; }

# is_of_disk VERSION: a driver disk that is installed selects it. The metapackage of a disk brings a file with a line
# "DRIVER VERSION" for each driver.
is_of_disk() {
	for file in "$root"/etc/xs-ddk/selection/*; do
		[ ! -f "$file" ] || while read -r line; do
			[ "$line" != "$driver $1" ] || return 0
		done <"$file"
	done
	return 1
}

# is_production VERSION: its info.json says so, on a line of its own, as "xs-ddk info" writes it.
is_production() {
	[ ! -f "$ours/$1/info.json" ] || while read -r line; do
		case $line in '"status": "production"'*) return 0 ;; esac
	done <"$ours/$1/info.json"
	return 1
}

# in_the_way FILE: somebody else's file for the same module, if there is one: ours to leave alone.
in_the_way() {
	wanted=$(module_of "$1")
	for other in "$updates"/*.ko "$updates"/*.ko.*; do
		[ -e "$other" ] || [ -h "$other" ] || continue
		[ "$(module_of "$other")" = "$wanted" ] || continue
		[ -n "$(version_of "$other")" ] || { printf '%s\n' "$other" && return; }
	done
	return 1
}

# link_file FILE VERSION: select the module in FILE, in one step.
link_file() {
	name=${1##*/}
	if foreign=$(in_the_way "$name"); then
		say "warning: ${foreign#"$root"} is not a link of this driver's, so it stays and $name is not selected;" \
			"move it away and install this package again"
		return
	fi
	if ! ln -sf "../xenserver/$driver/$2/$name" "$updates/.$name.new" ||
		! mv -f "$updates/.$name.new" "$updates/$name"; then
		fail "$updates/$name cannot be made"
	fi
}

# unlink_except VERSION: remove the links of this driver that are not to a file VERSION has.
unlink_except() {
	for link in "$updates"/*; do
		to=$(version_of "$link") || continue
		[ "$to" = "$1" ] && [ -n "$1" ] && [ -e "$ours/$1/${link##*/}" ] && continue
		rm -f "$link" || fail "$link cannot be removed"
	done
}

# choose VERSION: select it, or with '' none. The new links come first.
choose() {
	if [ -n "$1" ]; then
		mkdir -p "$updates" || fail "$updates cannot be made"
		for file in "$ours/$1"/*.ko "$ours/$1"/*.ko.*; do
			[ -f "$file" ] && link_file "$file" "$1"
		done
		unblock
	fi
	unlink_except "$1"
}

# What xs-driver leaves for later: the version selected before, and on hosts whose depmod knows no "exclude" a file that
# keeps a deselected driver from being loaded, for any kernel.
previous=$ours/.previous
block=$root/etc/modprobe.d/xs-ddk-$driver.conf

# is_installed: there is some version of the driver for some kernel, this one apart.
is_installed() {
	for directory in "$root"/lib/modules/*/xenserver/"$driver"/*/; do
		[ -d "$directory" ] && [ "$directory" != "$ours/$version/" ] && return
	done
	return 1
}

unblock() {
	rm -f "$block" || fail "$block cannot be removed, so the driver is not loaded; remove it"
}

# forget: this version goes, so nothing that xs-driver left may speak of it, or be all that is left of the driver.
forget() {
	if [ "$(readlink "$previous")" = "$version" ] || [ -z "$(newest_other)" ]; then
		rm -f "$previous" || fail "$previous cannot be removed"
	fi
	[ -n "$(newest_other)" ] || rm -f "$first"
	is_installed || unblock
}

# kernel_is_there: a package may be there before its kernel is, or after it has gone. What the kernel's own packages
# do when it comes includes this.
kernel_is_there() {
	[ -e "$modules/modules.order" ] || [ -e "$modules/modules.builtin" ] || [ -d "$modules/kernel" ] ||
		[ -e "$modules/modules.dep" ]
}

find_program() {
	for found in "$root/sbin/$1" "$root/usr/sbin/$1" "$root/bin/$1" "$root/usr/bin/$1"; do
		[ -x "$found" ] && return
	done
	return 1
}

# update_depmod: let modprobe know, for this kernel only.
update_depmod() {
	kernel_is_there || return 0
	find_program depmod || { fail "there is no depmod; run 'depmod $uname' when there is" && return; }
	# -b would not read the configuration below root.
	if [ -n "$root" ]; then
		"$found" -b "$root" -C "$root/etc/depmod.d" "$uname"
	else
		"$found" "$uname"
	fi || fail "depmod failed; fix what it says and run 'depmod $uname'"
}

# update_weak add|remove: other kernels that can use the modules, as their distribution's weak-modules sees fit.
update_weak() {
	[ "$weak" = yes ] || return 0
	find_program weak-modules || return 0
	for link in "$updates"/*; do
		[ -z "$(version_of "$link")" ] || printf '%s\n' "${link#"$root"}"
	done | "$found" --no-initramfs "--$1-modules" || fail "weak-modules --$1-modules failed"
}

# Where marks are that the end of the transaction looks for.
state=$root/var/lib/rpm-state/
[ -d "$state" ] || state=$root/lib/modules/.

# The mark that this kernel's initrd is out of date, where XenServer's own %regenerate_initrd_* macros look for it too:
# whoever ends the transaction first rebuilds it, once.
mark=${state}regenerate-initrd-$uname

# The mark that the transaction installed the first version of the driver for this kernel.
first=${state}xs-ddk-first-$driver-$uname

# settle: of several versions that came in one transaction, select the one that does not depend on rpm's order: what a
# driver disk says, else the newest for production, else the newest.
settle() {
	[ -e "$first" ] || return 0
	rm -f "$first"
	for test in is_of_disk is_production true; do
		wanted=$(newest_that "$test")
		[ -z "$wanted" ] || break
	done
	[ -n "$wanted" ] && [ "$wanted" != "$(selected)" ] || return 0
	update_weak remove
	choose "$wanted"
	update_weak add
	update_depmod
	mark_initrd
}

mark_initrd() {
	kernel_is_there || return 0
	: >"$mark" || fail "$mark cannot be written"
}

# initrd_image: the initrd that there is for this kernel; where there is none, none is made.
initrd_image() {
	for image in initrd-$uname.img initramfs-$uname.img initrd.img-$uname initrd-$uname; do
		image=/boot/$image
		[ -e "$root$image" ] && return
	done
	return 1
}

# update_initrd: rebuild it if it is marked, with what the host has for that.
update_initrd() {
	[ -e "$mark" ] || return 0
	rm -f "$mark"
	kernel_is_there || return 0
	initrd_image || return 0
	if find_program dracut; then
		"$found" -f "$image" "$uname"
	elif find_program update-initramfs; then
		"$found" -u -k "$uname"
	elif find_program mkinitrd; then
		"$found" -f "$image" "$uname"
	else
		true
	fi || fail "${found#"$root"} failed: $image still holds the former modules; fix what it says and run it again"
}

# initrd_is_due: rpm runs no posttrans for what it erases. Where it knows file triggers, that of any package left for
# this kernel ends the transaction; when no package is left, or in old rpms, this scriptlet has to.
initrd_is_due() {
	[ "$deferred" = yes ] || return 0
	for file in "$modules"/xenserver/*/*/info.json; do
		[ -e "$file" ] && return 1
	done
	return 0
}

# The first version that is installed is selected; if others come with it, the end of the transaction settles which.
# Another one later, or the same packaged anew, leaves the selection alone.
scriptlet_post() {
	now=$(selected)
	if [ -z "$now" ] && [ "$1" -eq 1 ] && [ -z "$(newest_other)" ]; then
		now=$version
		: >"$first" || fail "$first cannot be written"
	fi
	if [ "$now" = "$version" ]; then
		choose "$version"
		mark_initrd
		update_weak add
	fi
	update_depmod
	exit $failed
}

# Erasing the selected version selects the newest that is left.
scriptlet_preun() {
	if [ "$1" -eq 0 ] && [ "$(selected)" = "$version" ]; then
		update_weak remove
		choose "$(newest_other)"
		update_weak add
		mark_initrd
	fi
	[ "$1" -ne 0 ] || forget
	exit $failed
}

scriptlet_postun() {
	if [ -d "$modules" ]; then
		# The same version, packaged anew, may have fewer modules.
		[ "$(selected)" != "$version" ] || unlink_except "$version"
		update_depmod
		[ "$1" -ne 0 ] || ! initrd_is_due || update_initrd
	fi
	[ -d "$modules" ] || rm -f "$mark"
	exit $failed
}

scriptlet_end() {
	settle
	update_initrd
	exit $failed
}
