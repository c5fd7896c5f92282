// SPDX-License-Identifier: GPL-2.0-only
// xs-driver recover: finishes or undoes what a command that was killed left.
#include "xs-driver/commands.h"

/* Every command that changes something begins with it, and this one does no more. */
static enum status nothing_more(struct host *host, const struct options *options, const struct transaction *transaction)
{
	(void)host;
	(void)options;
	(void)transaction;
	return STATUS_YES;
}

enum status driver_recover(int argc, char **argv)
{
	struct options options;
	bool done;
	enum status status = options_parse(&options, argc, argv, TAKES_CHANGE, 0, 0, &done);

	if (!done)
		status = change_run(&options, argv[0], nothing_more);
	options_free(&options);
	return status;
}
