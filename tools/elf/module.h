/* SPDX-License-Identifier: GPL-2.0-only */
/* Reading a kernel module: its notes and its .modinfo, without trusting a byte of it. */
#ifndef XS_ELF_MODULE_H
#define XS_ELF_MODULE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "elf/note.h"
#include "elf/sections.h"
#include "elf/signature.h"

/* The most that is read of a module by whoever wants all its bytes in memory: no module comes near. */
#define MODULE_BYTES_MAX (1ull << 30)

/* What can be wrong with the file as a module. */
enum module_fault {
	MODULE_NOT_ELF,		/* no ELF magic, or no ELF file libelf knows */
	MODULE_NOT_RELOCATABLE, /* found: e_type; limit: ET_REL */
	MODULE_TRUNCATED,	/* found: the file's size; limit: what its headers promise */
	MODULE_DAMAGED,		/* the headers contradict themselves: see damage */
	MODULE_NOTE_TYPE,	/* .note.xenserver; found: sh_type; limit: SHT_NOTE */
	MODULE_NOTE_ALLOC,	/* .note.xenserver; found: sh_flags; limit: SHF_ALLOC */
	MODULE_NOTE_ALIGN,	/* .note.xenserver; found: sh_addralign; limit: 4 */
	MODULE_NO_MODINFO,	/* no .modinfo section: no kernel module */
	MODULE_UNDECODABLE,	/* the compressed data is damaged: see damage */
	MODULE_OVER_LIMIT,	/* it unpacks to more than the budget allows: see damage */
	MODULE_FAULTS,
};

/* One module as read. Filled by module_read_*(), emptied by module_free(). */
struct module {
	uint64_t size;	       /* bytes of the module, decoded if the file is compressed, signature included */
	enum codec_kind codec; /* how the file is compressed */
	struct note_reading note;
	char *modinfo; /* the section: "key=value" strings, each with its NUL; owned; NULL if there is none */
	size_t modinfo_len;
	size_t modinfo_room;
	uint32_t *infos; /* where its strings begin, in ascending order; owned */
	size_t info_count, info_room;
	const char *damage; /* with MODULE_DAMAGED and the like: how, as a clause about "it"; static */
	uint64_t elf_end;   /* where the ELF file ends; what follows was appended */
	bool debug;	    /* it has sections of debugging information */
	unsigned char trailer[SIGNATURE_TRAILER]; /* the file's last bytes if something was appended */
	bool fault[MODULE_FAULTS];
	uint64_t found[MODULE_FAULTS], limit[MODULE_FAULTS];
	struct source source; /* private, like the next: what is used again from file to file */
	struct sections sections;
};

/*
 * Reads the module in FD (a regular file of SIZE bytes), or in memory, compressed or not: its first bytes tell. A
 * damaged file is told in the module's faults; -1 (with errno, and module->damage as a clause) is for what could not
 * be read at all, or shrank meanwhile. The module must be {0} or one read before, whose memory is then used again.
 * Takes some MiB while it decodes, whatever the size, and waits while too many threads do: see source.h.
 */
int module_read_fd(struct module *module, int fd, uint64_t size);
int module_read_memory(struct module *module, const void *bytes, size_t size);

/* Frees what the module holds and makes it {0} again. */
void module_free(struct module *module);

/* Whether the file can be loaded by no kernel: then nothing else in it is worth judging. */
bool module_is_broken(const struct module *module);

/*
 * The next value of KEY in .modinfo after the value AFTER (NULL: the first), or NULL. It ends in a NUL and
 * lives as long as the module.
 */
const char *module_info(const struct module *module, const char *key, const char *after);

/* Where its appended signature stands. */
void module_signature(const struct module *module, struct signature *signature);

/* The uname in the vermagic, its first word; longer ones are cut. False, and "", when there is no vermagic. */
bool module_kernel(const struct module *module, char *out, size_t size);

#endif
