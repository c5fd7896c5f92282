#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# The manual pages and the completion of xs-driver and driver-tool say what the programs take.

load helpers
load driver/host

# page NAME: the manual page as text.
page() { mandoc -T ascii "$TOP/tools/xs-driver/$1.8" | col -b; }

# complete_words WORD...: what bash offers for the last of the words.
complete_words() {
	bash -c '. "$1" && shift && COMP_WORDS=("$@") && COMP_CWORD=$(($# - 1)) &&
		$(complete -p "$1" | sed "s/.*-F \([^ ]*\).*/\1/") && printf "%s\n" "${COMPREPLY[@]}"' bash \
		"$TOP/tools/completion/xs-driver" "$@"
}

@test "the manual pages are well-formed, with EXIT STATUS and EXAMPLES" {
	for name in xs-driver driver-tool; do
		run -0 mandoc -T lint -W warning "$TOP/tools/xs-driver/$name.8"
		for section in NAME SYNOPSIS DESCRIPTION "EXIT STATUS" EXAMPLES; do has "$(page $name)" $'\n'"$section"; done
	done
}

@test "each command, option, problem and environment variable is in the manual page" {
	text=$(page xs-driver)
	for command in list select deselect activate rollback recover check; do
		has "$(xs-driver --help)" "  $command"
		has "$text" "$command"
		for option in $(xs-driver $command --help | grep -o -- '--[a-z-]*' | sort -u); do has "$text" "$option"; done
	done
	for problem in $(sed -n 's/.*\[PROBLEM_[A-Z]*\] = { "\([a-z-]*\)".*/\1/p' "$TOP/tools/host/state.c"); do
		has "$text" "     $problem"
	done
	for variable in $(grep -oh 'XS_[A-Z]*' "$TOP"/tools/change/{depmod,initrd,reload}.c | sort -u); do
		case $variable in XS_*_H | XS_DDK*) ;; *) has "$text" "$variable" ;; esac
	done
}

@test "bash completes commands, options, drivers, versions and kernels" {
	make_host
	for version in 1.2.0 1.10.0; do install_fake intel-ice $version ice; done
	install_fake other 1 other
	[ "$(complete_words xs-driver sel)" = select ]
	[ "$(complete_words xs-driver list --h | xargs)" = "--help --hardware --hardware-present" ]
	[ "$(complete_words xs-driver select --sysroot "$root" int)" = intel-ice ]
	[ "$(complete_words xs-driver select --sysroot "$root" intel-ice '' | sort -V | xargs)" = "1.2.0 1.10.0" ]
	[ -z "$(complete_words xs-driver select --sysroot "$root" intel-ice 1.2.0 '')" ]
	[ "$(complete_words xs-driver list --sysroot "$root" --kernel '')" = "$UNAME" ]
	[ "$(complete_words xs-driver check --format '' | xargs)" = "text json" ]
	[ "$(complete_words driver-tool --sysroot "$root" -s -n intel-ice -v 1.1)" = 1.10.0 ]
}

@test "every option that is completed is one the program takes" {
	for command in list select deselect activate rollback check; do
		for option in $(complete_words xs-driver $command --); do has "$(xs-driver $command --help) --help" "$option"; done
	done
}
