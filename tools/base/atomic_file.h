/* SPDX-License-Identifier: GPL-2.0-only */
/* Replaces a file atomically: writes a new file in the same directory and renames it over the old file. */
#ifndef XS_BASE_ATOMIC_FILE_H
#define XS_BASE_ATOMIC_FILE_H

#include <stddef.h>
#include <sys/stat.h>

/*
 * Writes the LEN bytes to the file at PATH. The file need not exist. At every moment PATH is the old file or the
 * complete new file. On failure no new file is left. After SIGKILL or a power cut, a file .xs-ddk-<number> may be left
 * in the directory. The new file gets the mode of LIKE, and the owner of OWNER unless OWNER is NULL. Returns 0, or -1
 * with errno; then *STEP, a static text, says which step failed.
 */
int replace_file(const char *path, const void *bytes, size_t len, const struct stat *like, const struct stat *owner,
		 const char **step);

#endif
