/* SPDX-License-Identifier: GPL-2.0-only */
/* The commands of xs-ddk: one a file, cmd_<name>.c, listed in xs-ddk.c. */
#ifndef XS_XS_DDK_COMMANDS_H
#define XS_XS_DDK_COMMANDS_H

#include "base/program.h"

command_function cmd_show, cmd_verify, cmd_compare, cmd_inject, cmd_diff, cmd_import, cmd_init, cmd_info, cmd_rules;

#endif
