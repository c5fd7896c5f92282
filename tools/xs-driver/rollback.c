// SPDX-License-Identifier: GPL-2.0-only
// xs-driver rollback: selects the version that was selected before.
#include "xs-driver/commands.h"

static enum status rollback_it(struct host *host, const struct options *options, const struct transaction *transaction)
{
	return selection_change(host, options, WAY_BACK, options->names[0], NULL, transaction);
}

enum status driver_rollback(int argc, char **argv)
{
	struct options options;
	bool done;
	enum status status = options_parse(&options, argc, argv, TAKES_KERNEL TAKES_FORCE TAKES_CHANGE, 1, 1, &done);

	if (!done)
		status = change_run(&options, argv[0], rollback_it);
	options_free(&options);
	return status;
}
