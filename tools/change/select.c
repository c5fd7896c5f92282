// SPDX-License-Identifier: GPL-2.0-only
// Plans the changes that select a version of a driver, or no version.
#include "change/select.h"

#include <stdlib.h>
#include <string.h>

#include "base/die.h"
#include "base/text.h"
#include "host/depmod_config.h"
#include "host/installed.h"

static char *update_path(const struct hierarchy *h, const char *file)
{
	return text_format("/lib/modules/%s/updates/%s", h->uname, file);
}

/* Whether a link of this driver may replace the entry in updates/. Returns false, with a message, if not. */
static bool may_replace(const struct hierarchy *h, const struct driver *driver, const struct update *update)
{
	char *target = update->target ? text_safe(update->target) : NULL;
	bool may = update->kind != UPDATE_FOREIGN && update->kind != UPDATE_ESCAPING &&
		   strcmp(update->driver, driver->name) == 0;

	if (update->kind == UPDATE_FOREIGN)
		complain("/lib/modules/%s/updates/%s is not a link but another driver's file; remove it first",
			 h->uname, update->file);
	else if (update->kind == UPDATE_ESCAPING)
		complain("/lib/modules/%s/updates/%s leads to %s, which is not an installed version; remove the link "
			 "first",
			 h->uname, update->file, target);
	else if (!may)
		complain("module %s is selected from driver %s; deselect that one first", update->module,
			 update->driver);
	free(target);
	return may;
}

/*
 * The target of a link to FILE of a version. Links to dmv/ are absolute, because the tools of XenServer 9 make absolute
 * links.
 */
static char *link_target(const struct hierarchy *h, const struct driver *driver, const struct driver_version *version,
			 const char *file, enum layout layout)
{
	if (version->layout == LAYOUT_DMV || (layout == LAYOUT_DMV && version->mirrored))
		return text_format("/lib/modules/%s/dmv/%s/%s/%s", h->uname, driver->name, version->name, file);
	return text_format("../xenserver/%s/%s/%s", driver->name, version->name, file);
}

static void add_link(struct changeset *changes, const struct hierarchy *h, const char *file, const char *before,
		     const char *after)
{
	char *path = update_path(h, file);

	changeset_add(changes, path, false, before, after);
	free(path);
}

/* Whether the link selects the version already. The link may be relative, or absolute to dmv/. */
static bool selects(const struct update *update, const struct driver *driver, const struct driver_version *version)
{
	return update->kind == UPDATE_OURS && strcmp(update->driver, driver->name) == 0 &&
	       strcmp(update->version, version->name) == 0;
}

/*
 * Plans the links of one module. The version's file gets a link. Links with other file names for the same module are
 * removed.
 */
static bool plan_module(struct changeset *changes, const struct hierarchy *h, const struct driver *driver,
			const struct driver_version *version, const char *module, enum layout layout)
{
	const char *file = version ? version_file(version, module) : NULL;
	char *target = file ? link_target(h, driver, version, file, layout) : NULL;
	const struct update *update = hierarchy_update(h, module);
	bool good = true, there = false;

	for (; update && good; update = hierarchy_update_next(h, update)) {
		bool kept = file && strcmp(update->file, file) == 0;

		/* The version does not have this module, and another driver has selected it: leave its link alone. */
		if (!file && *update->driver && strcmp(update->driver, driver->name) != 0)
			continue;
		good = may_replace(h, driver, update);
		there |= kept;
		if (good && !(kept && selects(update, driver, version)))
			add_link(changes, h, update->file, update->target, kept ? target : NULL);
	}
	if (good && file && !there)
		add_link(changes, h, file, NULL, target);
	free(target);
	return good;
}

static char *previous_path(const struct hierarchy *h, const struct driver *driver)
{
	return text_format("/lib/modules/%s/%s/%s/.previous", h->uname, layout_directory(driver->layout), driver->name);
}

char *select_previous(const struct host *host, const struct hierarchy *hierarchy, const struct driver *driver)
{
	char *path = previous_path(hierarchy, driver);
	char *previous = change_read(&host->root, path, false);

	free(path);
	if (previous && name_is_legal(previous))
		return previous;
	free(previous);
	return NULL;
}

/* Plans the link ".previous". If no version was selected, there is no version to go back to, and the link stays. */
static bool plan_previous(struct changeset *changes, const struct host *host, const struct hierarchy *h,
			  const struct driver *driver, const struct driver_version *version)
{
	char *path, *before;
	bool good;

	if (!driver->selected || driver->selected == version)
		return true;
	path = previous_path(h, driver);
	before = change_read(&host->root, path, false);
	good = !before || name_is_legal(before);
	if (good)
		changeset_add(changes, path, false, before, driver->selected->name);
	else
		complain("%s: the link does not name a version; remove it first", path);
	free(before);
	free(path);
	return good;
}

bool select_plan(struct changeset *changes, struct host *host, const struct hierarchy *hierarchy,
		 const struct driver *driver, const struct driver_version *version, enum layout layout)
{
	char *fault = version ? installed_fault(hierarchy, driver, version, &host->scratch) : NULL;
	size_t count;

	if (fault) {
		complain("%s %s cannot be selected for kernel %s: %s", driver->name, version->name, hierarchy->uname,
			 fault);
		free(fault);
		return false;
	}
	count = changes->count;
	for (size_t m = 0; m < driver->module_count; m++)
		if (!plan_module(changes, hierarchy, driver, version, driver->modules[m], layout))
			return false;
	if (!plan_previous(changes, host, hierarchy, driver, version))
		return false;
	if (changes->count > count)
		changeset_add_kernel(changes, hierarchy->uname);
	return true;
}

const struct device *select_lost_device(struct host *host, const struct hierarchy *hierarchy,
					const struct driver *driver, const struct driver_version *version)
{
	const struct driver_version *now = driver->selected;
	size_t count = host->hardware.count;
	bool *had = need_memory(count + 1, sizeof(*had)), *has = need_memory(count + 1, sizeof(*has));
	const struct device *lost = NULL;
	struct state state;

	state_read_loaded(&state, host, hierarchy, driver);
	if (!now)
		now = state.active_version;
	if (now && now != version)
		hardware_match_version(&host->hardware, hierarchy, driver, now, &host->scratch, had);
	if (version)
		hardware_match_version(&host->hardware, hierarchy, driver, version, &host->scratch, has);
	for (size_t i = 0; i < count && !lost; i++)
		if (had[i] && !has[i])
			lost = &host->hardware.devices[i];
	free(had);
	free(has);
	return lost;
}

const struct device *select_undriven_device(struct host *host, const struct hierarchy *hierarchy,
					    const struct driver *driver)
{
	size_t count = host->hardware.count;
	bool *some = need_memory(count + 1, sizeof(*some)), *has = need_memory(count + 1, sizeof(*has));
	const struct device *device = NULL;

	for (size_t v = 0; v < driver->version_count; v++)
		hardware_match_version(&host->hardware, hierarchy, driver, &driver->versions[v], &host->scratch,
				       &driver->versions[v] == driver->selected ? has : some);
	for (size_t i = 0; i < count && !device; i++)
		if (some[i] && !has[i])
			device = &host->hardware.devices[i];
	free(some);
	free(has);
	return device;
}
