// SPDX-License-Identifier: GPL-2.0-only
// A summary of a driver disk: its vendor, and which driver versions it has for which kernels.
#include "xs-ddk/show_disk.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/die.h"
#include "base/json.h"
#include "base/text.h"
#include "base/version.h"
#include "package/disk_xml.h"

static int compare_cells(const void *a, const void *b)
{
	const struct module_path *x = &((const struct disk_cell *)a)->location,
				 *y = &((const struct disk_cell *)b)->location;
	int order = strcmp(x->driver, y->driver);

	if (order == 0)
		order = version_order(x->version, y->version);
	return order ? order : version_order(x->uname, y->uname);
}

/* All packages are in one array, in the order of their paths. */
static int compare_cells_and_packages(const void *a, const void *b)
{
	const struct disk_cell *x = a, *y = b;
	int order = compare_cells(a, b);

	return order ? order : (x->rpm > y->rpm) - (x->rpm < y->rpm);
}

static int compare_kernels(const void *a, const void *b)
{
	return version_order(*(const char *const *)a, *(const char *const *)b);
}

static void add_cell(struct disk_table *table, const struct module_path *location, const struct rpm *rpm)
{
	table->cells = array_grown(table->cells, table->count, sizeof(*table->cells));
	table->cells[table->count++] = (struct disk_cell){*location, rpm};
}

static void add_package(struct disk_table *table, const struct rpm *rpm)
{
	for (size_t i = 0; i < rpm->file_count; i++) {
		struct module_path location;

		memset(&location, 0, sizeof(location));
		if (!name_module_suffix(rpm->files[i].path))
			continue;
		module_path_read(rpm->files[i].path, &location);
		if (location.driver[0])
			add_cell(table, &location, rpm);
	}
}

/* A driver may have several modules: one cell is for all modules of a version. The cells are sorted. */
static void remove_duplicates(struct disk_table *table)
{
	size_t kept = 0;

	for (size_t i = 0; i < table->count; i++)
		if (kept == 0 || compare_cells(&table->cells[kept - 1], &table->cells[i]) != 0)
			table->cells[kept++] = table->cells[i];
	table->count = kept;
}

static struct disk_table *make_table(const struct disk *disk)
{
	struct disk_table *table = need_memory(1, sizeof(*table));

	for (size_t i = 0; i < disk->count; i++)
		if (disk_is_installable(&disk->files[i]))
			add_package(table, &disk->files[i].rpm);
	table->kernels = need_memory(table->count + 1, sizeof(*table->kernels));
	if (table->count == 0)
		return table;
	qsort(table->cells, table->count, sizeof(*table->cells), compare_cells_and_packages);
	remove_duplicates(table);
	for (size_t i = 0; i < table->count; i++)
		table->kernels[i] = table->cells[i].location.uname;
	qsort(table->kernels, table->count, sizeof(*table->kernels), compare_kernels);
	for (size_t i = 0; i < table->count; i++)
		if (i == 0 || strcmp(table->kernels[i], table->kernels[table->kernel_count - 1]) != 0)
			table->kernels[table->kernel_count++] = table->kernels[i];
	return table;
}

static void add_requirement(struct growing_text *requires, const struct xml_node *node)
{
	const char *words[4] = {xml_attribute(node, "originator"), xml_attribute(node, "name"),
				xml_attribute(node, "test"), xml_attribute(node, "version")};

	for (size_t i = 0; i < 4; i++)
		words[i] = words[i] ? words[i] : "?";
	text_add(requires, "%s%s:%s %s %s", requires->len ? ", " : "", words[0], words[1], words[2], words[3]);
}

static void read_repository(struct disk_summary *summary, const struct xml_node *root)
{
	struct growing_text requires = {0};

	summary->product = xml_attribute(root, "product");
	summary->vendor = xml_attribute(root, "originator");
	summary->name = xml_attribute(root, "name");
	summary->version = xml_attribute(root, "version");
	if (summary->version && xml_attribute(root, "build"))
		summary->version =
			disk_own(summary->disk, text_format("%s-%s", summary->version, xml_attribute(root, "build")));
	summary->description = xml_child_text(root, "description");
	for (const struct xml_node *node = xml_child(root, "requires"); node; node = xml_next(node, "requires"))
		add_requirement(&requires, node);
	if (requires.text)
		summary->needs = disk_own(summary->disk, requires.text);
}

