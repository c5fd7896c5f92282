// SPDX-License-Identifier: GPL-2.0-only
// driver-tool, or xs-driver driver-tool: list, select and deselect in the protocol of toolstacks.
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/directory.h"
#include "base/json.h"
#include "base/text.h"
#include "host/installed.h"
#include "xs-driver/commands.h"

/* The version of the protocol in the replies. xapi and XenServer's own tool use the same number. */
#define PROTOCOL_VERSION 0.1

struct call {
	struct options options;
	enum what { CALL_NONE, CALL_LIST, CALL_SELECT, CALL_DESELECT } what;
	const char *name, *variant;
	bool is_ambiguous; /* two of -l, -s and -d were given */
};

static void set(json_t *object, const char *key, json_t *value)
{
	json_need_zero(json_object_set_new(object, key, json_need(value)));
}

/* The variant of VERSION as JSON. VERSION may be NULL; then the result is null. */
static json_t *variant_json(const struct hierarchy *hierarchy, const struct driver *driver,
			    const struct driver_version *version)
{
	char *variant = version ? installed_variant(hierarchy, driver, version) : NULL;
	json_t *json = json_safe(variant);

	free(variant);
	return json;
}

static void add_variant(json_t *variants, struct host *host, const struct hierarchy *hierarchy,
			const struct driver *driver, const struct driver_version *version)
{
	json_t *info = installed_info(hierarchy, driver, version);
	json_t *priority = json_object_get(info, "priority"), *json = json_need(json_object());
	bool *matched = need_memory(host->hardware.count + 1, sizeof(*matched));
	/*
	 * Toolstacks do not select a version if its hardware is absent. A version without aliases for devices needs no
	 * hardware.
	 */
	bool present = hardware_match_version(&host->hardware, hierarchy, driver, version, &host->scratch, matched) ||
		       !hardware_is_needed(hierarchy, driver, version, &host->scratch);

	set(json, "version", json_safe(info_text(info, "version", version->name)));
	set(json, "hardware_present", json_boolean(present));
	set(json, "priority", json_is_number(priority) ? json_incref(priority) : json_integer(0));
	set(json, "status", json_safe(info_text(info, "status", "unknown")));
	set(variants, info_text(info, "variant", version->name), json);
	json_decref(info);
	free(matched);
}

/* The file name of a module, without the suffix of a compression, as in info.json. Memory to free. */
static char *module_file(const struct driver *driver, const char *module)
{
	for (size_t v = 0; v < driver->version_count; v++) {
		const char *file = version_file(&driver->versions[v], module);

		if (file)
			return text_format("%.*s.ko", (int)(name_module_suffix(file) - file), file);
	}
	return text_format("%s.ko", module);
}

static json_t *loaded_modules(const struct host *host, const struct driver *driver, bool running)
{
	json_t *modules = json_need(json_array());

	for (size_t m = 0; m < driver->module_count && running; m++) {
		char *file = module_file(driver, driver->modules[m]);

		if (host_has_loaded(host, driver->modules[m]))
			json_need_zero(json_array_append_new(modules, json_safe(file)));
		free(file);
	}
	return modules;
}

/* A driver as JSON. Toolstacks fail if a key is missing, or if a value that should be a string is not a string. */
static json_t *driver_json(struct host *host, const struct hierarchy *hierarchy, const struct driver *driver)
{
	json_t *json = json_need(json_object()), *variants = json_need(json_object()), *info = NULL;
	struct state state;

	state_read_loaded(&state, host, hierarchy, driver);
	for (size_t v = driver->version_count; v > 0 && !info; v--)
		info = installed_info(hierarchy, driver, &driver->versions[v - 1]);
	for (size_t v = 0; v < driver->version_count; v++)
		add_variant(variants, host, hierarchy, driver, &driver->versions[v]);
	set(json, "type", json_safe(info_text(info, "category", "other")));
	set(json, "friendly_name", json_safe(info_text(info, "name", driver->name)));
	set(json, "description", json_safe(info_text(info, "description", "")));
	set(json, "info", json_safe(info_text(info, "name", driver->name)));
	set(json, "selected", variant_json(hierarchy, driver, driver->selected));
	set(json, "active",
	    state.active_version ? variant_json(hierarchy, driver, state.active_version)
				 : json_safe(*state.active ? state.active : NULL));
	set(json, "loaded modules", loaded_modules(host, driver, state.running));
	set(json, "variants", variants);
	json_decref(info);
	return json;
}

/* Adds DRIVER to DRIVERS. If another kernel has the driver already, adds only the variants. */
static void merge(json_t *drivers, const char *name, json_t *driver)
{
	json_t *known = json_object_get(drivers, name);

	if (known) {
		json_need_zero(json_object_update_missing(json_object_get(known, "variants"),
							  json_object_get(driver, "variants")));
		json_decref(driver);
	} else {
		set(drivers, name, driver);
	}
}

static enum status list(const struct call *call)
{
	struct kernels kernels = {0};
	struct host host;
	json_t *drivers = json_need(json_object());
	bool good = host_open(&host, call->options.sysroot);
	bool opened = good;

	good = good && kernels_read(&kernels, &host, &call->options, false);
	for (size_t k = 0; k < kernels.count && good; k++)
		for (size_t d = 0; d < kernels.list[k].driver_count; d++)
			if (kernels.list[k].drivers[d].version_count)
				merge(drivers, kernels.list[k].drivers[d].name,
				      driver_json(&host, &kernels.list[k], &kernels.list[k].drivers[d]));
	if (good)
		json_print(json_pack("{s:{s:f}, s:{s:b}, s:O}", "protocol", "version", PROTOCOL_VERSION, "operation",
				     "reboot", false, "drivers", drivers));
	json_decref(drivers);
	kernels_free(&kernels);
	if (opened)
		host_close(&host);
	return good ? STATUS_YES : STATUS_TROUBLE;
}

