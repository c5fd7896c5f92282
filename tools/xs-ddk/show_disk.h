/* SPDX-License-Identifier: GPL-2.0-only */
/* What a person wants to know of a driver disk: whose it is, and which driver versions it has for which kernels. */
#ifndef XS_XS_DDK_SHOW_DISK_H
#define XS_XS_DDK_SHOW_DISK_H

#include <jansson.h>

#include "package/disk.h"

struct disk_table;

/* What the metadata of a disk says. Strings live as long as the disk; NULL: not said. */
struct disk_summary {
	struct disk *disk;
	const char *product, *vendor, *name, *version, *description, *uuid;
	const char *requires; /* "xs:main eq 8.2.1, ..." */
	const char *selects;  /* "DRIVER VERSION, ..." */
	bool is_signed;	      /* has both signatures; not whether they are right */
	struct disk_table *table;
};

/*
 * Reads the disk at PATH; whatever of its metadata cannot be read is left out, as verify tells more. False if PATH is
 * no driver disk. disk_summary_free() is for both.
 */
bool disk_summary_read(struct disk_summary *summary, const char *path);
void disk_summary_free(struct disk_summary *summary);

/* On stdout, for people. */
void disk_summary_print(const struct disk_summary *summary);

/* The same for programs. */
json_t *disk_summary_json(const struct disk_summary *summary);

#endif
