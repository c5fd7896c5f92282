/* SPDX-License-Identifier: GPL-2.0-only */
/* The modprobe.d file that keeps a deselected driver from being loaded, where depmod cannot. */
#ifndef XS_HOST_BLOCK_H
#define XS_HOST_BLOCK_H

#include "host/hierarchy.h"

/* Its path below the root; memory to free. */
char *block_path(const char *driver);

/* What it says; memory to free. */
char *block_text(const struct driver *driver);

/* Whether PATH is such a file's, and TEXT what it says for some modules. */
bool block_is_ours(const char *path, const char *text);

#endif
