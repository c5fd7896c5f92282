#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# xs-ddk rules and the frame of the program: help, version, wrong calls.

load helpers

@test "rules lists every rule once, with a severity, a sentence and a hint" {
	run -0 --separate-stderr xs-ddk rules --json
	jq -e '.format == "xs-ddk-rules" and (.rules | length) > 20' <<<"$output"
	jq -e '[.rules[].rule] | length == (unique | length)' <<<"$output"
	jq -e 'all(.rules[]; (.severity == "error" or .severity == "warning") and (.problem | length) > 10 and
		(.hint | length) > 10)' <<<"$output"
}

@test "rules prints for people what it prints for programs" {
	run -0 xs-ddk rules --json
	count=$(jq '.rules | length' <<<"$output")
	run -0 xs-ddk rules
	[ "$(grep -cE '^[a-z][a-z0-9-]+ +(error|warning) ' <<<"$output")" -eq "$count" ]
}

@test "every command answers --help on stdout with status 0" {
	run -0 --separate-stderr xs-ddk --help
	[ -z "$stderr" ]
	commands=$(awk '/^  [a-z]+ / { print $1 }' <<<"$output")
	[ "$(wc -l <<<"$commands")" -ge 4 ]
	for command in $commands; do
		run -0 --separate-stderr xs-ddk "$command" --help
		has "$output" "Usage: xs-ddk $command "
		has "$output" "Exit status: "
		[ -z "$stderr" ]
	done
}

@test "a wrong call goes to stderr with status 2" {
	run -2 --separate-stderr xs-ddk
	has "$stderr" "a command is missing"
	[ -z "$output" ]
	run -2 --separate-stderr xs-ddk sho
	has "$stderr" "there is no command 'sho'"
	run -2 --separate-stderr xs-ddk rules extra
	has "$stderr" "there is no rule extra; 'xs-ddk rules' prints all"
}

@test "--version tells the kit's version" {
	run -0 --separate-stderr xs-ddk --version
	[[ $output =~ ^xs-ddk\ [0-9]+\.[0-9]+\.[0-9]+$ ]]
}
