/* SPDX-License-Identifier: GPL-2.0-only */
/* Unloads and loads the modules of a driver in the running kernel. */
#ifndef XS_CHANGE_RELOAD_H
#define XS_CHANGE_RELOAD_H

#include <stdbool.h>

#include "host/hierarchy.h"
#include "host/state.h"

/*
 * Unloads the loaded modules of the driver, then loads its selected version, if there is one, with modprobe. If that
 * fails, or if modprobe loads another version, loads the modules of OLD again: from the files of OLD, with the options
 * that modprobe has for them. OLD may be NULL; then no module is loaded again. The environment variable XS_MODPROBE
 * names another program. Returns false, with messages, on an error.
 */
bool reload_modules(struct host *host, const struct hierarchy *hierarchy, const struct driver *driver,
		    const struct driver_version *old);

#endif
