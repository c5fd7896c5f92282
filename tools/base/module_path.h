/* SPDX-License-Identifier: GPL-2.0-only */
/* What a path says of a module: for which kernel, of which driver and version it stands there. */
#ifndef XS_BASE_MODULE_PATH_H
#define XS_BASE_MODULE_PATH_H

#include "xenserver-note.h"
#include <stddef.h>

#include "base/name.h"

/* Each is "" where the path does not say it. */
struct module_path {
	char uname[UNAME_MAX + 1];
	char driver[XENSERVER_VERSION_MAX + 1];
	char version[XENSERVER_VERSION_MAX + 1];
};

/*
 * Reads the hierarchy out of a PATH, which should be absolute, or relative to a root:
 * .../lib/modules/<uname>/xenserver/<driver>/<version>/<module>.ko, or anything below .../lib/modules/<uname>/.
 * Illegal names are taken for no hierarchy.
 */
void module_path_read(const char *path, struct module_path *location);

/*
 * What follows .../lib/modules/<uname>/ in such a PATH, or NULL. Fills in UNAME, and in *ROOT_LEN how many bytes of
 * the path name the root (lib/modules may be below its usr/ as well).
 */
const char *module_path_below(const char *path, char uname[UNAME_MAX + 1], size_t *root_len);

#endif
