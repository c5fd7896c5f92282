// SPDX-License-Identifier: GPL-2.0-only
// The rules on what packages make together: matrix-gap, signature-mixed, signature-signers, version-same.
#include <stdlib.h>
#include <string.h>

#include "base/die.h"
#include "base/text.h"
#include "base/version.h"
#include "check/check.h"
#include "host/hierarchy_build.h"

/* A module of a packaged version of a driver. */
struct cell {
	char driver[XENSERVER_VERSION_MAX + 1], version[XENSERVER_VERSION_MAX + 1];
	const struct inventory_entry *entry;
};

/* Sorted cells of one driver, and the names in them. */
struct matrix {
	const struct cell *cells;
	size_t cell_count;
	const char **versions, **unames;
	size_t version_count, uname_count;
};

static int compare_cells(const void *a, const void *b)
{
	const struct cell *x = a, *y = b;
	int order = strcmp(x->driver, y->driver);

	if (order == 0)
		order = strcmp(x->version, y->version);
	if (order == 0)
		order = strcmp(x->entry->uname, y->entry->uname);
	return order ? order : strcmp(x->entry->path, y->entry->path);
}

static int compare_names(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static bool is_same_set(const struct cell *a, const struct cell *b)
{
	return strcmp(a->driver, b->driver) == 0 && strcmp(a->version, b->version) == 0 &&
	       strcmp(a->entry->uname, b->entry->uname) == 0;
}

/* Sorts COUNT names and removes the duplicates. Returns how many are left. */
static size_t unite(const char **names, size_t count)
{
	size_t kept = 0;

	qsort(names, count, sizeof(*names), compare_names);
	for (size_t i = 0; i < count; i++)
		if (kept == 0 || strcmp(names[kept - 1], names[i]) != 0)
			names[kept++] = names[i];
	return kept;
}

/* Reports the first version and kernel without a package. The loop ends after at most as many steps as there are cells.
 */
static void report_gap(struct report *report, const struct matrix *matrix, size_t missing)
{
	const struct cell *cell = matrix->cells, *end = cell + matrix->cell_count;

	for (size_t v = 0; v < matrix->version_count; v++)
		for (size_t k = 0; k < matrix->uname_count; k++) {
			const char *version = matrix->versions[v], *uname = matrix->unames[k];
			char *more;

			if (cell < end && strcmp(cell->version, version) == 0 &&
			    strcmp(cell->entry->uname, uname) == 0) {
				const struct cell *first = cell;

				while (cell < end && is_same_set(cell, first))
					cell++;
				continue;
			}
			more = missing > 1 ? text_format(", and %zu more are missing", missing - 1)
					   : text_format("%s", "");
			report_add(report, RULE_MATRIX_GAP, matrix->cells->entry->path,
				   "%s %s is not there for %s; there are %zu versions for %zu kernels%s",
				   matrix->cells->driver, version, uname, matrix->version_count, matrix->uname_count,
				   more);
			free(more);
			return;
		}
}

/* The cells are COUNT of one driver. */
static void check_matrix(struct report *report, const struct cell *cells, size_t count)
{
	struct matrix matrix = {.cells = cells, .cell_count = count};
	size_t sets = 0;

	matrix.versions = need_memory(count, sizeof(*matrix.versions));
	matrix.unames = need_memory(count, sizeof(*matrix.unames));
	for (size_t i = 0; i < count; i++) {
		sets += i == 0 || !is_same_set(&cells[i - 1], &cells[i]);
		matrix.versions[i] = cells[i].version;
		matrix.unames[i] = cells[i].entry->uname;
	}
	matrix.version_count = unite(matrix.versions, count);
	matrix.uname_count = unite(matrix.unames, count);
	if (sets < matrix.version_count * matrix.uname_count)
		report_gap(report, &matrix, matrix.version_count * matrix.uname_count - sets);
	free(matrix.unames);
	free(matrix.versions);
}

/* The cells are COUNT of one driver: all of its modules are signed, or none is. */
static void check_signed(struct report *report, const struct cell *cells, size_t count)
{
	const struct cell *with = NULL, *without = NULL;

	for (size_t i = 0; i < count; i++) {
		const struct cell **first = cells[i].entry->is_signed ? &with : &without;

		*first = *first ? *first : &cells[i];
	}
	if (with && without) {
		char *path = text_safe(with->entry->path);

		report_add(report, RULE_SIGNATURE_MIXED, without->entry->path, "it is not signed, and %s is", path);
		free(path);
	}
}

/* By kernel, version and module. */
static int compare_modules(const void *a, const void *b)
{
	const struct cell *x = a, *y = b;
	int order = strcmp(x->entry->uname, y->entry->uname);

	if (order == 0)
		order = strcmp(x->version, y->version);
	if (order == 0)
		order = strcmp(x->entry->module, y->entry->module);
	return order ? order : strcmp(x->entry->path, y->entry->path);
}

/* The cells are COUNT of one driver, sorted by kernel. Reports the first pair of signers for each kernel. */
static void check_signers(struct report *report, const struct cell *cells, size_t count)
{
	const struct cell *first = NULL;
	bool told = false;

	for (size_t i = 0; i < count; i++) {
		char *path, *signer, *other;

		if (first && strcmp(first->entry->uname, cells[i].entry->uname) != 0) {
			first = NULL;
			told = false;
		}
		if (!cells[i].entry->signer || told)
			continue;
		first = first ? first : &cells[i];
		if (strcmp(first->entry->signer, cells[i].entry->signer) == 0)
			continue;
		path = text_safe(first->entry->path);
		signer = text_safe(cells[i].entry->signer);
		other = text_safe(first->entry->signer);
		report_add(report, RULE_SIGNATURE_SIGNERS, cells[i].entry->path, "it is signed by %s, and %s by %s",
			   signer, path, other);
		told = true;
		free(other);
		free(signer);
		free(path);
	}
}

/* A version for a kernel, with a digest of the names and contents of all its modules; 0: not all are known. */
struct set {
	const struct cell *first;
	uint64_t digest;
};

static struct set read_set(const struct cell *cells, size_t count)
{
	struct set set = {.first = cells, .digest = 1};

	for (size_t i = 0; i < count; i++) {
		for (const char *at = cells[i].entry->module; *at; at++)
			set.digest = (set.digest ^ (uint8_t)*at) * UINT64_C(0x100000001b3);
		set.digest = (set.digest ^ cells[i].entry->content) * UINT64_C(0x9e3779b97f4a7c15);
		set.digest ^= set.digest >> 32;
		if (cells[i].entry->content == 0)
			return (struct set){cells, 0};
	}
	return set;
}

/* By kernel and digest, then by version. */
static int compare_sets(const void *a, const void *b)
{
	const struct set *x = a, *y = b;
	int order = strcmp(x->first->entry->uname, y->first->entry->uname);

	if (order == 0)
		order = (x->digest > y->digest) - (x->digest < y->digest);
	return order ? order : version_order(x->first->version, y->first->version);
}

/* The cells are COUNT of one driver, sorted by compare_modules(). Reports versions that are the same as another. */
static void check_contents(struct report *report, const struct cell *cells, size_t count)
{
	struct set *sets = need_memory(count, sizeof(*sets));
	size_t set_count = 0, n;

	for (size_t i = 0; i < count; i += n) {
		for (n = 1; i + n < count && is_same_set(&cells[i], &cells[i + n]); n++)
			;
		sets[set_count++] = read_set(&cells[i], n);
	}
	qsort(sets, set_count, sizeof(*sets), compare_sets);
	for (size_t i = 1; i < set_count; i++) {
		const struct cell *a = sets[i - 1].first, *b = sets[i].first;
		char *path;

		if (sets[i].digest == 0 || sets[i].digest != sets[i - 1].digest ||
		    strcmp(a->entry->uname, b->entry->uname) != 0)
			continue;
		path = text_safe(a->entry->path);
		report_add(report, RULE_VERSION_SAME, b->entry->path, "%s %s is the same as %s, with %s", b->driver,
			   b->version, a->version, path);
		free(path);
	}
	free(sets);
}

void check_sets(struct report *report, const struct inventory *inventory)
{
	struct cell *cells = need_memory(inventory->entry_count + 1, sizeof(*cells));
	size_t count = 0, n;

	for (size_t i = 0; i < inventory->entry_count; i++) {
		struct cell *cell = &cells[count];
		const char *rest;

		cell->entry = &inventory->entries[i];
		if (cell->entry->kind == ENTRY_MODULE && !*cell->entry->root &&
		    inventory_in_hierarchy(cell->entry->below, &rest) && hierarchy_take_name(&rest, cell->driver) &&
		    hierarchy_take_name(&rest, cell->version))
			count++;
	}
	if (count)
		qsort(cells, count, sizeof(*cells), compare_cells);
	for (size_t i = 0; i < count; i += n) {
		for (n = 1; i + n < count && strcmp(cells[i].driver, cells[i + n].driver) == 0; n++)
			;
		check_matrix(report, &cells[i], n);
		check_signed(report, &cells[i], n);
		qsort(&cells[i], n, sizeof(*cells), compare_modules);
		check_signers(report, &cells[i], n);
		check_contents(report, &cells[i], n);
	}
	free(cells);
}
