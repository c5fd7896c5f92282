/* SPDX-License-Identifier: GPL-2.0-only */
/* ELF notes: the one walker, and what the kit's record in them says. */
#ifndef XS_ELF_NOTE_H
#define XS_ELF_NOTE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "xenserver-note.h"

/*
 * Walking notes. The bytes may be a section of a file or a file of /sys/module/<name>/notes/; they need no
 * alignment in memory. The format is that of the ELF specification (gABI, "Note Section"): three 4-byte words
 * namesz, descsz and type, then name and desc, each padded to the alignment.
 */
struct note_walk {
	const uint8_t *data;
	size_t len;   /* bytes at data */
	size_t pos;   /* where the next note begins; start with 0 */
	size_t align; /* padding of name and desc: 4, or 8 as some sections have it */
	bool swap;    /* the words' byte order is not this machine's */
};

/* One note; the pointers stand in the walk's bytes. */
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
	NOTE_BROKEN, /* what is left is no note: the sizes point past the end. The walk stays at it */
};

/*
 * The next note. Never reads past data + len, whatever the bytes say. The padding of the last desc may be
 * missing, as the kernel and binutils allow. On NOTE_BROKEN, *note holds the sizes as far as they were there.
 */
enum note_step note_next(struct note_walk *walk, struct note *note);

/* What can be wrong with the record itself; each at most once in a reading. */
enum note_fault {
	NOTE_TRUNCATED,	   /* found: bytes a note wants; limit: bytes that are left */
	NOTE_OWNER,	   /* found: namesz of the first note there; no note has the owner "XenServer" */
	NOTE_EMPTY,	   /* the version is "" */
	NOTE_UNTERMINATED, /* found: descsz; there is no NUL at the version's end, or one before it */
	NOTE_CHARS,	   /* found: the first byte that is not legal */
	NOTE_LONG,	   /* found: length; limit: the greatest legal one */
	NOTE_SEVERAL,	   /* found: how many records; limit: 1 */
	NOTE_COMPAT,	   /* a copy in the compat section differs, or is not as its readers need it */
	NOTE_FAULTS,
};

/* What the notes of one module say. Starts as {0}. */
struct note_reading {
	bool section;				 /* .note.xenserver was there */
	bool compat;				 /* .note.XenServer was there */
	unsigned int records;			 /* type-1 records of the owner, compat section apart */
	unsigned int copies;			 /* the same in the compat section */
	size_t version_len;			 /* of the first record's text, as it stands */
	char version[XENSERVER_VERSION_MAX + 1]; /* its first bytes, NUL-terminated; may be illegal: see faults */
	const char *compat_why; /* with NOTE_COMPAT: what is wrong; with a limit, the thing that was found; static */
	bool fault[NOTE_FAULTS];
	uint64_t found[NOTE_FAULTS], limit[NOTE_FAULTS];
};

/*
 * Takes the notes of one section into the reading. NAME is the section's name: it says whether records are
 * expected in it (.note.xenserver), are copies for old readers (.note.XenServer), or only must not be there.
 * ALIGN is the section's alignment. The compat section, if any, must come after .note.xenserver.
 */
void note_read(struct note_reading *reading, const char *name, const uint8_t *data, size_t len, size_t align,
	       bool swap);

/* Whether the reading holds one legal version and nothing is wrong with it. */
bool note_is_sound(const struct note_reading *reading);

#endif
