// SPDX-License-Identifier: GPL-2.0-only
// Checks a driver disk as a whole: its files, its sums, and its UUID compared with that of other disks.
#include "check/disk.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/die.h"
#include "base/text.h"
#include "check/disk_topics.h"

/* Hosts run these scripts: xe-install-supplemental-pack runs install, administrators run install.sh. */
static void check_installer(struct disk_check *c)
{
	static const char *const scripts[] = {"install", "install.sh"};

	for (size_t i = 0; i < sizeof(scripts) / sizeof(scripts[0]); i++)
		if (!disk_find(c->disk, scripts[i]))
			disk_found(c, RULE_DISK_INSTALLER, scripts[i], NULL);
}

static bool has_license(const struct rpm *rpm)
{
	for (size_t i = 0; i < rpm->file_count; i++) {
		size_t len = strlen(rpm->files[i].path);

		if (len >= 4 && strcmp(rpm->files[i].path + len - 4, "EULA") == 0)
			return true;
	}
	return false;
}

static void check_file(struct disk_check *c, const struct disk_file *file)
{
	char *canonical;

	if (file->is_link)
		disk_found(c, RULE_DISK_LINK, file->path, NULL);
	if (!file->is_rpm || file->is_link)
		return;
	if (!file->has_rpm) {
		disk_found(c, RULE_DISK_PACKAGE_UNREADABLE, file->path, "%s", file->rpm.why ? file->rpm.why : NULL);
		return;
	}
	canonical = text_format("%s-%s-%s.%s.rpm", file->rpm.name, file->rpm.version, file->rpm.release,
				file->rpm.source ? "src" : file->rpm.arch);
	disk_own(c->disk, canonical);
	if (strcmp(strrchr(file->path, '/') ? strrchr(file->path, '/') + 1 : file->path, canonical) != 0)
		disk_found(c, RULE_DISK_PACKAGE_NAME, file->path, "it is %s", disk_safe(c->disk, canonical));
	if (disk_is_installable(file) && has_license(&file->rpm) && !disk_find(c->disk, "EULA"))
		disk_found(c, RULE_DISK_EULA, file->path, NULL);
}

/* Checks one line of sha256sum(1): 64 hex digits, a blank, a blank or "*", the name. */
static void check_sum(struct disk_check *c, char *line)
{
	const struct disk_file *file;

	if (strlen(line) < 67 || line[64] != ' ') {
		disk_found(c, RULE_DISK_SUMS, "SHA256SUMS", "'%s' is not a line of sha256sum",
			   disk_safe(c->disk, line));
		return;
	}
	line[64] = '\0';
	file = disk_find(c->disk, line + 66);
	if (!file)
		disk_found(c, RULE_DISK_SUMS, "SHA256SUMS", "it lists %s, which is not on the disk",
			   disk_safe(c->disk, line + 66));
	else if (strcmp(file->sha256, line) != 0)
		disk_found(c, RULE_DISK_SUMS, file->path, "it has the SHA-256 sum %s, and SHA256SUMS says %s",
			   file->sha256, disk_safe(c->disk, line));
}

static void check_sums(struct disk_check *c)
{
	const struct disk_file *sums = disk_find(c->disk, "SHA256SUMS");
	const char *text = sums && sums->bytes ? (const char *)sums->bytes : "";
	struct string_list listed = {0};
	char *next, *line;

	if (!sums) {
		disk_found(c, RULE_DISK_SUMS_MISSING, NULL, NULL);
		return;
	}
	next = disk_own(c->disk, strdup(text));
	while ((line = strsep(&next, "\n"))) {
		if (!*line)
			continue;
		if (strlen(line) >= 67)
			string_list_add(&listed, line + 66);
		check_sum(c, line);
	}
	for (size_t i = 0; i < c->disk->count; i++) {
		const struct disk_file *file = &c->disk->files[i];

		if (strncmp(file->path, "SHA256SUMS", 10) != 0 && !file->is_link &&
		    !string_list_has(&listed, file->path))
			disk_found(c, RULE_DISK_SUMS, file->path, "it is not listed in SHA256SUMS");
	}
	string_list_free(&listed);
}

/* Old hosts show the volume's name, and name mount points after it. */
static void check_volume(struct disk_check *c)
{
	if (c->disk->is_image && c->name && strcmp(c->disk->volume, c->name) != 0)
		disk_found(c, RULE_DISK_VOLUME, NULL, "the volume is called '%s', and the disk '%s'",
			   disk_safe(c->disk, c->disk->volume), disk_safe(c->disk, c->name));
}

