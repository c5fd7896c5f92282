#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# xs-driver list and check: versions, states and what to do, in each format.

load helpers
load driver/host

setup() {
	make_host
	install_fake intel-ice 1.2.0 ice
	install_fake intel-ice 1.10.0 ice
}

# state NAME: what list says of the driver's state in JSON.
state() { driver list --format json "$1" | jq -r '.drivers[0].state'; }

# problem NAME: it is listed as that problem, in the table with what to do, and check ends with 1 and the same.
problem() {
	has "$(state intel-ice)" "$1"
	has "$(driver list)" "intel-ice: $1: "
	run -1 driver check
	has "$output" "intel-ice: $1: "
	run -1 driver check --format json intel-ice
	[ "$(jq -r ".findings[] | select(.problem == \"$1\") | .hint" <<<"$output" | wc -l)" = 1 ]
	[ "$(driver list --format prometheus | grep "problem=\"$1\"")" = \
		"xs_driver_problem{driver=\"intel-ice\",kernel=\"$UNAME\",problem=\"$1\"} 1" ]
}

@test "a driver that is neither loaded nor selected is inactive, deselected" {
	[ "$(state intel-ice)" = "inactive, deselected" ]
	has "$(driver list)" "intel-ice  1.2.0 1.10.0"
}

@test "a selected driver that is not loaded is inactive, selected, and needs no reboot" {
	driver select intel-ice 1.2.0
	[ "$(state intel-ice)" = "inactive, selected" ]
	has "$(driver list)" ">1.2.0 1.10.0"
}

@test "a driver loaded as selected is active, selected" {
	driver select intel-ice 1.10.0
	loaded ice 1.10.0
	[ "$(state intel-ice)" = "active, selected" ]
	has "$(driver list)" "1.2.0 *>1.10.0"
}

@test "a loaded driver that is deselected, or selected otherwise, needs a reboot" {
	loaded ice 1.2.0
	[ "$(state intel-ice)" = "active, deselected, reboot required" ]
	driver select intel-ice 1.10.0
	[ "$(state intel-ice)" = "active, selected, reboot required" ]
	has "$(driver list)" "*1.2.0 >1.10.0"
}

@test "links to two versions are mixed, and so are links to some of a version's modules" {
	install_fake intel-ice 2.0 ice ice-more
	install_fake intel-ice 3.0 ice ice-more
	link_update ice.ko ../xenserver/intel-ice/2.0/ice.ko
	problem mixed
	link_update ice-more.ko ../xenserver/intel-ice/3.0/ice-more.ko
	problem mixed
	driver select intel-ice 3.0
	[ "$(state intel-ice)" = "inactive, selected" ]
}

@test "a link to what is not there is dangling, also when the whole driver is gone" {
	link_update ice.ko ../xenserver/intel-ice/9.9/ice.ko
	problem dangling
	rm -r "$(hierarchy)/intel-ice"
	problem dangling
}

@test "a regular file in updates/ is foreign" {
	mkdir "$root/lib/modules/$UNAME/updates"
	cp "$(fake_module ice -)" "$root/lib/modules/$UNAME/updates/ice.ko"
	problem foreign
}

@test "a link that leads out of the hierarchy is escaping, an absolute one is called that" {
	link_update ice.ko ../../../../tmp/ice.ko
	problem escaping
	link_update ice.ko "/lib/modules/$UNAME/xenserver/intel-ice/1.2.0/ice.ko"
	problem absolute
}

@test "a link whose name is not that of the file it leads to is misnamed, in both directions, and select mends it" {
	install_fake net 1.0 net net_core
	driver select net 1.0
	for pair in net.ko:net_core.ko net_core.ko:net.ko; do
		link_update "${pair%:*}" "../xenserver/net/1.0/${pair#*:}"
		run -1 --separate-stderr driver check net
		has "$output" "net: misnamed: a link in updates/ has another name than the module that it points to (${pair%:*})"
		lacks "$output" escaping
		[ "$(state net)" = "inactive, misnamed" ]
		driver select net 1.0
		[ "$(selected "${pair%:*}")" = "../xenserver/net/1.0/${pair%:*}" ]
		driver check net
	done
}

@test "a link under a name that no version has belongs to the driver it leads to, and deselect removes it" {
	link_update alias.ko ../xenserver/intel-ice/1.2.0/ice.ko
	problem misnamed
	driver deselect intel-ice --force
	[ "$(selected alias.ko)" = none ]
}

@test "files that do not belong among the versions are strays, temporary ones are left over" {
	driver select intel-ice 1.2.0
	: >"$(hierarchy)/intel-ice/1.2.0/README"
	ln -s ice.ko "$(hierarchy)/intel-ice/1.2.0/alias.ko"
	xz -k "$(hierarchy)/intel-ice/1.10.0/ice.ko"
	mkdir "$(hierarchy)/intel-ice/1.2.0/deep"
	: >"$(hierarchy)/file"
	ln -s x "$root/lib/modules/$UNAME/updates/.ice.ko.new"
	run -1 driver check
	has "$output" "1.2.0/README: stray: expected a module or info.json"
	has "$output" "1.2.0/alias.ko: stray: it is a symbolic link, expected a file"
	has "$output" "1.10.0/ice.ko.xz: stray: ice.ko is beside it, and both are the module ice"
	has "$output" "xenserver/file: stray: found file, expected <driver>/<version>/<file>"
	has "$output" "xenserver/intel-ice/1.2.0/deep: stray: found intel-ice/1.2.0/deep"
	has "$output" "updates/.ice.ko.new: leftover: "
}

@test "a module of two drivers is told of" {
	install_fake other-ice 1 ice
	run -1 driver check
	has "$output" "other-ice/1/ice.ko: two-drivers: ice is a module of the drivers intel-ice and other-ice"
}

@test "a module loaded without a record is untracked, and so is one with a garbled record" {
	driver select intel-ice 1.2.0
	loaded ice
	problem untracked
	head -c 300 /dev/urandom >"$root/sys/module/ice/notes/.note.xenserver"
	problem untracked
	[ "$(driver list --format json | jq -r '.drivers[0].active_version')" = null ]
}

@test "a loaded version that is not installed is shown as unknown" {
	loaded ice 0.9
	problem unknown-version
	has "$(driver list)" "1.2.0 1.10.0 *0.9"
}

@test "modules loaded in two versions are split" {
	install_fake intel-ice 2.0 ice ice-more
	loaded ice 1.2.0
	loaded ice_more 2.0
	problem split
}

@test "a hierarchy in which nothing is wrong is sound" {
	driver select intel-ice 1.2.0
	run -0 --separate-stderr driver check
	[ "$output" = "all is sound" ]
	[ -z "$stderr" ]
}

@test "check tells of a version whose record, kernel or file is wrong, and of what does not belong there" {
	cp "$(fake_module ice 7.7)" "$(hierarchy)/intel-ice/1.2.0/ice.ko"
	cp "$(fake_module ice 1.10.0 5.4.3-other)" "$(hierarchy)/intel-ice/1.10.0/ice.ko"
	install_fake other 1 other
	echo no module >"$(hierarchy)/other/1/other.ko"
	mkdir "$(hierarchy)/bad name" "$(hierarchy)/other/2"
	run -1 driver check
	has "$output" "ice.ko has the record of version '7.7', not '1.2.0'"
	has "$output" "ice.ko is built for kernel '5.4.3-other', not '$UNAME'"
	has "$output" "other.ko is not a complete kernel module"
	has "$output" "xenserver/bad name: stray"
	has "$output" "xenserver/other/2: stray: the version has no module"
}

@test "check tells of a modules.dep that does not know what is selected" {
	driver select intel-ice 1.2.0
	: >"$root/lib/modules/$UNAME/modules.dep"
	run -1 driver check
	has "$output" "modules.dep of $UNAME does not have updates/ice.ko"
	has "$output" "depmod $UNAME"
}

@test "check tells of a depmod.d without the exclude line, and of a journal" {
	rm "$root/etc/depmod.d/xs-ddk.conf"
	echo '{' >"$root/lib/modules/.xs-driver.journal"
	run -1 driver check
	has "$output" "no-exclude"
	has "$output" "interrupted"
	has "$(driver list)" "run 'xs-driver recover'"
	[ "$(driver list --format json | jq .interrupted)" = true ]
}

# unfinished STAGE CHOICE: the scriptlet of a package of intel-ice 1.2.0 was killed.
unfinished() {
	mark=$root/lib/modules/.xs-install:$UNAME:intel-ice:1.2.0
	echo "$1 $2 intel-ice-1.2.0-modules" >"$mark"
}

@test "a package whose scriptlet was killed is told of, and recover does what the scriptlet was about to do" {
	unfinished post first
	mkdir "$root/lib/modules/$UNAME/updates"
	ln -s x "$root/lib/modules/$UNAME/updates/.ice.ko.new"
	run -1 driver check
	has "$output" "${mark#"$root"}: unfinished: the installation of a package was interrupted"
	has "$output" "  xs-driver recover"
	run -0 --separate-stderr driver recover
	has "$stderr" "the installation of intel-ice 1.2.0 for kernel $UNAME had been interrupted; it is finished now"
	[ "$(selected ice.ko)" = ../xenserver/intel-ice/1.2.0/ice.ko ]
	[ "$(dep)" = updates/ice.ko ]
	[ "$(ls -A "$root/lib/modules/$UNAME/updates")" = ice.ko ]
	[ ! -e "$mark" ]
	driver check
}

@test "recover leaves a selection alone, and selects nothing for a package that was not to select" {
	unfinished post later
	driver recover
	[ "$(selected ice.ko)" = none ]
	driver select intel-ice 1.10.0
	unfinished post first
	driver recover
	[ "$(selected ice.ko)" = ../xenserver/intel-ice/1.10.0/ice.ko ]
	[ ! -e "$mark" ]
}

@test "a package of which not all files are there must be installed again, unless somebody selects" {
	unfinished unpacking first
	run -1 driver check
	has "$output" "run 'rpm -U --replacepkgs' with the package intel-ice-1.2.0-modules"
	run -1 driver recover
	has "$output" "was interrupted before all its files were there"
	[ -e "$mark" ]
	driver select intel-ice 1.10.0
	[ ! -e "$mark" ]
}

@test "an initrd that a package could not make again is told of" {
	: >"$root/lib/modules/.rebuilding-initrd-$UNAME"
	run -1 driver check
	has "$output" ".rebuilding-initrd-$UNAME: initrd: "
}

@test "check tells of a modprobe.d file that keeps a selected driver, or one that is gone, from loading" {
	driver select intel-ice 1.2.0
	for name in intel-ice gone; do
		echo 'install ice /bin/false' >"$root/etc/modprobe.d/xs-ddk-$name.conf"
		run -1 driver check
		has "$output" "$name: blocked: "
		has "$output" "rm /etc/modprobe.d/xs-ddk-$name.conf"
		rm "$root/etc/modprobe.d/xs-ddk-$name.conf"
	done
	run -0 driver check
}

@test "JSON has the fields of a driver, from the host, the files and info.json" {
	driver select intel-ice 1.2.0
	loaded ice 1.2.0
	mkdir "$root/sys/module/ice/drivers/pci:ice"
	run -0 --separate-stderr driver list --format json
	[ "$(jq -c '[.format, .schema, (.drivers | length)]' <<<"$output")" = '["xs-driver-list",2,1]' ]
	[ "$(jq -c '.drivers[0] | [.name, .host, .kernel, .type, .description, .modules, .drivers]' <<<"$output")" = \
		"[\"intel-ice\",\"$HOST\",\"$UNAME\",\"network\",\"Driver intel-ice\",[\"ice\"],[\"ice\"]]" ]
	[ "$(jq -c '.drivers[0] | [.active_version, .selected_version, .reboot_required, .hardware_present]' <<<"$output")" = \
		'["1.2.0","1.2.0",false,false]' ]
	[ "$(jq -c '.drivers[0].versions[] | [.version, .variant, .priority, .status, .files]' <<<"$output")" = \
		$'["1.2.0","1.2.0",10.5,"production",["ice.ko"]]\n["1.10.0","1.10.0",10.5,"production",["ice.ko"]]' ]
}

@test "xe prints the records of hostdriver-list and hostdriver-variant-list, as the toolstack does" {
	local uuid variant
	sed -i 's/"priority": 10.5/"priority": 2/; s/"variant": "1.10.0"/"variant": "oem"/; s/production/beta/' "$(hierarchy)/intel-ice/1.10.0/info.json"
	driver select intel-ice 1.10.0
	loaded ice 1.2.0
	uuid=$(driver list --format json | jq -r '.drivers[0].uuid')
	variant=$(uuidgen --sha1 --namespace "$uuid" --name oem)
	run -0 --separate-stderr driver list --format xe
	[ "$output" = "uuid ( RO)                  : $uuid
                  name ( RO): intel-ice
                  type ( RO): network
           description ( RO): Driver intel-ice
                  info ( RO): intel-ice
             host-uuid ( RO): $HOST
        active-variant ( RO): 1.2.0
      selected-variant ( RO): oem
              variants ( RO): 1.2.0/1.2.0; oem/1.10.0
   variants-dev-status ( RO): 1.2.0=production; oem=beta
         variants-uuid ( RO): 1.2.0/$(uuidgen --sha1 --namespace "$uuid" --name 1.2.0); oem/$variant
   variants-hw-present ( RO): " ]
	driver deselect intel-ice --force
	has "$(driver list --format xe)" "selected-variant ( RO): <none>"
	run -0 --separate-stderr driver list --format xe-variants
	has "$output" "uuid ( RO)                  : $variant
                  name ( RO): oem
               version ( RO): 1.10.0
                status ( RO): beta
              priority ( RO):   2.0
                active ( RO): false
              selected ( RO): false
           driver-uuid ( RO): $uuid
           driver-name ( RO): intel-ice
             host-uuid ( RO): $HOST
            hw-present ( RO): false"
}

@test "a driver's UUID, a variant's name and a variant's UUID are taken for names" {
	local uuid
	sed -i 's/"variant": "1.10.0"/"variant": "oem"/' "$(hierarchy)/intel-ice/1.10.0/info.json"
	uuid=$(driver list --format json | jq -r '.drivers[0].uuid')
	driver select "$uuid" 1.2.0
	[ "$(selected ice.ko)" = ../xenserver/intel-ice/1.2.0/ice.ko ]
	driver select intel-ice oem
	[ "$(selected ice.ko)" = ../xenserver/intel-ice/1.10.0/ice.ko ]
	driver rollback "$uuid"
	driver select "$(uuidgen --sha1 --namespace "$uuid" --name oem)"
	[ "$(selected ice.ko)" = ../xenserver/intel-ice/1.10.0/ice.ko ]
	has "$(driver list "$uuid")" intel-ice
	driver check "$uuid"
	driver deselect "$uuid" --force
	[ "$(selected ice.ko)" = none ]
	run -2 --separate-stderr driver select "$HOST"
	has "$stderr" "no driver or variant has the UUID $HOST"
	run -2 --separate-stderr driver select intel-ice
	has "$stderr" "select takes a driver's name and a version"
}

@test "prometheus prints each metric with one HELP and TYPE line before its samples" {
	driver select intel-ice 1.2.0
	run -0 --separate-stderr driver list --format prometheus
	awk '/^# (HELP|TYPE) / { if (seen[$2, $3]++) exit 1; metric = $3; next }
		!/^[a-z_]+(\{([a-z_]+="([^"\\]|\\.)*",?)*\})? [01]$/ || index($1, metric) != 1 { print; exit 1 }' <<<"$output"
	has "$output" "xs_driver_selected{driver=\"intel-ice\",kernel=\"$UNAME\"} 1"
}

@test "a driver's UUID is the name-based one of its name within the host's" {
	# RFC 9562, section 5.5, computed by another implementation.
	[ "$(driver list --format json | jq -r '.drivers[0].uuid')" = "$(uuidgen --sha1 --namespace $HOST --name intel-ice)" ]
}

@test "UUIDs stay when all is installed anew, and the inventory's goes before the machine's" {
	before=$(driver list --format json | jq -r '.drivers[].uuid')
	rm -r "$(hierarchy)"
	install_fake intel-ice 3.0 ice
	[ "$(driver list --format json | jq -r '.drivers[].uuid')" = "$before" ]
	echo "INSTALLATION_UUID='11111111-2222-4333-8444-555555555555'" >"$root/etc/xensource-inventory"
	has "$(driver list --format xe)" "host-uuid ( RO): 11111111-2222-4333-8444-555555555555"
	run -1 test "$(driver list --format json | jq -r '.drivers[].uuid')" = "$before"
}

@test "a host without an identity has drivers without UUIDs" {
	rm "$root/etc/machine-id"
	[ "$(driver list --format json | jq -c '.drivers[0] | [.uuid, .host]')" = '[null,null]' ]
}

@test "drivers are found by their name, a module's, and with - or _ in it" {
	install_fake my-driver 1 my-module
	for name in my-driver my_driver my-module my_module; do
		[ "$(driver list --format json $name | jq -r '.drivers[].name')" = my-driver ]
	done
}

@test "a wrong name gets the nearest right ones" {
	install_fake other-driver 1 other
	run -2 --separate-stderr driver list intel-ica
	[ "$stderr" = "xs-driver: no driver or module is called 'intel-ica'; similar names: intel-ice" ]
	run -2 --separate-stderr driver select ice 1.3.0
	has "$stderr" "version 1.3.0 of intel-ice is not installed for kernel $UNAME; there: 1.2.0, 1.10.0"
	run -2 --separate-stderr driver list zzzzzzzzz
	has "$stderr" "'xs-driver list' shows all"
}

@test "a module of two drivers does not name one of them" {
	install_fake other-ice 1 ice
	run -2 --separate-stderr driver select ice 1.2.0
	has "$stderr" "several drivers have a module ice, among them intel-ice and other-ice"
}

@test "list is for the running kernel, for those that are named, or for all where none runs" {
	make_kernel 5.5.5-old
	install -D "$(fake_module ice 1.0 5.5.5-old)" "$(hierarchy 5.5.5-old)/intel-ice/1.0/ice.ko"
	lacks "$(driver list)" 5.5.5-old
	has "$(driver list --kernel 5.5.5-old)" "intel-ice  1.0 "
	rm "$root/proc/sys/kernel/osrelease"
	has "$(driver list)" 5.5.5-old
	run -2 --separate-stderr driver list --kernel 6.6.6
	has "$stderr" "kernel 6.6.6 is not installed: there is no directory /lib/modules/6.6.6"
}

@test "every command answers --help, and a wrong call ends with 2" {
	for command in list select deselect activate rollback recover check driver-tool; do
		run -0 --separate-stderr xs-driver $command --help
		has "$output" "Usage: xs-driver $command"
		[ -z "$stderr" ]
		run -2 xs-driver $command --no-such-option
	done
	run -2 xs-driver
	run -2 xs-driver nothing
	run -2 xs-driver select one
	run -2 xs-driver list --force
	run -2 xs-driver list --format yaml
	run -2 xs-driver list --layout other
	run -2 xs-driver list --sysroot "$root/none"
}

@test "a failed write to stdout is an error" {
	run -2 sh -c 'xs-driver list --sysroot "$1" >/dev/full' sh "$root"
	has "$output" "cannot write to standard output"
}
