# SPDX-License-Identifier: GPL-2.0-only
# What a module package does on a host. It needs a POSIX shell, depmod and coreutils (or busybox); nothing of this kit.
#
# rpm/install-modules makes the package's scriptlets from this file. Each begins with a line of settings, then comes this
# file without its comments, then a call of one of the functions named scriptlet_*. The settings:
#
#	driver, version, uname   what the package brings: /lib/modules/$uname/xenserver/$driver/$version
#	package                  the package's name
#	weak                     yes: tell weak-modules of the modules, for other kernels with the same symbols
#	deferred                 yes: a file trigger of rpm ends the transaction (see initrd_is_due)
#	root                     empty on a host; tests work below another directory
#
# A module is selected by the link updates/<file>, which leads to the file of a version. The scriptlets make and remove
# these links, run depmod and rebuild the initrd. Nothing else decides which file the kernel loads; README.md tells the rule.
#
# The order in rpm: an upgrade runs the new package's pre, unpacks it, runs its post, then the old package's preun, removes
# the old files, and runs the old package's postun. posttrans comes last, but only for what was installed. Links are changed
# before files go, so that no link dangles at any moment. A root that an installer prepares may have no /dev/null.
#
# Three files in /lib/modules tell of work that is not finished. xs-driver knows them too:
#
#	.xs-driver.lock          locked with flock(1), where the host has it, by whoever changes links; mode 0600
#	.xs-driver.journal       what an interrupted xs-driver was changing: those drivers' links are left alone
#	.xs-install:UNAME:DRIVER:VERSION
#	                         a package whose post has not ended. Its one line has three words: "unpacking" or "post",
#	                         which is as far as it came; "first" if its version is to be selected, else "later"; and
#	                         the package's name. The next scriptlet of any package, and the package installed again,
#	                         finish the work; xs-driver removes the file when it selects or deselects the driver.

set -u
LC_ALL=C
export LC_ALL
failed=0
lock=$root/lib/modules/.xs-driver.lock
journal=$root/lib/modules/.xs-driver.journal

# for_version DRIVER VERSION UNAME: what all functions below are about.
for_version() {
	driver=$1 version=$2 uname=$3
	modules=$root/lib/modules/$uname
	updates=$modules/updates
	ours=$modules/xenserver/$driver
	unfinished=$root/lib/modules/.xs-install:$uname:$driver:$version
	# Where marks are that the end of the transaction looks for.
	state=$root/var/lib/rpm-state/
	[ -d "$state" ] || state=$root/lib/modules/.
	# The initrd of the kernel is out of date. XenServer's own %regenerate_initrd_* macros use this file too: whoever ends
	# the transaction first rebuilds the initrd, once.
	mark=${state}regenerate-initrd-$uname
	# The same, while the initrd is being rebuilt and after that failed.
	rebuilding=${state}xs-ddk-rebuilding-initrd-$uname
	# The transaction installed the first version of the driver for this kernel: this one, which its post selected.
	first=${state}xs-ddk-first-$driver-$uname
}
for_version "$driver" "$version" "$uname"

say() {
	printf '%s-%s for %s: %s\n' "$driver" "$version" "$uname" "$*" >&2
}

# fail TEXT: report an error. The scriptlet goes on with what else there is to do, and ends with status 1.
fail() {
	say "error: $*"
	failed=1
}

