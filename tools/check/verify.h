/* SPDX-License-Identifier: GPL-2.0-only */
/* Verifying inputs with several threads. */
#ifndef XS_JUDGE_H
#define XS_JUDGE_H

#include "check/check.h"
#include "package/input.h"

/*
 * Adds to the report what the checks find in all that the PATHS (ending in NULL) stand for, in no particular order:
 * report_sort() makes it the same whatever the number of threads. The rules that need to know everything are
 * check_set()'s, afterwards.
 */
void judge_inputs(struct report *report, struct set *set, const struct policy *policy, char *const *paths,
		  const struct input_options *options);

#endif
