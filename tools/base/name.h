/* SPDX-License-Identifier: GPL-2.0-only */
/* Names of drivers, versions, kernels and modules: which are legal, and how files map to modules. */
#ifndef XS_BASE_NAME_H
#define XS_BASE_NAME_H

#include <stdbool.h>
#include <stddef.h>

/* A kernel's release has at most 64 bytes (__NEW_UTS_LEN in Linux's utsname.h). */
#define UNAME_MAX 64
/* A module's kernel name, NUL included: MODULE_NAME_LEN of Linux's moduleparam.h on 64 bits is 56. */
#define MODULE_NAME_SIZE 64

/* Whether the LEN bytes at S are a legal name of a driver or a version. */
bool name_is_legal_n(const char *s, size_t len);

/* How many of the LEN bytes at S, from the first on, could begin a legal name: LEN when none is wrong. */
size_t name_legal_prefix(const char *s, size_t len);

/* name_is_legal_n() for a string. Whoever makes a path from a name asks this first. */
bool name_is_legal(const char *s);

/* Whether S can be a kernel's release, and so a directory under /lib/modules. */
bool name_is_uname(const char *s);

/*
 * The suffix of a module's file name (".ko", ".ko.gz", ".ko.xz" or ".ko.zst"), as a pointer into FILE;
 * NULL when FILE does not name a module. FILE may be a path.
 */
const char *name_module_suffix(const char *file);

/*
 * Whether FILE is a bare name that a module's file can have: the characters of other legal names, such a suffix,
 * and before it no more than a kernel's name for a module can be long.
 */
bool name_is_module_file(const char *file);

/*
 * The kernel's name of the module in FILE (a path or a bare name, with or without suffix): the base name
 * with '_' for every '-'. Cut at MODULE_NAME_SIZE - 1 bytes.
 */
void name_of_module(const char *file, char out[MODULE_NAME_SIZE]);

/* Whether A and B name one module: equal but for '-' and '_'. */
bool name_same_module(const char *a, const char *b);

#endif
