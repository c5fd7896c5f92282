/* SPDX-License-Identifier: GPL-2.0-only */
/* A line on stderr that tells how far long work is. */
#ifndef XS_BASE_PROGRESS_H
#define XS_BASE_PROGRESS_H

#include <stdatomic.h>
#include <stdbool.h>
#include <time.h>

/* Starts as {0}, which tells nothing. */
struct progress {
	bool wanted, shown;
	atomic_ulong done;
	struct timespec next; /* when to tell again */
};

/* Tells from now on, after a second, if stderr is a terminal. */
void progress_start(struct progress *progress);

/* Rewrites the line if it is time. For one thread; any thread may add to done. */
void progress_tell(struct progress *progress);

/* Takes the line away. */
void progress_end(struct progress *progress);

#endif
