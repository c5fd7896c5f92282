/* SPDX-License-Identifier: GPL-2.0-only */
/* A baseline: the list of the findings of an earlier run. They are known, so that only new ones fail. */
#ifndef XS_FINDING_BASELINE_H
#define XS_FINDING_BASELINE_H

#include <stdbool.h>

#include "finding/report.h"

/*
 * Format: lines in byte order, each with the rule, the path and the problem of a finding, and a tab between two of
 * them; lines that begin with '#' are comments. The paths are those of report_relative(), so that the same inputs in
 * another directory have the same lines.
 */
struct baseline;

/* Reads the baseline at PATH. baseline_free() frees it. Returns NULL after a message. */
struct baseline *baseline_read(const char *path);
void baseline_free(struct baseline *baseline);

/*
 * Suppresses the findings that are in the baseline. Adds notes on how many there were, and how many findings of the
 * baseline are gone. Call it before report_sort(). The baseline must live as long as the report.
 */
void baseline_apply(struct baseline *baseline, struct report *report);

/*
 * Writes all findings of the report that are not suppressed to a baseline at PATH, and suppresses them. False after a
 * message. Call it before report_sort(). PATH must live as long as the report.
 */
bool baseline_write(struct report *report, const char *path);

#endif
