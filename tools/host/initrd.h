/* SPDX-License-Identifier: GPL-2.0-only */
/* Making a kernel's initrd again, so that it carries the driver that is selected. */
#ifndef XS_HOST_INITRD_H
#define XS_HOST_INITRD_H

#include <stdbool.h>

#include "base/root.h"
#include "host/changeset.h"

/* What may be run. */
struct initrd_policy {
	bool none;	      /* no initrd is made */
	bool run_image_tools; /* below a root other than "/": that root's own programs may be run, in a chroot there */
};

/*
 * In /boot there are, for a kernel's image X:
 *
 *	X		what the boot loader takes
 *	.X.xs-new	made by initrd_make(), not yet in its place
 *	.X.xs-old	the former X, kept by initrd_install() until the change is made for good
 *
 * Each function gives true where the kernel has no image in /boot, and false, with a message, when something fails.
 */

/*
 * Makes .X.xs-new and brings it to the disk. Says which of the changed modules it holds, where the host can list it.
 * Nothing is made, and a message says what to run later, when POLICY forbids it, when the host has no program for it,
 * or when X was replaced already (.X.xs-old is there). KEEP is as in struct spawn. XS_INITRD names another program,
 * which is called as dracut is: PROGRAM -f IMAGE UNAME.
 */
bool initrd_make(const struct root *root, const char *uname, const struct changeset *changes,
		 const struct initrd_policy *policy, int keep);

/* Puts .X.xs-new, if there is one, in the place of X, which becomes .X.xs-old. */
bool initrd_install(const struct root *root, const char *uname);

/* Puts .X.xs-old, if there is one, back in its place, and removes .X.xs-new. */
bool initrd_restore(const struct root *root, const char *uname);

/* Removes .X.xs-new and .X.xs-old. */
void initrd_clean(const struct root *root, const char *uname);

#endif
