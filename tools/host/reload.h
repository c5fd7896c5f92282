/* SPDX-License-Identifier: GPL-2.0-only */
/* Unloading and loading the modules of a driver in the running kernel. */
#ifndef XS_HOST_RELOAD_H
#define XS_HOST_RELOAD_H

#include <stdbool.h>

#include "host/hierarchy.h"
#include "host/state.h"

/*
 * Unloads what is loaded of the driver, and loads its selected version with modprobe. When the new version does not
 * load, or something else comes to be loaded, the modules of OLD (NULL: none can be had) are loaded again from their
 * own files, with the options modprobe knows for them. False, with messages. XS_MODPROBE names another program.
 */
bool reload_modules(struct host *host, const struct hierarchy *hierarchy, const struct driver *driver,
		    const struct driver_version *old);

#endif
