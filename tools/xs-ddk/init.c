// SPDX-License-Identifier: GPL-2.0-only
// xs-ddk init: make a driver's folder for bare sources.
#include <getopt.h>

#include "base/text.h"
#include "kit/import.h"
#include "xs-ddk/commands.h"
#include "xs-ddk/import_arguments.h"

enum status cmd_init(int argc, char **argv)
{
	struct packaging folder = {.from = "the sources"};
	bool help;

	if (!import_arguments(&folder, argc, argv, 2, &help)) {
		packaging_free(&folder);
		return command_misused("init");
	}
	if (help) {
		packaging_free(&folder);
		return command_help("init");
	}
	packaging_learn(&folder, VALUE_DRIVER, argv[optind]);
	folder.source = text_format("%s", argv[optind + 1]);
	if (!source_tree_read(&folder.tree, folder.source)) {
		packaging_free(&folder);
		return STATUS_TROUBLE;
	}
	if (import_is_driver(&folder))
		return import_finish(&folder);
	packaging_free(&folder);
	return STATUS_NO;
}
