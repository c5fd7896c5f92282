#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# The Ansible collection on ten hosts, which are root directories of this machine, and the rules for Prometheus.

load helpers
load driver/host

setup_file() {
	mkdir -p "$BATS_FILE_TMPDIR/collections/ansible_collections/xs_ddk"
	ln -s "$TOP/tools/ansible" "$BATS_FILE_TMPDIR/collections/ansible_collections/xs_ddk/drivers"
	root=$BATS_FILE_TMPDIR/host
	make_host "$root"
	for version in 1.2.0 1.10.0; do
		install_fake intel-ice $version ice
	done
	driver select intel-ice 1.2.0
}

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	export LC_ALL=C.UTF-8 ANSIBLE_COLLECTIONS_PATH=$BATS_FILE_TMPDIR/collections ANSIBLE_HOME=$BATS_TEST_TMPDIR/.ansible ANSIBLE_NOCOLOR=1 \
		ANSIBLE_FORKS=4 ANSIBLE_LOCALHOST_WARNING=false ANSIBLE_INVENTORY=$BATS_TEST_TMPDIR/pool.ini \
		ANSIBLE_STDOUT_CALLBACK=default ANSIBLE_PYTHON_INTERPRETER=/usr/bin/python3 ANSIBLE_GATHERING=explicit
}

# pool COUNT: make so many hosts, host1 to hostN.
pool() {
	local i
	for ((i = 1; i <= $1; i++)); do
		cp -a "$BATS_FILE_TMPDIR/host" "host$i"
		echo "host$i ansible_connection=local disk_sysroot=$PWD/host$i"
	done >pool.ini
	printf '[all:vars]\ndisk_executable=%s\n' "$XS_BIN/xs-driver" >>pool.ini
}

# on_hosts ARGUMENTS: write a playbook that calls the module driver on all hosts with these arguments, one on each line.
on_hosts() {
	cat >play.yml <<-END
		- hosts: all
		  tasks:
		    - xs_ddk.drivers.driver:
		        name: intel-ice
		        sysroot: "{{ disk_sysroot }}"
		        executable: "{{ disk_executable }}"
		$(printf '        %s\n' "$@")
	END
}

# selected_of HOST: the version that is selected there.
selected_of() { readlink "$1/lib/modules/$UNAME/updates/ice.ko" | cut -d/ -f4; }

# recap HOST: the numbers of the host in the last lines of a run.
recap() { sed -n "s/^$1 *: *//p" <<<"$output" | tr -s ' '; }

@test "selecting on ten hosts: check mode and the difference are true, a second run changes nothing" {
	pool 10
	on_hosts 'version: 1.10.0' 'initrd: false'
	run -0 --separate-stderr ansible-playbook play.yml --check --diff
	[ "$(grep -c "^-kernel $UNAME: 1.2.0" <<<"$output")" = 10 ]
	[ "$(grep -c "^+kernel $UNAME: 1.10.0" <<<"$output")" = 10 ]
	[ "$(selected_of host10)" = 1.2.0 ]
	run -0 --separate-stderr ansible-playbook play.yml
	has "$(recap host10)" changed=1
	for i in 1 10; do
		[ "$(selected_of host$i)" = 1.10.0 ]
	done
	run -0 --separate-stderr ansible-playbook play.yml
	has "$(recap host10)" changed=0
}

@test "latest, deselected and a wrong version: what changes, and what xs-driver says" {
	pool 1
	on_hosts 'state: latest'
	run -0 --separate-stderr ansible-playbook play.yml
	[ "$(selected_of host1)" = 1.10.0 ]
	on_hosts 'state: deselected'
	run -0 --separate-stderr ansible-playbook play.yml --diff
	has "$output" "+kernel $UNAME: None"
	run -0 --separate-stderr ansible-playbook play.yml
	has "$(recap host1)" changed=0
	on_hosts 'version: "9"'
	run -2 --separate-stderr ansible-playbook play.yml
	has "$output" "version 9 of intel-ice is not installed for kernel $UNAME"
	# A file that is somebody's driver is not replaced.
	cp "$(fake_module ice -)" "host1/lib/modules/$UNAME/updates/ice.ko"
	on_hosts 'version: 1.2.0'
	run -2 --separate-stderr ansible-playbook play.yml
	has "$output" "updates/ice.ko"
}

