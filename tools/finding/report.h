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
	char *path; /* the path for messages: safe text */
	char *text; /* what was found and what was expected: safe text */
	enum severity severity;
	bool suppressed;     /* it is known: it is not printed, and does not make the verification fail */
	const char *by;	     /* what set the severity, or suppresses it: "FILE:LINE", safe text; NULL: nothing */
	const char *reason;  /* with by: why, safe text */
	const char *hint;    /* set by report_sort(): the correction, for the options given */
	const char *source;  /* the source or spec that made the file, safe text; NULL: unknown */
	const char *subject; /* set by report_sort(): a name in the report, or the path */
};

/* A report. It starts as {0}; report_free() frees it. */
struct report {
	struct finding *findings;
	size_t count;
	size_t suppressed; /* set by report_sort(): how many suppressed findings follow the COUNT others in the array */
	size_t checked;	   /* how many modules were checked */
	char **names;	   /* paths of all that was checked, if keep_names: safe text */
	size_t name_count;
	bool keep_names;      /* the format also lists inputs without findings */
	bool disabled[RULES]; /* findings of these rules are dropped */
	char *hints[RULES];   /* hints that fit the options better than those of the rules, or NULL; owned */
	bool strict;	      /* warnings fail too */
	size_t dropped;	      /* findings that the budget refused */
	uint64_t kept;	      /* bytes drawn from the budget: base/budget.h */
	bool all;	      /* the format text prints each finding, not equal ones together */
	bool quiet;	      /* the format text has no summary */
	bool show_suppressed; /* the format text prints suppressed findings, too */
	char **notes;	      /* sentences about the verification as a whole: safe text */
	size_t note_count;
	char **roots; /* report_root(): directories, each with its slash, longest first: safe text */
	size_t root_count;
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

/* Adds a sentence that every format prints. It has safe text only. */
void report_note(struct report *report, const char *format, ...) __attribute__((format(printf, 2, 3)));

/*
 * Notes that PATH is one of the command line. report_relative() leaves out its directory: PATH itself if it is one, or
 * else the directory that it is in.
 */
void report_root(struct report *report, const char *path);

/*
 * Returns a copy of a finding's path or text without the directories of report_root(). So the result is the same when
 * the inputs are in another directory, for example in a temporary one. The caller frees it.
 */
char *report_relative(const struct report *report, const char *text);

/* Moves all findings and names of FROM to the end of INTO. FROM is empty then. Both keep names, or neither does. */
void report_merge(struct report *into, struct report *from);

/*
 * Call it before printing. Sorts the names in byte order and removes duplicates. Then sets the subject of each finding:
 * the name that is the longest part of its path. Sorts the findings by subject, path and rule, suppressed ones last.
 */
void report_sort(struct report *report);

/* The number of findings with this severity that are not suppressed. */
size_t report_count(const struct report *report, enum severity severity);

/* Whether this finding makes the verification fail. */
bool report_fails(const struct report *report, const struct finding *finding);

/* STATUS_TROUBLE if a file could not be read, else STATUS_NO if a finding fails, else STATUS_YES. */
enum status report_status(const struct report *report);

void report_free(struct report *report);

#endif
