// SPDX-License-Identifier: GPL-2.0-only
// Changes the selected version, for select, deselect, rollback and driver-tool.
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/text.h"
#include "change/select.h"
#include "host/critical.h"
#include "host/installed.h"
#include "host/unselected.h"
#include "xs-driver/unfinished.h"

/* The change for one kernel. */
struct target {
	const struct hierarchy *hierarchy;
	const struct driver *driver;
	const struct driver_version *version; /* NULL: select no version */
};

struct targets {
	struct target *list;
	size_t count;
};

static void add_target(struct targets *targets, const struct hierarchy *hierarchy, const struct driver *driver,
		       const struct driver_version *version)
{
	targets->list = array_grown(targets->list, targets->count, sizeof(*targets->list));
	targets->list[targets->count++] = (struct target){hierarchy, driver, version};
}

/*
 * Prints a message and returns true if the driver is not installed for a kernel of --kernel, but for other kernels. The
 * message has these kernels.
 */
static bool complain_of_kernel(const struct host *host, const struct options *options, const struct kernels *kernels,
			       const char *name)
{
	const struct options any = {0};
	const struct hierarchy *lacking = NULL;
	struct kernels all = {0};
	struct growing_text have = {0};

	for (size_t k = 0; k < kernels->count && options->kernel_count && !lacking; k++)
		if (!hierarchy_find(&kernels->list[k], name))
			lacking = &kernels->list[k];
	for (size_t k = 0; lacking && (k > 0 || kernels_read(&all, host, &any, true)) && k < all.count; k++)
		if (hierarchy_find(&all.list[k], name))
			text_add(&have, "%s%s", have.len ? " and " : "", all.list[k].uname);
	if (have.len)
		complain("%s is not installed for kernel %s; it is for %s", name, lacking->uname, have.text);
	free(have.text);
	kernels_free(&all);
	return have.len;
}

static void complain_not_installed(const struct hierarchy *hierarchy, const struct driver *driver, const char *version)
{
	struct growing_text have = {0};

	for (size_t v = 0; v < driver->version_count; v++)
		text_add(&have, "%s%s", v ? ", " : "", driver->versions[v].name);
	complain("version %s of %s is not installed for kernel %s; there: %s", version, driver->name, hierarchy->uname,
		 have.text ? have.text : "none");
	free(have.text);
}

/*
 * Finds the kernels that have the version. If a kernel of --kernel has the driver, it must have the version. So must
 * the running kernel.
 */
static bool targets_of_version(struct targets *targets, const struct host *host, const struct options *options,
			       const struct kernels *kernels, const char *name, const char *version)
{
	const struct hierarchy *lacking = NULL;

	for (size_t k = 0; k < kernels->count; k++) {
		const struct hierarchy *h = &kernels->list[k];
		const struct driver *driver = hierarchy_find(h, name);
		const struct driver_version *found = driver ? installed_find(h, driver, version) : NULL;

		if (found)
			add_target(targets, h, driver, found);
		else if (driver && (options->kernel_count || !lacking || strcmp(h->uname, host->running) == 0))
			lacking = h;
	}
	if (lacking && (options->kernel_count || targets->count == 0 || strcmp(lacking->uname, host->running) == 0)) {
		complain_not_installed(lacking, hierarchy_find(lacking, name), version);
		if (targets->count && !options->kernel_count)
			complain("to select it for another kernel only, name that kernel with --kernel");
		return false;
	}
	return targets->count > 0;
}

/* Finds the kernels where a module of the driver has an entry in updates/. */
static bool targets_of_links(struct targets *targets, const struct kernels *kernels, const char *name)
{
	for (size_t k = 0; k < kernels->count; k++) {
		const struct driver *driver = hierarchy_find(&kernels->list[k], name);

		if (driver && driver->selection != SELECTION_NONE)
			add_target(targets, &kernels->list[k], driver, NULL);
	}
	return true;
}

/* Finds the kernels that remember a version selected before. This version must still be installed. */
static bool targets_of_previous(struct targets *targets, const struct host *host, const struct kernels *kernels,
				const char *name)
{
	bool good = true;

	for (size_t k = 0; k < kernels->count; k++) {
		const struct hierarchy *h = &kernels->list[k];
		const struct driver *driver = hierarchy_find(h, name);
		char *previous = driver ? select_previous(host, h, driver) : NULL;
		const struct driver_version *version = previous ? driver_find_version(driver, previous) : NULL;

		if (version && version != driver->selected) {
			add_target(targets, h, driver, version);
		} else if (previous && !version) {
			complain_not_installed(h, driver, previous);
			good = false;
		}
		free(previous);
	}
	if (good && targets->count == 0)
		complain("no version of %s was selected before the one that is", name);
	return good && targets->count > 0;
}

/* Whether a device of the host would lose its driver. Prints a message with the device. */
static bool loses_device(struct host *host, const struct target *target)
{
	const struct device *lost = select_lost_device(host, target->hierarchy, target->driver, target->version);
	char *modalias;

	if (!lost)
		return false;
	modalias = shown_name(lost->modalias);
	complain("%s %s does not support %s (%s), a device of this host that the selected version supports; --force "
		 "selects it nevertheless",
		 target->driver->name, target->version->name, lost->name, modalias);
	free(modalias);
	return true;
}

