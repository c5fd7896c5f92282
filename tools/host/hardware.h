/* SPDX-License-Identifier: GPL-2.0-only */
/* The devices of a host, and the devices that a version of a driver binds. */
#ifndef XS_HOST_HARDWARE_H
#define XS_HOST_HARDWARE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/root.h"
#include "elf/module.h"
#include "host/hierarchy.h"

struct device {
	char *modalias; /* as the kernel passes it to modprobe */
	char *key;	/* the modalias after modalias_normalize() */
	char *name;	/* the bus or class, and the name of the device there: "pci 0000:00:04.0" */
};

struct hardware {
	struct device *devices; /* sorted by key, in byte order */
	size_t count;
};

/*
 * Reads the modaliases of the processors and of all devices below /sys/bus and /sys/class. The list is empty if /sys
 * cannot be read.
 */
void hardware_read(struct hardware *hardware, const struct root *root);
void hardware_free(struct hardware *hardware);

/*
 * Sets MATCHED[i] to true for each device i that a module of the version binds. MATCHED has an element for each device;
 * the caller sets them to false first. Returns whether an element is true. MODULE is a buffer, as for module_read_fd().
 * A module that cannot be read binds no device.
 */
bool hardware_match_version(const struct hardware *hardware, const struct hierarchy *hierarchy,
			    const struct driver *driver, const struct driver_version *version, struct module *module,
			    bool *matched);

/*
 * Whether a module of the version has an alias for devices, and so needs hardware. Some modules have no such alias, for
 * example a block device that is made of other block devices. MODULE is a buffer, as for module_read_fd(). A module
 * that cannot be read counts as a module that needs hardware.
 */
bool hardware_is_needed(const struct hierarchy *hierarchy, const struct driver *driver,
			const struct driver_version *version, struct module *module);

#endif
