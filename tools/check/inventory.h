/* SPDX-License-Identifier: GPL-2.0-only */
/* Everything that later checks need of the inputs. Several threads may call the functions inventory_add_*(). */
#ifndef XS_CHECK_INVENTORY_H
#define XS_CHECK_INVENTORY_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/module_path.h"
#include "check/disk_paths.h"
#include "elf/module.h"
#include "elf/symbols.h"
#include "package/rpm.h"

enum entry_kind { ENTRY_MODULE, ENTRY_LINK, ENTRY_FILE };

/* A file or link in a directory of /lib/modules/<uname> where drivers are. The strings may have any bytes. */
struct inventory_entry {
	enum entry_kind kind;
	char *path; /* for messages */
	char *root; /* the directory above lib/modules/, ending in a slash; "" in packages: all have one root */
	char uname[UNAME_MAX + 1];     /* the <uname> in its path */
	char *below;		       /* the path below /lib/modules/<uname>/: "xenserver/ice/1.0/ice.ko" */
	char *text;		       /* a link's target, the content of info.json, a module's vermagic, or NULL */
	char module[MODULE_NAME_SIZE]; /* the module's own name; else empty */
	bool is_signed;		       /* the module has a signature */
	uint64_t content;	       /* module_content() of a packaged module; 0: unknown */
	char *signer;		       /* the key that signed it; NULL: unknown */
	char **aliases;		       /* a module's aliases; NULL at the end */
};

/* A symbol that a module exports; or a symbol that a module imports and no Module.symvers has. */
struct inventory_symbol {
	char *name;
	const char *path; /* the module that imports or exports it */
	char uname[UNAME_MAX + 1];
	struct symbol symbol; /* its name is the string above */
	bool module_is_gpl;
};

/* A firmware file that a module asks for. */
struct inventory_firmware {
	char *name, *path, *root;
	char uname[UNAME_MAX + 1];
};

/* A package. Two packages of the same name, version, release and architecture should have the same content. */
struct inventory_package {
	char *name;	  /* NAME-VERSION-RELEASE.ARCH */
	char *path;	  /* for messages */
	char *short_name; /* NAME */
	char *arch;
	char *content; /* its files: mode, digest, path and target of a link, each with a NUL */
	size_t content_len;
};

/* A file of a package. The strings are in the content of the package. */
struct inventory_file {
	const struct inventory_package *package;
	const char *name; /* absolute path on a host */
	const char *digest, *link;
	uint16_t mode;
};

struct inventory {
	pthread_mutex_t lock;
	struct inventory_entry *entries;
	struct inventory_symbol *imports, *exports;
	struct inventory_firmware *firmware;
	struct inventory_file *files;
	struct inventory_package **packages;
	char **paths; /* the paths of symbols, which they share */
	size_t entry_count, import_count, export_count, firmware_count, file_count, package_count, path_count;
	struct disks disks; /* driver disks; they are read after all other inputs */
	uint64_t kept;	    /* bytes drawn from the budget: base/budget.h */
	char *over;	    /* the path of an input of which the budget refused a part, or NULL */
	bool excludes;	    /* the depmod.d of a package excludes the hierarchy */
};

/* Makes the inventory empty. inventory_free() frees it. */
void inventory_init(struct inventory *inventory);
void inventory_free(struct inventory *inventory);

/* Where an input is. host_path is absolute, or relative to the root of the package or archive. */
struct inventory_where {
	const char *path; /* for messages */
	const char *host_path;
	bool packaged;
};

/*
 * Add a module, a link, or a file with its text (or NULL), if it is in a directory where drivers are. BYTES are all
 * bytes of the module, or NULL. The strings are copied. All functions inventory_add_*() draw what they copy from the
 * budget. What the budget refuses is left out, and the field `over` says so.
 */
void inventory_add_module(struct inventory *inventory, const struct inventory_where *where, const struct module *module,
			  const void *bytes);
void inventory_add_link(struct inventory *inventory, const struct inventory_where *where, const char *target);
void inventory_add_file(struct inventory *inventory, const struct inventory_where *where, const char *text);

/* Reads a configuration file for depmod.d that a package has. */
void inventory_add_depmod(struct inventory *inventory, const char *text);

/* A copy of the path of a module, for its symbols. The inventory owns the copy. */
const char *inventory_path(struct inventory *inventory, const char *path);

/*
 * Add a symbol that the module at PATH imports or exports. PATH is from inventory_path(). GPL: the module's license is
 * compatible with the GPL.
 */
void inventory_add_import(struct inventory *inventory, const char *path, const char *uname, const struct symbol *symbol,
			  bool gpl);
void inventory_add_export(struct inventory *inventory, const char *path, const char *uname, const struct symbol *symbol,
			  bool gpl);

/* Adds the files that the module names with MODULE_FIRMWARE, up to a bound of some thousand. */
void inventory_add_firmware(struct inventory *inventory, const struct inventory_where *where,
			    const struct module *module);

/* Adds a package and its files, without directories. */
void inventory_add_package(struct inventory *inventory, const char *path, const struct rpm *rpm);

/* Sorts all arrays, so that their order does not depend on the order of the threads. */
void inventory_sort(struct inventory *inventory);

/*
 * The symbol NAME that a module for the kernel UNAME exports, or NULL. The inventory must be sorted, and owns the
 * result.
 */
const struct inventory_symbol *inventory_find_export(const struct inventory *inventory, const char *uname,
						     const char *name);

/* Whether BELOW begins with a directory of the hierarchy, xenserver/ or dmv/. Sets *REST to the part after it. */
bool inventory_in_hierarchy(const char *below, const char **rest);

#endif
