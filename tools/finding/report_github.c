// SPDX-License-Identifier: GPL-2.0-only
// A report as workflow commands of GitHub Actions. GitHub shows them beside the files.
#include <stdio.h>
#include <string.h>

#include "finding/report_print.h"

/* '%' and line ends are escaped everywhere, ':' and ',' only in properties. Safe text has no line ends. */
static void print_escaped(const char *text, size_t len, const char *reserved)
{
	for (size_t i = 0; i < len; i++) {
		if (strchr("%\r\n", text[i]) || strchr(reserved, text[i]))
			printf("%%%02X", (unsigned char)text[i]);
		else
			putchar(text[i]);
	}
}

static void print_message(const char *text)
{
	print_escaped(text, strlen(text), "");
}

/* GitHub knows only files of the repository. For a file in a container, this is the outermost container. */
static size_t outermost(const char *path)
{
	return strcspn(path, "!");
}

void report_print_github(const struct report *report)
{
	for (size_t i = 0; i < report->count; i++) {
		const struct finding *finding = &report->findings[i];
		const struct rule *rule = &rules[finding->rule];

		printf("::%s file=", report_fails(report, finding) ? "error" : "warning");
		if (finding->source)
			print_escaped(finding->source, strlen(finding->source), ":,");
		else
			print_escaped(finding->path, outermost(finding->path), ":,");
		printf(",title=%s::", rule->id);
		print_message(finding->path);
		fputs(": ", stdout);
		print_message(finding->text);
		fputs("%0Afix: ", stdout);
		print_message(finding->hint);
		putchar('\n');
	}
	for (size_t i = 0; i < report->note_count; i++) {
		fputs("::notice::", stdout);
		print_message(report->notes[i]);
		putchar('\n');
	}
}
