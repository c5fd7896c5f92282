/* SPDX-License-Identifier: GPL-2.0-only */
/* A temporary directory in which depmod can safely run for a system below another root. */
#ifndef XS_CHANGE_DEPMOD_TREE_H
#define XS_CHANGE_DEPMOD_TREE_H

#include <stdbool.h>

#include "base/root.h"
#include "host/depmod_config.h"

/*
 * depmod follows links out of the root, opens FIFOs, and does not end in loops of links. So it runs in a directory that
 * has only links to the regular files of the kernel, and copies of the depmod.d of the root. Each file is checked to be
 * below the root.
 */
struct depmod_tree {
	char *base;				 /* path of the directory, for depmod -b */
	char *config[DEPMOD_CONFIG_DIRECTORIES]; /* paths for depmod -C; NULL: the root has no such directory */
};

/* The path of the directory, below the root. It exists only while depmod runs. */
#define DEPMOD_TREE_PATH "/lib/modules/.xs-driver.depmod"

/*
 * Makes the directory for the kernel UNAME. Returns false, with a message, on an error. The caller calls
 * depmod_tree_remove() in both cases.
 */
bool depmod_tree_make(struct depmod_tree *tree, const struct root *root, const char *uname);

/*
 * Writes the files that depmod made to the disk (fsync), and moves them to the directory of the kernel. Returns false,
 * with a message, on an error.
 */
bool depmod_tree_install(const struct root *root, const char *uname);

/* Removes the directory and frees the strings in TREE. */
void depmod_tree_remove(struct depmod_tree *tree, const struct root *root);

/* Removes the directory that a killed or failed run left, if it is there. */
void depmod_tree_clean(const struct root *root);

/*
 * Writes all files modules.* in the directory of the kernel to the disk (fsync). Returns false, with a message, on an
 * error.
 */
bool depmod_files_sync(const struct root *root, const char *uname);

#endif
