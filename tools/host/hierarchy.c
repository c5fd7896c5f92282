// SPDX-License-Identifier: GPL-2.0-only
// The drivers installed for one kernel, and which version of each is selected.
#include "host/hierarchy.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/die.h"
#include "base/directory.h"
#include "base/text.h"
#include "base/version.h"

const char *layout_directory(enum layout layout)
{
	return layout == LAYOUT_DMV ? "dmv" : "xenserver";
}

/* Makes room for one more at the end of an array that grows by doubling; COUNT is how many it has. */
static void *grow(void *array, size_t count, size_t size)
{
	if (count & (count - 1))
		return array;
	array = reallocarray(array, count ? 2 * count : 1, size);
	if (!array)
		die_memory();
	return array;
}

static void add_stray(struct hierarchy *h, char *path, const char *why)
{
	h->strays = grow(h->strays, h->stray_count, sizeof(*h->strays));
	h->strays[h->stray_count++] = (struct stray){path, why};
}

/* The names in a directory below DIR, hidden ones apart; NULL when there is no directory of this name. */
static char **names_in(int dir, const char *directory)
{
	int fd = openat(dir, directory, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
	char **names = fd < 0 ? NULL : directory_names(fd);
	size_t kept = 0;

	for (size_t i = 0; names && names[i]; i++) {
		if (names[i][0] == '.')
			free(names[i]);
		else
			names[kept++] = names[i];
	}
	if (names)
		names[kept] = NULL;
	return names;
}

static const char *why_no_directory(void)
{
	return errno == ENOTDIR || errno == ELOOP ? "it is no directory" : "it cannot be read";
}

/* Keeps the modules among the names and tells of doubles: one module in two files. */
static void take_files(struct hierarchy *h, struct driver_version *version, char **names, const char *driver)
{
	size_t kept = 0;

	version->files = need_memory(1, sizeof(*names));
	for (size_t i = 0; names[i]; i++) {
		char *name = names[i], module[MODULE_NAME_SIZE];
		const char *why = NULL;

		name_of_module(name, module);
		version->has_info |= strcmp(name, "info.json") == 0;
		if (name_module_suffix(name) && !name_is_module_file(name))
			why = "no module can be called that";
		else if (name_module_suffix(name) && version_file(version, module))
			why = "another file there is the same module";
		if (why)
			add_stray(h,
				  text_format("%s/%s/%s/%s", layout_directory(h->layout), driver, version->name, name),
				  why);
		if (why || !name_module_suffix(name))
			continue;
		version->files = reallocarray(version->files, kept + 2, sizeof(*names));
		if (!version->files)
			die_memory();
		version->files[kept++] = text_format("%s", name);
		version->files[kept] = NULL;
	}
	directory_names_free(names);
}

static void read_version(struct hierarchy *h, struct driver *driver, int dir, const char *name)
{
	char **names = name_is_legal(name) ? names_in(dir, name) : NULL;
	struct driver_version *version;

	if (!names) {
		add_stray(h, text_format("%s/%s/%s", layout_directory(h->layout), driver->name, name),
			  name_is_legal(name) ? why_no_directory() : "its name cannot be a version");
		return;
	}
	driver->versions = grow(driver->versions, driver->version_count, sizeof(*driver->versions));
	version = &driver->versions[driver->version_count++];
	memset(version, 0, sizeof(*version));
	snprintf(version->name, sizeof(version->name), "%s", name);
	take_files(h, version, names, driver->name);
	if (version->files[0])
		return;
	add_stray(h, text_format("%s/%s/%s", layout_directory(h->layout), driver->name, name), "it holds no module");
	directory_names_free(version->files);
	driver->version_count--;
}

static int compare_versions(const void *a, const void *b)
{
	return version_order(((const struct driver_version *)a)->name, ((const struct driver_version *)b)->name);
}

static int compare_modules(const void *a, const void *b)
{
	return strcmp(a, b);
}

/* Adds to the driver's modules; doubles are left for sort_modules(). */
static void add_module(struct driver *driver, const char *module)
{
	driver->modules = grow(driver->modules, driver->module_count, sizeof(*driver->modules));
	memcpy(driver->modules[driver->module_count++], module, MODULE_NAME_SIZE);
}

static void sort_modules(struct driver *driver)
{
	size_t kept = 0;

	if (driver->module_count)
		qsort(driver->modules, driver->module_count, sizeof(*driver->modules), compare_modules);
	for (size_t i = 0; i < driver->module_count; i++)
		if (kept == 0 || strcmp(driver->modules[kept - 1], driver->modules[i]) != 0)
			memmove(driver->modules[kept++], driver->modules[i], MODULE_NAME_SIZE);
	driver->module_count = kept;
}

static struct driver *add_driver(struct hierarchy *h, const char *name)
{
	struct driver *driver;

	h->drivers = grow(h->drivers, h->driver_count, sizeof(*h->drivers));
	driver = &h->drivers[h->driver_count++];
	memset(driver, 0, sizeof(*driver));
	snprintf(driver->name, sizeof(driver->name), "%s", name);
	return driver;
}

static void read_driver(struct hierarchy *h, int dir, const char *name)
{
	int fd = name_is_legal(name) ? openat(dir, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC) : -1;
	char **names = fd < 0 ? NULL : names_in(fd, ".");
	struct driver *driver;

	if (!names) {
		add_stray(h, text_format("%s/%s", layout_directory(h->layout), name),
			  name_is_legal(name) ? why_no_directory() : "its name cannot be a driver");
	} else {
		driver = add_driver(h, name);
		for (size_t i = 0; names[i]; i++)
			read_version(h, driver, fd, names[i]);
		if (driver->version_count)
			qsort(driver->versions, driver->version_count, sizeof(*driver->versions), compare_versions);
		for (size_t v = 0; v < driver->version_count; v++)
			for (char **file = driver->versions[v].files; *file; file++) {
				char module[MODULE_NAME_SIZE] = "";

				name_of_module(*file, module);
				add_module(driver, module);
			}
		sort_modules(driver);
	}
	directory_names_free(names);
	if (fd >= 0)
		close(fd);
}

/* What of a link's target, relative or absolute, comes after ".../<layout>/"; NULL when it leads elsewhere. */
static const char *target_in_hierarchy(const struct hierarchy *h, const char *target, bool *absolute)
{
	char prefix[PATH_MAX];

	for (int i = 0; i < 2; i++) {
		if (i == 0)
			snprintf(prefix, sizeof(prefix), "../%s/", layout_directory(h->layout));
		else
			snprintf(prefix, sizeof(prefix), "/lib/modules/%s/%s/", h->uname, layout_directory(h->layout));
		*absolute = i == 1;
		if (strncmp(target, prefix, strlen(prefix)) == 0)
			return target + strlen(prefix);
	}
	return NULL;
}

/* Copies the legal name at *AT, up to '/', and steps over it. */
static bool take_name(const char **at, char out[XENSERVER_VERSION_MAX + 1])
{
	size_t len = strcspn(*at, "/");

	if (!name_is_legal_n(*at, len) || (*at)[len] != '/')
		return false;
	memcpy(out, *at, len);
	out[len] = '\0';
	*at += len + 1;
	return true;
}

/* Where a link points to, by its text alone: nothing is followed. */
static void judge_link(const struct hierarchy *h, struct update *update)
{
	char driver[XENSERVER_VERSION_MAX + 1], version[XENSERVER_VERSION_MAX + 1];
	bool absolute;
	const char *at = target_in_hierarchy(h, update->target, &absolute);

	update->kind = UPDATE_ESCAPING;
	if (!at || !take_name(&at, driver) || !take_name(&at, version) || strcmp(at, update->file) != 0)
		return;
	memcpy(update->driver, driver, sizeof(driver));
	memcpy(update->version, version, sizeof(version));
	update->kind = absolute && h->layout != LAYOUT_DMV ? UPDATE_ABSOLUTE : UPDATE_OURS;
}

static void read_update(struct hierarchy *h, int dir, const char *name)
{
	char target[PATH_MAX];
	ssize_t len = readlinkat(dir, name, target, sizeof(target));
	struct update *update;

	h->updates = grow(h->updates, h->update_count, sizeof(*h->updates));
	update = &h->updates[h->update_count++];
	memset(update, 0, sizeof(*update));
	update->file = text_format("%s", name);
	name_of_module(name, update->module);
	update->kind = UPDATE_FOREIGN;
	if (len < 0)
		return;
	update->target = text_format("%.*s", (int)len, target);
	if ((size_t)len == sizeof(target))
		update->kind = UPDATE_ESCAPING;
	else
		judge_link(h, update);
}

static int compare_updates(const void *a, const void *b)
{
	const struct update *x = a, *y = b;
	int order = strcmp(x->module, y->module);

	return order ? order : strcmp(x->file, y->file);
}

static int compare_drivers(const void *a, const void *b)
{
	return strcmp(((const struct driver *)a)->name, ((const struct driver *)b)->name);
}

static struct driver *find_driver(const struct hierarchy *h, const char *name)
{
	struct driver key;

	if (strlen(name) >= sizeof(key.name) || h->driver_count == 0)
		return NULL;
	snprintf(key.name, sizeof(key.name), "%s", name);
	return bsearch(&key, h->drivers, h->driver_count, sizeof(key), compare_drivers);
}

/* A link into a driver makes its module one of the driver's, even when no version has it, or no directory is left. */
static void adopt_updates(struct hierarchy *h)
{
	size_t known = h->driver_count;

	for (size_t i = 0; i < h->update_count; i++) {
		struct update *update = &h->updates[i];
		struct hierarchy installed = {.drivers = h->drivers, .driver_count = known};
		struct driver *driver = *update->driver ? find_driver(&installed, update->driver) : NULL;
		const struct driver_version *version;

		if (!*update->driver)
			continue;
		for (size_t d = known; !driver && d < h->driver_count; d++)
			if (strcmp(h->drivers[d].name, update->driver) == 0)
				driver = &h->drivers[d];
		if (!driver)
			driver = add_driver(h, update->driver);
		version = driver_find_version(driver, update->version);
		if (!version || !version_file(version, update->module) ||
		    strcmp(version_file(version, update->module), update->file) != 0)
			update->kind = UPDATE_DANGLING;
		add_module(driver, update->module);
		sort_modules(driver);
	}
	if (h->driver_count)
		qsort(h->drivers, h->driver_count, sizeof(*h->drivers), compare_drivers);
}

static enum selection gravest(enum selection a, enum selection b)
{
	return a > b ? a : b;
}

/* What one entry of updates/ says of DRIVER, but for mixing; a link into another driver says nothing. */
static enum selection judge_update(const struct driver *driver, const struct update *update)
{
	static const enum selection meaning[] = {
		[UPDATE_OURS] = SELECTION_WHOLE,	[UPDATE_ABSOLUTE] = SELECTION_ABSOLUTE,
		[UPDATE_DANGLING] = SELECTION_DANGLING, [UPDATE_ESCAPING] = SELECTION_ESCAPING,
		[UPDATE_FOREIGN] = SELECTION_FOREIGN,
	};

	if (*update->driver && strcmp(update->driver, driver->name) != 0)
		return SELECTION_NONE;
	return meaning[update->kind];
}

static size_t count_files(const struct driver_version *version)
{
	size_t count = 0;

	while (version->files[count])
		count++;
	return count;
}

static void judge_driver(const struct hierarchy *h, struct driver *driver)
{
	const struct driver_version *selected = NULL;
	size_t linked = 0;
	bool mixed = false;

	for (size_t i = 0; i < driver->module_count; i++) {
		const struct update *update = hierarchy_update(h, driver->modules[i]);

		for (; update; update = hierarchy_update_next(h, update)) {
			const struct driver_version *version = driver_find_version(driver, update->version);
			enum selection meaning = judge_update(driver, update);

			driver->selection = gravest(driver->selection, meaning);
			if (meaning != SELECTION_WHOLE && meaning != SELECTION_ABSOLUTE)
				continue;
			mixed |= selected && selected != version;
			selected = version;
			linked++;
		}
	}
	if (selected && (mixed || linked != count_files(selected)))
		driver->selection = gravest(driver->selection, SELECTION_MIXED);
	if (driver->selection == SELECTION_WHOLE || driver->selection == SELECTION_ABSOLUTE)
		driver->selected = selected;
}

/* The names in a directory below the kernel's; none when it is not there. NULL with errno for all else. */
static char **kernel_names(const struct root *root, const char *uname, const char *directory, int *fd)
{
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "/lib/modules/%s/%s", uname, directory);
	*fd = root_openat(root, path, O_RDONLY | O_DIRECTORY, 0);
	if (*fd < 0)
		return errno == ENOENT ? need_memory(1, sizeof(char *)) : NULL;
	return names_in(*fd, ".");
}

