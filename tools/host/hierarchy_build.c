// SPDX-License-Identifier: GPL-2.0-only
// Makes drivers and versions from a list of files, and finds the files that do not belong there.
#include "host/hierarchy_build.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/die.h"
#include "base/directory.h"
#include "base/text.h"
#include "base/version.h"
#include "host/hierarchy_links.h"

/* A file below xenserver/ or dmv/, and the parts of its path. */
struct place {
	const struct hierarchy_file *file;
	enum layout layout;
	char driver[XENSERVER_VERSION_MAX + 1], version[XENSERVER_VERSION_MAX + 1];
	const char *name; /* name of the file; "" for the directory of the version itself */
};

static void sort(void *array, size_t count, size_t size, int (*compare)(const void *, const void *))
{
	if (count)
		qsort(array, count, size, compare);
}

/* Adds the fault of a file that belongs to no version. REST is its path below xenserver/ or dmv/. */
static void misplaced(struct hierarchy *h, const struct hierarchy_file *file, const char *rest)
{
	const char *slash = strchr(rest, '/');
	bool is_outer = !slash || !strchr(slash + 1, '/');
	char *safe = text_safe(is_outer && slash ? slash + 1 : rest);

	if (file->kind == FILE_DIRECTORY && is_outer)
		hierarchy_fault(h, FAULT_NAME, file->path, "",
				text_format("'%s' cannot be the name of a %s", safe, slash ? "version" : "driver"));
	else if (file->kind == FILE_LINK && is_outer)
		hierarchy_fault(h, FAULT_LINK, file->path, "",
				text_format("it is a symbolic link, expected a directory"));
	else {
		free(safe);
		safe = text_safe(rest);
		hierarchy_fault(h, FAULT_PLACE, file->path, "",
				text_format("found %s, expected <driver>/<version>/<file>", safe));
	}
	free(safe);
}

/* Whether the file is the link ".previous" of a driver, and names a version. */
static bool is_previous(const struct hierarchy_file *file, const char *name)
{
	return file->kind == FILE_LINK && strcmp(name, ".previous") == 0 && name_is_legal(file->target);
}

static bool ends_with(const char *name, const char *suffix)
{
	size_t len = strlen(name), end = strlen(suffix);

	return len > end && strcmp(name + len - end, suffix) == 0;
}

/* Commands and packages write a file under such a temporary name, and then rename it. */
static bool is_leftover(const char *name)
{
	return name[0] == '.' && (ends_with(name, ".xs-new") || (ends_with(name, ".new") && strstr(name, ".ko")));
}

static void add_leftover(struct hierarchy *h, const struct hierarchy_file *file, const char *driver)
{
	hierarchy_fault(h, FAULT_LEFTOVER, file->path, driver,
			text_format("it is left over from a command that was killed"));
}

/* Splits the path of FILE into its parts. Returns false if the file belongs to no version. */
static bool take_place(struct hierarchy *h, const struct hierarchy_file *file, struct place *place)
{
	const char *rest = file->path + strlen(layout_directory(place->layout)) + 1, *at = rest;
	bool has_driver = hierarchy_take_name(&at, place->driver);
	bool is_driver = has_driver && !strchr(rest, '/'), has_version;

	if (is_driver && file->kind == FILE_DIRECTORY)
		return false;
	if (file->kind == FILE_UNREADABLE) {
		hierarchy_fault(h, FAULT_UNREADABLE, file->path, has_driver ? place->driver : "",
				text_format("the directory cannot be read"));
		return false;
	}
	if (has_driver && is_previous(file, at))
		return false;
	if (has_driver && is_leftover(at)) {
		add_leftover(h, file, place->driver);
		return false;
	}
	has_version = has_driver && !is_driver && hierarchy_take_name(&at, place->version);
	place->name = at;
	place->file = file;
	if (has_version && !strchr(at, '/') && (*at != '\0') == (file->kind != FILE_DIRECTORY))
		return true;
	misplaced(h, file, rest);
	return false;
}

static int compare_places(const void *a, const void *b)
{
	const struct place *x = a, *y = b;
	int order = strcmp(x->driver, y->driver);

	if (order == 0)
		order = strcmp(x->version, y->version);
	if (order == 0)
		order = (int)x->layout - (int)y->layout;
	return order ? order : strcmp(x->name, y->name);
}

