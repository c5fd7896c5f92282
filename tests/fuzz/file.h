/* SPDX-License-Identifier: GPL-2.0-only */
/* Bytes as a file in memory, for readers that want a path. */
#ifndef XS_FUZZ_FILE_H
#define XS_FUZZ_FILE_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

/* Opens a file of these bytes; its name is in PATH until it is closed. */
static inline int file_make(const void *bytes, size_t len, char path[32])
{
	int fd = memfd_create("fuzz", MFD_CLOEXEC);

	/* libarchive reads an image from where the file stands. */
	if (fd < 0 || write(fd, bytes, len) != (ssize_t)len || lseek(fd, 0, SEEK_SET) != 0)
		abort();
	snprintf(path, 32, "/proc/self/fd/%d", fd);
	return fd;
}

#endif
