/* SPDX-License-Identifier: GPL-2.0-only */
/* Reads Module.symvers: the symbols that a kernel exports, with the CRCs of their types. */
#ifndef XS_ELF_SYMVERS_H
#define XS_ELF_SYMVERS_H

#include <stdbool.h>
#include <stdint.h>

struct symver {
	const char *name;   /* owned by the table */
	const char *module; /* the module that exports the symbol; "vmlinux" for the kernel itself */
	const char *space;  /* the name space of the symbol, or "" */
	uint32_t crc;	    /* 0 if the kernel was built without CONFIG_MODVERSIONS */
	bool gpl;	    /* EXPORT_SYMBOL_GPL */
};

/* A list of tables. Each table is for one kernel, or for every kernel. */
struct symvers;

/*
 * Adds the table in the file PATH to *SYMVERS. If *SYMVERS is NULL, it is allocated; symvers_free() frees it. If the
 * directory of the file also has include/generated/utsrelease.h, as a kernel's build directory does, the table is only
 * for the kernel named there. On an error, prints a message and returns false.
 */
bool symvers_read(struct symvers **symvers, const char *path);
void symvers_free(struct symvers *symvers);

/* Whether one of the tables is for the kernel UNAME. */
bool symvers_covers(const struct symvers *symvers, const char *uname);

/* Returns the symbol NAME from the first table for the kernel UNAME that has it, or NULL. */
const struct symver *symvers_find(const struct symvers *symvers, const char *uname, const char *name);

/* Whether a table for the kernel UNAME has CRCs: then the kernel was built with CONFIG_MODVERSIONS. */
bool symvers_has_crcs(const struct symvers *symvers, const char *uname);

#endif
