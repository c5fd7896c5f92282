// SPDX-License-Identifier: GPL-2.0-only
// The rules on what packages make together: matrix-gap, signature-mixed.
#include <stdlib.h>
#include <string.h>

#include "base/die.h"
#include "base/text.h"
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
	}
	free(cells);
}
