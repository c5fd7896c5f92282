/* SPDX-License-Identifier: GPL-2.0-only */
/* The drivers installed for one kernel, which version of each is selected, and what is wrong with that. */
#ifndef XS_HOST_HIERARCHY_H
#define XS_HOST_HIERARCHY_H

#include <stdbool.h>
#include <stddef.h>

#include "base/name.h"
#include "xenserver-note.h"

/*
 * Below /lib/modules/<uname>/ there are:
 *
 *	xenserver/<driver>/<version>/<module>.ko, info.json	what is installed
 *	xenserver/<driver>/.previous				a link that names the version selected before
 *	dmv/<driver>/<version>/<module>.ko, info.json		the same for XenServer 9's own tools
 *	updates/<module>.ko					a link to one of these modules: it is selected
 *
 * A file of dmv/ may be a link to the same file of xenserver/: "../../../xenserver/<driver>/<version>/<file>". Then
 *both are one. A driver that lies in dmv/ alone counts as well. Links in updates/ are relative; those to dmv/ may be
 * absolute, as XenServer 9's own tools make them.
 *
 * hierarchy_build() makes a struct hierarchy of a list of files (host/hierarchy_build.h), and hierarchy_read() of a
 *host's directories (host/hierarchy_read.h).
 */

enum layout { LAYOUT_XENSERVER, LAYOUT_DMV, LAYOUTS };

/* "xenserver" or "dmv". */
const char *layout_directory(enum layout layout);

/* What can be wrong with a file or a link. */
enum fault_kind {
	FAULT_PLACE,	   /* a file that is not <driver>/<version>/<file> */
	FAULT_NAME,	   /* a name that no driver, version or module can have */
	FAULT_FILE,	   /* an unexpected file in a version's directory */
	FAULT_LINK,	   /* a link where a file or a directory belongs */
	FAULT_COPY,	   /* a second file for one module of a version */
	FAULT_EMPTY,	   /* a version without a module */
	FAULT_UNREADABLE,  /* a directory that cannot be read */
	FAULT_LEFTOVER,	   /* a temporary file of a command that was killed */
	FAULT_TWO_DRIVERS, /* a module that two drivers have */
	/* From here on: entries of updates/. */
	FAULT_MIXED,	/* the modules of one driver are not all selected at one version */
	FAULT_ABSOLUTE, /* an absolute link where a relative one is expected */
	FAULT_MISNAMED, /* a link to a file of another name: modprobe takes one module for the other */
	FAULT_DANGLING, /* a link to a module that is not there */
	FAULT_ESCAPING, /* a link with the name of a driver's module that leads elsewhere */
	FAULT_FOREIGN,	/* a file, not a link, with the name of a driver's module */
};

struct fault {
	enum fault_kind kind;
	char *path;				/* of the file, as in struct hierarchy_file */
	char *text;				/* a clause: what was found, and what was expected; safe to print */
	char driver[XENSERVER_VERSION_MAX + 1]; /* the driver that suffers from it, or "" */
};

struct driver_version {
	char name[XENSERVER_VERSION_MAX + 1];
	enum layout layout; /* where its files are */
	bool mirrored;	    /* dmv/ has links to them */
	bool has_info;	    /* info.json is there */
	char **files; /* its modules as the files are called ("ice.ko.xz"), by the modules' names; NULL at the end */
	size_t file_count;
};

/* What an entry of updates/ with a module's name is. Each has the fault of its name, but for UPDATE_OURS. */
enum update_kind { UPDATE_OURS, UPDATE_ABSOLUTE, UPDATE_MISNAMED, UPDATE_DANGLING, UPDATE_ESCAPING, UPDATE_FOREIGN };

struct update {
	char *file;		       /* its name in updates/ */
	char module[MODULE_NAME_SIZE]; /* the kernel's name of the module that modprobe takes it for */
	enum update_kind kind;
	char *target;				/* of a link; else NULL */
	char driver[XENSERVER_VERSION_MAX + 1]; /* where the link leads to; "" with _ESCAPING and _FOREIGN */
	char version[XENSERVER_VERSION_MAX + 1];
	char to[MODULE_NAME_SIZE]; /* the kernel's name of the module that the link leads to */
};

