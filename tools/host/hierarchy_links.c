// SPDX-License-Identifier: GPL-2.0-only
// The links in updates/: where they point to, and which version of each driver they select.
#include "host/hierarchy_links.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/die.h"
#include "base/text.h"
#include "base/version.h"

/* The part of the target of a link after /lib/modules/<uname>/, or NULL if the link points elsewhere. */
static const char *target_below(const struct hierarchy *h, const char *target)
{
	static const char *const roots[] = {"/lib/modules/", "/usr/lib/modules/"};
	size_t len = strlen(h->uname);

	if (strncmp(target, "../", 3) == 0)
		return target + 3;
	for (size_t i = 0; i < sizeof(roots) / sizeof(roots[0]); i++) {
		const char *at = target + strlen(roots[i]);

		if (strncmp(target, roots[i], strlen(roots[i])) == 0 && strncmp(at, h->uname, len) == 0 &&
		    at[len] == '/')
			return at + len + 1;
	}
	return NULL;
}

/*
 * Splits the target of a link into its parts; reads no file. Sets *FILE to the file name in the target, or to NULL if
 * the target is not <driver>/<version>/<module> in xenserver/ or dmv/.
 */
static void take_target(const struct hierarchy *h, struct update *update, const char **file)
{
	const char *at = target_below(h, update->target);
	bool is_dmv = false;
	size_t skip;

	*file = NULL;
	for (enum layout layout = 0; at && layout < LAYOUTS; layout++) {
		const char *rest = at;

		skip = strlen(layout_directory(layout));
		if (strncmp(at, layout_directory(layout), skip) != 0 || at[skip] != '/')
			continue;
		rest += skip + 1;
		is_dmv = layout == LAYOUT_DMV;
		if (hierarchy_take_name(&rest, update->driver) && hierarchy_take_name(&rest, update->version) &&
		    rest[-1] == '/' && name_is_module_file(rest))
			*file = rest;
	}
	update->kind = UPDATE_OURS;
	if (!*file) {
		update->kind = UPDATE_ESCAPING;
		update->driver[0] = update->version[0] = '\0';
	} else if (update->target[0] == '/' && !is_dmv) {
		update->kind = UPDATE_ABSOLUTE;
	}
}

void hierarchy_add_update(struct hierarchy *h, const char *name, const char *target)
{
	struct update *update;
	const char *to;

	h->updates = array_grown(h->updates, h->update_count, sizeof(*h->updates));
	update = &h->updates[h->update_count++];
	memset(update, 0, sizeof(*update));
	update->file = text_format("%s", name);
	name_of_module(update->file, update->module);
	update->kind = UPDATE_FOREIGN;
	if (!target)
		return;
	update->target = text_format("%s", target);
	take_target(h, update, &to);
	if (!to)
		return;
	name_of_module(to, update->to);
	if (strcmp(to, update->file) != 0)
		update->kind = UPDATE_MISNAMED;
}

static int compare_updates(const void *a, const void *b)
{
	const struct update *x = a, *y = b;
	int order = strcmp(x->module, y->module);

	return order ? order : strcmp(x->file, y->file);
}

static int compare_targets(const void *a, const void *b)
{
	return strcmp((*(struct update *const *)a)->driver, (*(struct update *const *)b)->driver);
}

/* Sorts the entries, and removes duplicates: two packages may have the same entry. */
static void sort_updates(struct hierarchy *h)
{
	size_t kept = 0;

	if (h->update_count)
		qsort(h->updates, h->update_count, sizeof(*h->updates), compare_updates);
	for (size_t i = 0; i < h->update_count; i++) {
		if (kept && compare_updates(&h->updates[kept - 1], &h->updates[i]) == 0) {
			free(h->updates[i].file);
			free(h->updates[i].target);
		} else {
			h->updates[kept++] = h->updates[i];
		}
	}
	h->update_count = kept;
}

void hierarchy_adopt_updates(struct hierarchy *h)
{
	struct hierarchy installed = *h;
	struct driver *driver = NULL;
	struct update **updates;

	sort_updates(h);
	updates = need_memory(h->update_count, sizeof(struct update *));
	for (size_t i = 0; i < h->update_count; i++)
		updates[i] = &h->updates[i];
	if (h->update_count)
		qsort(updates, h->update_count, sizeof(struct update *), compare_targets);
	for (size_t i = 0; i < h->update_count; i++) {
		if (!*updates[i]->driver)
			continue;
		if (!driver || strcmp(driver->name, updates[i]->driver) != 0) {
			installed.drivers = h->drivers;
			driver = hierarchy_driver(&installed, updates[i]->driver);
		}
		if (!driver)
			driver = hierarchy_add_driver(h, updates[i]->driver);
		driver_add_module(driver, updates[i]->module);
	}
	free(updates);
}

static int compare_owner(const void *module, const void *owner)
{
	return strcmp(module, ((const struct module_owner *)owner)->module);
}

static bool has_owner(const struct hierarchy *h, const char *module)
{
	return h->owner_count && bsearch(module, h->owners, h->owner_count, sizeof(*h->owners), compare_owner);
}

/* Whether a link points into xenserver/ or dmv/. Its target may be wrong there. */
static bool means_hierarchy(const struct hierarchy *h, const struct update *update)
{
	const char *below = target_below(h, update->target);

	for (enum layout layout = 0; below && layout < LAYOUTS; layout++) {
		size_t len = strlen(layout_directory(layout));

		if (strncmp(below, layout_directory(layout), len) == 0 && below[len] == '/')
			return true;
	}
	return false;
}

