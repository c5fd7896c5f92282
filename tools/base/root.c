// SPDX-License-Identifier: GPL-2.0-only
// Opens files below a root directory: "/" or a --sysroot. No symlink leads out of the root.
#include "base/root.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* The kernel's limit of symlinks in one path (MAXSYMLINKS). */
#define LINKS_MAX 40
/* The number of open directories that ".." can go back to. */
#define DEPTH_MAX 256

int root_open(struct root *root, const char *path)
{
	root->path = path && strcmp(path, "/") != 0 ? path : "";
	root->fd = open(path ? path : "/", O_PATH | O_DIRECTORY | O_CLOEXEC);
	return root->fd < 0 ? -1 : 0;
}

void root_close(struct root *root)
{
	if (root->fd >= 0)
		close(root->fd);
	root->fd = -1;
}

/* The state of a resolution: the open directories, starting at the root, and the rest of the path. */
struct resolve {
	const struct root *root;
	int dirs[DEPTH_MAX];
	size_t depth;
	unsigned int links;
	char rest[2 * PATH_MAX];
};

static int current(const struct resolve *r)
{
	return r->depth ? r->dirs[r->depth - 1] : r->root->fd;
}

static void leave(struct resolve *r)
{
	if (r->depth)
		close(r->dirs[--r->depth]);
}

static int enter(struct resolve *r, int fd)
{
	if (r->depth == DEPTH_MAX) {
		close(fd);
		errno = ENAMETOOLONG;
		return -1;
	}
	r->dirs[r->depth++] = fd;
	return 0;
}

/* Puts the target of a symlink before the rest of the path. An absolute target starts again at the root. */
static int follow(struct resolve *r, const char *name, const char *rest)
{
	char target[PATH_MAX];
	size_t left = strlen(rest);
	ssize_t len = readlinkat(current(r), name, target, sizeof(target));

	if (len < 0)
		return -1;
	if (++r->links > LINKS_MAX) {
		errno = ELOOP;
		return -1;
	}
	if ((size_t)len == sizeof(target) || (size_t)len + 1 + left + 1 > sizeof(r->rest)) {
		errno = ENAMETOOLONG;
		return -1;
	}
	if (target[0] == '/')
		while (r->depth)
			leave(r);
	memmove(r->rest + len + 1, rest, left + 1);
	memcpy(r->rest, target, (size_t)len);
	r->rest[len] = '/';
	if (left == 0)
		r->rest[len] = '\0';
	return 0;
}

/* Resolves the component NAME, which is not the last one. */
static int step(struct resolve *r, const char *name, const char *rest)
{
	struct stat st;
	int fd;

	if (strcmp(name, "..") == 0) {
		leave(r);
		memmove(r->rest, rest, strlen(rest) + 1);
		return 0;
	}
	fd = openat(current(r), name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return -1;
	if (fstat(fd, &st) != 0) {
		close(fd);
		return -1;
	}
	if (S_ISLNK(st.st_mode)) {
		close(fd);
		return follow(r, name, rest);
	}
	memmove(r->rest, rest, strlen(rest) + 1);
	return enter(r, fd);
}

/*
 * Resolves all components except the last one. r->rest is then the last component, or "" if the path is the root or
 * ends in "/", "." or "..". With FOLLOW_LAST, a symlink as the last component is followed too.
 */
static int resolve(struct resolve *r, bool follow_last)
{
	for (;;) {
		char name[NAME_MAX + 1];
		struct stat st;
		size_t skip = strspn(r->rest, "/");
		char *at = r->rest + skip;
		size_t len = strcspn(at, "/");
		char *rest = at + len + strspn(at + len, "/");

		if (len > NAME_MAX) {
			errno = ENAMETOOLONG;
			return -1;
		}
		if (len == 0 || (len == 1 && at[0] == '.')) {
			memmove(r->rest, rest, strlen(rest) + 1);
			if (len == 0)
				return 0;
			continue;
		}
		memcpy(name, at, len);
		name[len] = '\0';
		if (*rest == '\0' && at[len] != '/' && strcmp(name, "..") != 0) {
			memmove(r->rest, at, len + 1);
			if (!follow_last || fstatat(current(r), name, &st, AT_SYMLINK_NOFOLLOW) != 0 ||
			    !S_ISLNK(st.st_mode))
				return 0;
			if (follow(r, name, ""))
				return -1;
			continue;
		}
		if (step(r, name, rest))
			return -1;
	}
}

static int resolve_start(struct resolve *r, const struct root *root, const char *path)
{
	r->root = root;
	r->depth = 0;
	r->links = 0;
	if (strlen(path) >= PATH_MAX) {
		errno = ENAMETOOLONG;
		return -1;
	}
	memcpy(r->rest, path, strlen(path) + 1);
	return 0;
}

static void resolve_end(struct resolve *r)
{
	int saved = errno;

	while (r->depth)
		leave(r);
	errno = saved;
}

/* Checks the type of a file before it is opened, because opening a device or a FIFO can have effects. */
static bool may_open(int dir, const char *name, int flags)
{
	struct stat st;

	if (flags & (O_PATH | O_DIRECTORY | O_CREAT) || fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) != 0 ||
	    S_ISREG(st.st_mode) || S_ISDIR(st.st_mode) || S_ISLNK(st.st_mode))
		return true;
	errno = EINVAL;
	return false;
}

