// SPDX-License-Identifier: GPL-2.0-only
// An index of module aliases: which devices match a module in a large set.
#include "diff/device_index.h"

#include <fnmatch.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/die.h"
#include "base/text.h"
#include "elf/modalias.h"

/*
 * The cost of a match is the product of both lengths, times the number of brackets. This many steps take about a
 * second.
 */
#define STEPS_MAX UINT64_C(300000000)

/* Patterns with the same number of literal bytes. */
struct block {
	size_t literal, start, end;
};

struct device_index {
	struct device_pattern *patterns; /* sorted by number of literal bytes, then by these bytes; own their texts */
	size_t count;
	struct block *blocks;
	size_t block_count;
	uint64_t steps;
};

static int compare_patterns(const void *a, const void *b)
{
	const struct device_pattern *x = a, *y = b;

	if (x->literal != y->literal)
		return x->literal < y->literal ? -1 : 1;
	return memcmp(x->text, y->text, x->literal);
}

struct device_index *device_index_make(struct device_pattern *patterns, size_t count)
{
	struct device_index *index = need_memory(1, sizeof(*index));

	index->patterns = patterns;
	index->blocks = need_memory(count + 1, sizeof(*index->blocks));
	index->count = count;
	for (size_t i = 0; i < count; i++) {
		char *text = text_format("%s", patterns[i].text);

		modalias_normalize(text);
		patterns[i].text = text;
		patterns[i].literal = strcspn(text, "*?[\\");
	}
	if (count)
		qsort(patterns, count, sizeof(*patterns), compare_patterns);
	for (size_t i = 0; i < count; i++) {
		if (i == 0 || patterns[i].literal != patterns[i - 1].literal)
			index->blocks[index->block_count++] = (struct block){patterns[i].literal, i, i};
		index->blocks[index->block_count - 1].end = i + 1;
	}
	return index;
}

void device_index_free(struct device_index *index)
{
	for (size_t i = 0; i < index->count; i++)
		free((char *)index->patterns[i].text);
	free(index->patterns);
	free(index->blocks);
	free(index);
}

/* The first pattern of the block whose literal bytes are not less than those of the alias. */
static size_t find_first(const struct device_index *index, const struct block *block, const char *alias)
{
	size_t low = block->start, high = block->end;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (memcmp(index->patterns[middle].text, alias, block->literal) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* Uses up steps. False if too few are left. */
static bool take_steps(struct device_index *index, uint64_t steps)
{
	if (steps > STEPS_MAX - index->steps)
		return false;
	index->steps += steps;
	return true;
}

static size_t count_brackets(const char *s)
{
	size_t n = 0;

	for (; (s = strchr(s, '[')); s++)
		n++;
	return n;
}

static enum coverage match(struct device_index *index, const char *pattern, const char *alias)
{
	if (strcmp(pattern, alias) == 0)
		return COVERED;
	if (!take_steps(index, (uint64_t)strlen(pattern) * strlen(alias) * (1 + count_brackets(pattern))))
		return COVERAGE_UNKNOWN;
	return fnmatch(pattern, alias, 0) == 0 ? COVERED : UNCOVERED;
}

static enum coverage find_in_block(struct device_index *index, const struct block *block, const char *kernel,
				   const char *alias)
{
	enum coverage found = UNCOVERED;

	for (size_t i = find_first(index, block, alias); i < block->end; i++) {
		const struct device_pattern *pattern = &index->patterns[i];
		enum coverage now;

		if (memcmp(pattern->text, alias, block->literal) != 0)
			break;
		if (!take_steps(index, 1 + block->literal))
			return COVERAGE_UNKNOWN;
		if (kernel && strcmp(pattern->kernel, kernel) != 0)
			continue;
		now = match(index, pattern->text, alias);
		if (now == COVERED)
			return COVERED;
		if (now == COVERAGE_UNKNOWN)
			found = COVERAGE_UNKNOWN;
	}
	return found;
}

enum coverage device_index_find(struct device_index *index, const char *kernel, const char *alias)
{
	enum coverage found = UNCOVERED;
	size_t len = strlen(alias);
	char *text = text_format("%s", alias);

	modalias_normalize(text);
	for (size_t i = 0; found != COVERED && i < index->block_count && index->blocks[i].literal <= len; i++) {
		enum coverage now = find_in_block(index, &index->blocks[i], kernel, text);

		if (now != UNCOVERED)
			found = now;
	}
	free(text);
	return found;
}
