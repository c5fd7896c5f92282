/* SPDX-License-Identifier: GPL-2.0-only */
/* A program with commands: finds the command in a table, and makes the help text from this table. */
#ifndef XS_BASE_PROGRAM_H
#define XS_BASE_PROGRAM_H

#include <stddef.h>

#include "base/die.h"

/* Runs a command and returns the exit status. argv[0] is the command's name. */
typedef enum status command_function(int argc, char **argv);

struct command {
	const char *name;
	command_function *run;
	const char *summary;
	const char *usage; /* the arguments, one line for each way to call it; then an empty line and the options */
};

struct program {
	const char *name;
	const struct command *commands;
	size_t count;
	const char *statuses; /* the meaning of the exit statuses, for the help */
};

/*
 * Runs the command named by argv[1], or by a later argument if options come first. If the base name of argv[0] is AS,
 * it runs the command AS instead, and messages use AS as the program's name. AS may be NULL. Flushes stdout and returns
 * the exit status. Call it once.
 */
int program_main(const struct program *program, const char *as, int argc, char **argv);

/*
 * command_help() prints the help of the command NAME. command_misused() prints a hint to use --help, for a wrong
 * option. Both return the exit status.
 */
enum status command_help(const char *name);
enum status command_misused(const char *name);

#endif
