#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# The manual pages of xs-kbuild, driver.mk and the formats, and the completion of xs-kbuild: well-formed, installed, and
# about what there is. Those of xs-ddk and xs-driver have tests of their own.

load helpers

setup() {
	PATH=$TOP/note:$PATH
	pages=("$TOP"/note/*.[1578] "$TOP"/rpm/*.[1578] "$TOP"/tools/*/*.[1578] "$TOP"/build/man/*.[1578])
}

# page FILE: the manual page as text, its lines joined.
page() { mandoc -T ascii "$TOP/$1" | col -b | tr -s ' \n\t' ' '; }

@test "every manual page is well-formed" {
	[ "${#pages[@]}" -ge 7 ]
	for page in "${pages[@]}"; do
		run -0 mandoc -T lint -W warning "$page"
		[ -z "$output" ] || fail "$output"
	done
}

@test "every manual page that another one names is there, if it is one of the kit's" {
	for page in "${pages[@]}"; do
		for name in $(sed -nE 's/^\.Xr ((xs-|driver)[^ ]*) ([1578]).*/\1.\3/p' "$page"); do
			[[ " ${pages[*]} " == *"/$name "* ]] || fail "$page: there is no $name"
		done
	done
}

@test "every manual page is installed, and uninstalled" {
	root=$BATS_TEST_TMPDIR/root
	make -s -C "$TOP" install DESTDIR="$root" PREFIX=/usr
	for page in "${pages[@]}"; do
		cmp "$page" "$root/usr/share/man/man${page##*.}/${page##*/}"
	done
	[ -e "$root/usr/share/bash-completion/completions/xs-kbuild" ]
	cmp "$TOP/README.md" "$root/usr/share/doc/xs-ddk/README.md"
	[ -e "$root/usr/share/doc/xs-ddk/$(sed -n 's/^!\[.*\](\(.*\))$/\1/p' "$TOP/README.md")" ]
	[ -z "$(find "$root/usr/share/xs-ddk" -name '*.[1578]')" ]
	make -s -C "$TOP" uninstall DESTDIR="$root" PREFIX=/usr
	[ ! -e "$root/usr" ]
}

@test "xs-kbuild(1) has every option and variable of xs-kbuild, and no other option" {
	text=$(page note/xs-kbuild.1)
	for option in $(xs-kbuild --help | grep -o -e '--[a-z-]*[a-z]' | sort -u); do has "$text" "$option"; done
	for option in $(grep -o -e '--[a-z][a-z-]*' <<<"$text" | sort -u); do
		case $option in --kernelsourcedir) ;; *) has "$(xs-kbuild --help)" "$option" ;; esac
	done
	for variable in XS_KDIR XS_KERNEL XS_VERSION XS_NOTE_COMPAT ALLOW_NO_SYMVERS TMPDIR; do
		grep -q "$variable" "$TOP/note/xs-kbuild"
		has "$text" "$variable"
	done
}

@test "xs-ddk-note(5) shows the bytes of a record, and the command that reads them does" {
	gcc -c -DMODULE -DXS_VERSION='"1.1.0"' -o "$BATS_TEST_TMPDIR/note.o" "$TOP/note/xenserver-note.S"
	objcopy -O binary -j .note.xenserver "$BATS_TEST_TMPDIR/note.o" "$BATS_TEST_TMPDIR/note"
	text=$(page note/xs-ddk-note.5)
	has "$text" "$(od -An -v -tx1 "$BATS_TEST_TMPDIR/note" | head -n 1 | cut -c 2-24)"
	command=$(sed -n 's/^tail /tail /p' "$TOP/note/xs-ddk-note.5" | sed "s|/sys/[^ ]*|$BATS_TEST_TMPDIR/note|; s/\\\\e/\\\\/")
	[ "$(eval "$command")" = 1.1.0 ]
}

@test "xs-info.json(5) has every field that xs-ddk info writes, and its example is one" {
	cd "$BATS_TEST_TMPDIR"
	xs-ddk info --driver xsedu --version 1.1.0 "$(example_module 1.1.0 "$(a_kernel)")" >info.json
	sed -n '/^\.Bd -literal$/,/^\.Ed$/ { /^\./!p }' "$TOP/tools/xs-ddk/xs-info.json.5" >example
	diff example info.json
	text=$(page tools/xs-ddk/xs-info.json.5)
	for field in $(jq -r 'keys[], .pci_ids[][0] | if type == "object" then keys[] else . end' info.json); do
		has "$text" "$field"
	done
	for rule in $(xs-ddk rules --json | jq -r '.rules[].rule | select(startswith("info-"))'); do has "$text" "$rule"; done
}

