/* SPDX-License-Identifier: GPL-2.0-only */
/* A driver disk that is being checked, and what the checks of all its files share. */
#ifndef XS_CHECK_DISK_FINDING_H
#define XS_CHECK_DISK_FINDING_H

#include "finding/report.h"
#include "package/disk.h"

struct profile;

/* One disk that is being checked, with the values that one topic reads and another needs. The disk owns all strings. */
struct disk_check {
	struct report *report;
	struct disk *disk;
	const struct profile *profile;				       /* the target; NULL: any */
	const char *originator, *name, *version, *build, *description; /* from XS-REPOSITORY; NULL if absent */
	const char *uuid, *label, *update_version, *control, *key;     /* from update.xml; NULL if absent */
};

/*
 * Adds a finding about a FILE of the disk; about the disk itself if FILE is NULL. Strings from the disk must pass
 * through disk_safe() before they are in the detail.
 */
void disk_found(struct disk_check *c, enum rule_id rule, const char *file, const char *format, ...)
	__attribute__((format(printf, 4, 5)));

struct xml_node;

/*
 * Reads the XML file FILE of the disk, whose root element is ROOT. If the disk does not have the file, or the file
 * cannot be read, adds a finding of the rule MISSING or DAMAGED, and returns NULL.
 */
const struct xml_node *disk_document(struct disk_check *c, const char *file, const char *root, enum rule_id missing,
				     enum rule_id damaged);

/* An attribute of an element. A table of them ends with an attribute without name. */
struct disk_attribute {
	const char *name;
	bool required;
	enum rule_id rule;		     /* for an attribute that is missing or wrong */
	bool (*is_legal)(const char *value); /* NULL: any value is legal */
	const char *expected;		     /* of a legal value: "a number" */
	size_t keep; /* offset of the member of struct disk_check that keeps the value; 0: none */
};

/* Checks the attributes of an element in FILE. A member of C that keeps a value stays NULL if the value is empty. */
void disk_check_attributes(struct disk_check *c, const char *file, const struct xml_node *node,
			   const struct disk_attribute *attributes);

/* Whether the value is a number without sign. */
bool disk_is_number(const char *value);

#endif
