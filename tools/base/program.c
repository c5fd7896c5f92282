// SPDX-License-Identifier: GPL-2.0-only
// A program with commands: finds the command in a table, and makes the help text from this table.
#include "base/program.h"

#include <malloc.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"

static const struct program *running;

static const struct command *find_command(const char *name)
{
	for (size_t i = 0; i < running->count; i++)
		if (strcmp(running->commands[i].name, name) == 0)
			return &running->commands[i];
	return NULL;
}

/* Returns the program's name before the command's name, or "" if the command runs as a program with its own name. */
static const char *prefix(const char *name)
{
	return strcmp(program, name) == 0 ? "" : running->name;
}

static const char *prefix_end(const char *name)
{
	return *prefix(name) ? " " : "";
}

/* Each line of the usage before the empty line is one way to call the command. */
static void print_usage(const struct command *command)
{
	const char *line = command->usage;

	for (bool first = true; *line && *line != '\n'; first = false) {
		size_t len = strcspn(line, "\n");

		printf("%s %s%s%s %.*s\n", first ? "Usage:" : "      ", prefix(command->name),
		       prefix_end(command->name), command->name, (int)len, line);
		line += len + 1;
	}
	fputs(line, stdout);
}

enum status command_help(const char *name)
{
	const struct command *command = find_command(name);

	print_usage(command);
	printf("\n%s%s%s: %s.\nExit status: %s.\n", prefix(name), prefix_end(name), name, command->summary,
	       running->statuses);
	return STATUS_YES;
}

enum status command_misused(const char *name)
{
	fprintf(stderr, "Try '%s%s%s --help'.\n", prefix(name), prefix_end(name), name);
	return STATUS_TROUBLE;
}

static enum status help(void)
{
	printf("Usage: %s COMMAND [ARGUMENT...]\n\n", running->name);
	for (size_t i = 0; i < running->count; i++)
		printf("  %-11s  %s\n", running->commands[i].name, running->commands[i].summary);
	printf("\n'%s COMMAND --help' prints the options of a command.\nExit status: %s.\n", running->name,
	       running->statuses);
	return STATUS_YES;
}

static enum status no_such_command(const char *name)
{
	char *safe = text_safe(name);
	enum status status = misused("there is no command '%s'", safe);

	free(safe);
	return status;
}

/* Moves options from before the command's name to behind it, where the command reads them. */
static void move_options(int argc, char **argv)
{
	int at = 1;

	while (at < argc && !find_command(argv[at]))
		at++;
	if (at > 1 && at < argc && argv[1][0] == '-') {
		char *command = argv[at];

		memmove(argv + 2, argv + 1, (size_t)(at - 1) * sizeof(*argv));
		argv[1] = command;
	}
}

static enum status run(int argc, char **argv)
{
	const struct command *command;

	move_options(argc, argv);
	if (argc < 2)
		return misused("a command is missing");
	if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0 || strcmp(argv[1], "help") == 0)
		return help();
	if (strcmp(argv[1], "--version") == 0) {
		printf("%s %s\n", running->name, XS_DDK_VERSION);
		return STATUS_YES;
	}
	command = find_command(argv[1]);
	return command ? command->run(argc - 1, argv + 1) : no_such_command(argv[1]);
}

int program_main(const struct program *self, const char *as, int argc, char **argv)
{
	const char *slash = argc > 0 ? strrchr(argv[0], '/') : NULL;
	const char *called = argc == 0 ? "" : slash ? slash + 1 : argv[0];

	/* A large block is a mapping of its own, so that it grows without a copy and its memory goes back when freed.
	 */
	mallopt(M_MMAP_THRESHOLD, 2 << 20);
	running = self;
	program = self->name;
	if (!as || strcmp(called, as) != 0)
		return (int)close_stdout(run(argc, argv));
	program = as;
	return (int)close_stdout(find_command(as)->run(argc, argv));
}
