// SPDX-License-Identifier: GPL-2.0-only
// The command line that 'xs-ddk import' and 'xs-ddk init' share.
#include "xs-ddk/import_arguments.h"

#include <getopt.h>

#include "base/die.h"
#include "base/options.h"
#include "base/text.h"

bool import_arguments(struct packaging *directory, int argc, char **argv, int wanted, bool *help)
{
	static const struct option options[] = {
		{"help", no_argument, NULL, OPTION_HELP},
		{"output", required_argument, NULL, OPTION_OWN},
		{"force", no_argument, NULL, OPTION_OWN + 1},
		{0},
	};
	int option;

	*help = false;
	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (option == OPTION_HELP)
			*help = true;
		else if (option == OPTION_OWN)
			directory->output = text_format("%s", optarg);
		else if (option == OPTION_OWN + 1)
			directory->force = true;
		else
			return false;
	}
	if (*help)
		return true;
	if (argc - optind < wanted) {
		complain("%s: %s is missing", argv[0],
			 wanted == 2 && argc - optind == 1 ? "the directory" : "an argument");
		return false;
	}
	for (int i = optind + wanted; i < argc; i++)
		if (!packaging_set(directory, argv[i]))
			return false;
	return true;
}
