/* SPDX-License-Identifier: GPL-2.0-only */
/* Legal names of drivers, versions, kernels and modules, and the module names of files. */
#ifndef XS_BASE_NAME_H
#define XS_BASE_NAME_H

#include <stdbool.h>
#include <stddef.h>

/* A kernel's release has at most 64 bytes (__NEW_UTS_LEN in Linux's utsname.h). */
#define UNAME_MAX 64
/*
 * Bytes of a module's name in the kernel, with the NUL. Linux allows 56 on 64-bit machines (MODULE_NAME_LEN in
 * moduleparam.h).
 */
#define MODULE_NAME_SIZE 64

/* Whether the LEN bytes at S are a legal name of a driver or a version. */
bool name_is_legal_n(const char *s, size_t len);

/* Returns how many bytes at the start of S are legal in a name: LEN if all LEN bytes are legal. */
size_t name_legal_prefix(const char *s, size_t len);

/* name_is_legal_n() for a string. Call it before a name becomes part of a path. */
bool name_is_legal(const char *s);

/* Whether S can be a kernel's release. A kernel's release is also the name of a directory in /lib/modules. */
bool name_is_uname(const char *s);

/*
 * Returns the suffix of a module's file name (".ko", ".ko.gz", ".ko.xz" or ".ko.zst"), as a pointer into FILE, or NULL
 * if FILE has no such suffix. FILE may be a path.
 */
const char *name_module_suffix(const char *file);

/*
 * Whether FILE, a name without a directory, is a legal name of a module's file. It has the characters of a legal name,
 * and may also begin with '_'. It ends in a module's suffix, after fewer than MODULE_NAME_SIZE bytes.
 */
bool name_is_module_file(const char *file);

/*
 * Writes to OUT the kernel's name for the module FILE: the base name without its suffix, with '_' instead of '-', cut
 * to MODULE_NAME_SIZE - 1 bytes. FILE may be a path, and need not have a suffix.
 */
void name_of_module(const char *file, char out[MODULE_NAME_SIZE]);

/* Whether A and B are names of the same module. '-' and '_' count as equal. */
bool name_same_module(const char *a, const char *b);

#endif
