/* SPDX-License-Identifier: GPL-2.0-only */
/* The frame of a program with commands: its table, the help made from it, and calls that are wrong. */
#ifndef XS_BASE_PROGRAM_H
#define XS_BASE_PROGRAM_H

#include <stddef.h>

#include "base/die.h"

/* Runs with argv[0] the command's name; returns the exit status. */
typedef enum status command_function(int argc, char **argv);

struct command {
	const char *name;
	command_function *run;
	const char *summary;
	const char *usage; /* what follows the name, a way to call it a line; then a blank line and the options */
};

struct program {
	const char *name;
	const struct command *commands;
	size_t count;
	const char *statuses; /* what the exit statuses mean */
};

/*
 * Runs the command that the command line names, or the one that the program itself was called as, if AS names one (then
 * that is the program in all messages). Returns the status to exit with, stdout written. Called once.
 */
int program_main(const struct program *program, const char *as, int argc, char **argv);

/* For a command's --help, and after a wrong option: its synopsis from the table. */
enum status command_help(const char *name);
enum status command_misused(const char *name);

#endif
