// SPDX-License-Identifier: GPL-2.0-only
// xs-driver deselect: selects no version of a driver.
#include "xs-driver/commands.h"

static enum status deselect_it(struct host *host, const struct options *options, const struct transaction *transaction)
{
	return selection_change(host, options, WAY_DESELECT, options->names[0], NULL, transaction);
}

enum status driver_deselect(int argc, char **argv)
{
	struct options options;
	bool done;
	enum status status = options_parse(&options, argc, argv, TAKES_KERNEL TAKES_FORCE TAKES_CHANGE, 1, 1, &done);

	if (!done)
		status = change_run(&options, argv[0], deselect_it);
	options_free(&options);
	return status;
}
