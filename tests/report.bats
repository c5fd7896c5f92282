#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# xs-ddk report: a page about driver disks. Chromium shows it, and axe-core checks whether everybody can read it.

load disk/disk
load report/browser

setup_file() {
	# The disk of most tests, an older one with one version of one kernel, and results of trials.
	export DISKS=$BATS_FILE_TMPDIR/disks
	make_disk "$DISKS"
	PACKAGES=$(example_packages "$(a_kernel)" | grep -v -e 1.1.0 -e src.rpm) make_disk "$DISKS/old"
	trials "$DISKS/trials"
}

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	disk=$DISKS/xsedu.iso old=$DISKS/old/xsedu.iso
	printf '8086  Intel Corporation\n\t1592  Ethernet Controller E810-C for QSFP\n\t\t8086 0002  Network Adapter E810-C-Q2\n' >pci.ids
	printf '1234  Technical Corp.\n\t11e8  Educational <device>\nC 02  Network controller\n\t00  Ethernet\n' >>pci.ids
}

# trials DIRECTORY: what xs-trial --report leaves there: of version 1.0.0 all passed, of 1.1.0 one failed.
trials() {
	mkdir -p "$1"
	jq -n --arg kernel "$(a_kernel)" '{format: "xs-trial", schema: 1, passed: 2, failed: 1, not_tried: 1, trials: [
		["1.0.0", "cycle.load", "pass", ""], ["1.1.0", "cycle.load", "pass", ""],
		["1.1.0", "plug.busy", "fail", "the machine ended: Oops"], ["-", "swap.busy", "not-tried", "nobody uses it"]] | map(
		{kernel: $kernel, driver: "xsedu", version: .[0], device: "edu", id: .[1], result: .[2], seconds: 3, reason: .[3]})}' >"$1/trial.json"
}

# report ARGUMENT...: write report.html; its text, without markup, is in the file text.
report() {
	xs-ddk report --pci-ids pci.ids -o report.html "$@"
	local status=$?
	sed '/<style>/,/<\/style>/d; s/<[^>]*>/ /g; s/&lt;/</g; s/&gt;/>/g; s/&quot;/"/g; s/&#39;/'\''/g; s/&amp;/\&/g' report.html | tr -s ' ' >text
	return $status
}

# cell VERSION STEP: the words in a row of the table of versions and kernels, for the first kernel.
cell() {
	awk -v v="$1" -v s="$2" '/scope="rowgroup"/ { at = index($0, ">" v "<") } at && index($0, ">" s "<")' report.html |
		sed 's/.*class="step">[^<]*<\/th><td class="\([a-z]*\)"[^>]*>\([^<]*\).*/\1 \2/' | head -n 1
}

@test "the page tells what the disk is, with sizes, times and checksums" {
	run -0 report "$disk"
	for text in "xsedu" 'Drivers for "edu" & <friends>' "XenServer" "xs:main eq 8.2.1" "2023-11-14 22:13:20 UTC" \
		"$(sha256sum <"$disk" | cut -d ' ' -f 1)" "$(stat -c %s "$disk" | sed -E ':a; s/([0-9])([0-9]{3})($|,)/\1,\2\3/; ta') bytes"; do
		has "$(cat text)" "$text"
	done
	# Each file of the disk, with its checksum.
	mkdir files && bsdtar -xf "$disk" -C files
	(cd files && find . -type f -exec sha256sum {} + | sed 's|  \./| |') >sums
	[ "$(wc -l <sums)" -ge 10 ]
	while read -r sum path; do
		grep -qF ">$path</th>" report.html
		grep -F ">$path</th>" report.html | grep -qF ">$sum</td>"
	done <sums
}

@test "the table of versions and kernels tells what is built, signed, verified and tried" {
	run -1 report --trial "$DISKS/trials" "$disk"
	[ "$(cell 1.0.0 Built)" = "good built: 1.0-1" ]
	[ "$(cell 1.0.0 Signed)" = "none modules not signed;" ]
	[ "$(cell 1.0.0 Verified)" = "good verified: no findings" ]
	[ "$(cell 1.0.0 Tried)" = "good 1 passed" ]
	[ "$(cell 1.1.0 Tried)" = "bad 1 failed, 1 passed" ]
	has "$(cat text)" "Not ready for a release: 1 failed trial"
	has "$(cat text)" "the machine ended: Oops"
	has "$(cat text)" "nobody uses it"
	# The second kernel was not tried.
	[ "$(grep -c '<td class="none">not tried</td>' report.html)" -ge 2 ]
	for kernel in $(kernels | head -n 2); do has "$(cat text)" "$kernel"; done
}

