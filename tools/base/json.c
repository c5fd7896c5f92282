// SPDX-License-Identifier: GPL-2.0-only
// Helpers to make and print JSON with jansson.
#include "base/json.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/die.h"
#include "base/text.h"

json_t *json_need(json_t *value)
{
	if (!value)
		die_memory();
	return value;
}

void json_need_zero(int rc)
{
	if (rc)
		die_memory();
}

void json_print(json_t *value)
{
	/*
	 * close_stdout() finds a failed write by the error flag of stdout. With 15 digits, a decimal fraction is
	 * printed as it was written: 0.1, not 0.10000000000000001.
	 */
	json_dumpf(json_need(value), stdout, JSON_INDENT(2) | JSON_REAL_PRECISION(15));
	putchar('\n');
	json_decref(value);
}

json_t *json_safe(const char *s)
{
	char *safe;
	json_t *value;

	if (!s)
		return json_need(json_null());
	safe = text_safe(s);
	value = json_need(json_string(safe));
	free(safe);
	return value;
}
