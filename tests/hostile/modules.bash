# SPDX-License-Identifier: GPL-2.0-only
# Makes the hostile modules of the table "modules": each DIRECTORY/<name>/case.ko.
# shellcheck source=tests/hostile/patch.bash
. "${BASH_SOURCE%/*}/patch.bash"

# table FILE: its lines without comments and blanks around the bars.
table() {
	grep -v '^#' "$1" | sed 's/ *| */|/g'
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
