/* SPDX-License-Identifier: GPL-2.0-only */
/* What the files of an installed version say: its modules and its info.json. */
#ifndef XS_HOST_INSTALLED_H
#define XS_HOST_INSTALLED_H

#include <jansson.h>

#include "elf/module.h"
#include "host/hierarchy_read.h"
#include "host/loaded.h"

/*
 * Reads one module of a version, compressed or not. MODULE is as module_read_fd() wants it. 0, or -1 with errno;
 * what is damaged is told in the module's faults.
 */
int installed_read(const struct hierarchy *hierarchy, const char *driver, const struct driver_version *version,
		   const char *file, struct module *module);

/*
 * Why the version cannot be loaded by the hierarchy's kernel as what its directory calls it: a module that cannot be
 * read or is damaged, a record that is not the version's, a vermagic of another kernel. Safe text to free, or NULL when
 * all is well. MODULE is scratch.
 */
char *installed_fault(const struct hierarchy *hierarchy, const struct driver *driver,
		      const struct driver_version *version, struct module *module);

/* The version's info.json as an object to decref; NULL when there is none, or none that can be read. */
json_t *installed_info(const struct hierarchy *hierarchy, const struct driver *driver,
		       const struct driver_version *version);

/* The text of KEY in such an object, or FALLBACK. Lives as long as INFO. INFO may be NULL. */
const char *info_text(const json_t *info, const char *key, const char *fallback);

/* The version's variant: info.json's, else the version. Memory to free. */
char *installed_variant(const struct hierarchy *hierarchy, const struct driver *driver,
			const struct driver_version *version);

/* The installed version that a loaded module of the driver says it is; NULL when that is not installed. */
const struct driver_version *installed_loaded(const struct hierarchy *hierarchy, const struct driver *driver,
					      const struct loaded_version *loaded);

/* The driver's version called NAME, or else the one of that variant; NULL when there is none. */
const struct driver_version *installed_find(const struct hierarchy *hierarchy, const struct driver *driver,
					    const char *name);

#endif
