// SPDX-License-Identifier: GPL-2.0-only
// Shared by the formats: iterates over the subjects of a report.
#include "finding/report_print.h"

#include <string.h>

bool report_next_case(const struct report *report, struct report_case *at)
{
	const char *name = at->next_name < report->name_count ? report->names[at->next_name] : NULL;
	const struct finding *finding = at->next_finding < report->count ? &report->findings[at->next_finding] : NULL;

	if (!name && !finding)
		return false;
	at->path = !finding || (name && strcmp(name, finding->subject) <= 0) ? name : finding->subject;
	at->findings = finding;
	at->count = 0;
	if (name && strcmp(name, at->path) == 0)
		at->next_name++;
	while (at->next_finding < report->count && strcmp(report->findings[at->next_finding].subject, at->path) == 0) {
		at->next_finding++;
		at->count++;
	}
	return true;
}

size_t report_cases(const struct report *report)
{
	struct report_case at = {0};
	size_t n = 0;

	while (report_next_case(report, &at))
		n++;
	return n;
}
