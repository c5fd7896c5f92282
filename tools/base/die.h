/* SPDX-License-Identifier: GPL-2.0-only */
/* How the programs end and complain: statuses, messages on stderr, and stdout checked at the end. */
#ifndef XS_BASE_DIE_H
#define XS_BASE_DIE_H

#include <stddef.h>
#include <stdnoreturn.h>

/* The exit status of every program of the kit. */
enum status {
	STATUS_YES = 0,	    /* done; nothing found */
	STATUS_NO = 1,	    /* failed; findings */
	STATUS_TROUBLE = 2, /* called wrongly, or could not be read */
};

/* The program's name in messages; set first thing in main(). */
extern const char *program;

/* Prints "PROGRAM: text" on stderr. */
void complain(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* What this thread has complained of, joined by "; " and cut when long, for a reply that carries it; NULL: nothing. */
const char *complaints(void);

/* complain(), and a hint at --help; for a wrong call. Returns STATUS_TROUBLE. */
enum status misused(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Ends the program with STATUS_TROUBLE because there is no memory. */
noreturn void die_memory(void);

/* Memory of SIZE zeroed bytes, or ends the program. COUNT * SIZE is checked. */
void *need_memory(size_t count, size_t size);

/*
 * Flushes stdout and gives the status to exit with: STATUS, or STATUS_TROUBLE with a message when something of
 * what was printed could not be written (a full disk, say).
 */
enum status close_stdout(enum status status);

#endif
