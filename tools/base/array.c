// SPDX-License-Identifier: GPL-2.0-only
// Arrays and texts that grow.
#include "base/array.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/die.h"

void *array_grown(void *items, size_t count, size_t size)
{
	/* There is room for the next power of two. */
	if (count & (count - 1))
		return items;
	items = reallocarray(items, count ? 2 * count : 1, size);
	if (!items)
		die_memory();
	return items;
}

void *bytes_grown(void *bytes, size_t *room, size_t want)
{
	if (want <= *room)
		return bytes;
	if (want > SIZE_MAX / 2)
		die_memory();
	*room = want < 2 * *room ? 2 * *room : want;
	bytes = realloc(bytes, *room);
	if (!bytes)
		die_memory();
	return bytes;
}

size_t array_lower_bound(const void *items, size_t count, size_t size, const void *key,
			 bool (*is_before)(const void *item, const void *key))
{
	size_t low = 0;

	while (low < count) {
		size_t middle = low + (count - low) / 2;

		if (is_before((const char *)items + middle * size, key))
			low = middle + 1;
		else
			count = middle;
	}
	return low;
}

void string_list_add(struct string_list *list, const char *string)
{
	list->strings = array_grown(list->strings, list->count, sizeof(*list->strings));
	list->strings[list->count++] = string;
	list->sorted = false;
}

void string_list_free(struct string_list *list)
{
	free(list->strings);
	*list = (struct string_list){0};
}

static int compare_strings(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static bool is_before(const void *item, const void *key)
{
	return compare_strings(item, key) < 0;
}

static bool is_not_after(const void *item, const void *key)
{
	return compare_strings(item, key) <= 0;
}

size_t string_list_has(struct string_list *list, const char *string)
{
	const size_t size = sizeof(*list->strings);

	if (list->count && !list->sorted)
		qsort(list->strings, list->count, size, compare_strings);
	list->sorted = true;
	return array_lower_bound(list->strings, list->count, size, &string, is_not_after) -
	       array_lower_bound(list->strings, list->count, size, &string, is_before);
}

void text_add(struct growing_text *text, const char *format, ...)
{
	va_list args;
	int len;

	va_start(args, format);
	len = vsnprintf(NULL, 0, format, args);
	va_end(args);
	if (len < 0)
		die_memory();
	text->text = bytes_grown(text->text, &text->room, text->len + (size_t)len + 1);
	va_start(args, format);
	vsnprintf(text->text + text->len, (size_t)len + 1, format, args);
	va_end(args);
	text->len += (size_t)len;
}
