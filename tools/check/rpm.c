// SPDX-License-Identifier: GPL-2.0-only
// The rules on RPM packages: package-*.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/array.h"
#include "base/module_path.h"
#include "base/profile.h"
#include "base/text.h"
#include "check/check.h"
#include "package/rpm_signature.h"

/*
 * The directories in which a package of modules, and a package of data, may have files. A '*' is the name of one
 * directory. A path without '/' at its end is a file.
 */
static const char *const module_paths[] = {
	"/lib/modules/*/xenserver/", "/lib/modules/*/dmv/", "/lib/modules/*/unselected/", "/lib/modules/*/updates/",
	"/lib/modules/*/extra/",     "/etc/depmod.d/",	    "/usr/lib/depmod.d/",	  "/usr/share/doc/",
	"/usr/share/licenses/",	     "/usr/share/man/",	    "/usr/lib/.build-id/",	  NULL,
};

static const char *const data_paths[] = {
	"/etc/", "/lib/firmware/", "/usr/share/doc/", "/usr/share/licenses/", NULL,
};

/* A package of programs and libraries that belong to a driver. */
#define TOOLS_SUFFIX "-tools"
static const char *const tools_paths[] = {
	"/etc/", "/usr/bin/", "/usr/sbin/", "/usr/lib/", "/usr/lib64/", "/usr/libexec/", "/usr/share/", "/opt/", NULL,
};

/* The kit's own package xs-driver-static, which may be on a disk. */
#define STATIC_PACKAGE "xs-driver-static"
static const char *const static_paths[] = {
	"/usr/sbin/xs-driver", "/usr/sbin/driver-tool", "/usr/bin/xs-ddk", "/usr/share/man/", NULL,
};

/* Whether PATH is below the directory PATTERN, or is a directory above PATTERN. */
static bool is_below(const char *path, const char *pattern)
{
	while (*pattern && *path) {
		if (*pattern == '*') {
			path += strcspn(path, "/");
			pattern++;
		} else if (*path++ != *pattern++) {
			return false;
		}
	}
	/* PATTERN has ended, or PATH is a directory above PATTERN. */
	return *pattern == '\0' || *pattern == '/' || (!*path && path[-1] == '/');
}

static bool ends(const char *s, const char *suffix)
{
	size_t len = strlen(s), n = strlen(suffix);

	return len >= n && strcmp(s + len - n, suffix) == 0;
}

static bool is_allowed(const struct rpm_file *file, const char *const *patterns)
{
	const char *path = file->path;
	char *directory = NULL;
	bool allowed = false;

	/* On some hosts, /lib is a link to usr/lib, so both paths mean the same directory. */
	if (strncmp(path, "/usr/lib/modules/", 17) == 0 || strncmp(path, "/usr/lib/firmware/", 18) == 0)
		path += 4;
	/* The path of a directory has no slash at its end. A file must be below the directory PATTERN. */
	if (S_ISDIR(file->mode))
		path = directory = text_format("%s/", path);
	for (; *patterns && !allowed; patterns++) {
		if (ends(*patterns, "/"))
			allowed = is_below(path, *patterns) &&
				  (directory || strlen(path) > strlen(*patterns) || strchr(*patterns, '*'));
		else
			allowed = directory ? is_below(path, *patterns) : strcmp(path, *patterns) == 0;
	}
	free(directory);
	return allowed;
}

/* The first file below /lib/modules/<uname>/; NULL if the package has no such file. Copies the uname. */
static const struct rpm_file *first_module_path(const struct rpm *rpm, char uname[UNAME_MAX + 1])
{
	size_t root_len;

	for (size_t i = 0; i < rpm->file_count; i++)
		if (!S_ISDIR(rpm->files[i].mode) && module_path_below(rpm->files[i].path, uname, &root_len))
			return &rpm->files[i];
	return NULL;
}

