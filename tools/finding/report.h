/* SPDX-License-Identifier: GPL-2.0-only */
/* What a verification found. How it is printed is in report_<format>.c. */
#ifndef XS_FINDING_REPORT_H
#define XS_FINDING_REPORT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/die.h"
#include "finding/rule.h"

struct finding {
	enum rule_id rule;
	char *path;	     /* as shown: safe text */
	char *text;	     /* what was found and what was expected: safe text */
	const char *subject; /* what it is a finding about, set by report_sort(): a name of the report, or the path */
};

/* A report starts as {0}. */
struct report {
	struct finding *findings;
	size_t count, room;
	size_t checked; /* how many modules were judged */
	char **names;	/* of all that was judged, if names are kept: safe text */
	size_t name_count, names_room;
	bool keep_names;      /* the format tells of what is right too */
	bool disabled[RULES]; /* findings of these rules are not taken */
	bool strict;	      /* warnings fail too */
};

/*
 * Adds a finding about PATH (any bytes: it is made safe here). The text is the catalogue's sentence, with the
 * detail printed from FORMAT after a colon; NULL for no detail. Foreign strings in the detail must be safe text.
 */
void report_add(struct report *report, enum rule_id rule, const char *path, const char *format, ...)
	__attribute__((format(printf, 4, 5)));

/* Notes that PATH is judged: a package, a disk, or a PATH of the command line. */
void report_subject(struct report *report, const char *path);

/* The same of a module, which is counted too. */
void report_judged(struct report *report, const char *path);

/* Moves what FROM holds to the end of INTO and leaves FROM empty. Both must keep names, or neither. */
void report_merge(struct report *into, struct report *from);

/*
 * For printing: puts the names in byte order, each once, and findings in the order of their subjects, their paths and
 * the catalogue. The subject of a finding is what was judged and holds its path, the innermost.
 */
void report_sort(struct report *report);

/* How many findings have the severity. */
size_t report_count(const struct report *report, enum severity severity);

/* Whether the finding makes a verification fail. */
bool report_fails(const struct report *report, const struct finding *finding);

/* STATUS_TROUBLE if a file could not be read, STATUS_NO if there are findings that fail, else STATUS_YES. */
enum status report_status(const struct report *report);

void report_free(struct report *report);

#endif
