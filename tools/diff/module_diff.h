/* SPDX-License-Identifier: GPL-2.0-only */
/* Two sets of modules, an older and a newer one, and the differences between them. */
#ifndef XS_DIFF_MODULE_DIFF_H
#define XS_DIFF_MODULE_DIFF_H

#include <stdbool.h>
#include <stddef.h>

#include "base/name.h"
#include "diff/attributes.h"
#include "diff/device_index.h"
#include "diff/set_facts.h"

/* A module of a set. */
struct diff_module {
	char name[MODULE_NAME_SIZE];
	const char *version;	    /* in its record; "" if it has none; belongs to the attributes */
	char kernel[UNAME_MAX + 1]; /* the uname in its vermagic, truncated if it is longer */
	char *path;		    /* path for messages; may hold any bytes */
	struct attributes attributes;
};

/* A set of modules. It starts as {0}. */
struct diff_set {
	struct set_facts facts;	     /* what the set has beside its modules */
	struct diff_module *modules; /* sorted by name, then kernel, then path */
	size_t count;
	bool trouble; /* reading failed somewhere; a message was printed */
};

/* Reads all modules that the PATHS stand for, of which the last is NULL. Errors are printed and set set->trouble. */
void diff_set_read(struct diff_set *set, char *const *paths);
void diff_set_free(struct diff_set *set);

/* An older and a newer module that correspond. One is NULL if the other set has no such module. */
struct diff_pair {
	const struct diff_module *old_module, *new_module;
};

/*
 * Pairs the modules of both sets by name. If several modules have the same name, those of the same version and kernel
 * are paired first, then those for the same kernel. Returns *COUNT pairs in memory to free: the order is that of the
 * older set, then unpaired newer modules.
 */
struct diff_pair *diff_pairs(const struct diff_set *old_set, const struct diff_set *new_set, size_t *count);

/* The device aliases of all modules of a set, to free with device_index_free(). The set must outlive the index. */
struct device_index *diff_devices(const struct diff_set *set);

/*
 * A difference. An attribute is NULL if only the other set has it. Otherwise both have the same key and different
 * values.
 */
struct diff_change {
	const struct attribute *old_attribute, *new_attribute;
	/* For a device alias that only the older module has: whether its devices match a newer module. */
	enum coverage coverage;
};

/*
 * The differences of a pair: *COUNT changes in memory to free. NEW_SET is the whole newer set and DEVICES are its
 * aliases, because a device may move to another module.
 */
struct diff_change *diff_changes(const struct diff_pair *pair, const struct diff_set *new_set,
				 struct device_index *devices, size_t *count);

#endif
