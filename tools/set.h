/* SPDX-License-Identifier: GPL-2.0-only */
/* What must be remembered of files until all have been seen. Its functions may be called from several threads. */
#ifndef XS_SET_H
#define XS_SET_H

#include <pthread.h>
#include <stddef.h>

#include "module.h"
#include "place.h"
#include "symbols.h"

/* A module that stands in the hierarchy. */
struct set_module {
	char *path; /* as shown */
	char *file; /* its name there */
	struct place place;
	char name[MODULE_NAME_SIZE];
	char **aliases; /* of devices; NULL at the end */
};

/* A symbol that no Module.symvers has: another module may export it. Or one that a module exports. */
struct set_symbol {
	char *name;
	char *path; /* of the module that wants or has it */
	char uname[UNAME_MAX + 1];
	struct symbol symbol; /* but for its name */
	bool module_is_gpl;
};

struct set_symbols {
	struct set_symbol *all;
	size_t count, room;
};

struct set {
	pthread_mutex_t lock;
	struct set_module *modules;
	size_t module_count, module_room;
	struct set_symbols imports, exports;
};

/* Makes it empty; set_free() is due. */
void set_init(struct set *set);
void set_free(struct set *set);

/* A module of the hierarchy. */
void set_add_module(struct set *set, const char *path, const struct place *place, const struct module *module);

/* A symbol into set->imports or set->exports, which is WHERE. */
void set_add_symbol(struct set *set, struct set_symbols *where, const char *path, const char *uname,
		    const struct symbol *symbol, bool module_is_gpl);

/* Puts all into an order that does not depend on who came first. */
void set_sort(struct set *set);

/* What a module of this set exports under NAME for the kernel UNAME, or NULL. The set must be sorted. */
const struct set_symbol *set_find_export(const struct set *set, const char *uname, const char *name);

#endif
