/* SPDX-License-Identifier: GPL-2.0-only */
/* Running depmod for a kernel below a root. */
#ifndef XS_HOST_DEPMOD_H
#define XS_HOST_DEPMOD_H

#include <stdbool.h>

#include "base/root.h"
#include "host/hierarchy.h"

/*
 * Brings modules.dep and its like of UNAME up to date, with the root's own depmod.d, and to the disk. Below a root
 * other than "/" it is this machine's depmod that runs, and nothing outside the root is read. KEEP is as in struct
 * spawn. False, with a message, when that fails; XS_DEPMOD names another program.
 */
bool depmod_run(const struct root *root, const char *uname, int keep);

#endif
