// SPDX-License-Identifier: GPL-2.0-only
// Runs depmod for a kernel below a root.
#include "change/depmod.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "base/die.h"
#include "base/progress.h"
#include "base/spawn.h"
#include "base/text.h"
#include "change/depmod_tree.h"

/* Seconds. With 7,000 modules depmod takes some seconds, or a minute on a slow disk. */
#define TIME_LIMIT 600

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

/* Runs depmod with ARGV. Returns false, with a message, if it fails. */
static bool run(const char *const *argv, const char *uname, int keep)
{
	struct spawn spawn = {.argv = argv, .keep = keep, .seconds = TIME_LIMIT};
	int status;

	progress_step("running depmod for kernel %s", uname);
	status = program_run(&spawn);
	if (status < 0)
		complain("%s: %s", argv[0], strerror(errno));
	else if (status == 128 + SIGALRM)
		complain("%s took longer than %d seconds for kernel %s and was ended", argv[0], TIME_LIMIT, uname);
	else if (status != 0)
		complain("%s failed for kernel %s with status %d", argv[0], uname, status);
	return status == 0;
}

/* Runs depmod for another root, in a directory that has only checked links. */
static bool run_below(const struct root *root, const char *program_path, const char *uname, int keep)
{
	const char *argv[5 + 2 * DEPMOD_CONFIG_DIRECTORIES] = {program_path, "-b"};
	struct depmod_tree tree;
	bool good = depmod_tree_make(&tree, root, uname), has_config = false;
	size_t argc = 2;

	argv[argc++] = tree.base;
	for (size_t i = 0; i < DEPMOD_CONFIG_DIRECTORIES; i++) {
		if (!tree.config[i])
			continue;
		has_config = true;
		argv[argc++] = "-C";
		argv[argc++] = tree.config[i];
	}
	if (!has_config) {
		/* With any option -C, depmod does not read the configuration of this machine. */
		argv[argc++] = "-C";
		argv[argc++] = "/nonexistent";
	}
	argv[argc++] = uname;
	argv[argc] = NULL;
	good = good && run(argv, uname, keep) && depmod_tree_install(root, uname);
	depmod_tree_remove(&tree, root);
	return good;
}

bool depmod_run(const struct root *root, const char *uname, int keep)
{
	char *program_path = find_depmod();
	const char *argv[] = {program_path, uname, NULL};
	bool good = false;

	if (!program_path)
		complain("depmod is not installed, so modules.dep cannot be made");
	else if (*root->path)
		good = run_below(root, program_path, uname, keep);
	else
		good = run(argv, uname, keep) && depmod_files_sync(root, uname);
	free(program_path);
	return good;
}