@test "a version that is not packaged for a kernel is a coloured cell with words, and a finding with its fix" {
	PACKAGES=$(example_packages | grep -v -e src.rpm -e "1.1.0.*$(kernels | sed -n 2p)") make_disk gap
	run -0 report gap/xsedu.iso
	grep -q '<td class="warn" rowspan="4">missing: not on the disk</td>' report.html
	has "$(cat text)" "No errors were found: 1 warning"
	has "$(cat text)" "matrix-gap"
	has "$(cat text)" "Fix: $(xs-ddk rules --json | jq -r '.rules[] | select(.rule == "matrix-gap").hint')"
}

@test "findings that the project knows are listed apart, with the reason, and do not count" {
	small_disk 1.0 'pci:v00008086d00001592sv*sd*bc*sc*i*'
	run -1 report disk
	grep -q '<h3><span class="tag bad">error</span>depmod-exclude</h3>' report.html
	xs-ddk verify --json disk | jq -r '.findings[].rule' | sort -u | sed 's/.*/off & because <it> is a test/' >.xs-ddk.conf
	run -0 report disk
	has "$(cat text)" "No errors were found"
	grep -q '<th scope="row">depmod-exclude</th>' report.html
	grep -q '<td>.xs-ddk.conf:[0-9]*</td><td>&lt;it&gt; is a test</td>' report.html
	run -1 report --no-config disk
	xs-ddk verify --no-config --baseline known --write-baseline disk >/dev/null
	run -0 report --no-config --baseline known disk
	has "$(cat text)" "Known findings, which do not count"
}

@test "devices have the names of pci.ids; without the list they have none, and the page says so" {
	run -0 report "$disk"
	grep -q '>1234:11e8</th><td>Technical Corp.</td><td>Educational &lt;device&gt;</td><td>xsedu</td><td>all</td>' report.html
	printf '1234  Technical Corp.\n' >pci.ids
	run -0 report "$disk"
	grep -q '>1234:11e8</th><td>Technical Corp.</td><td>no name known</td>' report.html
	# shellcheck disable=SC2016 # for the inner shell
	run -0 own_mounts sh -c 'for d in /usr/share/misc /usr/share/hwdata; do [ ! -d $d ] || mount -t tmpfs none $d; done
		xs-ddk report "$1"' - "$disk"
	has "$output" "No list of PCI devices was found"
	has "$output" ">1234:11e8</th><td>no name known</td>"
}

@test "subsystems have names too, and what is gone or new since an older disk is told by name" {
	small_disk 1.0 'pci:v00008086d00001592sv00008086sd00000002bc*sc*i*' usb:v046DpC52Bd*dc*
	mv disk before
	small_disk 1.1 'pci:v00008086d00001592sv*sd*bc*sc*i*'
	run -1 report --against before disk
	has "$(cat text)" "lost: this hardware loses its driver usb:v046DpC52Bd*dc*"
	grep -q '>gained</td><td><span class="mono">8086:1592</span> Ethernet Controller E810-C for QSFP</td>' report.html
	has "$(cat text)" "Compared with before: 1 modules in both"
	has "$(cat text)" "1 lost device ID"
	run report before
	grep -q 'Ethernet Controller E810-C for QSFP<br><span class="soft">subsystem: Network Adapter E810-C-Q2' report.html
	has "$(cat text)" "USB device 046d:c52b"
}

@test "what changes since an older disk is on the page" {
	run -0 report --against "$old" "$disk"
	has "$(cat text)" "Compared with xsedu.iso: 1 modules in both, 3 gained, 0 lost"
	grep -q '<th scope="row">version</th><td class="good">gained</td><td>xsedu 1.1.0</td>' report.html
	run -1 report --against "$disk" "$old"
	has "$(cat text)" "lost: hosts with this kernel lose the driver"
	has "$(cat text)" "Not ready for a release: "
}

