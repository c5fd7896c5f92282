// SPDX-License-Identifier: GPL-2.0-only
// xs-ddk diff: what changes for devices and users from one set of modules to another.
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/options.h"
#include "base/text.h"
#include "xs-ddk/commands.h"
#include "xs-ddk/module_diff.h"

struct totals {
	size_t pairs, gained, lost, devices_lost;
};

static const char *change_name(const struct diff_change *change)
{
	if (!change->new_attribute)
		return "lost";
	return change->old_attribute ? "changed" : "gained";
}

static const struct attribute *fact_of(const struct diff_change *change)
{
	return change->old_attribute ? change->old_attribute : change->new_attribute;
}

static const char *value_or(const struct attribute *attribute)
{
	return attribute && *attribute->value ? attribute->value : "none";
}

/* One line: what, how, which, and where a value changed, from what to what. */
static void print_change(const struct diff_change *change)
{
	const struct attribute *attribute = fact_of(change);
	char *key = text_safe(attribute->key), *from = text_safe(value_or(change->old_attribute)),
	     *to = text_safe(value_or(change->new_attribute));

	printf("  %s %s%s%s", attribute_kind_name(attribute->kind), change_name(change), *key ? ": " : "", key);
	if (change->old_attribute && change->new_attribute)
		printf(": %s -> %s", from, to);
	else if (*attribute->value)
		printf(" (%s)", change->old_attribute ? from : to);
	puts(change->device_lost ? " [this hardware loses its driver]" : "");
	free(to);
	free(from);
	free(key);
}

static void print_pair(const struct diff_pair *pair, const struct diff_change *changes, size_t count)
{
	const struct diff_module *module = pair->new_module ? pair->new_module : pair->old_module;
	char *name = text_safe(module->name), *kernel = text_safe(module->kernel);

	if (!pair->old_module || !pair->new_module)
		printf("%s (%s): module %s\n", name, kernel, pair->old_module ? "lost" : "gained");
	else if (count)
		printf("%s (%s)\n", name, kernel);
	for (size_t i = 0; i < count; i++)
		/* Of a module that is gone or new, only what devices see is news. */
		if ((pair->old_module && pair->new_module) || fact_of(&changes[i])->kind == ATTRIBUTE_DEVICE)
			print_change(&changes[i]);
	free(kernel);
	free(name);
}

static json_t *value_json(const struct attribute *attribute)
{
	return attribute ? json_safe(attribute->value) : json_need(json_null());
}

static json_t *change_json(const struct diff_change *change)
{
	const struct attribute *attribute = fact_of(change);

	return json_need(json_pack("{s:s, s:s, s:o, s:o, s:o, s:b}", "what", attribute_kind_name(attribute->kind),
				   "change", change_name(change), "name", json_safe(attribute->key), "old",
				   value_json(change->old_attribute), "new", value_json(change->new_attribute),
				   "finding", change->device_lost));
}

static json_t *pair_json(const struct diff_pair *pair, const struct diff_change *changes, size_t count)
{
	const struct diff_module *a = pair->old_module, *b = pair->new_module;
	json_t *list = json_need(json_array());

	for (size_t i = 0; i < count; i++)
		json_need_zero(json_array_append_new(list, change_json(&changes[i])));
	return json_need(json_pack("{s:o, s:o, s:o, s:o, s:o, s:o}", "module", json_safe(b ? b->name : a->name),
				   "old_path", json_safe(a ? a->path : NULL), "new_path", json_safe(b ? b->path : NULL),
				   "old_kernel", json_safe(a ? a->kernel : NULL), "new_kernel",
				   json_safe(b ? b->kernel : NULL), "changes", list));
}

static void tell_pair(const struct diff_pair *pair, const struct diff_set *new_set, struct totals *totals, json_t *json)
{
	size_t count;
	struct diff_change *changes = diff_changes(pair, new_set, &count);

	totals->pairs += pair->old_module && pair->new_module;
	totals->gained += !pair->old_module;
	totals->lost += !pair->new_module;
	for (size_t i = 0; i < count; i++)
		totals->devices_lost += changes[i].device_lost;
	if (json)
		json_need_zero(json_array_append_new(json, pair_json(pair, changes, count)));
	else
		print_pair(pair, changes, count);
	free(changes);
}

static enum status diff(const struct diff_set *old_set, const struct diff_set *new_set, bool as_json)
{
	struct totals totals = {0};
	json_t *json = as_json ? json_need(json_array()) : NULL;
	size_t count;
	struct diff_pair *pairs = diff_pairs(old_set, new_set, &count);

	for (size_t i = 0; i < count; i++)
		tell_pair(&pairs[i], new_set, &totals, json);
	free(pairs);
	if (as_json)
		json_print(json_pack("{s:s, s:i, s:o, s:I}", "format", "xs-ddk-diff", "schema", 2, "modules", json,
				     "devices_lost", (json_int_t)totals.devices_lost));
	else
		printf("%zu module%s compared, %zu gained, %zu lost; %zu device alias%s lost\n", totals.pairs,
		       totals.pairs == 1 ? "" : "s", totals.gained, totals.lost, totals.devices_lost,
		       totals.devices_lost == 1 ? "" : "es");
	return totals.devices_lost ? STATUS_NO : STATUS_YES;
}

static const struct option options[] = {
	{"help", no_argument, NULL, OPTION_HELP},
	{"json", no_argument, NULL, OPTION_JSON},
	{0},
};

enum status cmd_diff(int argc, char **argv)
{
	struct diff_set sets[2] = {0};
	enum status status = STATUS_TROUBLE;
	bool json = false;
	int option;

	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (option == OPTION_HELP)
			return command_help("diff");
		if (option != OPTION_JSON)
			return command_misused("diff");
		json = true;
	}
	if (argc - optind != 2) {
		complain("diff takes two paths, OLD and NEW, not %d", argc - optind);
		return command_misused("diff");
	}
	for (int i = 0; i < 2; i++)
		diff_set_read(&sets[i], argv[optind + i]);
	/* Half of a set compared would make devices lost that are not. */
	if (!sets[0].trouble && !sets[1].trouble)
		status = diff(&sets[0], &sets[1], json);
	for (int i = 0; i < 2; i++)
		diff_set_free(&sets[i]);
	return status;
}
