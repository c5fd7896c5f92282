// SPDX-License-Identifier: GPL-2.0-only
// Which versions of drivers several disks have, for which kernels, in which release: one table.
#include "xs-ddk/show_releases.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/array.h"
#include "base/directory.h"
#include "base/text.h"
#include "base/version.h"
#include "package/container.h"

void releases_add(struct releases *releases, const struct disk_summary *summary)
{
	releases->disks++;
	for (size_t i = 0; i < summary->table->count; i++) {
		const struct disk_cell *cell = &summary->table->cells[i];
		char *text = text_format("%s-%s", cell->rpm->version, cell->rpm->release);

		releases->all = array_grown(releases->all, releases->count, sizeof(*releases->all));
		releases->all[releases->count++] =
			(struct release){cell->location, text_safe(text), text_safe(summary->disk->path)};
		free(text);
	}
}

/* By driver, version, kernel, release and disk. */
static int compare_releases(const void *a, const void *b)
{
	const struct release *x = a, *y = b;
	int order = strcmp(x->location.driver, y->location.driver);

	if (order == 0)
		order = version_order(x->location.version, y->location.version);
	if (order == 0)
		order = version_order(x->location.uname, y->location.uname);
	if (order == 0)
		order = version_order(x->release, y->release);
	return order ? order : strcmp(x->disk, y->disk);
}

static bool is_same_release(const struct release *a, const struct release *b)
{
	return memcmp(&a->location, &b->location, sizeof(a->location)) == 0 && strcmp(a->release, b->release) == 0;
}

/* The widths of the columns, in bytes: legal names are ASCII. */
struct widths {
	int version, kernel, release;
};

static int wider(int width, const char *text)
{
	int len = (int)strlen(text);

	return len > width ? len : width;
}

static struct widths measure(const struct releases *releases)
{
	struct widths widths = {12, 6, 7};

	for (size_t i = 0; i < releases->count; i++) {
		widths.version = wider(widths.version, releases->all[i].location.version);
		widths.kernel = wider(widths.kernel, releases->all[i].location.uname);
		widths.release = wider(widths.release, releases->all[i].release);
	}
	return widths;
}

void releases_print(struct releases *releases)
{
	struct widths widths = measure(releases);

	if (releases->count)
		qsort(releases->all, releases->count, sizeof(*releases->all), compare_releases);
	printf("%-16s  %-*s  %-*s  %-*s  %s\n", "DRIVER", widths.version, "VERSION", widths.kernel, "KERNEL",
	       widths.release, "RELEASE", "DISKS");
	for (size_t i = 0, n; i < releases->count; i += n) {
		const struct release *first = &releases->all[i];

		printf("%-16s  %-*s  %-*s  %-*s  %s", first->location.driver, widths.version, first->location.version,
		       widths.kernel, first->location.uname, widths.release, first->release, first->disk);
		for (n = 1; i + n < releases->count && is_same_release(first, &first[n]); n++)
			printf(", %s", first[n].disk);
		putchar('\n');
	}
}

void releases_free(struct releases *releases)
{
	for (size_t i = 0; i < releases->count; i++) {
		free(releases->all[i].release);
		free(releases->all[i].disk);
	}
	free(releases->all);
	memset(releases, 0, sizeof(*releases));
}

void path_list_add(struct path_list *list, const char *path)
{
	list->paths = array_grown(list->paths, list->count + 1, sizeof(*list->paths));
	list->paths[list->count++] = text_format("%s", path);
	list->paths[list->count] = NULL;
}

void path_list_free(struct path_list *list)
{
	for (size_t i = 0; i < list->count; i++)
		free(list->paths[i]);
	free(list->paths);
	memset(list, 0, sizeof(*list));
}

/* No directory of disks is deeper. */
#define DEPTH_MAX 16

static void search(const char *path, unsigned int depth, struct path_list *disks, struct path_list *files)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	char **names = fd < 0 ? NULL : directory_names(fd);
	size_t len = strlen(path);

	for (size_t i = 0; names && names[i]; i++) {
		char *below = text_format("%s%s%s", path, len && path[len - 1] == '/' ? "" : "/", names[i]);
		enum container_kind kind = container_by_name(names[i]);
		struct stat st;
		bool there = lstat(below, &st) == 0, directory = there && S_ISDIR(st.st_mode),
		     regular = there && S_ISREG(st.st_mode);

		if ((directory || (regular && kind == CONTAINER_DISK)) && disk_is_at(below))
			path_list_add(disks, below);
		else if (directory && depth < DEPTH_MAX)
			search(below, depth + 1, disks, files);
		else if (regular && (kind != CONTAINER_NONE || name_module_suffix(names[i])))
			path_list_add(files, below);
		free(below);
	}
	directory_names_free(names);
}

void disks_below(const char *path, struct path_list *disks, struct path_list *files)
{
	search(path, 0, disks, files);
}
