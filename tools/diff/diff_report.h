/* SPDX-License-Identifier: GPL-2.0-only */
/* The result of xs-ddk diff, and its output formats. */
#ifndef XS_DIFF_DIFF_REPORT_H
#define XS_DIFF_DIFF_REPORT_H

#include "diff/module_diff.h"
#include "diff/set_facts.h"

/* A pair of modules with its differences. */
struct told_pair {
	struct diff_pair pair;
	struct diff_change *changes;
	size_t count;
};

struct diff_result {
	struct told_pair *pairs;
	size_t pair_count;
	struct fact_change *facts;
	size_t fact_count;
	/* Numbers of modules in both sets, in one set only, and of what is lost. */
	size_t compared, gained, lost, devices_lost, devices_unknown, signatures_lost, facts_lost;
};

/*
 * Compares two sets, which must outlive the result. False after a message: the comparison would take too long. Call
 * diff_result_free() in both cases.
 */
bool diff_result_make(struct diff_result *result, const struct diff_set *old_set, const struct diff_set *new_set);
void diff_result_free(struct diff_result *result);

/* Whether something is lost that devices or users need. */
bool diff_result_has_findings(const struct diff_result *result);

/* A line of the output. The strings are safe text, and valid during a call only. */
struct diff_row {
	const char *what, *change; /* "device", "lost"; WHAT is NULL for a module that only one set has */
	char *key, *old_value, *new_value;
	const char *finding; /* why the change is a finding; NULL: it is none */
};

typedef void diff_row_function(const struct diff_row *row, const char *subject, void *context);

/* Calls EACH for each row: first what is not in a module. The subject is "packages", or a module with its kernel. */
void diff_result_each_row(const struct diff_result *result, diff_row_function *each, void *context);

typedef void diff_printer(const struct diff_result *result);

/* The function that prints to stdout in the format: text, json, markdown or html. NULL if there is no such format. */
diff_printer *diff_printer_find(const char *format);

#endif
