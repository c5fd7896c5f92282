/* SPDX-License-Identifier: GPL-2.0-only */
/* Lists and removes directories. */
#ifndef XS_BASE_DIRECTORY_H
#define XS_BASE_DIRECTORY_H

#include <stdbool.h>

/*
 * Returns the names in the directory FD, without "." and "..", in byte order. The array ends in NULL, and
 * directory_names_free() frees it. The function closes FD, also on failure. Returns NULL with errno if the directory
 * cannot be read.
 */
char **directory_names(int fd);

/* Frees the array from directory_names(). NAMES may be NULL. */
void directory_names_free(char **names);

/*
 * Removes the file or directory NAME in the directory DIR. A directory is removed with all its content. Symlinks are
 * removed, not followed. If NAME does not exist, the result is true. Returns false with errno if something is left.
 */
bool directory_remove(int dir, const char *name);

#endif
