// SPDX-License-Identifier: GPL-2.0-only
// The rules on the firmware that modules need: firmware-missing, firmware-incomplete.
#include <fcntl.h>
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/array.h"
#include "base/directory.h"
#include "base/root.h"
#include "base/text.h"
#include "check/check.h"

/*
 * The directories below a root where the kernel looks, and the suffixes of compressed files
 * (drivers/base/firmware_loader).
 */
static const char *const directories[] = {"/lib/firmware/updates/%s/", "/lib/firmware/updates/", "/lib/firmware/%s/",
					  "/lib/firmware/"};
static const char *const suffixes[] = {"", ".xz", ".zst"};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* Whether FILE, which may be compressed, matches NAME, which may be a pattern. */
static bool names(const char *name, const char *file)
{
	size_t len = strlen(file);

	if (fnmatch(name, file, FNM_PATHNAME) == 0)
		return true;
	for (size_t i = 1; i < COUNT(suffixes); i++) {
		size_t suffix = strlen(suffixes[i]);
		char *plain;
		bool found;

		if (len <= suffix || strcmp(file + len - suffix, suffixes[i]) != 0)
			continue;
		plain = text_format("%.*s", (int)(len - suffix), file);
		found = fnmatch(name, plain, FNM_PATHNAME) == 0;
		free(plain);
		if (found)
			return true;
	}
	return false;
}

/* The directory FORMAT with %s replaced by the kernel's name. The caller frees it. */
static char *directory_of(const char *format, const char *uname)
{
	const char *mark = strstr(format, "%s");

	return mark ? text_format("%.*s%s%s", (int)(mark - format), format, uname, mark + 2)
		    : text_format("%s", format);
}

static bool is_before(const void *file, const void *name)
{
	return strcmp(((const struct inventory_file *)file)->name, name) < 0;
}

/*
 * How often a pattern may be compared with a file, in one run. Modules have a few patterns, but each could be "*", and
 * a package can have 100,000 files.
 */
#define COMPARISONS_MAX 2000000u

/* Whether a package has a file in DIRECTORY that matches NAME. LEFT: how many comparisons are left. */
static bool is_in_directory(const struct inventory *inventory, const char *directory, const char *name, size_t *left)
{
	/* All matching names begin with the part before the first wildcard. */
	size_t plain = strcspn(name, "*?[\\");
	char *start = text_format("%s%.*s", directory, (int)plain, name);
	size_t len = strlen(start), directory_len = strlen(directory);
	size_t first =
		array_lower_bound(inventory->files, inventory->file_count, sizeof(*inventory->files), start, is_before);
	bool found = false;

	for (size_t i = first; !found && *left > 0 && i < inventory->file_count; i++, --*left) {
		if (strncmp(inventory->files[i].name, start, len) != 0)
			break;
		found = names(name, inventory->files[i].name + directory_len);
	}
	free(start);
	return found;
}

static bool is_packaged(const struct inventory *inventory, const struct inventory_firmware *firmware, size_t *left)
{
	bool found = false;

	for (size_t i = 0; !found && i < COUNT(directories); i++) {
		char *directory = directory_of(directories[i], firmware->uname);
		char *merged = text_format("/usr%s", directory);

		found = is_in_directory(inventory, directory, firmware->name, left) ||
			is_in_directory(inventory, merged, firmware->name, left);
		free(merged);
		free(directory);
	}
	return found;
}

/* Whether a file on the root matches PATTERN. Only the last part of PATTERN may have wildcards. */
static bool matches_below(const struct root *root, const char *pattern)
{
	const char *base = strrchr(pattern, '/') + 1;
	char *directory = text_format("%.*s", (int)(base - pattern), pattern);
	int fd = root_openat(root, directory, O_RDONLY | O_DIRECTORY, 0);
	char **list = fd < 0 ? NULL : directory_names(fd);
	bool found = false;

	for (size_t i = 0; list && list[i]; i++)
		found |= names(base, list[i]);
	directory_names_free(list);
	free(directory);
	return found;
}