static void check_paths(struct report *report, const char *path, const struct rpm *rpm, bool modules)
{
	bool is_static = !modules && strcmp(rpm->name, STATIC_PACKAGE) == 0;
	bool is_tools = !modules && ends(rpm->name, TOOLS_SUFFIX);
	const char *const *patterns = modules	  ? module_paths
				      : is_static ? static_paths
				      : is_tools  ? tools_paths
						  : data_paths;
	const char *kind = modules ? "modules" : is_static ? "xs-driver" : is_tools ? "tools" : "data";
	size_t wrong = 0;
	char *first = NULL;

	for (size_t i = 0; i < rpm->file_count; i++) {
		if (is_allowed(&rpm->files[i], patterns))
			continue;
		if (wrong++ == 0)
			first = text_safe(rpm->files[i].path);
	}
	if (wrong > 1)
		report_add(report, RULE_PACKAGE_PATH, path,
			   "it has %s and %zu more, which a package of %s must not have", first, wrong - 1, kind);
	else if (wrong)
		report_add(report, RULE_PACKAGE_PATH, path, "it has %s, which a package of %s must not have", first,
			   kind);
	free(first);
}

/* Directories and links are left out: only the modes of files are judged. */
static void check_modes(struct report *report, const char *path, const struct rpm *rpm)
{
	for (size_t i = 0; i < rpm->file_count; i++) {
		char *safe;

		if (!S_ISREG(rpm->files[i].mode) || rpm->files[i].ghost || (rpm->files[i].mode & 0444))
			continue;
		safe = text_safe(rpm->files[i].path);
		report_add(report, RULE_PACKAGE_MODE, path, "the mode of %s is %04o", safe, rpm->files[i].mode & 07777);
		free(safe);
		return;
	}
}

char *check_text_for_name(const char *s)
{
	struct growing_text name = {0};

	text_add(&name, "%s", "");
	for (; *s; s++)
		text_add(&name, "%s", *s == '~' ? "_tilde_" : *s == '@' ? "_at_" : (const char[]){*s, '\0'});
	return name.text;
}

/*
 * Whether NAME is <driver>-<version>-modules-<flavour>-<kernel>. Any flavour is accepted, because the uname has it too.
 */
static bool is_contract_name(const char *name, const struct module_path *location)
{
	char *driver = check_text_for_name(location->driver), *version = check_text_for_name(location->version);
	char *start = text_format("%s-%s-modules-", driver, version);
	bool fits = strncmp(name, start, strlen(start)) == 0 && ends(name, location->uname);

	free(start);
	free(version);
	free(driver);
	return fits;
}

static void check_name(struct report *report, const char *path, const struct rpm *rpm)
{
	for (size_t i = 0; i < rpm->file_count; i++) {
		struct module_path location;
		char *safe;

		module_path_read(rpm->files[i].path, &location);
		if (!location.driver[0] || is_contract_name(rpm->name, &location))
			continue;
		safe = text_safe(rpm->name);
		report_add(report, RULE_PACKAGE_NAME, path,
			   "it is called %s, expected %s-%s-modules-<flavour>-%s by its files", safe, location.driver,
			   location.version, location.uname);
		free(safe);
		return;
	}
}

/*
 * The version of the package counts packagings. It should not be the version of the driver. RPM allows no dash in it.
 */
static void check_version_release(struct report *report, const char *path, const struct rpm *rpm)
{
	char *version = text_safe(rpm->version), *release = text_safe(rpm->release);

	if (strspn(rpm->version, "0123456789.") != strlen(rpm->version) || rpm->version[0] == '.' ||
	    rpm->release[0] < '0' || rpm->release[0] > '9')
		report_add(report, RULE_PACKAGE_VERSION, path,
			   "it is %s-%s, expected numbers that count the packagings for this kernel, from 1.0-1 on",
			   version, release);
	free(release);
	free(version);
}

static bool begins(const char *s, const char *prefix)
{
	return strncmp(s, prefix, strlen(prefix)) == 0;
}

struct kernel_needs {
	const struct rpm_dependency *uname;  /* kernel-uname-r = ... */
	const struct rpm_dependency *symbol; /* kernel(...) or ksym(...) = ... */
};

static struct kernel_needs find_needs(const struct rpm *rpm)
{
	struct kernel_needs needs = {0};

