/* SPDX-License-Identifier: GPL-2.0-only */
/* Reads which versions of drivers an initrd holds. */
#ifndef XS_BOOT_INITRD_READ_H
#define XS_BOOT_INITRD_READ_H

#include "base/root.h"
#include "host/hierarchy.h"

/* What an initrd has for a module. An entry in updates/ takes precedence over others, as for modprobe. */
struct initrd_module {
	bool held, in_updates;
	char version[XENSERVER_VERSION_MAX + 1]; /* version in the link's target, or in the file's record; "": none */
};

/* Starts as {0}. */
struct initrd {
	char *path; /* of the image, "/boot/initrd-6.1.0.img"; NULL: the kernel has none */
	char *why;  /* NULL, or why the image cannot be read: a clause about "it" */
	const struct hierarchy *hierarchy;
	struct initrd_module *modules; /* for each of the hierarchy's owners; the first one of a module is used */
};

/*
 * Reads the image of the hierarchy's kernel: a sequence of cpio archives, as the kernel reads it. The first ones may be
 * uncompressed (microcode, and dracut's early part). The last may be compressed with gzip, xz or zstd. initrd_free()
 * frees INITRD.
 */
void initrd_read(struct initrd *initrd, const struct root *root, const struct hierarchy *hierarchy);
void initrd_free(struct initrd *initrd);

/*
 * The version of the driver, one of the hierarchy's, that the initrd holds. NULL: it holds none of the driver's
 * modules. "": it holds a module that is not from an installed version, for example the kernel's own. The text belongs
 * to INITRD.
 */
const char *initrd_version(const struct initrd *initrd, const struct driver *driver);

#endif
