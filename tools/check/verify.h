/* SPDX-License-Identifier: GPL-2.0-only */
/* Verifies inputs with several threads. */
#ifndef XS_CHECK_VERIFY_H
#define XS_CHECK_VERIFY_H

#include "check/check.h"
#include "package/walk.h"

/*
 * Reads all inputs below the PATHS, which end with NULL, and adds the findings to the report, in any order. After
 * report_sort(), the report is the same for any number of threads. The caller calls check_inventory() afterwards, for
 * the checks that need all inputs.
 */
void verify_inputs(struct report *report, struct inventory *inventory, const struct policy *policy, char *const *paths,
		   const struct input_options *options);

#endif
