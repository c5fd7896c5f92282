/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A directory tree made from an input, for readers of directories. The input is text, an entry after another:
 *
 *	=== lib/modules/6.1.0-0-test/updates/ice.ko -> ../xenserver/ice/1.0/ice.ko
 *	=== lib/modules/6.1.0-0-test/empty/
 *	=== lib/modules/6.1.0-0-test/fifo.ko|
 *	=== etc/depmod.d/xs-ddk.conf
 *	exclude xenserver
 *
 * a link with its target, a directory, a FIFO, a file with what is in it up to the next "===" at a line's beginning; the
 * newline before that is not in it, so that a file may end in any byte. What comes before the first entry is for the
 * target. Nothing is ever made through a link, so nothing is made outside the tree.
 */
#ifndef XS_FUZZ_TREE_H
#define XS_FUZZ_TREE_H

#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define TREE_MARK	"=== "
#define TREE_MARK_LEN	4
#define TREE_ENTRIES	256
/* More than a walk goes into. */
#define TREE_DEPTH 72

/* Beside the tree stands a file that nobody may touch. */
#define TREE_WITNESS "witness"

static char tree_base[64], tree_path[80];
static int tree_base_fd = -1;

static inline void tree_empty(int dir, const char *name)
{
	int fd = openat(dir, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	DIR *stream = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *entry;

	while (stream && (entry = readdir(stream))) {
		if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
			continue;
		if (unlinkat(fd, entry->d_name, 0) != 0) {
			tree_empty(fd, entry->d_name);
			unlinkat(fd, entry->d_name, AT_REMOVEDIR);
		}
	}
	if (stream)
		closedir(stream);
}

static inline void tree_remove(void)
{
	tree_empty(AT_FDCWD, tree_base);
	rmdir(tree_base);
}

static inline void tree_begin(void)
{
	const char *where = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp";
	int fd;

	if (tree_base_fd >= 0)
		return;
	snprintf(tree_base, sizeof(tree_base), "%s/xs-fuzz-XXXXXX", where);
	if (!mkdtemp(tree_base))
		abort();
	snprintf(tree_path, sizeof(tree_path), "%s/tree", tree_base);
	tree_base_fd = open(tree_base, O_PATH | O_DIRECTORY | O_CLOEXEC);
	fd = openat(tree_base_fd, TREE_WITNESS, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (tree_base_fd < 0 || fd < 0 || write(fd, TREE_WITNESS, sizeof(TREE_WITNESS)) < 0 || close(fd) != 0)
		abort();
	atexit(tree_remove);
}

/* Opens the directory of the last component, making those above it; -1 when a link or a file is in the way. */
static inline int tree_parent(int root, char *path, char **base)
{
	int dir = dup(root), depth = 0;
	char *slash;

	while (dir >= 0 && (slash = strchr(path, '/'))) {
		int next = -1;

		*slash = '\0';
		if (*path && strcmp(path, ".") != 0 && strcmp(path, "..") != 0 && depth++ < TREE_DEPTH) {
			mkdirat(dir, path, 0755);
			next = openat(dir, path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		}
		close(dir);
		dir = next;
		path = slash + 1;
	}
	*base = path;
	return dir;
}

/* One entry: LINE is what follows the mark, and TEXT what follows the line. */
static inline void tree_entry(int root, const char *line, size_t line_len, const char *text, size_t text_len)
{
	char copy[1024], *base, *target;
	int dir, fd;

	if (line_len == 0 || line_len >= sizeof(copy) || memchr(line, '\0', line_len))
		return;
	memcpy(copy, line, line_len);
	copy[line_len] = '\0';
	target = strstr(copy, " -> ");
	if (target)
		*target = '\0';
	dir = tree_parent(root, copy, &base);
	if (dir < 0)
		return;
	if (!*base || strcmp(base, ".") == 0 || strcmp(base, "..") == 0) {
		close(dir);
		return;
	}
	if (target) {
		symlinkat(target + 4, dir, base);
	} else if (base[strlen(base) - 1] == '|') {
		base[strlen(base) - 1] = '\0';
		mkfifoat(dir, base, 0755);
	} else {
		/* Files are executable, so that programs are found. Nothing executes them. */
		fd = openat(dir, base, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0755);
		if (fd >= 0 && text_len && write(fd, text, text_len) != (ssize_t)text_len)
			abort();
		if (fd >= 0)
			close(fd);
	}
	close(dir);
}

/* The next mark at a line's beginning from AT on, or END. */
static inline const char *tree_mark(const char *begin, const char *at, const char *end)
{
	for (; end - at >= TREE_MARK_LEN; at++) {
		at = memmem(at, (size_t)(end - at), TREE_MARK, TREE_MARK_LEN);
		if (!at)
			break;
		if (at == begin || at[-1] == '\n')
			return at;
	}
	return end;
}

/* Whether the input begins with an entry. */
static inline bool tree_is(const uint8_t *data, size_t len)
{
	size_t blank = len && data[0] == '\n';

	return len >= blank + TREE_MARK_LEN && memcmp(data + blank, TREE_MARK, TREE_MARK_LEN) == 0;
}

/* Makes the tree at tree_path. How many bytes came before its first entry. */
static inline size_t tree_make(const uint8_t *data, size_t len)
{
	const char *begin = (const char *)data, *end = begin + len, *at;
	size_t before, count = 0;
	int root;

	tree_begin();
	mkdirat(tree_base_fd, "tree", 0755);
	root = open(tree_path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (root < 0)
		abort();
	at = len ? tree_mark(begin, begin, end) : end;
	before = (size_t)(at - begin);
	while (at < end && count++ < TREE_ENTRIES) {
		const char *line = at + TREE_MARK_LEN, *newline = memchr(line, '\n', (size_t)(end - line));
		const char *text = newline ? newline + 1 : end;

		at = tree_mark(begin, text, end);
		tree_entry(root, line, (size_t)((newline ? newline : end) - line), text,
			   (size_t)(at - text) - (at < end && at > text));
	}
	close(root);
	return before;
}

/* Makes a tree of one file with these bytes; its path. */
static inline const char *tree_make_file(const uint8_t *data, size_t len)
{
	static char path[100];
	int root;

	tree_make(data, 0);
	root = open(tree_path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	tree_entry(root, "case", 4, (const char *)data, len);
	close(root);
	snprintf(path, sizeof(path), "%s/case", tree_path);
	return path;
}

/* Removes the tree, and aborts if anything beside it is not as it was. */
static inline void tree_end(void)
{
	char text[sizeof(TREE_WITNESS) + 1];
	int fd = openat(tree_base_fd, TREE_WITNESS, O_RDONLY | O_NOFOLLOW | O_CLOEXEC), list;
	struct dirent *entry;
	size_t others = 0;
	DIR *stream;

	if (fd < 0 || read(fd, text, sizeof(text)) != (ssize_t)sizeof(TREE_WITNESS) ||
	    memcmp(text, TREE_WITNESS, sizeof(TREE_WITNESS)) != 0)
		abort();
	close(fd);
	tree_empty(tree_base_fd, "tree");
	list = openat(tree_base_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	stream = fdopendir(list);
	while (stream && (entry = readdir(stream)))
		others += entry->d_name[0] != '.' && strcmp(entry->d_name, "tree") != 0 &&
			  strcmp(entry->d_name, TREE_WITNESS) != 0;
	if (!stream || others)
		abort();
	closedir(stream);
}

#endif