@test "xs-ddk-macros(5) has every macro and every value of the macro file, and its example makes packages" {
	text=$(page rpm/xs-ddk-macros.5)
	macros=$(grep -oE '^%xs_[a-z0-9_]+' "$TOP/rpm/macros.xs-ddk")
	[ "$(wc -l <<<"$macros")" -ge 15 ]
	for macro in $macros; do has "$text" "$macro"; done
	values=$(sed -n '/^# These can be set/,/^$/p' "$TOP/rpm/macros.xs-ddk" | grep -oE '^#	[^;A-Z]*' | grep -oE '\bxs_[a-z_]+' | sort -u)
	[ "$(wc -l <<<"$values")" -ge 12 ]
	for value in $values xs_driver xs_version; do has "$text" "$value"; done
	# No macro that is not there.
	for macro in $(grep -oE '%xs_[a-z0-9_]+' <<<"$text" | sort -u); do grep -qx "$macro\b.*" "$TOP/rpm/macros.xs-ddk"; done
	cd "$BATS_TEST_TMPDIR"
	sed -n '/^\.Bd -literal$/,/^\.Ed$/ { /^\./!p }' "$TOP/rpm/xs-ddk-macros.5" >hello.spec
	mkdir hello-1.0 && echo 'obj-m := hello.o' >hello-1.0/Kbuild
	printf '%s\n' '#include <linux/module.h>' 'MODULE_DESCRIPTION("x");' 'MODULE_LICENSE("GPL");' >hello-1.0/hello.c
	tar -czf hello-1.0.tar.gz hello-1.0
	run -0 rpmbuild -bb --quiet --define "_topdir $PWD/top" --define "_sourcedir $PWD" --define "_rpmdir $PWD/rpms" \
		--load "$TOP/rpm/macros.xs-ddk" --define "xs_ddk_dir $TOP" --define "xs_ddk $XS_BIN/xs-ddk" --define "xs_kernels $(a_kernel)" hello.spec
	run -0 find rpms -name "hello-1.0-modules-*-$(a_kernel)-*.rpm"
	has "$output" "$(a_kernel)" || fail "$(find rpms)"
}

@test "xs-make-disk(1) has every option of make-disk, and no other option" {
	local help text
	text=$(page rpm/xs-make-disk.1)
	help=$("$TOP/rpm/make-disk" --help)
	options=$(sed -nE 's/^ +(--[a-z-]+) .*/\1/p' <<<"$help")
	[ "$(wc -w <<<"$options")" -ge 20 ]
	for option in $options; do has "$text" " $option"; done
	for option in $(grep -o -e '--[a-z-]*[a-z]' <<<"$text" | sort -u); do has "$help" "$option"; done
}

@test "driver.mk(5) has every variable and target of driver.mk and disk.mk" {
	text=$(page rpm/driver.mk.5)
	variables=$(sed -nE 's/^#	([A-Z][A-Z_. ]*[A-Z])(  .*|)$/\1/p' "$TOP"/rpm/driver.mk "$TOP"/rpm/disk.mk)
	[ "$(wc -w <<<"$variables")" -ge 35 ]
	for variable in $variables; do has "$text" " $variable"; done
	targets=$(sed -n 's/^\.PHONY: //p' "$TOP/rpm/driver.mk" "$TOP/rpm/disk.mk" | tr -s ' ' '\n' | grep -E '^[a-z]+(-[a-z]+)?$' | grep -v ^xs-)
	[ "$(wc -l <<<"$targets")" -ge 8 ]
	for target in $targets; do has "$text" " $target "; done
}

# completed WORD...: what bash offers for the last of the words.
completed() {
	bash -c '. "$1" && shift && COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)) && _xs_kbuild && printf "%s\n" "${COMPREPLY[@]}"' \
		- "$TOP/tools/completion/xs-kbuild" "$@"
}

@test "bash completes the options and kernels of xs-kbuild" {
	for option in $(xs-kbuild --help | sed -n 's/^  \(--[a-z-]*\) .*/\1/p'); do
		completed xs-kbuild --version 1 "$option" | grep -qx -e "$option"
	done
	[ "$(completed xs-kbuild --kernel "")" = "$(kernels)" ]
	[ "$(completed xs-kbuild --compat "")" = xs9 ]
	mkdir -p "$BATS_TEST_TMPDIR/some"
	[ "$(completed xs-kbuild --kdir "$BATS_TEST_TMPDIR/so")" = "$BATS_TEST_TMPDIR/some" ]
}
