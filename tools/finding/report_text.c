// SPDX-License-Identifier: GPL-2.0-only
// A report as text for people.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/die.h"
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

/* More equal findings than this are printed together, with this many paths. */
#define ALIKE_MAX 3

static bool are_alike(const struct finding *a, const struct finding *b)
{
	return a->rule == b->rule && a->by == b->by && strcmp(a->text, b->text) == 0;
}

static int compare_alike(const void *a, const void *b)
{
	const struct finding *x = *(const struct finding *const *)a, *y = *(const struct finding *const *)b;
	int order = strcmp(x->text, y->text);

	if (order == 0)
		order = (x->rule > y->rule) - (x->rule < y->rule);
	if (order == 0 && x->by != y->by)
		order = strcmp(x->by ? x->by : "", y->by ? y->by : "");
	/* All findings are in one array, in the order of the report. */
	return order ? order : (x > y) - (x < y);
}

/* For each finding of the report, how many are alike; 0 for those that are printed together with an earlier one. */
static size_t *count_alike(const struct report *report)
{
	const struct finding **sorted = need_memory(report->count + 1, sizeof(*sorted));
	size_t *counts = need_memory(report->count + 1, sizeof(*counts));

	for (size_t i = 0; i < report->count; i++) {
		sorted[i] = &report->findings[i];
		counts[i] = 1;
	}
	if (report->count && !report->all)
		qsort(sorted, report->count, sizeof(*sorted), compare_alike);
	for (size_t i = 0, n; !report->all && i < report->count; i += n) {
		for (n = 1; i + n < report->count && are_alike(sorted[i], sorted[i + n]); n++)
			;
		for (size_t j = 1; n > ALIKE_MAX && j < n; j++)
			counts[sorted[i + j] - report->findings] = 0;
		if (n > ALIKE_MAX)
			counts[sorted[i] - report->findings] = n;
	}
	free(sorted);
	return counts;
}

/* Prints the paths of the first findings that are like FINDING, and how many more there are. */
static void print_alike(const struct report *report, const struct finding *finding, size_t count)
{
	size_t printed = 0;

	for (const struct finding *at = finding; printed < ALIKE_MAX && at < report->findings + report->count; at++)
		if (are_alike(finding, at)) {
			printf("    in: %s\n", at->path);
			printed++;
		}
	printf("    and %zu more; --all prints them\n", count - printed);
}

static void print_finding(const struct report *report, const struct finding *finding, size_t alike, bool colour)
{
	static const char *const paint[] = {[SEVERITY_ERROR] = "\033[31m", [SEVERITY_WARNING] = "\033[33m"};
	const struct rule *rule = &rules[finding->rule];

	if (finding->suppressed)
		fputs("suppressed: ", stdout);
	if (alike > 1)
		printf("%zu files", alike);
	else
		fputs(finding->path, stdout);
	printf(": %s%s%s: %s [%s]\n    fix: %s\n", colour ? paint[finding->severity] : "",
	       severity_name(finding->severity), colour ? "\033[0m" : "", finding->text, rule->id, finding->hint);
	if (finding->by)
		printf("    %s: %s\n", finding->by, finding->reason);
	if (alike > 1)
		print_alike(report, finding, alike);
}

/* If several rules have findings: how many each has. */
static void print_rules(const struct report *report)
{
	size_t counts[RULES][2] = {0}, several = 0;

	for (size_t i = 0; i < report->count; i++)
		several += counts[report->findings[i].rule][report->findings[i].severity]++ == 0;
	for (int i = 0; several > 1 && i < RULES; i++)
		for (int severity = SEVERITY_ERROR; severity <= SEVERITY_WARNING; severity++)
			if (counts[i][severity])
				printf("%6zu %-8s %s\n", counts[i][severity], severity_name(severity), rules[i].id);
}

static void print_summary(const struct report *report)
{
	size_t errors = report_count(report, SEVERITY_ERROR), warnings = report_count(report, SEVERITY_WARNING);

	print_rules(report);
	printf("%zu module%s checked: %zu error%s, %zu warning%s\n", report->checked, plural(report->checked), errors,
	       plural(errors), warnings, plural(warnings));
}

void report_print_text(const struct report *report)
{
	size_t *alike = count_alike(report);
	bool colour = colour_is_wanted();

	for (size_t i = 0; i < report->count; i++)
		if (alike[i])
			print_finding(report, &report->findings[i], alike[i], colour);
	for (size_t i = 0; report->show_suppressed && i < report->suppressed; i++)
		print_finding(report, &report->findings[report->count + i], 1, colour);
	if (!report->quiet)
		print_summary(report);
	for (size_t i = 0; i < report->note_count; i++)
		puts(report->notes[i]);
	free(alike);
}
