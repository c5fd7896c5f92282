/* SPDX-License-Identifier: GPL-2.0-only */
/* The lock that keeps two programs from changing what is selected at the same time. */
#ifndef XS_HOST_LOCK_H
#define XS_HOST_LOCK_H

#include "base/root.h"

/*
 * The lock file, below the root: only root may open it (mode 0600). Who holds it has an exclusive flock(2) on it, and
 * has written a line into it: its process ID, a space, and its command. The scriptlets of packages take the same lock.
 * The file is never removed.
 */
#define LOCK_PATH "/lib/modules/.xs-driver.lock"

/*
 * Takes the lock, and tells who holds it when it has to wait, at most SECONDS. COMMAND is for the line in the file.
 * Returns a descriptor to close, or -1 with a message. Programs that inherit the descriptor hold the lock too.
 */
int lock_take(const struct root *root, const char *command, unsigned int seconds);

#endif
