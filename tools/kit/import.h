/* SPDX-License-Identifier: GPL-2.0-only */
/* Reads what a driver's directory is made from: a dkms.conf, an older kit's Makefile, and the sources. */
#ifndef XS_KIT_IMPORT_H
#define XS_KIT_IMPORT_H

#include <stdbool.h>

#include "base/die.h"
#include "kit/packaging.h"

/*
 * Each takes the values from TEXT into DIRECTORY. PATH is the name of the file in messages. Values that are already
 * known stay. False, after a message, if the file cannot be understood without executing it.
 */
bool import_dkms(struct packaging *directory, const char *path, const char *text);
bool import_makefile(struct packaging *directory, const char *path, const char *text);

/*
 * Whether the sources are those of a driver, or MAKE is known. False after a message. Call it before import_finish().
 */
bool import_is_driver(const struct packaging *directory);

/* Writes the directory, or reports the values that are missing. Then calls packaging_free() on DIRECTORY. */
enum status import_finish(struct packaging *directory);

#endif