static void check_one(struct disk_check *c)
{
	for (size_t i = 0; i < c->disk->count; i++)
		check_file(c, &c->disk->files[i]);
	check_disk_pack(c);
	check_disk_list(c);
	check_disk_update(c);
	check_disk_repodata(c);
	check_disk_plain(c);
	check_disk_selection(c);
	check_disk_needs(c);
	check_disk_signatures(c);
	check_installer(c);
	check_sums(c);
	check_volume(c);
}

/* The properties of a disk that are compared with those of later disks. */
struct seen {
	char *path, *uuid, *identity;
	char *packages; /* sums and paths of the packages: two disks differ if these differ */
};

static char *list_packages(const struct disk *disk)
{
	struct growing_text list = {0};

	text_add(&list, "%s", "");
	for (size_t i = 0; i < disk->count; i++)
		if (disk->files[i].is_rpm)
			text_add(&list, "%s %s\n", disk->files[i].sha256, disk->files[i].path);
	return list.text;
}

/*
 * Compares the disk with the disks before it. An update must have one UUID, and a UUID must belong to one update. The
 * inputs may have the same disk twice, as an image and as a directory.
 */
static void check_seen(struct disk_check *c, const struct seen *seen, size_t count, const char *identity,
		       const char *packages)
{
	for (size_t i = 0; i < count; i++) {
		bool same_uuid = strcmp(seen[i].uuid, c->uuid) == 0,
		     same_update = strcmp(seen[i].identity, identity) == 0;

		if (same_uuid && !same_update)
			disk_found(c, RULE_DISK_UUID_TWICE, NULL, "%s is also the UUID of %s, which is %s",
				   disk_safe(c->disk, c->uuid), disk_safe(c->disk, seen[i].path),
				   disk_safe(c->disk, seen[i].identity));
		else if (same_update && !same_uuid)
			disk_found(c, RULE_DISK_UUID_CHANGED, NULL,
				   "its UUID is %s, and %s is the UUID of the same %s in %s",
				   disk_safe(c->disk, c->uuid), disk_safe(c->disk, seen[i].uuid),
				   disk_safe(c->disk, identity), disk_safe(c->disk, seen[i].path));
		else if (same_uuid && strcmp(seen[i].packages, packages) != 0)
			disk_found(c, RULE_DISK_UUID_CONTENT, NULL,
				   "%s is also the UUID of %s, which has other packages", disk_safe(c->disk, c->uuid),
				   disk_safe(c->disk, seen[i].path));
	}
}

static size_t compare_with_seen(struct disk_check *c, struct seen *seen, size_t count)
{
	char *identity, *packages;

	if (!c->uuid || !c->label || !c->update_version)
		return count;
	identity = text_format("%s:%s %s", c->originator ? c->originator : "", c->label, c->update_version);
	packages = list_packages(c->disk);
	check_seen(c, seen, count, identity, packages);
	seen[count] = (struct seen){strdup(c->disk->path), strdup(c->uuid), identity, packages};
	if (!seen[count].path || !seen[count].uuid)
		die_memory();
	return count + 1;
}

static int compare_strings(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Reports why the disk cannot be read, unless the reader of the inputs has reported it. */
static void tell_trouble(struct report *report, const struct disk *disk)
{
	char *path = text_safe(disk->path);
	bool told = false;

	for (size_t i = 0; i < report->count; i++)
		told = told || ((report->findings[i].rule == RULE_INPUT_DAMAGED ||
				 report->findings[i].rule == RULE_INPUT_LIMIT ||
				 report->findings[i].rule == RULE_READ_FAILED) &&
				strncmp(report->findings[i].path, path, strlen(path)) == 0);
	if (!told)
		report_add(report,
			   disk->unread ? RULE_READ_FAILED
			   : disk->over ? RULE_INPUT_LIMIT
					: RULE_INPUT_DAMAGED,
			   disk->path, "%s", disk->why);
	free(path);
}

void check_disks(struct report *report, struct disks *disks, const struct profile *profile)
{
	struct seen *seen = disks->count ? need_memory(disks->count, sizeof(*seen)) : NULL;
	size_t seen_count = 0;

	if (disks->count)
		qsort(disks->paths, disks->count, sizeof(*disks->paths), compare_strings);
	for (size_t i = 0; i < disks->count; i++) {
		struct disk disk;
		struct disk_check c = {.report = report, .disk = &disk, .profile = profile};

		if (disk_read(&disk, disks->paths[i])) {
			check_one(&c);
			seen_count = compare_with_seen(&c, seen, seen_count);
		} else {
			tell_trouble(report, &disk);
		}
		disk_free(&disk);
	}
	for (size_t i = 0; i < seen_count; i++) {
		free(seen[i].path);
		free(seen[i].uuid);
		free(seen[i].identity);
		free(seen[i].packages);
	}
	free(seen);
}
