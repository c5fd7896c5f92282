/* SPDX-License-Identifier: GPL-2.0-only */
/* A driver's directory for the kit: a Makefile and spec files that make packages and a disk from the sources. */
#ifndef XS_KIT_PACKAGING_H
#define XS_KIT_PACKAGING_H

#include <stdbool.h>
#include <stddef.h>

#include "kit/source_tree.h"

/* The values of a driver, named as in driver.mk and disk.mk. */
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

/* A directory that is to be made. It starts as {0}; packaging_free() frees it. */
struct packaging {
	char *source;		 /* the directory of the sources, as given by the user */
	char *output;		 /* the directory to make; NULL: named like the driver, in the current directory */
	const char *from;	 /* its origin, for a comment in the Makefile: "dkms.conf" */
	char *values[VALUES];	 /* NULL: unknown */
	char *origins[VALUES];	 /* where the value is from; NULL: the user gave it */
	char *doubts[VALUES];	 /* why a value is unknown; NULL: no source has it */
	bool force;		 /* replace files that are there */
	char *before, *after;	 /* shell lines to run before and after MAKE; NULL or "": none */
	struct strings modules;	 /* paths of the built modules; empty: all modules that are built */
	struct source_tree tree; /* the values in the sources */
};

/* Sets a value from "NAME=VALUE". False, after a message, if there is no such name or the value is not legal. */
bool packaging_set(struct packaging *directory, const char *assignment);

/*
 * The id of a variable. Some names have a second spelling, e.g. with '_' for '.'. VALUES if there is no such variable.
 */
enum value_id value_find(const char *name, size_t len);

/* Sets the value to a copy of TEXT, unless it is known. Takes over ORIGIN, which tells where it is from. */
void packaging_learn(struct packaging *directory, enum value_id id, const char *text, char *origin);

/* Prints the values that were taken from the sources, a line each, with where they are from. */
void packaging_tell_taken(const struct packaging *directory);

/* Keeps WHY as the reason why the value is unknown, unless there is a value or a reason. Takes over WHY. */
void packaging_doubt(struct packaging *directory, enum value_id id, char *why);

/* Whether all values that are needed are known and legal. If not, prints one list of those that are missing. */
bool packaging_is_whole(const struct packaging *directory);

/* The text of the Makefile that an earlier run made in the directory, to free. NULL if there is none. */
char *packaging_makefile(const struct packaging *directory);

/*
 * Makes the directory, completely or not at all. If an earlier run made it for another version, adds this version to
 * it. Prints the result. False after a message.
 */
bool packaging_write(const struct packaging *directory);

void packaging_free(struct packaging *directory);

#endif
