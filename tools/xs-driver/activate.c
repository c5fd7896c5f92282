// SPDX-License-Identifier: GPL-2.0-only
// xs-driver activate: unloads the loaded modules of a driver and loads the selected version, if there is one.
#include <stdlib.h>
#include <string.h>

#include "change/reload.h"
#include "host/critical.h"
#include "host/hierarchy_read.h"
#include "xs-driver/commands.h"

/* Whether the selected version is loaded already. */
static bool is_active(const struct host *host, const struct driver *driver, const struct state *state)
{
	if (!state->loaded || state->reboot_required)
		return false;
	for (size_t m = 0; m < driver->module_count; m++)
		if (host_has_loaded(host, driver->modules[m]))
			return true;
	return false;
}

/* Whether something forbids the activation even with --force. Prints the reason. */
static bool may_not(const struct host *host, const struct driver *driver)
{
	char *use = driver_in_use(&host->root, driver);

	if (!driver->selected && driver->selection != SELECTION_NONE)
		complain("no version of %s is selected completely; run 'xs-driver select %s VERSION' first",
			 driver->name, driver->name);
	else if (use)
		complain("%s is in use: %s; end that, or reboot", driver->name, use);
	else
		return false;
	free(use);
	return true;
}

/* Whether something forbids the activation without --force. Prints the reason. */
static bool should_not(const struct host *host, const struct driver *driver, const struct state *state)
{
	struct critical_modules critical;
	const char *why;
	bool refuse = true;

	critical_modules_read(&critical, &host->root);
	why = state->loaded ? critical_modules_find(&critical, driver) : NULL;
	if (why)
		complain("%s: %s; --force unloads it nevertheless", driver->name, why);
	else if (state->problem[PROBLEM_UNTRACKED] || state->problem[PROBLEM_UNKNOWN] || state->problem[PROBLEM_SPLIT])
		complain("the loaded modules of %s are not one installed version, so they could not be loaded again if "
			 "the new version fails; --force unloads them nevertheless",
			 driver->name);
	else
		refuse = false;
	critical_modules_free(&critical);
	return refuse;
}

static enum status activate(struct host *host, const struct hierarchy *hierarchy, const struct driver *driver,
			    bool force)
{
	struct state state;

	state_read_loaded(&state, host, hierarchy, driver);
	if (driver->selected && is_active(host, driver, &state)) {
		say("%s: %s is active already\n", driver->name, driver->selected->name);
		return STATUS_YES;
	}
	if (driver->selection == SELECTION_NONE && !state.loaded) {
		say("%s: no version is selected, and nothing is loaded\n", driver->name);
		return STATUS_YES;
	}
	if (may_not(host, driver) || (!force && should_not(host, driver, &state)))
		return STATUS_NO;
	if (*host->root.path) {
		complain("with --sysroot, nothing can be loaded: the running kernel has another root");
		return STATUS_NO;
	}
	if (!reload_modules(host, hierarchy, driver, state.active_version))
		return STATUS_NO;
	if (!driver->selected) {
		say("%s: it is unloaded%s%s\n", driver->name, *state.active ? "; it was " : "", state.active);
		return STATUS_YES;
	}
	say("%s: %s is active%s%s\n", driver->name, driver->selected->name, *state.active ? "; it was " : "",
	    state.active);
	return STATUS_YES;
}

static enum status activate_it(struct host *host, const struct options *options, const struct transaction *transaction)
{
	struct hierarchy hierarchy;
	struct kernels kernels = {&hierarchy, 1};
	enum status status = STATUS_TROUBLE;

	(void)transaction;
	if (!*host->running) {
		complain("/proc does not say which kernel is running");
		return STATUS_TROUBLE;
	}
	if (hierarchy_read(&hierarchy, &host->root, host->running) != 0)
		complain("/lib/modules/%s cannot be read", host->running);
	else if (kernels_have(&kernels, options->names[0]))
		status = activate(host, &hierarchy, hierarchy_find(&hierarchy, options->names[0]), options->force);
	hierarchy_free(&hierarchy);
	return status;
}

enum status driver_activate(int argc, char **argv)
{
	struct options options;
	bool done;
	enum status status = options_parse(&options, argc, argv, TAKES_FORCE TAKES_CHANGE, 1, 1, &done);

	if (!done)
		status = change_run(&options, argv[0], activate_it);
	options_free(&options);
	return status;
}
