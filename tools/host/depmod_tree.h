/* SPDX-License-Identifier: GPL-2.0-only */
/* A directory that depmod can work in safely, made of the files of a system below another root. */
#ifndef XS_HOST_DEPMOD_TREE_H
#define XS_HOST_DEPMOD_TREE_H

#include <stdbool.h>

#include "base/root.h"
#include "host/depmod_config.h"

/*
 * depmod follows links out of the root, opens FIFOs and goes round in loops of links. So it is given a directory in
 * which there are only links to regular files of the kernel's directory, each checked to be below the root, and copies
 * of the root's depmod.d.
 */
struct depmod_tree {
	char *base;				 /* the directory, for depmod -b */
	char *config[DEPMOD_CONFIG_DIRECTORIES]; /* directories for depmod -C; NULL: that one is not there */
};

/* The directory below the root; it is there only while depmod runs. */
#define DEPMOD_TREE_PATH "/lib/modules/.xs-driver.depmod"

/* Makes it for the kernel UNAME; false with a message. depmod_tree_remove() is due in both cases. */
bool depmod_tree_make(struct depmod_tree *tree, const struct root *root, const char *uname);

/* Brings what depmod wrote to the disk and puts the files in the kernel's directory; false with a message. */
bool depmod_tree_install(const struct root *root, const char *uname);

/* Removes the directory and frees TREE. */
void depmod_tree_remove(struct depmod_tree *tree, const struct root *root);

/* Brings all files modules.* of the kernel's directory to the disk; false with a message. */
bool depmod_files_sync(const struct root *root, const char *uname);

#endif
