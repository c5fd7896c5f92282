/* SPDX-License-Identifier: GPL-2.0-only */
/* The commands of xs-ddk: one a file, cmd_<name>.c, listed in xs-ddk.c. */
#ifndef XS_COMMAND_H
#define XS_COMMAND_H

#include "die.h"

/* Runs with argv[0] the command's name; returns the exit status. */
typedef enum status command_function(int argc, char **argv);

command_function cmd_show, cmd_verify, cmd_compare, cmd_inject, cmd_diff, cmd_import, cmd_init, cmd_info, cmd_rules;

/* For a command's --help, and after a wrong option: its synopsis from the table. */
enum status command_help(const char *name);
enum status command_misused(const char *name);

#endif
