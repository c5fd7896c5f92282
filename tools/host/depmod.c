// SPDX-License-Identifier: GPL-2.0-only
// Running depmod for a kernel below a root.
#include "host/depmod.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/die.h"
#include "base/spawn.h"
#include "base/text.h"
#include "host/depmod_config.h"

/* In kmod's NEWS: "depmod: new exclude directive", 27. */
#define KMOD_WITH_EXCLUDE 27

static char *find_depmod(void)
{
	struct root root;
	char *path;

	if (root_open(&root, NULL) != 0)
		return NULL;
	path = program_find(&root, "depmod", "XS_DEPMOD");
	root_close(&root);
	return path;
}

/*
 * The directory to give to depmod -b: depmod itself goes from there to lib/modules/<uname> and would follow links out
 * of the root, so this is the one from which it gets to where we look. Memory to free, or NULL with a message.
 */
static char *depmod_base(const struct root *root, const char *uname)
{
	static const char tail[] = "/lib/modules/";
	char *path = text_format("/lib/modules/%s", uname);
	char *real = root_real_path(root, path);
	size_t len = real ? strlen(real) : 0, rest = strlen(tail) + strlen(uname);

	free(path);
	if (real && len >= rest && strncmp(real + len - rest, tail, strlen(tail)) == 0 &&
	    strcmp(real + len - strlen(uname), uname) == 0) {
		real[len - rest] = '\0';
		return real;
	}
	complain("/lib/modules/%s: %s, where depmod cannot be sent; give the root that directory lies in", uname,
		 real ? real : "not there");
	free(real);
	return NULL;
}

/* Fills ARGV with "-C DIRECTORY" for each of the root's configuration directories; the strings are in PATHS, to free.
 */
static size_t add_config(const struct root *root, const char **argv, char **paths)
{
	size_t count = 0;

	for (size_t i = 0; i < DEPMOD_CONFIG_DIRECTORIES; i++) {
		paths[i] = root_real_path(root, depmod_config_directories[i]);
		if (!paths[i])
			continue;
		argv[count++] = "-C";
		argv[count++] = paths[i];
	}
	if (count == 0) {
		/* Any -C at all keeps depmod from the machine's own configuration. */
		argv[count++] = "-C";
		argv[count++] = "/nonexistent";
	}
	return count;
}

bool depmod_run(const struct root *root, const char *uname, int keep)
{
	const char *argv[5 + 2 * DEPMOD_CONFIG_DIRECTORIES];
	char *paths[DEPMOD_CONFIG_DIRECTORIES] = {0};
	char *program_path = find_depmod(), *base = depmod_base(root, uname);
	struct spawn spawn = {.argv = argv, .keep = keep};
	size_t argc = 0;
	int status = 0;

	argv[argc++] = program_path;
	if (base && *base) {
		argv[argc++] = "-b";
		argv[argc++] = base;
		argc += add_config(root, argv + argc, paths);
	}
	argv[argc++] = uname;
	argv[argc] = NULL;
	if (!program_path)
		complain("depmod is not installed, so modules.dep cannot be made");
	else if (base && (status = program_run(&spawn)) < 0)
		complain("%s: %s", program_path, strerror(errno));
	else if (base && status != 0)
		complain("%s failed for kernel %s with status %d", program_path, uname, status);
	for (size_t i = 0; i < DEPMOD_CONFIG_DIRECTORIES; i++)
		free(paths[i]);
	status = program_path && base ? status : -1;
	free(program_path);
	free(base);
	return status == 0;
}

bool depmod_can_exclude(void)
{
	char *program_path = find_depmod(), *output = NULL;
	const char *argv[] = {program_path, "--version", NULL};
	struct spawn spawn = {.argv = argv, .keep = -1, .output = &output};
	int version = 0;

	if (program_path && program_run(&spawn) == 0 && output && sscanf(output, "kmod version %d", &version) != 1)
		version = 0;
	free(output);
	free(program_path);
	return version >= KMOD_WITH_EXCLUDE;
}
