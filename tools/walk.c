// SPDX-License-Identifier: GPL-2.0-only
// Finding the module files a PATH stands for.
#include "walk.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "folder.h"
#include "name.h"
#include "text.h"

/* Deeper trees are somebody's trap, not a module tree. */
#define DEPTH_MAX 64

struct walk {
	walk_function *each;
	void *context;
	unsigned long files; /* told so far */
	bool ended;
};

static void tell(struct walk *walk, const struct walk_file *file)
{
	walk->files++;
	if (!walk->each(file, walk->context))
		walk->ended = true;
}

static void tell_error(struct walk *walk, const char *path, int error, const char *why)
{
	struct walk_file file = {.path = path, .place = path, .fd = -1, .error = error, .why = why};

	if (error)
		file.why = strerror(error);
	tell(walk, &file);
}

static void tell_file(struct walk *walk, const char *path, const char *place, int fd, const struct stat *st)
{
	struct walk_file file = {.path = path, .place = place, .fd = fd, .size = (uint64_t)st->st_size};

	tell(walk, &file);
}

static void walk_folder(struct walk *walk, int fd, const char *path, const char *place, int depth);

static void walk_entry(struct walk *walk, int dir, const char *name, const char *path, const char *place, int depth)
{
	int fd = openat(dir, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
	bool named = name_module_suffix(name) != NULL;
	struct stat st;

	if (fd < 0) {
		/* ELOOP: a link. ENXIO and the like: a socket or a device, no module unless it is named like one. */
		if (errno != ELOOP && (named || errno == EACCES))
			tell_error(walk, path, errno, NULL);
		return;
	}
	if (fstat(fd, &st) != 0)
		tell_error(walk, path, errno, NULL);
	else if (S_ISDIR(st.st_mode)) {
		walk_folder(walk, fd, path, place, depth + 1);
		return;
	} else if (named && !S_ISREG(st.st_mode))
		tell_error(walk, path, 0, "it is named like a module but is no regular file");
	else if (named)
		tell_file(walk, path, place, fd, &st);
	close(fd);
}

/* Takes FD over. */
static void walk_folder(struct walk *walk, int fd, const char *path, const char *place, int depth)
{
	/* "/" and "folder/" end in their slash already. */
	const char *slash = path[strlen(path) - 1] == '/' ? "" : "/";
	int dir = dup(fd);
	char **names = folder_names(fd);

	if (!names || dir < 0 || depth > DEPTH_MAX)
		tell_error(walk, path, names && dir >= 0 ? ELOOP : errno, NULL);
	else
		for (size_t i = 0; names[i] && !walk->ended; i++) {
			char *below = text_format("%s%s%s", path, slash, names[i]);
			char *below_place = text_format("%s/%s", place, names[i]);

			walk_entry(walk, dir, names[i], below, below_place, depth);
			free(below_place);
			free(below);
		}
	folder_names_free(names);
	if (dir >= 0)
		close(dir);
}

static void walk_start(struct walk *walk, const char *path, const char *place, int fd)
{
	struct stat st;

	if (fstat(fd, &st) != 0) {
		tell_error(walk, path, errno, NULL);
	} else if (S_ISDIR(st.st_mode)) {
		walk_folder(walk, fd, path, place, 0);
		if (walk->files == 0)
			tell_error(walk, path, 0, "the folder holds no module (.ko, .ko.gz, .ko.xz, .ko.zst)");
		return;
	} else if (!S_ISREG(st.st_mode)) {
		tell_error(walk, path, 0, "it is neither a file nor a folder");
	} else {
		tell_file(walk, path, place, fd, &st);
	}
	close(fd);
}

void walk_modules(const char *path, walk_function *each, void *context)
{
	struct walk walk = {.each = each, .context = context};
	char *place = *path ? realpath(path, NULL) : NULL;
	int fd = place ? open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY) : -1;

	if (!*path)
		tell_error(&walk, path, ENOENT, NULL);
	else if (fd < 0)
		tell_error(&walk, path, errno, NULL);
	else
		walk_start(&walk, path, place, fd);
	free(place);
}
