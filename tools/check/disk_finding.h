/* SPDX-License-Identifier: GPL-2.0-only */
/* A driver disk that is being checked, and the function that adds a finding about it. */
#ifndef XS_CHECK_DISK_FINDING_H
#define XS_CHECK_DISK_FINDING_H

#include "finding/report.h"
#include "package/disk.h"

/* One disk that is being checked, with the values that one topic reads and another needs. The disk owns all strings. */
struct disk_check {
	struct report *report;
	struct disk *disk;
	const char *originator, *name, *version, *build, *description; /* from XS-REPOSITORY; NULL if absent */
	const char *uuid, *label, *update_version, *control, *key;     /* from update.xml; NULL if absent */
};

/*
 * Adds a finding about a FILE of the disk; about the disk itself if FILE is NULL. Strings from the disk must pass
 * through disk_safe() before they are in the detail.
 */
void disk_found(struct disk_check *c, enum rule_id rule, const char *file, const char *format, ...)
	__attribute__((format(printf, 4, 5)));

#endif
