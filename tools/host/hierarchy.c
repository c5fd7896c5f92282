// SPDX-License-Identifier: GPL-2.0-only
// The lists of a hierarchy: how to add to them, sort them, search in them and free them.
#include "host/hierarchy.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/directory.h"
#include "base/text.h"
#include "base/version.h"

const char *layout_directory(enum layout layout)
{
	return layout == LAYOUT_DMV ? "dmv" : "xenserver";
}

void hierarchy_fault(struct hierarchy *h, enum fault_kind kind, const char *path, const char *driver, char *text)
{
	struct fault *fault;

	h->faults = array_grown(h->faults, h->fault_count, sizeof(*h->faults));
	fault = &h->faults[h->fault_count++];
	*fault = (struct fault){.kind = kind, .path = text_format("%s", path), .text = text};
	snprintf(fault->driver, sizeof(fault->driver), "%s", driver);
}

bool hierarchy_take_name(const char **at, char out[XENSERVER_VERSION_MAX + 1])
{
	size_t len = strcspn(*at, "/");

	if (!name_is_legal_n(*at, len))
		return false;
	memcpy(out, *at, len);
	out[len] = '\0';
	*at += len + ((*at)[len] == '/');
	return true;
}

char *version_path(const struct driver *driver, const struct driver_version *version, const char *file)
{
	return text_format("%s/%s/%s/%s", layout_directory(version->layout), driver->name, version->name, file);
}

static int compare_versions(const void *a, const void *b)
{
	return version_order(((const struct driver_version *)a)->name, ((const struct driver_version *)b)->name);
}

static int compare_drivers(const void *a, const void *b)
{
	return strcmp(((const struct driver *)a)->name, ((const struct driver *)b)->name);
}

struct driver *hierarchy_add_driver(struct hierarchy *h, const char *name)
{
	struct driver *driver;

	h->drivers = array_grown(h->drivers, h->driver_count, sizeof(*h->drivers));
	driver = &h->drivers[h->driver_count++];
	memset(driver, 0, sizeof(*driver));
	snprintf(driver->name, sizeof(driver->name), "%s", name);
	return driver;
}

void driver_add_module(struct driver *driver, const char *module)
{
	driver->modules = array_grown(driver->modules, driver->module_count, sizeof(*driver->modules));
	memcpy(driver->modules[driver->module_count++], module, MODULE_NAME_SIZE);
}

void hierarchy_sort_drivers(struct hierarchy *h)
{
	if (h->driver_count)
		qsort(h->drivers, h->driver_count, sizeof(*h->drivers), compare_drivers);
}

void hierarchy_sort_versions(struct driver *driver)
{
	if (driver->version_count)
		qsort(driver->versions, driver->version_count, sizeof(*driver->versions), compare_versions);
}

void hierarchy_free(struct hierarchy *h)
{
	for (size_t d = 0; d < h->driver_count; d++) {
		for (size_t v = 0; v < h->drivers[d].version_count; v++)
			directory_names_free(h->drivers[d].versions[v].files);
		free(h->drivers[d].versions);
		free(h->drivers[d].modules);
	}
	for (size_t i = 0; i < h->update_count; i++) {
		free(h->updates[i].file);
		free(h->updates[i].target);
	}
	for (size_t i = 0; i < h->fault_count; i++) {
		free(h->faults[i].path);
		free(h->faults[i].text);
	}
	free(h->drivers);
	free(h->updates);
	free(h->owners);
	free(h->faults);
	memset(h, 0, sizeof(*h));
}

struct driver *hierarchy_driver(const struct hierarchy *h, const char *name)
{
	struct driver key;

	if (strlen(name) >= sizeof(key.name) || h->driver_count == 0)
		return NULL;
	snprintf(key.name, sizeof(key.name), "%s", name);
	return bsearch(&key, h->drivers, h->driver_count, sizeof(key), compare_drivers);
}

struct driver *hierarchy_find(const struct hierarchy *h, const char *name)
{
	struct driver *found = hierarchy_driver(h, name);

	for (size_t d = 0; !found && d < h->driver_count; d++)
		if (name_same_module(h->drivers[d].name, name))
			found = &h->drivers[d];
	if (found)
		return found;
	for (size_t i = 0; i < h->owner_count; i++)
		if (name_same_module(h->owners[i].module, name)) {
			if (found)
				return NULL;
			found = h->owners[i].driver;
		}
	return found;
}

const struct driver_version *driver_find_version(const struct driver *driver, const char *name)
{
	struct driver_version key;

	if (strlen(name) >= sizeof(key.name) || driver->version_count == 0)
		return NULL;
	snprintf(key.name, sizeof(key.name), "%s", name);
	return bsearch(&key, driver->versions, driver->version_count, sizeof(key), compare_versions);
}

static bool file_is_before(const void *file, const void *module)
{
	char name[MODULE_NAME_SIZE];

	name_of_module(*(char *const *)file, name);
	return strcmp(name, module) < 0;
}

const char *version_file(const struct driver_version *version, const char *module)
{
	size_t first =
		array_lower_bound(version->files, version->file_count, sizeof(*version->files), module, file_is_before);
	char name[MODULE_NAME_SIZE];

	if (first == version->file_count)
		return NULL;
	name_of_module(version->files[first], name);
	return strcmp(name, module) == 0 ? version->files[first] : NULL;
}

static bool update_is_before(const void *update, const void *module)
{
	return strcmp(((const struct update *)update)->module, module) < 0;
}

const struct update *hierarchy_update(const struct hierarchy *h, const char *module)
{
	size_t first = array_lower_bound(h->updates, h->update_count, sizeof(*h->updates), module, update_is_before);

	return first < h->update_count && strcmp(h->updates[first].module, module) == 0 ? &h->updates[first] : NULL;
}

const struct update *hierarchy_update_next(const struct hierarchy *h, const struct update *update)
{
	const struct update *next = update + 1;

	return next < h->updates + h->update_count && strcmp(next->module, update->module) == 0 ? next : NULL;
}
