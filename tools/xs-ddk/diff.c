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

/* A pair of modules with its differences. */
struct told_pair {
	struct diff_pair pair;
	struct diff_change *changes;
	size_t count;
};

struct totals {
	size_t pairs, gained, lost, devices_lost, devices_unknown, signatures_lost;
};

static const char *change_name(const struct diff_change *change)
{
	if (!change->new_attribute)
		return "lost";
	return change->old_attribute ? "changed" : "gained";
}

static const struct attribute *attribute_of(const struct diff_change *change)
{
	return change->old_attribute ? change->old_attribute : change->new_attribute;
}

static const char *value_or(const struct attribute *attribute)
{
	return attribute && *attribute->value ? attribute->value : "none";
}

/* Why a change is a finding, as a static text, or NULL if it is none. */
static const char *finding_of(const struct diff_pair *pair, const struct diff_change *change)
{
	if (change->coverage == UNCOVERED)
		return "this hardware loses its driver";
	if (pair->new_module && change->old_attribute && change->old_attribute->kind == ATTRIBUTE_SIGNATURE &&
	    *change->old_attribute->value && !*change->new_attribute->value)
		return "the signature is lost";
	return NULL;
}

/* Prints a line: the kind, the change, the key, and the old and new value. */
static void print_change(const struct diff_pair *pair, const struct diff_change *change)
{
	const struct attribute *attribute = attribute_of(change);
	const char *finding = finding_of(pair, change);
	char *key = text_safe(attribute->key), *from = text_safe(value_or(change->old_attribute)),
	     *to = text_safe(value_or(change->new_attribute));

	printf("  %s %s%s%s", attribute_kind_name(attribute->kind), change_name(change), *key ? ": " : "", key);
	if (change->old_attribute && change->new_attribute)
		printf(": %s -> %s", from, to);
	else if (*attribute->value)
		printf(" (%s)", change->old_attribute ? from : to);
	printf("%s%s%s\n", finding ? " [" : "", finding ? finding : "", finding ? "]" : "");
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
		/* For a module that is only in one set, only device aliases matter. */
		if ((pair->old_module && pair->new_module) || attribute_of(&changes[i])->kind == ATTRIBUTE_DEVICE)
			print_change(pair, &changes[i]);
	free(kernel);
	free(name);
}

static json_t *value_json(const struct attribute *attribute)
{
	return attribute ? json_safe(attribute->value) : json_need(json_null());
}

static json_t *change_json(const struct diff_pair *pair, const struct diff_change *change)
{
	const struct attribute *attribute = attribute_of(change);

	return json_need(json_pack("{s:s, s:s, s:o, s:o, s:o, s:b}", "what", attribute_kind_name(attribute->kind),
				   "change", change_name(change), "name", json_safe(attribute->key), "old",
				   value_json(change->old_attribute), "new", value_json(change->new_attribute),
				   "finding", finding_of(pair, change) != NULL));
}

static json_t *pair_json(const struct diff_pair *pair, const struct diff_change *changes, size_t count)
{
	const struct diff_module *a = pair->old_module, *b = pair->new_module;
	json_t *list = json_need(json_array());

	for (size_t i = 0; i < count; i++)
		json_need_zero(json_array_append_new(list, change_json(pair, &changes[i])));
	return json_need(json_pack("{s:o, s:o, s:o, s:o, s:o, s:b, s:o}", "module", json_safe(b ? b->name : a->name),
				   "old_path", json_safe(a ? a->path : NULL), "new_path", json_safe(b ? b->path : NULL),
				   "old_kernel", json_safe(a ? a->kernel : NULL), "new_kernel",
				   json_safe(b ? b->kernel : NULL), "finding", !b, "changes", list));
}

static void count_pair(const struct told_pair *told, struct totals *totals)
{
	totals->pairs += told->pair.old_module && told->pair.new_module;
	totals->gained += !told->pair.old_module;
	totals->lost += !told->pair.new_module;
	for (size_t i = 0; i < told->count; i++) {
		totals->devices_lost += told->changes[i].coverage == UNCOVERED;
		totals->signatures_lost +=
			told->changes[i].coverage != UNCOVERED && finding_of(&told->pair, &told->changes[i]);
		totals->devices_unknown += told->changes[i].coverage == COVERAGE_UNKNOWN;
	}
}

static void print_all(const struct told_pair *all, size_t count, const struct totals *totals)
{
	for (size_t i = 0; i < count; i++)
		print_pair(&all[i].pair, all[i].changes, all[i].count);
	printf("%zu module%s compared, %zu gained, %zu lost; %zu device alias%s lost", totals->pairs,
	       totals->pairs == 1 ? "" : "s", totals->gained, totals->lost, totals->devices_lost,
	       totals->devices_lost == 1 ? "" : "es");
	if (totals->signatures_lost)
		printf(", %zu signature%s lost", totals->signatures_lost, totals->signatures_lost == 1 ? "" : "s");
	puts("");
}

static void print_json(const struct told_pair *all, size_t count, const struct totals *totals)
{
	json_t *modules = json_need(json_array());

	for (size_t i = 0; i < count; i++)
		json_need_zero(json_array_append_new(modules, pair_json(&all[i].pair, all[i].changes, all[i].count)));
	json_print(json_pack("{s:s, s:i, s:o, s:I, s:I, s:I}", "format", "xs-ddk-diff", "schema", 2, "modules", modules,
			     "modules_lost", (json_int_t)totals->lost, "devices_lost", (json_int_t)totals->devices_lost,
			     "signatures_lost", (json_int_t)totals->signatures_lost));
}

/* All pairs with their differences, in memory to free. The caller also frees the changes of each pair. */
static struct told_pair *compare(const struct diff_set *old_set, const struct diff_set *new_set, size_t *count)
{
	struct diff_pair *pairs = diff_pairs(old_set, new_set, count);
	struct told_pair *all = need_memory(*count + 1, sizeof(*all));
	struct device_index *devices = diff_devices(new_set);

	for (size_t i = 0; i < *count; i++) {
		all[i].pair = pairs[i];
		all[i].changes = diff_changes(&pairs[i], new_set, devices, &all[i].count);
	}
	device_index_free(devices);
	free(pairs);
	return all;
}

static enum status diff(const struct diff_set *old_set, const struct diff_set *new_set, bool as_json)
{
	struct totals totals = {0};
	size_t count;
	struct told_pair *all = compare(old_set, new_set, &count);

	for (size_t i = 0; i < count; i++)
		count_pair(&all[i], &totals);
	if (totals.devices_unknown)
		complain("the comparison takes too long: %zu device alias%s of the older modules could not be matched "
			 "with those of the newer ones",
			 totals.devices_unknown, totals.devices_unknown == 1 ? "" : "es");
	else if (as_json)
		print_json(all, count, &totals);
	else
		print_all(all, count, &totals);
	for (size_t i = 0; i < count; i++)
		free(all[i].changes);
	free(all);
	if (totals.devices_unknown)
		return STATUS_TROUBLE;
	return totals.lost || totals.devices_lost || totals.signatures_lost ? STATUS_NO : STATUS_YES;
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
	/* An incomplete newer set would report devices as lost although they are not. */
	if (!sets[0].trouble && !sets[1].trouble)
		status = diff(&sets[0], &sets[1], json);
	for (int i = 0; i < 2; i++)
		diff_set_free(&sets[i]);
	return status;
}