static int read_directory(struct hierarchy *h, const struct root *root, const char *directory, bool updates)
{
	int fd, saved;
	char **names = kernel_names(root, h->uname, directory, &fd);

	saved = errno;
	for (size_t i = 0; names && names[i]; i++) {
		if (!updates)
			read_driver(h, fd, names[i]);
		else if (name_is_module_file(names[i]))
			read_update(h, fd, names[i]);
		else if (name_module_suffix(names[i]))
			add_stray(h, text_format("%s/%s", directory, names[i]), "no module can be called that");
	}
	if (!updates)
		h->directory = fd;
	else if (fd >= 0)
		close(fd);
	directory_names_free(names);
	errno = saved;
	return names ? 0 : -1;
}

int hierarchy_read(struct hierarchy *h, const struct root *root, const char *uname, enum layout layout)
{
	memset(h, 0, sizeof(*h));
	h->layout = layout;
	h->directory = -1;
	snprintf(h->uname, sizeof(h->uname), "%s", uname);
	if (read_directory(h, root, layout_directory(layout), false) || read_directory(h, root, "updates", true))
		return -1;
	if (h->update_count)
		qsort(h->updates, h->update_count, sizeof(*h->updates), compare_updates);
	adopt_updates(h);
	for (size_t i = 0; i < h->driver_count; i++)
		judge_driver(h, &h->drivers[i]);
	return 0;
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
	for (size_t i = 0; i < h->stray_count; i++)
		free(h->strays[i].path);
	free(h->drivers);
	free(h->updates);
	free(h->strays);
	if (h->directory >= 0)
		close(h->directory);
	memset(h, 0, sizeof(*h));
	h->directory = -1;
}

