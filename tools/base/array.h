/* SPDX-License-Identifier: GPL-2.0-only */
/* Arrays and texts that grow. */
#ifndef XS_BASE_ARRAY_H
#define XS_BASE_ARRAY_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Makes room for one more item in an array from malloc (NULL at first) of COUNT items of SIZE bytes; *ROOM is how many
 *it has room for (0 at first). Returns the array, which may have moved. Ends the program when there is no memory. Use
 *it as
 *
 *	list->items = array_grown(list->items, list->count, &list->room, sizeof(*list->items));
 *	list->items[list->count++] = item;
 */
void *array_grown(void *items, size_t count, size_t *room, size_t size);

/* The same for bytes: makes room for WANT of them in all. */
void *bytes_grown(void *bytes, size_t *room, size_t want);

/*
 * How many of the first items of a sorted array satisfy IS_BEFORE(item, key): those that stand before the key. The
 * index of the first that does not, or COUNT.
 */
size_t array_before(const void *items, size_t count, size_t size, const void *key,
		    int (*is_before)(const void *item, const void *key));

/* Strings of somebody else that are looked for again and again. Starts as {0}; string_list_free() is due. */
struct string_list {
	const char **strings;
	size_t count, room;
	bool sorted;
};

void string_list_add(struct string_list *list, const char *string);
void string_list_free(struct string_list *list);

/* How often the list has the string. Sorts the list, when something was added since. */
size_t string_list_has(struct string_list *list, const char *string);

/* A text to which more is added at its end. Starts as {0}; text is then NULL, and to be freed by its user. */
struct growing_text {
	char *text;
	size_t len, room;
};

void text_add(struct growing_text *text, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