/* The call, for change_it(). change_run() has no argument for it. */
static const struct call *current;

/* Whether an info.json of the driver has the name NAME. */
static bool has_friendly_name(const struct hierarchy *hierarchy, const struct driver *driver, const char *name)
{
	bool has = false;

	for (size_t v = 0; v < driver->version_count && !has; v++) {
		json_t *info = installed_info(hierarchy, driver, &driver->versions[v]);

		has = strcmp(info_text(info, "name", ""), name) == 0;
		json_decref(info);
	}
	return has;
}

/*
 * Finds the driver that NAME means, and copies its name to OUT. NAME is a driver, a module, or the name in info.json
 * that the list shows to toolstacks. If there is no such driver, OUT is NAME. Returns false if NAME is not a legal name
 * either.
 */
static bool find_name(const struct host *host, const struct options *options, const char *name,
		      char out[XENSERVER_VERSION_MAX + 1])
{
	struct kernels kernels;
	bool good = kernels_read(&kernels, host, options, true), found = false;

	snprintf(out, XENSERVER_VERSION_MAX + 1, "%s", name_is_legal(name) ? name : "");
	for (size_t k = 0; k < kernels.count && good && *out; k++)
		found |= hierarchy_find(&kernels.list[k], out) != NULL;
	for (size_t k = 0; k < kernels.count && good && !found; k++)
		for (size_t d = 0; d < kernels.list[k].driver_count && !found; d++) {
			const struct driver *driver = &kernels.list[k].drivers[d];

			found = has_friendly_name(&kernels.list[k], driver, name);
			if (found)
				memcpy(out, driver->name, sizeof(driver->name));
		}
	kernels_free(&kernels);
	return *out;
}

static enum status change_it(struct host *host, const struct options *options, const struct transaction *transaction)
{
	char name[XENSERVER_VERSION_MAX + 1], *shown;

	if (!find_name(host, options, current->name, name)) {
		shown = shown_name(current->name);
		complain("'%s' cannot be the name of a driver", shown);
		free(shown);
		return STATUS_TROUBLE;
	}
	return selection_change(host, options, current->what == CALL_SELECT ? WAY_SELECT : WAY_DESELECT, name,
				current->variant, transaction);
}

/* Prints the reply {"driver", "variant", "exit"}, and after an error also "message". */
static void reply(const struct call *call, enum status status)
{
	const char *message = complaints();
	json_t *json = json_need(json_object());

	if (call->name)
		set(json, "driver", json_safe(call->name));
	if (call->variant)
		set(json, "variant", json_safe(call->variant));
	set(json, "exit", json_integer(status));
	if (status != STATUS_YES)
		set(json, "message", json_safe(message ? message : ""));
	json_print(json);
}

static enum status change(struct call *call)
{
	enum status status;

	/* The protocol has no option --force, but deselecting needs it. */
	call->options.force = call->what == CALL_DESELECT;
	current = call;
	driver_quiet = true;
	status = change_run(&call->options, call->what == CALL_SELECT ? "driver-tool -s" : "driver-tool -d", change_it);
	reply(call, status);
	return status;
}

static bool take_call(struct call *call, enum what what)
{
	call->is_ambiguous |= call->what != CALL_NONE && call->what != what;
	call->what = what;
	return true;
}

static bool take(struct call *call, int option)
{
	switch (option) {
	case 'l':
		return take_call(call, CALL_LIST);
	case 's':
		return take_call(call, CALL_SELECT);
	case 'd':
		return take_call(call, CALL_DESELECT);
	case 'n':
		call->name = optarg;
		return true;
	case 'v':
		call->variant = optarg;
		return true;
	}
	return options_take(&call->options, option);
}

static bool is_complete(const struct call *call, int left)
{
	if (call->variant && !name_is_legal(call->variant)) {
		char *shown = shown_name(call->variant);

		complain("'%s' cannot be the name of a variant", shown);
		free(shown);
		return false;
	}
	if (left == 0 && !call->is_ambiguous &&
	    (call->what == CALL_LIST || (call->what == CALL_SELECT && call->name && call->variant) ||
	     (call->what == CALL_DESELECT && call->name)))
		return true;
	complain("expected -l, or -s -n NAME -v VARIANT, or -d NAME");
	return false;
}

static const struct option long_options[] = {
	{"list", no_argument, NULL, 'l'},
	{"select", no_argument, NULL, 's'},
	{"deselect", no_argument, NULL, 'd'},
	{"name", required_argument, NULL, 'n'},
	{"variant", required_argument, NULL, 'v'},
	{"help", no_argument, NULL, 'H'},
	{"sysroot", required_argument, NULL, 'S'},
	{"layout", required_argument, NULL, 'L'},
	{0},
};

enum status driver_tool(int argc, char **argv)
{
	struct call call = {.options = {.wait = WAIT_DEFAULT}};
	int option;

	while ((option = getopt_long(argc, argv, "lsdn:v:h", long_options, NULL)) != -1) {
		if (option == 'h' || option == 'H')
			return command_help("driver-tool");
		if (!take(&call, option))
			return command_misused("driver-tool");
	}
	/* Toolstacks call driver-tool with "-d NAME", without -n. */
	if (call.what == CALL_DESELECT && !call.name && optind < argc)
		call.name = argv[optind++];
	if (!is_complete(&call, argc - optind)) {
		if (call.what == CALL_SELECT || call.what == CALL_DESELECT)
			reply(&call, STATUS_TROUBLE);
		return command_misused("driver-tool");
	}
	return call.what == CALL_LIST ? list(&call) : change(&call);
}
