// SPDX-License-Identifier: GPL-2.0-only
// A report in Markdown, for a comment on a merge request.
#include <stdio.h>
#include <string.h>

#include "finding/report_print.h"

/* Prints TEXT. What Markdown or HTML would take for a mark becomes a reference. */
static void put_text(const char *text)
{
	for (; *text; text++)
		if (strchr("&<>\"'`|*_[]\\#!~@", *text))
			printf("&#%d;", (unsigned char)*text);
		else
			putchar(*text);
}

static void put_cell(const char *text)
{
	fputs("| ", stdout);
	put_text(text);
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

		put_cell(severity_name(finding->severity));
		put_cell(rule->id);
		put_cell(finding->path);
		put_cell(finding->text);
		put_cell(finding->hint);
		puts("|");
	}
	for (size_t i = 0; i < report->note_count; i++) {
		putchar('\n');
		put_text(report->notes[i]);
		putchar('\n');
	}
}
