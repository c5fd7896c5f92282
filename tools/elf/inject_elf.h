/* SPDX-License-Identifier: GPL-2.0-only */
/* Giving note sections to a relocatable ELF file of either class and byte order without moving what it has. */
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
	size_t count; /* of section headers */
	size_t table; /* their offset */
	size_t names; /* the index of the section with their names */
};

/* A section to be there in the end, with exactly these bytes, SHT_NOTE, SHF_ALLOC and alignment 4. */
struct elf_note_section {
	const char *name;
	const uint8_t *bytes;
	size_t len;
};

/*
 * Reads the headers of BYTES, which module_read_memory() found to be whole, and checks what it does not: that all
 * sections are within the file. False: *WHY is a clause about "it"; static.
 */
bool elf_image_read(struct elf_image *image, const uint8_t *bytes, size_t size, const char **why);

/* The index of the section called NAME, or 0. With its bytes, unless BYTES is NULL. */
size_t elf_image_find(const struct elf_image *image, const char *name, const uint8_t **bytes, size_t *len);

/* Writes VALUE as a 4-byte word in the file's byte order. */
void elf_image_word(const struct elf_image *image, uint8_t *at, uint32_t value);

/*
 * The file with the COUNT sections in it: those of that name get the new bytes, others are added as the last ones,
 * so that no section's number changes. Memory to free; NULL: *WHY is a clause about "it"; static.
 */
uint8_t *elf_image_with(const struct elf_image *image, const struct elf_note_section *sections, size_t count,
			size_t *len, const char **why);

#endif
