/* SPDX-License-Identifier: GPL-2.0-only */
/* The checks of driver disks: rules disk-*. */
#ifndef XS_CHECK_DISK_H
#define XS_CHECK_DISK_H

#include "check/disk_paths.h"
#include "finding/report.h"

struct profile;

/*
 * Reads the noticed disks in the order of their paths. Checks each disk for the hosts of PROFILE (NULL: any), and
 * compares it with the disks before it.
 */
void check_disks(struct report *report, struct disks *disks, const struct profile *profile);

#endif
