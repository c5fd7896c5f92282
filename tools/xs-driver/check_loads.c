// SPDX-License-Identifier: GPL-2.0-only
// xs-driver check: finds modules for which the kernel would load a wrong file.
#include <stdlib.h>
#include <string.h>

#include "base/spawn.h"
#include "base/text.h"
#include "host/loads.h"
#include "host/unselected.h"
#include "xs-driver/check.h"

/* Adds a finding about depmod.d. LINE is the line to write. */
static void add_not_told(json_t *findings, const struct hierarchy *hierarchy, const char *what, const char *line)
{
	char *hint = text_format("write '%s' to /etc/depmod.d/xs-ddk.conf and run: depmod %s", line, hierarchy->uname);

	check_add(findings, "no-exclude", "/etc/depmod.d", what, hint);
	free(hint);
}

static void add_no_placeholder(json_t *findings, const struct unselected *unselected, const struct hierarchy *hierarchy,
			       const struct driver *driver, const char *what)
{
	char *whole = unselected->kmod ? text_format("%s, and kmod %u has only these to leave versions out", what,
						     unselected->kmod)
				       : text_format("%s", what);
	char *hint = text_format("install the packages of the driver again, made with PROFILE=xs8 or generic, and run: "
				 "depmod %s",
				 hierarchy->uname);

	check_add(findings, "no-exclude", driver->name, whole, hint);
	free(whole);
	free(hint);
}

static void add_unselected(json_t *findings, const struct unselected *unselected, const struct hierarchy *hierarchy,
			   const struct driver *driver, enum unselected_fault fault, enum layout layout,
			   const char *placeholder)
{
	const char *directory = layout_directory(layout);
	char *what = NULL, *line;

	switch (fault) {
	case UNSELECTED_NOT_TOLD:
		line = unselected->kmod && unselected->kmod < DEPMOD_KNOWS_EXCLUDE
			       ? text_format("search updates built-in unselected %s", directory)
			       : text_format("exclude %s", directory);
		add_not_told(findings, hierarchy,
			     "depmod does not exclude the versions: those that are not selected can be loaded", line);
		free(line);
		break;
	case UNSELECTED_NOT_KNOWN:
		what = text_format("depmod is told to leave the versions out by a line 'exclude', and this system's "
				   "kmod %u does not know the line (kmod %d is the first that does)",
				   unselected->kmod, DEPMOD_KNOWS_EXCLUDE);
		line = text_format("search updates built-in unselected %s", directory);
		add_not_told(findings, hierarchy, what, line);
		free(line);
		break;
	case UNSELECTED_NO_PLACEHOLDER:
		what = text_format("the placeholder %s is missing", placeholder);
		add_no_placeholder(findings, unselected, hierarchy, driver, what);
		break;
	default:
		break;
	}
	free(what);
}

static void check_unselected(json_t *findings, const struct unselected *unselected, const struct hierarchy *hierarchy,
			     const struct options *options)
{
	bool reported[LAYOUTS][UNSELECTED_FAULTS] = {{false}};

	for (size_t d = 0; d < hierarchy->driver_count; d++) {
		const struct driver *driver = &hierarchy->drivers[d];
		enum unselected_fault fault;
		enum layout layout;
		char *placeholder;

		if (!check_is_wanted(options, hierarchy, driver))
			continue;
		fault = unselected_find(unselected, hierarchy, driver, &layout, &placeholder);
		/* What depmod.d lacks, it lacks for all drivers. */
		if (fault && (fault == UNSELECTED_NO_PLACEHOLDER || !reported[layout][fault])) {
			add_unselected(findings, unselected, hierarchy, driver, fault, layout, placeholder);
			reported[layout][fault] = true;
		}
		free(placeholder);
	}
}

/* Finds the files that would be loaded: asks modprobe where it may run, and reads modules.dep otherwise. */
static void find_files(struct loads *loads, struct host *host, const struct options *options)
{
	bool is_live = !*host->root.path;
	char *modprobe = is_live || options->run_image_tools
				 ? program_find(&host->root, "modprobe", is_live ? "XS_MODPROBE" : NULL)
				 : NULL;

	if (!modprobe || !loads_ask(loads, modprobe, !is_live, &host->scratch))
		loads_read(loads);
	loads_find_own(loads);
	free(modprobe);
}

static void check_load(json_t *findings, const struct hierarchy *hierarchy, const struct load *load)
{
	char *hint = text_format("run: depmod %s; if that does not help, look for lines 'override' and 'search' of "
				 "others in depmod.d",
				 hierarchy->uname);
	char *what = NULL;

	if (load->wrong)
		what = text_format("for module %s of kernel %s, the file %s would be loaded; expected %s%s",
				   load->module, hierarchy->uname, load->wrong,
				   load->selected ? "updates/"
				   : load->own	  ? ""
						  : "no file, because no selected version has the module",
				   load->selected ? load->selected
				   : load->own	  ? load->own
						  : "");
	else if (!load->found && load->own)
		what = text_format("for module %s of kernel %s, no file would be loaded; expected %s", load->module,
				   hierarchy->uname, load->own);
	if (what)
		check_add(findings, "wrong-file", load->driver, what, hint);
	free(what);
	free(hint);
	if (load->wrong || load->found || !load->selected)
		return;
	what = text_format("modules.dep of %s does not have updates/%s", hierarchy->uname, load->selected);
	hint = text_format("depmod %s", hierarchy->uname);
	check_add(findings, "stale", load->driver, what, hint);
	free(what);
	free(hint);
}

void check_loads(json_t *findings, struct host *host, const struct hierarchy *hierarchy, const struct options *options)
{
	struct unselected unselected;
	struct loads loads;

	if (hierarchy->owner_count == 0)
		return;
	unselected_read(&unselected, &host->root, options->kmod);
	check_unselected(findings, &unselected, hierarchy, options);
	loads_expect(&loads, hierarchy);
	find_files(&loads, host, options);
	for (size_t i = 0; i < loads.count; i++)
		if (check_is_wanted(options, hierarchy, hierarchy_driver(hierarchy, loads.list[i].driver)))
			check_load(findings, hierarchy, &loads.list[i]);
	loads_free(&loads);
}
