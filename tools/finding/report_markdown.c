// SPDX-License-Identifier: GPL-2.0-only
// A report in Markdown, for a comment on a merge request.
#include <stdio.h>
#include <string.h>

#include "finding/report_print.h"

/* Prints TEXT in a cell of a table. What Markdown or HTML would take for a mark becomes a reference. */
static void put_cell(const char *text)
{
	fputs("| ", stdout);
	for (; *text; text++)
		if (strchr("&<>\"'`|*_[]\\#!~@", *text))
			printf("&#%d;", (unsigned char)*text);
		else
			putchar(*text);
	putchar(' ');
}

void report_print_markdown(const struct report *report)
{
	size_t errors = report_count(report, SEVERITY_ERROR), warnings = report_count(report, SEVERITY_WARNING);

	printf("**%s**: %zu modules checked, %zu errors, %zu warnings\n",
	       report_status(report) == STATUS_YES ? "passed" : "failed", report->checked, errors, warnings);
	if (report->count)
		puts("\n| severity | rule | file | problem | fix |\n| --- | --- | --- | --- | --- |");
	for (size_t i = 0; i < report->count; i++) {
		const struct finding *finding = &report->findings[i];
		const struct rule *rule = &rules[finding->rule];

		put_cell(severity_name(rule->severity));
		put_cell(rule->id);
		put_cell(finding->path);
		put_cell(finding->text);
		put_cell(rule->hint);
		puts("|");
	}
}
