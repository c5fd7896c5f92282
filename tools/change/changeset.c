// SPDX-License-Identifier: GPL-2.0-only
// A list of changes to links and small files. Either all changes are made, or none.
#include "change/changeset.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/array.h"
#include "base/die.h"
#include "base/directory.h"
#include "base/text.h"

static char *copy(const char *s)
{
	return s ? text_format("%s", s) : NULL;
}

static bool same(const char *a, const char *b)
{
	return a && b ? strcmp(a, b) == 0 : a == b;
}

void changeset_add(struct changeset *changes, const char *path, bool is_file, const char *before, const char *after)
{
	if (same(before, after))
		return;
	changes->list = array_grown(changes->list, changes->count, sizeof(*changes->list));
	changes->list[changes->count++] = (struct change){copy(path), is_file, copy(before), copy(after)};
}

void changeset_add_kernel(struct changeset *changes, const char *uname)
{
	for (size_t i = 0; i < changes->kernel_count; i++)
		if (strcmp(changes->kernels[i], uname) == 0)
			return;
	changes->kernels = array_grown(changes->kernels, changes->kernel_count + 1, sizeof(*changes->kernels));
	changes->kernels[changes->kernel_count++] = copy(uname);
	changes->kernels[changes->kernel_count] = NULL;
}

void changeset_free(struct changeset *changes)
{
	for (size_t i = 0; i < changes->count; i++) {
		free(changes->list[i].path);
		free(changes->list[i].before);
		free(changes->list[i].after);
	}
	free(changes->list);
	directory_names_free(changes->kernels);
	free(changes->command);
	memset(changes, 0, sizeof(*changes));
}

static char *read_link(const struct root *root, const char *path)
{
	char target[PATH_MAX];
	const char *base;
	int dir = root_open_parent(root, path, &base);
	ssize_t len = dir < 0 ? -1 : readlinkat(dir, base, target, sizeof(target));
	int saved = errno;

	if (dir >= 0)
		close(dir);
	errno = len == (ssize_t)sizeof(target) ? ENAMETOOLONG : saved;
	return len >= 0 && (size_t)len < sizeof(target) ? text_format("%.*s", (int)len, target) : NULL;
}

char *change_read(const struct root *root, const char *path, bool is_file)
{
	char *now = is_file ? root_read(root, path, CHANGE_FILE_LIMIT, NULL) : read_link(root, path);

	if (!now && errno == ENOENT)
		errno = 0;
	return now;
}

/* Compares the path on the disk with the change: 0 matches BEFORE, 1 matches AFTER, -1 matches neither. */
static int step_of(const struct root *root, const struct change *change)
{
	char *now = change_read(root, change->path, change->is_file);
	int step = !now && errno ? -1 : same(now, change->before) ? 0 : same(now, change->after) ? 1 : -1;

	free(now);
	return step;
}

enum changeset_state changeset_state(const struct root *root, const struct changeset *changes)
{
	size_t made = 0, left = 0;

	for (size_t i = 0; i < changes->count; i++) {
		int step = step_of(root, &changes->list[i]);

		made += step == 1;
		left += step == 0;
	}
	return made == changes->count		     ? CHANGESET_ALL
	       : made == 0 && left == changes->count ? CHANGESET_NONE
						     : CHANGESET_SOME;
}

/* The temporary name for a new BASE, in the same directory. It is a name that depmod does not take for a module. */
static bool name_beside(const char *base, char out[NAME_MAX + 1])
{
	return snprintf(out, NAME_MAX + 1, ".%s.xs-new", base) <= NAME_MAX;
}

static bool write_file(int dir, const char *name, const char *text)
{
	int fd = openat(dir, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0644);
	size_t len = strlen(text), done = 0;
	bool good = fd >= 0;

	while (good && done < len) {
		ssize_t put = write(fd, text + done, len - done);

		if (put > 0)
			done += (size_t)put;
		else if (put < 0 && errno != EINTR)
			good = false;
	}
	if (good)
		good = fsync(fd) == 0;
	if (fd >= 0 && close(fd) != 0)
		good = false;
	return good;
}

/* Gives BASE in DIR the text or the target VALUE, with a rename. NULL removes BASE. */
static bool put(int dir, const char *base, bool is_file, const char *value)
{
	char new[NAME_MAX + 1];
	int saved;

	if (!value)
		return unlinkat(dir, base, 0) == 0 || errno == ENOENT;
	if (!name_beside(base, new)) {
		errno = ENAMETOOLONG;
		return false;
	}
	if (unlinkat(dir, new, 0) != 0 && errno != ENOENT)
		return false;
	if ((is_file ? write_file(dir, new, value) : symlinkat(value, dir, new) == 0) &&
	    renameat(dir, new, dir, base) == 0)
		return true;
	saved = errno;
	unlinkat(dir, new, 0);
	errno = saved;
	return false;
}

/* Opens the directory of a change. Makes it first if it does not exist: updates/ of a kernel that had none. */
static int open_parent(const struct root *root, const struct change *change, const char **base)
{
	int fd = root_open_parent(root, change->path, base), above;
	char *parent;
	const char *name;

	if (fd >= 0 || errno != ENOENT || !change->after)
		return fd;
	parent = text_format("%.*s", (int)(*base - change->path - 1), change->path);
	above = root_open_parent(root, parent, &name);
	if (above >= 0 && mkdirat(above, name, 0755) == 0 && fsync(above) == 0)
		fd = root_open_parent(root, change->path, base);
	if (above >= 0)
		close(above);
	free(parent);
	return fd;
}

static bool apply_one(const struct root *root, const struct change *change)
{
	const char *base = strrchr(change->path, '/') + 1;
	int dir, saved;
	bool good;

	if (step_of(root, change) != 0) {
		complain("%s: it has changed meanwhile, or is not a link; it is not replaced", change->path);
		return false;
	}
	dir = open_parent(root, change, &base);
	good = dir >= 0 && put(dir, base, change->is_file, change->after) && fsync(dir) == 0;
	saved = errno;
	if (dir >= 0)
		close(dir);
	if (!good)
		complain("%s: %s", change->path, strerror(saved));
	return good;
}

bool changeset_apply(const struct root *root, const struct changeset *changes)
{
	for (size_t i = 0; i < changes->count; i++)
		if (!apply_one(root, &changes->list[i]))
			return false;
	return true;
}

static bool undo_one(const struct root *root, const struct change *change)
{
	const char *base;
	int dir = root_open_parent(root, change->path, &base);
	char new[NAME_MAX + 1];
	bool good = true;
	int step;

	if (dir < 0)
		/* Without the directory, the change was never made. */
		return errno == ENOENT;
	if (name_beside(base, new))
		unlinkat(dir, new, 0);
	step = step_of(root, change);
	if (step == 1)
		good = put(dir, base, change->is_file, change->before) && fsync(dir) == 0;
	if (!good)
		complain("%s: %s; it could not be restored", change->path, strerror(errno));
	else if (step < 0)
		complain("%s: another program has changed it meanwhile; it is left as it is", change->path);
	close(dir);
	return good;
}

bool changeset_undo(const struct root *root, const struct changeset *changes)
{
	bool good = true;

	for (size_t i = changes->count; i > 0; i--)
		good &= undo_one(root, &changes->list[i - 1]);
	return good;
}
