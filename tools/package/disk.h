/* SPDX-License-Identifier: GPL-2.0-only */
/* A driver disk, as an ISO image or a directory: its files with their digests, and the headers of its packages. */
#ifndef XS_PACKAGE_DISK_H
#define XS_PACKAGE_DISK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "package/archive.h"
#include "package/rpm.h"

#define DISK_MD5_SIZE	 33
#define DISK_SHA256_SIZE 65

struct disk_file {
	char *path; /* relative to the root of the disk: "repodata/repomd.xml" */
	uint64_t size;
	char md5[DISK_MD5_SIZE], sha256[DISK_SHA256_SIZE]; /* hex, lower case */
	uint8_t *bytes; /* a metadata file with a NUL after it, or the headers of a package; else NULL */
	size_t len;
	bool is_rpm;  /* its name ends in .rpm */
	bool has_rpm; /* its headers could be read: see rpm */
	bool is_link; /* a symbolic link */
	bool shared;  /* another name of an earlier file: bytes and rpm belong to that file */
	struct rpm rpm;
};

struct disk {
	char *path; /* as given by the user; may hold any bytes */
	bool is_image;
	char created[IMAGE_DATE_SIZE]; /* when an image was made; "" for a directory */
	char volume[33];	       /* volume identifier of an image, without trailing blanks; "" for a directory */
	struct disk_file *files;       /* sorted by path, in byte order */
	size_t count;
	size_t last_regular; /* while an image is read: the last regular file; a hard link names this file */
	uint64_t kept;	     /* bytes drawn from the budget: disk_keep() */
	char *why;	     /* why reading failed: a clause of safe text */
	bool unread;	     /* reading failed, and the disk itself may be right */
	bool over;	     /* reading failed because of the budget (base/budget.h) */
	void **owned;	     /* memory that disk_free() frees: disk_own() */
	size_t owned_count;
};

/* Reads an ISO image or a directory. False: see why. Call disk_free() in both cases. */
bool disk_read(struct disk *disk, const char *path);
void disk_free(struct disk *disk);

/* The file with this path, or NULL. Call it after disk_read(), which sorts the files. */
const struct disk_file *disk_find(const struct disk *disk, const char *path);

/* The binary package with this name, or NULL. */
const struct disk_file *disk_find_package(const struct disk *disk, const char *name);

/* Whether the file is a package that hosts install: a binary package in the root directory of the disk. */
bool disk_is_installable(const struct disk_file *file);

/* Takes over memory from malloc() and returns it. disk_free() frees it. Ends the program if MEMORY is NULL. */
char *disk_own(struct disk *disk, char *memory);

/*
 * Draws SIZE bytes from the budget (base/budget.h), for memory that is kept until disk_free(). False: the budget
 * refuses.
 */
bool disk_keep(struct disk *disk, uint64_t size);

/* S as safe text, which is valid until disk_free(). */
const char *disk_safe(struct disk *disk, const char *s);

/*
 * Whether PATH is an ISO image, or a directory with the files of a driver disk: XS-REPOSITORY, or update.xml and
 * repodata/repomd.xml.
 */
bool disk_is_at(const char *path);

/*
 * The uname of the kernel that a package is for: its files are in /lib/modules/UNAME. If there are several, the first
 * in byte order. "any" for a data package: all its files are in the directories of data packages. "" for all other
 * packages. The text is valid until disk_free().
 */
const char *disk_kernel(struct disk *disk, const struct rpm *rpm);

#endif
