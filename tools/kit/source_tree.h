/* SPDX-License-Identifier: GPL-2.0-only */
/* Reads a driver's source tree: its makefiles for kbuild, and the MODULE_ macros in its sources. */
#ifndef XS_KIT_SOURCE_TREE_H
#define XS_KIT_SOURCE_TREE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/root.h"

/* A list of strings without duplicates, in the order in which they were found. It starts as {0}. */
struct strings {
	char **all;
	char **where; /* for each string: the file where it was found first; NULL: in none */
	size_t count;
};

/* Adds a copy of S unless the list has it. WHERE is the file that has it, or NULL. */
void strings_add_from(struct strings *strings, const char *s, const char *where);
void strings_add(struct strings *strings, const char *s);
void strings_free(struct strings *strings);

/* A source tree. It starts as {0}. Paths are relative to the tree, without "./". */
struct source_tree {
	struct strings files;	     /* all files, also symlinks to files of the tree; no hidden files */
	struct strings kbuild;	     /* directories whose Kbuild or Makefile names modules (obj-m); "" is the top */
	struct strings versions;     /* values of MODULE_VERSION */
	struct strings licenses;     /* of MODULE_LICENSE */
	struct strings spdx;	     /* of SPDX-License-Identifier, in the first lines of a source */
	struct strings descriptions; /* of MODULE_DESCRIPTION */
	struct strings firmware;     /* of MODULE_FIRMWARE */
	struct strings buses;	     /* of MODULE_DEVICE_TABLE: pci, usb, ... */
	struct strings rules;	     /* paths of udev rules (*.rules) */
	struct strings manuals;	     /* paths of manual pages (*.7 and the like) */
	struct strings unclear;	 /* MODULE_VERSION and the like whose text is not known, as they are in the source */
	const struct root *root; /* the tree, while it is read */
	struct macro_uses *uses; /* MODULE_ macros that name other macros, while the tree is read */
};

/* Reads the directory PATH. False, after a message, if it or a directory below it cannot be read. */
bool source_tree_read(struct source_tree *tree, const char *path);
void source_tree_free(struct source_tree *tree);

/* The path of the firmware NAME in the tree, e.g. for "ice/a.pkg". NULL if there is none. */
const char *source_tree_firmware(const struct source_tree *tree, const char *name);

#endif
