/* SPDX-License-Identifier: GPL-2.0-only */
/* A driver's directory for the kit: a Makefile and spec files that make packages and a disk of the driver's own
 * sources.
 */
#ifndef XS_KIT_PACKAGING_H
#define XS_KIT_PACKAGING_H

#include <stdbool.h>
#include <stddef.h>

#include "kit/source_tree.h"

/* What can be said of a driver, by the names of driver.mk and disk.mk. */
enum value_id {
	VALUE_DRIVER,
	VALUE_VERSION,
	VALUE_VENDOR,
	VALUE_TEXT,
	VALUE_LICENSE,
	VALUE_FIRMWARE_LICENSE,
	VALUE_MAKE,
	VALUE_VENDOR_CODE,
	VALUE_LABEL,
	VALUE_UUID,
	VALUE_BASE_REQUIRES,
	VALUE_PRODUCT_VERSION,
	VALUE_RPM_VERSION,
	VALUE_RPM_RELEASE,
	VALUE_DATA_VERSION,
	VALUE_DATA_RELEASE,
	VALUE_KERNELS,
	VALUE_CATEGORY,
	VALUES,
};

/* A directory to be. Starts as {0}. */
struct packaging {
	char *source;		 /* the directory of the driver's sources, as given */
	char *output;		 /* the directory to make; NULL: the driver's name, here */
	const char *from;	 /* what it is made from, for a comment: "dkms.conf" */
	char *values[VALUES];	 /* NULL: not known */
	char *doubts[VALUES];	 /* why a value that is not known could not be told; NULL: nothing says it */
	char *before, *after;	 /* lines of shell to execute before and after MAKE; NULL or "": none */
	struct strings modules;	 /* paths of the modules as built; none: all that are built */
	struct source_tree tree; /* what the sources say */
};

/* Takes "NAME=VALUE", as a make variable. False, with a complaint, if there is no such name. */
bool packaging_set(struct packaging *directory, const char *assignment);

/* The id of the variable NAME, which may be spelt with '.' or '_'; VALUES if there is none. */
enum value_id value_find(const char *name, size_t len);

/* Keeps a copy of TEXT, unless the value is known already. */
void packaging_learn(struct packaging *directory, enum value_id id, const char *text);

/* Keeps why a value cannot be told, unless it is known; takes WHY over. */
void packaging_doubt(struct packaging *directory, enum value_id id, char *why);

/* False, with all that is missing told in one list, if something that is needed is not known or not legal. */
bool packaging_is_whole(const struct packaging *directory);

/* The text of the Makefile that is in the directory from an earlier time, to free; NULL: there is none. */
char *packaging_makefile(const struct packaging *directory);

/*
 * Makes it, whole or not at all; to a directory that was made for another version, adds this one. False, with a
 * complaint. Prints what was made.
 */
bool packaging_write(const struct packaging *directory);

void packaging_free(struct packaging *directory);

#endif