@test "with the option kernel, only these kernels change; a version that they do not have is an error" {
	local new=9.9.9-new directory=host1/lib/modules/9.9.9-new
	pool 1
	root=host1 make_kernel $new
	mkdir -p "$directory/xenserver/intel-ice/1.10.0"
	cp "$(fake_module ice 1.10.0 $new)" "$directory/xenserver/intel-ice/1.10.0/ice.ko"
	on_hosts 'version: 1.10.0' "kernel: [$new]"
	run -0 --separate-stderr ansible-playbook play.yml
	[ "$(readlink "$directory/updates/ice.ko" | cut -d/ -f4)" = 1.10.0 ]
	[ "$(selected_of host1)" = 1.2.0 ]
	on_hosts 'version: 1.2.0' "kernel: [$new]"
	run -2 --separate-stderr ansible-playbook play.yml
	has "$output" "version 1.2.0 of intel-ice is not installed for kernel $new"
}

@test "active fails while the driver is in use, and does nothing where it is active" {
	pool 2
	root=host1 loaded ice 1.10.0
	root=host1 driver select intel-ice 1.10.0
	root=host2 loaded ice 1.10.0
	echo 3 >host2/sys/module/ice/refcnt
	on_hosts 'state: active'
	run -2 --separate-stderr ansible-playbook play.yml
	has "$(recap host1)" "ok=1 changed=0"
	has "$(recap host2)" "failed=1"
	has "$output" "intel-ice is in use"
}

@test "the playbook compare names hosts with another state, and those that do not answer" {
	pool 4
	run -0 --separate-stderr ansible-playbook xs_ddk.drivers.compare
	has "$output" "all hosts are in the same state"
	root=host2 driver select intel-ice 1.10.0
	sed -i 's/^host3 .*/host3 ansible_connection=ssh ansible_host=127.0.0.1 ansible_port=1/' pool.ini
	rm -r "host4/lib/modules/$UNAME/xenserver/intel-ice" "host4/lib/modules/$UNAME/updates"
	run -2 --separate-stderr ansible-playbook xs_ddk.drivers.compare
	has "$output" "host3: did not answer"
	has "$output" "intel-ice: 1.10.0 selected, none active: host2"
	has "$output" "intel-ice: 1.2.0 selected, none active: host1"
	has "$output" "intel-ice: not installed: host4"
}

