/* SPDX-License-Identifier: GPL-2.0-only */
/* Reads the files of an installed version: its modules and its info.json. */
#ifndef XS_HOST_INSTALLED_H
#define XS_HOST_INSTALLED_H

#include <jansson.h>

#include "elf/module.h"
#include "host/hierarchy_read.h"
#include "host/loaded.h"

/*
 * Reads a module of a version, compressed or not. MODULE is as for module_read_fd(). Returns 0, or -1 with errno.
 * Damage in the module is recorded in the faults of MODULE.
 */
int installed_read(const struct hierarchy *hierarchy, const char *driver, const struct driver_version *version,
		   const char *file, struct module *module);

/*
 * The reason why the kernel of the hierarchy cannot load the version under its name: a module cannot be read or is
 * damaged, its record names another version, or its vermagic names another kernel. Safe text to free. NULL: no fault.
 * MODULE is a buffer, as for module_read_fd().
 */
char *installed_fault(const struct hierarchy *hierarchy, const struct driver *driver,
		      const struct driver_version *version, struct module *module);

/*
 * The info.json of the version. The caller calls json_decref(). NULL if the file does not exist or is not a JSON
 * object.
 */
json_t *installed_info(const struct hierarchy *hierarchy, const struct driver *driver,
		       const struct driver_version *version);

/* The string of KEY in INFO, or FALLBACK if there is no such string. INFO may be NULL. The string belongs to INFO. */
const char *info_text(const json_t *info, const char *key, const char *fallback);

/* The variant that info.json names, or else the name of the version. Memory to free. */
char *installed_variant(const struct hierarchy *hierarchy, const struct driver *driver,
			const struct driver_version *version);

/* The installed version that the record of a loaded module names. NULL if this version is not installed. */
const struct driver_version *installed_loaded(const struct hierarchy *hierarchy, const struct driver *driver,
					      const struct loaded_version *loaded);

/* The version of the driver with the name NAME, or else the version with the variant NAME. NULL if there is neither. */
const struct driver_version *installed_find(const struct hierarchy *hierarchy, const struct driver *driver,
					    const char *name);

#endif
