// SPDX-License-Identifier: GPL-2.0-only
// Checks XS-SELECTION: a line "DRIVER VERSION" for each driver. Scriptlets read the copy that the metapackage installs.
#include <stdlib.h>
#include <string.h>

#include "base/module_path.h"
#include "base/text.h"
#include "check/disk_topics.h"

#define SELECTION "XS-SELECTION"

static bool package_has(const struct rpm *rpm, const char *driver, const char *version)
{
	for (size_t i = 0; i < rpm->file_count; i++) {
		struct module_path location;

		module_path_read(rpm->files[i].path, &location);
		if (strcmp(location.driver, driver) == 0 && strcmp(location.version, version) == 0)
			return true;
	}
	return false;
}

static bool disk_has(const struct disk *disk, const char *driver, const char *version)
{
	for (size_t i = 0; i < disk->count; i++)
		if (disk_is_installable(&disk->files[i]) && package_has(&disk->files[i].rpm, driver, version))
			return true;
	return false;
}

static void check_line(struct disk_check *c, char *line)
{
	const char *safe = disk_safe(c->disk, line), *driver = strsep(&line, " ");

	if (!line || !*driver || !*line || !disk_has(c->disk, driver, line))
		disk_found(c, RULE_DISK_SELECTION, SELECTION, "'%s' is not a driver and a version that are on the disk",
			   safe);
}

/* Packages have SHA-256 digests of their files; rpmbuild 4.11 writes MD5 digests, unless it is configured otherwise. */
static bool has_digest(const struct disk_file *file, const char *digest)
{
	return digest[0] && (strcmp(digest, file->sha256) == 0 || strcmp(digest, file->md5) == 0);
}

/* The metapackage must have the same file, because hosts read only that copy. */
static void check_copy(struct disk_check *c, const struct disk_file *selection)
{
	char *name = disk_own(c->disk, text_format("update-%s", c->label ? c->label : ""));
	const struct disk_file *meta = disk_find_package(c->disk, name);

	for (size_t i = 0; meta && i < meta->rpm.file_count; i++)
		if (strncmp(meta->rpm.files[i].path, "/etc/xs-ddk/selection/", 22) == 0 &&
		    meta->rpm.files[i].link[0] == '\0' && has_digest(selection, meta->rpm.files[i].digest))
			return;
	if (meta)
		disk_found(c, RULE_DISK_SELECTION, meta->path, "it does not have the same %s as the disk", SELECTION);
}

void check_disk_selection(struct disk_check *c)
{
	const struct disk_file *file = disk_find(c->disk, SELECTION);
	char *next, *line;

	if (!file)
		return;
	next = disk_own(c->disk, strdup(file->bytes ? (const char *)file->bytes : ""));
	while ((line = strsep(&next, "\n")))
		if (*line)
			check_line(c, line);
	check_copy(c, file);
}
