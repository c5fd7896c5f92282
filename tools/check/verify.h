/* SPDX-License-Identifier: GPL-2.0-only */
/* Verifying inputs with several threads. */
#ifndef XS_CHECK_VERIFY_H
#define XS_CHECK_VERIFY_H

#include "check/check.h"
#include "package/walk.h"

/*
 * Adds to the report what the checks find in all that the PATHS (ending in NULL) stand for, in no particular order:
 * report_sort() makes it the same whatever the number of threads. The rules that need to know everything are
 * check_inventory()'s, afterwards.
 */
void verify_inputs(struct report *report, struct inventory *inventory, const struct policy *policy, char *const *paths,
		   const struct input_options *options);

#endif
