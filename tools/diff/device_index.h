/* SPDX-License-Identifier: GPL-2.0-only */
/* An index of module aliases: which devices match a module in a large set. */
#ifndef XS_DIFF_DEVICE_INDEX_H
#define XS_DIFF_DEVICE_INDEX_H

#include <stddef.h>

/* A device alias of a module. The caller keeps KERNEL as long as the index; the index copies TEXT. */
struct device_pattern {
	const char *text, *kernel;
	size_t literal; /* number of bytes before the first '*', '?', '[' or backslash */
};

struct device_index;

/*
 * Makes an index of COUNT patterns, whose TEXT and KERNEL are set. Takes over the array. device_index_free() frees
 * both.
 */
struct device_index *device_index_make(struct device_pattern *patterns, size_t count);
void device_index_free(struct device_index *index);

enum coverage { UNCOVERED, COVERED, COVERAGE_UNKNOWN };

/*
 * Whether a device with this alias matches a module for KERNEL (NULL: for any kernel). It matches as modprobe does. A
 * '*' in ALIAS is an ordinary character: a '*' in the pattern matches it.
 *
 * An index has a limited number of steps for all calls, enough for 100,000 usual aliases. COVERAGE_UNKNOWN: the steps
 * are used up, and no match was found.
 */
enum coverage device_index_find(struct device_index *index, const char *kernel, const char *alias);

#endif
