/* SPDX-License-Identifier: GPL-2.0-only */
/* What 'xs-ddk report' knows of driver disks, from the same readers as show, verify and diff. */
#ifndef XS_XS_DDK_REPORT_FACTS_H
#define XS_XS_DDK_REPORT_FACTS_H

#include <jansson.h>

#include "check/check.h"
#include "diff/diff_report.h"
#include "finding/baseline.h"
#include "finding/exceptions.h"
#include "finding/report.h"
#include "page/pci_names.h"
#include "xs-ddk/show_disk.h"

/* A disk. */
struct report_disk {
	struct disk_summary summary;
	uint64_t size;		       /* of an image, in bytes */
	char sha256[DISK_SHA256_SIZE]; /* of an image; "" for a directory */
	char *prefix;		       /* the beginning of the paths of its files: "disk.iso!"; may hold any bytes */
};

/* A module in a package of a disk. The strings may have any bytes. */
struct report_module {
	char *path, *name;
	struct module_path location;
	char *signer; /* NULL: it is not signed */
};

/* A package of a disk. */
struct report_package {
	char *path, *name; /* NAME-VERSION-RELEASE.ARCH */
	uint64_t build_time;
	bool source;
	json_t *signatures; /* {"signed": ..., "signatures": ...} as in describe.h; NULL if it could not be read */
};

/* An alias of a module. */
struct report_alias {
	const struct report_module *module;
	char *alias;
};

/* The result of a trial. The strings belong to the JSON. */
struct report_trial {
	const char *driver, *version, *kernel, *device, *id, *result, *reason;
};

struct report_facts {
	struct report_disk *disks;
	size_t disk_count;
	struct report findings;
	struct report_module **modules; /* sorted by path */
	size_t module_count;
	struct report_package *packages; /* sorted by path */
	size_t package_count;
	struct report_alias *aliases; /* in no order */
	size_t alias_count;
	const char *against; /* the older disk, or NULL */
	struct diff_set old_set, new_set;
	struct diff_result changes;  /* if AGAINST is set */
	json_t *trial_files;	     /* an array of the read files, or NULL */
	struct report_trial *trials; /* sorted by driver, version, kernel, device and id */
	size_t trial_count;
	struct pci_names *names; /* NULL: there is no list of names */
	uint64_t kept;		 /* bytes drawn from the budget: base/budget.h */
	bool over;		 /* modules, packages or aliases were not kept, because of the budget */
};

/* What the command line asks for. The arrays end with NULL. */
struct report_request {
	char **disks, **trials;
	char *against;
	const char *pci_ids;
	struct policy policy;
	struct exceptions *exceptions; /* known findings; both may be NULL, and must live as long as the facts */
	struct baseline *baseline;
};

/*
 * Reads everything. False after a message: a disk, the older disk, trials or the list of names could not be read. Call
 * report_facts_free() in both cases.
 */
bool report_facts_read(struct report_facts *facts, const struct report_request *request);
void report_facts_free(struct report_facts *facts);

/* The file of a disk that a cell's package is. */
const struct disk_file *report_file_of(const struct disk_cell *cell);

/* The package at PATH of a disk, or NULL if it could not be read. */
const struct report_package *report_package_of(const struct report_facts *facts, const struct report_disk *disk,
					       const char *path);

/* The findings about the file at PATH of a disk, and about what is in it: the first of them, and *COUNT. */
const struct finding *report_findings_of(const struct report_facts *facts, const struct report_disk *disk,
					 const char *path, size_t *count);

/* The modules of the package at PATH of a disk. */
struct report_module *const *report_modules_of(const struct report_facts *facts, const struct report_disk *disk,
					       const char *path, size_t *count);

/* The trials of a version of a driver for a kernel. */
const struct report_trial *report_trials_of(const struct report_facts *facts, const struct module_path *location,
					    size_t *count);

#endif
