// SPDX-License-Identifier: GPL-2.0-only
// xs-ddk compare: the order of two versions.
#include <stdio.h>
#include <string.h>

#include "base/version.h"
#include "xenserver-note.h"
#include "xs-ddk/commands.h"

enum status cmd_compare(int argc, char **argv)
{
	int order;

	if (argc == 2 && strcmp(argv[1], "--help") == 0)
		return command_help("compare");
	if (argc != 3) {
		complain("compare takes two versions, not %d", argc - 1);
		return command_misused("compare");
	}
	for (int i = 1; i < argc; i++)
		/*
		 * Any text is accepted: RPM allows '^' in a version, so other packages may have it, although drivers
		 * may not.
		 */
		if (argv[i][0] == '\0' || strlen(argv[i]) > 4 * XENSERVER_VERSION_MAX) {
			complain("'%s' is not a version: it is empty or too long", argv[i]);
			return STATUS_TROUBLE;
		}
	order = version_compare(argv[1], argv[2]);
	puts(order < 0 ? "<" : order > 0 ? ">" : "=");
	return STATUS_YES;
}
