/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The checks behind the rules. Whoever reads inputs calls check_subject() for each module, from any thread with
 * a report of its own, and check_inventory() when all have been seen. The others are a topic each.
 */
#ifndef XS_CHECK_CHECK_H
#define XS_CHECK_CHECK_H

#include "base/module_path.h"
#include "check/inventory.h"
#include "elf/module.h"
#include "elf/note.h"
#include "finding/report.h"

struct certificates;
struct hierarchy;
struct loaded;
struct symvers;
struct profile;

/* What a verification is held against, from the command line. NULL where anything is right. Read by all threads. */
struct policy {
	const char *version; /* a legal name */
	const char *uname;   /* a legal one */
	struct symvers *symvers;
	struct certificates *certificates;
	const struct profile *profile;
	const char *sysroot;
	bool require_signature;
};

/* One module to judge. */
struct subject {
	const char *path;      /* as shown; any bytes */
	const char *host_path; /* what module_path_read() is to read */
	const char *name;      /* of the file */
	const struct module *module;
	bool packaged;	   /* it stands in a package: it is what gets installed */
	bool alone;	   /* it was given by itself: what stands around it is not asked */
	const void *bytes; /* the whole file, module->size bytes, if check_wants_bytes(); else NULL */
};

/* Whether subjects must come with all their bytes. */
bool check_wants_bytes(const struct policy *policy);

/* All that can be said of one module. What only shows when all are known goes into the set. */
void check_subject(struct report *report, struct inventory *inventory, const struct policy *policy,
		   const struct subject *subject);

/* All that shows only when everything has been seen. */
void check_inventory(struct report *report, struct inventory *inventory, const struct policy *policy);

/* The record itself: rules note-*, but for those on the section's header. PATH is as in report_add(). */
void check_note(struct report *report, const char *path, const struct note_reading *note);

/* The file as an ELF module, and the header of the record's section. False: nothing more can be said of it. */
bool check_module(struct report *report, const char *path, const struct module *module);

/* What .modinfo says: the other rules module-*. A fresh build has debugging information; a package should not. */
void check_modinfo(struct report *report, const struct subject *subject);

/* The record's version against what is expected: rule path-version. */
void check_version(struct report *report, const char *path, const struct note_reading *note, const char *expected);

/* The vermagic's kernel against what is expected: rule path-kernel. */
void check_kernel(struct report *report, const char *path, const struct module *module, const char *expected);

/* The file's name against the module's name: rule path-name. */
void check_file_name(struct report *report, const struct subject *subject);

/* The appended signature: rules signature-*. */
void check_signature(struct report *report, const struct policy *policy, const struct subject *subject);

/* Imported symbols, with --symvers: rules symbol-*. What another module may export waits in the set. */
void check_symbols(struct report *report, struct inventory *inventory, const struct policy *policy,
		   const struct subject *subject);

/* The rest of that, when all exports are known. */
void check_symbols_inventory(struct report *report, const struct inventory *inventory);

/* What is loaded against what the hierarchy of the running kernel has selected: rule loaded-not-selected. */
void check_loaded(struct report *report, const char *path, const struct hierarchy *hierarchy,
		  const struct loaded *loaded);

/* Firmware that no package given and no root has: rule firmware-missing. */
void check_firmware(struct report *report, const struct inventory *inventory, const struct policy *policy);

/* The directories of drivers and the links that select versions: rules hierarchy-*, link-*, and their like. */
void check_hierarchy(struct report *report, const struct inventory *inventory, const struct policy *policy);

/* A module of a driver's, which claims devices by its aliases. */
struct claimant {
	char driver[XENSERVER_VERSION_MAX + 1];
	const struct inventory_entry *entry;
};

/* Devices that modules of two drivers claim, COUNT modules of one kernel: rules device-*. */
void check_devices(struct report *report, const struct claimant *claimants, size_t count);

/*
 * What follows the uname in the vermagics among COUNT sorted entries of one kernel below one root, against the kernel's
 * own modules on that root (or the SYSROOT, unless it is NULL), or else against each other: rule vermagic-flags.
 */
void check_vermagics(struct report *report, const struct inventory_entry *entries, size_t count, const char *sysroot);

/* The info.json among COUNT sorted entries of one kernel: rules info-*. */
void check_info(struct report *report, const struct inventory_entry *entries, size_t count);

/* A package by its headers: rules package-*. Its files go into the set. */
void check_package(struct report *report, struct inventory *inventory, const struct policy *policy, const char *path,
		   const struct rpm *rpm);

/* What the package runs on the host. Part of check_package(). */
void check_scriptlets(struct report *report, const char *path, const struct rpm *rpm);

/* Files that several packages own: rule package-conflict. */
void check_packages(struct report *report, const struct inventory *inventory);

#endif