	for (size_t i = 0; i < rpm->need_count; i++) {
		const struct rpm_dependency *need = &rpm->needs[i];

		if (strcmp(need->name, "kernel-uname-r") == 0)
			needs.uname = need;
		else if (begins(need->name, "kernel(") || begins(need->name, "ksym("))
			needs.symbol = need;
	}
	return needs;
}

static void check_kernel_need(struct report *report, const char *path, const struct rpm *rpm,
			      const struct profile *profile, const char *uname)
{
	struct kernel_needs needs = find_needs(rpm);
	bool any = needs.uname || (profile->symbol_provides && needs.symbol);
	char *safe;

	if (!any && profile->uname_provides)
		report_add(report, RULE_PACKAGE_KERNEL_MISSING, path, "expected kernel-uname-r = %s%s", uname,
			   profile->symbol_provides ? ", or the CRCs of the kernel's symbols" : "");
	if (needs.uname && ((needs.uname->flags & (RPM_LESS | RPM_GREATER | RPM_EQUAL)) != RPM_EQUAL ||
			    strcmp(needs.uname->version, uname) != 0)) {
		safe = text_safe(needs.uname->version);
		report_add(report, RULE_PACKAGE_KERNEL_WRONG, path,
			   "it requires kernel-uname-r %s%s%s %s, expected = %s",
			   needs.uname->flags & RPM_LESS ? "<" : "", needs.uname->flags & RPM_GREATER ? ">" : "",
			   needs.uname->flags & RPM_EQUAL ? "=" : "", safe, uname);
		free(safe);
	}
	if (needs.symbol && !profile->symbol_provides) {
		safe = text_safe(needs.symbol->name);
		report_add(report, RULE_PACKAGE_KERNEL_WRONG, path,
			   "it requires %s, which no kernel package of %s provides", safe, profile->name);
		free(safe);
	}
}

/* Checks each requirement "rpmlib(Feature)" against the rpm of the profile. */
static void check_features(struct report *report, const char *path, const struct rpm *rpm,
			   const struct profile *profile)
{
	for (size_t i = 0; i < rpm->need_count; i++) {
		const char *name = rpm->needs[i].name;
		char *feature, *safe;

		if (!begins(name, "rpmlib(") || !ends(name, ")"))
			continue;
		feature = text_format("%.*s", (int)(strlen(name) - 8), name + 7);
		if (!profile_has(profile, feature)) {
			safe = text_safe(name);
			report_add(report, RULE_PACKAGE_RPMLIB, path, "it needs %s, which the %s of %s lacks", safe,
				   profile->rpm, profile->name);
			free(safe);
		}
		free(feature);
	}
}

void check_package(struct report *report, struct inventory *inventory, const struct policy *policy, const char *path,
		   const struct rpm *rpm)
{
	const struct profile *profile = policy->profile ? policy->profile : profile_find("generic");
	char uname[UNAME_MAX + 1];
	/* These packages are for developers, and not on a disk. */
	bool debug = strstr(rpm->name, "-debuginfo") || strstr(rpm->name, "-debugsource") || ends(rpm->name, "-devel");
	bool modules = !rpm->source && !debug && first_module_path(rpm, uname);

	check_features(report, path, rpm, profile);
	check_scriptlets(report, path, rpm);
	if (rpm->source || debug)
		return;
	check_paths(report, path, rpm, modules);
	check_modes(report, path, rpm);
	inventory_add_package(inventory, path, rpm);
	if (!modules)
		return;
	check_name(report, path, rpm);
	check_version_release(report, path, rpm);
	check_depmod_runs(report, path, rpm);
	check_beside(report, path, rpm);
	check_kernel_need(report, path, rpm, profile, uname);
}