static bool is_below(const struct root *root, const char *path)
{
	if (strpbrk(path, "*?["))
		return matches_below(root, path);
	for (size_t i = 0; i < COUNT(suffixes); i++) {
		char *file = text_format("%s%s", path, suffixes[i]);
		int fd = root_openat(root, file, O_PATH, 0);

		free(file);
		if (fd >= 0) {
			close(fd);
			return true;
		}
	}
	return false;
}

static bool is_on_root(const char *path, const struct inventory_firmware *firmware)
{
	struct root root;
	bool found = false;

	if (root_open(&root, path) != 0)
		return false;
	for (size_t i = 0; !found && i < COUNT(directories); i++) {
		char *directory = directory_of(directories[i], firmware->uname);
		char *file = text_format("%s%s", directory, firmware->name);

		found = is_below(&root, file);
		free(file);
		free(directory);
	}
	root_close(&root);
	return found;
}

/* Whether the path is on one of the driver disks. */
static bool is_on_disk(const struct disks *disks, const char *path)
{
	for (size_t i = 0; i < disks->count; i++) {
		size_t len = strlen(disks->paths[i]);

		if (strncmp(disks->paths[i], path, len) == 0 && (path[len] == '!' || path[len] == '/'))
			return true;
	}
	return false;
}

/* The firmware of one module. */
struct wanted {
	const struct inventory_firmware *files;
	size_t count;
	bool *found; /* for each file: it is in a package or on the root */
	bool partly; /* a package has one of the files */
};

/* False: there are too many patterns to compare. */
static bool find_files(struct wanted *wanted, const struct inventory *inventory, const char *root, size_t *left)
{
	for (size_t i = 0; i < wanted->count; i++) {
		bool packaged = is_packaged(inventory, &wanted->files[i], left);

		wanted->partly |= packaged;
		wanted->found[i] = packaged || (*root && is_on_root(root, &wanted->files[i]));
		if (!wanted->found[i] && *left == 0)
			return false;
	}
	return true;
}

static void report_missing(struct report *report, const struct inventory *inventory, const struct wanted *wanted,
			   const char *root)
{
	bool whole = wanted->partly && !*root && is_on_disk(&inventory->disks, wanted->files->path);

	for (size_t i = 0; i < wanted->count; i++) {
		char *safe = text_safe(wanted->files[i].name);

		if (!wanted->found[i] && whole)
			report_add(report, RULE_FIRMWARE_INCOMPLETE, wanted->files->path, "%s", safe);
		else if (!wanted->found[i])
			report_add(report, RULE_FIRMWARE_MISSING, wanted->files->path, "%s is %s", safe,
				   *root ? "neither in lib/firmware of the root nor in one of the packages"
					 : "in none of the packages");
		free(safe);
	}
}

void check_firmware(struct report *report, const struct inventory *inventory, const struct policy *policy)
{
	const struct inventory_firmware *files = inventory->firmware, *end;
	size_t left = COMPARISONS_MAX;
	bool fine = true;

	if (!files)
		return;
	end = files + inventory->firmware_count;
	/* The files of a module stand together: they are sorted by its path. */
	for (; fine && files < end; files++) {
		const char *root = policy->sysroot ? policy->sysroot : files->root;
		struct wanted wanted = {.files = files, .count = 1};

		while (files + 1 < end && strcmp(files[1].path, wanted.files->path) == 0) {
			files++;
			wanted.count++;
		}
		wanted.found = need_memory(wanted.count, sizeof(*wanted.found));
		fine = find_files(&wanted, inventory, root, &left);
		if (fine)
			report_missing(report, inventory, &wanted, root);
		else
			report_add(report, RULE_INPUT_LIMIT, wanted.files->path,
				   "its patterns of firmware match too many files to be compared");
		free(wanted.found);
	}
}
