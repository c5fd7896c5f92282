# SPDX-License-Identifier: GPL-2.0-only
# Hosts for xs-driver that are plain trees below $root, and what is installed and loaded there.

# Its UUID is this, and its kernel that of the example driver's tests; and QEMU's device, as the kernel names it.
# shellcheck disable=SC2034 # the tests use them
HOST=6ba7b810-9dad-11d1-80b4-00c04fd430c8
UNAME=$(a_kernel)
EDU=pci:v00001234d000011E8sv00001AF4sd00001100bc00sc0Fi00

# make_host: an empty host at $root, with nothing loaded and no device.
make_host() {
	root=${1:-$BATS_TEST_TMPDIR/root}
	mkdir -p "$root"/lib/modules "$root"/etc/depmod.d "$root"/etc/modprobe.d "$root"/proc/sys/kernel \
		"$root"/sys/{module,bus/pci/devices,bus/pci/drivers,class/net}
	echo "$UNAME" >"$root/proc/sys/kernel/osrelease"
	echo 6ba7b8109dad11d180b400c04fd430c8 >"$root/etc/machine-id"
	echo 'exclude xenserver' >"$root/etc/depmod.d/xs-ddk.conf"
	make_kernel "$UNAME"
}

# make_kernel UNAME: a kernel without a module of its own.
make_kernel() {
	mkdir -p "$root/lib/modules/$1"
	: >"$root/lib/modules/$1/modules.order"
	: >"$root/lib/modules/$1/modules.builtin"
	: >"$root/lib/modules/$1/modules.builtin.modinfo"
}

# fake_module NAME VERSION [UNAME [ALIAS]]: path of the least module of that name; "-" for no record.
fake_module() {
	local out flags=(-I "$TOP/note" -DNAME="\"$1\"" -DUNAME="\"${3:-$UNAME}\"")
	[ "$2" = - ] || flags+=(-DVERSION="\"$2\"")
	[ -z "${4-}" ] || flags+=(-DALIAS="\"$4\"")
	out=$BATS_FILE_TMPDIR/fake/$1-$2-${3:-$UNAME}-$(printf %s "${4-}" | tr -c 'a-zA-Z0-9\n' _).ko
	mkdir -p "${out%/*}"
	[ -e "$out" ] || gcc -c "${flags[@]}" -o "$out" "$TOP/tests/driver/module.S"
	printf '%s\n' "$out"
}

# hierarchy [UNAME]: where drivers are installed.
hierarchy() { printf '%s\n' "$root/lib/modules/${1:-$UNAME}/xenserver"; }

# install_fake DRIVER VERSION MODULE... [-- ALIAS]: least modules (file names without suffix) with info.json.
install_fake() {
	local driver=$1 version=$2 dir module alias=
	shift 2
	dir=$(hierarchy)/$driver/$version
	mkdir -p "$dir"
	for module; do [ "$module" != -- ] || alias=${*: -1}; done
	for module; do
		[ "$module" != -- ] || break
		cp "$(fake_module "$module" "$version" "$UNAME" "$alias")" "$dir/$module.ko"
	done
	cat >"$dir/info.json" <<-END
		{"category": "network", "name": "$driver", "description": "Driver $driver", "variant": "$version",
		 "version": "$version", "priority": 10.5, "status": "production", "pci_ids": {}}
	END
}

# install_edu VERSION [UNAME]: the example driver, as its package installs it.
install_edu() {
	install -D -m 644 "$(example_module "$1" "${2:-$UNAME}")" "$(hierarchy "${2:-$UNAME}")/xs-edu/$1/xsedu.ko"
}

# link_update FILE TARGET: a link in updates/, made by hand.
link_update() {
	mkdir -p "$root/lib/modules/$UNAME/updates"
	ln -sfn "$2" "$root/lib/modules/$UNAME/updates/$1"
}

# loaded MODULE [VERSION]: the kernel shows it as loaded, with that record if there is one.
loaded() {
	mkdir -p "$root/sys/module/$1/"{notes,holders,drivers}
	echo live >"$root/sys/module/$1/initstate"
	echo 0 >"$root/sys/module/$1/refcnt"
	rm -f "$root/sys/module/$1/notes/.note.xenserver"
	[ -z "${2-}" ] || objcopy -O binary --only-section=.note.xenserver "$(fake_module "$1" "$2")" \
		"$root/sys/module/$1/notes/.note.xenserver"
}

# add_device BUS NAME MODALIAS: a device of this host.
add_device() {
	mkdir -p "$root/sys/bus/$1/devices/$2"
	echo "$3" >"$root/sys/bus/$1/devices/$2/modalias"
}

# driver ARGUMENT...: xs-driver below $root.
driver() {
	local command=$1
	shift
	xs-driver "$command" --sysroot "$root" "$@"
}

# selected MODULE-FILE [UNAME]: where its link in updates/ points to, or "none".
selected() { readlink "$root/lib/modules/${2:-$UNAME}/updates/$1" || echo none; }

# dep [UNAME]: the modules that modules.dep knows.
dep() { cut -d: -f1 "$root/lib/modules/${1:-$UNAME}/modules.dep"; }
