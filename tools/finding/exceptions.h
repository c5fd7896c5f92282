/* SPDX-License-Identifier: GPL-2.0-only */
/* The exceptions of a project: a file says which findings are known, or have another severity, and why. */
#ifndef XS_FINDING_EXCEPTIONS_H
#define XS_FINDING_EXCEPTIONS_H

#include <stdbool.h>
#include <stddef.h>

#include "finding/report.h"

/*
 * Format: each line is empty, a comment that begins with '#', or an exception:
 *
 *	off|warning|error RULE [PATTERN] [until YYYY-MM-DD] because REASON
 *
 * The words are separated by blanks. In PATTERN, '*' stands for any text and '?' for any character. It must match the
 * whole path of a finding, or the part after a '/' or a '!'. The first line that matches a finding counts. After the
 * day of 'until', in UTC, the line does not count any more.
 */

/* The file that verify reads in the current directory. */
#define EXCEPTIONS_FILE ".xs-ddk.conf"

struct exceptions;

/*
 * Reads the exceptions in the file at PATH, in place of *EXCEPTIONS, which starts as NULL. exceptions_free() frees
 * them. Prints a message for each line that is wrong, and then returns false; also if the file cannot be read.
 */
bool exceptions_read(struct exceptions **exceptions, const char *path);

/*
 * Call it after all options were read; NONE is --no-config. Unless exceptions were read or none are wanted, reads
 * EXCEPTIONS_FILE in the current directory, if it is there. It must be a regular file and no link. False after a
 * message.
 */
bool exceptions_settle(struct exceptions **exceptions, bool none);
void exceptions_free(struct exceptions *exceptions);

/*
 * Suppresses the findings that are off, sets the severity of others, and adds notes on how many there were and which
 * lines count no more. Call it before report_sort(). The exceptions must live as long as the report. EXCEPTIONS may be
 * NULL.
 */
void exceptions_apply(struct exceptions *exceptions, struct report *report);

/* Whether findings of the rule may be suppressed. Those that say that an input was not checked may not. */
bool exceptions_may_suppress(enum rule_id rule);

#endif
