#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# The DDK as an image: "make check-image" builds it, and runs in it what the CI snippets and the guide say. It is no part of
# "make check": building the image downloads some hundred MB and takes minutes.

load ../helpers

setup_file() {
	export ENGINE IMAGE=xs-ddk-test BUILDAH_ISOLATION=chroot
	ENGINE=$(command -v buildah || command -v podman) || fail "neither buildah nor podman is installed" || return
	# The guide also builds for xs9, which takes no kernel with two hyphens in its name.
	KERNELS=$(kernels | tail -n 1)
	export KERNELS
	"$BATS_TEST_DIRNAME/../../tools/image" "$KERNELS" >"$BATS_FILE_TMPDIR/log" 2>&1 || {
		tail -n 30 "$BATS_FILE_TMPDIR/log" >&2
		return 1
	}
}

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	mkdir work
}

# inside SCRIPT: run the script in the image with bash, in the directory work, which is mounted there.
inside() {
	local container status=0
	if [[ $ENGINE == */buildah ]]; then
		container=$(buildah from "localhost/$IMAGE")
		buildah run --volume "$PWD/work:/work" --workingdir /work "$container" -- bash -e -c "$1" || status=$?
		buildah rm "$container" >/dev/null
	else
		podman run --rm --volume "$PWD/work:/work" --workdir /work "localhost/$IMAGE" bash -e -c "$1" || status=$?
	fi
	return $status
}

# snippet FILE EXPRESSION: the commands of a CI snippet, and the kernels that its variables would name.
snippet() {
	printf 'export VERSION=1.2.3 KERNELS=%s\n' "$KERNELS"
	python3 -c 'import sys, yaml
doc = yaml.safe_load(open(sys.argv[1]))
print("\n".join(eval(sys.argv[2])))' "$TOP/tests/ci/$1" "$2"
}

# repository: what a CI job has in its directory: the sources of a driver, with the Makefile that most have.
repository() {
	mkdir work/src
	cp "$TOP/example-driver/xsedu.c" work/src/
	printf '%s\n' 'obj-m := xsedu.o' 'ccflags-y := -DXSEDU_VERSION=\"1.2.3\"' >work/src/Kbuild
	printf '%s\n' 'modules clean:' "$(printf '\t')\$(MAKE) -C \$(KDIR) M=\$(CURDIR) \$@" '.NOTPARALLEL:' 'all: modules' >work/src/Makefile
}

@test "the size of the image is told" {
	run -0 tail -n 1 "$BATS_FILE_TMPDIR/log"
	[[ $output =~ ^"image: $IMAGE is built: "[0-9]+" MB"$ ]]
}

@test "the snippet for GitHub builds and verifies a driver in the image" {
	repository
	run -0 inside "$(snippet github.yml '[step["run"] for step in doc["jobs"]["verify"]["steps"] if "run" in step]')"
	[ -e "work/build/lib/modules/$KERNELS/updates/xsedu.ko" ]
	lacks "$output" "::error"
}

@test "the snippet for GitLab leaves a report in the image" {
	repository
	run -0 inside "$(snippet gitlab.yml 'doc["driver"]["script"]')"
	[ "$(xmllint --xpath 'string(//testsuite/@failures)' work/report.xml)" = 0 ]
}

@test "every command of the guide works in the image, to a signed disk and its report" {
	awk '/^```/ { block = !block; next } block && document { print; if ($0 == "END") document = 0; next }
		block && /^\$ / { print substr($0, 3); if (/<</) document = 1 }' "$TOP/rpm/GUIDE.md" >work/commands
	[ "$(wc -l <work/commands)" -ge 40 ]
	run -0 inside '. ./commands'
	run -0 xs-ddk show work/hello/build/isos/hello.iso
	has "$output" "$KERNELS"
	# The names of PCI devices are there.
	run -0 inside 'xs-ddk report hello/build/isos/hello.iso'
	has "$output" "Names of PCI devices are from pci.ids"
}

@test "every program that the targets need is in the image" {
	local programs
	programs=$(grep -oE '\bneed "?[$a-z_][a-z_{:-]*' "$TOP/rpm/check-settings" | awk '$2 ~ /^[a-z]/ { print $2 }' | sort -u)
	[ "$(wc -l <<<"$programs")" -ge 9 ]
	run -0 inside "for program in $(echo $programs) xs-ddk xs-driver xs-kbuild xs-trial rpmbuild; do command -v \$program || { echo missing: \$program; exit 1; }; done"
}

@test "a kernel without a package of headers, and what is no name, are told, and the status is 2" {
	run -2 "$TOP/tools/image" 'x; touch taken'
	has "$output" "is not the name of a kernel"
	run -2 env IMAGE=xs-ddk-none "$TOP/tools/image" 1.2.3-none
	has "$output" "linux-headers-1.2.3-none"
	has "$output" "the image was not built"
}
