/* SPDX-License-Identifier: GPL-2.0-only */
/* The findings of a verification. The files report_<format>.c print them. */
#ifndef XS_FINDING_REPORT_H
#define XS_FINDING_REPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/die.h"
#include "finding/rule.h"

struct finding {
	enum rule_id rule;
	char *path;	     /* the path for messages: safe text */
	char *text;	     /* what was found and what was expected: safe text */
	const char *subject; /* set by report_sort(): a name in the report, or the path */
};

/* A report. It starts as {0}; report_free() frees it. */
struct report {
	struct finding *findings;
	size_t count;
	size_t checked; /* how many modules were checked */
	char **names;	/* paths of all that was checked, if keep_names: safe text */
	size_t name_count;
	bool keep_names;      /* the format also lists inputs without findings */
	bool disabled[RULES]; /* findings of these rules are dropped */
	bool strict;	      /* warnings fail too */
	size_t dropped;	      /* findings that the budget refused */
	uint64_t kept;	      /* bytes drawn from the budget: base/budget.h */
	bool all;	      /* the format text prints each finding, not equal ones together */
};

/*
 * Adds a finding about PATH, which may hold any bytes. The text is the problem of the rule, then a colon and the detail
 * that FORMAT makes. FORMAT may be NULL: no detail. Strings from inputs must be safe text in the detail. A finding that
 * the budget refuses is counted and dropped; report_sort() adds a finding of rule input-limit that says so.
 */
void report_add(struct report *report, enum rule_id rule, const char *path, const char *format, ...)
	__attribute__((format(printf, 4, 5)));

/* Notes that PATH is checked: a package, a disk, or a PATH of the command line. */
void report_subject(struct report *report, const char *path);

/* The same for a module, and counts it. */
void report_judged(struct report *report, const char *path);

/* Moves all findings and names of FROM to the end of INTO. FROM is empty then. Both keep names, or neither does. */
void report_merge(struct report *into, struct report *from);

/*
 * Call it before printing. Sorts the names in byte order and removes duplicates. Then sets the subject of each finding:
 * the name that is the longest part of its path. Sorts the findings by subject, path and rule.
 */
void report_sort(struct report *report);

/* The number of findings with this severity. */
size_t report_count(const struct report *report, enum severity severity);

/* Whether this finding makes the verification fail. */
bool report_fails(const struct report *report, const struct finding *finding);

/* STATUS_TROUBLE if a file could not be read, else STATUS_NO if a finding fails, else STATUS_YES. */
enum status report_status(const struct report *report);

void report_free(struct report *report);

#endif
