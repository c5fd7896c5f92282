/* SPDX-License-Identifier: GPL-2.0-only */
/* The checks of driver disks: rules disk-*. A topic a file. */
#ifndef XS_CHECK_DISK_H
#define XS_CHECK_DISK_H

#include "finding/report.h"
#include "package/disk.h"

/* One disk that is being checked, and what its topics learn of each other. All strings live as long as the disk. */
struct disk_check {
	struct report *report;
	struct disk *disk;
	const char *originator, *name, *version, *build, *description; /* of XS-REPOSITORY; NULL: not said */
	const char *uuid, *label, *update_version, *control, *key;     /* of update.xml */
};

/* Reads the disks that were noticed, in the order of their paths, and checks them and what they are to each other. */
void check_disks(struct report *report, struct disks *disks);

/* Adds a finding about a FILE of the disk, or about the disk itself with NULL. Strings in the detail: disk_safe(). */
void disk_found(struct disk_check *c, enum rule_id rule, const char *file, const char *format, ...)
	__attribute__((format(printf, 4, 5)));

/* XS-REPOSITORY, and XS-PACKAGES with the packages it lists. */
void check_disk_pack(struct disk_check *c);
void check_disk_list(struct disk_check *c);

/* update.xml and the metapackage; what it and XS-REPOSITORY say of the same things. */
void check_disk_update(struct disk_check *c);

/* repodata/: its files, the packages it lists, the groups. */
void check_disk_repodata(struct disk_check *c);

/* Signatures, with gpgv if there is a key on the disk. */
void check_disk_signatures(struct disk_check *c);

#endif
