/* SPDX-License-Identifier: GPL-2.0-only */
/* Plans the changes that select a version of a driver, or no version. */
#ifndef XS_CHANGE_SELECT_H
#define XS_CHANGE_SELECT_H

#include "change/changeset.h"
#include "host/hierarchy.h"
#include "host/state.h"

/*
 * Adds to CHANGES the changes that select VERSION (NULL: no version) of the driver for the kernel of the hierarchy.
 * These are the links for all its modules, and the link ".previous" in the directory of the driver, which keeps the
 * name of the version selected before. With LAYOUT_DMV, a version that is in dmv/ too gets links as the tools of
 * XenServer 9 make them. HOST->scratch is used as a buffer. Returns false, with a message, if this is not allowed:
 *
 * - an entry of updates/ has the name of a module of the driver, but is a file (UPDATE_FOREIGN) or UPDATE_ESCAPING;
 * - a module is selected from another driver;
 * - ".previous" exists, but does not name a version;
 * - the version has a fault, see installed_fault().
 */
bool select_plan(struct changeset *changes, struct host *host, const struct hierarchy *hierarchy,
		 const struct driver *driver, const struct driver_version *version, enum layout layout);

/*
 * The first device of the host that would lose its driver, or NULL. The driver's selected version binds this device (or
 * the loaded version, if no version is selected), and VERSION does not. VERSION may be NULL: no version. Below a
 * sysroot, the devices are those in the /sys of the sysroot.
 */
const struct device *select_lost_device(struct host *host, const struct hierarchy *hierarchy,
					const struct driver *driver, const struct driver_version *version);

/* The first device of the host that a version of the driver binds, and the selected version does not, or NULL. */
const struct device *select_undriven_device(struct host *host, const struct hierarchy *hierarchy,
					    const struct driver *driver);

/* The version that ".previous" names, installed or not. Memory to free, or NULL if there is none. */
char *select_previous(const struct host *host, const struct hierarchy *hierarchy, const struct driver *driver);

#endif
