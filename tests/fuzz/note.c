// SPDX-License-Identifier: GPL-2.0-only
// Fuzzes the note walker, and what the record is taken for. The first byte chooses alignment and byte order.
#include "fuzz.h"

#include "elf/note.h"

static void fuzz_one(const uint8_t *data, size_t len)
{
	static const char *const sections[] = {".note.other", XENSERVER_NOTE_SECTION, XENSERVER_NOTE_COMPAT_SECTION};
	struct note_reading reading = {0};
	struct note_walk walk = {0};
	struct note note;
	size_t pos = 0;

	if (len == 0)
		return;
	walk = (struct note_walk){.data = data + 1, .len = len - 1, .align = data[0] & 1 ? 8 : 4, .swap = data[0] & 2};
	while (note_next(&walk, &note) == NOTE_FOUND) {
		/* It gets on, and what it gives stands in the bytes. */
		if (walk.pos <= pos || walk.pos > walk.len || note.name < walk.data ||
		    note.name + note.namesz > walk.data + walk.len || note.desc < note.name ||
		    note.desc + note.descsz > walk.data + walk.len)
			abort();
		pos = walk.pos;
	}
	for (size_t i = 0; i < 3; i++)
		note_read(&reading, sections[i], walk.data, walk.len, walk.align, walk.swap);
	if (note_is_sound(&reading) && reading.version[0] == '\0')
		abort();
}
