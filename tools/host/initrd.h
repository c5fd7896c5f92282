/* SPDX-License-Identifier: GPL-2.0-only */
/* Making a kernel's initrd anew, so that it carries the driver that is selected. */
#ifndef XS_HOST_INITRD_H
#define XS_HOST_INITRD_H

#include <stdbool.h>

#include "base/root.h"
#include "host/changeset.h"

/*
 * Makes the initrd of UNAME in /boot anew, if there is one, beside the old one, and renames it over that. Says which of
 * the changed modules it holds, where the host can list it. True too, with a message, where the host has no program
 * that makes one, or where it lies below a root that only another user can chroot to. False, with a message, when the
 * program fails: the old one is still there. KEEP is as in struct spawn; XS_INITRD names another program, which is
 * called as dracut is: PROGRAM -f IMAGE UNAME.
 */
bool initrd_update(const struct root *root, const char *uname, const struct changeset *changes, int keep);

/* Removes what an update that was killed left in /boot. */
void initrd_clean(const struct root *root, const char *uname);

#endif
