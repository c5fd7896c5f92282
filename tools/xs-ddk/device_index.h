/* SPDX-License-Identifier: GPL-2.0-only */
/* Which devices find a module among many: an index of their aliases. */
#ifndef XS_XS_DDK_DEVICE_INDEX_H
#define XS_XS_DDK_DEVICE_INDEX_H

#include <stddef.h>

/* A module's alias, for devices. The strings belong to the caller and must outlive the index. */
struct device_pattern {
	const char *text, *kernel;
	size_t literal; /* bytes before the first that is not itself: '*', '?', '[' or a backslash */
};

struct device_index;

/* An index of COUNT patterns, of which TEXT and KERNEL are set. It takes the array over. */
struct device_index *device_index_make(struct device_pattern *patterns, size_t count);
void device_index_free(struct device_index *index);

enum coverage { UNCOVERED, COVERED, COVERAGE_UNKNOWN };

/*
 * Whether a device of this alias finds a module built for KERNEL (NULL: for any), as modprobe matches. A '*' in the
 * alias is matched by one in the pattern, as any other character is.
 *
 * One index takes a bounded number of steps in all, enough for 100,000 usual aliases; when they are used up, and an
 * answer would need more, it is COVERAGE_UNKNOWN.
 */
enum coverage device_index_find(struct device_index *index, const char *kernel, const char *alias);

#endif
