// SPDX-License-Identifier: GPL-2.0-only
// A temporary directory in which depmod can safely run for a system below another root.
#include "change/depmod_tree.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/die.h"
#include "base/directory.h"
#include "base/name.h"
#include "base/text.h"

/* A kernel with all its modules has about 7,000 files. Links to directories may multiply them. */
#define FILES_MAX  200000
#define DEPTH_MAX  32
#define CONFIG_MAX (1u << 20)

/* A directory whose files get links, and the directories above it. */
struct level {
	const struct level *above;
	size_t depth;
	char *path; /* path below the root */
	int from, to;
	struct stat st;
};

static bool is_input(const char *name)
{
	return strcmp(name, "modules.order") == 0 || strcmp(name, "modules.builtin") == 0 ||
	       strcmp(name, "modules.builtin.modinfo") == 0;
}

/* The path of an open file, as this process sees it. Memory to free, or NULL with errno. */
static char *path_of(int fd)
{
	char link[64], target[PATH_MAX];
	ssize_t len;

	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	len = readlink(link, target, sizeof(target));
	return len > 0 && (size_t)len < sizeof(target) ? text_format("%.*s", (int)len, target) : NULL;
}

static bool is_in(const struct level *level, const struct stat *st)
{
	for (; level; level = level->above)
		if (level->st.st_dev == st->st_dev && level->st.st_ino == st->st_ino)
			return true;
	return false;
}

static bool link_directory(const struct root *root, struct level *level, size_t *count);

/*
 * Makes links for a directory in ABOVE. Does nothing if the directory is ABOVE itself or a directory above it: that is
 * a loop of links.
 */
static bool link_below(const struct root *root, const struct level *above, const char *path, const char *name,
		       const struct stat *st, size_t *count)
{
	struct level level = {.above = above, .depth = above->depth + 1, .path = (char *)path, .st = *st};
	bool good;

	if (level.depth > DEPTH_MAX || is_in(above, st))
		return true;
	level.from = root_openat(root, path, O_RDONLY | O_DIRECTORY, 0);
	good = level.from >= 0 && mkdirat(above->to, name, 0755) == 0;
	level.to = good ? openat(above->to, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC) : -1;
	good = level.to >= 0 && link_directory(root, &level, count);
	if (level.from >= 0)
		close(level.from);
	if (level.to >= 0)
		close(level.to);
	return good;
}

/* Makes a link for a file in LEVEL, if depmod needs the file and it is a regular file below the root. */
static bool link_file(const struct root *root, const struct level *level, const char *name, size_t *count)
{
	bool is_wanted = name_module_suffix(name) || (level->depth == 0 && is_input(name));
	char *path = text_format("%s/%s", level->path, name), *target;
	int fd = root_openat(root, path, O_PATH, 0);
	struct stat st;
	bool good = true;

	if (fd >= 0 && fstat(fd, &st) == 0) {
		if (S_ISDIR(st.st_mode)) {
			good = link_below(root, level, path, name, &st, count);
		} else if (S_ISREG(st.st_mode) && is_wanted) {
			target = path_of(fd);
			good = target && symlinkat(target, level->to, name) == 0;
			free(target);
		}
	}
	if (fd >= 0)
		close(fd);
	free(path);
	return good;
}

static bool link_directory(const struct root *root, struct level *level, size_t *count)
{
	char **names = directory_names(dup(level->from));
	bool good = names;

	for (size_t i = 0; names && names[i] && good; i++) {
		/* depmod ignores these two names too. */
		if (strcmp(names[i], "build") == 0 || strcmp(names[i], "source") == 0)
			continue;
		if (++*count > FILES_MAX) {
			errno = EMLINK;
			good = false;
		} else {
			good = link_file(root, level, names[i], count);
		}
	}
	directory_names_free(names);
	return good;
}

/* Makes a directory in DIR and opens it. Returns a descriptor, or -1 with errno. */
static int make_directory(int dir, const char *name)
{
	return mkdirat(dir, name, 0755) == 0 ? openat(dir, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC) : -1;
}

static bool link_kernel(const struct root *root, const char *uname, int base)
{
	struct level level = {.path = text_format("/lib/modules/%s", uname)};
	int lib = make_directory(base, "lib"), modules = lib < 0 ? -1 : make_directory(lib, "modules");
	size_t count = 0;
	bool good;

	level.from = root_openat(root, level.path, O_RDONLY | O_DIRECTORY, 0);
	level.to = modules < 0 ? -1 : make_directory(modules, uname);
	good = level.from >= 0 && level.to >= 0 && fstat(level.from, &level.st) == 0 &&
	       link_directory(root, &level, &count);
	if (!good)
		complain("%s: %s", level.path, errno == EMLINK ? "it has too many files for depmod" : strerror(errno));
	for (int fds[] = {lib, modules, level.from, level.to}, i = 0; i < 4; i++)
		if (fds[i] >= 0)
			close(fds[i]);
	free(level.path);
	return good;
}

