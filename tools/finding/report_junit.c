// SPDX-License-Identifier: GPL-2.0-only
// A report in the XML of JUnit, for CI systems: a test case for each module, package, disk and PATH.
#include <stdio.h>
#include <string.h>

#include "finding/report_print.h"

/* Escapes text and attributes in double quotes. Safe text may hold U+FFFE and U+FFFF, which XML forbids. */
static void print_xml(const char *text)
{
	for (; *text; text++) {
		if (*text == '<')
			fputs("&lt;", stdout);
		else if (*text == '>')
			fputs("&gt;", stdout);
		else if (*text == '&')
			fputs("&amp;", stdout);
		else if (*text == '"')
			fputs("&quot;", stdout);
		else
			putchar(*text);
	}
}

static const struct finding *first_failing(const struct report *report, const struct report_case *at)
{
	for (size_t i = 0; i < at->count; i++)
		if (report_fails(report, &at->findings[i]))
			return &at->findings[i];
	return NULL;
}

/* Prints all findings into one failure: some readers keep only the first failure of a case. */
static void print_findings(const struct report_case *at)
{
	for (size_t i = 0; i < at->count; i++) {
		const struct rule *rule = &rules[at->findings[i].rule];

		if (strcmp(at->findings[i].path, at->path) != 0) {
			print_xml(at->findings[i].path);
			fputs(": ", stdout);
		}
		printf("%s: ", severity_name(at->findings[i].severity));
		print_xml(at->findings[i].text);
		printf(" [%s]\nfix: ", rule->id);
		print_xml(at->findings[i].hint);
		putchar('\n');
	}
}

static void print_case(const struct report *report, const struct report_case *at)
{
	const struct finding *failing = first_failing(report, at);
	const char *element = failing && failing->rule == RULE_READ_FAILED ? "error" : "failure";

	fputs("    <testcase classname=\"xs-ddk.verify\" name=\"", stdout);
	print_xml(at->path);
	if (at->count == 0) {
		puts("\" time=\"0\"/>");
		return;
	}
	fputs("\" time=\"0\">\n      ", stdout);
	if (failing) {
		printf("<%s type=\"%s\" message=\"", element, rules[failing->rule].id);
		print_xml(failing->text);
		fputs("\">", stdout);
	} else {
		element = "system-out";
		fputs("<system-out>", stdout);
	}
	print_findings(at);
	printf("</%s>\n    </testcase>\n", element);
}

static void count_cases(const struct report *report, size_t *failures, size_t *errors)
{
	struct report_case at = {0};

	while (report_next_case(report, &at)) {
		const struct finding *failing = first_failing(report, &at);

		*errors += failing && failing->rule == RULE_READ_FAILED;
		*failures += failing && failing->rule != RULE_READ_FAILED;
	}
}

void report_print_junit(const struct report *report)
{
	size_t failures = 0, errors = 0, cases = report_cases(report);
	struct report_case at = {0};

	count_cases(report, &failures, &errors);
	puts("<?xml version=\"1.0\" encoding=\"UTF-8\"?>");
	printf("<testsuites name=\"xs-ddk verify\" tests=\"%zu\" failures=\"%zu\" errors=\"%zu\" time=\"0\">\n", cases,
	       failures, errors);
	printf("  <testsuite name=\"xs-ddk verify\" tests=\"%zu\" failures=\"%zu\" errors=\"%zu\" skipped=\"0\" "
	       "time=\"0\">\n",
	       cases, failures, errors);
	while (report_next_case(report, &at))
		print_case(report, &at);
	if (report->note_count)
		fputs("    <system-out>", stdout);
	for (size_t i = 0; i < report->note_count; i++) {
		print_xml(report->notes[i]);
		putchar('\n');
	}
	if (report->note_count)
		puts("</system-out>");
	puts("  </testsuite>\n</testsuites>");
}
