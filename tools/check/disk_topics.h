/* SPDX-License-Identifier: GPL-2.0-only */
/* The checks of one driver disk: a topic a file. */
#ifndef XS_CHECK_DISK_TOPICS_H
#define XS_CHECK_DISK_TOPICS_H

#include "check/disk_finding.h"

/* XS-REPOSITORY, and XS-PACKAGES with the packages it lists. */
void check_disk_pack(struct disk_check *c);
void check_disk_list(struct disk_check *c);

/* update.xml and the metapackage; what it and XS-REPOSITORY say of the same things. */
void check_disk_update(struct disk_check *c);

/* repodata/: its files, the packages it lists, the groups. */
void check_disk_repodata(struct disk_check *c);

/* XS-SELECTION: which version of each driver the disk selects. */
void check_disk_selection(struct disk_check *c);

/* XS-REPOSITORY and XS-PACKAGES once more, as install.sh reads them. */
void check_disk_plain(struct disk_check *c);

/* Signatures, with gpgv if there is a key on the disk. */
void check_disk_signatures(struct disk_check *c);

#endif
