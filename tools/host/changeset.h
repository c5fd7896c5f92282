/* SPDX-License-Identifier: GPL-2.0-only */
/* A set of links and small files that are changed together, or not at all. */
#ifndef XS_HOST_CHANGESET_H
#define XS_HOST_CHANGESET_H

#include <stdbool.h>
#include <stddef.h>

#include "base/root.h"

struct change {
	char *path;	      /* below the root */
	bool is_file;	      /* a file with this text; else a link with this target */
	char *before, *after; /* text or target; NULL: it is not there */
};

/* Starts as {0}. */
struct changeset {
	char *command; /* what was asked for, for messages */
	struct change *list;
	size_t count;
	char **kernels; /* unames whose modules.dep and initrd follow the links; NULL at the end */
	size_t kernel_count;
	bool initrd; /* the initrd follows too */
};

/* Adds one; the strings are copied. One that changes nothing is left out. */
void changeset_add(struct changeset *changes, const char *path, bool is_file, const char *before, const char *after);

/* Adds a kernel, once. */
void changeset_add_kernel(struct changeset *changes, const char *uname);
void changeset_free(struct changeset *changes);

/* What the files say; a file that is neither as before nor as after is somebody else's work since. */
enum changeset_state { CHANGESET_NONE, CHANGESET_SOME, CHANGESET_ALL };
enum changeset_state changeset_state(const struct root *root, const struct changeset *changes);

/*
 * Makes the changes, each by a rename from a name beside it, and brings them to the disk. False, with a message, as
 * soon as one fails or finds something else than what was before: then some are made.
 */
bool changeset_apply(const struct root *root, const struct changeset *changes);

/*
 * Takes back those that were made, and clears away what an apply that was killed left. False, with a message, when one
 * cannot be; the others are taken back nevertheless. What is neither as before nor as after is left, with a message.
 */
bool changeset_undo(const struct root *root, const struct changeset *changes);

/* Reads what is at PATH now: a link's target or a file's text, memory to free. NULL with errno 0: nothing is there. */
char *change_read(const struct root *root, const char *path, bool is_file);

#endif
