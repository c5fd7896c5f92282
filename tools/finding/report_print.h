/* SPDX-License-Identifier: GPL-2.0-only */
/* The printing functions, one in each report_<name>.c. report_format.c lists them. Also code that they share. */
#ifndef XS_FINDING_REPORT_PRINT_H
#define XS_FINDING_REPORT_PRINT_H

#include "finding/report.h"

/*
 * The findings of one subject: a module, a package, a disk or a PATH. Formats with test cases print one case for each
 * subject, in byte order. So the number of cases does not depend on the findings.
 */
struct report_case {
	const char *path;
	const struct finding *findings; /* about this subject */
	size_t count;
	size_t next_name, next_finding; /* the current position */
};

/* Moves to the next case; AT starts as {0}. False after the last. The report must be sorted, with names. */
bool report_next_case(const struct report *report, struct report_case *at);

/* The number of cases. */
size_t report_cases(const struct report *report);

/* Text for people; the format may change. In colour if stdout is a terminal with colours. */
void report_print_text(const struct report *report);
/* {"format": "xs-ddk-verify", "schema": 2, ...}: a stable format; see xs-ddk.schema.json. */
void report_print_json(const struct report *report);
/* Test Anything Protocol, version 13: a test for each subject. */
void report_print_tap(const struct report *report);
/* XML of JUnit: a test case for each subject. */
void report_print_junit(const struct report *report);
/* Workflow commands of GitHub Actions. GitHub shows them beside the files. */
void report_print_github(const struct report *report);
/* SARIF 2.1.0, for code scanning. */
void report_print_sarif(const struct report *report);
/* A table in Markdown, for merge requests. */
void report_print_markdown(const struct report *report);

#endif