@test "modules signed by an unknown key are an error on the page, if the certificate is given" {
	local name
	for name in right wrong; do
		openssl req -x509 -newkey rsa:2048 -nodes -subj "/CN=$name <b>key" -keyout $name.pem -out $name.crt -days 3650 2>/dev/null
	done
	small_disk 1.0 'pci:v00008086d00001592sv*sd*bc*sc*i*' right
	run -1 report --cert wrong.crt disk
	has "$(cat text)" "modules signed by /CN=right <b>key"
	has "$(cat text)" "signature-"
	before=$(grep -c 'class="tag bad">error' report.html)
	run report --cert right.crt disk
	[ "$(grep -c 'class="tag bad">error' report.html)" -lt "$before" ]
}

@test "the same disk gives the same bytes, from any directory, at any time" {
	run -1 report --trial "$DISKS/trials" --against "$old" "$disk"
	mkdir -p elsewhere/deep && cp "$disk" elsewhere/deep/
	cp report.html first.html
	# xs-ddk has no clock of its own: the times on the page are those in the packages.
	(cd elsewhere && TZ=Asia/Tokyo LC_ALL=C.UTF-8 xs-ddk report --pci-ids ../pci.ids --trial "$DISKS/trials" --against "$old" deep/xsedu.iso >../second.html) ||
		[ $? -eq 1 ]
	cmp first.html second.html
}

