/* SPDX-License-Identifier: GPL-2.0-only */
/* Changing what kernels load next, all or nothing, and repairing what a run that was killed left. */
#ifndef XS_HOST_TRANSACTION_H
#define XS_HOST_TRANSACTION_H

#include "host/changeset.h"
#include "host/initrd.h"

/* How changes are made. */
struct transaction {
	const struct root *root;
	int lock; /* from lock_take() */
	struct initrd_policy initrd;
};

/*
 * Makes the changes, then modules.dep and the initrd of their kernels. When a step fails, all is as it was before:
 * false, with messages. The order of what reaches the disk is: the journal; the links; the files of depmod; the
 * initrds; then the journal goes. So whatever a power cut leaves, the next run can finish or undo.
 */
bool transaction_run(const struct transaction *transaction, const struct changeset *changes);

/*
 * Looks for a journal. Where all changes that it names were made, makes modules.dep and the initrd and so finishes;
 * else undoes them. True, with nothing said, when there is nothing to repair; true, with a message, when it is
 * repaired.
 */
bool transaction_recover(const struct transaction *transaction);

#endif
