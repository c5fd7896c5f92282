/* SPDX-License-Identifier: GPL-2.0-only */
/* Reads the kernel, driver and version of a module from its path. */
#ifndef XS_BASE_MODULE_PATH_H
#define XS_BASE_MODULE_PATH_H

#include "xenserver-note.h"
#include <stddef.h>

#include "base/name.h"

/* A field is "" if it is not in the path. */
struct module_path {
	char uname[UNAME_MAX + 1];
	char driver[XENSERVER_VERSION_MAX + 1];
	char version[XENSERVER_VERSION_MAX + 1];
};

/*
 * Fills in LOCATION from PATH. The uname is read from a path below .../lib/modules/<uname>/. The driver and version are
 * read from .../lib/modules/<uname>/xenserver/<driver>/<version>/<module>.ko. PATH should be absolute, or relative to a
 * root. An illegal uname leaves all fields "". An illegal driver or version leaves both of these fields "".
 */
void module_path_read(const char *path, struct module_path *location);

/*
 * Returns the part of PATH after .../lib/modules/<uname>/, as a pointer into PATH, or NULL. Fills in UNAME. *ROOT_LEN
 * is the length in bytes of the part of PATH before "lib/modules/" or "usr/lib/modules/".
 */
const char *module_path_below(const char *path, char uname[UNAME_MAX + 1], size_t *root_len);

#endif
