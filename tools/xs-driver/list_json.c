// SPDX-License-Identifier: GPL-2.0-only
// xs-driver list as JSON. The format is promised; the manual page describes it.
#include <stdlib.h>
#include <string.h>

#include "base/directory.h"
#include "base/json.h"
#include "host/installed.h"
#include "xs-driver/commands.h"

static void set(json_t *object, const char *key, json_t *value)
{
	json_need_zero(json_object_set_new(object, key, json_need(value)));
}

static json_t *devices_json(const struct hardware *hardware, const bool *matched)
{
	json_t *devices = json_need(json_array());

	for (size_t i = 0; i < hardware->count; i++)
		if (matched[i])
			json_need_zero(json_array_append_new(
				devices,
				json_need(json_pack("{s:o, s:o}", "device", json_safe(hardware->devices[i].name),
						    "modalias", json_safe(hardware->devices[i].modalias)))));
	return devices;
}

static json_t *version_json(const struct listing *listing, const struct entry *entry,
			    const struct driver_version *version)
{
	const struct hardware *hardware = &listing->host->hardware;
	bool *matched = need_memory(hardware->count + 1, sizeof(*matched));
	bool present = hardware_match_version(hardware, entry->hierarchy, entry->driver, version,
					      &listing->host->scratch, matched);
	json_t *info = installed_info(entry->hierarchy, entry->driver, version);
	json_t *json = json_need(json_object()), *files = json_need(json_array());
	json_t *priority = json_object_get(info, "priority");

	for (char **file = version->files; *file; file++)
		json_need_zero(json_array_append_new(files, json_safe(*file)));
	set(json, "version", json_safe(version->name));
	set(json, "variant", json_safe(info_text(info, "variant", version->name)));
	set(json, "priority", json_is_number(priority) ? json_incref(priority) : json_null());
	set(json, "status", json_safe(info_text(info, "status", NULL)));
	set(json, "files", files);
	set(json, "hardware_present", json_boolean(present));
	set(json, "devices", devices_json(hardware, matched));
	json_decref(info);
	free(matched);
	return json;
}

/* Sets the values that info.json has for the whole driver. Takes them from the newest version with an info.json. */
static void set_description(json_t *json, const struct entry *entry)
{
	const struct driver *driver = entry->driver;
	json_t *info = NULL;

	for (size_t v = driver->version_count; v > 0 && !info; v--)
		info = installed_info(entry->hierarchy, driver, &driver->versions[v - 1]);
	set(json, "type", json_safe(info_text(info, "category", NULL)));
	set(json, "friendly_name", json_safe(info_text(info, "name", driver->name)));
	set(json, "description", json_safe(info_text(info, "description", NULL)));
	json_decref(info);
}

static void set_modules(json_t *json, const struct listing *listing, const struct entry *entry)
{
	json_t *modules = json_need(json_array()), *drivers = json_need(json_array());

	for (size_t m = 0; m < entry->driver->module_count; m++) {
		const char *module = entry->driver->modules[m];
		char **names = entry->state.running ? module_drivers(&listing->host->root, module) : NULL;

		json_need_zero(json_array_append_new(modules, json_safe(module)));
		for (size_t i = 0; names && names[i]; i++)
			json_need_zero(json_array_append_new(drivers, json_safe(names[i])));
		directory_names_free(names);
	}
	set(json, "modules", modules);
	set(json, "drivers", drivers);
}

static json_t *problems_json(const struct entry *entry)
{
	json_t *problems = json_need(json_array());

	for (int p = 0; p < PROBLEMS; p++) {
		char *hint;

		if (!entry->state.problem[p])
			continue;
		hint = problem_hint(p, entry->driver);
		json_need_zero(json_array_append_new(
			problems, json_need(json_pack("{s:s, s:o, s:s, s:s}", "problem", problem_kinds[p].name, "at",
						      json_safe(entry->state.culprit[p]), "what", problem_kinds[p].what,
						      "hint", hint))));
		free(hint);
	}
	return problems;
}

static json_t *driver_json(const struct listing *listing, const struct entry *entry)
{
	const struct driver *driver = entry->driver;
	const struct state *state = &entry->state;
	json_t *json = json_need(json_object()), *versions = json_need(json_array());
	char *words = state_words(entry);

	for (size_t v = 0; v < driver->version_count; v++)
		json_need_zero(json_array_append_new(versions, version_json(listing, entry, &driver->versions[v])));
	set(json, "uuid", *state->uuid ? json_string(state->uuid) : json_null());
	set(json, "name", json_safe(driver->name));
	set(json, "host", *listing->host->uuid ? json_string(listing->host->uuid) : json_null());
	set(json, "kernel", json_safe(entry->hierarchy->uname));
	set_description(json, entry);
	set_modules(json, listing, entry);
	set(json, "active_version", json_safe(*state->active ? state->active : NULL));
	set(json, "selected_version", json_safe(driver->selected ? driver->selected->name : NULL));
	set(json, "state", json_safe(words));
	set(json, "reboot_required", json_boolean(state->reboot_required));
	set(json, "hardware_present", json_boolean(state->hardware_present));
	set(json, "problems", problems_json(entry));
	set(json, "versions", versions);
	free(words);
	return json;
}

void list_json(const struct listing *listing)
{
	json_t *drivers = json_need(json_array());

	for (size_t i = 0; i < listing->count; i++)
		json_need_zero(json_array_append_new(drivers, driver_json(listing, &listing->entries[i])));
	json_print(json_pack("{s:s, s:i, s:b, s:o, s:O}", "format", "xs-driver-list", "schema", 2, "interrupted",
			     listing->interrupted, "drivers", drivers, "findings", listing->findings));
}
