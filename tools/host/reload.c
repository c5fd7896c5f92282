// SPDX-License-Identifier: GPL-2.0-only
// Unloading and loading the modules of a driver in the running kernel.
#include "host/reload.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/die.h"
#include "base/directory.h"
#include "base/spawn.h"
#include "base/text.h"
#include "host/loaded.h"
#include "stream/source.h"

/* What an interrupted swap must give back. */
struct swap {
	struct host *host;
	const struct hierarchy *hierarchy;
	const struct driver *driver;
	const char **unloaded; /* kernel names, in the order they went */
	size_t count;
	char *modprobe; /* the program */
	char *config;	/* what modprobe --showconfig printed; NULL: it could not be had */
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

/* glibc has no wrapper. O_NONBLOCK: fail rather than wait for its users (delete_module(2)). */
static int unload(const char *module)
{
	return (int)syscall(SYS_delete_module, module, O_NONBLOCK);
}

/* Unloads those that nobody holds until none is left, noting each. */
static bool unload_all(struct swap *swap)
{
	const struct driver *driver = swap->driver;
	size_t before;

	do {
		before = swap->count;
		for (size_t m = 0; m < driver->module_count; m++) {
			const char *module = driver->modules[m];

			if (!is_loaded(swap->host, module) || is_held(&swap->host->root, module))
				continue;
			if (unload(module) != 0) {
				complain("module %s cannot be unloaded: %s", module, strerror(errno));
				return false;
			}
			swap->unloaded[swap->count++] = module;
		}
	} while (swap->count > before);
	for (size_t m = 0; m < driver->module_count; m++)
		if (is_loaded(swap->host, driver->modules[m])) {
			complain("module %s is used by another module", driver->modules[m]);
			return false;
		}
	return true;
}

static bool run_modprobe(const struct swap *swap, const char *module)
{
	const char *argv[] = {swap->modprobe, module, NULL};
	struct spawn spawn = {.argv = argv, .keep = -1};
	int status = program_run(&spawn);

	if (status < 0)
		complain("%s: %s", swap->modprobe, strerror(errno));
	else if (status != 0)
		complain("%s %s failed with status %d", swap->modprobe, module, status);
	return status == 0;
}

/* Whether what is loaded is the selected version, by its record. */
static bool is_selected(const struct swap *swap, const char *module)
{
	struct loaded loaded;

	return loaded_read(&swap->host->root, module, &loaded) == 0 && note_is_sound(&loaded.note) &&
	       strcmp(loaded.note.version, swap->driver->selected->name) == 0;
}

/* Whether the module is wanted: as before, or, where none was loaded, all there are. */
static bool is_wanted(const struct swap *swap, const char *module)
{
	for (size_t i = 0; i < swap->count; i++)
		if (strcmp(swap->unloaded[i], module) == 0)
			return true;
	return swap->count == 0;
}

static bool load_selected(const struct swap *swap)
{
	for (size_t m = 0; m < swap->driver->module_count; m++) {
		const char *module = swap->driver->modules[m];

		if (!version_file(swap->driver->selected, module) || !is_wanted(swap, module))
			continue;
		if (!run_modprobe(swap, module))
			return false;
		if (is_selected(swap, module))
			continue;
		complain("module %s was loaded, but not its version %s: depmod.d and modprobe.d decide which file is",
			 module, swap->driver->selected->name);
		return false;
	}
	return true;
}

/* The options modprobe gives to a module: its lines "options <module> <text>", joined. Memory to free. */
static char *module_options(const struct swap *swap, const char *module)
{
	char *options = text_format("%s", "");

	for (const char *line = swap->config; line && *line; line += strcspn(line, "\n"), line += *line == '\n') {
		size_t skip = strlen("options "), len = strcspn(line, "\n"), name;
		char *longer, *named;

		if (strncmp(line, "options ", skip) != 0)
			continue;
		name = strcspn(line + skip, " \n");
		named = text_format("%.*s", (int)name, line + skip);
		longer = name_same_module(named, module) && skip + name < len
				 ? text_format("%s%s%.*s", options, *options ? " " : "", (int)(len - skip - name - 1),
					       line + skip + name + 1)
				 : NULL;
		free(named);
		if (longer) {
			free(options);
			options = longer;
		}
	}
	return options;
}

/* Loads one file as it is: the selected one is what modprobe would take. */
static bool load_file(const struct swap *swap, const struct driver_version *version, const char *module)
{
	const char *file = version_file(version, module), *why = "it is not there";
	uint64_t size;
	int fd = file ? hierarchy_open(swap->hierarchy, swap->driver->name, version->name, file, &size) : -1;
	size_t len = 0;
	uint8_t *bytes = fd < 0 ? NULL : source_whole_fd(fd, size, SOURCE_LIMIT, true, &len, &why);
	char *options = module_options(swap, module);
	bool good = bytes && syscall(SYS_init_module, bytes, len, options) == 0;

	if (!good)
		complain("module %s of %s %s cannot be loaded again: %s", module, swap->driver->name, version->name,
			 bytes ? strerror(errno) : why);
	free(options);
	free(bytes);
	if (fd >= 0)
		close(fd);
	return good;
}

static bool give_back(const struct swap *swap, const struct driver_version *old)
{
	bool good = old != NULL;

	/* What came of the new version goes first; one that another still holds goes in a later round. */
	for (size_t i = 0; i < swap->driver->module_count; i++)
		for (size_t m = 0; m < swap->driver->module_count; m++)
			if (is_selected(swap, swap->driver->modules[m]))
				unload(swap->driver->modules[m]);
	for (size_t i = swap->count; i > 0 && old; i--)
		if (!is_loaded(swap->host, swap->unloaded[i - 1]))
			good &= load_file(swap, old, swap->unloaded[i - 1]);
	return good;
}

static char *read_config(const char *modprobe)
{
	const char *argv[] = {modprobe, "--showconfig", NULL};
	char *output = NULL;
	struct spawn spawn = {.argv = argv, .keep = -1, .output = &output};

	if (program_run(&spawn) == 0)
		return output;
	free(output);
	return NULL;
}

static bool run(struct swap *swap, const struct driver_version *old)
{
	if (unload_all(swap) && load_selected(swap))
		return true;
	if (swap->count == 0)
		return false;
	if (give_back(swap, old))
		complain("%s %s is loaded again", swap->driver->name, old->name);
	else
		complain("%s is not loaded as it was; look at 'dmesg', then reboot", swap->driver->name);
	return false;
}

bool reload_modules(struct host *host, const struct hierarchy *hierarchy, const struct driver *driver,
		    const struct driver_version *old)
{
	struct swap swap = {.host = host, .hierarchy = hierarchy, .driver = driver};
	bool good = false;

	swap.unloaded = need_memory(driver->module_count, sizeof(*swap.unloaded));
	swap.modprobe = program_find(&host->root, "modprobe", "XS_MODPROBE");
	if (swap.modprobe) {
		swap.config = read_config(swap.modprobe);
		good = run(&swap, old);
	} else {
		complain("modprobe is not installed");
	}
	free(swap.unloaded);
	free(swap.modprobe);
	free(swap.config);
	return good;
}
