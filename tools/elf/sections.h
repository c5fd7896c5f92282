/* SPDX-License-Identifier: GPL-2.0-only */
/* The section headers of an ELF file, read through a source, without trusting a byte of them. */
#ifndef XS_ELF_SECTIONS_H
#define XS_ELF_SECTIONS_H

#include <elf.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "stream/source.h"

/*
 * libelf translates the headers (class and byte order); finding them is ours. libelf reads a module of a tree with
 * twice as many system calls, wants a compressed one whole in memory, and does not tell a file cut short from one
 * without sections.
 */
struct sections {
	uint16_t type;	  /* e_type */
	uint16_t machine; /* e_machine */
	bool elf64;
	bool swap; /* the file's byte order is not this machine's */
	size_t count;
	Elf64_Shdr *headers; /* widened from those of a 32-bit file */
	char *names;	     /* the section name table; ends in a NUL */
	size_t names_len;
	size_t headers_room, names_room;
};

enum sections_result {
	SECTIONS_FOUND,
	SECTIONS_NOT_ELF,
	SECTIONS_TRUNCATED,  /* *wanted: how many bytes the headers promise */
	SECTIONS_DAMAGED,    /* *why: how, as a clause about "it" */
	SECTIONS_UNREADABLE, /* see the source's error */
};

/* Reads the headers anew: SECTIONS must be {0} or one read before, whose memory is then used again. */
enum sections_result sections_read(struct sections *sections, struct source *source, uint64_t *wanted,
				   const char **why);
void sections_free(struct sections *sections);

/* The name of section I, or NULL when it is out of range. Here, because it is called for every section of every module.
 */
static inline const char *sections_name(const struct sections *sections, size_t i)
{
	uint32_t at = sections->headers[i].sh_name;

	return at < sections->names_len ? sections->names + at : NULL;
}

#endif
