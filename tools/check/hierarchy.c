// SPDX-License-Identifier: GPL-2.0-only
// The rules on the directories of drivers and on the links that select versions. The code in host/ finds the faults.
// This file reports them.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/array.h"
#include "base/root.h"
#include "base/text.h"
#include "check/check.h"
#include "host/depmod_config.h"
#include "host/hierarchy_build.h"

/* The entries of one kernel below one root, in the order of their paths. */
struct group {
	const struct inventory_entry *entries;
	size_t count;
	struct claimant *modules; /* modules in the directory of a driver's version */
	size_t module_count;
};

static bool is_before(const void *entry, const void *below)
{
	return strcmp(((const struct inventory_entry *)entry)->below, below) < 0;
}

/* The index of the first entry whose path below the kernel's directory is not before BELOW. */
static size_t find_entry(const struct group *group, const char *below)
{
	return array_lower_bound(group->entries, group->count, sizeof(*group->entries), below, is_before);
}

static bool has_entry(const struct group *group, const char *below)
{
	size_t i = find_entry(group, below);

	return i < group->count && strcmp(group->entries[i].below, below) == 0;
}

/* Whether REST, a path below xenserver/ or dmv/, is <driver>/<version>/<file>. Copies the driver. */
static bool is_in_version(const char *rest, char driver[XENSERVER_VERSION_MAX + 1])
{
	char version[XENSERVER_VERSION_MAX + 1];

	return hierarchy_take_name(&rest, driver) && hierarchy_take_name(&rest, version) && *rest && !strchr(rest, '/');
}

/*
 * If a link of updates/ leads to a file that exists and is not among the inputs: the file's path below
 * /lib/modules/<uname>/. Otherwise NULL. The inputs may be only a part of the host.
 */
static const char *unlisted_target(const struct group *group, const struct inventory_entry *link)
{
	char uname[UNAME_MAX + 1], driver[XENSERVER_VERSION_MAX + 1], *path;
	const char *below = NULL, *rest;
	size_t root_len;
	struct stat st;
	bool there;

	if (strncmp(link->text, "../", 3) == 0)
		below = link->text + 3;
	else if (*link->text == '/')
		below = module_path_below(link->text, uname, &root_len);
	if (!below || !*link->root || !inventory_in_hierarchy(below, &rest) || !is_in_version(rest, driver) ||
	    has_entry(group, below))
		return NULL;
	path = text_format("%slib/modules/%s/%s", link->root, link->uname, below);
	there = lstat(path, &st) == 0;
	free(path);
	return there ? below : NULL;
}

static void build(struct hierarchy *hierarchy, const struct group *group)
{
	struct hierarchy_file *files = need_memory(2 * group->count + 1, sizeof(*files));
	size_t count = 0;

	for (size_t i = 0; i < group->count; i++) {
		const struct inventory_entry *entry = &group->entries[i];
		bool is_link = entry->kind == ENTRY_LINK;
		const char *more = is_link && strncmp(entry->below, "updates/", strlen("updates/")) == 0
					   ? unlisted_target(group, entry)
					   : NULL;

		files[count++] = (struct hierarchy_file){entry->below, is_link ? FILE_LINK : FILE_REGULAR,
							 is_link ? entry->text : NULL};
		if (more)
			files[count++] = (struct hierarchy_file){more, FILE_REGULAR, NULL};
	}
	hierarchy_build(hierarchy, group->entries->uname, files, count);
	free(files);
}

static const enum rule_id rule_of_fault[] = {
	[FAULT_PLACE] = RULE_HIERARCHY_LAYOUT,	       [FAULT_NAME] = RULE_HIERARCHY_LAYOUT,
	[FAULT_FILE] = RULE_HIERARCHY_FOREIGN,	       [FAULT_LINK] = RULE_HIERARCHY_FOREIGN,
	[FAULT_COPY] = RULE_MODULE_TWO_COPIES,	       [FAULT_EMPTY] = RULE_HIERARCHY_EMPTY,
	[FAULT_UNREADABLE] = RULE_READ_FAILED,	       [FAULT_LEFTOVER] = RULE_HIERARCHY_FOREIGN,
	[FAULT_TWO_DRIVERS] = RULE_MODULE_TWO_DRIVERS, [FAULT_MIXED] = RULE_SELECTION_MIXED,
	[FAULT_ABSOLUTE] = RULE_LINK_ABSOLUTE,	       [FAULT_MISNAMED] = RULE_LINK_MISNAMED,
	[FAULT_DANGLING] = RULE_LINK_DANGLING,	       [FAULT_ESCAPING] = RULE_LINK_ESCAPING,
	[FAULT_FOREIGN] = RULE_HIERARCHY_FOREIGN,
};

/* The path of a fault may be that of an input, of a directory that has inputs, or of another file on the root. */
static void report_fault(struct report *report, const struct group *group, const struct fault *fault)
{
	size_t i = find_entry(group, fault->path), len = strlen(fault->path);
	const struct inventory_entry *entry = i < group->count ? &group->entries[i] : NULL;
	char *path;

	if (entry && strncmp(entry->below, fault->path, len) == 0 &&
	    (entry->below[len] == '\0' || entry->below[len] == '/')) {
		report_add(report, rule_of_fault[fault->kind], entry->path, "%s", fault->text);
		return;
	}
	entry = group->entries;
	path = text_format("%slib/modules/%s/%s", entry->root, entry->uname, fault->path);
	report_add(report, rule_of_fault[fault->kind], path, "%s", fault->text);
	free(path);
}

static void check_faults(struct report *report, const struct group *group)
{
	struct hierarchy hierarchy;

	build(&hierarchy, group);
	for (size_t i = 0; i < hierarchy.fault_count; i++)
		report_fault(report, group, &hierarchy.faults[i]);
	hierarchy_free(&hierarchy);
}

static void find_modules(struct group *group)
{
	const char *rest;

	group->modules = need_memory(group->count, sizeof(*group->modules));
	for (size_t i = 0; i < group->count; i++) {
		struct claimant *module = &group->modules[group->module_count];

		module->entry = &group->entries[i];
		if (module->entry->kind == ENTRY_MODULE && inventory_in_hierarchy(module->entry->below, &rest) &&
		    is_in_version(rest, module->driver))
			group->module_count++;
	}
}

static void check_depmod(struct report *report, const struct inventory *inventory, const struct group *group)
{
	const struct inventory_entry *entry =
		group->module_count ? group->modules[group->module_count - 1].entry : NULL;
	struct root root;
	bool told = inventory->excludes;

	if (!entry || strncmp(entry->below, "xenserver/", strlen("xenserver/")) != 0)
		return;
	if (*entry->root) {
		if (root_open(&root, entry->root) != 0)
			return;
		told = depmod_config_tells(&root, "xenserver") != 0;
		root_close(&root);
	}
	if (!told)
		report_add(report, RULE_DEPMOD_EXCLUDE, entry->path, "no file of %s has the line \"exclude xenserver\"",
			   *entry->root ? "the root's etc/depmod.d" : "the packages' /etc/depmod.d");
}

static void check_group(struct report *report, const struct inventory *inventory, const struct policy *policy,
			struct group *group)
{
	find_modules(group);
	check_faults(report, group);
	check_depmod(report, inventory, group);
	check_devices(report, group->modules, group->module_count);
	check_vermagics(report, group->entries, group->count, policy->sysroot);
	check_info(report, group->entries, group->count);
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
