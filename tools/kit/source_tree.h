/* SPDX-License-Identifier: GPL-2.0-only */
/* What a driver's source tree says of itself: its makefiles for kbuild, and the MODULE_ macros in its sources. */
#ifndef XS_KIT_SOURCE_TREE_H
#define XS_KIT_SOURCE_TREE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/root.h"

/* Strings, each once, in the order they were found. Starts as {0}. */
struct strings {
	char **all;
	size_t count, room;
};

/* Takes a copy of S unless it is there already. */
void strings_add(struct strings *strings, const char *s);
void strings_free(struct strings *strings);

/* Starts as {0}. Paths are relative to the tree, without "./". */
struct source_tree {
	struct strings files;	 /* all files, also by links in the tree; no hidden ones */
	struct strings kbuild;	 /* directories with a Kbuild or Makefile that names modules (obj-m); "" is the top */
	struct strings versions; /* texts of MODULE_VERSION */
	struct strings licenses; /* of MODULE_LICENSE */
	struct strings spdx;	 /* of SPDX-License-Identifier, in a source's first lines */
	struct strings descriptions; /* of MODULE_DESCRIPTION */
	struct strings firmware;     /* of MODULE_FIRMWARE */
	struct strings buses;	     /* of MODULE_DEVICE_TABLE: pci, usb, ... */
	struct strings rules;	     /* files of udev rules */
	const struct root *root;     /* the tree, while it is read */
	bool unclear_version;	     /* a MODULE_VERSION is no text that can be read off */
};

/* Reads the directory PATH. False, with a complaint, if it or a directory in it cannot be read. */
bool source_tree_read(struct source_tree *tree, const char *path);
void source_tree_free(struct source_tree *tree);

/* The path of the file in the tree that is the firmware NAME, e.g. "ice/a.pkg"; NULL if there is none. */
const char *source_tree_firmware(const struct source_tree *tree, const char *name);

#endif