int regular_open(int dir, const char *name, uint64_t *size)
{
	int fd = may_open(dir, name, 0) ? openat(dir, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC)
					: -1;
	struct stat st;

	if (fd < 0)
		return -1;
	if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode)) {
		close(fd);
		errno = EINVAL;
		return -1;
	}
	if (size)
		*size = (uint64_t)st.st_size;
	return fd;
}

int root_openat(const struct root *root, const char *path, int flags, mode_t mode)
{
	struct resolve r;
	int fd = -1;

	if (resolve_start(&r, root, path))
		return -1;
	if (resolve(&r, !(flags & O_NOFOLLOW)) == 0 && may_open(current(&r), *r.rest ? r.rest : ".", flags))
		fd = openat(current(&r), *r.rest ? r.rest : ".", flags | O_NOFOLLOW | O_CLOEXEC | O_NOCTTY, mode);
	resolve_end(&r);
	return fd;
}

int root_open_parent(const struct root *root, const char *path, const char **base)
{
	const char *slash = strrchr(path, '/');
	const char *last = slash ? slash + 1 : path;
	char parent[PATH_MAX];
	size_t len = (size_t)(last - path);

	if (*last == '\0' || strcmp(last, ".") == 0 || strcmp(last, "..") == 0) {
		errno = EINVAL;
		return -1;
	}
	if (len >= sizeof(parent)) {
		errno = ENAMETOOLONG;
		return -1;
	}
	memcpy(parent, path, len);
	parent[len] = '\0';
	*base = last;
	return root_openat(root, len ? parent : ".", O_RDONLY | O_DIRECTORY, 0);
}

char *root_real_path(const struct root *root, const char *path)
{
	int fd = root_openat(root, path, O_PATH | O_DIRECTORY, 0);
	char link[64], target[PATH_MAX];
	ssize_t len;

	if (fd < 0)
		return NULL;
	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	len = readlink(link, target, sizeof(target));
	close(fd);
	return len > 0 && (size_t)len < sizeof(target) ? strndup(target, (size_t)len) : NULL;
}

char *read_whole(int fd, size_t max, size_t *len)
{
	size_t room = 4096, used = 0;
	char *text = malloc(room + 1);

	while (text) {
		ssize_t n = read(fd, text + used, room - used);
		char *bigger;

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			break;
		if (n == 0) {
			text[used] = '\0';
			if (len)
				*len = used;
			return text;
		}
		used += (size_t)n;
		if (used > max) {
			errno = EFBIG;
			break;
		}
		if (used < room)
			continue;
		room *= 2;
		bigger = realloc(text, room + 1);
		if (!bigger)
			break;
		text = bigger;
	}
	free(text);
	return NULL;
}

char *root_read(const struct root *root, const char *path, size_t max, size_t *len)
{
	int fd = root_openat(root, path, O_RDONLY | O_NONBLOCK, 0);
	struct stat st;
	char *text = NULL;
	int saved;

	if (fd < 0)
		return NULL;
	if (fstat(fd, &st) == 0) {
		if (S_ISREG(st.st_mode))
			text = read_whole(fd, max, len);
		else
			errno = EINVAL;
	}
	saved = errno;
	close(fd);
	errno = saved;
	return text;
}

bool root_read_line(const struct root *root, const char *path, char *out, size_t size)
{
	char *text = root_read(root, path, 1 << 20, NULL);
	size_t len;

	if (!text)
		return false;
	len = strcspn(text, "\n");
	if (len >= size)
		len = size - 1;
	memcpy(out, text, len);
	out[len] = '\0';
	free(text);
	return true;
}
