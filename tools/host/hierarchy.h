/* SPDX-License-Identifier: GPL-2.0-only */
/* The drivers that are installed for a kernel, the selected version of each driver, and faults in files and links. */
#ifndef XS_HOST_HIERARCHY_H
#define XS_HOST_HIERARCHY_H

#include <stdbool.h>
#include <stddef.h>

#include "base/name.h"
#include "xenserver-note.h"

/*
 * Below /lib/modules/<uname>/ there are:
 *
 *	xenserver/<driver>/<version>/<module>.ko, info.json	an installed version
 *	xenserver/<driver>/.previous				a link that names the version selected before
 *	dmv/<driver>/<version>/<module>.ko, info.json		an installed version, for the tools of XenServer 9
 *	updates/<module>.ko					a link to a module in these directories: it is selected
 *
 * A file in dmv/ may be a link to the same file in xenserver/: "../../../xenserver/<driver>/<version>/<file>". The two
 * then count as one version. A driver may also be only in dmv/. Links in updates/ are relative. Links to dmv/ may be
 * absolute, because the tools of XenServer 9 make absolute links.
 *
 * hierarchy_build() makes a struct hierarchy from a list of files (host/hierarchy_build.h). hierarchy_read() makes it
 * from the directories of a host (host/hierarchy_read.h).
 */

enum layout { LAYOUT_XENSERVER, LAYOUT_DMV, LAYOUTS };

/* The name of the directory: "xenserver" or "dmv". */
const char *layout_directory(enum layout layout);

/* The faults of files and links. */
enum fault_kind {
	FAULT_PLACE,	   /* the path is not <driver>/<version>/<file> */
	FAULT_NAME,	   /* the name is not legal for a driver, a version or a module */
	FAULT_FILE,	   /* an unexpected file in the directory of a version */
	FAULT_LINK,	   /* a link; a file or a directory is expected */
	FAULT_COPY,	   /* a second file for the same module of a version */
	FAULT_EMPTY,	   /* a version that has no module */
	FAULT_UNREADABLE,  /* the directory cannot be read */
	FAULT_LEFTOVER,	   /* a temporary file of a command that was killed */
	FAULT_TWO_DRIVERS, /* two drivers have a module with this name */
	/* From here on: faults of entries in updates/. */
	FAULT_MIXED,	/* the modules of a driver are not all selected in the same version */
	FAULT_ABSOLUTE, /* the link is absolute; a relative link is expected */
	FAULT_MISNAMED, /* the link and the file have different names: modprobe takes one module for the other */
	FAULT_DANGLING, /* the link points to a module that does not exist */
	FAULT_ESCAPING, /* a link with the name of a driver's module; its target is not <driver>/<version>/<module> */
	FAULT_FOREIGN,	/* a file, not a link, has the name of a module of a driver */
};

struct fault {
	enum fault_kind kind;
	char *path;				/* path of the file, as in struct hierarchy_file */
	char *text;				/* what was found, and what was expected: a clause, safe to print */
	char driver[XENSERVER_VERSION_MAX + 1]; /* the driver that has the fault, or "" */
};

struct driver_version {
	char name[XENSERVER_VERSION_MAX + 1];
	enum layout layout; /* the directory that has its files */
	bool mirrored;	    /* dmv/ has links to its files */
	bool has_info;	    /* the version has an info.json */
	char **files;	    /* file names of its modules ("ice.ko.xz"), sorted by the module names; NULL at the end */
	size_t file_count;
};

/*
 * The kinds of entries in updates/ that have the name of a module. Each kind but UPDATE_OURS has a fault with the same
 * name.
 */
enum update_kind { UPDATE_OURS, UPDATE_ABSOLUTE, UPDATE_MISNAMED, UPDATE_DANGLING, UPDATE_ESCAPING, UPDATE_FOREIGN };

struct update {
	char *file;		       /* the name of the entry in updates/ */
	char module[MODULE_NAME_SIZE]; /* kernel's name of the module that modprobe takes the entry for */
	enum update_kind kind;
	char *target;				/* target of the link; NULL: not a link */
	char driver[XENSERVER_VERSION_MAX + 1]; /* driver that the link points to; "" for _ESCAPING and _FOREIGN */
	char version[XENSERVER_VERSION_MAX + 1];
	char to[MODULE_NAME_SIZE]; /* kernel's name of the module that the link points to */
};

