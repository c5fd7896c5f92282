#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# The snippets for CI systems, run as these run them.

load helpers

# A vendor's repository: the driver's sources in src/, with the Makefile that most have.
setup() {
	cd "$BATS_TEST_TMPDIR" || return
	mkdir src
	cp "$TOP/example-driver/xsedu.c" src/
	printf '%s\n' 'obj-m := xsedu.o' 'ccflags-y := -DXSEDU_VERSION=\"1.2.3\"' >src/Kbuild
	printf '%s\n' '.NOTPARALLEL:' 'all: modules' 'modules clean:' "$(printf '\t')\$(MAKE) -C \$(KDIR) M=\$(CURDIR) \$@" >src/Makefile
	PATH=$TOP/note:$PATH
	export KERNELS
	KERNELS=$(a_kernel)
}

# steps FILE EXPRESSION: the commands in a snippet, by a Python expression on the document.
steps() {
	python3 -c 'import sys, yaml
doc = yaml.safe_load(open(sys.argv[1]))
print("\n".join(eval(sys.argv[2])))' "$TOP/tests/ci/$1" "$2"
}

github='[step["run"] for step in doc["jobs"]["verify"]["steps"] if "run" in step]'
gitlab='doc["driver"]["script"]'

# as_ci FILE EXPRESSION: runs them as the systems do: a shell that ends at the first failure.
as_ci() {
	VERSION=1.2.3 bash -e -c "$(steps "$1" "$2")"
}

@test "the snippet for GitHub builds and verifies a driver, and is silent about one that is right" {
	KERNELS=$(kernels | head -n 2 | paste -s -d ' ')
	run -0 --separate-stderr as_ci github.yml "$github"
	lacks "$output" "::"
	[ "$(find build -name '*.ko' | wc -l)" -eq 2 ]
}

@test "the snippet for GitHub fails with an annotation when something is wrong" {
	run -1 --separate-stderr as_ci github.yml "[s.replace('--version \"\$VERSION\" build', '--version 1.2.4 build') for s in $github]"
	has "$output" "::error file=build/lib/modules/"
	has "$output" ",title=path-version::"
}

@test "the snippet for GitLab leaves a report that its schema allows" {
	run -0 --separate-stderr as_ci gitlab.yml "$gitlab"
	xmllint --noout --schema "$TOP/tests/rules/junit.xsd" report.xml
	[ "$(xmllint --xpath 'string(//testsuite/@tests)' report.xml)" = 2 ]
	[ "$(xmllint --xpath 'string(//testsuite/@failures)' report.xml)" = 0 ]
}

@test "the README has the snippets as they are run" {
	for file in github gitlab; do
		# Without the line on the license, which the README has for all of it.
		grep -v SPDX "$TOP/tests/ci/$file.yml" >wanted
		[ "$(awk -v first="$(head -n 1 wanted)" '$0 == first { on = 1 } /^```$/ { on = 0 } on' "$TOP/README.md")" = "$(cat wanted)" ]
	done
}
