/* SPDX-License-Identifier: GPL-2.0-only */
/* Helpers to make and print JSON with jansson. */
#ifndef XS_BASE_JSON_H
#define XS_BASE_JSON_H

#include <jansson.h>

/* Returns VALUE, or ends the program if VALUE is NULL. jansson fails only without memory or by a mistake of ours. */
json_t *json_need(json_t *value);

/* Ends the program if RC, the result of a jansson function, is not 0. */
void json_need_zero(int rc);

/* Prints VALUE on stdout, indented, with its keys in the order of insertion. Drops the reference to VALUE. */
void json_print(json_t *value);

/*
 * Returns S as a new JSON string, or JSON null if S is NULL. Bytes that are not UTF-8 become U+FFFD. json_print()
 * escapes the rest as JSON does. For text output, use json_make_safe() first.
 */
json_t *json_safe(const char *s);

/* Makes each string in VALUE safe to print, as text_safe() does, in place. */
void json_make_safe(json_t *value);

#endif
