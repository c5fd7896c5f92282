/* SPDX-License-Identifier: GPL-2.0-only */
/* Reads the records of loaded modules from /sys/module. */
#ifndef XS_HOST_LOADED_H
#define XS_HOST_LOADED_H

#include <stdbool.h>

#include "base/name.h"
#include "base/root.h"
#include "elf/note.h"

struct loaded {
	char name[MODULE_NAME_SIZE]; /* the kernel's name of the module */
	struct note_reading note;
};

/*
 * Reads the record of the loaded module NAME. '-' and '_' are equal. Reads all files in the notes directory of the
 * module, because a record may be in any section. Returns 0, or -1 with errno. ENOENT: the module is not loaded, or it
 * is built into the kernel. EINVAL: NAME cannot be the name of a module.
 */
int loaded_read(const struct root *root, const char *name, struct loaded *loaded);

/* The version of a loaded module, from its record. */
struct loaded_version {
	char text[XENSERVER_VERSION_MAX + 1];
	bool is_variant; /* TEXT is the variant, not the version: the module has only .note.XenServer */
};

/* Reads the version of a loaded module. Returns false if the module is not loaded or has no sound record. */
bool loaded_version(const struct root *root, const char *module, struct loaded_version *version);

/*
 * The names of all loaded modules, sorted. directory_names_free() frees the array. NULL with errno if /sys/module
 * cannot be read. Modules that are built into the kernel have no file initstate; they are left out.
 */
char **loaded_names(const struct root *root);

/* Reads the uname of the running kernel from /proc/sys/kernel/osrelease. Returns false if the file cannot be read. */
bool loaded_uname(const struct root *root, char out[UNAME_MAX + 1]);

#endif
