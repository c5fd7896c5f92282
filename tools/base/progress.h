/* SPDX-License-Identifier: GPL-2.0-only */
/* A line on stderr that shows the progress of long work. */
#ifndef XS_BASE_PROGRESS_H
#define XS_BASE_PROGRESS_H

#include <stdatomic.h>
#include <stdbool.h>
#include <time.h>

/* Starts as {0}. Then no line is shown until progress_start() is called. */
struct progress {
	bool wanted, shown;
	atomic_ulong done;
	struct timespec next; /* when to write the line again */
};

/* Starts the progress line if stderr is a terminal. The line first appears after one second. */
void progress_start(struct progress *progress);

/* Writes the line again, at most every 0.2 seconds. Only one thread may call this. Any thread may add to done. */
void progress_tell(struct progress *progress);

/*
 * Prints a line that says what is done now, if stderr is a terminal. For one step that may take seconds, such as
 * another program.
 */
void progress_step(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Erases the line. */
void progress_end(struct progress *progress);

#endif
