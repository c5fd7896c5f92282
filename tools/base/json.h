/* SPDX-License-Identifier: GPL-2.0-only */
/* Printing JSON with jansson: what every command does alike. */
#ifndef XS_BASE_JSON_H
#define XS_BASE_JSON_H

#include <jansson.h>

/* VALUE, or the end of the program when it is NULL: jansson fails only for want of memory, or for our mistakes. */
json_t *json_need(json_t *value);

/* The same for calls that return 0 when done. */
void json_need_zero(int rc);

/* Prints VALUE on stdout, indented, keys in the order they were added, and a newline; takes the reference. */
void json_print(json_t *value);

/* S as a JSON string made safe by text_safe(), or null for NULL. */
json_t *json_safe(const char *s);

#endif
