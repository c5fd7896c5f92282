// SPDX-License-Identifier: GPL-2.0-only
// Finds the driver disks among the inputs.
#include "check/disk_paths.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/die.h"
#include "base/text.h"
#include "package/disk.h"

void disks_init(struct disks *disks)
{
	memset(disks, 0, sizeof(*disks));
	pthread_mutex_init(&disks->lock, NULL);
}

void disks_free(struct disks *disks)
{
	for (size_t i = 0; i < disks->count; i++)
		free(disks->paths[i]);
	free(disks->paths);
	pthread_mutex_destroy(&disks->lock);
}

static bool is_noticed(const struct disks *disks, const char *path)
{
	for (size_t i = 0; i < disks->count; i++)
		if (strcmp(disks->paths[i], path) == 0)
			return true;
	return false;
}

static void notice(struct disks *disks, char *path)
{
	pthread_mutex_lock(&disks->lock);
	if (is_noticed(disks, path)) {
		free(path);
	} else {
		disks->paths = array_grown(disks->paths, disks->count, sizeof(*disks->paths));
		disks->paths[disks->count++] = path;
	}
	pthread_mutex_unlock(&disks->lock);
}

/*
 * If PATH ends with NAME and the directory above NAME is a disk: that directory. The caller frees it. Otherwise NULL.
 */
static char *directory_of_disk(const char *path, const char *name)
{
	size_t len = strlen(path), tail = strlen(name);
	char *directory;

	if (len < tail || strcmp(path + len - tail, name) != 0 || (len > tail && path[len - tail - 1] != '/'))
		return NULL;
	while (tail < len && path[len - tail - 1] == '/')
		tail++;
	directory = len == tail ? strdup(path[0] == '/' ? "/" : ".") : strndup(path, len - tail);
	if (!directory)
		die_memory();
	if (disk_is_at(directory))
		return directory;
	free(directory);
	return NULL;
}

/* Whether PATH is in a host's record of an installed pack. A record has the pack's XML files, but is no disk. */
static bool is_record(const char *path)
{
	return strstr(path, "/installed-repos/") != NULL;
}

void disks_notice(struct disks *disks, const struct input *input)
{
	static const char *const signs[] = {"XS-REPOSITORY", "repodata/repomd.xml"};

	if (input->kind == INPUT_DISK) {
		char *path = strdup(input->path);

		if (!path)
			die_memory();
		notice(disks, path);
	}
	if (input->kind != INPUT_FILE || strchr(input->path, '!') || is_record(input->path))
		return;
	for (size_t i = 0; i < sizeof(signs) / sizeof(signs[0]); i++) {
		char *directory = directory_of_disk(input->path, signs[i]);

		if (directory)
			notice(disks, directory);
	}
}
