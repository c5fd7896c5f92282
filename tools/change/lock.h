/* SPDX-License-Identifier: GPL-2.0-only */
/* The lock for commands that select versions: only one command at a time can make changes. */
#ifndef XS_CHANGE_LOCK_H
#define XS_CHANGE_LOCK_H

#include "base/root.h"

/*
 * The path of the lock file, below the root. Its mode is 0600, so only root can open it. The holder of the lock has an
 * exclusive flock(2) on the file, and may have written a line to it: its process ID, a space, and its command. The
 * scriptlets of packages take the same lock. The file is never removed.
 */
#define LOCK_PATH "/lib/modules/.xs-driver.lock"

/*
 * Takes the lock. Waits at most SECONDS for another holder, and prints who holds the lock. COMMAND is for the line in
 * the file. Returns a descriptor to close, or -1 with a message. A program that inherits the descriptor holds the lock
 * too.
 */
int lock_take(const struct root *root, const char *command, unsigned int seconds);

#endif
