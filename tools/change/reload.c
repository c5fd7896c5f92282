// SPDX-License-Identifier: GPL-2.0-only
// Unloads and loads the modules of a driver in the running kernel.
#include "change/reload.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/array.h"
#include "base/budget.h"
#include "base/die.h"
#include "base/directory.h"
#include "base/progress.h"
#include "base/spawn.h"
#include "base/text.h"
#include "host/hierarchy_read.h"
#include "host/installed.h"
#include "host/loaded.h"
#include "stream/source.h"

/* The modules that were unloaded, and the data to load them again. */
struct reload {
	struct host *host;
	const struct hierarchy *hierarchy;
	const struct driver *driver;
	const char **unloaded; /* kernel's names, in the order of unloading */
	size_t count;
	char *modprobe; /* path of modprobe */
	char *config;	/* output of modprobe --showconfig; NULL: modprobe failed */
};

static bool is_held(const struct root *root, const char *module)
{
	char *path = text_format("/sys/module/%s/holders", module);
	int fd = root_openat(root, path, O_RDONLY | O_DIRECTORY, 0);
	char **names = fd < 0 ? NULL : directory_names(fd);
	bool held = names && names[0];

	directory_names_free(names);
	free(path);
	return held;
}

static bool is_loaded(const struct host *host, const char *module)
{
	char *path = text_format("/sys/module/%s/initstate", module);
	int fd = root_openat(&host->root, path, O_PATH, 0);

	free(path);
	if (fd >= 0)
		close(fd);
	return fd >= 0;
}

/* glibc has no function for delete_module(2). O_NONBLOCK: fail at once if the module is in use. */
static int unload(const char *module)
{
	return (int)syscall(SYS_delete_module, module, O_NONBLOCK);
}

/*
 * Unloads the driver's modules that no other module uses, again and again until no more can be unloaded. Records each
 * module.
 */
static bool unload_all(struct reload *r)
{
	const struct driver *driver = r->driver;
	size_t before;

	do {
		before = r->count;
		for (size_t m = 0; m < driver->module_count; m++) {
			const char *module = driver->modules[m];

			if (!is_loaded(r->host, module) || is_held(&r->host->root, module))
				continue;
			progress_at("unloading module %s", module);
			if (unload(module) != 0) {
				complain("module %s cannot be unloaded: %s", module, strerror(errno));
				return false;
			}
			r->unloaded[r->count++] = module;
		}
	} while (r->count > before);
	for (size_t m = 0; m < driver->module_count; m++)
		if (is_loaded(r->host, driver->modules[m])) {
			complain("module %s is used by another module", driver->modules[m]);
			return false;
		}
	return true;
}

static bool run_modprobe(const struct reload *r, const char *module)
{
	const char *argv[] = {r->modprobe, module, NULL};
	struct spawn spawn = {.argv = argv, .keep = -1};
	int status;

	progress_at("loading module %s", module);
	status = program_run(&spawn);

	if (status < 0)
		complain("%s: %s", r->modprobe, strerror(errno));
	else if (status != 0)
		complain("%s %s failed with status %d", r->modprobe, module, status);
	return status == 0;
}

/* Whether the module is loaded from VERSION, according to its record. */
static bool is_loaded_as(const struct reload *r, const char *module, const struct driver_version *version)
{
	struct loaded_version loaded;

	return loaded_version(&r->host->root, module, &loaded) &&
	       installed_loaded(r->hierarchy, r->driver, &loaded) == version;
}

/* Whether to load the module: it was loaded before, or no module of the driver was loaded. */
static bool is_wanted(const struct reload *r, const char *module)
{
	for (size_t i = 0; i < r->count; i++)
		if (strcmp(r->unloaded[i], module) == 0)
			return true;
	return r->count == 0;
}

static bool load_selected(const struct reload *r)
{
	for (size_t m = 0; m < r->driver->module_count; m++) {
		const char *module = r->driver->modules[m];

		if (!r->driver->selected || !version_file(r->driver->selected, module) || !is_wanted(r, module))
			continue;
		if (!run_modprobe(r, module))
			return false;
		if (is_loaded_as(r, module, r->driver->selected))
			continue;
		complain(
			"module %s was loaded, but not from version %s; see what depmod.d and modprobe.d have about it",
			module, r->driver->selected->name);
		return false;
	}
	return true;
}

