// SPDX-License-Identifier: GPL-2.0-only
// xs-ddk diff: what changes for devices and users from one set of modules and packages to another.
#include <getopt.h>
#include <stdlib.h>

#include "base/die.h"
#include "base/options.h"
#include "base/progress.h"
#include "base/text.h"
#include "xs-ddk/commands.h"
#include "xs-ddk/diff_report.h"

/* Compares the modules of both sets. The caller frees the pairs, and the changes of each. */
static void compare_modules(struct diff_result *result, const struct diff_set *old_set, const struct diff_set *new_set)
{
	struct diff_pair *pairs = diff_pairs(old_set, new_set, &result->pair_count);
	struct device_index *devices = diff_devices(new_set);

	result->pairs = need_memory(result->pair_count + 1, sizeof(*result->pairs));
	for (size_t i = 0; i < result->pair_count; i++) {
		struct told_pair *told = &result->pairs[i];

		told->pair = pairs[i];
		told->changes = diff_changes(&pairs[i], new_set, devices, &told->count);
	}
	device_index_free(devices);
	free(pairs);
}

static enum status diff(const struct diff_set *old_set, const struct diff_set *new_set, diff_printer *print)
{
	struct diff_result result = {0};

	compare_modules(&result, old_set, new_set);
	result.facts = set_facts_compare(&old_set->facts, &new_set->facts, &result.fact_count);
	diff_result_count(&result);
	progress_end();
	if (result.devices_unknown)
		complain("the comparison takes too long: %zu device alias%s of the older modules could not be matched "
			 "with those of the newer ones",
			 result.devices_unknown, result.devices_unknown == 1 ? "" : "es");
	else
		print(&result);
	for (size_t i = 0; i < result.pair_count; i++)
		free(result.pairs[i].changes);
	free(result.pairs);
	free(result.facts);
	if (result.devices_unknown)
		return STATUS_TROUBLE;
	return diff_result_has_findings(&result) ? STATUS_NO : STATUS_YES;
}

static const struct option options[] = {
	{"help", no_argument, NULL, OPTION_HELP},
	{"json", no_argument, NULL, OPTION_JSON},
	{"format", required_argument, NULL, OPTION_FORMAT},
	{0},
};

enum status cmd_diff(int argc, char **argv)
{
	struct diff_set sets[2] = {0};
	enum status status = STATUS_TROUBLE;
	diff_printer *print = diff_printer_find("text");
	int option;

	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (option == OPTION_HELP)
			return command_help("diff");
		if (option != OPTION_JSON && option != OPTION_FORMAT)
			return command_misused("diff");
		print = diff_printer_find(option == OPTION_JSON ? "json" : optarg);
		if (!print) {
			complain("--format: there are text, json, markdown and html");
			return command_misused("diff");
		}
	}
	if (argc - optind != 2) {
		complain("diff takes two paths, OLD and NEW, not %d", argc - optind);
		return command_misused("diff");
	}
	progress_start();
	for (int i = 0; i < 2; i++)
		diff_set_read(&sets[i], argv[optind + i]);
	/* An incomplete newer set would report devices as lost although they are not. */
	if (!sets[0].trouble && !sets[1].trouble)
		status = diff(&sets[0], &sets[1], print);
	progress_end();
	for (int i = 0; i < 2; i++)
		diff_set_free(&sets[i]);
	return status;
}