static bool plan(struct changeset *changes, struct host *host, const struct options *options,
		 const struct targets *targets)
{
	for (size_t i = 0; i < targets->count; i++) {
		const struct target *target = &targets->list[i];

		if (target->version && !options->force && loses_device(host, target))
			return false;
		if (!select_plan(changes, host, target->hierarchy, target->driver, target->version, options->layout))
			return false;
	}
	return true;
}

/* Warns if the host needs the driver, or if the driver is in use: it is not loaded at the next boot. */
static void warn(const struct host *host, const struct driver *driver)
{
	struct critical_modules critical;
	char *use = driver_in_use(&host->root, driver);
	const char *why;

	critical_modules_read(&critical, &host->root);
	why = critical_modules_find(&critical, driver);
	if (why)
		complain("warning: %s: %s", driver->name, why);
	if (use)
		complain("warning: %s: %s", driver->name, use);
	free(use);
	critical_modules_free(&critical);
}

static void say_done(const struct host *host, const struct target *target)
{
	const struct driver *driver = target->driver;
	const struct driver_version *was = driver->selected;
	struct state state;

	if (!target->version)
		say("%s: no version is selected for kernel %s%s%s\n", driver->name, target->hierarchy->uname,
		    was ? "; it was " : "", was ? was->name : "");
	else if (was == target->version)
		say("%s: %s is selected for kernel %s already\n", driver->name, was->name, target->hierarchy->uname);
	else
		say("%s: %s is selected for kernel %s%s%s\n", driver->name, target->version->name,
		    target->hierarchy->uname, was ? "; it was " : "", was ? was->name : "");
	state_read_loaded(&state, host, target->hierarchy, driver);
	if (!state.loaded || (target->version && state.active_version == target->version))
		return;
	if (target->version)
		say("%s: %s stays loaded until a reboot, or until 'xs-driver activate %s'\n", driver->name,
		    *state.active ? state.active : "a module without a record", driver->name);
	else
		say("%s: it stays loaded until a reboot, or 'xs-driver activate %s', which unloads it\n", driver->name,
		    driver->name);
}

static bool change(struct host *host, const struct options *options, const struct targets *targets, const char *command,
		   const struct transaction *transaction)
{
	struct changeset changes = {.command = text_format("%s", command), .initrd = !options->no_initrd};
	bool good = plan(&changes, host, options, targets);

	good = good && transaction_run(transaction, &changes);
	/* The user's choice replaces the choice of an interrupted package. */
	for (size_t i = 0; i < targets->count && good; i++)
		good = unfinished_forget(&host->root, targets->list[i].hierarchy->uname, targets->list[i].driver->name);
	for (size_t i = 0; i < targets->count && good; i++)
		say_done(host, &targets->list[i]);
	changeset_free(&changes);
	return good;
}

/* Whether depmod takes no version of the drivers that is not selected. */
static bool are_left_out(const struct host *host, const struct targets *targets)
{
	struct unselected unselected;
	bool left_out = true;

	unselected_read(&unselected, &host->root, 0);
	for (size_t i = 0; i < targets->count && left_out; i++) {
		enum layout layout;
		char *placeholder;

		left_out = unselected_find(&unselected, targets->list[i].hierarchy, targets->list[i].driver, &layout,
					   &placeholder) == UNSELECTED_NONE;
		free(placeholder);
	}
	return left_out;
}

static enum status run(struct host *host, const struct options *options, const struct targets *targets,
		       const char *name, const char *command, const struct transaction *transaction)
{
	const struct driver *driver;

	if (targets->count == 0) {
		say("%s: no version is selected\n", name);
		return STATUS_YES;
	}
	driver = targets->list[0].driver;
	if (!targets->list[0].version)
		warn(host, driver);
	if (!are_left_out(host, targets))
		complain("warning: depmod does not leave out versions that are not selected, so the kernel may load "
			 "them; 'xs-driver check' says what to do");
	if (!targets->list[0].version && !options->force) {
		complain("deselecting %s leaves its devices without this driver at the next boot; --force does it",
			 driver->name);
		return STATUS_NO;
	}
	return change(host, options, targets, command, transaction) ? STATUS_YES : STATUS_NO;
}

enum status selection_change(struct host *host, const struct options *options, enum selection_way way, const char *name,
			     const char *version, const struct transaction *transaction)
{
	static const char *const verbs[] = {"select", "deselect", "rollback"};
	struct targets targets = {0};
	struct kernels kernels;
	enum status status = STATUS_TROUBLE;
	char *command = text_format("%s %s%s%s", verbs[way], name, version ? " " : "", version ? version : "");
	bool good = kernels_read(&kernels, host, options, true) && !complain_of_kernel(host, options, &kernels, name) &&
		    kernels_have(&kernels, name);

	if (good && way == WAY_SELECT)
		good = targets_of_version(&targets, host, options, &kernels, name, version);
	else if (good && way == WAY_DESELECT)
		good = targets_of_links(&targets, &kernels, name);
	else if (good && !targets_of_previous(&targets, host, &kernels, name)) {
		good = false;
		status = STATUS_NO;
	}
	if (good)
		status = run(host, options, &targets, name, command, transaction);
	free(targets.list);
	free(command);
	kernels_free(&kernels);
	return status;
}
