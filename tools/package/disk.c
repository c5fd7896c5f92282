// SPDX-License-Identifier: GPL-2.0-only
// Queries on a driver disk that was read, and whether a path is a driver disk.
#include "package/disk.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/array.h"
#include "base/budget.h"
#include "base/die.h"
#include "base/text.h"
#include "package/archive.h"

static int compare_path(const void *key, const void *member)
{
	return strcmp(key, ((const struct disk_file *)member)->path);
}

const struct disk_file *disk_find(const struct disk *disk, const char *path)
{
	return disk->count ? bsearch(path, disk->files, disk->count, sizeof(*disk->files), compare_path) : NULL;
}

bool disk_is_installable(const struct disk_file *file)
{
	return file->has_rpm && !file->rpm.source && !strchr(file->path, '/');
}

const struct disk_file *disk_find_package(const struct disk *disk, const char *name)
{
	for (size_t i = 0; i < disk->count; i++)
		if (disk->files[i].has_rpm && !disk->files[i].rpm.source && strcmp(disk->files[i].rpm.name, name) == 0)
			return &disk->files[i];
	return NULL;
}

char *disk_own(struct disk *disk, char *memory)
{
	if (!memory)
		die_memory();
	disk->owned = array_grown(disk->owned, disk->owned_count, sizeof(*disk->owned));
	disk->owned[disk->owned_count++] = memory;
	return memory;
}

bool disk_keep(struct disk *disk, uint64_t size)
{
	if (!budget_keep(size))
		return false;
	disk->kept += size;
	return true;
}

const char *disk_safe(struct disk *disk, const char *s)
{
	return disk_own(disk, text_safe(s));
}

void disk_free(struct disk *disk)
{
	for (size_t i = 0; i < disk->count; i++) {
		if (!disk->files[i].shared) {
			rpm_free(&disk->files[i].rpm);
			free(disk->files[i].bytes);
		}
		free(disk->files[i].path);
	}
	for (size_t i = 0; i < disk->owned_count; i++)
		free(disk->owned[i]);
	free(disk->owned);
	free(disk->files);
	free(disk->path);
	free(disk->why);
	budget_release(disk->kept);
	memset(disk, 0, sizeof(*disk));
}

static bool begins_with(const char *s, const char *prefix)
{
	return strncmp(s, prefix, strlen(prefix)) == 0;
}

/* The uname in a path below /lib/modules, *LEN bytes long, or NULL. */
static const char *uname_in(const char *path, size_t *len)
{
	if (begins_with(path, "/usr/"))
		path += strlen("/usr");
	if (!begins_with(path, "/lib/modules/"))
		return NULL;
	path += strlen("/lib/modules/");
	*len = strcspn(path, "/");
	return *len ? path : NULL;
}

/* The directories that the disk format allows for data packages. On some hosts /lib is a link to /usr/lib. */
static bool is_data(const char *path)
{
	static const char *const directories[] = {"/etc", "/lib/firmware", "/usr/lib/firmware", "/usr/share/doc"};

	for (size_t i = 0; i < sizeof(directories) / sizeof(directories[0]); i++)
		if (begins_with(path, directories[i]) && strchr("/", path[strlen(directories[i])]))
			return true;
	return false;
}

const char *disk_kernel(struct disk *disk, const struct rpm *rpm)
{
	const char *kernel = NULL;
	size_t kernel_len = 0, len;
	bool other = false;

	for (size_t i = 0; i < rpm->file_count; i++) {
		const char *uname = uname_in(rpm->files[i].path, &len);

		if (uname && (!kernel || strncmp(uname, kernel, len > kernel_len ? len : kernel_len) < 0)) {
			kernel = uname;
			kernel_len = len;
		}
		other = other || !is_data(rpm->files[i].path);
	}
	if (kernel)
		return disk_own(disk, strndup(kernel, kernel_len));
	return rpm->file_count && !other ? "any" : "";
}

static bool exists(int directory, const char *name)
{
	struct stat st;

	return fstatat(directory, name, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(st.st_mode);
}

bool disk_is_at(const char *path)
{
	struct image image;
	struct stat st;
	bool is = false;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);

	if (fd < 0)
		return false;
	if (fstat(fd, &st) == 0 && S_ISDIR(st.st_mode))
		is = exists(fd, "XS-REPOSITORY") || (exists(fd, "update.xml") && exists(fd, "repodata/repomd.xml"));
	else if (S_ISREG(st.st_mode))
		is = image_read(&image, fd);
	close(fd);
	return is;
}