/* Takes the values that were not in XS-REPOSITORY, a file that older disks have. */
static void read_update(struct disk_summary *summary, const struct xml_node *root)
{
	summary->uuid = xml_attribute(root, "uuid");
	if (!summary->name)
		summary->name = xml_attribute(root, "name-label");
	if (!summary->version)
		summary->version = xml_attribute(root, "version");
	if (!summary->description)
		summary->description = xml_child_text(root, "name-description");
}

/* XS-SELECTION has a line "DRIVER VERSION" for each driver. The lines are joined with commas. */
static void read_selection(struct disk_summary *summary)
{
	const struct disk_file *file = disk_find(summary->disk, "XS-SELECTION");
	struct growing_text selects = {0};
	char *next, *line;

	next = file && file->bytes ? disk_own(summary->disk, strdup((const char *)file->bytes)) : NULL;
	while ((line = strsep(&next, "\n")))
		if (*line)
			text_add(&selects, "%s%s", selects.len ? ", " : "", line);
	if (selects.text)
		summary->selects = disk_own(summary->disk, selects.text);
}

static bool read_file(struct disk_summary *summary, const char *path, const char *name,
		      void (*take)(struct disk_summary *summary, const struct xml_node *root))
{
	const struct disk_file *file = disk_find(summary->disk, path);
	const char *why;
	const struct xml_node *root = file ? disk_xml_read(summary->disk, file, name, &why) : NULL;

	if (root)
		take(summary, root);
	return file;
}

bool disk_summary_read(struct disk_summary *summary, const char *path)
{
	bool old, new;

	memset(summary, 0, sizeof(*summary));
	if (!disk_is_at(path))
		return false;
	summary->disk = need_memory(1, sizeof(*summary->disk));
	if (!disk_read(summary->disk, path))
		return false;
	old = read_file(summary, "XS-REPOSITORY", "repository", read_repository);
	new = read_file(summary, "update.xml", "update", read_update);
	read_selection(summary);
	summary->is_signed =
		disk_find(summary->disk, "update.xml.asc") && disk_find(summary->disk, "repodata/repomd.xml.asc");
	summary->table = make_table(summary->disk);
	return old || new;
}

void disk_summary_free(struct disk_summary *summary)
{
	if (summary->table) {
		free(summary->table->cells);
		free(summary->table->kernels);
	}
	free(summary->table);
	if (summary->disk)
		disk_free(summary->disk);
	free(summary->disk);
	memset(summary, 0, sizeof(*summary));
}

static bool is_new_row(const struct disk_table *table, size_t i)
{
	const struct module_path *location = &table->cells[i].location,
				 *before = i ? &table->cells[i - 1].location : NULL;

	return !before || strcmp(location->driver, before->driver) != 0 ||
	       strcmp(location->version, before->version) != 0;
}

static void print_release(const struct disk_summary *summary, const struct disk_cell *cell, int width)
{
	char *text = cell ? text_format("%s-%s", cell->rpm->version, cell->rpm->release) : NULL;

	printf("  %-*s", width, text ? disk_safe(summary->disk, text) : "-");
	free(text);
}

/* Prints the row that begins with cell I. The cells of a row have the order of the kernels. */
static void print_row(const struct disk_summary *summary, size_t i)
{
	const struct disk_table *table = summary->table;
	const struct disk_cell *cell = &table->cells[i], *end = table->cells + table->count;

	printf("%-16s  %-12s", cell->location.driver, cell->location.version);
	for (size_t k = 0; k < table->kernel_count; k++) {
		bool there = cell < end && strcmp(cell->location.uname, table->kernels[k]) == 0;
		bool last = k + 1 == table->kernel_count;

		print_release(summary, there ? cell : NULL, last ? 0 : (int)strlen(table->kernels[k]));
		if (there && ++cell < end && is_new_row(table, (size_t)(cell - table->cells)))
			end = cell;
	}
	putchar('\n');
}

/* Whether a table with a column for each kernel would be far larger than what is on the disk. */
static bool is_sparse(const struct disk_table *table)
{
	size_t rows = 0;

	for (size_t i = 0; i < table->count; i++)
		rows += is_new_row(table, i);
	return rows * table->kernel_count > 1000 + 20 * table->count;
}

