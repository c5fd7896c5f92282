// SPDX-License-Identifier: GPL-2.0-only
// Reads the section headers of an ELF file through a source. The file is untrusted input.
#include "elf/sections.h"

#include <libelf.h>
#include <stdlib.h>
#include <string.h>

#include "base/die.h"

/* The limit for the number of sections. amdgpu has 86, and -ffunction-sections makes thousands. */
#define COUNT_MAX (1u << 18)
/* The limit for the bytes of the name table. That of amdgpu has 871 bytes. */
#define NAMES_MAX (16u << 20)
/* GNU ld puts the name table directly before the headers. One read of so many more bytes gets both. */
#define NAMES_BEFORE 768u

static void *grown(void *memory, size_t *room, size_t want)
{
	if (want <= *room)
		return memory;
	free(memory);
	memory = malloc(want);
	if (!memory)
		die_memory();
	*room = want;
	return memory;
}

/* Converts the file's bytes to the byte order of this machine, into OUT. */
static bool translate(const struct sections *sections, Elf_Type type, const void *bytes, size_t len, void *out,
		      size_t out_len)
{
	unsigned int order = sections->swap == (__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__) ? ELFDATA2MSB : ELFDATA2LSB;
	Elf_Data from = {.d_buf = (void *)(uintptr_t)bytes, .d_size = len, .d_type = type, .d_version = EV_CURRENT};
	Elf_Data to = {.d_buf = out, .d_size = out_len, .d_type = type, .d_version = EV_CURRENT};

	return (sections->elf64 ? elf64_xlatetom : elf32_xlatetom)(&to, &from, order) != NULL;
}

static void widen_header(const Elf32_Ehdr *narrow, Elf64_Ehdr *wide)
{
	wide->e_type = narrow->e_type;
	wide->e_machine = narrow->e_machine;
	wide->e_shoff = narrow->e_shoff;
	wide->e_shentsize = narrow->e_shentsize;
	wide->e_shnum = narrow->e_shnum;
	wide->e_shstrndx = narrow->e_shstrndx;
}

static Elf64_Shdr widened(const Elf32_Shdr *narrow)
{
	return (Elf64_Shdr){
		.sh_name = narrow->sh_name,
		.sh_type = narrow->sh_type,
		.sh_flags = narrow->sh_flags,
		.sh_offset = narrow->sh_offset,
		.sh_size = narrow->sh_size,
		.sh_link = narrow->sh_link,
		.sh_info = narrow->sh_info,
		.sh_addralign = narrow->sh_addralign,
		.sh_entsize = narrow->sh_entsize,
	};
}

static size_t header_size(const struct sections *sections)
{
	return sections->elf64 ? sizeof(Elf64_Shdr) : sizeof(Elf32_Shdr);
}

static enum sections_result damaged(const char **why, const char *how)
{
	*why = how;
	return SECTIONS_DAMAGED;
}

static enum sections_result read_start(struct sections *sections, struct source *source, Elf64_Ehdr *header,
				       uint64_t *wanted)
{
	const uint8_t *ident = source->size >= EI_NIDENT ? source_at(source, 0, EI_NIDENT) : NULL;
	Elf32_Ehdr narrow;
	size_t len;

	if (source->size >= EI_NIDENT && !ident)
		return SECTIONS_UNREADABLE;
	if (!ident || memcmp(ident, ELFMAG, SELFMAG) != 0 ||
	    (ident[EI_CLASS] != ELFCLASS32 && ident[EI_CLASS] != ELFCLASS64) ||
	    (ident[EI_DATA] != ELFDATA2LSB && ident[EI_DATA] != ELFDATA2MSB))
		return SECTIONS_NOT_ELF;
	sections->elf64 = ident[EI_CLASS] == ELFCLASS64;
	sections->swap = (ident[EI_DATA] == ELFDATA2LSB) != (__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__);
	len = sections->elf64 ? sizeof(*header) : sizeof(narrow);
	*wanted = len;
	if (source->size < len)
		return SECTIONS_TRUNCATED;
	ident = source_at(source, 0, len);
	if (!ident)
		return SECTIONS_UNREADABLE;
	if (!translate(sections, ELF_T_EHDR, ident, len, sections->elf64 ? (void *)header : &narrow, len))
		return SECTIONS_NOT_ELF;
	if (!sections->elf64)
		widen_header(&narrow, header);
	return SECTIONS_FOUND;
}

