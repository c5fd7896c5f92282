// SPDX-License-Identifier: GPL-2.0-only
// Reads the notes and the .modinfo of a kernel module. The module is untrusted input.
#include "elf/module.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/die.h"

/*
 * The limit in bytes for the notes and the .modinfo together. Real modules have a few KiB, at most 200 KiB. The limit
 * is necessary because the memory for a module is many times as large as its .modinfo.
 */
#define SECTIONS_LIMIT (1u << 20)
/* The limit for the number of these sections. Real modules have fewer than ten. */
#define WANTED_MAX 64

static void fault(struct module *module, enum module_fault which, uint64_t found, uint64_t limit)
{
	if (module->fault[which])
		return;
	module->fault[which] = true;
	module->found[which] = found;
	module->limit[which] = limit;
}

static void damaged(struct module *module, const char *how)
{
	fault(module, MODULE_DAMAGED, 0, 0);
	if (!module->damage)
		module->damage = how;
}

/* Takes over the error of the source. Returns 1 if the module is damaged, or -1 if it cannot be read. */
static int source_fault(struct module *module)
{
	const struct source *source = &module->source;

	module->damage = source->why;
	if (source->error == SOURCE_DAMAGED) {
		fault(module, MODULE_UNDECODABLE, 0, 0);
		return 1;
	}
	if (source->error == SOURCE_OVER_LIMIT) {
		fault(module, MODULE_OVER_LIMIT, 0, 0);
		return 1;
	}
	errno = EIO;
	return -1;
}

enum section_kind { SECTION_OTHER, SECTION_NOTE, SECTION_RECORD, SECTION_COMPAT, SECTION_MODINFO };

/* Compares single letters first, to save time: strcmp() for every section name would be slow. */
static enum section_kind section_kind(const Elf64_Shdr *header, const char *name)
{
	if (name[0] == '.' && name[1] == 'm' && strcmp(name, ".modinfo") == 0)
		return SECTION_MODINFO;
	if (name[0] == '.' && name[1] == 'n' && strcmp(name, XENSERVER_NOTE_SECTION) == 0)
		return SECTION_RECORD;
	if (name[0] == '.' && name[1] == 'n' && strcmp(name, XENSERVER_NOTE_COMPAT_SECTION) == 0)
		return SECTION_COMPAT;
	return header->sh_type == SHT_NOTE ? SECTION_NOTE : SECTION_OTHER;
}

static void judge_note_header(struct module *module, const Elf64_Shdr *header)
{
	if (header->sh_type != SHT_NOTE)
		fault(module, MODULE_NOTE_TYPE, header->sh_type, SHT_NOTE);
	if (header->sh_flags != SHF_ALLOC)
		fault(module, MODULE_NOTE_ALLOC, header->sh_flags, SHF_ALLOC);
	if (header->sh_addralign != XENSERVER_NOTE_ALIGN)
		fault(module, MODULE_NOTE_ALIGN, header->sh_addralign, XENSERVER_NOTE_ALIGN);
}

/* Finds the strings once, because every rule searches for a key, and a driver can have a thousand aliases. */
static void index_modinfo(struct module *module)
{
	const char *end = module->modinfo + module->modinfo_len;

	for (const char *at = module->modinfo; at < end; at += strlen(at) + 1) {
		/* If the linker joined several sections, there are zeros between the strings. */
		if (*at == '\0')
			continue;
		module->infos = array_grown(module->infos, module->info_count, sizeof(*module->infos));
		module->infos[module->info_count++] = (uint32_t)(at - module->modinfo);
	}
}

static void keep_modinfo(struct module *module, const uint8_t *bytes, size_t len)
{
	if (module->modinfo_len > 0) {
		/* The kernel reads only one of the two sections, and it is not known which. */
		damaged(module, "it has two .modinfo sections");
		return;
	}
	if (len + 1 > module->modinfo_room) {
		module->modinfo_room = len + 1;
		free(module->modinfo);
		module->modinfo = malloc(module->modinfo_room);
		if (!module->modinfo)
			die_memory();
	}
	memcpy(module->modinfo, bytes, len);
	module->modinfo[len] = '\0';
	module->modinfo_len = len + 1;
	index_modinfo(module);
}

static void note_extent(struct module *module, const Elf64_Shdr *header, const char *name)
{
	uint64_t end = header->sh_type == SHT_NOBITS ? 0 : header->sh_offset + header->sh_size;

	if (end > module->elf_end && end >= header->sh_offset && end <= module->size)
		module->elf_end = end;
	if (name[0] == '.' && name[1] == 'd' && !(header->sh_flags & SHF_ALLOC) &&
	    strncmp(name, ".debug_", strlen(".debug_")) == 0)
		module->debug = true;
}

/* The sections whose bytes are read. */
struct wanted {
	size_t index[WANTED_MAX];
	enum section_kind kind[WANTED_MAX];
	struct source_range ranges[WANTED_MAX];
	size_t count;
	uint64_t total;
};