/* Sorted from harmless to serious. A driver has the most serious value that is true for it. */
enum selection {
	SELECTION_NONE,	 /* no module has a link */
	SELECTION_WHOLE, /* all modules of a version have links, and no other module of the driver has a link */
	SELECTION_ABSOLUTE,
	SELECTION_MIXED,
	SELECTION_MISNAMED,
	SELECTION_DANGLING,
	SELECTION_ESCAPING,
	SELECTION_FOREIGN,
};

struct driver {
	char name[XENSERVER_VERSION_MAX + 1];
	enum layout layout;		 /* LAYOUT_XENSERVER, unless all versions are in dmv/ */
	struct driver_version *versions; /* in version order; empty if only links of the driver are left */
	size_t version_count;
	char (*modules)[MODULE_NAME_SIZE]; /* kernel's names of all modules of the driver, in byte order */
	size_t module_count;
	enum selection selection;
	const struct driver_version *selected; /* only with SELECTION_WHOLE and SELECTION_ABSOLUTE; else NULL */
};

/* A module, and a driver that has it. */
struct module_owner {
	const char *module;
	struct driver *driver;
};

/* Starts as {0}. */
struct hierarchy {
	char uname[UNAME_MAX + 1];
	struct driver *drivers; /* sorted by name, in byte order */
	size_t driver_count;
	struct update *updates; /* sorted by module, then by file, in byte order */
	size_t update_count;
	struct module_owner *owners; /* sorted by module, then by driver, in byte order */
	size_t owner_count;
	struct fault *faults; /* sorted by path, then by kind */
	size_t fault_count;
	const struct root *root; /* the root of hierarchy_read(), for hierarchy_open(); else NULL */
};

/* Frees the memory of a hierarchy from hierarchy_build() or hierarchy_read(). */
void hierarchy_free(struct hierarchy *hierarchy);

/*
 * Finds a driver by its name. If no driver has the name, finds the driver that has a module with this name. '-' and '_'
 * are equal. Returns NULL if there is no such driver, or if several drivers have the module.
 */
struct driver *hierarchy_find(const struct hierarchy *hierarchy, const char *name);

/* The driver with exactly this name, or NULL. */
struct driver *hierarchy_driver(const struct hierarchy *hierarchy, const char *name);

/* The version of the driver with this name, or NULL. */
const struct driver_version *driver_find_version(const struct driver *driver, const char *name);

/*
 * The first entry in updates/ for a module, or NULL. MODULE is the kernel's name. hierarchy_update_next() gives the
 * other entries.
 */
const struct update *hierarchy_update(const struct hierarchy *hierarchy, const char *module);

/* The entry after UPDATE for the same module, or NULL. */
const struct update *hierarchy_update_next(const struct hierarchy *hierarchy, const struct update *update);

/* The file name of a module of the version, or NULL. MODULE is the kernel's name. */
const char *version_file(const struct driver_version *version, const char *module);

/* The functions below are for the code that makes a hierarchy. */

/* Adds a fault. The hierarchy takes TEXT over; the other strings are copied. */
void hierarchy_fault(struct hierarchy *hierarchy, enum fault_kind kind, const char *path, const char *driver,
		     char *text);

/* Adds a driver at the end of the list. The caller then calls hierarchy_sort_drivers(). */
struct driver *hierarchy_add_driver(struct hierarchy *hierarchy, const char *name);

/* Adds a module at the end of the driver's list, even if the list has it already. */
void driver_add_module(struct driver *driver, const char *module);

/*
 * Copies the name at *AT, up to the next slash, and moves *AT behind the slash. Returns false if the name is not legal.
 */
bool hierarchy_take_name(const char **at, char out[XENSERVER_VERSION_MAX + 1]);

/* The path of a file of a version, below /lib/modules/<uname>/. Memory to free. */
char *version_path(const struct driver *driver, const struct driver_version *version, const char *file);

void hierarchy_sort_drivers(struct hierarchy *hierarchy);
void hierarchy_sort_versions(struct driver *driver);

#endif
