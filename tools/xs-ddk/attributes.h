/* SPDX-License-Identifier: GPL-2.0-only */
/* What devices, users and other modules see of a module, as a list of facts that can be compared. */
#ifndef XS_FACTS_H
#define XS_FACTS_H

#include <stdbool.h>
#include <stddef.h>

#include "elf/module.h"

enum fact_kind {
	/* Of these a module has one, with an empty key. */
	FACT_VERSION, /* of the record */
	FACT_LICENCE,
	FACT_VERMAGIC,
	FACT_MACHINE,
	/* Of these any number. */
	FACT_DEVICE,	 /* key: an alias by which a device finds the module; no value */
	FACT_ALIAS,	 /* key: any other alias; no value */
	FACT_PARAMETER,	 /* key: its name; value: its type and description */
	FACT_FIRMWARE,	 /* key: the file; no value */
	FACT_DEPENDENCY, /* key: a module, or a soft dependency as it is written; no value */
	FACT_IMPORT,	 /* key: a symbol; value: its CRC */
	FACT_EXPORT,	 /* the same, "GPL only" in the value if so */
	FACT_KINDS,
};

/* Both strings are never NULL, may hold any bytes and are the list's. */
struct fact {
	enum fact_kind kind;
	char *key, *value;
};

/* Starts as {0}. */
struct facts {
	struct fact *all;
	size_t count, room;
};

/* "device", "parameter", ...: as the outputs call it. */
const char *fact_kind_name(enum fact_kind kind);

/* The order of facts: by kind, then key. */
int fact_order(const struct fact *a, const struct fact *b);

/* Takes the facts of a whole module, of which BYTES are all bytes; in the end the list is in order. */
void facts_read(struct facts *facts, const struct module *module, const void *bytes, size_t len);

void facts_free(struct facts *facts);

/* Whether a device that the alias WANTED stands for would find a module by one of these facts. */
bool facts_cover_device(const struct facts *facts, const char *wanted);

#endif
