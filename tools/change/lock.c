// SPDX-License-Identifier: GPL-2.0-only
// The lock for commands that select versions: only one command at a time can make changes.
#include "change/lock.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/die.h"
#include "base/progress.h"
#include "base/text.h"

#define HOLDER_MAX    200
#define POLL_INTERVAL 50000000L /* nanoseconds */

static int open_lock(const struct root *root)
{
	int fd = root_openat(root, LOCK_PATH, O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK, 0600);
	struct stat st;

	if (fd >= 0 && (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode))) {
		close(fd);
		errno = EINVAL;
		return -1;
	}
	return fd;
}

/* The line of the holder in the lock file, as safe text. Memory to free. */
static char *read_holder(int fd)
{
	char line[HOLDER_MAX + 1];
	ssize_t len = pread(fd, line, HOLDER_MAX, 0);
	long pid;

	line[len > 0 ? len : 0] = '\0';
	line[strcspn(line, "\n")] = '\0';
	pid = strtol(line, NULL, 10);
	/* A scriptlet writes no line, and a program that a killed command left behind holds the lock on. */
	if (pid <= 0 || (kill((pid_t)pid, 0) != 0 && errno == ESRCH))
		return text_format("unknown, perhaps the scriptlet of a package");
	return text_safe(line);
}

static void write_holder(int fd, const char *command)
{
	char *line = text_format("%ld %.*s\n", (long)getpid(), HOLDER_MAX / 2, command);

	/* The line is only for messages. The lock is held even if the line cannot be written. */
	if (ftruncate(fd, 0) != 0 || pwrite(fd, line, strlen(line), 0) < 0)
		errno = 0;
	free(line);
}

static bool wait_for_lock(int fd, unsigned int seconds)
{
	const struct timespec interval = {.tv_nsec = POLL_INTERVAL};
	struct timespec start, now;
	bool told = false;

	clock_gettime(CLOCK_MONOTONIC, &start);
	for (;;) {
		char *holder;

		if (flock(fd, LOCK_EX | LOCK_NB) == 0)
			return true;
		if (errno != EWOULDBLOCK && errno != EINTR) {
			complain(LOCK_PATH ": %s", strerror(errno));
			return false;
		}
		clock_gettime(CLOCK_MONOTONIC, &now);
		holder = read_holder(fd);
		if (now.tv_sec - start.tv_sec >= (time_t)seconds) {
			complain("another command is running (process %s); nothing is changed. Try again, or wait "
				 "longer with --wait SECONDS",
				 holder);
			free(holder);
			return false;
		}
		if (!told) {
			complain("waiting for another command to end (process %s)", holder);
			progress_at("waiting for another command");
		}
		told = true;
		free(holder);
		nanosleep(&interval, NULL);
	}
}

int lock_take(const struct root *root, const char *command, unsigned int seconds)
{
	int fd = open_lock(root);

	if (fd < 0) {
		complain(LOCK_PATH ": %s; nothing is changed",
			 errno == EINVAL ? "not a regular file" : strerror(errno));
		return -1;
	}
	if (!wait_for_lock(fd, seconds)) {
		close(fd);
		return -1;
	}
	write_holder(fd, command);
	return fd;
}
