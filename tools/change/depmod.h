/* SPDX-License-Identifier: GPL-2.0-only */
/* Runs depmod for a kernel below a root. */
#ifndef XS_CHANGE_DEPMOD_H
#define XS_CHANGE_DEPMOD_H

#include <stdbool.h>

#include "base/root.h"
#include "host/hierarchy.h"

/*
 * Makes the files of depmod (modules.dep and others) for the kernel UNAME, and writes them to the disk (fsync). Uses
 * the configuration depmod.d of the root. Below a root other than "/", the depmod of this machine runs, and reads
 * nothing outside the root. KEEP is as in struct spawn. The environment variable XS_DEPMOD names another program.
 * Returns false, with a message, if depmod fails.
 */
bool depmod_run(const struct root *root, const char *uname, int keep);

#endif
