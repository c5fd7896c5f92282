#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# The Ansible collection on a host that is a booted kernel in QEMU, with ssh, Python, rpm and the example driver.

load helpers
load disk/disk

# add_python ROOT: the machine's Python, without what only developers use, and the libraries of its modules.
add_python() {
	local library
	library=$(/usr/bin/python3 -c 'import sysconfig; print(sysconfig.get_path("stdlib"))')
	mkdir -p "$1$library"
	tar -C "$library" -c --exclude='./config-*' --exclude=./test --exclude=./lib2to3 --exclude=./pydoc_data . | tar -C "$1$library" -x
	ldd "$library"/lib-dynload/*.so | grep -o '=> /[^ ]*' | cut -c 4- | sort -u | xargs cp -L --parents -t "$1"
}

# add_ssh ROOT: the host's key, and the key that it lets in.
add_ssh() {
	mkdir -p "$1/root/.ssh" "$1/etc/dropbear"
	chmod 700 "$1/root" "$1/root/.ssh"
	dropbearkey -t ed25519 -f "$1/etc/dropbear/key"
	ssh-keygen -q -t ed25519 -N '' -f "$BATS_FILE_TMPDIR/key"
	cp "$BATS_FILE_TMPDIR/key.pub" "$1/root/.ssh/authorized_keys"
}

# start_machine ROOT PORT: boot it in the background, and wait for its ssh server.
start_machine() {
	local program programs=()
	for program in rpm bash tar dropbear /usr/bin/python3; do
		programs+=(--program "$(PATH=$PATH:/usr/sbin command -v "$program")")
	done
	"$TOP/tests/vm/boot" --root "$1" "${programs[@]}" --memory 768 --timeout 600 --module virtio_pci --module virtio_net --device edu \
		--device virtio-net-pci,netdev=net --qemu -netdev --qemu "user,id=net,restrict=on,hostfwd=tcp:127.0.0.1:$2-:22" \
		-- "$TOP/tests/ansible/vm-host" >"$BATS_FILE_TMPDIR/machine.log" 2>&1 3>&- &
	echo $! >"$BATS_FILE_TMPDIR/machine"
	until host true 2>/dev/null; do
		kill -0 $! || fail "$(cat "$BATS_FILE_TMPDIR/machine.log")" || return
		sleep 0.5
	done
}

# host COMMAND: run it in the machine.
host() {
	ssh -p "$PORT" -i "$BATS_FILE_TMPDIR/key" -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null -o LogLevel=ERROR \
		-o ConnectTimeout=10 root@127.0.0.1 "$@" </dev/null
}

setup_file() {
	local root=$BATS_FILE_TMPDIR/root data
	cd "$BATS_FILE_TMPDIR" || return
	mkdir -p collections/ansible_collections/xs_ddk
	ln -s "$TOP/tools/ansible" collections/ansible_collections/xs_ddk/drivers
	data=$(ls "$(example)"/rpms/xsedu-data-*.rpm)
	PACKAGES="$(package "$(example)" xsedu 1.1.0) $data" make_disk . --tarball --no-verify
	# Debian's rpm has its database below HOME, which is /root in the machine.
	HOME=/root BATS_TEST_TMPDIR=$BATS_FILE_TMPDIR make_host "$root"
	HOME=/root as_root rpm --root "$root" ${DEBIAN:+--force-debian} -U "$(package "$(example)" xsedu 1.0.0)" "$data"
	mkdir -p "$root/usr/lib/rpm"
	cp -r /usr/lib/rpm/{rpmrc,macros,rpmpopt*,platform} "$root/usr/lib/rpm/"
	add_python "$root"
	add_ssh "$root"
	PORT=$(/usr/bin/python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
	export PORT
	start_machine "$root" "$PORT"
}

teardown_file() {
	host touch /tmp/end || kill "$(cat "$BATS_FILE_TMPDIR/machine")"
	wait
}

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	export LC_ALL=C.UTF-8 ANSIBLE_COLLECTIONS_PATH=$BATS_FILE_TMPDIR/collections ANSIBLE_HOME=$BATS_FILE_TMPDIR/.ansible \
		ANSIBLE_NOCOLOR=1 ANSIBLE_STDOUT_CALLBACK=default ANSIBLE_GATHERING=explicit ANSIBLE_HOST_KEY_CHECKING=false \
		ANSIBLE_PIPELINING=true ANSIBLE_SSH_USETTY=false ANSIBLE_SSH_TRANSFER_METHOD=piped \
		ANSIBLE_INVENTORY=$BATS_FILE_TMPDIR/pool.ini
	echo "machine ansible_host=127.0.0.1 ansible_port=$PORT ansible_user=root ansible_python_interpreter=/bin/python3" \
		"ansible_ssh_private_key_file=$BATS_FILE_TMPDIR/key ansible_ssh_common_args='-o UserKnownHostsFile=/dev/null'" >"$ANSIBLE_INVENTORY"
}

# loaded: the version in the record of the loaded module, as the kernel shows it.
loaded() { host "tr -dc 'A-Za-z0-9.' </sys/module/xsedu/notes/.note.xenserver" | sed 's/.*XenServer//'; }

@test "rolling a disk out with disk_apply=activate loads its version into a running kernel" {
	[ "$(loaded)" = 1.0.0 ]
	run -0 --separate-stderr ansible-playbook xs_ddk.drivers.roll_out -e disk_archive="$BATS_FILE_TMPDIR/xsedu.tar.gz" \
		-e disk_driver=xsedu -e disk_apply=activate
	[ "$(loaded)" = 1.1.0 ]
}

@test "state active swaps the version in a running kernel, and a second run changes nothing" {
	active() { ansible machine -m xs_ddk.drivers.driver -a 'name=xsedu state=active version=1.0.0'; }
	run -0 --separate-stderr active
	has "$output" "machine | CHANGED"
	[ "$(loaded)" = 1.0.0 ]
	run -0 --separate-stderr active
	has "$output" '"changed": false'
	[ "$(loaded)" = 1.0.0 ]
}