struct driver *hierarchy_find(const struct hierarchy *h, const char *name)
{
	struct driver *found = find_driver(h, name);

	for (size_t d = 0; !found && d < h->driver_count; d++)
		if (name_same_module(h->drivers[d].name, name))
			found = &h->drivers[d];
	if (found)
		return found;
	for (size_t d = 0; d < h->driver_count; d++)
		for (size_t m = 0; m < h->drivers[d].module_count; m++)
			if (name_same_module(h->drivers[d].modules[m], name)) {
				if (found)
					return NULL;
				found = &h->drivers[d];
			}
	return found;
}

const struct driver_version *driver_find_version(const struct driver *driver, const char *name)
{
	for (size_t v = 0; v < driver->version_count; v++)
		if (strcmp(driver->versions[v].name, name) == 0)
			return &driver->versions[v];
	return NULL;
}

const struct update *hierarchy_update(const struct hierarchy *h, const char *module)
{
	size_t low = 0, high = h->update_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (strcmp(h->updates[middle].module, module) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low < h->update_count && strcmp(h->updates[low].module, module) == 0 ? &h->updates[low] : NULL;
}

const struct update *hierarchy_update_next(const struct hierarchy *h, const struct update *update)
{
	const struct update *next = update + 1;

	return next < h->updates + h->update_count && strcmp(next->module, update->module) == 0 ? next : NULL;
}

const char *version_file(const struct driver_version *version, const char *module)
{
	for (char **file = version->files; *file; file++) {
		char name[MODULE_NAME_SIZE];

		name_of_module(*file, name);
		if (strcmp(name, module) == 0)
			return *file;
	}
	return NULL;
}

static int open_directory(int dir, const char *name)
{
	return dir < 0 ? -1 : openat(dir, name, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
}

int hierarchy_open(const struct hierarchy *h, const char *driver, const char *version, const char *file, uint64_t *size)
{
	int driver_fd = open_directory(h->directory, driver);
	int version_fd = open_directory(driver_fd, version);
	int fd = -1, saved;
	struct stat st;

	if (h->directory < 0)
		errno = ENOENT;
	if (version_fd >= 0)
		fd = openat(version_fd, file, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (fd >= 0 && (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode))) {
		close(fd);
		fd = -1;
		errno = EINVAL;
	}
	if (fd >= 0)
		*size = (uint64_t)st.st_size;
	saved = errno;
	if (driver_fd >= 0)
		close(driver_fd);
	if (version_fd >= 0)
		close(version_fd);
	errno = saved;
	return fd;
}

static int compare_kernels(const void *a, const void *b)
{
	return version_order(*(char *const *)a, *(char *const *)b);
}

char **hierarchy_kernels(const struct root *root)
{
	int fd = root_openat(root, "/lib/modules", O_RDONLY | O_DIRECTORY, 0);
	char **names = fd < 0 ? NULL : directory_names(fd);
	size_t kept = 0;

	for (size_t i = 0; names && names[i]; i++) {
		if (name_is_uname(names[i]))
			names[kept++] = names[i];
		else
			free(names[i]);
	}
	if (names) {
		names[kept] = NULL;
		qsort(names, kept, sizeof(*names), compare_kernels);
	}
	return names;
}
