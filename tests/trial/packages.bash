# SPDX-License-Identifier: GPL-2.0-only
# Packages that stand for a distribution's packages of a kernel.

# kernel_packages TREE LIB: make kernel.deb and kernel.rpm beside TREE, of its directories boot and LIB/modules.
kernel_packages() {
	local to
	to=$(dirname "$1")
	mkdir "$1/DEBIAN"
	printf '%s\n' 'Package: kernel' 'Version: 1' 'Architecture: all' 'Maintainer: none' 'Description: none' >"$1/DEBIAN/control"
	dpkg-deb -Znone --build "$1" "$to/kernel.deb"
	printf '%s\n' 'Name: kernel' 'Version: 1' 'Release: 1' 'Summary: none' 'License: none' '%description' none \
		'%install' "cp -r $1/boot $1/${2%%/*} %{buildroot}" %files /boot "/$2" >"$to/kernel.spec"
	rpmbuild -bb --quiet --define "_topdir $to/top" --define '_rpmfilename kernel.rpm' --define "_rpmdir $to" \
		--define '_binary_payload w0.gzdio' --define '__os_install_post %{nil}' --define 'debug_package %{nil}' "$to/kernel.spec"
}
