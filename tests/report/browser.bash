# SPDX-License-Identifier: GPL-2.0-only
# The tests of pages load this file: a browser, a checker for what keeps people from reading a page, and small disks.

# need_browser: skip the test if there is no Chromium.
need_browser() {
	BROWSER=$(command -v chromium || command -v chromium-browser || command -v chromium-headless-shell) ||
		skip "chromium is not installed"
}

# browser OPTION... PAGE: show the page without a window. It may need no sandbox: the page is our own file.
browser() {
	local page=${!#}
	timeout 120 "$BROWSER" --headless --no-sandbox --disable-gpu --hide-scrollbars --no-first-run --disable-extensions \
		--disable-dev-shm-usage --user-data-dir="$BATS_TEST_TMPDIR/profile" --enable-logging=stderr --log-level=0 "${@:1:$#-1}" \
		"file://$(readlink -f "$page")"
}

# console TEXT: the messages of the page's console among those of the browser.
console() { grep -E 'CONSOLE[(:]' <<<"$1" || :; }

# need_axe: get axe-core from npm; skip the test if npm cannot reach its registry.
need_axe() {
	AXE=$(from_npm axe-core@4 axe.min.js 2>"$BATS_TEST_TMPDIR/npm") || skip "$(tail -n 1 "$BATS_TEST_TMPDIR/npm")"
}

# axe SCHEME PAGE: check the page in the colour scheme (0: dark, 1: light). Prints JSON: the number of rules that passed, and a
# line for each violation. A copy of the page is checked, whose policy lets scripts run.
axe() {
	cp "$AXE" axe.js
	{
		sed '/Content-Security-Policy/d' "$2"
		cat <<-'END'
			<script src="axe.js"></script>
			<script>
			axe.run(document.querySelectorAll("html")[0]).then(r => {
				const lines = r.violations.flatMap(v => v.nodes.map(n => v.id + ": " + n.html.slice(0, 200)));
				const pre = document.createElement("pre");
				pre.textContent = "AXE" + encodeURIComponent(JSON.stringify({passes: r.passes.length, violations: lines})) + "EXA";
				document.body.appendChild(pre);
			});
			</script>
		END
	} >axe.html
	browser --blink-settings=preferredColorScheme="$1" --virtual-time-budget=60000 --dump-dom axe.html 2>axe.log |
		sed -n 's/.*>AXE\(.*\)EXA<.*/\1/p' | python3 -c 'import sys, urllib.parse; print(urllib.parse.unquote(sys.stdin.read()))'
}

# background PICTURE: the colour of the pixel in its lower left corner.
background() {
	python3 - "$1" <<-'END'
		import struct, sys, zlib
		# A PNG with 8 bits for each colour, as Chromium writes it. Only the first pixel of each line is needed, so filters
		# that look to the left add nothing.
		data, at, packed = open(sys.argv[1], "rb").read(), 8, b""
		while at < len(data):
		    size, kind = struct.unpack(">I4s", data[at:at + 8])
		    body = data[at + 8:at + 8 + size]
		    if kind == b"IHDR":
		        width, height, _, colours = struct.unpack(">IIBB", body[:10])
		    packed += body if kind == b"IDAT" else b""
		    at += 12 + size
		pixel = {2: 3, 6: 4}[colours]
		lines, before = zlib.decompress(packed), [0] * pixel
		for y in range(height):
		    line = lines[y * (1 + width * pixel):][:1 + pixel]
		    add = {0: 0, 1: 0, 2: 1, 3: 0.5, 4: 1}[line[0]]
		    before = [(line[1 + i] + int(before[i] * add)) & 255 for i in range(pixel)]
		print(*before[:3])
	END
}

# small_disk VERSION ALIAS...: make a disk in the directory "disk" with one package, of a module with these aliases. An ALIAS
# without a colon is the name of a key to sign it with: NAME.pem and NAME.crt.
small_disk() {
	local version=$1 kernel alias key='' directory root=$PWD/package
	shift
	kernel=$(a_kernel)
	directory=$root/lib/modules/$kernel/xenserver/report/$version
	rm -rf "$root" disk
	mkdir -p "$directory" disk
	for alias; do
		[[ $alias == *:* ]] || key=$alias
	done
	{
		printf '%s\n' '.section .gnu.linkonce.this_module, "aw"' '.zero 64' '.section .modinfo, "a", @progbits'
		printf '.asciz "%s"\n' name=report license=GPL "vermagic=$kernel SMP mod_unload modversions "
		for alias; do
			[[ $alias != *:* ]] || printf '.asciz "alias=%s"\n' "${alias//\"/\\\"}"
		done
	} | as -o "$directory/report.ko" -
	xs-ddk inject --version "$version" "$directory/report.ko"
	[ -z "$key" ] || "$TOP/rpm/sign-module" --key "$key.pem" --cert "$key.crt" "$directory/report.ko"
	printf '%s\n' 'Name: report' "Version: $version" 'Release: 1' 'Summary: none' 'License: none' '%description' none '%install' \
		"cp -r $root/. %{buildroot}" '%files' '/lib/modules/*' >report.spec
	rpmbuild -bb --quiet --define "_topdir $PWD/top" --define "_rpmdir $PWD/disk" --define '_rpmfilename report.rpm' \
		--define '__os_install_post %{nil}' --define 'debug_package %{nil}' report.spec >&2
	printf '<repository originator="acme" name="report" product="XenServer" version="%s"><description>x</description></repository>\n' \
		"$version" >disk/XS-REPOSITORY
}
