// SPDX-License-Identifier: GPL-2.0-only
// xs-driver recover: finishes or undoes the changes of a command or a scriptlet that was killed.
#include "xs-driver/unfinished.h"

/* change_run() has already repaired the changes of a killed command. Only the packages are left. */
static enum status finish_packages(struct host *host, const struct options *options,
				   const struct transaction *transaction)
{
	return unfinished_finish(host, options, transaction) ? STATUS_YES : STATUS_NO;
}

enum status driver_recover(int argc, char **argv)
{
	struct options options;
	bool done;
	enum status status = options_parse(&options, argc, argv, TAKES_CHANGE, 0, 0, &done);

	if (!done)
		status = change_run(&options, argv[0], finish_packages);
	options_free(&options);
	return status;
}
