// SPDX-License-Identifier: GPL-2.0-only
// xs-ddk init: makes a driver's directory from sources without a dkms.conf.
#include <getopt.h>

#include "base/text.h"
#include "kit/import.h"
#include "xs-ddk/commands.h"
#include "xs-ddk/import_arguments.h"

enum status cmd_init(int argc, char **argv)
{
	struct packaging directory = {.from = "the sources"};
	bool help;

	if (!import_arguments(&directory, argc, argv, 2, &help)) {
		packaging_free(&directory);
		return command_misused("init");
	}
	if (help) {
		packaging_free(&directory);
		return command_help("init");
	}
	packaging_learn(&directory, VALUE_DRIVER, argv[optind], NULL);
	directory.source = text_format("%s", argv[optind + 1]);
	if (!source_tree_read(&directory.tree, directory.source)) {
		packaging_free(&directory);
		return STATUS_TROUBLE;
	}
	if (import_is_driver(&directory))
		return import_finish(&directory);
	packaging_free(&directory);
	return STATUS_NO;
}
