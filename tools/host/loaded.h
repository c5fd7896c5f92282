/* SPDX-License-Identifier: GPL-2.0-only */
/* The records of loaded modules, as the kernel shows them under /sys/module. */
#ifndef XS_HOST_LOADED_H
#define XS_HOST_LOADED_H

#include <stdbool.h>

#include "base/name.h"
#include "base/root.h"
#include "elf/note.h"

struct loaded {
	char name[MODULE_NAME_SIZE]; /* the kernel's name */
	struct note_reading note;
};

/*
 * Reads what the kernel shows of the loaded module NAME ('-' and '_' are the same). Every file of its notes
 * directory is read, as a record may stand in any section. 0; -1 with errno: ENOENT when it is not loaded (or
 * built into the kernel), EINVAL for what can be no module's name.
 */
int loaded_read(const struct root *root, const char *name, struct loaded *loaded);

/* What a loaded module says of itself. */
struct loaded_version {
	char text[XENSERVER_VERSION_MAX + 1];
	bool is_variant; /* TEXT is not the version but the variant: the module has only .note.XenServer */
};

/* Reads it; false when the module is not loaded or has no sound record. */
bool loaded_version(const struct root *root, const char *module, struct loaded_version *version);

/*
 * The names of all loaded modules, sorted, as an array that directory_names_free() frees; NULL with
 * errno when /sys/module cannot be read. What is built into the kernel is left out: it has no initstate.
 */
char **loaded_names(const struct root *root);

/* The running kernel's uname, from /proc/sys/kernel/osrelease; false when it cannot be read. */
bool loaded_uname(const struct root *root, char out[UNAME_MAX + 1]);

#endif
