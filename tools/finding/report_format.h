/* SPDX-License-Identifier: GPL-2.0-only */
/* The ways to print a report: one a file, report_<name>.c, listed in report.c. */
#ifndef XS_REPORT_FORMAT_H
#define XS_REPORT_FORMAT_H

#include "finding/report.h"

/* For people; may change. In colour when stdout is a terminal that takes it. */
void report_print_text(const struct report *report);
/* {"format": "xs-ddk-verify", "schema": 1, ...}: promised; see xs-ddk.schema.json. */
void report_print_json(const struct report *report);
/* Test Anything Protocol, version 13, a test for each file. */
void report_print_tap(const struct report *report);
/* JUnit's XML, a test case for each file. */
void report_print_junit(const struct report *report);
/* Workflow commands of GitHub Actions, which it shows beside the files. */
void report_print_github(const struct report *report);

#endif
