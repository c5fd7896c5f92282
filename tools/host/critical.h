/* SPDX-License-Identifier: GPL-2.0-only */
/* What a host cannot do without: the modules its root disk and its management network hang on, and what is in use. */
#ifndef XS_HOST_CRITICAL_H
#define XS_HOST_CRITICAL_H

#include <stddef.h>

#include "base/root.h"
#include "host/hierarchy.h"

struct critical_module {
	char module[MODULE_NAME_SIZE]; /* the kernel's name */
	char *why;		       /* "it drives the root disk (block device 8:1)": safe text */
};

struct critical_modules {
	struct critical_module *list;
	size_t count;
};

/*
 * Finds the modules on the way from the root file system's block device, through partitions, RAID and device mapper,
 * and from the management network's interface (MANAGEMENT_INTERFACE of /etc/xensource-inventory, else the default
 * route's), through bridges, bonds and VLANs, to the hardware, as /sys tells it. What cannot be found is left out.
 */
void critical_modules_read(struct critical_modules *critical, const struct root *root);
void critical_modules_free(struct critical_modules *critical);

/* Why the driver is vital; lives as long as VITALS. NULL when it is not. */
const char *critical_modules_find(const struct critical_modules *critical, const struct driver *driver);

/*
 * Why the driver's modules cannot be unloaded now: held by a module of somebody else, or by open files or devices in
 * use (the reference count of /sys/module/<module>/refcnt). Safe text to free, or NULL when they can.
 */
char *driver_in_use(const struct root *root, const struct driver *driver);

#endif
