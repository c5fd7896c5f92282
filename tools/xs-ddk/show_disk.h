/* SPDX-License-Identifier: GPL-2.0-only */
/* A summary of a driver disk: its vendor, and which driver versions it has for which kernels. */
#ifndef XS_XS_DDK_SHOW_DISK_H
#define XS_XS_DDK_SHOW_DISK_H

#include <jansson.h>

#include "base/module_path.h"
#include "package/disk.h"

/* A version of a driver for a kernel, and the package that holds it. */
struct disk_cell {
	struct module_path location;
	const struct rpm *rpm;
};

struct disk_table {
	struct disk_cell *cells; /* sorted by driver, version and kernel */
	size_t count;
	const char **kernels; /* sorted as versions, without duplicates */
	size_t kernel_count;
};

/* A summary. The strings live as long as the disk; NULL: not in the metadata. */
struct disk_summary {
	struct disk *disk;
	const char *product, *vendor, *name, *version, *description, *uuid;
	const char *needs;   /* "xs:main eq 8.2.1, ..." */
	const char *selects; /* "DRIVER VERSION, ..." */
	bool is_signed;	     /* both signature files are there; they are not checked */
	struct disk_table *table;
};

/*
 * Reads the disk at PATH. Metadata that cannot be read is left out: 'xs-ddk verify' reports it. False if PATH is no
 * driver disk. Call disk_summary_free() in both cases.
 */
bool disk_summary_read(struct disk_summary *summary, const char *path);
void disk_summary_free(struct disk_summary *summary);

/* Prints the summary on stdout, for people. */
void disk_summary_print(const struct disk_summary *summary);

/* The summary as JSON. The caller owns the object. */
json_t *disk_summary_json(const struct disk_summary *summary);

#endif
