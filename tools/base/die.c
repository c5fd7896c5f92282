// SPDX-License-Identifier: GPL-2.0-only
// Exit statuses, messages on stderr, and the check of stdout at the end.
#include "base/die.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/progress.h"

const char *program = "xs-ddk";

static _Thread_local char complained[1024];

static void remember(const char *format, va_list args)
{
	size_t used = strlen(complained), joint = used ? strlen("; ") : 0;

	if (used + joint + 1 >= sizeof(complained))
		return;
	memcpy(complained + used, "; ", joint);
	vsnprintf(complained + used + joint, sizeof(complained) - used - joint, format, args);
}

const char *complaints(void)
{
	return *complained ? complained : NULL;
}

static void vcomplain(const char *format, va_list args)
{
	va_list again;

	va_copy(again, args);
	remember(format, again);
	va_end(again);
	progress_hide();
	fprintf(stderr, "%s: ", program);
	vfprintf(stderr, format, args);
	fputc('\n', stderr);
}

void complain(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vcomplain(format, args);
	va_end(args);
}

enum status misused(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vcomplain(format, args);
	va_end(args);
	fprintf(stderr, "Try '%s --help'.\n", program);
	return STATUS_TROUBLE;
}

noreturn void die_memory(void)
{
	complain("out of memory");
	exit(STATUS_TROUBLE);
}

void *need_memory(size_t count, size_t size)
{
	void *memory = calloc(count, size);

	if (!memory)
		die_memory();
	return memory;
}

enum status close_stdout(enum status status)
{
	/* A closed stdout (">&-") is no error if the program printed nothing. */
	if (!ferror(stdout) && fflush(stdout) == 0)
		return status;
	complain("cannot write to standard output: %s", strerror(errno));
	return STATUS_TROUBLE;
}
