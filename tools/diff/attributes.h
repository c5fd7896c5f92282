/* SPDX-License-Identifier: GPL-2.0-only */
/* The attributes of a module that devices, users and other modules depend on, as a list to compare. */
#ifndef XS_DIFF_ATTRIBUTES_H
#define XS_DIFF_ATTRIBUTES_H

#include <stdbool.h>
#include <stddef.h>

#include "elf/module.h"

enum attribute_kind {
	/* A module has exactly one of each, with an empty key. */
	ATTRIBUTE_VERSION, /* the version in the record */
	ATTRIBUTE_LICENSE,
	ATTRIBUTE_VERMAGIC,
	ATTRIBUTE_MACHINE,
	ATTRIBUTE_SIGNATURE, /* the signer; empty if the module is not signed */
	/* A module has any number of each. */
	ATTRIBUTE_DEVICE,     /* key: an alias that devices match; no value */
	ATTRIBUTE_ALIAS,      /* key: any other alias; no value */
	ATTRIBUTE_PARAMETER,  /* key: its name; value: its type and description */
	ATTRIBUTE_FIRMWARE,   /* key: the path of the file; no value */
	ATTRIBUTE_DEPENDENCY, /* key: a module, or a soft dependency in its own syntax; no value */
	ATTRIBUTE_IMPORT,     /* key: a symbol; value: its CRC */
	ATTRIBUTE_EXPORT,     /* the same; "GPL only" in the value if it is */
	ATTRIBUTE_KINDS,
};

/* An attribute. The strings are never NULL, may hold any bytes, and belong to the list. */
struct attribute {
	enum attribute_kind kind;
	char *key, *value;
};

/* A list of attributes. It starts as {0}. */
struct attributes {
	struct attribute *all;
	size_t count;
};

/* The name in the output: "device", "parameter", ... */
const char *attribute_kind_name(enum attribute_kind kind);

/* Compares two attributes by kind, then by key. */
int attribute_order(const struct attribute *a, const struct attribute *b);

/*
 * Reads the attributes of a module that is not broken. BYTES are all LEN bytes of it, decoded. The list is then sorted,
 * and has each attribute once.
 */
void attributes_read(struct attributes *attributes, const struct module *module, const void *bytes, size_t len);

void attributes_free(struct attributes *attributes);

#endif