/* In the order of gravity. The gravest that is true of a driver is the driver's. */
enum selection {
	SELECTION_NONE,	 /* no module has a link */
	SELECTION_WHOLE, /* all modules of one version have a link, and no other module of the driver has one */
	SELECTION_ABSOLUTE,
	SELECTION_MIXED,
	SELECTION_MISNAMED,
	SELECTION_DANGLING,
	SELECTION_ESCAPING,
	SELECTION_FOREIGN,
};

struct driver {
	char name[XENSERVER_VERSION_MAX + 1];
	enum layout layout;		 /* LAYOUT_XENSERVER, unless all its versions are in dmv/ */
	struct driver_version *versions; /* in version order; none where only links are left of the driver */
	size_t version_count;
	char (*modules)[MODULE_NAME_SIZE]; /* the kernel's names of all modules of all versions, in byte order */
	size_t module_count;
	enum selection selection;
	const struct driver_version *selected; /* with SELECTION_WHOLE and SELECTION_ABSOLUTE; else NULL */
};

/* That a driver has a module. */
struct module_owner {
	const char *module;
	struct driver *driver;
};

/* Starts as {0}. */
struct hierarchy {
	char uname[UNAME_MAX + 1];
	struct driver *drivers; /* by name, in byte order */
	size_t driver_count;
	struct update *updates; /* by module, then by file, in byte order */
	size_t update_count;
	struct module_owner *owners; /* by module, then by driver, in byte order */
	size_t owner_count;
	struct fault *faults; /* by path, then by kind */
	size_t fault_count;
	const struct root *root; /* of hierarchy_read(), for hierarchy_open(); else NULL */
};

/* Frees what hierarchy_build() or hierarchy_read() made. */
void hierarchy_free(struct hierarchy *hierarchy);

/*
 * The driver called NAME, or, if there is none, the one driver that has a module of this name ('-' and '_' are the
 * same). NULL when there is none, or when several have the module.
 */
struct driver *hierarchy_find(const struct hierarchy *hierarchy, const char *name);

/* The driver of exactly this name, or NULL. */
struct driver *hierarchy_driver(const struct hierarchy *hierarchy, const char *name);

/* The driver's version of that name, or NULL. */
const struct driver_version *driver_find_version(const struct driver *driver, const char *name);

/* The first entry of updates/ for a module, by its kernel name; others follow it. NULL when there is none. */
const struct update *hierarchy_update(const struct hierarchy *hierarchy, const char *module);

/* The one after UPDATE for the same module, or NULL. */
const struct update *hierarchy_update_next(const struct hierarchy *hierarchy, const struct update *update);

/* The version's file of a module, by its kernel name, or NULL. */
const char *version_file(const struct driver_version *version, const char *module);

/* The rest is for those who make a hierarchy. */

/* Makes room for one more at the end of an array that grows by doubling; COUNT is how many it has. */
void *hierarchy_grow(void *array, size_t count, size_t size);

/* Adds a fault. TEXT is taken over. */
void hierarchy_fault(struct hierarchy *hierarchy, enum fault_kind kind, const char *path, const char *driver,
		     char *text);

/* Adds a driver at the end of the list, which hierarchy_sort_drivers() puts in order. */
struct driver *hierarchy_add_driver(struct hierarchy *hierarchy, const char *name);

/* Adds at the end of the driver's modules, even if it is there. */
void driver_add_module(struct driver *driver, const char *module);

/* Copies the legal name at *AT, up to the next '/', and steps over both; false when there is none. */
bool hierarchy_take_name(const char **at, char out[XENSERVER_VERSION_MAX + 1]);

/* The path of a version's file below /lib/modules/<uname>/; memory to free. */
char *version_path(const struct driver *driver, const struct driver_version *version, const char *file);

void hierarchy_sort_drivers(struct hierarchy *hierarchy);
void hierarchy_sort_versions(struct driver *driver);

#endif
