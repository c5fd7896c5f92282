// SPDX-License-Identifier: GPL-2.0-only
// The rules on the directories of drivers and on the links that select versions: hierarchy-*, link-*, selection-*.
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/name.h"
#include "base/root.h"
#include "base/text.h"
#include "check/check.h"
#include "host/depmod_config.h"

/* One entry with its place in the hierarchy taken apart. */
struct located {
	const struct inventory_entry *entry;
	char driver[XENSERVER_VERSION_MAX + 1], version[XENSERVER_VERSION_MAX + 1];
	const char *file;
	char module[MODULE_NAME_SIZE]; /* the kernel's name of it; of a link, of what it leads to */
};

/* The entries of one kernel below one root, in the order of their paths. */
struct group {
	const struct inventory_entry *entries;
	size_t count;
	struct located *modules; /* those in their place in the hierarchy */
	size_t module_count;
	struct located *links; /* the links of updates/ that lead to a place in the hierarchy */
	size_t link_count;
};

/* Copies the component before the next slash, if it is a legal name. */
static const char *take_name(const char *at, char out[XENSERVER_VERSION_MAX + 1])
{
	size_t len = strcspn(at, "/");

	if (at[len] != '/' || !name_is_legal_n(at, len))
		return NULL;
	memcpy(out, at, len);
	out[len] = '\0';
	return at + len + 1;
}

/* Takes <driver>/<version>/<file> apart; false when it is not that. */
static bool take_apart(const char *rest, struct located *located)
{
	const char *at = take_name(rest, located->driver);

	at = at ? take_name(at, located->version) : NULL;
	located->file = at;
	return at && *at && !strchr(at, '/');
}

static void check_layout(struct report *report, struct group *group, const struct inventory_entry *entry,
			 const char *rest)
{
	struct located located = {.entry = entry};
	char *safe;

	if (!take_apart(rest, &located)) {
		safe = text_safe(rest);
		report_add(report, RULE_HIERARCHY_LAYOUT, entry->path, "found %s, expected <driver>/<version>/<file>",
			   safe);
		free(safe);
	} else if (entry->kind == ENTRY_MODULE) {
		memcpy(located.module, entry->module, sizeof(located.module));
		group->modules[group->module_count++] = located;
	} else if (entry->kind == ENTRY_LINK) {
		report_add(report, RULE_HIERARCHY_FOREIGN, entry->path, "it is a symbolic link");
	} else if (strcmp(located.file, "info.json") != 0) {
		report_add(report, RULE_HIERARCHY_FOREIGN, entry->path, "it is neither a module nor info.json");
	}
}

