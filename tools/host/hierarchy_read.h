/* SPDX-License-Identifier: GPL-2.0-only */
/* Reading the hierarchy of a kernel from a host's directories. */
#ifndef XS_HOST_HIERARCHY_READ_H
#define XS_HOST_HIERARCHY_READ_H

#include <stdint.h>

#include "base/root.h"
#include "host/hierarchy.h"

/*
 * Reads what is installed for UNAME, which must be a legal one, and judges it with hierarchy_build(). Directories are
 * opened below the root, and no link in them is followed; no file is opened. A kernel that is not there is an empty
 * hierarchy. ROOT must outlive the hierarchy. 0, or -1 with errno when a directory cannot be read; hierarchy_free() is
 * for both.
 */
int hierarchy_read(struct hierarchy *hierarchy, const struct root *root, const char *uname);

/*
 * Opens FILE of a version for reading. No link is followed, and only a regular file is opened. Returns a descriptor and
 * the file's *SIZE in bytes, or -1 with errno (EINVAL: not a regular file).
 */
int hierarchy_open(const struct hierarchy *hierarchy, const char *driver, const struct driver_version *version,
		   const char *file, uint64_t *size);

/* The unames that have a directory under /lib/modules, in version order, as directory_names() gives them. */
char **hierarchy_kernels(const struct root *root);

#endif
