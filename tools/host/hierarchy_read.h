/* SPDX-License-Identifier: GPL-2.0-only */
/* Reads the hierarchy of a kernel from the directories of a host. */
#ifndef XS_HOST_HIERARCHY_READ_H
#define XS_HOST_HIERARCHY_READ_H

#include <stdint.h>

#include "base/root.h"
#include "host/hierarchy.h"

/*
 * Reads the installed drivers of the kernel UNAME, which must be a legal uname, with hierarchy_build(). Directories are
 * opened below the root. Links inside them are not followed. No file is opened. A kernel that does not exist gives an
 * empty hierarchy. ROOT must live longer than the hierarchy. Returns 0, or -1 with errno if xenserver/, dmv/ or
 * updates/ cannot be read. The caller calls hierarchy_free() in both cases.
 */
int hierarchy_read(struct hierarchy *hierarchy, const struct root *root, const char *uname);

/*
 * Opens FILE of a version for reading. Links are not followed, and only a regular file is opened. Returns a descriptor
 * and sets *SIZE to the size of the file in bytes, or returns -1 with errno (EINVAL: not a regular file).
 */
int hierarchy_open(const struct hierarchy *hierarchy, const char *driver, const struct driver_version *version,
		   const char *file, uint64_t *size);

/*
 * The kernels in /lib/modules, by uname, in version order. directory_names_free() frees the array. NULL with errno on
 * an error.
 */
char **hierarchy_kernels(const struct root *root);

#endif
