// SPDX-License-Identifier: GPL-2.0-only
// A line on stderr that shows the progress of long work.
#include "base/progress.h"

#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

#define FIRST_SECONDS	   1
#define STEP_NANOSECONDS   200000000
#define SECOND_NANOSECONDS 1000000000

void progress_start(struct progress *progress)
{
	progress->wanted = isatty(STDERR_FILENO);
	clock_gettime(CLOCK_MONOTONIC, &progress->next);
	progress->next.tv_sec += FIRST_SECONDS;
}

static bool is_time(struct progress *progress)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	if (now.tv_sec < progress->next.tv_sec ||
	    (now.tv_sec == progress->next.tv_sec && now.tv_nsec < progress->next.tv_nsec))
		return false;
	progress->next = now;
	progress->next.tv_nsec += STEP_NANOSECONDS;
	if (progress->next.tv_nsec >= SECOND_NANOSECONDS) {
		progress->next.tv_nsec -= SECOND_NANOSECONDS;
		progress->next.tv_sec++;
	}
	return true;
}

void progress_tell(struct progress *progress)
{
	if (!progress->wanted || !is_time(progress))
		return;
	fprintf(stderr, "\r%lu files looked at", atomic_load(&progress->done));
	fflush(stderr);
	progress->shown = true;
}

void progress_end(struct progress *progress)
{
	/* ECMA-48: erase to the end of the line. */
	if (progress->shown)
		fputs("\r\033[K", stderr);
	progress->wanted = progress->shown = false;
}

void progress_step(const char *format, ...)
{
	va_list args;

	if (!isatty(STDERR_FILENO))
		return;
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
}