/* Reads the first COUNT headers. Those of a 32-bit file are converted to 64 bits. */
static enum sections_result read_headers(struct sections *sections, struct source *source, uint64_t offset,
					 size_t count)
{
	size_t len = count * header_size(sections);
	const uint8_t *bytes = source_at(source, offset, len);
	Elf64_Shdr *wide;

	if (!bytes)
		return SECTIONS_UNREADABLE;
	wide = sections->headers = grown(sections->headers, &sections->headers_room, count * sizeof(*wide));
	if (!translate(sections, ELF_T_SHDR, bytes, len, wide, len))
		return SECTIONS_NOT_ELF;
	/* Starts with the last header, because the 32-bit headers are in the same memory as the result. */
	for (size_t i = count; !sections->elf64 && i-- > 0;) {
		Elf32_Shdr narrow;

		memcpy(&narrow, (const char *)wide + i * sizeof(narrow), sizeof(narrow));
		wide[i] = widened(&narrow);
	}
	return SECTIONS_FOUND;
}

/*
 * Reads the number of sections, and the index of the section with the names. If there are more than 65,279 sections,
 * the first section header holds these two numbers (gABI, "Section Header").
 */
static enum sections_result count_sections(struct sections *sections, struct source *source, const Elf64_Ehdr *header,
					   uint64_t *count, uint64_t *names)
{
	enum sections_result result;

	*count = header->e_shnum;
	*names = header->e_shstrndx;
	if (*count != 0 && *names != SHN_XINDEX)
		return SECTIONS_FOUND;
	result = read_headers(sections, source, header->e_shoff, 1);
	if (result != SECTIONS_FOUND)
		return result;
	if (*count == 0)
		*count = sections->headers[0].sh_size;
	if (*names == SHN_XINDEX)
		*names = sections->headers[0].sh_link;
	return SECTIONS_FOUND;
}

static enum sections_result read_names(struct sections *sections, struct source *source, uint64_t index,
				       uint64_t *wanted, const char **why)
{
	const Elf64_Shdr *header = index < sections->count ? &sections->headers[index] : NULL;
	const uint8_t *bytes;

	if (!header || header->sh_type == SHT_NOBITS || header->sh_size == 0 || header->sh_size > NAMES_MAX)
		return damaged(why, "the section name table (e_shstrndx) is not there");
	if (header->sh_offset > source->size || header->sh_size > source->size - header->sh_offset) {
		*wanted = header->sh_offset + header->sh_size;
		return *wanted < header->sh_size ? damaged(why, "the section name table is out of range")
						 : SECTIONS_TRUNCATED;
	}
	bytes = source_at(source, header->sh_offset, (size_t)header->sh_size);
	if (!bytes)
		return SECTIONS_UNREADABLE;
	sections->names_len = (size_t)header->sh_size;
	sections->names = grown(sections->names, &sections->names_room, sections->names_len);
	memcpy(sections->names, bytes, sections->names_len);
	if (sections->names[sections->names_len - 1] != '\0')
		return damaged(why, "the section name table does not end in a NUL");
	return SECTIONS_FOUND;
}

static enum sections_result read_table(struct sections *sections, struct source *source, const Elf64_Ehdr *header,
				       uint64_t *wanted, const char **why)
{
	enum sections_result result;
	uint64_t count, names;

	if (header->e_shoff == 0)
		return damaged(why, "it has no section header table (e_shoff is 0)");
	if (header->e_shentsize != header_size(sections))
		return damaged(why, "the size of a section header (e_shentsize) is wrong");
	*wanted = header->e_shoff + (uint64_t)(header->e_shnum ? header->e_shnum : 1) * header_size(sections);
	if (*wanted < header->e_shoff || *wanted > source->size)
		return SECTIONS_TRUNCATED;
	/* The end of the file holds the names, the headers and the signature. */
	if (!source_keep_end(source, header->e_shoff < NAMES_BEFORE ? 0 : header->e_shoff - NAMES_BEFORE))
		return SECTIONS_UNREADABLE;
	result = count_sections(sections, source, header, &count, &names);
	if (result != SECTIONS_FOUND)
		return result;
	if (count == 0 || count > COUNT_MAX)
		return damaged(why, "its number of sections is 0 or over 262,144");
	*wanted = header->e_shoff + count * header_size(sections);
	if (*wanted > source->size)
		return SECTIONS_TRUNCATED;
	result = read_headers(sections, source, header->e_shoff, (size_t)count);
	if (result != SECTIONS_FOUND)
		return result;
	sections->count = (size_t)count;
	return read_names(sections, source, names, wanted, why);
}

enum sections_result sections_read(struct sections *sections, struct source *source, uint64_t *wanted, const char **why)
{
	enum sections_result result;
	Elf64_Ehdr header = {0};

	sections->count = sections->names_len = 0;
	result = read_start(sections, source, &header, wanted);
	if (result != SECTIONS_FOUND)
		return result;
	sections->type = header.e_type;
	sections->machine = header.e_machine;
	return read_table(sections, source, &header, wanted, why);
}

void sections_free(struct sections *sections)
{
	free(sections->headers);
	free(sections->names);
	memset(sections, 0, sizeof(*sections));
}