/* The options that modprobe gives to a module: its lines "options <module> <text>", joined. Memory to free. */
static char *module_options(const struct reload *r, const char *module)
{
	struct growing_text options = {0};

	text_add(&options, "%s", "");
	for (const char *line = r->config; line && *line; line += strcspn(line, "\n"), line += *line == '\n') {
		size_t skip = strlen("options "), len = strcspn(line, "\n"), name;
		char *named;

		if (strncmp(line, "options ", skip) != 0)
			continue;
		name = strcspn(line + skip, " \n");
		named = text_format("%.*s", (int)name, line + skip);
		if (name_same_module(named, module) && skip + name < len)
			text_add(&options, "%s%.*s", options.len ? " " : "", (int)(len - skip - name - 1),
				 line + skip + name + 1);
		free(named);
	}
	return options.text;
}

/* Loads a module from a file of VERSION. modprobe cannot do this: it takes the selected version. */
static void load_file(const struct reload *r, const struct driver_version *version, const char *module)
{
	const char *file = version_file(version, module), *why = "it is not there";
	uint64_t size;
	int fd = file ? hierarchy_open(r->hierarchy, r->driver->name, version, file, &size) : -1;
	size_t len = 0;
	uint8_t *bytes;
	char *options = module_options(r, module);

	budget_input(fd < 0 ? 0 : size);
	bytes = fd < 0 ? NULL : source_whole_fd(fd, size, MODULE_BYTES_MAX, true, &len, &why);
	if (!bytes || syscall(SYS_init_module, bytes, len, options) != 0)
		complain("module %s of %s %s cannot be loaded again: %s", module, r->driver->name, version->name,
			 bytes ? strerror(errno) : why);
	free(options);
	source_whole_free(bytes, len);
	if (fd >= 0)
		close(fd);
}

/* Loads OLD again. Returns true if every module that was unloaded is loaded again from OLD, according to its record. */
static bool give_back(const struct reload *r, const struct driver_version *old)
{
	const struct driver *driver = r->driver;
	bool good = true;

	if (!old)
		return false;
	/*
	 * First unloads the modules of another version. A module that another module uses is unloaded in a later round.
	 */
	for (size_t i = 0; i < driver->module_count; i++)
		for (size_t m = 0; m < driver->module_count; m++)
			if (is_loaded(r->host, driver->modules[m]) && !is_loaded_as(r, driver->modules[m], old))
				unload(driver->modules[m]);
	for (size_t i = r->count; i > 0; i--) {
		const char *module = r->unloaded[i - 1];

		if (!is_loaded(r->host, module))
			load_file(r, old, module);
		good &= is_loaded_as(r, module, old);
	}
	return good;
}

static char *read_config(const char *modprobe)
{
	const char *argv[] = {modprobe, "--showconfig", NULL};
	char *output = NULL;
	struct spawn spawn = {.argv = argv, .keep = -1, .output = &output};

	int status = program_run(&spawn);

	if (status == 0)
		return output;
	complain("%s --showconfig: %s; a module that must be loaded again gets no options", modprobe,
		 status < 0 ? strerror(errno) : "it failed");
	free(output);
	return NULL;
}

static bool run(struct reload *r, const struct driver_version *old)
{
	if (unload_all(r) && load_selected(r))
		return true;
	if (r->count == 0)
		return false;
	if (give_back(r, old))
		complain("%s %s is loaded again", r->driver->name, old->name);
	else
		complain("%s could not be loaded again as before; see 'dmesg', then reboot", r->driver->name);
	return false;
}

bool reload_modules(struct host *host, const struct hierarchy *hierarchy, const struct driver *driver,
		    const struct driver_version *old)
{
	struct reload reload = {.host = host, .hierarchy = hierarchy, .driver = driver};
	bool good = false;

	reload.unloaded = need_memory(driver->module_count, sizeof(*reload.unloaded));
	reload.modprobe = program_find(&host->root, "modprobe", "XS_MODPROBE");
	if (reload.modprobe) {
		reload.config = read_config(reload.modprobe);
		good = run(&reload, old);
	} else {
		complain("modprobe is not installed");
	}
	free(reload.unloaded);
	free(reload.modprobe);
	free(reload.config);
	return good;
}
