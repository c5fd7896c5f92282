// SPDX-License-Identifier: GPL-2.0-only
// xs-driver: shows which versions of drivers a host has, and chooses the one the kernel loads.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "driver.h"

struct command {
	const char *name;
	driver_function *run;
	const char *summary;
	const char *usage; /* what follows the name, and the options, a line each */
};

#define COMMON                                                                                                         \
	"  --layout dmv     the folders of XenServer 9\n"                                                              \
	"  --sysroot DIR    /lib/modules, /sys, /proc, /etc and /boot are below DIR\n"
#define KERNEL "  --kernel UNAME   for this kernel; may be given again\n"
#define INITRD "  --no-initrd      leave the initrd as it is\n"

static const struct command commands[] = {
	{"list", driver_list, "the drivers, their versions and states",
	 "[OPTION...] [NAME...]\n\n"
	 "  --format FORMAT  table, json, xe or prometheus\n"
	 "  --hardware       which devices each version would bind\n"
	 "  --kernel UNAME   as that kernel has them, not the running one; may be given again\n" COMMON},
	{"select", driver_select, "choose the version that is loaded next",
	 "[OPTION...] NAME VERSION\n\n" KERNEL "                   default: all that have the version\n"
	 "  --force          even if a device that is here would be without a driver\n" INITRD COMMON},
	{"deselect", driver_deselect, "choose no version",
	 "[OPTION...] --force NAME\n\n"
	 "  --force          needed, as the host may be without a disk or network then\n" KERNEL INITRD COMMON},
	{"activate", driver_activate, "unload what is loaded and load what is selected, now",
	 "[OPTION...] NAME\n\n"
	 "  --force          even if the root disk or the management network hangs on it, or\n"
	 "                   if what is loaded could not be loaded again\n" COMMON},
	{"rollback", driver_rollback, "choose the version that was selected before",
	 "[OPTION...] NAME\n\n" KERNEL
	 "  --force          even if a device that is here would be without a driver\n" INITRD COMMON},
	{"recover", driver_recover, "finish or undo what a command that was killed left", "[--sysroot DIR]\n"},
	{"check", driver_check, "whether all is sound",
	 "[OPTION...] [NAME...]\n\n"
	 "  --format FORMAT  text or json\n" KERNEL COMMON},
	{"driver-tool", driver_tool, "the same in the protocol that toolstacks call",
	 "[OPTION...] -l\n"
	 "[OPTION...] -s -n NAME -v VARIANT\n"
	 "[OPTION...] -d -n NAME\n\n"
	 "  -l, --list          print the drivers as JSON\n"
	 "  -s, --select        select the variant for all kernels that have it\n"
	 "  -d, --deselect      select none; NAME may follow as '-d NAME'\n"
	 "  -n, --name NAME     the driver\n"
	 "  -v, --variant V     its variant, or version\n"
	 "  --layout dmv        the folders of XenServer 9\n"
	 "  --sysroot DIR       /lib/modules, /sys, /proc, /etc and /boot are below DIR\n"},
};

#define COMMANDS (sizeof(commands) / sizeof(commands[0]))

static const struct command *find_command(const char *name)
{
	for (size_t i = 0; i < COMMANDS; i++)
		if (strcmp(commands[i].name, name) == 0)
			return &commands[i];
	return NULL;
}

/* How the command is called: driver-tool is a program of its own. */
static const char *prefix(const struct command *command)
{
	return strcmp(program, command->name) == 0 ? "" : "xs-driver ";
}

/* The synopsis: each line of the usage before the blank one is a way to call the command. */
static void print_usage(const struct command *command)
{
	const char *line = command->usage;

	for (bool first = true; *line && *line != '\n'; first = false) {
		size_t len = strcspn(line, "\n");

		printf("%s %s%s %.*s\n", first ? "Usage:" : "      ", prefix(command), command->name, (int)len, line);
		line += len + 1;
	}
	fputs(line, stdout);
}

enum status driver_help(const char *name)
{
	const struct command *command = find_command(name);

	print_usage(command);
	printf("\n%s: %s.\nExit status: 0 done or sound, 1 failed, refused or unsound, 2 called wrongly or "
	       "unreadable.\n",
	       command->name, command->summary);
	return STATUS_YES;
}

enum status driver_misused(const char *name)
{
	fprintf(stderr, "Try '%s%s --help'.\n", prefix(find_command(name)), name);
	return STATUS_TROUBLE;
}

static enum status help(void)
{
	puts("Usage: xs-driver COMMAND [ARGUMENT...]\n");
	for (size_t i = 0; i < COMMANDS; i++)
		printf("  %-11s  %s\n", commands[i].name, commands[i].summary);
	puts("\n'xs-driver COMMAND --help' tells a command's options.");
	puts("Exit status: 0 done or sound, 1 failed, refused or unsound, 2 called wrongly or unreadable.");
	return STATUS_YES;
}

static enum status run(int argc, char **argv)
{
	const struct command *command;

	if (argc < 2)
		return misused("a command is missing");
	if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0 || strcmp(argv[1], "help") == 0)
		return help();
	if (strcmp(argv[1], "--version") == 0) {
		puts("xs-driver " XS_DDK_VERSION);
		return STATUS_YES;
	}
	command = find_command(argv[1]);
	if (!command) {
		char *name = shown_name(argv[1]);
		enum status status = misused("there is no command '%s'", name);

		free(name);
		return status;
	}
	return command->run(argc - 1, argv + 1);
}

int main(int argc, char **argv)
{
	const char *slash = argc > 0 ? strrchr(argv[0], '/') : NULL;
	const char *name = argc == 0 ? "" : slash ? slash + 1 : argv[0];

	if (strcmp(name, "driver-tool") == 0) {
		program = "driver-tool";
		return (int)close_stdout(driver_tool(argc, argv));
	}
	program = "xs-driver";
	return (int)close_stdout(run(argc, argv));
}
