/* SPDX-License-Identifier: GPL-2.0-only */
/* Lists the contents of RPM packages and ISO images, in order, through libarchive. */
#ifndef XS_PACKAGE_CONTAINER_H
#define XS_PACKAGE_CONTAINER_H

#include "package/input.h"

enum container_kind { CONTAINER_NONE, CONTAINER_RPM, CONTAINER_DISK };

/* The kind of a file by its first bytes. The first CONTAINER_PEEK bytes are enough. */
#define CONTAINER_PEEK (32768 + 6)
enum container_kind container_of(const uint8_t *bytes, size_t len);

/* The kind by the end of a file's name: .rpm or .iso. */
enum container_kind container_by_name(const char *name);

/*
 * Calls EACH for the container that INPUT holds, for each entry in it, and for its end (INPUT_END). INPUT may be a file
 * or memory. Its own kind does not matter: KIND says how it is read.
 */
void container_each(const struct input *input, enum container_kind kind, input_function *each, void *context);

#endif
