/* SPDX-License-Identifier: GPL-2.0-only */
/* Judges a PATH as "xs-ddk verify" does, with one thread, and looks at what is said. */
#ifndef XS_FUZZ_JUDGE_H
#define XS_FUZZ_JUDGE_H

#include "fuzz.h"

#include "check/check.h"
#include "check/verify.h"

static inline void judge(char *path, const struct policy *policy)
{
	static const struct input_options options = {.jobs = 1};
	char *paths[] = {path, NULL};
	struct report report = {0};
	struct inventory inventory;

	inventory_init(&inventory);
	verify_inputs(&report, &inventory, policy, paths, &options);
	check_inventory(&report, &inventory, policy);
	report_sort(&report);
	/* For whoever replays a seed by hand. */
	for (size_t i = 0; getenv("FUZZ_SHOW") && i < report.count; i++)
		printf("%s: %s\n", report.findings[i].path, report.findings[i].text);
	/* Nothing of theirs is printed as it is. */
	for (size_t i = 0; i < report.count; i++)
		if (strpbrk(report.findings[i].text, "\n\033") || strpbrk(report.findings[i].path, "\n\033"))
			abort();
	report_free(&report);
	inventory_free(&inventory);
}

#endif
