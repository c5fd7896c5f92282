/* SPDX-License-Identifier: GPL-2.0-only */
/* The modules that a host needs for its root disk and its management network, and modules that are in use. */
#ifndef XS_HOST_CRITICAL_H
#define XS_HOST_CRITICAL_H

#include <stddef.h>

#include "base/root.h"
#include "host/hierarchy.h"

struct critical_module {
	char module[MODULE_NAME_SIZE]; /* the kernel's name of the module */
	char *why;		       /* the reason, safe text: "it drives the root disk (block device 8:1)" */
};

struct critical_modules {
	struct critical_module *list;
	size_t count;
};

/*
 * Finds the critical modules in /sys. There are two starting points:
 *
 * - the block device of the root file system. The search goes down through partitions, RAID and device mapper.
 * - the interface of the management network: MANAGEMENT_INTERFACE of /etc/xensource-inventory, or else the interface of
 *   the default route. The search goes down through bridges, bonds and VLANs.
 *
 * The drivers of the devices below, and of the buses above these devices, are critical. A device that cannot be found
 * is left out, without a message. critical_modules_free() frees CRITICAL.
 */
void critical_modules_read(struct critical_modules *critical, const struct root *root);
void critical_modules_free(struct critical_modules *critical);

/* The reason why the driver is critical, or NULL if it is not. The string belongs to CRITICAL. */
const char *critical_modules_find(const struct critical_modules *critical, const struct driver *driver);

/*
 * The reason why the driver's modules cannot be unloaded now: a module of another driver uses them, or they have open
 * files or devices in use (the reference count in /sys/module/<module>/refcnt). Names all who use them, if they can
 * be found: interfaces that are up, mounts, and processes that have a device open. Safe text to free. NULL: nothing
 * uses the modules.
 */
char *driver_in_use(const struct root *root, const struct driver *driver);

#endif
