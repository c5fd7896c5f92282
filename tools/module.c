// SPDX-License-Identifier: GPL-2.0-only
// Reading a kernel module: its notes and its .modinfo, without trusting a byte of it.
#include "module.h"

#include <errno.h>
#include <gelf.h>
#include <libelf.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Notes and .modinfo of real modules have a few KiB; a section that claims more than this is not read. */
#define SECTION_LIMIT (16u << 20)

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

/* A section's bytes as they stand in the file: elf_getdata() would pad notes by sh_addralign. */
static Elf_Data *section_bytes(struct module *module, Elf *elf, const GElf_Shdr *shdr)
{
	Elf_Data *data;

	if (shdr->sh_offset > module->size || shdr->sh_size > module->size - shdr->sh_offset) {
		fault(module, MODULE_TRUNCATED, module->size, shdr->sh_offset + shdr->sh_size);
		return NULL;
	}
	if (shdr->sh_size > SECTION_LIMIT) {
		damaged(module, "a note or .modinfo section is over 16 MiB");
		return NULL;
	}
	data = elf_getdata_rawchunk(elf, (int64_t)shdr->sh_offset, shdr->sh_size, ELF_T_BYTE);
	if (!data)
		damaged(module, "a section could not be read");
	return data;
}

/* What libelf does not tell: a header table cut off looks to it like a file with no sections. */
static bool headers_are_whole(struct module *module, Elf *elf, const GElf_Ehdr *ehdr)
{
	size_t entry = ehdr->e_ident[EI_CLASS] == ELFCLASS64 ? sizeof(Elf64_Shdr) : sizeof(Elf32_Shdr);
	uint64_t end = ehdr->e_shoff + (uint64_t)ehdr->e_shnum * entry;
	size_t count;

	if (ehdr->e_shoff == 0) {
		damaged(module, "it has no section header table (e_shoff is 0)");
		return false;
	}
	if (ehdr->e_shoff > module->size || end < ehdr->e_shoff || end > module->size) {
		fault(module, MODULE_TRUNCATED, module->size, end);
		return false;
	}
	if (ehdr->e_shentsize != entry || elf_getshdrnum(elf, &count) != 0 || count == 0 ||
	    (ehdr->e_shnum != 0 && count != ehdr->e_shnum)) {
		damaged(module, "the ELF header's section count or entry size is wrong");
		return false;
	}
	module->elf_end = ehdr->e_shoff + count * entry;
	return true;
}

static void judge_note_header(struct module *module, const GElf_Shdr *shdr)
{
	if (shdr->sh_type != SHT_NOTE)
		fault(module, MODULE_NOTE_TYPE, shdr->sh_type, SHT_NOTE);
	if (shdr->sh_flags != SHF_ALLOC)
		fault(module, MODULE_NOTE_ALLOC, shdr->sh_flags, SHF_ALLOC);
	if (shdr->sh_addralign != XENSERVER_NOTE_ALIGN)
		fault(module, MODULE_NOTE_ALIGN, shdr->sh_addralign, XENSERVER_NOTE_ALIGN);
}

static bool keep_modinfo(struct module *module, const Elf_Data *data)
{
	size_t room = data->d_size + 1;

	if (module->modinfo_len > 0) {
		/* Two .modinfo sections: the kernel takes one, and nobody can tell which. */
		damaged(module, "it has two .modinfo sections");
		return true;
	}
	if (room > module->modinfo_room) {
		char *bigger = realloc(module->modinfo, room);

		if (!bigger)
			return false;
		module->modinfo = bigger;
		module->modinfo_room = room;
	}
	memcpy(module->modinfo, data->d_buf, data->d_size);
	module->modinfo[data->d_size] = '\0';
	module->modinfo_len = room;
	return true;
}

enum pass { PASS_RECORDS, PASS_COMPAT };

static bool is_compat(const char *name)
{
	return strcmp(name, XENSERVER_NOTE_COMPAT_SECTION) == 0;
}

static void note_extent(struct module *module, const GElf_Shdr *shdr, const char *name)
{
	uint64_t end = shdr->sh_type == SHT_NOBITS ? 0 : shdr->sh_offset + shdr->sh_size;

	if (end > module->elf_end && end <= module->size)
		module->elf_end = end;
	if (strncmp(name, ".debug_", strlen(".debug_")) == 0 && !(shdr->sh_flags & SHF_ALLOC))
		module->debug = true;
}

/* One section in one pass; false when memory is out. */
static bool read_section(struct module *module, Elf *elf, const GElf_Shdr *shdr, const char *name, enum pass pass)
{
	bool ours = strcmp(name, XENSERVER_NOTE_SECTION) == 0;
	bool info = strcmp(name, ".modinfo") == 0;
	bool swap = (elf_getident(elf, NULL)[EI_DATA] == ELFDATA2LSB) != (__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__);
	Elf_Data *data;

	if ((pass == PASS_COMPAT) != is_compat(name))
		return true;
	if (!ours && !info && shdr->sh_type != SHT_NOTE && !is_compat(name))
		return true;
	if (ours)
		judge_note_header(module, shdr);
	if (shdr->sh_type == SHT_NOBITS || shdr->sh_size == 0) {
		if (!info)
			note_read(&module->note, name, NULL, 0, shdr->sh_addralign, swap);
		return true;
	}
	data = section_bytes(module, elf, shdr);
	if (!data)
		return true;
	if (info)
		return keep_modinfo(module, data);
	note_read(&module->note, name, data->d_buf, data->d_size, shdr->sh_addralign, swap);
	return true;
}

