/* SPDX-License-Identifier: GPL-2.0-only */
/* Which versions of drivers several disks have, for which kernels, in which release: one table. */
#ifndef XS_XS_DDK_SHOW_RELEASES_H
#define XS_XS_DDK_SHOW_RELEASES_H

#include <stddef.h>

#include "xs-ddk/show_disk.h"

/* A version of a driver for a kernel in one release of its package, and the disks that have it. */
struct release {
	struct module_path location;
	char *release, *disk; /* safe text; owned */
};

/* It starts as {0}. releases_free() frees it. */
struct releases {
	struct release *all;
	size_t count;
	size_t disks; /* how many disks were added */
};

/* Adds what is on the disk. */
void releases_add(struct releases *releases, const struct disk_summary *summary);

/* Prints the table on stdout. Disks with the same release are in one line. */
void releases_print(struct releases *releases);
void releases_free(struct releases *releases);

/* Paths, with a NULL at the end unless there are none. It starts as {0}. path_list_free() frees it. */
struct path_list {
	char **paths;
	size_t count;
};

void path_list_add(struct path_list *list, const char *path);
void path_list_free(struct path_list *list);

/*
 * Adds to DISKS the driver disks below the directory PATH, images and directories, and to FILES the modules and
 * packages below it that are on no disk, both in byte order. Links are not followed.
 */
void disks_below(const char *path, struct path_list *disks, struct path_list *files);

#endif
