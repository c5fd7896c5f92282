/* SPDX-License-Identifier: GPL-2.0-only */
/* A driver disk, image or directory: its files with their sums, and the headers of its packages. */
#ifndef XS_PACKAGE_DISK_H
#define XS_PACKAGE_DISK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "package/rpm.h"

#define DISK_MD5_SIZE	 33
#define DISK_SHA256_SIZE 65

struct disk_file {
	char *path; /* below the disk's root: "repodata/repomd.xml" */
	uint64_t size;
	char md5[DISK_MD5_SIZE], sha256[DISK_SHA256_SIZE]; /* hex, lower case */
	uint8_t *bytes; /* all of a metadata file with a NUL after it, the headers of a package; else NULL */
	size_t len;
	bool is_rpm;  /* by its name */
	bool has_rpm; /* and its headers could be read: rpm */
	bool is_link; /* a symbolic link */
	bool shared;  /* a further name of the file before: bytes and rpm are that one's */
	struct rpm rpm;
};

struct disk {
	char *path; /* as shown: any bytes */
	bool is_image;
	char volume[33];	 /* the ISO's volume id without trailing blanks; "" of a directory */
	struct disk_file *files; /* in byte order of the paths */
	size_t count, room;
	size_t last_regular; /* while an image is read: the file that a hard link after it would be another name of */
	uint64_t kept;	     /* bytes drawn from the budget: disk_keep() */
	char *why;	     /* when it could not be read: a clause; safe text */
	bool unread;	     /* then: for a reason that is not a fault of the disk */
	bool over;	     /* then: because the budget did not allow more (base/budget.h) */
	void **owned;	     /* strings and documents handed out: disk_own() */
	size_t owned_count, owned_room;
};

/* Reads an ISO image, or a directory. False: see why. disk_free() is for both. */
bool disk_read(struct disk *disk, const char *path);
void disk_free(struct disk *disk);

/* The file of that path, or NULL. */
const struct disk_file *disk_find(const struct disk *disk, const char *path);

/* The package of that name, not a source package, or NULL. */
const struct disk_file *disk_find_package(const struct disk *disk, const char *name);

/* Whether the file is a package for hosts to install: one in the disk's root, and no source package. */
bool disk_is_installable(const struct disk_file *file);

/* Takes memory from malloc, which disk_free() frees, and returns it. */
char *disk_own(struct disk *disk, char *memory);

/* Draws SIZE bytes that are kept until disk_free() from the budget (base/budget.h). False: nothing more may be kept. */
bool disk_keep(struct disk *disk, uint64_t size);

/* S as safe text that lives as long as the disk. */
const char *disk_safe(struct disk *disk, const char *s);

/* Whether PATH is an ISO image, or a directory that holds the files which make one a driver disk. */
bool disk_is_at(const char *path);

/*
 * The kernel a package is for: the one uname its files are below /lib/modules of; "any" for a data package, which has
 * files only in the directories for those; "" for any other. Of several unames, the first in byte order.
 */
const char *disk_kernel(struct disk *disk, const struct rpm *rpm);

#endif
