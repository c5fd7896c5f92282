// SPDX-License-Identifier: GPL-2.0-only
// A report as JSON.
#include "base/json.h"
#include "finding/report_print.h"

static json_t *json_of_finding(const struct finding *finding)
{
	const struct rule *rule = &rules[finding->rule];
	json_t *object =
		json_need(json_pack("{s:s, s:s, s:s, s:s, s:s}", "path", finding->path, "rule", rule->id, "severity",
				    severity_name(finding->severity), "problem", finding->text, "hint", finding->hint));

	if (finding->by) {
		json_need_zero(json_object_set_new(object, "by", json_need(json_string(finding->by))));
		json_need_zero(json_object_set_new(object, "reason", json_need(json_string(finding->reason))));
	}
	return object;
}

static json_t *json_of_findings(const struct finding *findings, size_t count)
{
	json_t *list = json_need(json_array());

	for (size_t i = 0; i < count; i++)
		json_need_zero(json_array_append_new(list, json_of_finding(&findings[i])));
	return list;
}

void report_print_json(const struct report *report)
{
	json_t *notes = json_need(json_array());

	for (size_t i = 0; i < report->note_count; i++)
		json_need_zero(json_array_append_new(notes, json_need(json_string(report->notes[i]))));
	json_print(json_pack("{s:s, s:i, s:I, s:I, s:I, s:o, s:o, s:o}", "format", "xs-ddk-verify", "schema", 2,
			     "checked", (json_int_t)report->checked, "errors",
			     (json_int_t)report_count(report, SEVERITY_ERROR), "warnings",
			     (json_int_t)report_count(report, SEVERITY_WARNING), "findings",
			     json_of_findings(report->findings, report->count), "suppressed",
			     json_of_findings(report->findings + report->count, report->suppressed), "notes", notes));
}
