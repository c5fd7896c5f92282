#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# xs-ddk show: what is in modules.

load helpers

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	uname=$(a_kernel)
	module=$(example_module 1.0.0 "$uname")
}

# loaded_root: a directory "root" that looks like a host with two modules of the kit, another's, and a built-in.
loaded_root() {
	for name in xsedu two_words; do
		mkdir -p "root/sys/module/$name/notes"
		objcopy -O binary --only-section .note.xenserver "$module" "root/sys/module/$name/notes/.note.xenserver"
		echo live >"root/sys/module/$name/initstate"
	done
	mkdir -p root/sys/module/other root/sys/module/builtin root/proc/sys/kernel
	echo live >root/sys/module/other/initstate
	echo "$uname" >root/proc/sys/kernel/osrelease
}

@test "show tells of one module all that a person wants to know" {
	run -0 --separate-stderr xs-ddk show "$module"
	for line in "version: 1.0.0" "module: xsedu" "kernel: $uname" "path: $module" "vermagic: $uname SMP " \
		"license: GPL" "signature: none" "devices: pci 1234:11e8"; do
		has "$(tr -s ' ' <<<"$output")" "$line"
	done
	[ -z "$stderr" ]
}

@test "show --json tells the same for programs" {
	run -0 --separate-stderr xs-ddk show --json "$module"
	jq -e --arg uname "$uname" --arg path "$module" '.format == "xs-ddk-show" and .schema == 2 and
		(.modules[0] | .version == "1.0.0" and .module == "xsedu" and .kernel == $uname and .path == $path)' \
		<<<"$output"
}

@test "show shows a module without a record as such, with status 0" {
	objcopy --remove-section .note.xenserver "$module" plain.ko
	run -0 --separate-stderr xs-ddk show --json plain.ko
	[ "$(jq '.modules[0].version' <<<"$output")" = null ]
}

@test "show tells of several modules version, module, kernel and path, a line each" {
	cp "$module" other.ko
	run -0 --separate-stderr xs-ddk show "$module" other.ko
	[ "${#lines[@]}" -eq 3 ]
	has "$(tr -s ' ' <<<"${lines[1]}")" "1.0.0 xsedu $uname $module"
}

@test "show goes through directories in the order of names" {
	mkdir -p tree/b tree/a
	cp "$module" tree/b/xsedu.ko
	cp "$module" tree/a/xsedu.ko
	echo text >tree/a/readme
	run -0 --separate-stderr xs-ddk show --json tree
	[ "$(jq -r '[.modules[].path] | join(" ")' <<<"$output")" = "tree/a/xsedu.ko tree/b/xsedu.ko" ]
}

@test "show --loaded tells the modules with a record, and only those" {
	loaded_root
	run -0 --separate-stderr xs-ddk show --json --sysroot root --loaded
	[ "$(jq -r '[.modules[] | .module + "=" + .version] | join(" ")' <<<"$output")" = "two_words=1.0.0 xsedu=1.0.0" ]
	[ "$(jq -r '.modules[0].kernel' <<<"$output")" = "$uname" ]
}

@test "show --loaded takes names with dashes for those with underscores" {
	loaded_root
	run -0 --separate-stderr xs-ddk show --json --sysroot root --loaded two-words other
	[ "$(jq -r '[.modules[] | .module + "=" + (.version // "none")] | join(" ")' <<<"$output")" = \
		"two_words=1.0.0 other=none" ]
}

@test "show --loaded of what is not loaded, or built in, says so with status 2" {
	loaded_root
	for name in absent builtin ../xsedu ''; do
		run -2 --separate-stderr xs-ddk show --sysroot root --loaded xsedu "$name"
		[ "$(wc -l <<<"$stderr")" -eq 1 ]
		has "$output" xsedu
	done
	run -2 --separate-stderr xs-ddk show --sysroot root --loaded absent
	has "$stderr" "absent: no module of this name is loaded"
}

@test "show does not follow a link out of the sysroot" {
	loaded_root
	mv root/sys/module/xsedu outside
	ln -s "$PWD/outside" root/sys/module/xsedu
	run -2 --separate-stderr xs-ddk show --sysroot root --loaded xsedu
	has "$stderr" "xsedu: "
}

@test "show reads a host whose sysroot is a link" {
	loaded_root
	ln -s root link
	run -0 --separate-stderr xs-ddk show --sysroot link --loaded xsedu
	has "$output" 1.0.0
}

@test "show without a path, or with an unknown option, is a wrong call" {
	run -2 --separate-stderr xs-ddk show
	has "$stderr" "a PATH is missing"
	run -2 --separate-stderr xs-ddk show --nonsense "$module"
	has "$stderr" nonsense
	[ -z "$output" ]
}

@test "show of a file that is not there says which, with status 2" {
	run -2 --separate-stderr xs-ddk show absent.ko "$module"
	has "$stderr" "absent.ko: No such file or directory"
	has "$output" "1.0.0"
}
