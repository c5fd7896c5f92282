/* SPDX-License-Identifier: GPL-2.0-only */
/* What devices, users and other modules see of a module, as a list of attributes that can be compared. */
#ifndef XS_XS_DDK_ATTRIBUTES_H
#define XS_XS_DDK_ATTRIBUTES_H

#include <stdbool.h>
#include <stddef.h>

#include "elf/module.h"

enum attribute_kind {
	/* Of these a module has one, with an empty key. */
	ATTRIBUTE_VERSION, /* of the record */
	ATTRIBUTE_LICENSE,
	ATTRIBUTE_VERMAGIC,
	ATTRIBUTE_MACHINE,
	/* Of these any number. */
	ATTRIBUTE_DEVICE,     /* key: an alias by which a device finds the module; no value */
	ATTRIBUTE_ALIAS,      /* key: any other alias; no value */
	ATTRIBUTE_PARAMETER,  /* key: its name; value: its type and description */
	ATTRIBUTE_FIRMWARE,   /* key: the file; no value */
	ATTRIBUTE_DEPENDENCY, /* key: a module, or a soft dependency as it is written; no value */
	ATTRIBUTE_IMPORT,     /* key: a symbol; value: its CRC */
	ATTRIBUTE_EXPORT,     /* the same, "GPL only" in the value if so */
	ATTRIBUTE_KINDS,
};

/* Both strings are never NULL, may hold any bytes and are the list's. */
struct attribute {
	enum attribute_kind kind;
	char *key, *value;
};

/* Starts as {0}. */
struct attributes {
	struct attribute *all;
	size_t count, room;
};

/* "device", "parameter", ...: as the outputs call it. */
const char *attribute_kind_name(enum attribute_kind kind);

/* The order of attributes: by kind, then key. */
int attribute_order(const struct attribute *a, const struct attribute *b);

/* Takes the attributes of a whole module, of which BYTES are all bytes. The list is then in order. */
void attributes_read(struct attributes *attributes, const struct module *module, const void *bytes, size_t len);

void attributes_free(struct attributes *attributes);

#endif
