/* SPDX-License-Identifier: GPL-2.0-only */
/* The output formats of a report. */
#ifndef XS_FINDING_REPORT_FORMAT_H
#define XS_FINDING_REPORT_FORMAT_H

#include "finding/report.h"

/* Prints a sorted report on stdout. */
struct report_format {
	const char *name;
	void (*print)(const struct report *report);
	bool names; /* needs report.keep_names */
};

/* The format called NAME. NULL if there is none: a message that lists the formats is printed. */
const struct report_format *report_format_find(const char *name);

#endif
