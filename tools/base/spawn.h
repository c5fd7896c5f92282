/* SPDX-License-Identifier: GPL-2.0-only */
/* Running the system's programs: by absolute path, without a shell. */
#ifndef XS_BASE_SPAWN_H
#define XS_BASE_SPAWN_H

#include "base/root.h"

/*
 * The program called NAME as an absolute path below the root: what the environment variable VARIABLE (NULL: none) says,
 * unless this program was given privileges its caller lacks, or else the first of /usr/sbin, /sbin, /usr/bin and /bin
 * that has it. Memory to free, or NULL.
 */
char *program_find(const struct root *root, const char *name, const char *variable);

/* What to run, and how. */
struct spawn {
	const char *const *argv; /* argv[0] is the absolute path; NULL at the end */
	const struct root *jail; /* chroot there first; NULL: do not */
	int keep;		 /* a descriptor the program inherits, so that a lock lives as long as it; -1: none */
	unsigned int seconds;	 /* it is ended by SIGALRM after this time; 0: there is no limit */
	char **output;		 /* its stdout goes here, memory to free, cut to 16 MiB; NULL: it goes to our stderr */
};

/*
 * A signal handler that passes the signal on to the program that runs, if any. Other threads must not run programs
 * while it is in use.
 */
void program_signal(int signal);

/* Runs it to its end. Its exit status, 128 + the signal that ended it, or -1 with errno when it could not be run. */
int program_run(const struct spawn *spawn);

#endif
