/* SPDX-License-Identifier: GPL-2.0-only */
/* Arrays and texts that grow. */
#ifndef XS_BASE_ARRAY_H
#define XS_BASE_ARRAY_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Makes room for one more item in the array ITEMS, which has COUNT items of SIZE bytes each. Returns the array, which
 * may have moved; the caller frees it. Without memory, the program ends. An array starts as NULL with 0 items, and only
 * this function makes room in it. Example:
 *
 *	list->items = array_grown(list->items, list->count, sizeof(*list->items));
 *	list->items[list->count++] = item;
 *
 * If the array ends with a NULL that is not counted, give COUNT + 1.
 */
void *array_grown(void *items, size_t count, size_t size);

/*
 * Makes room for WANT bytes in total. *ROOM is the number of bytes that are allocated. Start with BYTES = NULL and
 * *ROOM = 0. The result is as for array_grown().
 */
void *bytes_grown(void *bytes, size_t *room, size_t want);

/*
 * Binary search in a sorted array of COUNT items of SIZE bytes. Returns the index of the first item that is not before
 * KEY, or COUNT if all are. Use bsearch() where no two items are equal and an equal item is wanted.
 */
size_t array_lower_bound(const void *items, size_t count, size_t size, const void *key,
			 bool (*is_before)(const void *item, const void *key));

/*
 * A list of strings for many searches. It starts as {0}, and string_list_free() frees its memory. The list does not own
 * the strings: they must live as long as the list.
 */
struct string_list {
	const char **strings;
	size_t count;
	bool sorted;
};

void string_list_add(struct string_list *list, const char *string);
void string_list_free(struct string_list *list);

/* Returns how many times the string is in the list. Sorts the list first if strings were added after the last sort. */
size_t string_list_has(struct string_list *list, const char *string);

/* A text that grows at its end. It starts as {0}, with a NULL text. The user frees the text. */
struct growing_text {
	char *text;
	size_t len, room;
};

/* Adds text at the end, as printf() makes it. Without memory, the program ends. */
void text_add(struct growing_text *text, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
