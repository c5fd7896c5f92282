// SPDX-License-Identifier: GPL-2.0-only
// Reads the hierarchy of a kernel from the directories of a host.
#include "host/hierarchy_read.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/array.h"
#include "base/directory.h"
#include "base/text.h"
#include "base/version.h"
#include "host/hierarchy_build.h"

/* The files found so far. The list owns their strings. */
struct list {
	struct hierarchy_file *files;
	size_t count;
};

static void list_free(struct list *list)
{
	for (size_t i = 0; i < list->count; i++) {
		free((char *)list->files[i].path);
		free((char *)list->files[i].target);
	}
	free(list->files);
}

/* The target of a link; "" if it cannot be read or is too long. Memory to free. */
static char *read_target(int dir, const char *name)
{
	char target[PATH_MAX];
	ssize_t len = readlinkat(dir, name, target, sizeof(target));

	return len > 0 && (size_t)len < sizeof(target) ? text_format("%.*s", (int)len, target) : text_format("%s", "");
}

/*
 * Adds the file NAME in the directory DIR. PATH is the path of DIR below the directory of the kernel. Returns the kind
 * of the file.
 */
static enum file_kind add_file(struct list *list, int dir, const char *path, const char *name)
{
	struct hierarchy_file file = {.path = text_format("%s/%s", path, name), .kind = FILE_SPECIAL};
	struct stat st;

	if (fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) == 0) {
		if (S_ISREG(st.st_mode))
			file.kind = FILE_REGULAR;
		else if (S_ISDIR(st.st_mode))
			file.kind = FILE_DIRECTORY;
		else if (S_ISLNK(st.st_mode))
			file.kind = FILE_LINK;
	}
	if (file.kind == FILE_LINK)
		file.target = read_target(dir, name);
	list->files = array_grown(list->files, list->count, sizeof(*list->files));
	list->files[list->count++] = file;
	return file.kind;
}

/* Adds the files in the directory DIR, and in DEPTH levels of directories below it. */
static bool read_directory(struct list *list, int dir, const char *path, int depth)
{
	char **names = directory_names(dup(dir));

	for (size_t i = 0; names && names[i]; i++) {
		enum file_kind kind = add_file(list, dir, path, names[i]);
		size_t added = list->count - 1;
		char *below;
		int fd;

		/* hierarchy_build() reports a directory with an illegal name; the files in it do not matter. */
		if (kind != FILE_DIRECTORY || depth == 0 || !name_is_legal(names[i]))
			continue;
		fd = openat(dir, names[i], O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		below = text_format("%s/%s", path, names[i]);
		if (fd < 0 || !read_directory(list, fd, below, depth - 1))
			list->files[added].kind = FILE_UNREADABLE;
		free(below);
		if (fd >= 0)
			close(fd);
	}
	directory_names_free(names);
	return names;
}

/* Reads a directory of the kernel. It may be missing. Returns 0, or -1 with errno. */
static int read_top(struct list *list, const struct root *root, const char *uname, const char *directory, int depth)
{
	char *path = text_format("/lib/modules/%s/%s", uname, directory);
	int fd = root_openat(root, path, O_RDONLY | O_DIRECTORY, 0), saved;
	bool good = fd >= 0 ? read_directory(list, fd, directory, depth) : errno == ENOENT;

	saved = errno;
	free(path);
	if (fd >= 0)
		close(fd);
	errno = saved;
	return good ? 0 : -1;
}

int hierarchy_read(struct hierarchy *h, const struct root *root, const char *uname)
{
	struct list list = {0};
	int rc = 0, saved;

	memset(h, 0, sizeof(*h));
	for (enum layout layout = 0; layout < LAYOUTS && rc == 0; layout++)
		rc = read_top(&list, root, uname, layout_directory(layout), 2);
	if (rc == 0)
		rc = read_top(&list, root, uname, "updates", 0);
	saved = errno;
	if (rc == 0)
		hierarchy_build(h, uname, list.files, list.count);
	h->root = root;
	list_free(&list);
	errno = saved;
	return rc;
}

int hierarchy_open(const struct hierarchy *h, const char *driver, const struct driver_version *version,
		   const char *file, uint64_t *size)
{
	char *path = text_format("/lib/modules/%s/%s", h->uname, layout_directory(version->layout));
	int fds[3] = {h->root ? root_openat(h->root, path, O_PATH | O_DIRECTORY, 0) : -1, -1, -1};
	const char *const names[] = {driver, version->name};
	int fd = -1, saved;

	free(path);
	for (size_t i = 0; i < 2 && fds[i] >= 0; i++)
		fds[i + 1] = openat(fds[i], names[i], O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fds[2] >= 0)
		fd = regular_open(fds[2], file, size);
	saved = errno;
	for (size_t i = 0; i < 3; i++)
		if (fds[i] >= 0)
			close(fds[i]);
	errno = saved;
	return fd;
}

static int compare_kernels(const void *a, const void *b)
{
	return version_order(*(char *const *)a, *(char *const *)b);
}

char **hierarchy_kernels(const struct root *root)
{
	int fd = root_openat(root, "/lib/modules", O_RDONLY | O_DIRECTORY, 0);
	char **names = fd < 0 ? NULL : directory_names(fd);
	size_t kept = 0;

	for (size_t i = 0; names && names[i]; i++) {
		if (name_is_uname(names[i]))
			names[kept++] = names[i];
		else
			free(names[i]);
	}
	if (names) {
		names[kept] = NULL;
		qsort(names, kept, sizeof(*names), compare_kernels);
	}
	return names;
}
