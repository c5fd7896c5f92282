# SPDX-License-Identifier: GPL-2.0-only
# The scriptlets of a module package. They need a POSIX shell, depmod and coreutils (or busybox), and no file of the
# kit.
#
# rpm/install-modules makes the scriptlets from this file. Each scriptlet has a line of settings, this file without its
# comments, and a call of a function scriptlet_*. The settings:
#
#	driver, version, uname   the package installs modules in /lib/modules/$uname/xenserver/$driver/$version
#	package                  the package's name
#	weak                     yes: call weak-modules, so that other kernels with the same symbols get the modules
#	deferred                 yes: rpm runs a file trigger at the end of the transaction (see initrd_is_due)
#	root                     empty on a host; tests set another root directory
#
# A module is selected by the link updates/<file> to the file of a version. The scriptlets make and remove these links,
# run depmod and rebuild the initrd. Only the links decide which file the kernel loads; README.md describes the rule.
#
# In an upgrade, rpm runs the new package's pre, unpacks it, and runs its post. Then it runs the old package's preun,
# removes the old files, and runs the old package's postun. posttrans runs last, but only for packages that were
# installed. The scriptlets change links before rpm removes files, so that no link dangles at any time. /dev/null may be
# missing: an installer may run the scriptlets in a root that it only prepares.
#
# Three files in /lib/modules record unfinished work. xs-driver knows them too:
#
#	.xs-driver.lock          locked with flock(1), if the host has it, by each program that changes links; mode 0600
#	.xs-driver.journal       the changes of an interrupted xs-driver; scriptlets do not touch the links of its drivers
#	.xs-install:UNAME:DRIVER:VERSION
#	                         a package whose post has not ended. The file has one line of three words: the stage,
#	                         "unpacking" or "post"; "first" if the version is to be selected, otherwise "later"; and
#	                         the package's name. The next scriptlet of any package finishes the work, as does a new
#	                         installation. xs-driver removes the file when it selects or deselects the driver.

set -u
LC_ALL=C
export LC_ALL
failed=0
lock=$root/lib/modules/.xs-driver.lock
journal=$root/lib/modules/.xs-driver.journal

# for_version DRIVER VERSION UNAME: set the variables that all functions below use.
for_version() {
	driver=$1 version=$2 uname=$3
	modules=$root/lib/modules/$uname
	updates=$modules/updates
	ours=$modules/xenserver/$driver
	unfinished=$root/lib/modules/.xs-install:$uname:$driver:$version
	# The directory of the marks that the scriptlet at the end of the transaction reads.
	state=$root/var/lib/rpm-state/
	[ -d "$state" ] || state=$root/lib/modules/.
	# This mark says that the kernel's initrd is out of date. XenServer's own %regenerate_initrd_* macros use the
	# same file. So the initrd is rebuilt once, by the first scriptlet that runs at the end of the transaction.
	mark=${state}regenerate-initrd-$uname
	# This mark replaces the first one while the initrd is being rebuilt. It stays if the rebuild fails.
	rebuilding=${state}xs-ddk-rebuilding-initrd-$uname
	# This mark says that the transaction installed the first version of the driver for this kernel. It holds the
	# version that post selected.
	first=${state}xs-ddk-first-$driver-$uname
}
for_version "$driver" "$version" "$uname"

say() {
	printf '%s-%s for %s: %s\n' "$driver" "$version" "$uname" "$*" >&2
}

# fail TEXT: report an error. The scriptlet continues with the rest of its work, and ends with status 1.
fail() {
	say "error: $*"
	failed=1
}

