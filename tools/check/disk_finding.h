/* SPDX-License-Identifier: GPL-2.0-only */
/* A driver disk that is being checked, and how a finding about it is added. */
#ifndef XS_CHECK_DISK_FINDING_H
#define XS_CHECK_DISK_FINDING_H

#include "finding/report.h"
#include "package/disk.h"

/* One disk that is being checked, and what its topics learn of each other. All strings live as long as the disk. */
struct disk_check {
	struct report *report;
	struct disk *disk;
	const char *originator, *name, *version, *build, *description; /* of XS-REPOSITORY; NULL: not said */
	const char *uuid, *label, *update_version, *control, *key;     /* of update.xml */
};

/* Adds a finding about a FILE of the disk, or about the disk itself with NULL. Strings in the detail: disk_safe(). */
void disk_found(struct disk_check *c, enum rule_id rule, const char *file, const char *format, ...)
	__attribute__((format(printf, 4, 5)));

#endif
