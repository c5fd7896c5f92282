// SPDX-License-Identifier: GPL-2.0-only
// xs-driver check and list: compares the installed kernels with the running one, and their initrds with what is
// selected.
#include <stdlib.h>
#include <string.h>

#include "base/progress.h"
#include "base/text.h"
#include "boot/initrd_read.h"
#include "boot/next_kernel.h"
#include "change/initrd.h"
#include "xs-driver/check.h"

/* What is found about one kernel. */
struct survey {
	json_t *findings;
	const struct hierarchy *hierarchy;
	bool is_next; /* it boots next */
};

/* The kernel of the survey is to have the version VERSION of the driver selected, as the running kernel has. */
static void add_other(const struct survey *survey, const struct driver *running, const struct driver *other)
{
	const char *uname = survey->hierarchy->uname, *version = running->selected->name;
	bool installed = other && driver_find_version(other, version);
	char *what = text_format("kernel %s%s has %s%s; the running kernel has %s", uname,
				 survey->is_next ? ", which boots next," : "",
				 !other || !other->version_count ? "no version of it"
				 : other->selected		 ? other->selected->name
								 : "no version selected",
				 other && other->selected ? " selected" : "", version);
	char *hint = installed ? text_format("xs-driver select %s %s --kernel %s", running->name, version, uname)
			       : text_format("install its package for that kernel, for example with: "
					     "dnf install '%s-%s-modules-*-%s'",
					     running->name, version, uname);

	(survey->is_next ? check_add : check_add_notice)(survey->findings, "kernel", running->name, what, hint);
	free(what);
	free(hint);
}

/* A version is selected for the kernel of the survey, and none for the running one. */
static void add_only_there(const struct survey *survey, const struct driver *driver)
{
	char *what = text_format("kernel %s%s has %s selected; the running kernel has no version selected",
				 survey->hierarchy->uname, survey->is_next ? ", which boots next," : "",
				 driver->selected->name);
	char *hint = text_format("xs-driver deselect %s --force --kernel %s, or select it for all kernels",
				 driver->name, survey->hierarchy->uname);

	check_add_notice(survey->findings, "kernel", driver->name, what, hint);
	free(what);
	free(hint);
}

static void compare_with_running(const struct survey *survey, const struct hierarchy *running,
				 const struct options *options)
{
	for (size_t d = 0; d < running->driver_count; d++) {
		const struct driver *driver = &running->drivers[d];
		const struct driver *other = hierarchy_driver(survey->hierarchy, driver->name);
		const struct driver_version *selected = other ? other->selected : NULL;

		if (!check_is_wanted(options, running, driver) || driver->selection > SELECTION_ABSOLUTE)
			continue;
		if (!driver->selected && selected)
			add_only_there(survey, other);
		else if (driver->selected && (!selected || strcmp(selected->name, driver->selected->name) != 0))
			add_other(survey, driver, other);
	}
}

static void add_initrd(const struct survey *survey, const struct host *host, const struct initrd *initrd,
		       const struct driver *driver, const char *held)
{
	char *safe = text_safe(held);
	char *what = text_format("%s has %s, and %s is selected for kernel %s", initrd->path,
				 *held ? safe : "a module that is not an installed version's",
				 driver->selected ? driver->selected->name : "no version", survey->hierarchy->uname);
	char *hint = initrd_command(&host->root, survey->hierarchy->uname, initrd->path);

	check_add(survey->findings, "initrd", driver->name, what, hint);
	free(hint);
	free(what);
	free(safe);
}

/* The kernel loads a driver from the initrd first. A driver that the initrd does not hold is loaded later. */
static void check_initrd(const struct survey *survey, const struct host *host, const struct options *options)
{
	const struct hierarchy *hierarchy = survey->hierarchy;
	struct initrd initrd = {0};

	if (hierarchy->driver_count) {
		progress_at("reading the initrd of kernel %s", hierarchy->uname);
		initrd_read(&initrd, &host->root, hierarchy);
	}
	if (initrd.why)
		check_add_notice(survey->findings, "initrd", initrd.path, initrd.why,
				 "look with lsinitrd or lsinitramfs which version of each driver is in it");
	for (size_t d = 0; d < hierarchy->driver_count && !initrd.why; d++) {
		const struct driver *driver = &hierarchy->drivers[d];
		const char *held = initrd_version(&initrd, driver);

		if (held && check_is_wanted(options, hierarchy, driver) &&
		    strcmp(held, driver->selected ? driver->selected->name : "") != 0)
			add_initrd(survey, host, &initrd, driver, held);
	}
	initrd_free(&initrd);
}

void check_kernels(json_t *findings, const struct host *host, const struct kernels *kernels,
		   const struct options *options)
{
	const struct hierarchy *running = NULL;
	char next[UNAME_MAX + 1];

	boot_next_kernel(&host->root, next);
	for (size_t k = 0; k < kernels->count; k++)
		if (strcmp(kernels->list[k].uname, host->running) == 0)
			running = &kernels->list[k];
	/* First what the next boot brings. */
	for (int other = 0; other < 2; other++)
		for (size_t k = 0; k < kernels->count; k++) {
			struct survey survey = {findings, &kernels->list[k], strcmp(kernels->list[k].uname, next) == 0};

			if (survey.is_next == (bool)other || !boot_has_kernel(&host->root, kernels->list[k].uname))
				continue;
			if (running && running != survey.hierarchy)
				compare_with_running(&survey, running, options);
			check_initrd(&survey, host, options);
		}
}
