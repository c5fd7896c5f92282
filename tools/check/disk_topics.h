/* SPDX-License-Identifier: GPL-2.0-only */
/* The checks of one driver disk. Each topic has its file. */
#ifndef XS_CHECK_DISK_TOPICS_H
#define XS_CHECK_DISK_TOPICS_H

#include "check/disk_finding.h"

/* Check XS-REPOSITORY; and XS-PACKAGES with the packages that it lists. */
void check_disk_pack(struct disk_check *c);
void check_disk_list(struct disk_check *c);

/* Checks update.xml and the metapackage. Compares update.xml with XS-REPOSITORY. */
void check_disk_update(struct disk_check *c);

/* Checks repodata/: its files, the packages that it lists, and the groups. */
void check_disk_repodata(struct disk_check *c);

/* Checks XS-SELECTION, which has the version of each driver that the disk selects. */
void check_disk_selection(struct disk_check *c);

/* Checks that the disk or the hosts provide what the packages require. */
void check_disk_needs(struct disk_check *c);

/* Checks that install.sh can read XS-REPOSITORY and XS-PACKAGES. */
void check_disk_plain(struct disk_check *c);

/* Checks the signatures with the key on the disk. */
void check_disk_signatures(struct disk_check *c);

#endif