/* Adds a section to WANTED. Returns false if the module is too damaged to read more of it. */
static bool want_section(struct module *module, struct wanted *wanted, size_t index, enum section_kind kind)
{
	const Elf64_Shdr *header = &module->sections.headers[index];
	bool empty = header->sh_type == SHT_NOBITS;
	uint64_t len = empty ? 0 : header->sh_size;

	if (!empty && (header->sh_offset > module->size || len > module->size - header->sh_offset)) {
		fault(module, MODULE_TRUNCATED, module->size, header->sh_offset + len);
		return false;
	}
	if (len > SECTIONS_LIMIT - wanted->total || wanted->count == WANTED_MAX) {
		damaged(module, "its notes and .modinfo are over 1 MiB or 64 sections");
		return false;
	}
	wanted->total += len;
	wanted->index[wanted->count] = index;
	wanted->kind[wanted->count] = kind;
	wanted->ranges[wanted->count++] = (struct source_range){empty ? 0 : header->sh_offset, (size_t)len};
	return true;
}

static bool want_sections(struct module *module, struct wanted *wanted)
{
	const struct sections *sections = &module->sections;

	/* The header 0 is reserved, and is not a section. */
	for (size_t i = 1; i < sections->count; i++) {
		const Elf64_Shdr *header = &sections->headers[i];
		const char *name = sections_name(sections, i);
		enum section_kind kind;

		if (!name) {
			damaged(module, "a section header or its name is out of range");
			return false;
		}
		note_extent(module, header, name);
		kind = section_kind(header, name);
		if (kind != SECTION_OTHER && !want_section(module, wanted, i, kind))
			return false;
	}
	return true;
}

static int read_section(struct module *module, const struct wanted *wanted, size_t i)
{
	const Elf64_Shdr *header = &module->sections.headers[wanted->index[i]];
	size_t len = wanted->ranges[i].len;
	const uint8_t *bytes = source_at(&module->source, wanted->ranges[i].offset, len);

	if (!bytes)
		return source_fault(module);
	if (wanted->kind[i] == SECTION_RECORD)
		judge_note_header(module, header);
	if (wanted->kind[i] != SECTION_MODINFO)
		note_read(&module->note, sections_name(&module->sections, wanted->index[i]), bytes, len,
			  header->sh_addralign, module->sections.swap);
	else if (len > 0)
		keep_modinfo(module, bytes, len);
	return 0;
}

static int read_sections(struct module *module)
{
	struct wanted wanted;

	wanted.count = 0;
	wanted.total = 0;
	if (!want_sections(module, &wanted))
		return 0;
	if (!source_prefetch(&module->source, wanted.ranges, wanted.count))
		return source_fault(module);
	/* The copies are compared with the record, so the compat section is read last, wherever it is in the file. */
	for (int compat = 0; compat <= 1; compat++) {
		for (size_t i = 0; i < wanted.count; i++) {
			int rc = 0;

			if ((wanted.kind[i] == SECTION_COMPAT) == compat)
				rc = read_section(module, &wanted, i);
			if (rc)
				return rc;
		}
	}
	if (module->modinfo_len == 0)
		fault(module, MODULE_NO_MODINFO, 0, 0);
	return 0;
}

static int read_trailer(struct module *module)
{
	const uint8_t *bytes;

	if (module->size < module->elf_end + SIGNATURE_TRAILER)
		return 0;
	bytes = source_at(&module->source, module->size - SIGNATURE_TRAILER, SIGNATURE_TRAILER);
	if (!bytes)
		return source_fault(module);
	memcpy(module->trailer, bytes, SIGNATURE_TRAILER);
	return 0;
}

static int read_elf(struct module *module)
{
	struct sections *sections = &module->sections;
	uint64_t wanted = 0;
	enum sections_result result = sections_read(sections, &module->source, &wanted, &module->damage);
	int rc;

	if (result == SECTIONS_UNREADABLE)
		return source_fault(module);
	if (result == SECTIONS_NOT_ELF)
		fault(module, MODULE_NOT_ELF, 0, 0);
	else if (sections->type != ET_REL)
		fault(module, MODULE_NOT_RELOCATABLE, sections->type, ET_REL);
	if (result == SECTIONS_TRUNCATED)
		fault(module, MODULE_TRUNCATED, module->size, wanted);
	if (result == SECTIONS_DAMAGED)
		fault(module, MODULE_DAMAGED, 0, 0);
	if (result != SECTIONS_FOUND)
		return 0;
	/* GNU ld puts the section headers last. For a damaged file, elf_end stays 0, so no bytes count as appended. */
	module->elf_end = wanted;
	rc = read_trailer(module);
	return rc ? rc : read_sections(module);
}

