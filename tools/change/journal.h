/* SPDX-License-Identifier: GPL-2.0-only */
/* The journal: a file that lists changes before they are made. After a crash, the next run finishes or undoes them. */
#ifndef XS_CHANGE_JOURNAL_H
#define XS_CHANGE_JOURNAL_H

#include "change/changeset.h"

/* The path below the root. The file exists while a command makes changes, or after such a command was killed. */
#define JOURNAL_PATH "/lib/modules/.xs-driver.journal"

/*
 * Writes the changes to the journal and to the disk (fsync). Returns false, with a message, on an error; then there is
 * no journal.
 */
bool journal_write(const struct root *root, const struct changeset *changes);

enum journal { JOURNAL_NONE, JOURNAL_READ, JOURNAL_BROKEN };

/*
 * Reads the journal into CHANGES. The result is JOURNAL_BROKEN, with a message, if the file cannot be read, or if a
 * path, a target or a kernel in it is not one that a command writes. So a forged journal can only make or remove links
 * to installed versions. The caller calls changeset_free().
 */
enum journal journal_read(const struct root *root, struct changeset *changes);

/* Removes the temporary file of a journal_write() that was killed. */
void journal_clean(const struct root *root);

/* Whether the journal exists. */
bool journal_exists(const struct root *root);

/* Removes the journal. Returns false, with a message, on an error. */
bool journal_remove(const struct root *root);

#endif
