/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * UUIDs of a host and of its drivers. They do not change with a rescan, a reboot or a new installation of the driver.
 */
#ifndef XS_HOST_IDENTITY_H
#define XS_HOST_IDENTITY_H

#include <stdbool.h>

#include "base/root.h"

/* The size of a UUID as text, with the NUL. The text is in lower case. */
#define IDENTITY_SIZE 37

/*
 * The UUID of the host: INSTALLATION_UUID of /etc/xensource-inventory, or else /etc/machine-id (32 hex digits without
 * dashes, see machine-id(5)). Returns false, and "" in OUT, if the host has neither.
 */
bool identity_host(const struct root *root, char out[IDENTITY_SIZE]);

/*
 * The UUID of the driver NAME: a name-based UUID (RFC 9562, version 5) in the namespace of the UUID HOST. OUT is "" if
 * HOST is "".
 */
void identity_driver(const char *host, const char *name, char out[IDENTITY_SIZE]);

#endif
