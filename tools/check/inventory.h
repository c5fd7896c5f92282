/* SPDX-License-Identifier: GPL-2.0-only */
/* What must be remembered of files until all have been seen. Its functions may be called from several threads. */
#ifndef XS_CHECK_INVENTORY_H
#define XS_CHECK_INVENTORY_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/module_path.h"
#include "check/disk_paths.h"
#include "elf/module.h"
#include "elf/symbols.h"
#include "package/rpm.h"

enum entry_kind { ENTRY_MODULE, ENTRY_LINK, ENTRY_FILE };

/* Something below the directories of /lib/modules/<uname> where drivers live. All strings are any bytes. */
struct inventory_entry {
	enum entry_kind kind;
	char *path; /* as shown */
	char *root; /* the directory above lib/modules/, ending in a slash; "" in packages: all have one root */
	char uname[UNAME_MAX + 1]; /* the directory's */
	char *below;		   /* what follows that directory: "xenserver/ice/1.0/ice.ko" */
	char *text; /* of a link its target, of info.json what is in it, of a module its vermagic, or NULL */
	char module[MODULE_NAME_SIZE]; /* of a module its own name */
	char **aliases;		       /* of a module; NULL at the end */
};

/* A symbol that no Module.symvers has: another module may export it. Or one that a module exports. */
struct inventory_symbol {
	char *name;
	char *path; /* of the module that wants or has it */
	char uname[UNAME_MAX + 1];
	struct symbol symbol; /* but for its name */
	bool module_is_gpl;
};

/* A firmware file that a module asks for. */
struct inventory_firmware {
	char *name, *path, *root;
	char uname[UNAME_MAX + 1];
};

/* A file that a package owns, or a firmware file. */
struct inventory_file {
	char *name;    /* absolute, as installed */
	char *path;    /* of the package, as shown */
	char *package; /* its name */
	char *arch, *digest, *link;
	uint16_t mode;
};

/* A package. Two with one name, version, release and architecture should have one content. */
struct inventory_package {
	char *name, *path; /* NAME-VERSION-RELEASE.ARCH, and as shown */
	char *content;	   /* its files with their modes, digests and targets of links, a line each */
};

struct inventory {
	pthread_mutex_t lock;
	struct inventory_entry *entries;
	struct inventory_symbol *imports, *exports;
	struct inventory_firmware *firmware;
	struct inventory_file *files;
	struct inventory_package *packages;
	size_t entry_count, import_count, export_count, firmware_count, file_count, package_count;
	size_t entry_room, import_room, export_room, firmware_room, file_room, package_room;
	struct disks disks; /* driver disks, which are read when all else has been */
	bool excludes;	    /* a package's depmod.d leaves the hierarchy out */
};

/* Makes it empty; inventory_free() is due. */
void inventory_init(struct inventory *inventory);
void inventory_free(struct inventory *inventory);

/* Where a thing stands: PLACE is absolute, or in a container relative to its root. */
struct inventory_where {
	const char *path; /* as shown */
	const char *host_path;
	bool packaged;
};

/* Takes a module, a link or a file (with what is in it, or NULL) if it stands where drivers live. */
void inventory_add_module(struct inventory *inventory, const struct inventory_where *where,
			  const struct module *module);
void inventory_add_link(struct inventory *inventory, const struct inventory_where *where, const char *target);
void inventory_add_file(struct inventory *inventory, const struct inventory_where *where, const char *text);

/* The text of a file of a package's depmod.d. */
void inventory_add_depmod(struct inventory *inventory, const char *text);

/* A symbol that is imported or exported. */
void inventory_add_import(struct inventory *inventory, const char *path, const char *uname, const struct symbol *symbol,
			  bool gpl);
void inventory_add_export(struct inventory *inventory, const char *path, const char *uname, const struct symbol *symbol,
			  bool gpl);

/* What the module asks for with MODULE_FIRMWARE; of a module that names thousands, the first. */
void inventory_add_firmware(struct inventory *inventory, const struct inventory_where *where,
			    const struct module *module);

/* The files of a package. */
void inventory_add_package(struct inventory *inventory, const char *path, const struct rpm *rpm);

/* Puts all into an order that does not depend on who came first. */
void inventory_sort(struct inventory *inventory);

/* What a module of this set exports under NAME for the kernel UNAME, or NULL. The set must be sorted. */
const struct inventory_symbol *inventory_find_export(const struct inventory *inventory, const char *uname,
						     const char *name);

/* Whether BELOW begins with one of the hierarchy's directories; then what follows it is in *REST. */
bool inventory_in_hierarchy(const char *below, const char **rest);

#endif
