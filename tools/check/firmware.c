// SPDX-License-Identifier: GPL-2.0-only
// The rule on the firmware that modules need: firmware-missing.
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

void check_firmware(struct report *report, const struct inventory *inventory, const struct policy *policy)
{
	size_t left = COMPARISONS_MAX;

	for (size_t i = 0; i < inventory->firmware_count; i++) {
		const struct inventory_firmware *firmware = &inventory->firmware[i];
		const char *root = policy->sysroot ? policy->sysroot : firmware->root;
		char *safe;

		if (is_packaged(inventory, firmware, &left) || (*root && is_on_root(root, firmware)))
			continue;
		if (left == 0) {
			report_add(report, RULE_INPUT_LIMIT, firmware->path,
				   "its patterns of firmware match too many files to be compared");
			return;
		}
		safe = text_safe(firmware->name);
		report_add(report, RULE_FIRMWARE_MISSING, firmware->path, "%s is %s", safe,
			   *root ? "neither in lib/firmware of the root nor in one of the packages"
				 : "in none of the packages");
		free(safe);
	}
}
