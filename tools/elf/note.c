// SPDX-License-Identifier: GPL-2.0-only
// Reads ELF notes, and the kit's version record in them.
#include "elf/note.h"

#include <byteswap.h>
#include <string.h>

#include "base/name.h"

#define NOTE_HEADER 12
/*
 * namesz of the owner's name. The ELF specification counts the NUL. One reader of the compat section expects a size
 * without the NUL.
 */
#define OWNER_SIZE	 XENSERVER_NOTE_NAMESZ
#define OWNER_SIZE_SHORT XENSERVER_NOTE_COMPAT_NAMESZ

static uint32_t word_at(const struct note_walk *walk, size_t offset)
{
	uint32_t word;

	memcpy(&word, walk->data + offset, sizeof(word));
	return walk->swap ? bswap_32(word) : word;
}

static uint64_t padded(uint64_t size, size_t align)
{
	return (size + align - 1) & ~(uint64_t)(align - 1);
}

enum note_step note_next(struct note_walk *walk, struct note *note)
{
	size_t left = walk->len - walk->pos;
	size_t align = walk->align == 8 ? 8 : 4;
	uint64_t desc_at;

	memset(note, 0, sizeof(*note));
	if (left == 0)
		return NOTE_END;
	if (left < NOTE_HEADER)
		return NOTE_BROKEN;
	note->namesz = word_at(walk, walk->pos);
	note->descsz = word_at(walk, walk->pos + 4);
	note->type = word_at(walk, walk->pos + 8);

	/* 32-bit sizes cannot overflow these 64-bit sums. */
	desc_at = padded(NOTE_HEADER + (uint64_t)note->namesz, align);
	if (NOTE_HEADER + (uint64_t)note->namesz > left)
		return NOTE_BROKEN;
	if (note->descsz > 0 && desc_at + note->descsz > left)
		return NOTE_BROKEN;

	note->name = walk->data + walk->pos + NOTE_HEADER;
	note->desc = note->descsz ? walk->data + walk->pos + desc_at : note->name + note->namesz;
	desc_at += padded(note->descsz, align);
	walk->pos += desc_at < left ? (size_t)desc_at : left;
	return NOTE_FOUND;
}

static void fault(struct note_reading *reading, enum note_fault which, uint64_t found, uint64_t limit)
{
	if (reading->fault[which])
		return;
	reading->fault[which] = true;
	reading->found[which] = found;
	reading->limit[which] = limit;
}

static bool is_owner(const struct note *note, size_t namesz)
{
	return note->namesz == namesz && memcmp(note->name, XENSERVER_NOTE_OWNER, namesz) == 0;
}

static size_t text_len(const struct note *note)
{
	return note->descsz ? strnlen((const char *)note->desc, note->descsz) : 0;
}

static void judge_version(struct note_reading *reading, const struct note *note)
{
	const char *text = (const char *)note->desc;
	size_t len = reading->version_len;

	if (len == 0) {
		fault(reading, NOTE_EMPTY, 0, 1);
		return;
	}
	if (len + 1 != note->descsz)
		fault(reading, NOTE_UNTERMINATED, note->descsz, len + 1);
	if (len > XENSERVER_VERSION_MAX)
		fault(reading, NOTE_LONG, len, XENSERVER_VERSION_MAX);
	else if (!name_is_legal_n(text, len))
		fault(reading, NOTE_CHARS, (uint8_t)text[name_legal_prefix(text, len)], 0);
}

static void take_record(struct note_reading *reading, const struct note *note)
{
	size_t len = text_len(note);
	size_t keep = len < XENSERVER_VERSION_MAX ? len : XENSERVER_VERSION_MAX;

	if (++reading->records > 1) {
		/* The finding reports the last count. */
		reading->fault[NOTE_SEVERAL] = false;
		fault(reading, NOTE_SEVERAL, reading->records, 1);
		return;
	}
	memcpy(reading->version, note->desc, keep);
	reading->version[keep] = '\0';
	reading->version_len = len;
	judge_version(reading, note);
}