static void print_cells(const struct disk_summary *summary)
{
	int width = 0;

	for (size_t k = 0; k < summary->table->kernel_count; k++)
		if ((int)strlen(summary->table->kernels[k]) > width)
			width = (int)strlen(summary->table->kernels[k]);
	printf("\n%-16s  %-12s  %-*s  %s\n", "DRIVER", "VERSION", width, "KERNEL", "RELEASE");
	for (size_t i = 0; i < summary->table->count; i++) {
		const struct disk_cell *cell = &summary->table->cells[i];

		printf("%-16s  %-12s  %-*s", cell->location.driver, cell->location.version, width,
		       cell->location.uname);
		print_release(summary, cell, 0);
		putchar('\n');
	}
}

/* Names in the table are legal names, so text_safe() is not needed. */
static void print_table(const struct disk_summary *summary)
{
	const struct disk_table *table = summary->table;

	if (table->count == 0)
		return;
	if (is_sparse(table)) {
		print_cells(summary);
		return;
	}
	printf("\n%-16s  %-12s", "DRIVER", "VERSION");
	for (size_t k = 0; k < table->kernel_count; k++)
		printf("  %s", table->kernels[k]);
	putchar('\n');
	for (size_t i = 0; i < table->count; i++)
		if (is_new_row(table, i))
			print_row(summary, i);
}

static void print_line(const struct disk_summary *summary, const char *what, const char *value)
{
	if (value && *value)
		printf("%-12s %s\n", what, disk_safe(summary->disk, value));
}

/* Whether the package is in the table, or only makes hosts install other packages. */
static bool is_in_table(const struct disk_summary *summary, const struct rpm *rpm)
{
	for (size_t i = 0; i < summary->table->count; i++)
		if (summary->table->cells[i].rpm == rpm)
			return true;
	return strncmp(rpm->name, "update-", 7) == 0 || strncmp(rpm->name, "control-", 8) == 0;
}

void disk_summary_print(const struct disk_summary *summary)
{
	print_line(summary, "disk:", summary->disk->path);
	print_line(summary, "name:", summary->name);
	print_line(summary, "version:", summary->version);
	print_line(summary, "description:", summary->description);
	print_line(summary, "product:", summary->product);
	print_line(summary, "requires:", summary->needs);
	print_line(summary, "vendor:", summary->vendor);
	print_line(summary, "uuid:", summary->uuid);
	print_line(summary, "signed:", summary->is_signed ? "yes" : "no");
	print_line(summary, "selects:", summary->selects);
	print_table(summary);
	for (size_t i = 0, told = 0; i < summary->disk->count; i++) {
		const struct disk_file *file = &summary->disk->files[i];

		if (file->has_rpm && !is_in_table(summary, &file->rpm))
			printf("%s%s\n", told++ ? "" : "\nALSO\n", disk_safe(summary->disk, file->path));
	}
}

static json_t *cell_json(const struct disk_cell *cell)
{
	json_t *release;
	char *text = text_format("%s-%s", cell->rpm->version, cell->rpm->release);

	release = json_safe(text);
	free(text);
	return json_need(json_pack("{s:s, s:s, s:s, s:o, s:o}", "driver", cell->location.driver, "version",
				   cell->location.version, "kernel", cell->location.uname, "package",
				   json_safe(cell->rpm->name), "release", release));
}

json_t *disk_summary_json(const struct disk_summary *summary)
{
	json_t *drivers = json_need(json_array());

	for (size_t i = 0; i < summary->table->count; i++)
		json_need_zero(json_array_append_new(drivers, cell_json(&summary->table->cells[i])));
	return json_need(json_pack(
		"{s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:b, s:o, s:o}", "path", json_safe(summary->disk->path),
		"name", json_safe(summary->name), "version", json_safe(summary->version), "description",
		json_safe(summary->description), "product", json_safe(summary->product), "requires",
		json_safe(summary->needs), "vendor", json_safe(summary->vendor), "uuid", json_safe(summary->uuid),
		"signed", (int)summary->is_signed, "selects", json_safe(summary->selects), "drivers", drivers));
}
