/* SPDX-License-Identifier: GPL-2.0-only */
/* Finding the module files a PATH stands for. */
#ifndef XS_WALK_H
#define XS_WALK_H

#include <stdbool.h>
#include <stdint.h>

/* One file to look at, or what could not be. */
struct walk_file {
	const char *path;  /* as shown: the PATH given, or below it */
	const char *place; /* absolute, links resolved: what place_of() is to read */
	int fd;		   /* open for reading, a regular file; the walk closes it. -1: see error */
	uint64_t size;	   /* bytes */
	int error;	   /* errno when fd is -1; 0: "why" tells */
	const char *why;   /* a clause saying why it cannot be read */
};

/* Called for each file; false ends the walk. */
typedef bool walk_function(const struct walk_file *file, void *context);

/*
 * Calls EACH for PATH if it is a file (a link to one is followed, whatever its name), and for every regular file
 * below it that is named like a module if it is a folder, in byte order of the names. Links below a folder are
 * not followed: what they point to is looked at where it stands. A folder that holds no module, and whatever
 * cannot be opened, is told with fd -1. Never blocks on a FIFO or a device.
 */
void walk_modules(const char *path, walk_function *each, void *context);

#endif