static int read_sections(struct module *module, Elf *elf, enum pass pass)
{
	Elf_Scn *scn = NULL;
	size_t names;

	if (elf_getshdrstrndx(elf, &names) != 0) {
		damaged(module, "the section name table (e_shstrndx) is not there");
		return 0;
	}
	while ((scn = elf_nextscn(elf, scn))) {
		GElf_Shdr shdr;
		const char *name;

		if (!gelf_getshdr(scn, &shdr) || !(name = elf_strptr(elf, names, shdr.sh_name))) {
			damaged(module, "a section header or its name is out of range");
			return 0;
		}
		note_extent(module, &shdr, name);
		if (!read_section(module, elf, &shdr, name, pass)) {
			errno = ENOMEM;
			return -1;
		}
	}
	return 0;
}

static int read_elf(struct module *module, Elf *elf)
{
	GElf_Ehdr ehdr;

	if (elf_kind(elf) != ELF_K_ELF || !gelf_getehdr(elf, &ehdr)) {
		fault(module, MODULE_NOT_ELF, 0, 0);
		return 0;
	}
	if (ehdr.e_type != ET_REL)
		fault(module, MODULE_NOT_RELOCATABLE, ehdr.e_type, ET_REL);
	if (!headers_are_whole(module, elf, &ehdr))
		return 0;
	/* The copies are judged by the record, wherever the linker put the two sections. */
	if (read_sections(module, elf, PASS_RECORDS) || read_sections(module, elf, PASS_COMPAT))
		return -1;
	if (module->modinfo_len == 0)
		fault(module, MODULE_NO_MODINFO, 0, 0);
	return 0;
}

static pthread_once_t libelf_once = PTHREAD_ONCE_INIT;

static void libelf_start(void)
{
	elf_version(EV_CURRENT);
}

static void module_restart(struct module *module, uint64_t size)
{
	char *modinfo = module->modinfo;
	size_t room = module->modinfo_room;

	pthread_once(&libelf_once, libelf_start);
	memset(module, 0, sizeof(*module));
	module->modinfo = modinfo;
	module->modinfo_room = room;
	module->size = size;
}

/* ELF no longer than its header fields: libelf would read what is not there. */
static bool starts_like_elf(struct module *module, const unsigned char *bytes, size_t len)
{
	if (len >= SELFMAG && memcmp(bytes, ELFMAG, SELFMAG) == 0)
		return true;
	fault(module, MODULE_NOT_ELF, len, 0);
	return false;
}

static bool has_trailer(const struct module *module)
{
	return module->elf_end > 0 && module->size >= module->elf_end + SIGNATURE_TRAILER;
}

int module_read_memory(struct module *module, const void *bytes, size_t size)
{
	Elf *elf;
	int rc;

	module_restart(module, size);
	if (!starts_like_elf(module, bytes, size))
		return 0;
	elf = elf_memory((char *)(uintptr_t)bytes, size);
	if (!elf) {
		fault(module, MODULE_NOT_ELF, size, 0);
		return 0;
	}
	rc = read_elf(module, elf);
	elf_end(elf);
	if (has_trailer(module))
		memcpy(module->trailer, (const char *)bytes + size - SIGNATURE_TRAILER, SIGNATURE_TRAILER);
	return rc;
}

int module_read_fd(struct module *module, int fd, uint64_t size)
{
	Elf *elf;
	int rc;

	module_restart(module, size);
	/* Reading, not mapping: a file that shrinks under a mapping kills the process. */
	elf = elf_begin(fd, ELF_C_READ, NULL);
	if (!elf) {
		errno = EIO;
		return -1;
	}
	rc = read_elf(module, elf);
	elf_end(elf);
	if (has_trailer(module) && pread(fd, module->trailer, SIGNATURE_TRAILER, (off_t)(size - SIGNATURE_TRAILER)) < 0)
		return -1;
	return rc;
}

void module_free(struct module *module)
{
	free(module->modinfo);
	memset(module, 0, sizeof(*module));
}

bool module_is_broken(const struct module *module)
{
	return module->fault[MODULE_NOT_ELF] || module->fault[MODULE_TRUNCATED] || module->fault[MODULE_DAMAGED];
}

const char *module_info(const struct module *module, const char *key, const char *after)
{
	const char *end = module->modinfo + module->modinfo_len;
	const char *at = after ? after + strlen(after) + 1 : module->modinfo;
	size_t key_len = strlen(key);

	if (module->modinfo_len == 0)
		return NULL;
	for (; at < end; at += strlen(at) + 1)
		if (strncmp(at, key, key_len) == 0 && at[key_len] == '=')
			return at + key_len + 1;
	return NULL;
}

void module_kernel(const struct module *module, char *out, size_t size)
{
	const char *vermagic = module_info(module, "vermagic", NULL);
	size_t len = vermagic ? strcspn(vermagic, " ") : 0;

	if (len >= size)
		len = size - 1;
	if (len)
		memcpy(out, vermagic, len);
	out[len] = '\0';
}
