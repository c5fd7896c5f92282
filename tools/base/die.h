/* SPDX-License-Identifier: GPL-2.0-only */
/* Exit statuses, messages on stderr, and the check of stdout at the end. */
#ifndef XS_BASE_DIE_H
#define XS_BASE_DIE_H

#include <stddef.h>
#include <stdnoreturn.h>

/* The exit statuses of all programs of the kit. */
enum status {
	STATUS_YES = 0,	    /* success; no findings */
	STATUS_NO = 1,	    /* failure, or there are findings */
	STATUS_TROUBLE = 2, /* a wrong command line, or a file that cannot be read */
};

/* The program's name in messages. main() sets it first. */
extern const char *program;

/* Prints "PROGRAM: text" on stderr. */
void complain(const char *format, ...) __attribute__((format(printf, 1, 2)));

/*
 * Returns the messages of this thread, joined by "; " and cut to 1023 bytes, or NULL if there are none. The text is
 * static memory of the thread. A reply to another program can carry it.
 */
const char *complaints(void);

/* For a wrong command line: calls complain(), and prints a hint to use --help. Returns STATUS_TROUBLE. */
enum status misused(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Ends the program with STATUS_TROUBLE because there is no memory. */
noreturn void die_memory(void);

/*
 * Returns zeroed memory for COUNT items of SIZE bytes; the caller frees it. Without memory, or if COUNT * SIZE
 * overflows, the program ends.
 */
void *need_memory(size_t count, size_t size);

/*
 * Flushes stdout and returns the exit status. Returns STATUS if all output was written. Otherwise, for example on a
 * full disk, it prints a message and returns STATUS_TROUBLE.
 */
enum status close_stdout(enum status status);

#endif
