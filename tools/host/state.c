// SPDX-License-Identifier: GPL-2.0-only
// The state of a driver: the loaded version, the selected version, and the problems.
#include "host/state.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/die.h"
#include "base/directory.h"
#include "base/text.h"
#include "host/installed.h"
#include "host/loaded.h"

const struct problem_kind problem_kinds[PROBLEMS] = {
	[PROBLEM_MIXED] = {"mixed", "its selected modules are not all of one version",
			   "select one version: xs-driver select %s VERSION"},
	[PROBLEM_ABSOLUTE] = {"absolute", "its link in updates/ is absolute, so it is wrong below another root",
			      "make the link again: xs-driver select %s VERSION"},
	[PROBLEM_MISNAMED] = {"misnamed", "a link in updates/ has another name than the module that it points to",
			      "make the links again: xs-driver select %s VERSION"},
	[PROBLEM_DANGLING] = {"dangling", "its link in updates/ points to a file that does not exist",
			      "select an installed version with xs-driver select %s VERSION, or remove the link"},
	[PROBLEM_ESCAPING] = {"escaping",
			      "a link in updates/ with the name of its module does not point to an installed version",
			      "find out who made it; remove it before selecting a version of %s"},
	[PROBLEM_FOREIGN] = {"foreign", "a file in updates/ with the name of its module belongs to somebody else",
			     "find out who put it there; remove it before selecting a version of %s"},
	[PROBLEM_UNTRACKED] = {"untracked", "it was loaded from a file that has no correct record of its version",
			       "select a version, then reboot or run: xs-driver activate %s --force"},
	[PROBLEM_UNKNOWN] = {"unknown-version", "the loaded version is not installed",
			     "install it; or select another version, and reboot or run: xs-driver activate %s --force"},
	[PROBLEM_SPLIT] = {"split", "its loaded modules are not all of one version",
			   "reboot, or run: xs-driver activate %s --force"},
};

bool host_open(struct host *host, const char *sysroot)
{
	memset(host, 0, sizeof(*host));
	if (root_open(&host->root, sysroot) != 0) {
		complain("--sysroot %s: %s", sysroot ? sysroot : "/", strerror(errno));
		return false;
	}
	if (!loaded_uname(&host->root, host->running) || !name_is_uname(host->running))
		host->running[0] = '\0';
	identity_host(&host->root, host->uuid);
	host->loaded = loaded_names(&host->root);
	hardware_read(&host->hardware, &host->root);
	return true;
}

void host_close(struct host *host)
{
	directory_names_free(host->loaded);
	hardware_free(&host->hardware);
	module_free(&host->scratch);
	root_close(&host->root);
}

static int compare_names(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

bool host_has_loaded(const struct host *host, const char *module)
{
	size_t count = 0;

	while (host->loaded && host->loaded[count])
		count++;
	return count && bsearch(&module, host->loaded, count, sizeof(*host->loaded), compare_names);
}

static void set_problem(struct state *state, enum problem problem, const char *culprit)
{
	if (state->problem[problem])
		return;
	state->problem[problem] = true;
	state->culprit[problem] = culprit;
}

/* The entry in updates/ that causes the problem of the driver's selection, or NULL. */
static const char *find_culprit(const struct hierarchy *hierarchy, const struct driver *driver, enum update_kind kind)
{
	for (size_t m = 0; m < driver->module_count; m++) {
		const struct update *update = hierarchy_update(hierarchy, driver->modules[m]);

		for (; update; update = hierarchy_update_next(hierarchy, update))
			if (update->kind == kind && (!*update->driver || strcmp(update->driver, driver->name) == 0))
				return update->file;
	}
	return NULL;
}

static void judge_selection(struct state *state, const struct hierarchy *hierarchy, const struct driver *driver)
{
	static const struct {
		enum problem problem;
		enum update_kind kind;
	} map[] = {
		[SELECTION_ABSOLUTE] = {PROBLEM_ABSOLUTE, UPDATE_ABSOLUTE},
		[SELECTION_MIXED] = {PROBLEM_MIXED, UPDATE_OURS},
		[SELECTION_MISNAMED] = {PROBLEM_MISNAMED, UPDATE_MISNAMED},
		[SELECTION_DANGLING] = {PROBLEM_DANGLING, UPDATE_DANGLING},
		[SELECTION_ESCAPING] = {PROBLEM_ESCAPING, UPDATE_ESCAPING},
		[SELECTION_FOREIGN] = {PROBLEM_FOREIGN, UPDATE_FOREIGN},
	};

	if (driver->selection > SELECTION_WHOLE)
		set_problem(state, map[driver->selection].problem,
			    find_culprit(hierarchy, driver, map[driver->selection].kind));
}

static void judge_loaded(struct state *state, const struct host *host, const struct hierarchy *hierarchy,
			 const struct driver *driver)
{
	for (size_t m = 0; m < driver->module_count; m++) {
		struct loaded_version version;

		if (!host_has_loaded(host, driver->modules[m]))
			continue;
		state->loaded = true;
		if (!loaded_version(&host->root, driver->modules[m], &version)) {
			set_problem(state, PROBLEM_UNTRACKED, driver->modules[m]);
		} else if (*state->active && strcmp(state->active, version.text) != 0) {
			set_problem(state, PROBLEM_SPLIT, driver->modules[m]);
		} else {
			memcpy(state->active, version.text, sizeof(version.text));
			state->active_version = installed_loaded(hierarchy, driver, &version);
		}
	}
}

void state_read_loaded(struct state *state, const struct host *host, const struct hierarchy *hierarchy,
		       const struct driver *driver)
{
	memset(state, 0, sizeof(*state));
	identity_driver(host->uuid, driver->name, state->uuid);
	judge_selection(state, hierarchy, driver);
	state->running = strcmp(hierarchy->uname, host->running) == 0;
	if (!state->running)
		return;
	judge_loaded(state, host, hierarchy, driver);
	if (*state->active && !state->active_version)
		set_problem(state, PROBLEM_UNKNOWN, NULL);
	state->reboot_required = state->loaded && (state->active_version != driver->selected || !driver->selected ||
						   state->problem[PROBLEM_SPLIT] || state->problem[PROBLEM_UNTRACKED]);
}

void state_read(struct state *state, struct host *host, const struct hierarchy *hierarchy, const struct driver *driver)
{
	bool *matched = need_memory(host->hardware.count + 1, sizeof(*matched));

	state_read_loaded(state, host, hierarchy, driver);
	for (size_t v = 0; v < driver->version_count && !state->hardware_present; v++)
		state->hardware_present = hardware_match_version(&host->hardware, hierarchy, driver,
								 &driver->versions[v], &host->scratch, matched);
	free(matched);
}

char **module_drivers(const struct root *root, const char *module)
{
	char *path = text_format("/sys/module/%s/drivers", module);
	int fd = root_openat(root, path, O_RDONLY | O_DIRECTORY, 0);
	char **names = fd < 0 ? NULL : directory_names(fd);

	free(path);
	for (size_t i = 0; names && names[i]; i++) {
		const char *colon = strchr(names[i], ':');

		if (colon)
			memmove(names[i], colon + 1, strlen(colon));
	}
	return names ? names : need_memory(1, sizeof(*names));
}
