/* SPDX-License-Identifier: GPL-2.0-only */
/* Changes the drivers that kernels load next: all changes or none. Repairs the changes of a run that was killed. */
#ifndef XS_CHANGE_TRANSACTION_H
#define XS_CHANGE_TRANSACTION_H

#include "change/changeset.h"
#include "change/initrd.h"

/* The settings of a transaction. */
struct transaction {
	const struct root *root;
	int lock; /* from lock_take() */
	struct initrd_policy initrd;
};

/*
 * Makes the changes, then runs depmod and makes the initrd for each kernel in CHANGES. The order on the disk is: write
 * the journal, change the links, write the files of depmod, write the initrds, remove the journal. So after a power
 * cut, the next run can finish or undo the changes. If a step fails, all earlier steps are undone. Returns false then,
 * with messages. The journal stays if the changes cannot be undone or if it cannot be removed.
 */
bool transaction_run(const struct transaction *transaction, const struct changeset *changes);

/*
 * Repairs the changes of a run that was killed, if there is a journal. If all changes in the journal were made, runs
 * depmod and makes the initrds. Else undoes the changes. Prints a message about the repair. Returns true if there was
 * nothing to repair, or if the repair succeeded.
 */
bool transaction_recover(const struct transaction *transaction);

#endif
