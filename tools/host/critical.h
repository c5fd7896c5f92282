/* SPDX-License-Identifier: GPL-2.0-only */
/* What a host cannot do without: the modules its root disk and its management network hang on, and what is in use. */
#ifndef XS_VITAL_H
#define XS_VITAL_H

#include <stddef.h>

#include "base/root.h"
#include "host/hierarchy.h"

struct vital {
	char module[MODULE_NAME_SIZE]; /* the kernel's name */
	char *why;		       /* "it drives the root disk (block device 8:1)": safe text */
};

struct vitals {
	struct vital *list;
	size_t count;
};

/*
 * Finds the modules on the way from the root file system's block device, through partitions, RAID and device mapper,
 * and from the management network's interface (MANAGEMENT_INTERFACE of /etc/xensource-inventory, else the default
 * route's), through bridges, bonds and VLANs, to the hardware, as /sys tells it. What cannot be found is left out.
 */
void vitals_read(struct vitals *vitals, const struct root *root);
void vitals_free(struct vitals *vitals);

/* Why the driver is vital; lives as long as VITALS. NULL when it is not. */
const char *vitals_find(const struct vitals *vitals, const struct driver *driver);

/*
 * Why the driver's modules cannot be unloaded now: held by a module of somebody else, or by open files or devices in
 * use (the reference count of /sys/module/<module>/refcnt). Safe text to free, or NULL when they can.
 */
char *driver_in_use(const struct root *root, const struct driver *driver);

#endif
