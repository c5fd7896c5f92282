// SPDX-License-Identifier: GPL-2.0-only
// Replaces a file atomically: writes a new file in the same directory and renames it over the old file.
#include "base/atomic_file.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#include "base/text.h"

#define NAME_SIZE sizeof(".xs-ddk-0123456789abcdef")

static int create_beside(int dir, char name[NAME_SIZE])
{
	unsigned long long number;
	int fd;

	do {
		if (getrandom(&number, sizeof(number), 0) != sizeof(number))
			return -1;
		snprintf(name, NAME_SIZE, ".xs-ddk-%016llx", number);
		fd = openat(dir, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	} while (fd < 0 && errno == EEXIST);
	return fd;
}

static int write_all(int fd, const char *bytes, size_t len)
{
	while (len > 0) {
		ssize_t n = write(fd, bytes, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -1;
		bytes += n;
		len -= (size_t)n;
	}
	return 0;
}

static int fill(int fd, const void *bytes, size_t len, const struct stat *like, const struct stat *owner,
		const char **step)
{
	*step = "its new content cannot be written";
	if (write_all(fd, bytes, len))
		return -1;
	*step = "its owner cannot be kept";
	/* The owner is set before the mode, because fchown() clears the set-user-ID bits. */
	if (owner && (owner->st_uid != geteuid() || owner->st_gid != getegid()) &&
	    fchown(fd, owner->st_uid, owner->st_gid))
		return -1;
	*step = "its mode cannot be kept";
	if (fchmod(fd, like->st_mode & 07777))
		return -1;
	*step = "its new content cannot be written";
	return fsync(fd);
}

static int replace_in(int dir, const char *base, const void *bytes, size_t len, const struct stat *like,
		      const struct stat *owner, const char **step)
{
	char name[NAME_SIZE];
	int fd, rc, saved;

	*step = "no file can be made beside it";
	fd = create_beside(dir, name);
	if (fd < 0)
		return -1;
	rc = fill(fd, bytes, len, like, owner, step);
	saved = errno;
	/* A network file system may report a failed write only at close(). */
	if (close(fd) && rc == 0) {
		rc = -1;
		saved = errno;
	}
	if (rc == 0) {
		*step = "it cannot be replaced";
		rc = renameat(dir, name, dir, base);
		saved = errno;
	}
	if (rc)
		unlinkat(dir, name, 0);
	else
		fsync(dir);
	errno = saved;
	return rc;
}

int replace_file(const char *path, const void *bytes, size_t len, const struct stat *like, const struct stat *owner,
		 const char **step)
{
	char *directory = text_format("%s", path), *file = text_format("%s", path);
	int dir = open(dirname(directory), O_RDONLY | O_DIRECTORY | O_CLOEXEC), rc = -1, saved;
	sigset_t all, former;

	*step = "its directory cannot be opened";
	if (dir >= 0) {
		/* Signals are blocked so that they cannot end the program while the new file is incomplete. */
		sigfillset(&all);
		sigprocmask(SIG_BLOCK, &all, &former);
		rc = replace_in(dir, basename(file), bytes, len, like, owner, step);
		saved = errno;
		sigprocmask(SIG_SETMASK, &former, NULL);
		close(dir);
		errno = saved;
	}
	saved = errno;
	free(directory);
	free(file);
	errno = saved;
	return rc;
}
