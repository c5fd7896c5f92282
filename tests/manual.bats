#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# The manual, the completion and the catalogue of rules: complete, and about what there is.

load helpers

manual=$TOP/build/man/xs-ddk.1

rule_ids() { xs-ddk rules --json | jq -r '.rules[].rule'; }
commands() { xs-ddk --help | sed -n 's/^  \([a-z][a-z]*\)  *.*/\1/p'; }

@test "the manual is sound mdoc" {
	# The pages it refers to need not be installed.
	run -0 mandoc -T lint -W warning "$manual"
	[ -z "$output" ] || fail "$output"
	run -0 bash -c "mandoc -T utf8 '$manual' | col -b"
	for section in "EXIT STATUS" RULES EXAMPLES JSON; do
		has "$output" "$section"
	done
}

@test "every rule has its place in the manual, with its severity, and the manual has no other" {
	diff <(xs-ddk rules --json | jq -r '.rules[] | .rule + " " + .severity' | sort) \
		<(sed -n 's/^\.It Sy \([a-z0-9-]*\) Pq \([a-z]*\)$/\1 \2/p' "$manual" | sort)
}

@test "every command and every option of its help is in the manual" {
	run -0 bash -c "mandoc -T ascii '$manual' | col -b"
	page=$output
	for command in $(commands); do
		has "$page" "xs-ddk $command"
		[ "$command" = verify ] || continue
		for option in $(xs-ddk verify --help | grep -o -e '--[a-z][a-z-]*' | sort -u); do
			has "$page" "$option"
		done
	done
}

# tested PATTERN: whether a test or a table of cases has it.
tested() {
	grep -qrE -e "$1" "$TOP/tests" --include='*.bats' --include='*.s' --include=modules --include=containers \
		--include='*.bash'
}

@test "every rule has a test that shows it firing and one that shows it quiet" {
	local untested=
	for rule in $(rule_ids); do
		case $rule in
		# Cases with the rules that fire in each, and sound ones: tests/notes, tests/hostile.
		note-*) tested "^# expect: .*\b$rule\b" && [ -e "$TOP/tests/notes/sound.s" ] ;;
		read-failed | input-limit) tested "$rule" && tested "quiet.*\"\\\$rule\"|quiet $rule" ;;
		disk-*) tested "\b$rule\b" ;;
		*) tested "\bfires $rule\b" && { tested "\bquiet $rule\b" || tested "^	for rule in .*\b$rule\b|^		.*\b$rule\b.*[\\;]" ; } ;;
		esac || untested="$untested $rule"
	done
	[ -z "$untested" ] || fail "no tests for:$untested"
}

# completed WORD...: what is offered for the last of the words.
completed() {
	bash -c '. "$1" && shift && COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)) && "_${1//-/_}" && printf "%s\n" "${COMPREPLY[@]}"' \
		- "$TOP/tools/completion/xs-ddk" "$@"
}

@test "completion offers every command, and every option of each" {
	for command in $(commands); do
		has "$(completed xs-ddk "")" "$command"
		for option in $(xs-ddk "$command" --help | grep -o -e '--[a-z][a-z-]*' | sort -u); do
			completed xs-ddk "$command" -- | grep -qx -e "$option"
		done
	done
}

@test "completion offers rules, formats, profiles, kernels and files" {
	[ "$(completed xs-ddk verify --disable note-mi)" = note-missing ]
	[ "$(completed xs-ddk verify --format j | paste -s -d ' ')" = "json junit" ]
	[ "$(completed xs-ddk verify --profile xs8)" = xs8 ]
	[ "$(completed xs-ddk verify --kernel "$(a_kernel)" | head -n 1)" = "$(a_kernel)" ]
	cd "$BATS_TEST_TMPDIR"
	touch some.ko
	[ "$(completed xs-ddk verify so)" = some.ko ]
}

@test "completion offers the names of values for init and import, and the kernels as a value" {
	for name in $(sed -n 's/^	\[VALUE_[A-Z_]*\] = {"\([A-Z._]*\)".*/\1/p' "$TOP/tools/kit/packaging.c"); do
		completed xs-ddk init hello src "${name:0:1}" | grep -qx "$name="
	done
	[ "$(completed xs-ddk import src VENDOR_ | paste -s -d ' ')" = "VENDOR_NAME= VENDOR_CODE=" ]
	# bash splits words at "=".
	[ "$(completed xs-ddk import src KERNELS = "$(a_kernel)" | head -n 1)" = "$(a_kernel)" ]
	completed xs-ddk import src KERNELS = | grep -qx "$(a_kernel)"
	completed xs-ddk init hello src XS_CATEGORY = net | grep -qx network
}

@test "completion offers what is loaded" {
	mkdir -p "$BATS_TEST_TMPDIR/root/sys/module/"{net,builtin}
	echo live >"$BATS_TEST_TMPDIR/root/sys/module/net/initstate"
	[ "$(completed xs-ddk show --sysroot "$BATS_TEST_TMPDIR/root" --loaded "")" = net ]
}