static void add_fault(struct hierarchy *h, enum fault_kind kind, const struct update *update, char *text)
{
	char *path = text_format("updates/%s", update->file);

	hierarchy_fault(h, kind, path, update->driver, text);
	free(path);
}

/*
 * Adds the fault of a file or a link that does not belong to a driver. It is a fault only if it has the name of a
 * module of a driver, or if it points into xenserver/ or dmv/.
 */
static void judge_stranger(struct hierarchy *h, const struct update *update)
{
	char *safe = update->target ? text_safe(update->target) : NULL;

	if (!safe && has_owner(h, update->module))
		add_fault(h, FAULT_FOREIGN, update,
			  text_format("it is a file where the link that selects a version of %s belongs",
				      update->module));
	else if (safe && (has_owner(h, update->module) || means_hierarchy(h, update)))
		add_fault(h, FAULT_ESCAPING, update, text_format("it leads to %s", safe));
	free(safe);
}

static void judge_update(struct hierarchy *h, struct update *update)
{
	const struct driver *driver = *update->driver ? hierarchy_driver(h, update->driver) : NULL;
	const struct driver_version *version = driver ? driver_find_version(driver, update->version) : NULL;
	const char *file = version ? version_file(version, update->to) : NULL;
	char *safe;

	if (!driver) {
		judge_stranger(h, update);
		return;
	}
	safe = text_safe(update->target);
	if (!file || strcmp(strrchr(update->target, '/') + 1, file) != 0) {
		update->kind = UPDATE_DANGLING;
		add_fault(h, FAULT_DANGLING, update, text_format("it leads to %s", safe));
	} else if (update->kind == UPDATE_MISNAMED) {
		add_fault(h, FAULT_MISNAMED, update,
			  text_format("it leads to %s: the name of the link and the name of the file differ", safe));
	} else if (update->kind == UPDATE_ABSOLUTE) {
		add_fault(h, FAULT_ABSOLUTE, update, text_format("it leads to %s", safe));
	}
	free(safe);
}

/*
 * The selection that one entry of updates/ gives DRIVER. A link to another driver gives none. SELECTION_MIXED is found
 * later.
 */
static enum selection selection_by(const struct driver *driver, const struct update *update)
{
	static const enum selection meaning[] = {
		[UPDATE_OURS] = SELECTION_WHOLE,	[UPDATE_ABSOLUTE] = SELECTION_ABSOLUTE,
		[UPDATE_MISNAMED] = SELECTION_MISNAMED, [UPDATE_DANGLING] = SELECTION_DANGLING,
		[UPDATE_ESCAPING] = SELECTION_ESCAPING, [UPDATE_FOREIGN] = SELECTION_FOREIGN,
	};

	if (*update->driver && strcmp(update->driver, driver->name) != 0)
		return SELECTION_NONE;
	return meaning[update->kind];
}

static bool is_selecting(enum selection selection)
{
	return selection == SELECTION_WHOLE || selection == SELECTION_ABSOLUTE;
}

/* The oldest version that is selected by a link. */
static const struct driver_version *oldest_selected(const struct hierarchy *h, const struct driver *driver)
{
	const struct driver_version *oldest = NULL;

	for (size_t i = 0; i < driver->module_count; i++) {
		const struct update *update = hierarchy_update(h, driver->modules[i]);

		for (; update; update = hierarchy_update_next(h, update)) {
			const struct driver_version *version = driver_find_version(driver, update->version);

			if (is_selecting(selection_by(driver, update)) && (!oldest || version < oldest))
				oldest = version;
		}
	}
	return oldest;
}

/* Judges the links of one module of DRIVER. VERSION is the version that the links of the driver select. */
static void judge_module(struct hierarchy *h, struct driver *driver, const struct driver_version *version,
			 const char *module)
{
	const struct update *update = hierarchy_update(h, module);
	const char *file = version ? version_file(version, module) : NULL;
	enum selection worst = SELECTION_NONE;
	char *path;

	for (; update; update = hierarchy_update_next(h, update)) {
		enum selection selection = selection_by(driver, update);

		if (is_selecting(selection) && strcmp(update->version, version->name) != 0) {
			selection = SELECTION_MIXED;
			add_fault(h, FAULT_MIXED, update,
				  text_format("version %s of %s is selected here, but version %s elsewhere in updates/",
					      update->version, driver->name, version->name));
		}
		worst = selection > worst ? selection : worst;
	}
	if (file && worst == SELECTION_NONE) {
		worst = SELECTION_MIXED;
		path = version_path(driver, version, file);
		hierarchy_fault(h, FAULT_MIXED, path, driver->name,
				text_format("version %s of %s is selected, but its module %s has no link",
					    version->name, driver->name, module));
		free(path);
	}
	driver->selection = worst > driver->selection ? worst : driver->selection;
}

void hierarchy_judge_updates(struct hierarchy *h)
{
	for (size_t i = 0; i < h->update_count; i++)
		judge_update(h, &h->updates[i]);
	for (size_t d = 0; d < h->driver_count; d++) {
		struct driver *driver = &h->drivers[d];
		const struct driver_version *version = oldest_selected(h, driver);

		for (size_t m = 0; m < driver->module_count; m++)
			judge_module(h, driver, version, driver->modules[m]);
		if (is_selecting(driver->selection))
			driver->selected = version;
	}
}
