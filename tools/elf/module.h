/* SPDX-License-Identifier: GPL-2.0-only */
/* Reads the notes and the .modinfo of a kernel module. The module is untrusted input. */
#ifndef XS_ELF_MODULE_H
#define XS_ELF_MODULE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "elf/note.h"
#include "elf/sections.h"
#include "elf/signature.h"

/* The limit for a caller that reads all bytes of a module into memory. Real modules are much smaller. */
#define MODULE_BYTES_MAX (1ull << 30)

/* Faults of the file. For some of them, "found" and "limit" in struct module hold two numbers for the message. */
enum module_fault {
	MODULE_NOT_ELF,		/* no ELF magic, or libelf does not know the ELF format */
	MODULE_NOT_RELOCATABLE, /* found: e_type; limit: ET_REL */
	MODULE_TRUNCATED,	/* found: the file's size; limit: the size that the headers need, in bytes */
	MODULE_DAMAGED,		/* the headers are not consistent: see damage */
	MODULE_NOTE_TYPE,	/* .note.xenserver; found: sh_type; limit: SHT_NOTE */
	MODULE_NOTE_ALLOC,	/* .note.xenserver; found: sh_flags; limit: SHF_ALLOC */
	MODULE_NOTE_ALIGN,	/* .note.xenserver; found: sh_addralign; limit: 4 */
	MODULE_NO_MODINFO,	/* no section .modinfo: the file is not a kernel module */
	MODULE_UNDECODABLE,	/* the compressed data is damaged: see damage */
	MODULE_OVER_LIMIT,	/* the file unpacks to more bytes than base/budget.h allows: see damage */
	MODULE_FAULTS,
};

/* A module. It starts as {0}. module_read_*() fill it, and module_free() frees its memory. */
struct module {
	uint64_t size;	       /* bytes of the module, unpacked, with the signature */
	enum codec_kind codec; /* how the file is compressed */
	struct note_reading note;
	char *modinfo;	    /* the section .modinfo: "key=value" strings, each with a NUL; owned; see modinfo_len */
	size_t modinfo_len; /* in bytes; 0 if there is no .modinfo */
	size_t modinfo_room;
	uint32_t *infos; /* the offsets of the strings in modinfo, in ascending order; owned */
	size_t info_count;
	const char *damage; /* for the faults with "see damage": a static text, which calls the module "it" */
	uint64_t elf_end;   /* the end of the ELF file; bytes after it were appended */
	bool debug;	    /* the module has sections of debugging information */
	unsigned char trailer[SIGNATURE_TRAILER]; /* the last bytes, if at least as many were appended */
	bool fault[MODULE_FAULTS];
	uint64_t found[MODULE_FAULTS], limit[MODULE_FAULTS];
	struct source source;	  /* private; memory for the next file */
	struct sections sections; /* private, too */
};

/*
 * Read the module in FD, a regular file of SIZE bytes, or in memory. The first bytes show whether it is compressed.
 * MODULE must be {0}, or a module that was read before; then its memory is used again. Return 0 also for a damaged
 * file: see the faults. Return -1 with errno and module->damage if the file cannot be read or became shorter. Decoding
 * takes some MiB, independent of the file's size, and may wait for other threads: see source.h.
 */
int module_read_fd(struct module *module, int fd, uint64_t size);
int module_read_memory(struct module *module, const void *bytes, size_t size);

/* Frees the memory of the module and makes it {0} again. */
void module_free(struct module *module);

/* Whether the file is damaged so that no kernel can load it. Then other checks of the module are useless. */
bool module_is_broken(const struct module *module);

/*
 * Returns the first value of KEY in .modinfo, or, if AFTER is not NULL, the first one after the value AFTER. Returns
 * NULL if there is none. The value is a string in the module's memory, valid until the next read or module_free().
 */
const char *module_info(const struct module *module, const char *key, const char *after);

/*
 * Returns a digest of what the kernel loads of the module, without notes: of two modules that were built from the same
 * sources, and differ only in the record, it is the same. BYTES are all bytes of the module, which must not be broken.
 * The digest is never 0. It is no protection against somebody who makes two modules with one digest.
 */
uint64_t module_content(const struct module *module, const void *bytes);

/*
 * Returns the first section of this name, and its size in *LEN; NULL if there is none, or if it is outside of the file.
 * BYTES are all bytes of the module, which must not be broken.
 */
const void *module_section(const struct module *module, const void *bytes, const char *name, size_t *len);

/* Finds the appended signature: see signature_find(). */
void module_signature(const struct module *module, struct signature *signature);

/*
 * Copies the uname, which is the first word of the vermagic, into OUT, cut to SIZE - 1 bytes. Without a vermagic,
 * returns false and OUT is "".
 */
bool module_kernel(const struct module *module, char *out, size_t size);

#endif
