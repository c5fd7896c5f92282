/* SPDX-License-Identifier: GPL-2.0-only */
/* Module.symvers: the symbols a kernel exports, with the CRCs of their types. */
#ifndef XS_ELF_SYMVERS_H
#define XS_ELF_SYMVERS_H

#include <stdbool.h>
#include <stdint.h>

struct symver {
	const char *name;   /* owned by the table */
	const char *module; /* that exports it; "vmlinux" for the kernel itself */
	const char *space;  /* its name space, or "" */
	uint32_t crc;	    /* 0 when the kernel was built without CONFIG_MODVERSIONS */
	bool gpl;	    /* EXPORT_SYMBOL_GPL */
};

/* Several tables, each for one kernel or for any. */
struct symvers;

/*
 * Adds the table in the file at PATH to *SYMVERS, which is made if it is NULL. If include/generated/utsrelease.h
 * stands beside the file, as in a kernel's build directory, the table is for that kernel only. False, with a complaint
 * printed, if it is none.
 */
bool symvers_read(struct symvers **symvers, const char *path);
void symvers_free(struct symvers *symvers);

/* Whether one of the tables is for the kernel UNAME. */
bool symvers_covers(const struct symvers *symvers, const char *uname);

/* The symbol NAME in the tables for the kernel UNAME, or NULL. */
const struct symver *symvers_find(const struct symvers *symvers, const char *uname, const char *name);

/* Whether the tables for UNAME hold CRCs: whether the kernel was built with CONFIG_MODVERSIONS. */
bool symvers_has_crcs(const struct symvers *symvers, const char *uname);

#endif
