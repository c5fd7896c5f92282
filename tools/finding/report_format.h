/* SPDX-License-Identifier: GPL-2.0-only */
/* The formats a report can be printed in. */
#ifndef XS_FINDING_REPORT_FORMAT_H
#define XS_FINDING_REPORT_FORMAT_H

#include "finding/report.h"

/* A way to print a sorted report on stdout. */
struct report_format {
	const char *name;
	void (*print)(const struct report *report);
	bool names; /* wants keep_names */
};

/* The format called NAME, or NULL with a complaint that lists those there are. */
const struct report_format *report_format_find(const char *name);

#endif
