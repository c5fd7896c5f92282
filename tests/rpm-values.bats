#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# Values and names of files are data: no make, shell or rpm on the way to a package executes them.

# What is quoted here is for make, rpm and shells to expand, or not to.
# shellcheck disable=SC2016

load rpm/helpers

# Each of these would make a file called executed, if what they are for saw it.
COMMANDS=('$(touch executed)' '`touch executed`' '; touch executed #' '$(shell touch executed)' '%(touch executed)'
	'%{lua:io.open("executed", "w")}' "' ; touch executed ; '" '" ; touch executed ; "' '| touch executed' '&& touch executed')
# All of them in one line, and letters that are not ASCII.
ALL="x ${COMMANDS[*]} ${COMMANDS[*]} größe ☃ {}[]<>~*? \\# \$\$ %% @TEXT@ y"

setup() {
	mkdir "$BATS_TEST_TMPDIR/driver" && cd "$BATS_TEST_TMPDIR/driver" || return
	cp "$TOP"/tests/rpm/pair/{Kbuild,*.c} "$TOP"/rpm/driver{,-data}.spec.in .
	mkdir -p data/etc && echo 1 >data/etc/pair.conf
	printf '%s\n' "include $TOP/rpm/driver.mk" >Makefile
	SETTINGS=(DRIVER=pair DRIVER_VERSION=2.0 SPEC=driver.spec.in VENDOR_NAME=Example TEXT=Text KERNELS="$K1" XS_DDK="$XS_BIN/xs-ddk")
}

# nothing_executed: no command in a value was executed, in whatever directory.
nothing_executed() {
	[ -z "$(find "$BATS_TEST_TMPDIR" "$TOP/rpm" -name executed)" ] && [ ! -e "$(kdir "$K1")/executed" ]
}

@test "text with commands of make, shells and rpm comes into packages and the disk as it is" {
	run -0 --separate-stderr make "${SETTINGS[@]}" VENDOR_NAME="$ALL" TEXT="$ALL" VENDOR_CODE=acme XS_DESCRIPTION="$ALL" \
		DATA_SPEC=driver-data.spec.in build-rpms
	nothing_executed
	[ "$(rpm -qp --qf '%{VENDOR}' build/srpms/pair-2.0-1.0-1.src.rpm)" = "$ALL" ]
	[ "$(rpm -qp --qf '%{DESCRIPTION}' build/srpms/pair-2.0-1.0-1.src.rpm)" = "$ALL" ]
	[ "$(rpm -qp --qf '%{VENDOR}' build/rpms/pair-data-1.0-1.noarch.rpm)" = "$ALL" ]
	rpm2cpio "$(package build pair 2.0)" | cpio -idm --quiet
	[ "$(jq -r .description "lib/modules/$K1/xenserver/pair/2.0/info.json")" = "$ALL" ]
	# The same from the environment.
	rm -r build
	export VENDOR_NAME=$ALL TEXT=$ALL
	run -0 --separate-stderr make "${SETTINGS[@]::3}" "${SETTINGS[@]:5}" build-srpms
	nothing_executed
	[ "$(rpm -qp --qf '%{VENDOR}' build/srpms/pair-2.0-1.0-1.src.rpm)" = "$ALL" ]
}

