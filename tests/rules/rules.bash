# SPDX-License-Identifier: GPL-2.0-only
# What the tests of rules share. Each rule has a test that calls "fires RULE" and one that calls "quiet RULE".

# Judged by the sanitizers' build if it is not older: much of what is read here is made to mislead.
if [ "$XS_BIN" = "$TOP/build/bin" ] && [ "$TOP/build/san/bin/xs-ddk" -nt "$XS_BIN/xs-ddk" ]; then
	PATH=$TOP/build/san/bin:$PATH
fi

# A kernel that never was, for modules from the assembler.
uname=6.1.0-0-test

# a_module FILE [LINE...]: a module named after FILE, sound but for what the assembler LINEs add to it.
# The variables name, version, license and kernel say otherwise; with "-" the thing is left out. The variable machine is
# a target of clang: then the module is for that machine.
a_module() {
	local file=$1 own line assembler=(as -W)
	shift
	mkdir -p "$(dirname "$file")"
	own=$(basename "$file")
	own=${own%%.ko*}
	{
		printf '.include "module.inc"\n'
		[ "${kernel-}" = - ] || printf 'info "vermagic=%s SMP preempt mod_unload modversions "\n' "${kernel-$uname}"
		[ "${license-}" = - ] || printf 'info "license=%s"\n' "${license-GPL}"
		[ "${name-}" = - ] || printf 'info "name=%s"\n' "${name-${own//-/_}}"
		[ "${version-}" = - ] || printf 'note_section\nrecord "%s"\n' "${version-1.0.0}"
		for line; do
			printf '%s\n' "$line"
		done
	} >"$BATS_TEST_TMPDIR/module.s"
	# note.inc would name it "case".
	sed '/\.modinfo/,/vermagic=/d' "$TOP/tests/notes/note.inc" >"$BATS_TEST_TMPDIR/note.inc"
	case ${machine-} in
	'') ;;
	*64* | s390x*) assembler=(clang -target "$machine" -fintegrated-as -c) ;;
	*) assembler=(clang -target "$machine" -fintegrated-as -c -Wa,-defsym,NARROW=1) ;;
	esac
	"${assembler[@]}" -I "$BATS_TEST_TMPDIR" -I "$TOP/tests/rules" -o "$file" "$BATS_TEST_TMPDIR/module.s"
}

# a_host: an empty root directory "host" with the line for depmod.
a_host() {
	mkdir -p host/etc/depmod.d "host/lib/modules/$uname/updates"
	echo "exclude xenserver" >host/etc/depmod.d/xs-ddk.conf
}

# installed DRIVER VERSION MODULE [LINE...]: a module of a driver's version on the host, with its info.json.
installed() {
	local directory=host/lib/modules/$uname/xenserver/$1/$2 driver=$1 v=$2 m=$3
	shift 3
	version=$v a_module "$directory/$m.ko" "$@"
	[ -e "$directory/info.json" ] || an_info "$driver" "$v" >"$directory/info.json"
}

# an_info DRIVER VERSION [PCI_IDS]
an_info() {
	jq -n --arg name "$1" --arg version "$2" --argjson ids "${3-{\}}" '{category: "network", name: $name,
		description: "a driver", variant: $version, version: $version, priority: 1, status: "production",
		pci_ids: $ids}'
}

# selected LINK-NAME TARGET: a link in updates/.
selected() {
	ln -sfn "$2" "host/lib/modules/$uname/updates/$1"
}

# in_version DRIVER VERSION FILE: what a link to that file holds.
in_version() {
	printf '../xenserver/%s/%s/%s\n' "$1" "$2" "$3"
}

# fires RULE ARGUMENT...: verify finds RULE, and the status is that of its severity. The findings of the rule are
# then in $found, one a line.
fires() {
	local rule=$1 severity status_wanted
	shift
	severity=$(xs-ddk rules --json | jq -r --arg rule "$rule" '.rules[] | select(.rule == $rule) | .severity')
	[ -n "$severity" ] || fail "there is no rule $rule"
	run --separate-stderr xs-ddk verify --json "$@"
	found=$(jq -r --arg rule "$rule" '.findings[] | select(.rule == $rule) | .path + ": " + .problem' <<<"$output")
	[ -n "$found" ] || fail "$rule does not fire: status $status, $output $stderr"
	status_wanted=0
	[ "$(jq .errors <<<"$output")" -eq 0 ] || status_wanted=1
	[ "$status" -eq "$status_wanted" ] || fail "$rule: status $status, $output"
	[ "$severity" = warning ] || [ "$status" -eq 1 ]
	if [ "$severity" = warning ]; then
		run -1 --separate-stderr xs-ddk verify --strict --json "$@"
	fi
}

# quiet RULE ARGUMENT...: verify reads what there is, and finds nothing at all; with --disable among the arguments,
# nothing else.
quiet() {
	local rule=$1
	shift
	xs-ddk rules --json | jq -e --arg rule "$rule" 'any(.rules[]; .rule == $rule)' >/dev/null
	run --separate-stderr xs-ddk verify --json "$@"
	[ "$status" -eq 0 ] || fail "$rule: status $status, $output $stderr"
	[ "$(jq '.findings | length' <<<"$output")" -eq 0 ] || fail "$rule: $output"
}

# a_package NAME [SPEC-LINE...]: NAME.rpm here, by rpmbuild, of what is in the directory "payload", with the lines in its
# preamble or after it. The variables rpm_version, rpm_release and payload say otherwise than 1.0, 1 and gzip. A package
# with modules runs depmod, unless the variable depmod is "-". The variable ghost has the path of a %ghost file.
a_package() {
	local name=$1 line
	shift
	{
		printf '%s\n' "Name: $name" "Version: ${rpm_version-1.0}" "Release: ${rpm_release-1}" "Summary: test" \
			"License: GPL" "AutoReqProv: no"
		for line; do
			printf '%s\n' "$line"
		done
		printf '%s\n' "%description" "test" "%install" "cp -a '$PWD/payload/.' %{buildroot}" \
			"%files -f $PWD/files"
	} >package.spec
	mkdir -p payload
	(cd payload && find . ! -type d -printf '/%P\n') >files
	[ -z "${ghost-}" ] || sed -i "s|^$ghost$|%ghost &|" files
	if [ "${depmod-}" != - ] && grep -q '/lib/modules/.*\.ko' files; then
		printf '%s\n' "%posttrans" "depmod $uname" >>package.spec
	fi
	rpmbuild -bb --quiet --nodeps --define "_topdir $PWD/rpmbuild" --define '_build_id_links none' \
		--define 'debug_package %{nil}' --define '__os_install_post %{nil}' --define "_rpmdir $PWD" \
		--define '_rpmfilename %%{name}.rpm' --define "_binary_payload ${payload-w1.gzdio}" package.spec >&2
}

# payload_module DRIVER VERSION MODULE [LINE...]: a module of a driver in the payload, with all that belongs to it.
payload_module() {
	local directory=payload/lib/modules/$uname/xenserver/$1/$2 driver=$1 v=$2 m=$3
	shift 3
	version=${version-$v} a_module "$directory/$m.ko" "$@"
	an_info "$driver" "$v" >"$directory/info.json"
	mkdir -p payload/etc/depmod.d
	echo "exclude xenserver" >payload/etc/depmod.d/xs-ddk.conf
}
