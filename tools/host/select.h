/* SPDX-License-Identifier: GPL-2.0-only */
/* What has to change for a version of a driver to be selected, or none. */
#ifndef XS_HOST_SELECT_H
#define XS_HOST_SELECT_H

#include "host/changeset.h"
#include "host/hierarchy.h"
#include "host/state.h"

/*
 * Adds to CHANGES what selects VERSION (NULL: none) of the driver for the hierarchy's kernel: the links of all its
 * modules, and the link ".previous" in the driver's directory, which remembers the version selected before. False, with
 * a message, when it must not be done: a file in updates/ is somebody else's, a module is selected from another driver,
 * or the version cannot be loaded as what its directory calls it. With LAYOUT_DMV the links are made as XenServer 9's
 * own tools make them, where the version is in dmv/ too. HOST's scratch is used.
 */
bool select_plan(struct changeset *changes, struct host *host, const struct hierarchy *hierarchy,
		 const struct driver *driver, const struct driver_version *version, enum layout layout);

/*
 * The first device that is here now, that the driver's selected version (or else its loaded one) binds, and that
 * VERSION (NULL: none) would not. NULL when there is none. The sysroot's devices are taken for the host's.
 */
const struct device *select_lost_device(struct host *host, const struct hierarchy *hierarchy,
					const struct driver *driver, const struct driver_version *version);

/* Whether depmod.d keeps the driver's versions that are not selected from being loaded. */
bool select_is_effective(const struct host *host, const struct driver *driver);

/* The version that ".previous" names, whether it is installed or not; memory to free, or NULL. */
char *select_previous(const struct host *host, const struct hierarchy *hierarchy, const struct driver *driver);

#endif
