// SPDX-License-Identifier: GPL-2.0-only
// A report as text for people.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "finding/report_print.h"

/* NO_COLOR: see no-color.org. */
static bool colour_is_wanted(void)
{
	const char *no = getenv("NO_COLOR"), *term = getenv("TERM");

	return isatty(STDOUT_FILENO) && !(no && *no) && term && *term && strcmp(term, "dumb") != 0;
}

static const char *plural(size_t n)
{
	return n == 1 ? "" : "s";
}

void report_print_text(const struct report *report)
{
	static const char *const paint[] = {[SEVERITY_ERROR] = "\033[31m", [SEVERITY_WARNING] = "\033[33m"};
	size_t errors = report_count(report, SEVERITY_ERROR), warnings = report_count(report, SEVERITY_WARNING);
	bool colour = colour_is_wanted();

	for (size_t i = 0; i < report->count; i++) {
		const struct finding *finding = &report->findings[i];
		const struct rule *rule = &rules[finding->rule];

		printf("%s: %s%s%s: %s [%s]\n    fix: %s\n", finding->path, colour ? paint[rule->severity] : "",
		       severity_name(rule->severity), colour ? "\033[0m" : "", finding->text, rule->id, rule->hint);
	}
	printf("%zu module%s checked: %zu error%s, %zu warning%s\n", report->checked, plural(report->checked), errors,
	       plural(errors), warnings, plural(warnings));
}
