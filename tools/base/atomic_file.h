/* SPDX-License-Identifier: GPL-2.0-only */
/* Changing a file at once: the new one is made beside it and renamed over it. */
#ifndef XS_BASE_ATOMIC_FILE_H
#define XS_BASE_ATOMIC_FILE_H

#include <stddef.h>
#include <sys/stat.h>

/*
 * Makes the LEN bytes the content of the file at PATH, which may not be there yet. At every moment the name stands
 * for the old file or for the whole new one, and what fails leaves nothing behind; SIGKILL and a power cut can leave
 * a file .xs-ddk-<number>. The new one gets the mode of LIKE and, if it is not NULL, the owner of OWNER. 0, or -1 with
 * errno and *STEP, a clause saying what failed.
 */
int replace_file(const char *path, const void *bytes, size_t len, const struct stat *like, const struct stat *owner,
		 const char **step);

#endif