static int compare_names(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static int compare_files(const void *a, const void *b)
{
	char x[MODULE_NAME_SIZE], y[MODULE_NAME_SIZE];
	int order;

	name_of_module(*(char *const *)a, x);
	name_of_module(*(char *const *)b, y);
	order = strcmp(x, y);
	return order ? order : compare_names(a, b);
}

static void fault_at(struct hierarchy *h, enum fault_kind kind, const struct place *place, char *text)
{
	hierarchy_fault(h, kind, place->file->path, place->driver, text);
}

static void take_file(struct hierarchy *h, struct driver_version *version, const struct place *place)
{
	bool is_module = name_module_suffix(place->name), is_info = strcmp(place->name, "info.json") == 0;

	if (place->file->kind == FILE_LINK)
		fault_at(h, FAULT_LINK, place, text_format("it is a symbolic link, expected a file"));
	else if (place->file->kind == FILE_SPECIAL)
		fault_at(h, FAULT_FILE, place, text_format("it is a device, FIFO or socket, expected a file"));
	else if (!is_module && !is_info)
		fault_at(h, FAULT_FILE, place, text_format("expected a module or info.json"));
	version->has_info |= is_info;
	if (is_module && !name_is_module_file(place->name)) {
		fault_at(h, FAULT_NAME, place, text_format("its name is not legal for a module"));
	} else if (is_module) {
		version->files = array_grown(version->files, version->file_count, sizeof(*version->files));
		version->files[version->file_count++] = text_format("%s", place->name);
	}
}

/* Checks a file in dmv/ of a version that is in xenserver/ too. It must be a link to the same file in xenserver/. */
static void take_mirror(struct hierarchy *h, struct driver_version *version, const struct place *place)
{
	char *expected = text_format("../../../xenserver/%s/%s/%s", place->driver, place->version, place->name);
	char module[MODULE_NAME_SIZE];
	const char *file;

	name_of_module(place->name, module);
	file = version_file(version, module);
	if (place->file->kind != FILE_LINK || strcmp(place->file->target, expected) != 0)
		fault_at(h, FAULT_FILE, place, text_format("expected a link to %s", expected));
	else if (file ? strcmp(file, place->name) != 0 : strcmp(place->name, "info.json") != 0 || !version->has_info)
		fault_at(h, FAULT_LINK, place, text_format("it is a link to %s, which does not exist", expected));
	else
		version->mirrored = true;
	free(expected);
}

/* Sorts the files, and keeps one file for each module. */
static void sort_files(struct hierarchy *h, const struct driver *driver, struct driver_version *version)
{
	size_t kept = 0;

	sort(version->files, version->file_count, sizeof(*version->files), compare_files);
	for (size_t i = 0; i < version->file_count; i++) {
		char module[MODULE_NAME_SIZE], before[MODULE_NAME_SIZE] = "";
		char *file = version->files[i], *path;

		name_of_module(file, module);
		if (kept)
			name_of_module(version->files[kept - 1], before);
		if (!kept || strcmp(before, module) != 0) {
			version->files[kept++] = file;
			continue;
		}
		path = version_path(driver, version, file);
		hierarchy_fault(
			h, FAULT_COPY, path, driver->name,
			text_format("%s is beside it, and both are the module %s", version->files[kept - 1], module));
		free(path);
		free(file);
	}
	version->files = array_grown(version->files, version->file_count, sizeof(*version->files));
	version->file_count = kept;
	version->files[kept] = NULL;
}

/*
 * Adds the version of the COUNT files at PLACES, if it has a module. The first pass takes the files of the version, the
 * second pass the links in dmv/.
 */
static void take_version(struct hierarchy *h, struct driver *driver, const struct place *places, size_t count)
{
	struct driver_version version = {.layout = places[0].layout};
	char *path;

	memcpy(version.name, places[0].version, sizeof(version.name));
	for (int pass = 0; pass < 2; pass++) {
		for (size_t i = 0; i < count; i++) {
			bool is_own = places[i].layout == version.layout;

			if (is_own != (pass == 0) || !*places[i].name ||
			    (i > 0 && strcmp(places[i].file->path, places[i - 1].file->path) == 0))
				continue;
			(is_own ? take_file : take_mirror)(h, &version, &places[i]);
		}
		if (pass == 0)
			sort_files(h, driver, &version);
	}
	if (version.files[0]) {
		driver->versions = array_grown(driver->versions, driver->version_count, sizeof(version));
		driver->versions[driver->version_count++] = version;
		return;
	}
	free(version.files);
	path = text_format("%s/%s/%s", layout_directory(version.layout), driver->name, version.name);
	hierarchy_fault(h, FAULT_EMPTY, path, driver->name, text_format("the version has no module"));
	free(path);
}

static int compare_modules(const void *a, const void *b)
{
	return strcmp(a, b);
}

static void add_modules(struct driver *driver, const struct driver_version *version)
{
	for (char **file = version->files; *file; file++) {
		char module[MODULE_NAME_SIZE] = "";

		name_of_module(*file, module);
		driver_add_module(driver, module);
	}
}

/* Adds the drivers and versions of sorted files. */
static void take_places(struct hierarchy *h, const struct place *places, size_t count)
{
	struct driver *driver = NULL;

	for (size_t i = 0, n; i < count; i += n) {
		n = 1;
		while (i + n < count && strcmp(places[i].driver, places[i + n].driver) == 0 &&
		       strcmp(places[i].version, places[i + n].version) == 0)
			n++;
		if (!driver || strcmp(driver->name, places[i].driver) != 0)
			driver = hierarchy_add_driver(h, places[i].driver);
		take_version(h, driver, &places[i], n);
	}
	for (size_t d = 0; d < h->driver_count; d++) {
		driver = &h->drivers[d];
		hierarchy_sort_versions(driver);
		driver->layout = driver->version_count ? LAYOUT_DMV : LAYOUT_XENSERVER;
		for (size_t v = 0; v < driver->version_count; v++) {
			if (driver->versions[v].layout == LAYOUT_XENSERVER)
				driver->layout = LAYOUT_XENSERVER;
			add_modules(driver, &driver->versions[v]);
		}
	}
}

/* Sorts the modules of the driver, and removes duplicates. */
static void sort_modules(struct driver *driver)
{
	size_t kept = 0;

	sort(driver->modules, driver->module_count, sizeof(*driver->modules), compare_modules);
	for (size_t i = 0; i < driver->module_count; i++)
		if (kept == 0 || strcmp(driver->modules[kept - 1], driver->modules[i]) != 0)
			memmove(driver->modules[kept++], driver->modules[i], MODULE_NAME_SIZE);
	driver->module_count = kept;
}

static int compare_owners(const void *a, const void *b)
{
	const struct module_owner *x = a, *y = b;
	int order = strcmp(x->module, y->module);

	return order ? order : strcmp(x->driver->name, y->driver->name);
}

static void sort_owners(struct hierarchy *h)
{
	size_t count = 0;

	for (size_t d = 0; d < h->driver_count; d++)
		count += h->drivers[d].module_count;
	h->owners = need_memory(count, sizeof(*h->owners));
	for (size_t d = 0; d < h->driver_count; d++)
		for (size_t m = 0; m < h->drivers[d].module_count; m++)
			h->owners[h->owner_count++] = (struct module_owner){h->drivers[d].modules[m], &h->drivers[d]};
	sort(h->owners, h->owner_count, sizeof(*h->owners), compare_owners);
}

/* The path of the driver's first file for a module. Memory to free, or NULL. */
static char *module_path(const struct driver *driver, const char *module)
{
	for (size_t v = 0; v < driver->version_count; v++) {
		const char *file = version_file(&driver->versions[v], module);

		if (file)
			return version_path(driver, &driver->versions[v], file);
	}
	return NULL;
}

/* Adds a fault for each module that two drivers have: only one of these drivers can be selected. */
static void find_shared_modules(struct hierarchy *h)
{
	for (size_t i = 1; i < h->owner_count; i++) {
		const struct module_owner *before = &h->owners[i - 1], *owner = &h->owners[i];
		char *first, *path;

		if (strcmp(before->module, owner->module) != 0)
			continue;
		first = module_path(before->driver, before->module);
		path = module_path(owner->driver, owner->module);
		if (first && path)
			hierarchy_fault(h, FAULT_TWO_DRIVERS, path, owner->driver->name,
					text_format("%s is a module of the drivers %s and %s", owner->module,
						    before->driver->name, owner->driver->name));
		free(first);
		free(path);
	}
}

static int compare_faults(const void *a, const void *b)
{
	const struct fault *x = a, *y = b;
	int order = strcmp(x->path, y->path);

	return order ? order : (int)x->kind - (int)y->kind;
}

static bool is_below(const char *path, const char *directory)
{
	size_t len = strlen(directory);

	return strncmp(path, directory, len) == 0 && path[len] == '/' && path[len + 1];
}

/* Takes a file in updates/. A file without the name of a module is ignored. */
static void take_update(struct hierarchy *h, const struct hierarchy_file *file)
{
	const char *name = file->path + strlen("updates/");

	if (strchr(name, '/') || file->kind == FILE_DIRECTORY)
		return;
	if (is_leftover(name))
		add_leftover(h, file, "");
	else if (name_is_module_file(name))
		hierarchy_add_update(h, name, file->kind == FILE_LINK ? file->target : NULL);
}

void hierarchy_build(struct hierarchy *h, const char *uname, const struct hierarchy_file *files, size_t count)
{
	struct place *places = need_memory(count, sizeof(*places));
	size_t place_count = 0;

	memset(h, 0, sizeof(*h));
	snprintf(h->uname, sizeof(h->uname), "%s", uname);
	for (size_t i = 0; i < count; i++) {
		if (is_below(files[i].path, "updates"))
			take_update(h, &files[i]);
		for (enum layout layout = 0; layout < LAYOUTS; layout++) {
			places[place_count].layout = layout;
			if (is_below(files[i].path, layout_directory(layout)) &&
			    take_place(h, &files[i], &places[place_count])) {
				place_count++;
				break;
			}
		}
	}
	sort(places, place_count, sizeof(*places), compare_places);
	take_places(h, places, place_count);
	free(places);
	hierarchy_adopt_updates(h);
	hierarchy_sort_drivers(h);
	for (size_t d = 0; d < h->driver_count; d++)
		sort_modules(&h->drivers[d]);
	sort_owners(h);
	find_shared_modules(h);
	hierarchy_judge_updates(h);
	sort(h->faults, h->fault_count, sizeof(*h->faults), compare_faults);
}
