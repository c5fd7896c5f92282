/* SPDX-License-Identifier: GPL-2.0-only */
/* What a set of packages and modules has beside the modules themselves, as a list to compare. */
#ifndef XS_DIFF_SET_FACTS_H
#define XS_DIFF_SET_FACTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "package/input.h"

enum fact_kind {
	FACT_DISK,	    /* key: what the metadata of a disk says, "update.xml uuid" */
	FACT_VERSION,	    /* key: driver and version, with a blank between */
	FACT_KERNEL,	    /* key: driver and uname */
	FACT_PACKAGE,	    /* key: the name of a package that has no modules; value: version and release */
	FACT_REQUIREMENT,   /* key: package and what it requires; value: the version of that */
	FACT_SCRIPTLET,	    /* key: package and kind; value: how many lines, and a digest */
	FACT_FIRMWARE,	    /* key: path; value: digest */
	FACT_RULES,	    /* the same, of rules for udev */
	FACT_CONFIGURATION, /* the same, of other files in /etc */
	FACT_KINDS,
};

/* The strings are never NULL, may hold any bytes, and belong to the list. */
struct fact {
	enum fact_kind kind;
	char *key, *value;
};

/* A list of facts. It starts as {0}. */
struct set_facts {
	struct fact *all;
	size_t count;
	uint64_t kept; /* bytes drawn from the budget: base/budget.h */
	bool over;     /* facts were not kept, because of the budget */
};

/* A difference: the fact is NULL in the set that does not have it. */
struct fact_change {
	const struct fact *old_fact, *new_fact;
	bool finding; /* something is lost that hosts need */
};

/* The name in the output: "kernel", "scriptlet", ... */
const char *fact_kind_name(enum fact_kind kind);

/*
 * Adds what an input tells: the headers of a package, or the path of a module. All module packages of a driver for one
 * kernel count as one package, because their names and scriptlets have the driver's version in them.
 */
void set_facts_add(struct set_facts *facts, const struct input *input);

/*
 * Adds a fact. KEY and VALUE are from malloc(), and belong to the list then. The key of a FACT_DISK has the path of the
 * disk and a tab before it, until set_facts_sort().
 */
void set_facts_add_fact(struct set_facts *facts, enum fact_kind kind, char *key, char *value);

/*
 * To be called after the last fact is added. Takes the path out of the keys of disks; if there are several disks, the
 * name of the file or directory stays.
 */
void set_facts_sort(struct set_facts *facts);
void set_facts_free(struct set_facts *facts);

/*
 * The differences: *COUNT changes in memory to free. A kernel or a package that is lost is a finding. So is a version,
 * if the driver has fewer versions than before.
 */
struct fact_change *set_facts_compare(const struct set_facts *old_facts, const struct set_facts *new_facts,
				      size_t *count);

#endif
