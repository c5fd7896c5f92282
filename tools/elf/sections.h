/* SPDX-License-Identifier: GPL-2.0-only */
/* Reads the section headers of an ELF file through a source. The file is untrusted input. */
#ifndef XS_ELF_SECTIONS_H
#define XS_ELF_SECTIONS_H

#include <elf.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "stream/source.h"

/*
 * The section headers and their names. libelf only converts the byte order of the headers. They are not read with
 * libelf, for three reasons: libelf needs twice as many system calls for a module, needs a compressed module completely
 * in memory, and does not distinguish a truncated file from a file without sections.
 */
struct sections {
	uint16_t type;	  /* e_type */
	uint16_t machine; /* e_machine */
	bool elf64;
	bool swap; /* the byte order of the file is not that of this machine */
	size_t count;
	Elf64_Shdr *headers; /* converted to 64 bits for a 32-bit file */
	char *names;	     /* the section name table; ends in a NUL */
	size_t names_len;
	size_t headers_room, names_room;
};

enum sections_result {
	SECTIONS_FOUND,
	SECTIONS_NOT_ELF,
	SECTIONS_TRUNCATED,  /* *wanted: the size in bytes that the headers need */
	SECTIONS_DAMAGED,    /* *why: a static text, which calls the file "it" */
	SECTIONS_UNREADABLE, /* see the error of the source */
};

/*
 * Reads the headers. SECTIONS must be {0}, or a result of an earlier call; then its memory is used again. On
 * SECTIONS_FOUND, *WANTED is the offset of the end of the section headers. sections_free() frees the memory.
 */
enum sections_result sections_read(struct sections *sections, struct source *source, uint64_t *wanted,
				   const char **why);
void sections_free(struct sections *sections);

/* Returns the name of section I, or NULL if the name is out of range. Inline, because every section needs this call. */
static inline const char *sections_name(const struct sections *sections, size_t i)
{
	uint32_t at = sections->headers[i].sh_name;

	return at < sections->names_len ? sections->names + at : NULL;
}

#endif