@test "the page is written as a whole or not at all; a page that is there stays if the new one cannot be written" {
	echo before >report.html
	run -2 --separate-stderr xs-ddk report -o report.html absent.iso
	has "$stderr" "absent.iso: No such file or directory"
	[ "$(cat report.html)" = before ]
	# The file system is full.
	mkdir full
	# shellcheck disable=SC2016 # for the inner shell
	run -2 --separate-stderr own_mounts sh -c 'mount -t tmpfs -o size=8k none full && echo before >full/report.html &&
		xs-ddk report -o full/report.html "$1"; status=$?; cat full/*; ls -A full; exit $status' - "$disk"
	[ "$output" = before$'\n'report.html ]
	has "$stderr" "full/report.html: the report cannot be written"
	run -2 --separate-stderr bash -c 'xs-ddk report "$1" >/dev/full' - "$disk"
	umask 027
	run -0 xs-ddk report -o new.html "$disk"
	[ "$(stat -c %a new.html)" = 640 ]
}

@test "what is no disk, no report of trials, or no list of names is told, and nothing is written" {
	echo text >text.iso
	run -2 --separate-stderr report text.iso
	has "$stderr" "text.iso: it is no driver disk"
	[ ! -e report.html ]
	mkdir other && echo '{"format": "other"}' >other/trial.json
	run -2 --separate-stderr report --trial other "$disk"
	has "$stderr" "other/trial.json: it is not a report of xs-trial"
	echo '{' >other/trial.json
	run -2 --separate-stderr report --trial other "$disk"
	has "$stderr" "other/trial.json: it is not JSON"
	run -2 --separate-stderr report --trial absent "$disk"
	has "$stderr" "absent/trial.json: No such file or directory"
	run -2 --separate-stderr xs-ddk report --pci-ids absent "$disk"
	has "$stderr" "absent: the names of PCI devices cannot be read"
	run -2 --separate-stderr report --against text.iso "$disk"
	run -2 --separate-stderr xs-ddk report
	has "$stderr" "a DISK is missing"
	[ ! -e report.html ]
}

# hostile: a disk, trials and names of which every text is markup, control characters or no UTF-8.
hostile() {
	local evil=$'<script>document.title="taken"</script>"\'&\x1b[31m\x7f\xff\xc3'
	small_disk 1.0 'pci:v00008086d00001592sv*sd*bc*sc*i*' 'usb:<script>alert(1)</script>"' 'x:\377\033]0;taken\007'
	printf '%s' "$evil" >"disk/${evil//\//_}.txt"
	cat >disk/XS-REPOSITORY <<-'END'
		<repository originator="&lt;script>" name="&lt;b>x&lt;/b>&#34;" product="&lt;img src=x onerror=alert(1)>" version="1&#x9b;" build="'">
		<description>&lt;/main>&lt;script>alert(1)&lt;/script>&#x202e;</description></repository>
	END
	printf 'a </td><script>x</script>' >disk/XS-SELECTION
	mkdir trials
	jq -n --arg evil '</table><script>alert(1)</script>' '{format: "xs-trial", schema: 1, trials: [range(3) | {kernel: $evil,
		driver: $evil, version: $evil, device: $evil, id: $evil, result: (["pass", "fail", $evil][.]), reason: ($evil + "\u001b")}]}' >trials/trial.json
	printf '8086  <script>alert(1)</script>\n\t1592  \033[31m</td>\377\n' >pci.ids
}

@test "hostile names in a disk, in trials and in the list of names stay text" {
	hostile
	run -1 report --trial trials --against disk disk
	[ "$(grep -ciE '<(script|img|b)[ >]' report.html)" -eq 0 ]
	[ "$(grep -c '</main>' report.html)" -eq 1 ]
	[ "$(tr -d '\n' <report.html | LC_ALL=C tr -d '[:print:]\200-\377' | wc -c)" -eq 0 ]
	iconv -f UTF-8 -t UTF-8 report.html >/dev/null
	has "$(cat text)" '</main><script>alert(1)</script>'
	has "$(cat text)" '<script>document.title="taken"<_script>"'\''&\x1b[31m\x7f\xff\xc3.txt'
	lacks "$(cat text)" $'\u202e'
	has "$(cat text)" '<script>alert(1)</script>'
}

@test "a browser shows the page without an error, and runs nothing of a hostile disk" {
	need_browser
	hostile
	run -1 report --trial trials disk
	run -0 --separate-stderr browser --dump-dom report.html
	[ -z "$(console "$stderr")" ] || fail "$stderr"
	has "$output" "<title>Driver disk report: "
	lacks "$output" "<script"
	# A page with a mistake is noticed.
	echo '<script>console.error("noticed"); undefined_function()</script>' >wrong.html
	run -0 --separate-stderr browser --dump-dom wrong.html
	[ "$(console "$stderr" | wc -l)" -eq 2 ]
}

@test "pictures of the page, light and dark, and a printed one are kept in build/check" {
	need_browser
	run -1 report --trial "$DISKS/trials" --against "$old" "$disk"
	mkdir -p "$TOP/build/check"
	browser --blink-settings=preferredColorScheme=1 --window-size=1200,2600 --screenshot="$PWD/light.png" report.html 2>/dev/null
	browser --blink-settings=preferredColorScheme=0 --window-size=1200,2600 --screenshot="$PWD/dark.png" report.html 2>/dev/null
	browser --no-pdf-header-footer --print-to-pdf="$PWD/report.pdf" report.html 2>/dev/null
	[ "$(head -c 4 light.png | tail -c 3)" = PNG ]
	# The dark one is dark: most of its pixels are the background's.
	[ "$(background light.png)" = "255 255 255" ]
	[ "$(background dark.png)" = "18 23 29" ]
	run -0 pdftotext report.pdf -
	has "$output" "Versions and kernels"
	cp light.png "$TOP/build/check/report.png"
	cp dark.png "$TOP/build/check/report-dark.png"
	cp report.html report.pdf "$TOP/build/check/"
}

@test "the picture in the README needs no other file, and is shown light and dark" {
	need_browser
	local picture=$TOP/rpm/way.svg
	xmllint --noout "$picture"
	[ "$(grep -cE 'url[(]|href|<image|@import|@font-face|<script' "$picture")" -eq 0 ]
	# The pixel in the lower left corner of the window is in the picture: it is higher than the window.
	printf '<html style="color-scheme: light dark; background: red"><body style="margin: 0"><img src="file://%s" style="display: block">\n' "$picture" >page.html
	for scheme in 1 0; do
		browser --blink-settings=preferredColorScheme=$scheme --window-size=960,200 --screenshot="$PWD/picture$scheme.png" page.html 2>/dev/null
	done
	[ "$(background picture1.png)" = "255 255 255" ]
	[ "$(background picture0.png)" = "18 23 29" ]
}

@test "axe-core finds nothing that keeps somebody from reading the page, light or dark" {
	need_browser
	need_axe
	PACKAGES=$(example_packages | grep -v -e src.rpm -e "1.1.0.*$(kernels | sed -n 2p)") make_disk gap
	run -1 report --trial "$DISKS/trials" --against "$disk" gap/xsedu.iso
	for scheme in 0 1; do
		axe $scheme report.html >found
		jq -e '.passes > 15' found
		[ "$(jq -r '.violations[]' found)" = "" ] || fail "$(cat found)"
	done
	# What it should find, it finds.
	sed 's/--text: #17202b/--text: #dddddd/; s/<caption>/<caption role="table">/; s/ lang="en"//' report.html >worse.html
	axe 1 worse.html >found
	has "$(jq -r '.violations[]' found)" color-contrast
	has "$(jq -r '.violations[]' found)" html-has-lang
}
