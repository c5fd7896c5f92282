// SPDX-License-Identifier: GPL-2.0-only
// Adds note sections to a relocatable ELF file of either class and byte order, without moving its other sections.
#include "elf/inject_elf.h"

#include <elf.h>
#include <stdlib.h>
#include <string.h>

#include "base/die.h"
#include "xenserver-note.h"

/*
 * The headers are read and written as bytes, without libelf. elf_update() of libelf would move the sections. With
 * ELF_F_LAYOUT it would not move them, but it would need the data of every section in memory.
 */
struct field {
	uint8_t offset, width;
};

enum field_id { E_SHNUM, E_SHOFF, SH_NAME, SH_TYPE, SH_FLAGS, SH_OFFSET, SH_SIZE, SH_ALIGN };

#define OF(type, member)                                                                                               \
	{                                                                                                              \
		offsetof(type, member), sizeof(((type *)0)->member)                                                    \
	}
#define BOTH(type, member)                                                                                             \
	{                                                                                                              \
		OF(Elf32_##type, member), OF(Elf64_##type, member)                                                     \
	}

/* The second index is the class: 0 for ELF32, 1 for ELF64. */
static const struct field fields[][2] = {
	[E_SHNUM] = BOTH(Ehdr, e_shnum), [E_SHOFF] = BOTH(Ehdr, e_shoff),	[SH_NAME] = BOTH(Shdr, sh_name),
	[SH_TYPE] = BOTH(Shdr, sh_type), [SH_FLAGS] = BOTH(Shdr, sh_flags),	[SH_OFFSET] = BOTH(Shdr, sh_offset),
	[SH_SIZE] = BOTH(Shdr, sh_size), [SH_ALIGN] = BOTH(Shdr, sh_addralign),
};

static uint64_t get(const struct elf_image *image, const uint8_t *header, enum field_id id)
{
	struct field field = fields[id][image->wide];
	uint64_t value = 0;

	for (unsigned int i = 0; i < field.width; i++)
		value = value << 8 | header[field.offset + (image->big ? i : field.width - 1u - i)];
	return value;
}

static void put(const struct elf_image *image, uint8_t *header, enum field_id id, uint64_t value)
{
	struct field field = fields[id][image->wide];

	for (unsigned int i = 0; i < field.width; i++, value >>= 8)
		header[field.offset + (image->big ? field.width - 1u - i : i)] = (uint8_t)value;
}

void elf_image_word(const struct elf_image *image, uint8_t *at, uint32_t value)
{
	for (unsigned int i = 0; i < 4; i++, value >>= 8)
		at[image->big ? 3 - i : i] = (uint8_t)value;
}

static size_t header_size(const struct elf_image *image)
{
	return image->wide ? sizeof(Elf64_Shdr) : sizeof(Elf32_Shdr);
}

/* The field e_ehsize is not used, because other readers do not use it. */
static size_t elf_header_size(const struct elf_image *image)
{
	return image->wide ? sizeof(Elf64_Ehdr) : sizeof(Elf32_Ehdr);
}

static const uint8_t *header_of(const struct elf_image *image, size_t index)
{
	return image->bytes + image->table + index * header_size(image);
}

/* The bytes of a section in the file. The size is 0 for SHT_NOBITS. */
struct extent {
	uint64_t offset, size;
};

static struct extent extent_of(const struct elf_image *image, size_t index)
{
	const uint8_t *header = header_of(image, index);
	struct extent extent = {get(image, header, SH_OFFSET), get(image, header, SH_SIZE)};
	uint64_t type = get(image, header, SH_TYPE);

	if (type == SHT_NOBITS || type == SHT_NULL)
		extent.size = 0;
	return extent;
}

static bool sections_are_whole(const struct elf_image *image, const char **why)
{
	struct extent names = extent_of(image, image->names);

	for (size_t i = 1; i < image->count; i++) {
		struct extent e = extent_of(image, i);

		if (e.size && (e.offset > image->size || e.size > image->size - e.offset)) {
			*why = "a section of it goes past its end";
			return false;
		}
		if (get(image, header_of(image, i), SH_NAME) >= names.size) {
			*why = "a section's name is outside of the section names";
			return false;
		}
	}
	if (names.size == 0 || image->bytes[names.offset + names.size - 1] != '\0') {
		*why = "its section names do not end in a NUL";
		return false;
	}
	return true;
}

bool elf_image_read(struct elf_image *image, const uint8_t *bytes, size_t size, const char **why)
{
	bool wide = bytes[EI_CLASS] == ELFCLASS64;
	/* The last field of the ELF header in both classes. */
	const uint8_t *shstrndx;

	*image = (struct elf_image){.bytes = bytes, .size = size, .wide = wide, .big = bytes[EI_DATA] == ELFDATA2MSB};
	shstrndx = bytes + elf_header_size(image) - 2;
	image->count = get(image, bytes, E_SHNUM);
	image->table = get(image, bytes, E_SHOFF);
	image->names = image->big ? shstrndx[0] * 256u + shstrndx[1] : shstrndx[1] * 256u + shstrndx[0];
	/* With more sections, e_shnum does not hold their number. The kernel does not load such modules. */
	if (image->count == 0 || image->count + 2 >= SHN_LORESERVE || image->names >= image->count) {
		*why = "it has more sections than the kernel loads, or no section names";
		return false;
	}
	return sections_are_whole(image, why);
}

size_t elf_image_find(const struct elf_image *image, const char *name, const uint8_t **bytes, size_t *len)
{
	const char *names = (const char *)image->bytes + extent_of(image, image->names).offset;

	for (size_t i = 1; i < image->count; i++) {
		struct extent e = extent_of(image, i);

		if (strcmp(names + get(image, header_of(image, i), SH_NAME), name) != 0)
			continue;
		if (bytes)
			*bytes = e.size ? image->bytes + e.offset : NULL;
		if (len)
			*len = e.size;
		return i;
	}
	return 0;
}

/* The file being written. */
struct output {
	const struct elf_image *image;
	uint8_t *bytes; /* room_for() zeroed bytes */
	size_t len;
	uint8_t *table; /* the section headers; added to bytes as the last part */
	size_t count;
	size_t kept; /* the number of bytes from the start that are copied from the input */
};

static uint8_t *output_header(const struct output *out, size_t index)
{
	return out->table + index * header_size(out->image);
}

static bool is_one_of(const struct elf_note_section *sections, size_t count, const struct elf_image *image,
		      size_t index)
{
	for (size_t i = 0; i < count; i++)
		if (elf_image_find(image, sections[i].name, NULL, NULL) == index)
			return true;
	return false;
}

/* Returns the end of the bytes to copy from the input: the end of the last section that is not written again. */
static size_t end_of_kept(const struct elf_image *image, const struct elf_note_section *sections, size_t count)
{
	size_t end = elf_header_size(image);

	for (size_t i = 1; i < image->count; i++) {
		struct extent e = extent_of(image, i);

		/* The header of an empty section may point anywhere within the file. */
		if (i == image->names || e.offset > image->size || is_one_of(sections, count, image, i))
			continue;
		if (e.offset + e.size > end)
			end = e.offset + e.size;
	}
	return end;
}

static bool overlaps_another(const struct elf_image *image, size_t index)
{
	struct extent a = extent_of(image, index);

	for (size_t i = 1; i < image->count; i++) {
		struct extent b = extent_of(image, i);

		if (i != index && a.offset < b.offset + b.size && b.offset < a.offset + a.size)
			return true;
	}
	return a.offset < elf_header_size(image);
}

static size_t append(struct output *out, const void *bytes, size_t len, size_t align)
{
	size_t at = (out->len + align - 1) & ~(align - 1);

	memcpy(out->bytes + at, bytes, len);
	out->len = at + len;
	return at;
}

/* Adds a section header, and the section's name after the other names. Returns the index of the section. */
static size_t new_section(struct output *out, const char *name)
{
	uint8_t *names = output_header(out, out->image->names);
	uint64_t size = get(out->image, names, SH_SIZE);

	/* The section names are at the end of the output, so a name can be added there. */
	memcpy(out->bytes + out->len, name, strlen(name) + 1);
	out->len += strlen(name) + 1;
	put(out->image, names, SH_SIZE, size + strlen(name) + 1);
	put(out->image, output_header(out, out->count), SH_NAME, size);
	return out->count++;
}

/*
 * Writes the bytes and the header of a section. The section keeps its offset if it is aligned, has the same size as
 * before, and lies within the copied bytes. Otherwise it is added at the end, and its old bytes become zero.
 */
static void place_section(struct output *out, const struct elf_note_section *section, size_t index)
{
	const struct elf_image *image = out->image;
	uint8_t *header = output_header(out, index);
	uint64_t old = get(image, header, SH_OFFSET), size = get(image, header, SH_SIZE);
	bool kept =
		index < image->count && size && get(image, header, SH_TYPE) != SHT_NOBITS && old + size <= out->kept;

	if (kept)
		memset(out->bytes + old, 0, size);
	if (kept && size == section->len && old % XENSERVER_NOTE_ALIGN == 0)
		memcpy(out->bytes + old, section->bytes, section->len);
	else
		put(image, header, SH_OFFSET, append(out, section->bytes, section->len, XENSERVER_NOTE_ALIGN));
	put(image, header, SH_TYPE, SHT_NOTE);
	put(image, header, SH_FLAGS, SHF_ALLOC);
	put(image, header, SH_SIZE, section->len);
	put(image, header, SH_ALIGN, XENSERVER_NOTE_ALIGN);
}

/*
 * Writes the section names after the copied bytes, with the names of new sections. Does nothing if no name is new and
 * the names are within the copied bytes. Fills in the indexes of the sections.
 */
static void place_names(struct output *out, const struct elf_note_section *sections, size_t count, size_t *indexes)
{
	const struct elf_image *image = out->image;
	struct extent names = extent_of(image, image->names);
	bool all_known = true;

	for (size_t i = 0; i < count; i++) {
		indexes[i] = elf_image_find(image, sections[i].name, NULL, NULL);
		all_known = all_known && indexes[i];
	}
	if (all_known && names.offset + names.size <= out->kept)
		return;
	put(image, output_header(out, image->names), SH_OFFSET,
	    append(out, image->bytes + names.offset, names.size, 1));
	for (size_t i = 0; i < count; i++)
		if (!indexes[i])
			indexes[i] = new_section(out, sections[i].name);
}

static size_t room_for(const struct elf_image *image, const struct elf_note_section *sections, size_t count)
{
	size_t room = image->size + extent_of(image, image->names).size + (image->count + count) * header_size(image);

	for (size_t i = 0; i < count; i++)
		room += strlen(sections[i].name) + 1 + sections[i].len + XENSERVER_NOTE_ALIGN;
	return room + sizeof(Elf64_Addr);
}

uint8_t *elf_image_with(const struct elf_image *image, const struct elf_note_section *sections, size_t count,
			size_t *len, const char **why)
{
	struct output out = {.image = image, .count = image->count};
	size_t *indexes = need_memory(count, sizeof(*indexes));
	size_t offset;

	for (size_t i = 0; i < count; i++) {
		size_t index = elf_image_find(image, sections[i].name, NULL, NULL);

		if (index && overlaps_another(image, index)) {
			*why = "its record's section shares bytes with another";
			free(indexes);
			return NULL;
		}
	}
	out.kept = end_of_kept(image, sections, count);
	out.bytes = need_memory(room_for(image, sections, count), 1);
	out.table = need_memory(image->count + count, header_size(image));
	out.len = out.kept;
	memcpy(out.bytes, image->bytes, out.kept);
	memcpy(out.table, header_of(image, 0), image->count * header_size(image));
	place_names(&out, sections, count, indexes);
	for (size_t i = 0; i < count; i++)
		place_section(&out, &sections[i], indexes[i]);
	offset = append(&out, out.table, out.count * header_size(image), image->wide ? 8 : 4);
	put(image, out.bytes, E_SHOFF, offset);
	put(image, out.bytes, E_SHNUM, out.count);
	free(out.table);
	free(indexes);
	*len = out.len;
	return out.bytes;
}
