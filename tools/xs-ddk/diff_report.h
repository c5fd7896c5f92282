/* SPDX-License-Identifier: GPL-2.0-only */
/* The result of xs-ddk diff, and its output formats. */
#ifndef XS_XS_DDK_DIFF_REPORT_H
#define XS_XS_DDK_DIFF_REPORT_H

#include "xs-ddk/module_diff.h"
#include "xs-ddk/set_facts.h"

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

/* Counts what the result has. */
void diff_result_count(struct diff_result *result);

/* Whether something is lost that devices or users need. */
bool diff_result_has_findings(const struct diff_result *result);

typedef void diff_printer(const struct diff_result *result);

/* The function that prints to stdout in the format: text, json, markdown or html. NULL if there is no such format. */
diff_printer *diff_printer_find(const char *format);

#endif