# module_of FILE: the name the kernel has for the module in FILE.
module_of() {
	name=${1##*/}
	printf '%s\n' "${name%.ko*}" | tr - _
}

# version_of LINK: the version of the driver that the link selects; fails if the link is not this driver's. XenServer 9's own
# tools make absolute links, to files in the directory dmv/.
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

# is_newer A B: whether version A is newer than B in RPM's order, which the whole kit uses: runs of digits compare as
# numbers, runs of letters as text, a number is newer than letters, '~' is older than the end.
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

# in_the_way FILE: a file in updates/ for the same module that is not a link of this driver's. It is left alone.
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
			"to load $name instead, remove that file and run 'xs-driver select $driver $2 --kernel $uname'"
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

# unblock: older versions of xs-driver wrote a file that keeps a deselected driver from loading, for all kernels.
unblock() {
	block=$root/etc/modprobe.d/xs-ddk-$driver.conf
	rm -f "$block" || fail "$block cannot be removed, so the driver does not load; remove that file"
}

# is_installed: there is a version of the driver for some kernel, other than this one for this kernel.
is_installed() {
	for directory in "$root"/lib/modules/*/xenserver/"$driver"/*/; do
		[ -d "$directory" ] && [ "$directory" != "$ours/$version/" ] && return
	done
	return 1
}

# previous_version: the version that xs-driver remembers as selected before: the line in .previous, which older versions
# of xs-driver made as a link.
previous_version() {
	if [ -h "$ours/.previous" ]; then
		readlink "$ours/.previous"
	elif [ -f "$ours/.previous" ]; then
		IFS= read -r line <"$ours/.previous" || :
		printf '%s\n' "$line"
	fi
}

# forget: this version goes, so nothing that xs-driver left may name it, or be all that is left of the driver.
forget() {
	if [ "$(previous_version)" = "$version" ] || [ -z "$(newest_other)" ]; then
		rm -f "$ours/.previous" || fail "$ours/.previous cannot be removed"
	fi
	[ -n "$(newest_other)" ] || rm -f "$first"
	is_installed || unblock
	rm -f "$unfinished"
}

# is_any_installed: there is a version of some driver for some kernel.
is_any_installed() {
	for directory in "$root"/lib/modules/*/xenserver/*/*/; do
		[ -d "$directory" ] && return
	done
	return 1
}

# kernel_is_there: a package may be installed before its kernel is, or stay after the kernel was removed. The kernel's own
# package runs depmod and makes the initrd when it comes.
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

# run_program ARGUMENT...: run what find_program found. It does not get the lock, or a process that it leaves behind would
# hold it.
run_program() {
	"$found" "$@" 9>&-
}

# take_lock: wait until nobody else changes links, and keep others from it until this scriptlet ends.
take_lock() {
	if [ -d "$root/lib/modules" ] && find_program flock && (umask 077 && : >>"$lock"); then
		exec 9<"$lock"
		"$found" 9 || fail "$lock cannot be locked"
	fi
}

# is_interrupted: xs-driver was interrupted while it changed this driver. Only xs-driver knows how to go on.
is_interrupted() {
	[ -e "$journal" ] || return 1
	while IFS= read -r line; do
		case $line in
		*"xenserver/$driver/"* | *"dmv/$driver/"* | *"/xs-ddk-$driver.conf"*) return 0 ;;
		esac
	done <"$journal"
	return 1
}

recovery="xs-driver was interrupted while it changed this driver; run 'xs-driver recover', then"

# update_depmod: let modprobe know, for this kernel only.
update_depmod() {
	kernel_is_there || return 0
	find_program depmod || { fail "there is no depmod; run 'depmod $uname' when there is" && return; }
	# -b would not read the configuration below root.
	if [ -n "$root" ]; then
		run_program -b "$root" -C "$root/etc/depmod.d" "$uname"
	else
		run_program "$uname"
	fi || fail "depmod failed; fix what it says and run 'depmod $uname'"
}

# update_weak add|remove: other kernels that can use the modules, as their distribution's weak-modules sees fit.
update_weak() {
	[ "$weak" = yes ] || return 0
	find_program weak-modules || return 0
	for link in "$updates"/*; do
		[ -z "$(version_of "$link")" ] || printf '%s\n' "${link#"$root"}"
	done | run_program --no-initramfs "--$1-modules" || fail "weak-modules --$1-modules failed"
}

# settle: of several versions that came in one transaction, select the one that does not depend on rpm's order: what a
# driver disk says, else the newest for production, else the newest.
settle() {
	[ -e "$first" ] && ! is_interrupted || return 0
	read -r now <"$first" || :
	rm -f "$first"
	for test in is_of_disk is_production true; do
		wanted=$(newest_that "$test")
		[ -z "$wanted" ] || break
	done
	[ -n "$wanted" ] && [ "$wanted" != "$now" ] || return 0
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

# rebuild_initrd: make $image with what the host has for that; status 1 if that fails.
rebuild_initrd() {
	if find_program dracut; then
		run_program -f "$image" "$uname"
	elif find_program update-initramfs; then
		run_program -u -k "$uname"
	elif find_program mkinitrd; then
		run_program -f "$image" "$uname"
	else
		true
	fi && return
	fail "${found#"$root"} failed: $image still holds the former modules; fix what it says and run it again"
	return 1
}

# update_initrd: rebuild the initrd if it is marked as out of date. Until that has succeeded the file $rebuilding stays, and
# the next transaction tries again.
update_initrd() {
	[ -e "$mark" ] || return 0
	mv -f "$mark" "$rebuilding"
	if ! kernel_is_there || ! initrd_image || rebuild_initrd; then
		rm -f "$rebuilding"
	fi
}

# resume_initrd: an initrd that could not be rebuilt, or whose rebuilding was interrupted, is still out of date.
resume_initrd() {
	[ ! -e "$rebuilding" ] || mv -f "$rebuilding" "$mark"
}

# initrd_is_due: rpm runs no posttrans for what it erases. In an rpm that knows file triggers, the trigger of any package
# left for this kernel ends the transaction. If no package is left, or rpm is older, this scriptlet rebuilds the initrd.
initrd_is_due() {
	[ "$deferred" = yes ] || return 0
	for file in "$modules"/xenserver/*/*/info.json; do
		[ -e "$file" ] && return 1
	done
	return 0
}