/* rpm accepts a package only if all its signatures are valid. */
static void check_package_signature(struct report *report, const struct policy *policy, const char *path,
				    const struct rpm_signatures *signatures, size_t i)
{
	const char *name = rpm_signature_name(signatures, i);
	const char *covered = signatures->rpm->signatures[i].payload ? "header and payload" : "header";

	switch (rpm_signature_check(signatures, i, policy->package_keys)) {
	case RPM_SIGNATURE_DAMAGED:
		report_add(report, RULE_PACKAGE_SIGNATURE_DAMAGED, path, "librpm cannot read it");
		break;
	case RPM_SIGNATURE_NO_KEY:
		report_add(report, RULE_PACKAGE_SIGNATURE_INVALID, path, "%s, of its %s: none of the keys given", name,
			   covered);
		break;
	case RPM_SIGNATURE_WRONG:
		report_add(report, RULE_PACKAGE_SIGNATURE_INVALID, path,
			   "%s, of its %s: it is for other bytes, or librpm does not accept its algorithm", name,
			   covered);
		break;
	case RPM_SIGNATURE_UNCHECKED:
		if (policy->require_signature && !policy->package_keys)
			report_add(report, RULE_PACKAGE_SIGNATURE_UNCHECKED, path, "%s", name);
		break;
	case RPM_SIGNATURE_VALID:
		break;
	}
}

void check_package_signatures(struct report *report, const struct policy *policy, const char *path,
			      const struct rpm_signatures *signatures)
{
	size_t count = signatures->rpm->signature_count;

	if (count == 0 && (policy->require_signature || policy->package_keys))
		report_add(report, RULE_PACKAGE_UNSIGNED, path, NULL);
	for (size_t i = 0; i < count; i++)
		check_package_signature(report, policy, path, signatures, i);
}

static bool may_meet(const struct inventory_file *a, const struct inventory_file *b)
{
	/* Versions and builds of one package replace each other, so they are never installed together. */
	const char *arch = a->package->arch, *other = b->package->arch;

	return strcmp(a->package->short_name, b->package->short_name) != 0 &&
	       (strcmp(arch, other) == 0 || strcmp(arch, "noarch") == 0 || strcmp(other, "noarch") == 0);
}

/* Whether rpm allows two packages to share the file. */
static bool are_same(const struct inventory_file *a, const struct inventory_file *b)
{
	return a->mode == b->mode && strcmp(a->digest, b->digest) == 0 && strcmp(a->link, b->link) == 0;
}

static void report_conflict(struct report *report, const struct inventory_file *file,
			    const struct inventory_file *other)
{
	char *name = text_safe(file->name), *package = text_safe(other->package->short_name);

	report_add(report, RULE_PACKAGE_CONFLICT, file->package->path, "%s is also in %s, with different content", name,
		   package);
	free(package);
	free(name);
}

static bool have_same_files(const struct inventory_package *a, const struct inventory_package *b)
{
	return a->content_len == b->content_len && memcmp(a->content, b->content, a->content_len) == 0;
}

static void check_same_names(struct report *report, const struct inventory *inventory)
{
	for (size_t i = 1; i < inventory->package_count; i++) {
		const struct inventory_package *before = inventory->packages[i - 1], *package = inventory->packages[i];
		char *name, *path;

		if (strcmp(before->name, package->name) != 0 || have_same_files(before, package))
			continue;
		name = text_safe(package->name);
		path = text_safe(before->path);
		report_add(report, RULE_PACKAGE_SAME_NAME, package->path, "%s is also in %s, with different files",
			   name, path);
		free(path);
		free(name);
	}
}

void check_packages(struct report *report, const struct inventory *inventory)
{
	/* Among the files of the same name: the first file, and the first file of another package. */
	const struct inventory_file *first = NULL, *second = NULL;

	check_same_names(report, inventory);
	for (size_t i = 0; i < inventory->file_count; i++) {
		const struct inventory_file *file = &inventory->files[i], *other;

		if (!first || strcmp(first->name, file->name) != 0) {
			first = file;
			second = NULL;
			continue;
		}
		if (!second && strcmp(first->package->short_name, file->package->short_name) != 0)
			second = file;
		other = strcmp(first->package->short_name, file->package->short_name) == 0 ? second : first;
		if (other && may_meet(other, file) && !are_same(other, file))
			report_conflict(report, file, other);
	}
}
