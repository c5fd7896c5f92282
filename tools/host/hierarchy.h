/* SPDX-License-Identifier: GPL-2.0-only */
/* The drivers installed for one kernel, and which version of each is selected. */
#ifndef XS_HOST_HIERARCHY_H
#define XS_HOST_HIERARCHY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/name.h"
#include "base/root.h"
#include "xenserver-note.h"

/*
 * What is read:
 *
 *	/lib/modules/<uname>/xenserver/<driver>/<version>/<module>.ko		available
 *	/lib/modules/<uname>/updates/<module>.ko -> ../xenserver/<driver>/<version>/<module>.ko	selected
 *
 * or the same with "dmv" for "xenserver", whose links are absolute (XenServer 9). Everything is opened below the
 * root, directory by directory, following no link on the way; no module is opened.
 */
enum layout { LAYOUT_XENSERVER, LAYOUT_DMV };

/* "xenserver" or "dmv". */
const char *layout_directory(enum layout layout);

struct driver_version {
	char name[XENSERVER_VERSION_MAX + 1];
	char **files;  /* its modules as they are called in the directory ("ice.ko.xz"), in byte order; NULL at the end
			*/
	bool has_info; /* info.json is there */
};

/* What stands in updates/ under a module's name. */
enum update_kind {
	UPDATE_OURS,	 /* a link to a module of the hierarchy */
	UPDATE_ABSOLUTE, /* the same by an absolute path, where a relative one is expected */
	UPDATE_DANGLING, /* a link to a module of the hierarchy that is not there */
	UPDATE_ESCAPING, /* a link to somewhere else: somebody else's */
	UPDATE_FOREIGN,	 /* no link: somebody else's driver */
};

struct update {
	char *file;		       /* as it is called in updates/ */
	char module[MODULE_NAME_SIZE]; /* the kernel's name for it */
	enum update_kind kind;
	char *target;				/* of a link, as it stands; else NULL */
	char driver[XENSERVER_VERSION_MAX + 1]; /* where UPDATE_OURS, _ABSOLUTE and _DANGLING point to; else "" */
	char version[XENSERVER_VERSION_MAX + 1];
};

/* In the order of gravity: a driver's is the gravest that is true of it. */
enum selection {
	SELECTION_NONE,	    /* none of its modules has a link */
	SELECTION_WHOLE,    /* all modules of one version, and no other, are linked */
	SELECTION_ABSOLUTE, /* the same, but for a link that is absolute */
	SELECTION_MIXED,    /* links to several versions, or not to all modules of one, or two for one module */
	SELECTION_DANGLING, /* a link to a file that is not there */
	SELECTION_ESCAPING, /* a link under a module's name that leads out of the hierarchy */
	SELECTION_FOREIGN,  /* a file that is no link under a module's name */
};

struct driver {
	char name[XENSERVER_VERSION_MAX + 1];
	struct driver_version *versions; /* in version order; none for a driver of which only links are left */
	size_t version_count;
	char (*modules)[MODULE_NAME_SIZE]; /* the kernel's names of all modules of all versions, in byte order */
	size_t module_count;
	enum selection selection;
	const struct driver_version *selected; /* with SELECTION_WHOLE and SELECTION_ABSOLUTE; else NULL */
};

/* Something in the hierarchy that is none: it is left out of everything else. */
struct stray {
	char *path;	 /* below /lib/modules/<uname>; any bytes */
	const char *why; /* a clause about it; static */
};

struct hierarchy {
	char uname[UNAME_MAX + 1];
	enum layout layout;
	struct driver *drivers; /* by name, in byte order */
	size_t driver_count;
	struct update *updates; /* by module, then by file, in byte order */
	size_t update_count;
	struct stray *strays;
	size_t stray_count;
	int directory; /* /lib/modules/<uname>/xenserver, O_PATH; -1 when it is not there */
};

/*
 * Reads what is installed for UNAME, which must be a legal one. No such kernel or no driver is an empty
 * hierarchy. 0, or -1 with errno when a directory cannot be read; hierarchy_free() is for both.
 */
int hierarchy_read(struct hierarchy *hierarchy, const struct root *root, const char *uname, enum layout layout);
void hierarchy_free(struct hierarchy *hierarchy);

/*
 * The driver called NAME, or, if there is none, the one driver that has a module of this name ('-' and '_' are the
 * same). NULL when there is none, or when several have the module.
 */
struct driver *hierarchy_find(const struct hierarchy *hierarchy, const char *name);

/* The driver's version of that name, or NULL. */
const struct driver_version *driver_find_version(const struct driver *driver, const char *name);

/* The first entry of updates/ for a module, by its kernel name; others follow it. NULL when there is none. */
const struct update *hierarchy_update(const struct hierarchy *hierarchy, const char *module);

/* The one after UPDATE for the same module, or NULL. */
const struct update *hierarchy_update_next(const struct hierarchy *hierarchy, const struct update *update);

/* The version's file of a module, by its kernel name, or NULL. */
const char *version_file(const struct driver_version *version, const char *module);

/*
 * Opens FILE of a version for reading, following no link on the way; of a regular file only. Returns a descriptor and
 * its *SIZE in bytes, or -1 with errno (EINVAL: no regular file).
 */
int hierarchy_open(const struct hierarchy *hierarchy, const char *driver, const char *version, const char *file,
		   uint64_t *size);

/* The unames that have a directory under /lib/modules, in version order, as directory_names() gives them. */
char **hierarchy_kernels(const struct root *root);

#endif
