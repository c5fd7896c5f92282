// SPDX-License-Identifier: GPL-2.0-only
// The rule that the loaded modules are the selected ones: loaded-not-selected.
#include <string.h>

#include "check/check.h"
#include "host/hierarchy.h"
#include "host/loaded.h"

static bool is_available(const struct hierarchy *hierarchy, const char *module)
{
	for (size_t i = 0; i < hierarchy->driver_count; i++)
		for (size_t j = 0; j < hierarchy->drivers[i].module_count; j++)
			if (strcmp(hierarchy->drivers[i].modules[j], module) == 0)
				return true;
	return false;
}

void check_loaded(struct report *report, const char *path, const struct hierarchy *hierarchy,
		  const struct loaded *loaded)
{
	const struct update *update = hierarchy_update(hierarchy, loaded->name);

	if (!note_is_sound(&loaded->note))
		return;
	if (update && update->version[0]) {
		if (strcmp(update->version, loaded->note.version) != 0)
			report_add(report, RULE_LOADED_NOT_SELECTED, path, "%s is loaded, %s is selected",
				   loaded->note.version, update->version);
	} else if (!update && is_available(hierarchy, loaded->name)) {
		report_add(report, RULE_LOADED_NOT_SELECTED, path, "%s is loaded, no version is selected",
			   loaded->note.version);
	}
}