@test "each variable with each of these values is executed in no target" {
	local name value target
	for name in DRIVER VERSIONS DRIVER_VERSION SPEC DATASPEC DATA_SPEC DATA_DIR SRCDIR SRCDIR.2.0 SOURCES VENDOR VENDOR_CODE LABEL \
		UUID BASE_REQUIRES RPM.VERSION RPM_RELEASE DATA.RPM.VERSION DATA_RPM_RELEASE KERNELS KERNELS_MAY_FAIL PROFILE XS_COMPRESS \
		MODSIGN_KEY MODSIGN_CERT GPG_KEY XS_CATEGORY XS_PRIORITY XS_STATUS SOURCE_DATE_EPOCH RPMBUILD XS_DDK XS_KBUILD PACK_VERSION \
		PACK_BUILD DEFAULT_VERSION PRODUCT PRODUCT_VERSION REQUIRES AFTER_APPLY; do
		# Nothing is built: what is looked at is how far the value comes.
		timeout 60 make -k "${SETTINGS[@]}" "$name=${COMMANDS[*]}" build-srctarballs </dev/null >../said 2>&1 || :
		nothing_executed || fail "$name: $(cat ../said)"
	done
	for target in build-srpms verify build-isos clean; do
		for value in "${COMMANDS[@]}"; do
			make "${SETTINGS[@]}" LABEL="$value" RPMBUILD="$value" SPEC="$value" "$target" </dev/null >../said 2>&1 || :
			nothing_executed || fail "$target: $value: $(cat ../said)"
		done
	done
}

@test "what cannot be used as it is, is refused in one sentence, and nothing is built" {
	refused() {
		run -2 --separate-stderr make "${SETTINGS[@]}" "$2" build-rpms
		[ "$(grep -c -F "$1" <<<"$stderr")" -eq 1 ] || fail "expected once: $1"$'\n'"in: $stderr"
		[ -z "$(find . -name '*.rpm')" ]
	}
	refused 'TEXT has more than one line' TEXT=$'a\nb'
	refused 'TEXT: there is a control character in the value' TEXT=$'a\eb'
	refused 'TEXT: rpm takes a line that begins with % and a letter for an instruction' TEXT='%post x'
	refused 'VENDOR_NAME: a value has no backslash at its end' 'VENDOR_NAME=a\'
	refused 'SRCDIR "a b": make cannot work with a path that has a space' 'SRCDIR=a b'
	refused 'SPEC "a;b": make cannot work with a path' 'SPEC=a;b'
	refused 'LABEL "a b": it can have letters' 'LABEL=a b'
	refused 'SOURCE_DATE_EPOCH "yesterday": it is a number' SOURCE_DATE_EPOCH=yesterday
	refused 'none: there is no such directory, and it is to have the sources' SRCDIR=none
	refused 'SOURCES: none.c: there is no such file' SOURCES=none.c
}

@test "a kernel's build directory whose uname is a command is refused" {
	mkdir -p kernel/include/generated
	echo '#define UTS_RELEASE "1$(shell touch executed)"' >kernel/include/generated/utsrelease.h
	touch kernel/Makefile kernel/Module.symvers
	run -2 --separate-stderr make "${SETTINGS[@]}" KERNELS="$PWD/kernel" build-rpms
	has "$stderr" "has a name with a character other than"
	nothing_executed
}

@test "sources may have any name, and links, spaces and quotes in names are kept" {
	local name
	mkdir 'a directory'
	for name in "${COMMANDS[@]}" "it's" 'a "b" \c' größe.c '-rf' '@x' '%{nil}.h' 'a directory/b c.h' '*' '$$'; do
		echo "/* $name */" >"./$name"
	done
	run -0 --separate-stderr make "${SETTINGS[@]}" build-rpms
	nothing_executed
	run -0 tar --quoting-style=literal -tzf build/srctarballs/pair-2.0.tar.gz
	for name in "${COMMANDS[@]}" "it's" 'a "b" \c' größe.c '-rf' '@x' '%{nil}.h' 'a directory/b c.h' '*' '$$'; do
		has "$output" "pair-2.0/$name"
	done
	package build pair 2.0
	touch $'new\nline'
	run -2 --separate-stderr make "${SETTINGS[@]}" build-rpms
	has "$stderr" "./new?line: there is a control character in the file's name; rename it"
}

@test "RPMBUILD may have options with spaces" {
	run -0 make "${SETTINGS[@]}" RPMBUILD="rpmbuild --define 'packager A B \"C\"' --define \"url x y\"" build-srpms
	[ "$(rpm -qp --qf '%{PACKAGER}' build/srpms/*.rpm)" = 'A B "C"' ]
}
