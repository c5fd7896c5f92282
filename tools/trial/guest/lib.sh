# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
# What trials use in the machine. /trial/env sets:
#
#	DRIVER VERSION   the driver, and its version that is selected
#	VERSIONS         all its versions on the disk
#	MODULES          the kernel's names of its modules, in the order in which they are loaded
#	QEMU_DEVICE CLASS  the device, as QEMU calls it; none, net or block
#	DEVICE_ALIASES   the aliases of the devices that are there for it

# shellcheck disable=SC1091 # made for each machine
. /trial/env

# fail REASON: the trial has failed. not_tried REASON: it cannot be tried here.
fail() { echo "$*" && exit 1; }
not_tried() { echo "$*" && exit 77; }

# A process more costs tens of milliseconds under emulation: what many rounds call uses the shell's own commands.

# devices: the PCI addresses of the devices that are there to be driven.
devices() {
	for device in /sys/bus/pci/devices/*; do
		read -r modalias <"$device/modalias" || continue
		case " $DEVICE_ALIASES " in *" $modalias "*) echo "${device##*/}" ;; esac
	done 2>/dev/null
}

# need_device: or the trial is not tried.
need_device() { [ -n "$(devices)" ] || not_tried "QEMU emulates no device that the driver claims"; }

# driver_of ADDRESS: the driver that is bound to the device, or nothing.
driver_of() { basename "$(readlink "/sys/bus/pci/devices/$1/driver")" 2>/dev/null; }

# bound ADDRESS: whether a module of ours drives it.
bound() {
	for ours in $MODULES; do
		# shellcheck disable=SC3013 # The machine's shells have -ef.
		[ ! "/sys/bus/pci/devices/$1/driver/module" -ef "/sys/module/$ours" ] || return 0
	done
	return 1
}

# wait_for SECONDS COMMAND...: until the command is true. False when the time is over.
wait_for() {
	ticks=$(($1 * 5))
	shift
	until "$@"; do
		[ $ticks -gt 0 ] || return 1
		ticks=$((ticks - 1))
		sleep 0.2
	done
}

all_bound() {
	for address in $(devices); do
		bound "$address" || return 1
	done
}

# load: by the devices' aliases, as udev does; or by name, where there is no device.
load() {
	addresses=$(devices)
	if [ -n "$addresses" ]; then
		for address in $addresses; do
			bound "$address" && continue
			read -r modalias <"/sys/bus/pci/devices/$address/modalias"
			modprobe "$modalias" || return
		done
		wait_for 5 all_bound || return
	else
		for module in $MODULES; do modprobe "$module" || return; done
	fi
}

# unload: all modules of the driver.
unload() {
	last_first=
	for module in $MODULES; do last_first="$module $last_first"; done
	for module in $last_first; do
		[ ! -e "/sys/module/$module" ] || rmmod "$module" || return
	done
}

# loaded_record MODULE: the version in its record, as the kernel shows it.
loaded_record() { tr -dc 'A-Za-z0-9._+~@-' 2>/dev/null <"/sys/module/$1/notes/.note.xenserver" | sed 's/^.*XenServer//'; }

# used_memory: what the kernel has taken and no program holds, in KiB.
used_memory() {
	sync
	echo 3 >/proc/sys/vm/drop_caches
	awk '/^(SUnreclaim|VmallocUsed|KernelStack|Percpu|PageTables):/ { sum += $2 } /^MemFree:/ { free = $2 } /^MemTotal:/ { total = $2 } END { print total - free }' /proc/meminfo
}

# left: what a driver could leave behind when it is unloaded: interrupts, memory ranges, drivers, threads of the kernel.
left() {
	sed 's/^ *\([^:]*\): *[0-9 ]*/\1 /' /proc/interrupts
	grep -c . /proc/iomem
	ls /sys/bus/pci/drivers /sys/class /sys/module
	for process in /proc/[0-9]*; do
		[ -n "$(cat "$process/cmdline" 2>/dev/null)" ] || cat "$process/comm" 2>/dev/null
	done | grep -v '^kworker' | sort
}

