/* SPDX-License-Identifier: GPL-2.0-only */
/* What a driver's directory is made from: a dkms.conf, an older kit's Makefile, and the sources themselves. */
#ifndef XS_KIT_IMPORT_H
#define XS_KIT_IMPORT_H

#include <stdbool.h>

#include "base/die.h"
#include "kit/packaging.h"

/*
 * Each takes what the file TEXT, called PATH in complaints, says into DIRECTORY; what was said before stays. False,
 * with a complaint, if the file does what cannot be understood without executing it.
 */
bool import_dkms(struct packaging *directory, const char *path, const char *text);
bool import_makefile(struct packaging *directory, const char *path, const char *text);

/* Whether the sources are a driver's, or MAKE is known; false with a complaint. To be asked before import_finish(). */
bool import_is_driver(const struct packaging *directory);

/* Asks for what is missing, or writes the directory; frees it. */
enum status import_finish(struct packaging *directory);

#endif
