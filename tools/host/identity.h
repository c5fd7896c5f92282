/* SPDX-License-Identifier: GPL-2.0-only */
/* UUIDs of a host and of its drivers: the same after every rescan, reboot and reinstallation. */
#ifndef XS_HOST_IDENTITY_H
#define XS_HOST_IDENTITY_H

#include <stdbool.h>

#include "base/root.h"

/* A UUID as text, in lower case, with its NUL. */
#define IDENTITY_SIZE 37

/*
 * The host's UUID: INSTALLATION_UUID of /etc/xensource-inventory, else /etc/machine-id (machine-id(5): 32 hex
 * digits without dashes). False, and "", when it has neither.
 */
bool identity_host(const struct root *root, char out[IDENTITY_SIZE]);

/* The driver's: name-based (RFC 9562, version 5) of NAME within the host's. "" for a HOST that is "". */
void identity_driver(const char *host, const char *name, char out[IDENTITY_SIZE]);

#endif