# module_of FILE: print the kernel's name for the module in FILE.
module_of() {
	name=${1##*/}
	printf '%s\n' "${name%.ko*}" | tr - _
}

# version_of LINK: print the version of the driver that the link selects; fail if the link belongs to no version of the
# driver. XenServer 9's own tools make absolute links to files in the directory dmv/.
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

# selected: print the selected version; nothing if no version is selected.
selected() {
	for link in "$updates"/*; do
		version_of "$link" && return
	done
}

# has_modules VERSION: whether the version has modules for this kernel.
has_modules() {
	for file in "$ours/$1"/*.ko*; do
		[ -f "$file" ] && return
	done
	return 1
}

# segment TEXT: set segment to the run of digits or letters at the start of TEXT.
segment() {
	case $1 in
	[0-9]*) segment=${1%%[!0-9]*} ;;
	*) segment=${1%%[!A-Za-z]*} ;;
	esac
}

# number_is_newer A B: whether A is the larger of two runs of digits, which may have any length.
number_is_newer() {
	a=${1#"${1%%[!0]*}"} b=${2#"${2%%[!0]*}"}
	[ ${#a} -gt ${#b} ] && return
	# Both have the same number of digits, so the order as text is the order of the numbers. All shells have this <.
	# shellcheck disable=SC3012
	[ ${#a} -eq ${#b} ] && [ "$a" \> "$b" ]
}

# is_newer A B: whether version A is newer than B in RPM's order, which the whole kit uses. Runs of digits compare as
# numbers, runs of letters as text. A number is newer than letters. '~' is older than the end of the version.
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

# newest_that TEST: print the newest version of the driver for which the command "TEST VERSION" succeeds; nothing if
# there is no such version.
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

# is_of_disk VERSION: whether an installed driver disk selects the version. The metapackage of a disk installs a file
# that has a line "DRIVER VERSION" for each driver.
is_of_disk() {
	for file in "$root"/etc/xs-ddk/selection/*; do
		[ ! -f "$file" ] || while read -r line; do
			[ "$line" != "$driver $1" ] || return 0
		done <"$file"
	done
	return 1
}

# is_production VERSION: whether info.json gives the version this status. "xs-ddk info" writes the status on a line of
# its own.
is_production() {
	[ ! -f "$ours/$1/info.json" ] || while read -r line; do
		case $line in '"status": "production"'*) return 0 ;; esac
	done <"$ours/$1/info.json"
	return 1
}

# in_the_way FILE: print the file in updates/ that is for the same module and is no link of this driver. The scriptlets
# do not change such a file.
in_the_way() {
	wanted=$(module_of "$1")
	for other in "$updates"/*.ko "$updates"/*.ko.*; do
		[ -e "$other" ] || [ -h "$other" ] || continue
		[ "$(module_of "$other")" = "$wanted" ] || continue
		[ -n "$(version_of "$other")" ] || { printf '%s\n' "$other" && return; }
	done
	return 1
}

# link_file FILE VERSION: select the module in FILE. The new link replaces an old link in one step.
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

# unlink_except VERSION: remove the links of this driver, except links to files of VERSION that exist.
unlink_except() {
	for link in "$updates"/*; do
		to=$(version_of "$link") || continue
		[ "$to" = "$1" ] && [ -n "$1" ] && [ -e "$ours/$1/${link##*/}" ] && continue
		rm -f "$link" || fail "$link cannot be removed"
	done
}

# choose VERSION: select the version, or deselect the driver if VERSION is ''. New links are made before old links are
# removed.
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

# unblock: remove the file with which older versions of xs-driver kept a deselected driver from loading, for all
# kernels.
unblock() {
	block=$root/etc/modprobe.d/xs-ddk-$driver.conf
	rm -f "$block" || fail "$block cannot be removed, so the driver does not load; remove that file"
}

# is_installed: whether a version of the driver is installed for some kernel. This version for this kernel does not
# count.
is_installed() {
	for directory in "$root"/lib/modules/*/xenserver/"$driver"/*/; do
		[ -d "$directory" ] && [ "$directory" != "$ours/$version/" ] && return
	done
	return 1
}

# previous_version: print the version that was selected before, as xs-driver recorded it in .previous. Older versions of
# xs-driver made .previous as a link.
previous_version() {
	if [ -h "$ours/.previous" ]; then
		readlink "$ours/.previous"
	elif [ -f "$ours/.previous" ]; then
		IFS= read -r line <"$ours/.previous" || :
		printf '%s\n' "$line"
	fi
}

# forget: remove the files that xs-driver wrote about this version, which is being erased. With the driver's last
# version, remove those about the driver too.
forget() {
	if [ "$(previous_version)" = "$version" ] || [ -z "$(newest_other)" ]; then
		rm -f "$ours/.previous" || fail "$ours/.previous cannot be removed"
	fi
	[ -n "$(newest_other)" ] || rm -f "$first"
	is_installed || unblock
	rm -f "$unfinished"
}

# is_any_installed: whether a version of any driver is installed for any kernel.
is_any_installed() {
	for directory in "$root"/lib/modules/*/xenserver/*/*/; do
		[ -d "$directory" ] && return
	done
	return 1
}

# kernel_is_there: whether the kernel itself is installed. A package may be installed before its kernel, and may stay
# when the kernel is removed. The kernel's own package runs depmod and makes the initrd.
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

# run_program ARGUMENT...: run the program that find_program found. The program does not inherit the lock's descriptor:
# otherwise a process that it leaves running would hold the lock.
run_program() {
	"$found" "$@" 9>&-
}

# take_lock: wait until no other program changes links, and lock until this scriptlet ends.
take_lock() {
	if [ -d "$root/lib/modules" ] && find_program flock && (umask 077 && : >>"$lock"); then
		exec 9<"$lock"
		"$found" 9 || fail "$lock cannot be locked"
	fi
}

# is_interrupted: whether xs-driver was interrupted while it changed this driver. Only xs-driver can finish such a
# change.
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