# archive: a disk that installs version 1.10.1, as install.sh of a real one would; it fails where the file
# fails is.
archive() {
	mkdir disk
	cat >disk/install.sh <<-'END'
		for sysroot; do :; done
		from=$(echo "$sysroot"/lib/modules/*/xenserver/intel-ice/1.10.0)
		[ ! -d "${from%0}1" ] || exit 3
		[ ! -e "$sysroot/fails" ] || { echo "install.sh: rpm failed" >&2; exit 1; }
		cp -r "$from" "${from%0}1"
		cp "${0%/*}/ice.ko" "${0%/*}/info.json" "${from%0}1/"
	END
	cp "$(fake_module ice 1.10.1)" disk/ice.ko
	sed 's/1[.]10[.]0/1.10.1/g' "$BATS_FILE_TMPDIR/host/lib/modules/$UNAME/xenserver/intel-ice/1.10.0/info.json" >disk/info.json
	tar -C disk -czf disk.tar.gz .
}

@test "rolling a disk out goes from host to host, stops at the first failure, and selects the former version there again" {
	pool 3
	archive
	touch host2/fails
	roll_out() { ansible-playbook xs_ddk.drivers.roll_out -e disk_archive="$PWD/disk.tar.gz" -e disk_driver=intel-ice "$@"; }
	run -2 --separate-stderr roll_out -e disk_apply=nothing
	has "$output" "Install the packages"
	has "$output" "rpm failed"
	has "$output" "(1.2.0 of intel-ice is selected again)"
	[ "$(for i in 1 2 3; do selected_of host$i; done | paste -sd ' ')" = "1.10.1 1.2.0 1.2.0" ]
	[ -z "$(recap host3)" ]
	# In use: the new version is selected, cannot be activated, and the former one comes back.
	rm host2/fails
	root=host2 loaded ice 1.2.0
	echo 1 >host2/sys/module/ice/refcnt
	run -2 --separate-stderr roll_out -e disk_apply=activate --limit host2,host3
	has "$output" "Activate it"
	[ "$(selected_of host2)" = 1.2.0 ]
	[ "$(selected_of host3)" = 1.2.0 ]
	# A host that has the disk is not changed.
	run -0 --separate-stderr roll_out -e disk_apply=nothing --limit host1
	has "$(recap host1)" changed=0
}

# The action reboot refuses a host of connection "local". So a program that runs the command on this machine stands for ssh,
# and one that loads the selected version, or does nothing, stands for the reboot.
@test "disk_apply=reboot reboots a host only if another version is loaded, and one that does not come back is rolled back" {
	pool 4
	archive
	cat >ssh <<-'END'
		#!/bin/sh
		for command; do :; done
		exec sh -c "$command"
	END
	cat >reboot <<-'END'
		#!/bin/sh
		echo "${1##*/}" >>rebooted
		[ ! -e "$1/hangs" ] || exit 0
		date +%s%N >"$1/boot-time"
	END
	chmod 755 ssh reboot
	sed -i "s|ansible_connection=local|ansible_connection=ssh ansible_ssh_executable=$PWD/ssh ansible_ssh_transfer_method=piped|" pool.ini
	cat >play.yml <<-END
		- hosts: all
		  serial: 1
		  any_errors_fatal: true
		  gather_facts: false
		  module_defaults:
		    ansible.builtin.reboot:
		      reboot_command: $PWD/reboot {{ disk_sysroot }}
		      boot_time_command: cat {{ disk_sysroot }}/boot-time
		      reboot_timeout: 2
		  roles:
		    - xs_ddk.drivers.disk
	END
	for i in 1 2 3 4; do echo 0 >host$i/boot-time; done
	root=host1 loaded ice 1.2.0
	root=host2 loaded ice 1.10.1
	root=host4 loaded ice 1.2.0
	touch host4/hangs
	roll_out() { ansible-playbook play.yml -e disk_archive="$PWD/disk.tar.gz" -e disk_driver=intel-ice "$@"; }
	run -2 --separate-stderr roll_out
	[ "$(paste -sd ' ' rebooted)" = "host1 host4" ]
	has "$output" "Reboot: Timed out waiting for last boot time check"
	has "$output" "(1.2.0 of intel-ice is selected again)"
	[ "$(for i in 1 2 3 4; do selected_of host$i; done | paste -sd ' ')" = "1.10.1 1.10.1 1.10.1 1.2.0" ]
}

# Other sanity tests of ansible-test install their tools from the network.
@test "ansible-lint, ansible-doc and ansible-test take the collection" {
	run -0 --separate-stderr ansible-doc xs_ddk.drivers.driver xs_ddk.drivers.driver_facts
	has "$output" "state"
	cp -rL "$BATS_FILE_TMPDIR/collections" .
	cd collections/ansible_collections/xs_ddk/drivers
	run -0 --separate-stderr env ANSIBLE_COLLECTIONS_PATHS="$BATS_TEST_TMPDIR/collections" ansible-lint --offline
	local test tests=()
	for test in compile empty-init future-import-boilerplate line-endings metaclass-boilerplate no-assert no-basestring \
		no-smart-quotes replace-urlopen shebang symlinks use-argspec-type-path; do
		tests+=(--test "$test")
	done
	run -0 ansible-test sanity --python "$(/usr/bin/python3 -c 'import sys; print("%d.%d" % sys.version_info[:2])')" "${tests[@]}"
}

@test "the rules for Prometheus are valid, and fire for what they say" {
	run -0 --separate-stderr promtool check rules "$TOP/tools/ansible/prometheus/rules.yml"
	sed "s|@RULES@|$TOP/tools/ansible/prometheus/rules.yml|" "$TOP/tests/ansible/alerts.yml" >alerts.yml
	run -0 promtool test rules alerts.yml
	# The metrics in the rules are those that xs-driver prints.
	root=$BATS_FILE_TMPDIR/host driver list --format prometheus >metrics
	for metric in $(grep -o 'xs_driver_[a-z_]*' "$TOP/tools/ansible/prometheus/rules.yml" | sort -u); do
		grep -q "^${metric}[{ ]" metrics
	done
}
