/* SPDX-License-Identifier: GPL-2.0-only */
/* The paths of the driver disks among the inputs. */
#ifndef XS_CHECK_DISK_PATHS_H
#define XS_CHECK_DISK_PATHS_H

#include <pthread.h>
#include <stddef.h>

#include "package/input.h"

/* The paths of the disks that were found. disks_init() makes it empty; disks_free() frees it. */
struct disks {
	pthread_mutex_t lock;
	char **paths; /* owned */
	size_t count;
};

void disks_init(struct disks *disks);
void disks_free(struct disks *disks);

/* Adds the disk that the input is, or is a part of. Several threads may call it. */
void disks_notice(struct disks *disks, const struct input *input);

#endif
