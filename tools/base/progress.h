/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A line on the terminal that says what long work is being done and for how long, so that nobody waits before a silent
 * program. A thread writes the line, so it goes on while the work is in a system call or in another program.
 */
#ifndef XS_BASE_PROGRESS_H
#define XS_BASE_PROGRESS_H

#include <stdatomic.h>

/*
 * Starts the line if stderr is a terminal. Without this call, or without a terminal, the other functions do nothing.
 * The line first appears after one second, and changes every second.
 */
void progress_start(void);

/* Says what is done from now on: "reading the initrd of kernel 6.1.0". Any thread may call this. */
void progress_at(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Like progress_at(), and prints the text now and lets it stand. For a program that prints messages of its own. */
void progress_step(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* The number of files that were looked at. If it is not 0, the line has it in place of the text. */
extern atomic_ulong progress_files;

/* Erases the line, because something is printed. It appears again after one more second. Any thread may call this. */
void progress_hide(void);

/* Erases the line, and stops it. */
void progress_end(void);

#endif
