// SPDX-License-Identifier: GPL-2.0-only
// A report in the Test Anything Protocol, version 13 (testanything.org): a test for each module, package, disk and
// PATH.
#include <stdio.h>
#include <string.h>

#include "finding/report_print.h"

/* An unescaped '#' in the name of a test begins a directive. */
static void print_name(const char *name)
{
	for (; *name; name++) {
		if (*name == '#')
			putchar('\\');
		putchar(*name);
	}
}

/* Prints a double-quoted string of YAML. Safe text has no control characters. */
static void print_yaml(const char *key, const char *text)
{
	printf("      %s: \"", key);
	for (; *text; text++) {
		if (*text == '"' || *text == '\\')
			putchar('\\');
		putchar(*text);
	}
	puts("\"");
}

static void print_diagnostics(const struct report_case *at)
{
	puts("  ---\n  findings:");
	for (size_t i = 0; i < at->count; i++) {
		const struct rule *rule = &rules[at->findings[i].rule];

		printf("    - rule: %s\n      severity: %s\n", rule->id, severity_name(at->findings[i].severity));
		if (strcmp(at->findings[i].path, at->path) != 0)
			print_yaml("path", at->findings[i].path);
		print_yaml("problem", at->findings[i].text);
		print_yaml("hint", at->findings[i].hint);
	}
	puts("  ...");
}

void report_print_tap(const struct report *report)
{
	struct report_case at = {0};

	printf("TAP version 13\n1..%zu\n", report_cases(report));
	for (size_t n = 1; report_next_case(report, &at); n++) {
		bool failed = false;

		for (size_t i = 0; i < at.count; i++)
			failed |= report_fails(report, &at.findings[i]);
		printf("%s %zu - ", failed ? "not ok" : "ok", n);
		print_name(at.path);
		putchar('\n');
		if (at.count)
			print_diagnostics(&at);
	}
	for (size_t i = 0; i < report->note_count; i++)
		printf("# %s\n", report->notes[i]);
}
