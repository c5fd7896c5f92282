/* SPDX-License-Identifier: GPL-2.0-only */
/* Adds note sections to a relocatable ELF file of either class and byte order, without moving its other sections. */
#ifndef XS_ELF_INJECT_ELF_H
#define XS_ELF_INJECT_ELF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* An ELF file in memory. The bytes must outlive it. */
struct elf_image {
	const uint8_t *bytes;
	size_t size;
	bool wide;    /* ELFCLASS64 */
	bool big;     /* ELFDATA2MSB */
	size_t count; /* the number of section headers */
	size_t table; /* the offset of the section headers, in bytes */
	size_t names; /* the index of the section with the section names */
};

/* A section for the result: LEN bytes at BYTES, with type SHT_NOTE, flags SHF_ALLOC and alignment 4. */
struct elf_note_section {
	const char *name;
	const uint8_t *bytes;
	size_t len;
};

/*
 * Reads the headers of a module of SIZE bytes, for which module_read_memory() found no fault. Checks also that all
 * sections are within the file. False: *WHY is a static text, which calls the module "it".
 */
bool elf_image_read(struct elf_image *image, const uint8_t *bytes, size_t size, const char **why);

/*
 * Returns the index of the section NAME, or 0. *BYTES and *LEN are its content; *BYTES is NULL if it is empty. BYTES
 * and LEN may be NULL.
 */
size_t elf_image_find(const struct elf_image *image, const char *name, const uint8_t **bytes, size_t *len);

/* Writes VALUE as a 4-byte word in the file's byte order. */
void elf_image_word(const struct elf_image *image, uint8_t *at, uint32_t value);

/*
 * Returns the file with the COUNT sections; the caller frees it. A section that exists gets the new bytes. A new
 * section is added after the last one, so that the indexes of the others stay the same. *LEN is the length of the file.
 * NULL: *WHY is a static text, which calls the module "it".
 */
uint8_t *elf_image_with(const struct elf_image *image, const struct elf_note_section *sections, size_t count,
			size_t *len, const char **why);

#endif
