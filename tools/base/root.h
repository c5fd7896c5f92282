/* SPDX-License-Identifier: GPL-2.0-only */
/* Opens files below a root directory: "/" or a --sysroot. No symlink leads out of the root. */
#ifndef XS_BASE_ROOT_H
#define XS_BASE_ROOT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/*
 * A root directory. Paths are written as after chroot(2) into the root: "/lib/modules". Absolute symlinks and ".." stay
 * within the root. openat2(2) with RESOLVE_IN_ROOT does the same, but kernels before 5.6 do not have openat2(2). The
 * magic links of /proc are not followed.
 */
struct root {
	int fd;		  /* the directory, opened with O_PATH */
	const char *path; /* as given to root_open(), for messages; "" for "/" */
};

/*
 * Opens the root at PATH, or "/" if PATH is NULL. PATH may be a symlink. The text PATH must stay valid until
 * root_close(). Returns 0, or -1 with errno.
 */
int root_open(struct root *root, const char *path);
void root_close(struct root *root);

/*
 * Opens PATH below the root with FLAGS, O_CLOEXEC and O_NOCTTY. With O_NOFOLLOW, a symlink as the last component is not
 * followed. O_CREAT and O_EXCL apply to the last component. A device, FIFO or socket is not opened for reading or
 * writing (EINVAL). Returns a descriptor, or -1 with errno. ELOOP means more than 40 symlinks.
 */
int root_openat(const struct root *root, const char *path, int flags, mode_t mode);

/*
 * Opens the regular file NAME in the directory DIR for reading. *SIZE is its size in bytes; SIZE may be NULL. Returns a
 * descriptor, or -1 with errno. A symlink gives ELOOP, and any other file that is not regular gives EINVAL.
 */
int regular_open(int dir, const char *name, uint64_t *size);

/*
 * Opens the directory that contains the last component of PATH. *BASE points to this component in PATH. Use the result
 * for linkat(2), renameat(2) and unlinkat(2). Returns a descriptor, or -1 with errno. EINVAL means that the last
 * component is empty, "." or "..".
 */
int root_open_parent(const struct root *root, const char *path, const char **base);

/*
 * Returns the path of the directory PATH below the root as this process sees it, with every symlink resolved. Other
 * programs can be given this path. The caller frees it. Returns NULL on an error.
 */
char *root_real_path(const struct root *root, const char *path);

/*
 * Reads a whole small file below the root, for example in /sys, /proc or /etc. Returns *LEN bytes with a NUL after
 * them; the caller frees them. LEN may be NULL. Returns NULL with errno on an error: EFBIG if the file has more than
 * MAX bytes, EINVAL if it is not a regular file.
 */
char *root_read(const struct root *root, const char *path, size_t max, size_t *len);

/*
 * Reads the first line of a file, without its newline, into OUT, cut to SIZE - 1 bytes. Returns false with errno if the
 * file cannot be read or has more than 1 MiB.
 */
bool root_read_line(const struct root *root, const char *path, char *out, size_t size);

/* Reads FD to its end. MAX, LEN and the result are as for root_read(). FD may be a pipe. */
char *read_whole(int fd, size_t max, size_t *len);

#endif
