// SPDX-License-Identifier: GPL-2.0-only
// The output formats of a report.
#include "finding/report_format.h"

#include <string.h>

#include "finding/report_print.h"

static const struct report_format formats[] = {
	{"text", report_print_text, false},
	{"json", report_print_json, false},
	{"tap", report_print_tap, true},
	{"junit", report_print_junit, true},
	{"github", report_print_github, false},
	{"sarif", report_print_sarif, false},
	{"markdown", report_print_markdown, false},
};

const struct report_format *report_format_find(const char *name)
{
	for (size_t i = 0; i < sizeof(formats) / sizeof(formats[0]); i++)
		if (strcmp(formats[i].name, name) == 0)
			return &formats[i];
	complain("unknown format '%s'; the formats are text, json, tap, junit, github, sarif and markdown", name);
	return NULL;
}
