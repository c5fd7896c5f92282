/* SPDX-License-Identifier: GPL-2.0-only */
/* The judge of a hierarchy: which drivers, versions and links a list of files makes, and what is wrong with them. */
#ifndef XS_HOST_HIERARCHY_BUILD_H
#define XS_HOST_HIERARCHY_BUILD_H

#include "host/hierarchy.h"

/* It reads nothing itself, so the list may come from a host, from packages or from a driver disk. */
enum file_kind {
	FILE_REGULAR,
	FILE_LINK,
	FILE_DIRECTORY,
	FILE_SPECIAL,	 /* a FIFO, a device, a socket */
	FILE_UNREADABLE, /* a directory that cannot be read */
};

/* One file, as it is given to hierarchy_build(). */
struct hierarchy_file {
	const char *path; /* below /lib/modules/<uname>/: "updates/ice.ko"; any bytes */
	enum file_kind kind;
	const char *target; /* of a FILE_LINK; else NULL */
};

/*
 * Judges the COUNT files at FILES, in any order, as those below /lib/modules/<uname>/. A path may be there twice (two
 * packages have it); one that is in none of the three directories is left out. Whether a link's target is there is
 * decided by the list alone. Nothing of FILES is kept. hierarchy_free() is due.
 */
void hierarchy_build(struct hierarchy *hierarchy, const char *uname, const struct hierarchy_file *files, size_t count);

#endif
