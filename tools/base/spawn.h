/* SPDX-License-Identifier: GPL-2.0-only */
/* Runs programs of the system by their absolute path, without a shell. */
#ifndef XS_BASE_SPAWN_H
#define XS_BASE_SPAWN_H

#include "base/root.h"

/*
 * Finds the program NAME and returns its path below the root. If the environment variable VARIABLE is set, its value is
 * the path, unchecked. VARIABLE may be NULL, and is ignored if this program has more privileges than its caller (see
 * secure_getenv(3)). Otherwise the program is searched in /usr/sbin, /sbin, /usr/bin and /bin. The caller frees the
 * path. Returns NULL if the program is not found.
 */
char *program_find(const struct root *root, const char *name, const char *variable);

/* A program to run, and its options. */
struct spawn {
	const char *const *argv; /* argv[0] is the absolute path; NULL at the end */
	const struct root *jail; /* chroot(2) to this root first; NULL: no chroot */
	int keep;		 /* a descriptor that the program inherits, to hold its lock until the end; -1: none */
	unsigned int seconds;	 /* SIGALRM ends the program after this time; 0: no limit */
	/*
	 * Receives the program's stdout as a text of at most 16 MiB, which the caller frees; NULL if program_run()
	 * returns -1. If OUTPUT is NULL, the program's stdout is our stderr.
	 */
	char **output;
};

/*
 * A signal handler: sends the signal to the program that program_run() runs, if there is one. While this handler is in
 * use, only one thread may call program_run().
 */
void program_signal(int signal);

/*
 * Runs the program and waits for its end. Returns its exit status, or 128 + the number of the signal that ended it.
 * Returns -1 with errno if the program cannot be run, or its output cannot be read. EFBIG: it is over 16 MiB.
 */
int program_run(const struct spawn *spawn);

#endif
