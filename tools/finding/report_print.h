/* SPDX-License-Identifier: GPL-2.0-only */
/* What prints a report: a format a file, report_<name>.c, listed in report_format.c; and what they share. */
#ifndef XS_FINDING_REPORT_PRINT_H
#define XS_FINDING_REPORT_PRINT_H

#include "finding/report.h"

/*
 * The findings about one subject after another, for formats that have a test case for each: modules, packages, disks
 * and PATHs, in byte order. How many there are does not depend on what was found.
 */
struct report_case {
	const char *path;
	const struct finding *findings; /* about it */
	size_t count;
	size_t next_name, next_finding; /* where the walk stands */
};

/* The next case; start with {0}. Needs a sorted report with names. */
bool report_next_case(const struct report *report, struct report_case *at);

/* How many cases there are. */
size_t report_cases(const struct report *report);

/* For people; may change. In colour when stdout is a terminal that takes it. */
void report_print_text(const struct report *report);
/* {"format": "xs-ddk-verify", "schema": 2, ...}: promised; see xs-ddk.schema.json. */
void report_print_json(const struct report *report);
/* Test Anything Protocol, version 13, a test for each subject. */
void report_print_tap(const struct report *report);
/* JUnit's XML, a test case for each subject. */
void report_print_junit(const struct report *report);
/* Workflow commands of GitHub Actions, which it shows beside the files. */
void report_print_github(const struct report *report);

#endif
