// SPDX-License-Identifier: GPL-2.0-only
// Lists and removes directories.
#include "base/directory.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/array.h"
#include "base/die.h"

static int compare_names(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static char **read_names(DIR *dir)
{
	size_t count = 0;
	char **names = array_grown(NULL, 0, sizeof(*names));
	struct dirent *entry;

	while ((errno = 0, entry = readdir(dir))) {
		if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
			continue;
		/* COUNT + 1 keeps room for the NULL at the end. */
		names = array_grown(names, count + 1, sizeof(*names));
		names[count] = strdup(entry->d_name);
		if (!names[count++])
			die_memory();
	}
	names[count] = NULL;
	if (errno) {
		directory_names_free(names);
		return NULL;
	}
	qsort(names, count, sizeof(*names), compare_names);
	return names;
}

char **directory_names(int fd)
{
	DIR *dir = fdopendir(fd);
	char **names;
	int saved;

	if (!dir) {
		saved = errno;
		close(fd);
		errno = saved;
		return NULL;
	}
	names = read_names(dir);
	saved = errno;
	closedir(dir);
	errno = saved;
	return names;
}

void directory_names_free(char **names)
{
	for (size_t i = 0; names && names[i]; i++)
		free(names[i]);
	free(names);
}

bool directory_remove(int dir, const char *name)
{
	char **names;
	int fd;

	if (unlinkat(dir, name, 0) == 0 || errno == ENOENT)
		return true;
	fd = openat(dir, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	names = fd < 0 ? NULL : directory_names(dup(fd));
	for (size_t i = 0; names && names[i]; i++)
		directory_remove(fd, names[i]);
	directory_names_free(names);
	if (fd >= 0)
		close(fd);
	return unlinkat(dir, name, AT_REMOVEDIR) == 0;
}
