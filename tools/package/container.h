/* SPDX-License-Identifier: GPL-2.0-only */
/* What is in RPM packages and ISO images, read in order through libarchive. */
#ifndef XS_PACKAGE_CONTAINER_H
#define XS_PACKAGE_CONTAINER_H

#include "package/input.h"

enum container_kind { CONTAINER_NONE, CONTAINER_RPM, CONTAINER_DISK };

/* What a file is by its first bytes; CONTAINER_PEEK are enough. */
#define CONTAINER_PEEK (32768 + 6)
enum container_kind container_of(const uint8_t *bytes, size_t len);

/* What a name says: .rpm and .iso. */
enum container_kind container_by_name(const char *name);

/*
 * Tells EACH of the container of that kind in INPUT's bytes (a file or memory), and of all that is in it. INPUT is
 * the file as it would be told; its kind does not matter.
 */
void container_each(const struct input *input, enum container_kind kind, input_function *each, void *context);

#endif