# interfaces: the network interfaces of our devices. disks: the block devices of ours.
interfaces() {
	for address in $(devices); do ls "/sys/bus/pci/devices/$address/net" 2>/dev/null; done
}
disks() {
	for block in /sys/block/*; do
		for address in $(devices); do
			case $(readlink -f "$block") in *"/$address/"*) basename "$block" ;; esac
		done
	done
}

# plug_out ID, plug_in ID: the device leaves the machine, and comes back.
plug_out() { control '{"execute": "device_del", "arguments": {"id": "'"$1"'"}}' >/dev/null; }
plug_in() { control '{"execute": "device_add", "arguments": '"$(cat "/trial/device.$1")"'}' >/dev/null; }

# cut_power: end the machine now. It starts again, and the trial runs once more; then power_is_cut is true.
cut_power() {
	control cut
	fail "QEMU does not cut the power"
}
power_is_cut() { [ -e /trial/cut ]; }

# --- class net: two ports, a and b, each in a network name space of its own -----------------------

on() {
	name_space=$1
	shift
	ip netns exec "$name_space" "$@"
}
number() { case $1 in a) echo 1 ;; *) echo 2 ;; esac; }
port() { case $1 in a) echo "$port_a" ;; *) echo "$port_b" ;; esac; }
statistic() { on "$1" cat "/sys/class/net/$(port "$1")/statistics/$2"; }

# net_up: both ports are up and reach each other.
net_up() {
	need_device
	ip netns del a 2>/dev/null
	ip netns del b 2>/dev/null
	load || fail "the driver does not load"
	two_ports() { [ "$(interfaces | wc -l)" = 2 ]; }
	wait_for 10 two_ports || fail "two devices are there, and $(interfaces | wc -l) network interfaces"
	port_a=$(interfaces | sed -n 1p) port_b=$(interfaces | sed -n 2p)
	for end in a b; do
		ip netns add "$end" && ip link set "$(port "$end")" netns "$end" || not_tried "the kernel has no network name spaces"
		on "$end" ip addr add "10.9.0.$(number "$end")/24" dev "$(port "$end")"
		on "$end" ip link set "$(port "$end")" up || fail "port $end cannot be set up"
	done
	wait_for 20 reaches a b 100 || fail "no packet passes between the two ports"
}

# reaches FROM TO BYTES: a packet with so many bytes is answered.
reaches() { on "$1" ping -c 1 -W 1 -s "$3" "10.9.0.$(number "$2")" >/dev/null 2>&1; }

# make_data MIB: the file that is sent.
make_data() {
	head -c 1048576 /dev/urandom >/tmp/block
	for _ in $(seq "$1"); do cat /tmp/block; done >/tmp/data
	sha256sum </tmp/data >/tmp/sum
}

# transfer FROM TO MIB: the data, compared at the other end.
transfer() {
	on "$2" socat -u TCP-LISTEN:7000,reuseaddr - 2>/tmp/socat | sha256sum >"/tmp/sum.$1" &
	receiver=$!
	on "$1" socat -u OPEN:/tmp/data "TCP:10.9.0.$(number "$2"):7000,retry=25,interval=0.2" || fail "the transfer from $1 to $2 broke off"
	wait $receiver
	cmp -s /tmp/sum "/tmp/sum.$1" || fail "$3 MiB from $1 to $2 arrived changed: SHA-256 differs"
}

# --- class block -------------------------------------------------------------------------------------

# a_disk: the name of the disk behind the device; the trial fails where there is none.
a_disk() {
	load >/dev/null || { echo "the driver does not load" >&2 && exit 1; }
	modprobe sd_mod 2>/dev/null
	some_disk() { [ -n "$(disks)" ]; }
	wait_for 15 some_disk || { echo "the device has a disk, and no block device appears" >&2 && exit 1; }
	disks | head -n 1
}

# --- machines that install ------------------------------------------------------------------------------

# need_installer: or the trial is not tried.
need_installer() { [ -e /disk/install.sh ] || not_tried "packages were given, and no disk"; }

# keep_state: what the host was like at first.
keep_state() { [ -e /trial/before ] || host_state >/trial/before; }

# host_state: all that packages may change, with what the files hold; not the database of rpm.
host_state() {
	set -- /etc /lib /usr /boot /var/lib -xdev ! -path '*rpm*' ! -name 'modules.*'
	{
		find "$@" -type f -exec md5sum {} +
		find "$@" -type l -exec stat -c %N {} +
	} 2>/dev/null | sort
}

# rpm_change ARGUMENT...: Debian's rpm asks for a word more before it installs anything.
rpm_change() {
	if rpm --help 2>&1 | grep -q force-debian; then rpm --nosignature --force-debian "$@"; else rpm --nosignature "$@"; fi
}
