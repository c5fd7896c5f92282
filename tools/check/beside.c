// SPDX-License-Identifier: GPL-2.0-only
// The rules on packages of modules that hosts install beside other versions: package-excludes, package-selection.
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/array.h"
#include "base/module_path.h"
#include "base/text.h"
#include "check/check.h"

/* The driver of the package: that of the first file that belongs to a version of one. False if there is none. */
static bool find_driver(const struct rpm *rpm, struct module_path *location)
{
	location->driver[0] = '\0';
	for (size_t i = 0; i < rpm->file_count && !location->driver[0]; i++)
		module_path_read(rpm->files[i].path, location);
	return location->driver[0];
}

/* Whether NAME is that of other module packages of the driver: <driver>-<version>-modules-... */
static bool is_version_of(const char *name, const char *driver, const struct rpm *rpm)
{
	size_t len = strlen(driver);

	return strncmp(name, driver, len) == 0 && name[len] == '-' && strstr(name + len + 1, "-modules-") &&
	       strcmp(name, rpm->name) != 0;
}

static void report_relation(struct report *report, const char *path, const char *what,
			    const struct rpm_dependency *relation)
{
	char *name = text_safe(relation->name), *version = text_safe(relation->version);

	report_add(report, RULE_PACKAGE_EXCLUDES, path, "it %s %s%s%s", what, name, *version ? " " : "", version);
	free(version);
	free(name);
}

static void check_relations(struct report *report, const char *path, const struct rpm *rpm, const char *driver)
{
	char *in_name = check_text_for_name(driver);
	/* The macros of the kit make each module package of the driver provide this. */
	char *provided = text_format("%s-modules", in_name);
	size_t i;

	for (i = 0; i < rpm->obsolete_count && !is_version_of(rpm->obsoletes[i].name, in_name, rpm); i++)
		;
	if (i < rpm->obsolete_count)
		report_relation(report, path, "obsoletes", &rpm->obsoletes[i]);
	for (i = 0; i < rpm->conflict_count; i++)
		if (is_version_of(rpm->conflicts[i].name, in_name, rpm) ||
		    strcmp(rpm->conflicts[i].name, provided) == 0)
			break;
	if (i < rpm->conflict_count)
		report_relation(report, path, "conflicts with", &rpm->conflicts[i]);
	free(provided);
	free(in_name);
}

/* The absolute path that a link at PATH leads to, with "." and ".." taken out. The caller frees it. */
static char *target_of(const char *path, const char *link)
{
	const char *slash = strrchr(path, '/');
	char *joined = *link == '/' ? text_format("%s", link)
				    : text_format("%.*s/%s", slash ? (int)(slash - path) : 0, path, link);
	char *clean = need_memory(strlen(joined) + 2, 1), *end = clean, *next = joined, *part;

	while ((part = strsep(&next, "/"))) {
		if (!*part || strcmp(part, ".") == 0)
			continue;
		if (strcmp(part, "..") == 0) {
			while (end > clean && *--end != '/')
				;
			*end = '\0';
			continue;
		}
		*end++ = '/';
		end = stpcpy(end, part);
	}
	free(joined);
	return clean;
}

static bool is_in_hierarchy(const char *path)
{
	char uname[UNAME_MAX + 1];
	const char *below, *rest;
	size_t root_len;

	below = module_path_below(path, uname, &root_len);
	return below && inventory_in_hierarchy(below, &rest);
}

static const char *base_of(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

/* Why the file selects a version, as a clause; NULL if it does not. NAMES has the modules of the versions. */
static const char *selects(const struct rpm_file *file, struct string_list *names)
{
	char uname[UNAME_MAX + 1], *target;
	const char *below, *rest;
	size_t root_len;
	bool leads;

	below = module_path_below(file->path, uname, &root_len);
	if (!below || S_ISDIR(file->mode) || inventory_in_hierarchy(below, &rest) ||
	    strncmp(below, "unselected/", strlen("unselected/")) == 0)
		return NULL;
	if (S_ISLNK(file->mode)) {
		target = target_of(file->path, file->link);
		leads = is_in_hierarchy(target);
		free(target);
		if (leads)
			return "a link to a version";
	}
	if (!name_module_suffix(file->path))
		return NULL;
	if (file->ghost)
		return "a file that is not in the package (%ghost), and that rpm removes with it";
	return string_list_has(names, base_of(file->path)) ? "a copy of a module of a version" : NULL;
}

static void check_selecting(struct report *report, const char *path, const struct rpm *rpm)
{
	struct string_list names = {0};
	const char *why = NULL;

	for (size_t i = 0; i < rpm->file_count; i++)
		if (is_in_hierarchy(rpm->files[i].path))
			string_list_add(&names, base_of(rpm->files[i].path));
	for (size_t i = 0; i < rpm->file_count && !why; i++) {
		why = selects(&rpm->files[i], &names);
		if (why) {
			char *safe = text_safe(rpm->files[i].path);

			report_add(report, RULE_PACKAGE_SELECTION, path, "it has %s, %s", safe, why);
			free(safe);
		}
	}
	string_list_free(&names);
}

void check_beside(struct report *report, const char *path, const struct rpm *rpm)
{
	struct module_path location;

	if (find_driver(rpm, &location))
		check_relations(report, path, rpm, location.driver);
	check_selecting(report, path, rpm);
}