# write_unfinished STAGE CHOICE
write_unfinished() {
	new=$root/lib/modules/.xs-install.new
	if ! mkdir -p "$root/lib/modules" || ! printf '%s %s %s\n' "$1" "$2" "$package" >"$new" ||
		! mv -f "$new" "$unfinished"; then
		fail "$unfinished cannot be written"
	fi
}

# read_unfinished: sets $stage, $choice and $package.
read_unfinished() {
	stage='' choice=''
	read -r stage choice package <"$unfinished" || :
}

# begin COUNT: note that this version is being installed, and whether it is to be selected: the first version of a driver
# is. What an interrupted installation noted stays, so that the repeated one does the same. COUNT is rpm's $1.
begin() {
	[ ! -e "$unfinished" ] || return 0
	if [ "$1" -eq 1 ] && [ -z "$(selected)" ] && [ -z "$(newest_other)" ]; then
		write_unfinished unpacking first
	else
		write_unfinished unpacking later
	fi
}

# finish: all that a version needs after it was unpacked. Doing it again does no harm.
finish() {
	read_unfinished
	if is_interrupted; then
		fail "$recovery 'rpm -U --replacepkgs' with this package"
		return
	fi
	write_unfinished post "$choice"
	rm -f "$updates"/.*.ko.new "$updates"/.*.ko.*.new
	now=$(selected)
	if [ -z "$now" ] && [ "$choice" = first ]; then
		now=$version
		printf '%s\n' "$version" >"$first" || fail "$first cannot be written"
	fi
	if [ "$now" = "$version" ]; then
		choose "$version"
		mark_initrd
		update_weak add
	fi
	update_depmod
	[ $failed -ne 0 ] || rm -f "$unfinished"
}

# finish_other FILE: finish an installation that was interrupted, in a shell of its own.
finish_other() {
	names=${1##*/.xs-install:}
	driver=${names#*:}
	for_version "${driver%%:*}" "${names##*:}" "${names%%:*}"
	failed=0
	read_unfinished
	if ! has_modules "$version"; then
		rm -f "$unfinished"
	elif [ "$stage" = post ]; then
		say "its installation was interrupted, and is finished now"
		finish
		# It does not compete with the versions of this transaction.
		rm -f "$first"
		update_initrd
	else
		say "warning: its installation was interrupted; run 'rpm -U --replacepkgs' with the package $package"
	fi
	exit $failed
}

# repair: whatever was interrupted before, for any driver and kernel.
repair() {
	resume_initrd
	for file in "$root"/lib/modules/.xs-install:*:*:*; do
		[ ! -f "$file" ] || [ "$file" = "$unfinished" ] || (finish_other "$file") || failed=1
	done
}

scriptlet_pre() {
	take_lock
	begin "$1"
	exit $failed
}

# The first version that is installed is selected; if others come with it, the end of the transaction settles which.
# Another one later, or the same packaged anew, leaves the selection alone.
scriptlet_post() {
	take_lock
	repair
	begin "$1"
	finish
	exit $failed
}

# Erasing the selected version selects the newest that is left. If this fails, rpm does not erase the package.
scriptlet_preun() {
	[ "$1" -eq 0 ] || exit 0
	take_lock
	if is_interrupted; then
		fail "$recovery erase this package again"
		exit $failed
	fi
	if [ "$(selected)" = "$version" ]; then
		update_weak remove
		choose "$(newest_other)"
		update_weak add
		mark_initrd
	fi
	forget
	exit $failed
}

scriptlet_postun() {
	take_lock
	repair
	if [ -d "$modules" ]; then
		# The same version, packaged anew, may have fewer modules.
		[ "$(selected)" != "$version" ] || is_interrupted || unlink_except "$version"
		update_depmod
		[ "$1" -ne 0 ] || ! initrd_is_due || update_initrd
	fi
	[ -d "$modules" ] || rm -f "$mark"
	# Nobody is left who would take it.
	is_any_installed || rm -f "$lock"
	exit $failed
}

scriptlet_end() {
	take_lock
	settle
	update_initrd
	exit $failed
}
