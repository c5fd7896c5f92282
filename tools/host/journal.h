/* SPDX-License-Identifier: GPL-2.0-only */
/* What is about to be changed, written down before it is, so that the next run can finish or undo it. */
#ifndef XS_HOST_JOURNAL_H
#define XS_HOST_JOURNAL_H

#include "host/changeset.h"

/* Below the root. It is there only while a command changes something, or after one was killed. */
#define JOURNAL_PATH "/lib/modules/.xs-driver.journal"

/* Brings the changes to the disk as the journal; false with a message: there is no journal then. */
bool journal_write(const struct root *root, const struct changeset *changes);

enum journal { JOURNAL_NONE, JOURNAL_READ, JOURNAL_BROKEN };

/*
 * Reads the journal into CHANGES. It is JOURNAL_BROKEN, with a message, when it cannot be read, or when any part of it
 * is not as a command would have written it: a path, what was or will be there, a kernel. So a forged journal can do no
 * more than make or remove links to installed versions.
 */
enum journal journal_read(const struct root *root, struct changeset *changes);

/* Clears away what a journal_write() that was killed left beside it. */
void journal_clean(const struct root *root);

/* Whether there is one. */
bool journal_exists(const struct root *root);

/* Removes it; false with a message. */
bool journal_remove(const struct root *root);

#endif
