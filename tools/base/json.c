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

/*
 * Prints text of JSON. In a string, a second '#' and DEL are written as escapes: "##" starts a command of a CI system,
 * and terminals act on DEL.
 */
static void print_escaped(const char *text)
{
	for (char last = 0; *text; last = *text++) {
		if (*text == 0x7f || (*text == '#' && last == '#'))
			printf("\\u%04x", (unsigned int)*text);
		else
			putchar(*text);
	}
}

void json_print(json_t *value)
{
	/* With 15 digits, a decimal fraction is printed as it was written: 0.1, not 0.10000000000000001. */
	char *text = json_dumps(json_need(value), JSON_INDENT(2) | JSON_REAL_PRECISION(15) | JSON_ENSURE_ASCII);

	if (!text)
		die_memory();
	/* close_stdout() finds a failed write by the error flag of stdout. */
	print_escaped(text);
	putchar('\n');
	free(text);
	json_decref(value);
}

json_t *json_safe(const char *s)
{
	char *valid;
	json_t *value;

	if (!s)
		return json_need(json_null());
	valid = text_valid(s);
	value = json_need(json_string(valid));
	free(valid);
	return value;
}

void json_make_safe(json_t *value)
{
	json_t *member;
	const char *key;
	char *safe;
	size_t i;

	json_object_foreach(value, key, member) json_make_safe(member);
	json_array_foreach(value, i, member) json_make_safe(member);
	if (json_is_string(value)) {
		safe = text_safe(json_string_value(value));
		json_need_zero(json_string_set(value, safe));
		free(safe);
	}
}
