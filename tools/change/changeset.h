/* SPDX-License-Identifier: GPL-2.0-only */
/* A list of changes to links and small files. Either all changes are made, or none. */
#ifndef XS_CHANGE_CHANGESET_H
#define XS_CHANGE_CHANGESET_H

#include <stdbool.h>
#include <stddef.h>

#include "base/root.h"

/* The limit in bytes of a file that is changed. The journal is the only such file, so this is its limit too. */
#define CHANGE_FILE_LIMIT (1u << 20)

struct change {
	char *path;	      /* below the root: "/lib/modules/..." */
	bool is_file;	      /* true: a regular file; false: a symbolic link */
	char *before, *after; /* the text of the file, or the target of the link; NULL: nothing is at the path */
};

/* Starts as {0}. */
struct changeset {
	char *command; /* the command of the user, for messages */
	struct change *list;
	size_t count;
	char **kernels; /* unames of the kernels that need a new modules.dep and a new initrd; ends with NULL */
	size_t kernel_count;
	bool initrd; /* these kernels need a new initrd too */
};

/* Adds a change. The strings are copied. A change with equal BEFORE and AFTER is not added. */
void changeset_add(struct changeset *changes, const char *path, bool is_file, const char *before, const char *after);

/* Adds a kernel, unless the list has it already. UNAME is copied. */
void changeset_add_kernel(struct changeset *changes, const char *uname);
void changeset_free(struct changeset *changes);

/*
 * How many changes the disk has: no change, some changes or all changes. If a path matches neither BEFORE nor AFTER,
 * another program has changed it. The state is then CHANGESET_SOME.
 */
enum changeset_state { CHANGESET_NONE, CHANGESET_SOME, CHANGESET_ALL };
enum changeset_state changeset_state(const struct root *root, const struct changeset *changes);

/*
 * Makes the changes in order, and writes them to the disk (fsync). A new link or file gets a temporary name in the same
 * directory, then it is renamed. Stops at the first change that fails or whose path does not match BEFORE. Returns
 * false then, with a message; the earlier changes stay.
 */
bool changeset_apply(const struct root *root, const struct changeset *changes);

/*
 * Undoes the changes that were made, last change first. Removes the temporary files of a changeset_apply() that was
 * killed. A path that matches neither BEFORE nor AFTER is left alone, with a message. Returns false, with a message, if
 * a change cannot be undone; the other changes are undone nevertheless.
 */
bool changeset_undo(const struct root *root, const struct changeset *changes);

/*
 * Returns the target of the link at PATH, or the text of the file, in memory to free. NULL with errno on an error. NULL
 * with errno 0: nothing is at PATH.
 */
char *change_read(const struct root *root, const char *path, bool is_file);

#endif