static void module_restart(struct module *module)
{
	module->modinfo_len = 0;
	module->info_count = 0;
	memset(&module->note, 0, sizeof(module->note));
	memset(module->fault, 0, sizeof(module->fault));
	module->damage = NULL;
	module->elf_end = 0;
	module->debug = false;
	memset(module->trailer, 0, sizeof(module->trailer));
}

static int read_source(struct module *module, bool opened)
{
	int rc;

	module->size = module->source.size;
	module->codec = module->source.codec;
	rc = opened ? read_elf(module) : source_fault(module);
	source_close(&module->source);
	return rc < 0 ? -1 : 0;
}

int module_read_memory(struct module *module, const void *bytes, size_t size)
{
	module_restart(module);
	return read_source(module, source_open_memory(&module->source, bytes, size));
}

int module_read_fd(struct module *module, int fd, uint64_t size)
{
	module_restart(module);
	return read_source(module, source_open_fd(&module->source, fd, size));
}

void module_free(struct module *module)
{
	free(module->modinfo);
	free(module->infos);
	source_free(&module->source);
	sections_free(&module->sections);
	memset(module, 0, sizeof(*module));
}

bool module_is_broken(const struct module *module)
{
	return module->fault[MODULE_NOT_ELF] || module->fault[MODULE_TRUNCATED] || module->fault[MODULE_DAMAGED] ||
	       module->fault[MODULE_UNDECODABLE] || module->fault[MODULE_OVER_LIMIT];
}

static bool is_before(const void *info, const void *start)
{
	return *(const uint32_t *)info < *(const size_t *)start;
}

/* Returns the index of the first string that begins after AT, or 0 if AT is NULL. */
static size_t info_after(const struct module *module, const char *at)
{
	size_t start = at ? (size_t)(at - module->modinfo) + 1 : 0;

	return array_lower_bound(module->infos, module->info_count, sizeof(*module->infos), &start, is_before);
}

const char *module_info(const struct module *module, const char *key, const char *after)
{
	size_t key_len = strlen(key);

	for (size_t i = info_after(module, after); i < module->info_count; i++) {
		const char *at = module->modinfo + module->infos[i];

		if (*at == *key && strncmp(at, key, key_len) == 0 && at[key_len] == '=')
			return at + key_len + 1;
	}
	return NULL;
}

bool module_kernel(const struct module *module, char *out, size_t size)
{
	const char *vermagic = module_info(module, "vermagic", NULL);
	size_t len = vermagic ? strcspn(vermagic, " ") : 0;

	if (len >= size)
		len = size - 1;
	if (len)
		memcpy(out, vermagic, len);
	out[len] = '\0';
	return vermagic;
}

void module_signature(const struct module *module, struct signature *signature)
{
	signature_find(module->size, module->elf_end, module->trailer, signature);
}

/* Mixes 8 bytes at a time, because all bytes of all packaged modules go through here. */
static uint64_t mix(uint64_t digest, const uint8_t *bytes, size_t len)
{
	uint64_t word;

	for (; len >= sizeof(word); bytes += sizeof(word), len -= sizeof(word)) {
		memcpy(&word, bytes, sizeof(word));
		digest = (digest ^ word) * UINT64_C(0x9e3779b97f4a7c15);
		digest ^= digest >> 32;
	}
	word = 0;
	memcpy(&word, bytes, len);
	digest = (digest ^ word ^ (uint64_t)len << 56) * UINT64_C(0x9e3779b97f4a7c15);
	return digest ^ digest >> 32;
}

/* The build-id and the record are notes, and the symbol table has names of objects in it. */
static bool is_content(const Elf64_Shdr *header)
{
	return (header->sh_flags & SHF_ALLOC) && header->sh_type != SHT_NOTE && header->sh_type != SHT_NOBITS;
}

uint64_t module_content(const struct module *module, const void *bytes)
{
	const struct sections *sections = &module->sections;
	uint64_t digest = 1;

	for (size_t i = 1; i < sections->count; i++) {
		const Elf64_Shdr *header = &sections->headers[i];
		const char *name = sections_name(sections, i);

		if (!name || !is_content(header) || header->sh_offset > module->size ||
		    header->sh_size > module->size - header->sh_offset)
			continue;
		digest = mix(digest, (const uint8_t *)name, strlen(name));
		digest = mix(digest, (const uint8_t *)bytes + header->sh_offset, (size_t)header->sh_size);
	}
	return digest ? digest : 1;
}

const void *module_section(const struct module *module, const void *bytes, const char *name, size_t *len)
{
	for (size_t i = 1; i < module->sections.count; i++) {
		const Elf64_Shdr *header = &module->sections.headers[i];
		const char *own = sections_name(&module->sections, i);

		if (!own || strcmp(own, name) != 0 || header->sh_type == SHT_NOBITS ||
		    header->sh_offset > module->size || header->sh_size > module->size - header->sh_offset)
			continue;
		*len = (size_t)header->sh_size;
		return (const uint8_t *)bytes + header->sh_offset;
	}
	return NULL;
}
