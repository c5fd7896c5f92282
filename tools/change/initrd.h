/* SPDX-License-Identifier: GPL-2.0-only */
/* Makes a new initrd for a kernel, so that it has the selected driver. */
#ifndef XS_CHANGE_INITRD_H
#define XS_CHANGE_INITRD_H

#include <stdbool.h>

#include "base/root.h"
#include "change/changeset.h"

/* Which programs may run. */
struct initrd_policy {
	bool none;	      /* make no initrd */
	bool run_image_tools; /* below a root other than "/": run the programs of that root, in a chroot there */
};

/*
 * If the image of a kernel is X, these files are in /boot:
 *
 *	X		the image that the boot loader reads
 *	.X.xs-new	the new image from initrd_make(), not yet installed
 *	.X.xs-old	the former image. initrd_install() keeps it until initrd_clean()
 *
 * Each function returns true if the kernel has no image in /boot, and false, with a message, on an error.
 */

/*
 * Makes .X.xs-new and writes it to the disk (fsync). If the host has a program that lists an image, prints the changed
 * modules that the image has. Makes no image in these cases:
 *
 * - POLICY forbids it, or the host has no program for it. A message then says what to run later.
 * - .X.xs-old exists, so X is new already.
 *
 * KEEP is as in struct spawn. The environment variable XS_INITRD names another program. It is called like dracut:
 * PROGRAM -f IMAGE UNAME.
 */
bool initrd_make(const struct root *root, const char *uname, const struct changeset *changes,
		 const struct initrd_policy *policy, int keep);

/* Keeps X as .X.xs-old, and renames .X.xs-new to X. Does nothing if .X.xs-new does not exist. */
bool initrd_install(const struct root *root, const char *uname);

/* Renames .X.xs-old to X, if it exists. Removes .X.xs-new. */
bool initrd_restore(const struct root *root, const char *uname);

/* The path of X, "/boot/initrd-6.1.0.img". Memory to free, or NULL if the kernel has no image. */
char *initrd_path(const struct root *root, const char *uname);

/* The command that makes X again, with the program that the host has. Memory to free. */
char *initrd_command(const struct root *root, const char *uname, const char *path);

/* Removes .X.xs-new and .X.xs-old. */
void initrd_clean(const struct root *root, const char *uname);

#endif
