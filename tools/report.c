// SPDX-License-Identifier: GPL-2.0-only
// What a verification found, and how it is printed.
#include "report.h"

#include <jansson.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "json.h"
#include "text.h"

void report_add(struct report *report, enum rule_id rule, const char *path, const char *format, ...)
{
	struct finding *finding;
	char *detail = NULL;
	va_list args;

	if (report->disabled[rule])
		return;
	if (report->count == report->room) {
		report->room = report->room ? 2 * report->room : 16;
		report->findings = reallocarray(report->findings, report->room, sizeof(*report->findings));
		if (!report->findings)
			die_memory();
	}
	if (format) {
		va_start(args, format);
		if (vasprintf(&detail, format, args) < 0)
			die_memory();
		va_end(args);
	}
	finding = &report->findings[report->count++];
	finding->rule = rule;
	finding->path = text_safe(path);
	finding->text = detail ? text_format("%s: %s", rules[rule].problem, detail) :
				 text_format("%s", rules[rule].problem);
	free(detail);
}

static int compare_findings(const void *a, const void *b)
{
	const struct finding *x = a, *y = b;
	int order = strcmp(x->path, y->path);

	if (order == 0)
		order = (int)x->rule - (int)y->rule;
	return order ? order : strcmp(x->text, y->text);
}

void report_sort(struct report *report)
{
	if (report->count)
		qsort(report->findings, report->count, sizeof(*report->findings), compare_findings);
}

static size_t count_severity(const struct report *report, enum severity severity)
{
	size_t n = 0;

	for (size_t i = 0; i < report->count; i++)
		n += rules[report->findings[i].rule].severity == severity;
	return n;
}

static const char *plural(size_t n)
{
	return n == 1 ? "" : "s";
}

void report_print_text(const struct report *report)
{
	size_t errors = count_severity(report, SEVERITY_ERROR);
	size_t warnings = count_severity(report, SEVERITY_WARNING);

	for (size_t i = 0; i < report->count; i++) {
		const struct finding *finding = &report->findings[i];
		const struct rule *rule = &rules[finding->rule];

		printf("%s: %s: %s [%s]\n    mend: %s\n", finding->path, severity_name(rule->severity), finding->text,
		       rule->id, rule->mend);
	}
	printf("%zu module%s checked: %zu error%s, %zu warning%s\n", report->checked, plural(report->checked), errors,
	       plural(errors), warnings, plural(warnings));
}

void report_print_json(const struct report *report)
{
	json_t *findings = json_need(json_array());

	for (size_t i = 0; i < report->count; i++) {
		const struct finding *finding = &report->findings[i];
		const struct rule *rule = &rules[finding->rule];

		json_need_zero(json_array_append_new(
			findings, json_need(json_pack("{s:s, s:s, s:s, s:s, s:s}", "path", finding->path, "rule",
						      rule->id, "severity", severity_name(rule->severity), "problem",
						      finding->text, "mend", rule->mend))));
	}
	json_print(json_pack("{s:s, s:i, s:I, s:I, s:I, s:o}", "format", "xs-ddk-verify", "schema", 1, "checked",
			     (json_int_t)report->checked, "errors",
			     (json_int_t)count_severity(report, SEVERITY_ERROR), "warnings",
			     (json_int_t)count_severity(report, SEVERITY_WARNING), "findings", findings));
}

enum status report_status(const struct report *report)
{
	enum status status = STATUS_YES;

	for (size_t i = 0; i < report->count; i++) {
		enum rule_id rule = report->findings[i].rule;

		if (rule == RULE_READ_FAILED)
			return STATUS_TROUBLE;
		if (report->strict || rules[rule].severity == SEVERITY_ERROR)
			status = STATUS_NO;
	}
	return status;
}

void report_free(struct report *report)
{
	for (size_t i = 0; i < report->count; i++) {
		free(report->findings[i].path);
		free(report->findings[i].text);
	}
	free(report->findings);
	memset(report, 0, sizeof(*report));
}