# update_depmod: run depmod for this kernel only, so that modprobe finds the modules.
update_depmod() {
	kernel_is_there || return 0
	find_program depmod || { fail "there is no depmod; run 'depmod $uname' when there is" && return; }
	# With -b alone, depmod does not read the configuration below root.
	if [ -n "$root" ]; then
		run_program -b "$root" -C "$root/etc/depmod.d" "$uname"
	else
		run_program "$uname"
	fi || fail "depmod failed; fix what it says and run 'depmod $uname'"
}

# update_weak add|remove: call the distribution's weak-modules, which links the modules into other kernels that can use
# them.
update_weak() {
	[ "$weak" = yes ] || return 0
	find_program weak-modules || return 0
	for link in "$updates"/*; do
		[ -z "$(version_of "$link")" ] || printf '%s\n' "${link#"$root"}"
	done | run_program --no-initramfs "--$1-modules" || fail "weak-modules --$1-modules failed"
}

# settle: if one transaction installed several versions, select one of them independently of rpm's order: the version
# that a driver disk selects, otherwise the newest version for production, otherwise the newest.
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

# initrd_image: set image to the kernel's initrd; fail if there is none. The scriptlets make no initrd that was not
# there.
initrd_image() {
	for image in initrd-$uname.img initramfs-$uname.img initrd.img-$uname initrd-$uname; do
		image=/boot/$image
		[ -e "$root$image" ] && return
	done
	return 1
}

# rebuild_initrd: make $image with the host's program for this; status 1 if the program fails.
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

# update_initrd: rebuild the initrd if it is marked as out of date. The file $rebuilding stays until the rebuild has
# succeeded, so that the next transaction tries again.
update_initrd() {
	[ -e "$mark" ] || return 0
	mv -f "$mark" "$rebuilding"
	if ! kernel_is_there || ! initrd_image || rebuild_initrd; then
		rm -f "$rebuilding"
	fi
}

# resume_initrd: mark the initrd as out of date if its last rebuild failed or was interrupted.
resume_initrd() {
	[ ! -e "$rebuilding" ] || mv -f "$rebuilding" "$mark"
}

# initrd_is_due: whether this postun must rebuild the initrd. rpm runs no posttrans for packages that it erases. An rpm
# that has file triggers runs the trigger of any package that is left for this kernel, at the end of the transaction. If
# no package is left, or if rpm is older, postun rebuilds the initrd.
initrd_is_due() {
	[ "$deferred" = yes ] || return 0
	for file in "$modules"/xenserver/*/*/info.json; do
		[ -e "$file" ] && return 1
	done
	return 0
}

# write_unfinished STAGE CHOICE: write the record of the unfinished installation, in one step.
write_unfinished() {
	new=$root/lib/modules/.xs-install.new
	if ! mkdir -p "$root/lib/modules" || ! printf '%s %s %s\n' "$1" "$2" "$package" >"$new" ||
		! mv -f "$new" "$unfinished"; then
		fail "$unfinished cannot be written"
	fi
}

# read_unfinished: set $stage, $choice and $package from the record of the unfinished installation.
read_unfinished() {
	stage='' choice=''
	read -r stage choice package <"$unfinished" || :
}

# begin COUNT: record that this version is being installed, and whether it is to be selected: only the first version of
# a driver is. A record of an interrupted installation stays, so that the repeated installation makes the same choice.
# COUNT is rpm's $1.
begin() {
	[ ! -e "$unfinished" ] || return 0
	if [ "$1" -eq 1 ] && [ -z "$(selected)" ] && [ -z "$(newest_other)" ]; then
		write_unfinished unpacking first
	else
		write_unfinished unpacking later
	fi
}

# finish: do all work that a version needs after it was unpacked. The work may be repeated without harm.
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

# finish_other FILE: finish an interrupted installation. It runs in a subshell, because it sets the variables for
# another version.
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
		# This version does not take part in the choice between the versions of this transaction.
		rm -f "$first"
		update_initrd
	else
		say "warning: its installation was interrupted; run 'rpm -U --replacepkgs' with the package $package"
	fi
	exit $failed
}

# repair: finish all interrupted work, for any driver and kernel.
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

# The first version that is installed becomes the selected version. If other versions come in the same transaction,
# scriptlet_end chooses between them. A later version, or a new package of the same version, does not change the
# selection.
scriptlet_post() {
	take_lock
	repair
	begin "$1"
	finish
	exit $failed
}

# When the selected version is erased, the newest remaining version becomes the selected version. If this fails, rpm
# does not erase the package.
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
		# A new package of the same version may have fewer modules.
		[ "$(selected)" != "$version" ] || is_interrupted || unlink_except "$version"
		update_depmod
		[ "$1" -ne 0 ] || ! initrd_is_due || update_initrd
	fi
	[ -d "$modules" ] || rm -f "$mark"
	# No package is left that would use the lock.
	is_any_installed || rm -f "$lock"
	exit $failed
}

scriptlet_end() {
	take_lock
	settle
	update_initrd
	exit $failed
}
