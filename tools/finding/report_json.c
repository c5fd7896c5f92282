// SPDX-License-Identifier: GPL-2.0-only
// A report as JSON.
#include "base/json.h"
#include "finding/report_print.h"

static json_t *json_of_finding(const struct finding *finding)
{
	const struct rule *rule = &rules[finding->rule];

	return json_need(json_pack("{s:s, s:s, s:s, s:s, s:s}", "path", finding->path, "rule", rule->id, "severity",
				   severity_name(rule->severity), "problem", finding->text, "hint", rule->hint));
}

void report_print_json(const struct report *report)
{
	json_t *findings = json_need(json_array());

	for (size_t i = 0; i < report->count; i++)
		json_need_zero(json_array_append_new(findings, json_of_finding(&report->findings[i])));
	json_print(json_pack("{s:s, s:i, s:I, s:I, s:I, s:o}", "format", "xs-ddk-verify", "schema", 2, "checked",
			     (json_int_t)report->checked, "errors", (json_int_t)report_count(report, SEVERITY_ERROR),
			     "warnings", (json_int_t)report_count(report, SEVERITY_WARNING), "findings", findings));
}
