/* SPDX-License-Identifier: GPL-2.0-only */
/* Listing directories. */
#ifndef XS_BASE_DIRECTORY_H
#define XS_BASE_DIRECTORY_H

#include <stdbool.h>

/*
 * The names in the directory open at FD (taken over, also on failure), but "." and "..", in byte order, as a
 * NULL-terminated array that directory_names_free() frees; NULL with errno when it cannot be read.
 */
char **directory_names(int fd);

/* Frees such an array; NULL is fine. */
void directory_names_free(char **names);

/*
 * Removes NAME of the directory DIR and, if it is a directory, all that is in it. No link is followed. False with errno
 * when something is left.
 */
bool directory_remove(int dir, const char *name);

#endif