/* Removes the lines "external" from TEXT. They name directories outside the root. */
static void drop_external(char *text)
{
	char *to = text;

	for (char *line = text; *line;) {
		size_t len = strcspn(line, "\n");
		const char *word = line + strspn(line, " \t");
		size_t whole = len + (line[len] == '\n');

		if (strncmp(word, "external", strlen("external")) != 0) {
			memmove(to, line, whole);
			to += whole;
		}
		line += whole;
	}
	*to = '\0';
}

static bool copy_config_file(const struct root *root, const char *directory, const char *name, int to)
{
	char *path = text_format("%s/%s", directory, name), *text = root_read(root, path, CONFIG_MAX, NULL);
	int fd = text ? openat(to, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644) : -1;
	bool good = !text || fd >= 0;

	if (fd >= 0) {
		drop_external(text);
		good = write(fd, text, strlen(text)) == (ssize_t)strlen(text);
		good = close(fd) == 0 && good;
	}
	free(text);
	free(path);
	return good;
}

/* Copies the regular files from one directory depmod.d of the root. */
static bool copy_config(struct depmod_tree *tree, const struct root *root, size_t index, int base)
{
	const char *directory = depmod_config_directories[index];
	int from = root_openat(root, directory, O_RDONLY | O_DIRECTORY, 0), to;
	char **names = from < 0 ? NULL : directory_names(from), *name;
	bool good;

	if (!names)
		return true;
	name = text_format("config%zu", index);
	to = make_directory(base, name);
	good = to >= 0;
	for (size_t i = 0; names[i] && good; i++)
		good = copy_config_file(root, directory, names[i], to);
	if (!good)
		complain("%s/%s: %s", DEPMOD_TREE_PATH, name, strerror(errno));
	tree->config[index] = text_format("%s/%s", tree->base, name);
	if (to >= 0)
		close(to);
	free(name);
	directory_names_free(names);
	return good;
}

void depmod_tree_clean(const struct root *root)
{
	const char *base;
	int dir = root_open_parent(root, DEPMOD_TREE_PATH, &base);

	if (dir >= 0) {
		directory_remove(dir, base);
		close(dir);
	}
}

bool depmod_tree_make(struct depmod_tree *tree, const struct root *root, const char *uname)
{
	const char *base;
	int parent = root_open_parent(root, DEPMOD_TREE_PATH, &base), dir = -1;
	bool good;

	*tree = (struct depmod_tree){0};
	depmod_tree_clean(root);
	if (parent >= 0)
		dir = mkdirat(parent, base, 0700) == 0
			      ? openat(parent, base, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
			      : -1;
	if (dir >= 0)
		tree->base = path_of(dir);
	if (!tree->base)
		complain(DEPMOD_TREE_PATH ": %s", strerror(errno));
	good = tree->base && link_kernel(root, uname, dir);
	for (size_t i = 0; i < DEPMOD_CONFIG_DIRECTORIES && good; i++)
		good = copy_config(tree, root, i, dir);
	if (parent >= 0)
		close(parent);
	if (dir >= 0)
		close(dir);
	return good;
}

void depmod_tree_remove(struct depmod_tree *tree, const struct root *root)
{
	depmod_tree_clean(root);
	for (size_t i = 0; i < DEPMOD_CONFIG_DIRECTORIES; i++)
		free(tree->config[i]);
	free(tree->base);
}

/*
 * Writes each regular file modules.* in FROM to the disk (fsync), and moves it to the directory TO. TO may be -1: the
 * files stay.
 */
static bool sync_files(int from, int to)
{
	char **names = directory_names(dup(from));
	bool good = names;

	for (size_t i = 0; names && names[i] && good; i++) {
		int fd = strncmp(names[i], "modules.", strlen("modules.")) == 0 ? regular_open(from, names[i], NULL)
										: -1;

		if (fd < 0)
			continue;
		good = fsync(fd) == 0;
		close(fd);
		good = good && (to < 0 || renameat(from, names[i], to, names[i]) == 0);
	}
	directory_names_free(names);
	return good && fsync(to < 0 ? from : to) == 0;
}

static bool finish_files(const struct root *root, const char *uname, bool is_tree)
{
	char *to_path = text_format("/lib/modules/%s", uname);
	char *from_path = text_format("%s/lib/modules/%s", DEPMOD_TREE_PATH, uname);
	int to = root_openat(root, to_path, O_RDONLY | O_DIRECTORY, 0);
	int from = is_tree ? root_openat(root, from_path, O_RDONLY | O_DIRECTORY, 0) : -1;
	bool good = to >= 0 && (is_tree ? from >= 0 && sync_files(from, to) : sync_files(to, -1));

	if (!good)
		complain("the files modules.* of %s: %s", to_path, strerror(errno));
	if (to >= 0)
		close(to);
	if (from >= 0)
		close(from);
	free(to_path);
	free(from_path);
	return good;
}

bool depmod_tree_install(const struct root *root, const char *uname)
{
	return finish_files(root, uname, true);
}

bool depmod_files_sync(const struct root *root, const char *uname)
{
	return finish_files(root, uname, false);
}
