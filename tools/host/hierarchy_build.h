/* SPDX-License-Identifier: GPL-2.0-only */
/* Makes a hierarchy from a list of files, and finds the faults in it. */
#ifndef XS_HOST_HIERARCHY_BUILD_H
#define XS_HOST_HIERARCHY_BUILD_H

#include "host/hierarchy.h"

/* hierarchy_build() reads no files itself. So the list may come from a host, from packages or from a driver disk. */
enum file_kind {
	FILE_REGULAR,
	FILE_LINK,
	FILE_DIRECTORY,
	FILE_SPECIAL,	 /* a FIFO, a device or a socket */
	FILE_UNREADABLE, /* a directory that cannot be read */
};

/* A file in the list for hierarchy_build(). */
struct hierarchy_file {
	const char *path; /* below /lib/modules/<uname>/: "updates/ice.ko"; may have any bytes */
	enum file_kind kind;
	const char *target; /* the target of a FILE_LINK; else NULL */
};

/*
 * Makes the hierarchy of the kernel UNAME from the COUNT files at FILES, which may be in any order. A path may be in
 * the list twice, for example if two packages have it. Files outside xenserver/, dmv/ and updates/ are ignored. Only
 * the list tells whether the target of a link exists. All strings are copied. The caller calls hierarchy_free().
 */
void hierarchy_build(struct hierarchy *hierarchy, const char *uname, const struct hierarchy_file *files, size_t count);

#endif
