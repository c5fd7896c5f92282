# SPDX-License-Identifier: GPL-2.0-only
# Makes the hostile modules of the table "modules": each DIRECTORY/<name>/case.ko.
# shellcheck source=tests/hostile/patch.bash
. "${BASH_SOURCE%/*}/patch.bash"

# table FILE: its lines without comments and blanks around the bars.
table() {
	grep -v '^#' "$1" | sed 's/ *| */|/g'
}

# judged TABLE LEAST: every case of $output was found under its rules, and no other. There are at least LEAST cases.
judged() {
	local count=0 wrong=0 name expected
	while IFS='|' read -r name expected _; do
		count=$((count + 1))
		[ "$(found_in "$name")" = "$expected" ] && continue
		echo "$name: found '$(found_in "$name")', expected '$expected'" >&2
		wrong=$((wrong + 1))
	done < <(table "$1")
	[ "$count" -ge "$2" ] && [ "$wrong" -eq 0 ]
}

# hostile_modules DIRECTORY
hostile_modules() {
	local here=${BASH_SOURCE%/*} name recipe
	base=$1/base.ko
	as -I "$here/../notes" -o "$base" "$here/base.s"
	objcopy -O binary --only-section .note.xenserver "$base" "$1/record"
	cd "$1" || return
	while IFS='|' read -r name _ recipe; do
		mkdir "$name"
		file=$name/case.ko
		cp "$base" "$file"
		eval "$recipe" || return
	done < <(table "$here/modules")
	rm "$base"
}
