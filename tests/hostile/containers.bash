# SPDX-License-Identifier: GPL-2.0-only
# Makes the hostile containers of the table "containers": each DIRECTORY/<name>/case.<suffix>.
# shellcheck source=tests/hostile/modules.bash
. "${BASH_SOURCE%/*}/modules.bash"

# put_be OFFSET BYTES VALUE: as put, but big-endian, as RPM headers are.
put_be() {
	local i
	for ((i = 0; i < $2; i++)); do
		put $(($1 + i)) 1 $(($3 >> 8 * ($2 - 1 - i) & 255))
	done
}

# word OFFSET: the four bytes there in $file, little-endian.
word() {
	od -An -tu4 -j "$1" -N 4 "$file" | tr -d ' '
}

# from SUFFIX: what follows changes a copy of case.SUFFIX.
from() {
	file=$name/case.$1
	cp "case.$1" "$file"
}

# replace COMMAND...: its output is the package's payload.
replace() {
	cut_to "$payload"
	"$@" >>"$file"
}

# entry NAME MODE CONTENT: an archive "cpio" of this one file, in the format RPM uses (cpio(5), newc).
entry() {
	local size
	size=$(stat -Lc %s "$3")
	{
		printf '070701%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%s\0' \
			1 "$(($2))" 0 0 1 0 "$size" 0 0 0 0 $((${#1} + 1)) 0 "$1"
		head -c $((3 - (110 + ${#1}) % 4)) /dev/zero
		cat "$3"
		head -c $((3 - (size + 3) % 4)) /dev/zero
		trailer_entry
	} >cpio
}

trailer_entry() {
	printf '070701%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08xTRAILER!!!\0\0\0\0' 0 0 0 0 1 0 0 0 0 0 0 11 0
}

# cut_end FILE: without the entry that ends it.
cut_end() {
	truncate -s "-$(trailer_entry | wc -c)" "$1"
}

# lie OFFSET TEXT: over the header of that entry.
lie() {
	local file=cpio
	text "$1" "$2"
}

# record NAME: where the image's record of the file or folder stands, before its name.
record() {
	echo $(($(grep -abo "$1" "$file" | head -n 1 | cut -d: -f1) - 33))
}

# make_disk IMAGE FILE...: an image with a folder that has them.
make_disk() {
	local image=$1
	shift
	rm -rf tree
	mkdir -p tree/folder
	cp case.ko tree/
	cp "$@" tree/folder/
	xorriso -as mkisofs -quiet -R -o "$image" tree 2>/dev/null
}

# disk FILE: case.iso with that file on it.
disk() {
	file=$name/case.iso
	make_disk "$file" "$1"
}

# sound_ones: case.ko and all it can be in.
sound_ones() {
	as -I "$here/../notes" -o case.ko "$here/base.s"
	mkdir -p tree/lib/modules/6.1.0-0-test/updates
	cp case.ko tree/lib/modules/6.1.0-0-test/updates/
	rpmbuild --quiet -bb --define "_sourcedir $PWD/tree" --define "_rpmdir $PWD" --define "_topdir $PWD/top" \
		--define '_rpmfilename case.rpm' --define '_binary_payload w9.gzdio' "$here/case.spec"
	rm -r top
	(cd tree && find lib -type f | cpio -o -H newc --quiet) >cpio.sound
	make_disk case.iso case.rpm
	gzip -k case.ko
	xz -k case.ko
	zstd -q case.ko
}

# hostile_containers FOLDER
hostile_containers() {
	local here name recipe
	here=$(cd "${BASH_SOURCE%/*}" && pwd)
	cd "$1" || return
	sound_ones
	main=$(($(stat -c %s case.rpm) - $(rpm -qp --qf '%{SIGSIZE}' case.rpm)))
	payload=$((main + 16 + 16 * 0x$(xxd -p -s $((main + 8)) -l 4 case.rpm) + 0x$(xxd -p -s $((main + 12)) -l 4 case.rpm)))
	truncate -s 64M zeros
	truncate -s 300M wide
	echo 'this is no module' >text
	printf 'x.ko' >itself
	while IFS='|' read -r name _ recipe; do
		mkdir "$name"
		eval "$recipe" || return
	done < <(table "$here/containers")
	rm -rf case.* zeros wide text* itself tree cpio* fake.rpm
}
