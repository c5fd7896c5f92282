// SPDX-License-Identifier: GPL-2.0-only
// xs-ddk diff: what changes for devices and users from one set of modules and packages to another.
#include <getopt.h>

#include "base/options.h"
#include "base/progress.h"
#include "base/text.h"
#include "diff/diff_report.h"
#include "xs-ddk/commands.h"

static enum status diff(const struct diff_set *old_set, const struct diff_set *new_set, diff_printer *print)
{
	struct diff_result result;
	enum status status = STATUS_TROUBLE;
	bool made = diff_result_make(&result, old_set, new_set);

	progress_end();
	if (made) {
		print(&result);
		status = diff_result_has_findings(&result) ? STATUS_NO : STATUS_YES;
	}
	diff_result_free(&result);
	return status;
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
		diff_set_read(&sets[i], (char *[]){argv[optind + i], NULL});
	/* An incomplete newer set would report devices as lost although they are not. */
	if (!sets[0].trouble && !sets[1].trouble)
		status = diff(&sets[0], &sets[1], print);
	progress_end();
	for (int i = 0; i < 2; i++)
		diff_set_free(&sets[i]);
	return status;
}
