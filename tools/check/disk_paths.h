/* SPDX-License-Identifier: GPL-2.0-only */
/* Where the driver disks are that a verification comes across. */
#ifndef XS_CHECK_DISK_PATHS_H
#define XS_CHECK_DISK_PATHS_H

#include <pthread.h>
#include <stddef.h>

#include "package/input.h"

/* The disks that a verification comes across. Starts with disks_init(). */
struct disks {
	pthread_mutex_t lock;
	char **paths; /* owned */
	size_t count, room;
};

void disks_init(struct disks *disks);
void disks_free(struct disks *disks);

/* Takes the input if it tells of a disk. May be called from several threads. */
void disks_notice(struct disks *disks, const struct input *input);

#endif
