// SPDX-License-Identifier: GPL-2.0-only
// xs-driver select: selects the version that is loaded next.
#include "xs-driver/commands.h"

static enum status select_it(struct host *host, const struct options *options, const struct transaction *transaction)
{
	if (options->name_count < 2) {
		complain("select takes a driver's name and a version, or a variant's UUID");
		return STATUS_TROUBLE;
	}
	return selection_change(host, options, WAY_SELECT, options->names[0], options->names[1], transaction);
}

enum status driver_select(int argc, char **argv)
{
	struct options options;
	bool done;
	enum status status = options_parse(&options, argc, argv, TAKES_KERNEL TAKES_FORCE TAKES_CHANGE, 1, 2, &done);

	if (!done)
		status = change_run(&options, argv[0], select_it);
	options_free(&options);
	return status;
}
