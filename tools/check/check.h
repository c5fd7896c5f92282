/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The checks of the rules. The reader of the inputs calls check_subject() for each module. Several threads may call it,
 * each with its own report. Afterwards it calls check_inventory() once. Each other function here checks one topic.
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
struct kernel_builds;
struct loaded;
struct openpgp_keys;
struct profile;
struct rpm_signatures;
struct symvers;

/* What the command line asks for. A NULL pointer means: not asked for. All threads read it. */
struct policy {
	const char *version; /* the version that records must have; a legal name */
	const char *uname;   /* the kernel that modules must be for; a legal name */
	struct symvers *symvers;
	struct certificates *certificates;
	struct openpgp_keys *package_keys;
	const struct profile *profile;
	const struct kernel_builds *builds;
	const char *sysroot;
	bool require_signature;
};

/* One module to check. */
struct subject {
	const char *path;      /* for messages; any bytes */
	const char *host_path; /* the path on a host, for module_path_read() */
	const char *name;      /* the file's name */
	const struct module *module;
	bool packaged;	   /* the module is in a package, so it will be installed at host_path */
	bool alone;	   /* the module is a PATH of the command line; files around it are not checked */
	const void *bytes; /* the whole file, module->size bytes, if check_wants_bytes() or if it is cheap; else NULL */
};

/* Whether each subject must have its bytes. */
bool check_wants_bytes(const struct policy *policy);

/* Runs all checks that need only this module. Adds to the inventory what the later checks need of it. */
void check_subject(struct report *report, struct inventory *inventory, const struct policy *policy,
		   const struct subject *subject);

/* Runs the checks that need all inputs. Sorts the inventory first. */
void check_inventory(struct report *report, struct inventory *inventory, const struct policy *policy);

/* Checks the record: rules note-*, except those about the header of its section. PATH is as in report_add(). */
void check_note(struct report *report, const char *path, const struct note_reading *note);

/* Checks the file as an ELF module, and the header of the record's section. False: the other checks make no sense. */
bool check_module(struct report *report, const char *path, const struct module *module);

/* Checks .modinfo: the other rules module-*. Debugging information is a finding only in a package. */
void check_modinfo(struct report *report, const struct subject *subject);

/* Compares the record's version with the expected one: rule path-version. */
void check_version(struct report *report, const char *path, const struct note_reading *note, const char *expected);

/* Compares MODULE_VERSION with the record's version: rule module-version. */
void check_module_version(struct report *report, const struct subject *subject);

/* Compares the vermagic's kernel with the expected one: rule path-kernel. */
void check_kernel(struct report *report, const char *path, const struct module *module, const char *expected);

/* Compares the file's name with the module's name: rule path-name. */
void check_file_name(struct report *report, const struct subject *subject);

/* Checks the appended signature: rules signature-*. */
void check_signature(struct report *report, const struct policy *policy, const struct subject *subject);

/* Checks what the module's kernel would do with it: rules kernel-* and module-compiler. Needs policy->builds. */
void check_kernel_build(struct report *report, const struct policy *policy, const struct subject *subject);

/*
 * Checks imported symbols against --symvers: rules symbol-*. Another module may export a symbol that --symvers does not
 * have. Such a symbol goes into the inventory, for check_symbols_inventory().
 */
void check_symbols(struct report *report, struct inventory *inventory, const struct policy *policy,
		   const struct subject *subject);

/* Checks the symbols in the inventory, when all exports are known. */
void check_symbols_inventory(struct report *report, const struct inventory *inventory);

/* Compares the loaded modules with those that the running kernel's hierarchy selects: rule loaded-not-selected. */
void check_loaded(struct report *report, const char *path, const struct hierarchy *hierarchy,
		  const struct loaded *loaded);

/* Checks for firmware that is in no package given and on no root: rule firmware-missing. */
void check_firmware(struct report *report, const struct inventory *inventory, const struct policy *policy);

/* Checks the directories of drivers, and the links that select versions: rules hierarchy-*, link-* and others. */
void check_hierarchy(struct report *report, const struct inventory *inventory, const struct policy *policy);

/* A module of a driver. It claims devices by its aliases. */
struct claimant {
	char driver[XENSERVER_VERSION_MAX + 1];
	const struct inventory_entry *entry;
};

/* Checks for devices that two drivers claim, among COUNT modules of one kernel: rules device-*. */
void check_devices(struct report *report, const struct claimant *claimants, size_t count);

/*
 * Compares the rest of the vermagic, after the uname, of modules with that of the kernel's own modules: rule
 * vermagic-flags. ENTRIES are COUNT sorted entries of one kernel below one root. The kernel's own modules are on
 * SYSROOT, or on that root if SYSROOT is NULL. If there are none, the modules are compared with each other.
 */
void check_vermagics(struct report *report, const struct inventory_entry *entries, size_t count, const char *sysroot);

/* Checks each info.json among COUNT sorted entries of one kernel: rules info-*. */
void check_info(struct report *report, const struct inventory_entry *entries, size_t count);

/* Checks a package by its headers: rules package-*. Adds its files to the inventory. */
void check_package(struct report *report, struct inventory *inventory, const struct policy *policy, const char *path,
		   const struct rpm *rpm);

/* Checks the signatures of a package, after all of it was read: rules package-signature-* and package-unsigned. */
void check_package_signatures(struct report *report, const struct policy *policy, const char *path,
			      const struct rpm_signatures *signatures);

/* Checks the scriptlets of a package. check_package() calls it. */
void check_scriptlets(struct report *report, const char *path, const struct rpm *rpm);

/* Checks that a scriptlet of a package of modules runs depmod. check_package() calls it. */
void check_depmod_runs(struct report *report, const char *path, const struct rpm *rpm);

/* The text as a part of an RPM name, which allows neither '~' nor '@'. The caller frees it. */
char *check_text_for_name(const char *s);

/*
 * Checks that a package of modules can be installed beside other versions of its driver: rules package-excludes and
 * package-selection. check_package() calls it.
 */
void check_beside(struct report *report, const char *path, const struct rpm *rpm);

/* Checks what packages make together: the rules matrix-gap, signature-mixed, signature-signers and version-same. */
void check_sets(struct report *report, const struct inventory *inventory);

/*
 * Checks for files that are in several packages: rule package-conflict. Checks for different packages that have the
 * same name, version and release: rule package-same-name.
 */
void check_packages(struct report *report, const struct inventory *inventory);

#endif
