/* SPDX-License-Identifier: GPL-2.0-only */
/* Files below a root directory: "/" or a --sysroot. No link is followed out of it. */
#ifndef XS_BASE_ROOT_H
#define XS_BASE_ROOT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/*
 * A root directory. A path below it is written as a process would write it that is chrooted there: "/lib/modules".
 * Absolute links and ".." are resolved within the root. So openat2(2) does it with RESOLVE_IN_ROOT, but kernels
 * before 5.6 do not have that call. The magic links of /proc are not followed.
 */
struct root {
	int fd;		  /* of the directory, O_PATH */
	const char *path; /* as given, for messages; "" for "/" */
};

/* Opens the root at PATH (NULL: "/"), which may itself be a link. PATH must outlive it. 0, or -1 with errno. */
int root_open(struct root *root, const char *path);
void root_close(struct root *root);

/*
 * Opens PATH below the root with FLAGS (O_CLOEXEC and O_NOCTTY are added). With O_NOFOLLOW a link as the last
 * component is not followed. O_CREAT and O_EXCL are passed on for the last component. A device, FIFO or socket is not
 * opened for reading or writing (EINVAL). Returns a descriptor, or -1 with errno (ELOOP: over 40 links).
 */
int root_openat(const struct root *root, const char *path, int flags, mode_t mode);

/*
 * Opens the regular file NAME of the directory DIR for reading, and gives its size in bytes (SIZE may be NULL). A link
 * is not followed (ELOOP); nothing else is opened (EINVAL). Returns a descriptor, or -1 with errno.
 */
int regular_open(int dir, const char *name, uint64_t *size);

/*
 * Opens the directory that PATH's last component is in; *BASE points at that component. For linkat(2), renameat(2) and
 * unlinkat(2). Fails with EINVAL when PATH ends in "/", "." or "..".
 */
int root_open_parent(const struct root *root, const char *path, const char **base);

/*
 * The path by which this process knows the directory PATH below the root, every link resolved: for programs that are to
 * work there. Memory to free, or NULL with errno.
 */
char *root_real_path(const struct root *root, const char *path);

/*
 * Reads a whole small file (of /sys, /proc or /etc) below the root, at most MAX bytes; a longer one is EFBIG, and what
 * is no regular file EINVAL. Returns memory to free, with a NUL after its *LEN bytes; or NULL with errno.
 */
char *root_read(const struct root *root, const char *path, size_t max, size_t *len);

/* The first line of such a file without its newline, cut to SIZE - 1 bytes; false with errno when unreadable. */
bool root_read_line(const struct root *root, const char *path, char *out, size_t size);

/* Reads from FD up to its end, as root_read() does. */
char *read_whole(int fd, size_t max, size_t *len);

#endif
