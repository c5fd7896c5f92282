/* SPDX-License-Identifier: GPL-2.0-only */
/* Two sets of modules, an older and a newer one, and what is different between them. */
#ifndef XS_XS_DDK_MODULE_DIFF_H
#define XS_XS_DDK_MODULE_DIFF_H

#include <stdbool.h>
#include <stddef.h>

#include "base/name.h"
#include "xs-ddk/attributes.h"
#include "xs-ddk/device_index.h"

/* One module of a set. */
struct diff_module {
	char name[MODULE_NAME_SIZE];
	char kernel[UNAME_MAX + 1]; /* the uname in its vermagic, cut if it is longer */
	char *path;		    /* as shown; any bytes */
	struct attributes attributes;
};

/* Starts as {0}. */
struct diff_set {
	struct diff_module *modules; /* by name, then kernel, then path */
	size_t count, room;
	bool trouble; /* something could not be read, which has been told on stderr */
};

/* Reads all modules PATH stands for. */
void diff_set_read(struct diff_set *set, char *path);
void diff_set_free(struct diff_set *set);

/* Modules that stand for each other; one is NULL when the other set has none of that name. */
struct diff_pair {
	const struct diff_module *old_module, *new_module;
};

/*
 * Pairs the sets' modules: by name, and where a name is there more than once, by kernel first. COUNT pairs in memory
 * to free, in the sets' order.
 */
struct diff_pair *diff_pairs(const struct diff_set *old_set, const struct diff_set *new_set, size_t *count);

/* The aliases of all modules of a set by which devices find them, for device_index_free(). The set must outlive it. */
struct device_index *diff_devices(const struct diff_set *set);

/* A difference. One of the attributes is NULL if it is only in the other set; else they have one key and two values. */
struct diff_change {
	const struct attribute *old_attribute, *new_attribute;
	enum coverage coverage; /* of an alias that is only in the older: whether its devices find a newer module */
};

/*
 * The differences of a pair, in memory to free. NEW_SET is all of the newer set, and DEVICES are its aliases: a device
 * may move to another module.
 */
struct diff_change *diff_changes(const struct diff_pair *pair, const struct diff_set *new_set,
				 struct device_index *devices, size_t *count);

#endif
