/* SPDX-License-Identifier: GPL-2.0-only */
/* The commands of xs-ddk. Each is in its own file <name>.c, and the table in main.c lists them. */
#ifndef XS_XS_DDK_COMMANDS_H
#define XS_XS_DDK_COMMANDS_H

#include "base/program.h"

command_function cmd_show, cmd_verify, cmd_compare, cmd_inject, cmd_diff, cmd_import, cmd_init, cmd_info, cmd_report,
	cmd_rules;

#endif
