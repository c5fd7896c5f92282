# SPDX-License-Identifier: GPL-2.0-only
# Makes the hostile modules of the table "modules": each DIRECTORY/<name>/case.ko.
# shellcheck source=tests/hostile/patch.bash
. "${BASH_SOURCE%/*}/patch.bash"

# table FILE: its lines without comments and blanks around the bars.
table() {
	grep -v '^#' "$1" | sed 's/ *| */|/g'
}

# judged TABLE LEAST [RULES]: in $output, a report of verify about the directory ".", each case has findings under its
# rules and no other. Only rules that match the regular expression RULES count. There are at least LEAST cases.
judged() {
	local cases
	cases=$(table "$1" | cut -d '|' -f 1,2 | sort)
	[ "$(wc -l <<<"$cases")" -ge "$2" ]
	diff <(grep -v '|$' <<<"$cases") <(jq -r --arg rules "${3-.}" '[.findings[] | select(.rule | test($rules)) |
		{case: (.path | split("/")[1]), rule}] | group_by(.case)[] |
		.[0].case + "|" + (map(.rule) | unique | join(" "))' <<<"$output" | sort)
}

# shellcheck disable=SC2034 # the recipes use the variables
# hostile_modules DIRECTORY [MACHINE]: for that machine, a target of clang
hostile_modules() {
	local here=${BASH_SOURCE%/*} name recipe layout big narrow other_class=1 other_order=2 names=.shstrtab objcopy=objcopy
	base=$1/base.ko
	if [ -n "${2-}" ]; then
		objcopy=llvm-objcopy
		clang -target "$2" -fintegrated-as -c -I "$here/../notes" -o "$base" "$here/base.s"
	else
		as -I "$here/../notes" -o "$base" "$here/base.s"
	fi
	layout=$(readelf -hSW "$base")
	# The size of a section header in a file of 32 bits.
	[[ $layout != *ELF32* ]] || narrow=40 other_class=2
	[[ $layout != *'big endian'* ]] || big=1 other_order=1
	# clang puts the names of sections and of symbols into one section.
	[[ $layout == *.shstrtab* ]] || names=.strtab
	$objcopy -O binary --only-section .note.xenserver "$base" "$1/record"
	cd "$1" || return
	while IFS='|' read -r name _ recipe; do
		mkdir "$name"
		file=$name/case.ko
		cp "$base" "$file"
		eval "$recipe" || return
	done < <(table "$here/modules")
	rm "$base"
}
