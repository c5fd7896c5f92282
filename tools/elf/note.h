/* SPDX-License-Identifier: GPL-2.0-only */
/* Reads ELF notes, and the kit's version record in them. */
#ifndef XS_ELF_NOTE_H
#define XS_ELF_NOTE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "xenserver-note.h"

/*
 * The state of a walk over notes. The bytes are a section of a file, or a file of /sys/module/<name>/notes/; they need
 * no alignment in memory. The format is in the ELF specification (gABI, "Note Section"): three 4-byte words namesz,
 * descsz and type, then name and desc, each padded to the alignment.
 */
struct note_walk {
	const uint8_t *data;
	size_t len;   /* bytes at data */
	size_t pos;   /* the offset of the next note; start with 0 */
	size_t align; /* name and desc are padded to this alignment: 4, or 8 in some sections */
	bool swap;    /* the byte order of the words is not that of this machine */
};

/* One note. The pointers point into the bytes of the walk. */
struct note {
	uint32_t type;
	uint32_t namesz;
	uint32_t descsz;
	const uint8_t *name;
	const uint8_t *desc;
};

enum note_step {
	NOTE_END,    /* no more notes */
	NOTE_FOUND,  /* *note is filled */
	NOTE_BROKEN, /* the sizes of the next note go past the end; pos is not changed */
};

/*
 * Reads the next note. Never reads past data + len. The padding after the last desc may be missing, as the kernel and
 * binutils allow. On NOTE_BROKEN, *NOTE holds the sizes, or zeros if there are not enough bytes for them.
 */
enum note_step note_next(struct note_walk *walk, struct note *note);

/* Faults of the record. "found" and "limit" in struct note_reading hold two numbers for the message. */
enum note_fault {
	NOTE_TRUNCATED,	   /* found: the bytes that a note needs; limit: the bytes that are left */
	NOTE_OWNER,	   /* no note has the owner "XenServer"; found: namesz of the first note */
	NOTE_EMPTY,	   /* the version is "" */
	NOTE_UNTERMINATED, /* desc has no NUL, or a NUL before its last byte; found: descsz */
	NOTE_CHARS,	   /* found: the first byte that is not legal */
	NOTE_LONG,	   /* found: the length in bytes; limit: the greatest legal length */
	NOTE_SEVERAL,	   /* found: the number of records; limit: 1 */
	NOTE_COMPAT,	   /* a copy in the compat section has another version or a wrong form: see compat_why */
	NOTE_FAULTS,
};

/* The result of reading the notes of one module. Starts as {0}. */
struct note_reading {
	bool section;				 /* the module has .note.xenserver */
	bool compat;				 /* the module has .note.XenServer, the compat section */
	unsigned int records;			 /* notes of type 1 with our owner, not in the compat section */
	unsigned int copies;			 /* notes of type 1 with our owner, in the compat section */
	size_t version_len;			 /* bytes of the version in the first record, not cut */
	char version[XENSERVER_VERSION_MAX + 1]; /* this version, cut to fit; may be illegal: see the faults */
	const char *compat_why; /* for NOTE_COMPAT: the wrong value's name, or, if limit is 0, the fault; static */
	bool fault[NOTE_FAULTS];
	uint64_t found[NOTE_FAULTS], limit[NOTE_FAULTS];
};

/*
 * Adds the notes of the section NAME to the reading. The record belongs in .note.xenserver, and its copies for old
 * readers in .note.XenServer. A record in any other section is counted, too. ALIGN is the alignment of the section.
 * Call this for .note.XenServer after the other sections.
 */
void note_read(struct note_reading *reading, const char *name, const uint8_t *data, size_t len, size_t align,
	       bool swap);

/* Whether the reading has exactly one record and no fault. */
bool note_is_sound(const struct note_reading *reading);

#endif
