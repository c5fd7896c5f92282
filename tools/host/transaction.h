/* SPDX-License-Identifier: GPL-2.0-only */
/* Changing what kernels load next, all or nothing, and repairing what a run that was killed left. */
#ifndef XS_HOST_TRANSACTION_H
#define XS_HOST_TRANSACTION_H

#include "host/changeset.h"

/*
 * Makes sure that no other xs-driver changes anything, waiting for one that does, and for a depmod it left behind.
 * Nothing is written for it: what is locked is the directory /lib/modules. A descriptor to close, or -1 with a message.
 */
int lock_take(const struct root *root);

/*
 * Makes the changes, then modules.dep and the initrd of their kernels. When a step fails, all is as it was before:
 * false, with messages. LOCK is from lock_take().
 */
bool transaction_run(const struct root *root, const struct changeset *changes, int lock);

/*
 * Finishes what a run that was killed had changed but for modules.dep and the initrd; otherwise undoes it. True, with
 * nothing said, when there is nothing to repair; true, with a message, when it is repaired.
 */
bool transaction_recover(const struct root *root, int lock);

#endif