static void fault_compat(struct note_reading *reading, const char *why, uint64_t found, uint64_t limit)
{
	if (!reading->fault[NOTE_COMPAT])
		reading->compat_why = why;
	fault(reading, NOTE_COMPAT, found, limit);
}

static bool is_record_text(const struct note_reading *reading, const struct note *note)
{
	size_t keep = reading->version_len < XENSERVER_VERSION_MAX ? reading->version_len : XENSERVER_VERSION_MAX;

	return text_len(note) == reading->version_len && memcmp(note->desc, reading->version, keep) == 0;
}

/* Reads a copy for old readers. There are two copies of the version: the first has namesz 10, the second namesz 9. */
static void take_copy(struct note_reading *reading, const struct note *note)
{
	bool first = reading->copies++ == 0;
	size_t want = first ? OWNER_SIZE : OWNER_SIZE_SHORT;

	/* Without a record, the copies cannot be compared. Another finding reports the missing record. */
	if (reading->copies > 2 || reading->records == 0)
		return;
	if (note->namesz != want)
		fault_compat(reading, first ? "the first copy's namesz" : "the second copy's namesz", note->namesz,
			     want);
	else if (!is_record_text(reading, note))
		fault_compat(reading,
			     first ? "the text of the first copy is not that of the record"
				   : "the text of the second copy is not that of the record",
			     0, 0);
	else if (note->descsz != reading->version_len + 1)
		fault_compat(reading, first ? "the first copy's descsz" : "the second copy's descsz", note->descsz,
			     reading->version_len + 1);
}

static void note_read_compat(struct note_reading *reading, struct note_walk *walk)
{
	enum note_step step;
	struct note note;

	reading->compat = true;
	while ((step = note_next(walk, &note)) == NOTE_FOUND)
		if (note.type == XENSERVER_NOTE_TYPE &&
		    (is_owner(&note, OWNER_SIZE) || is_owner(&note, OWNER_SIZE_SHORT)))
			take_copy(reading, &note);
	if (step == NOTE_BROKEN)
		fault_compat(reading, "a note's size", NOTE_HEADER + (uint64_t)note.namesz + note.descsz,
			     walk->len - walk->pos);
	else if (reading->copies != 2 && reading->records)
		fault_compat(reading, "the number of copies", reading->copies, 2);
}

/* A broken note is a fault only in our own section, and not in the section of another owner. */
static void note_read_records(struct note_reading *reading, struct note_walk *walk, bool ours)
{
	enum note_step step;
	struct note note, first = {0};
	bool any = false, owned = false;

	while ((step = note_next(walk, &note)) == NOTE_FOUND) {
		if (!any)
			first = note;
		any = true;
		if (!is_owner(&note, OWNER_SIZE))
			continue;
		owned = true;
		if (note.type == XENSERVER_NOTE_TYPE)
			take_record(reading, &note);
	}
	if (!ours)
		return;
	if (step == NOTE_BROKEN)
		fault(reading, NOTE_TRUNCATED, NOTE_HEADER + (uint64_t)note.namesz + note.descsz,
		      walk->len - walk->pos);
	else if (any && !owned)
		fault(reading, NOTE_OWNER, first.namesz, OWNER_SIZE);
}

void note_read(struct note_reading *reading, const char *name, const uint8_t *data, size_t len, size_t align, bool swap)
{
	struct note_walk walk = {.data = data, .len = len, .align = align, .swap = swap};
	bool ours = strcmp(name, XENSERVER_NOTE_SECTION) == 0;

	if (strcmp(name, XENSERVER_NOTE_COMPAT_SECTION) == 0) {
		note_read_compat(reading, &walk);
		return;
	}
	if (ours) {
		reading->section = true;
		walk.align = XENSERVER_NOTE_ALIGN;
	}
	note_read_records(reading, &walk, ours);
}

bool note_is_sound(const struct note_reading *reading)
{
	for (int i = 0; i < NOTE_FAULTS; i++)
		if (reading->fault[i])
			return false;
	return reading->records == 1;
}
