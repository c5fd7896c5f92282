/* SPDX-License-Identifier: GPL-2.0-only */
/* Which devices this host has, and which of them a version of a driver would bind. */
#ifndef XS_HOST_HARDWARE_H
#define XS_HOST_HARDWARE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/root.h"
#include "elf/module.h"
#include "host/hierarchy.h"

struct device {
	char *modalias; /* as the kernel gives it to modprobe */
	char *name;	/* its bus or class and its name there: "pci 0000:00:04.0" */
};

struct hardware {
	struct device *devices; /* by modalias, in byte order */
	size_t count;
};

/*
 * Reads the modaliases of all devices below /sys/bus and /sys/class, and the processors'. A host whose /sys cannot be
 * read has none.
 */
void hardware_read(struct hardware *hardware, const struct root *root);
void hardware_free(struct hardware *hardware);

/*
 * Sets MATCHED[i] for each device that a module of the version would bind; whether there is one. MODULE is scratch,
 * as module_read_fd() wants it. A module that cannot be read matches nothing.
 */
bool hardware_match_version(const struct hardware *hardware, const struct hierarchy *hierarchy,
			    const struct driver *driver, const struct driver_version *version, struct module *module,
			    bool *matched);

/*
 * Whether a module of the version has an alias of a device at all. A module without one, such as a block device made of
 * others, does not wait for hardware. MODULE is scratch. A module that cannot be read needs some.
 */
bool hardware_is_needed(const struct hierarchy *hierarchy, const struct driver *driver,
			const struct driver_version *version, struct module *module);

#endif