static const struct inventory_entry *find_entry(const struct group *group, const char *below)
{
	for (size_t low = 0, high = group->count; low < high;) {
		size_t middle = low + (high - low) / 2;
		int order = strcmp(group->entries[middle].below, below);

		if (order == 0)
			return &group->entries[middle];
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

/* The file may not have been among the inputs: then the disk is asked. */
static bool exists(const struct group *group, const struct inventory_entry *link, const char *below)
{
	char *path;
	struct stat st;
	bool there;

	if (find_entry(group, below))
		return true;
	if (!*link->root)
		return false;
	path = text_format("%slib/modules/%s/%s", link->root, link->uname, below);
	there = lstat(path, &st) == 0;
	free(path);
	return there;
}

/* By name first: for what has the same name. */
static int compare_modules(const void *a, const void *b)
{
	const struct located *x = a, *y = b;
	int order = strcmp(x->module, y->module);

	if (order == 0)
		order = strcmp(x->driver, y->driver);
	if (order == 0)
		order = strcmp(x->version, y->version);
	return order ? order : strcmp(x->entry->path, y->entry->path);
}

/* By driver and version first: for what belongs together. */
static int compare_places(const void *a, const void *b)
{
	const struct located *x = a, *y = b;
	int order = strcmp(x->driver, y->driver);

	if (order == 0)
		order = strcmp(x->version, y->version);
	return order ? order : strcmp(x->module, y->module);
}

static int compare_name_only(const void *a, const void *b)
{
	return strcmp(((const struct located *)a)->module, ((const struct located *)b)->module);
}

static void sort(struct located *all, size_t count, int (*compare)(const void *, const void *))
{
	if (count)
		qsort(all, count, sizeof(*all), compare);
}

static bool is_among(const struct located *key, const struct located *all, size_t count,
		     int (*compare)(const void *, const void *))
{
	return count && bsearch(key, all, count, sizeof(*all), compare);
}

/* Needs the modules sorted by name. */
static bool is_ours(const struct group *group, const char *module)
{
	struct located key = {0};

	snprintf(key.module, sizeof(key.module), "%s", module);
	return is_among(&key, group->modules, group->module_count, compare_name_only);
}

/*
 * What a link in updates/ leads to, below /lib/modules/<uname>/; NULL when that is elsewhere. Only the plain forms
 * are understood, relative by one "..", or absolute: all others are somebody else's.
 */
static const char *target_below(const struct inventory_entry *link, bool *absolute)
{
	const char *target = link->text, *below;
	char uname[UNAME_MAX + 1];
	size_t root_len;

	*absolute = target[0] == '/';
	if (strncmp(target, "../", 3) == 0)
		below = target + 3;
	else
		below = *absolute ? module_path_below(target, uname, &root_len) : NULL;
	if (!below || (*absolute && (root_len > 1 || strcmp(uname, link->uname) != 0)) || strstr(below, "../"))
		return NULL;
	return below;
}

static void report_link(struct report *report, enum rule_id rule, const struct inventory_entry *link)
{
	char *safe = text_safe(link->text);

	report_add(report, rule, link->path, "it leads to %s", safe);
	free(safe);
}

static void check_link(struct report *report, struct group *group, const struct inventory_entry *link)
{
	char module[MODULE_NAME_SIZE];
	struct located to = {.entry = link};
	const char *below, *rest = NULL;
	bool absolute;

	name_of_module(link->below, module);
	below = target_below(link, &absolute);
	if (!below || !inventory_in_hierarchy(below, &rest) || !take_apart(rest, &to)) {
		/* Somebody else's link is none of ours, unless it stands where ours would or leaves the kernel. */
		if (!below || rest || is_ours(group, module))
			report_link(report, RULE_LINK_ESCAPING, link);
		return;
	}
	name_of_module(to.file, to.module);
	group->links[group->link_count++] = to;
	if (!exists(group, link, below))
		report_link(report, RULE_LINK_DANGLING, link);
	/* XenServer 9 makes its links, to its own directory, absolute. */
	else if (absolute && strncmp(below, "dmv/", 4) != 0)
		report_link(report, RULE_LINK_ABSOLUTE, link);
}

static void check_update(struct report *report, struct group *group, const struct inventory_entry *entry)
{
	if (!name_module_suffix(entry->below) || strchr(entry->below + strlen("updates/"), '/'))
		return;
	if (entry->kind == ENTRY_LINK)
		check_link(report, group, entry);
	else if (entry->kind == ENTRY_MODULE && is_ours(group, entry->module))
		report_add(report, RULE_HIERARCHY_FOREIGN, entry->path,
			   "it is a file where the link that selects a version of %s belongs", entry->module);
}

/* All modules of the version that LINK selects must have a link. Needs both sorted by place. */
static void check_whole(struct report *report, const struct group *group, const struct located *link)
{
	size_t low = 0, high = group->module_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		const struct located *module = &group->modules[middle];
		int order = strcmp(module->driver, link->driver);

		if (order == 0)
			order = strcmp(module->version, link->version);
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	for (; low < group->module_count; low++) {
		const struct located *module = &group->modules[low];

		if (strcmp(module->driver, link->driver) != 0 || strcmp(module->version, link->version) != 0)
			break;
		if (!is_among(module, group->links, group->link_count, compare_places))
			report_add(report, RULE_SELECTION_MIXED, module->entry->path,
				   "%s is selected at %s, but no link leads to its module %s", link->driver,
				   link->version, module->module);
	}
}

static void check_mixed(struct report *report, const struct group *group)
{
	const struct located *first = NULL;

	for (size_t i = 0; i < group->link_count; i++) {
		const struct located *link = &group->links[i];

		if (!first || strcmp(first->driver, link->driver) != 0) {
			first = link;
			check_whole(report, group, link);
		} else if (strcmp(first->version, link->version) != 0) {
			report_add(report, RULE_SELECTION_MIXED, link->entry->path,
				   "%s is selected here at %s, but at %s elsewhere in updates/", link->driver,
				   link->version, first->version);
		}
	}
}

/* Needs the modules sorted by name. */
static void check_names(struct report *report, const struct group *group)
{
	for (size_t i = 1; i < group->module_count; i++) {
		const struct located *before = &group->modules[i - 1], *module = &group->modules[i];

		if (strcmp(before->entry->module, module->entry->module) != 0)
			continue;
		if (strcmp(before->driver, module->driver) != 0)
			report_add(report, RULE_MODULE_TWO_DRIVERS, module->entry->path,
				   "%s is a module of the drivers %s and %s", module->entry->module, before->driver,
				   module->driver);
		else if (strcmp(before->version, module->version) == 0 && strcmp(before->file, module->file) != 0) {
			char *safe = text_safe(before->file);

			report_add(report, RULE_MODULE_TWO_COPIES, module->entry->path, "%s stands beside it", safe);
			free(safe);
		}
	}
}

static void check_claims(struct report *report, const struct group *group)
{
	struct claimant *claimants = need_memory(group->module_count, sizeof(*claimants));

	for (size_t i = 0; i < group->module_count; i++)
		claimants[i] = (struct claimant){group->modules[i].driver, group->modules[i].entry};
	check_devices(report, claimants, group->module_count);
	free(claimants);
}

static void check_depmod(struct report *report, const struct inventory *inventory, const struct group *group)
{
	const struct inventory_entry *entry = group->module_count ? group->modules[0].entry : NULL;
	struct root root;
	bool told = inventory->excludes;

	if (!entry || strncmp(entry->below, "xenserver/", strlen("xenserver/")) != 0)
		return;
	if (*entry->root) {
		if (root_open(&root, entry->root) != 0)
			return;
		told = depmod_is_told_to_exclude(&root, "xenserver");
		root_close(&root);
	}
	if (!told)
		report_add(report, RULE_DEPMOD_EXCLUDE, entry->path, "no file of %s has the line \"exclude xenserver\"",
			   *entry->root ? "the root's etc/depmod.d" : "the packages' /etc/depmod.d");
}

static void check_group(struct report *report, const struct inventory *inventory, const struct policy *policy,
			struct group *group)
{
	const char *rest;

	group->modules = need_memory(group->count, sizeof(*group->modules));
	group->links = need_memory(group->count, sizeof(*group->links));
	for (size_t i = 0; i < group->count; i++)
		if (inventory_in_hierarchy(group->entries[i].below, &rest))
			check_layout(report, group, &group->entries[i], rest);
	sort(group->modules, group->module_count, compare_modules);
	check_names(report, group);
	for (size_t i = 0; i < group->count; i++)
		if (strncmp(group->entries[i].below, "updates/", strlen("updates/")) == 0)
			check_update(report, group, &group->entries[i]);
	check_depmod(report, inventory, group);
	check_claims(report, group);
	check_vermagics(report, group->entries, group->count, policy->sysroot);
	check_info(report, group->entries, group->count);
	sort(group->modules, group->module_count, compare_places);
	sort(group->links, group->link_count, compare_places);
	check_mixed(report, group);
	free(group->links);
	free(group->modules);
}

void check_hierarchy(struct report *report, const struct inventory *inventory, const struct policy *policy)
{
	for (size_t i = 0, n; i < inventory->entry_count; i += n) {
		const struct inventory_entry *first = &inventory->entries[i];
		struct group group = {.entries = first};

		for (n = 1; i + n < inventory->entry_count; n++)
			if (strcmp(first[n].root, first->root) != 0 || strcmp(first[n].uname, first->uname) != 0)
				break;
		group.count = n;
		check_group(report, inventory, policy, &group);
	}
}
