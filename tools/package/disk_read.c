// SPDX-License-Identifier: GPL-2.0-only
// Reads a driver disk: each file once, for its digests. Only metadata and the headers of packages stay in memory.
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/array.h"
#include "base/budget.h"
#include "base/die.h"
#include "base/directory.h"
#include "base/late_library.h"
#include "base/text.h"
#include "package/archive.h"
#include "package/disk.h"

/* Limits far above any real disk, so that reading a hostile disk ends. */
#define FILES_MAX      10000
#define TOO_MANY_FILES "it has more files than any driver disk"
#define METADATA_MAX   (32u << 20)
#define DEPTH_MAX      16

/* A file while it is read. */
struct reading {
	struct disk *disk;
	struct disk_file *file;
	EVP_MD_CTX *md5, *sha256;
	size_t room;
	bool keeps;
};

static bool fails(struct disk *disk, const char *what, const char *why)
{
	char *safe = text_safe(what);

	char *safe_why = text_safe(why);

	free(disk->why);
	disk->why = text_format("%s%s%s", safe, *safe ? ": " : "", safe_why);
	free(safe_why);
	free(safe);
	return false;
}

/* Fails for a reason that is no fault of the disk. */
static bool cannot(struct disk *disk, const char *what, const char *why)
{
	disk->unread = true;
	return fails(disk, what, why);
}

/* Fails with the reason of the image's reader. */
static bool broken(struct disk *disk, const char *what, const struct archive_reader *reader)
{
	disk->unread = reader->why != NULL;
	disk->over = reader->over != NULL;
	return fails(disk, what, archive_why(reader));
}

static bool ends_with(const char *s, const char *suffix)
{
	size_t len = strlen(s), tail = strlen(suffix);

	return len >= tail && strcmp(s + len - tail, suffix) == 0;
}

/* The files that are kept in memory, in addition to the headers of packages. */
static bool is_metadata(const char *path)
{
	static const char *const names[] = {"XS-REPOSITORY", "XS-PACKAGES", "XS-SELECTION",
					    "update.xml",    "SHA256SUMS",  "EULA"};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (strcmp(path, names[i]) == 0)
			return true;
	return strncmp(path, "repodata/", 9) == 0 || strncmp(path, "RPM-GPG-KEY", 11) == 0 || ends_with(path, ".asc");
}

static struct disk_file *add_file(struct disk *disk, const char *path)
{
	struct disk_file *file;

	if (disk->count == FILES_MAX)
		return NULL;
	disk->files = array_grown(disk->files, disk->count, sizeof(*disk->files));
	file = &disk->files[disk->count++];
	memset(file, 0, sizeof(*file));
	file->path = strdup(path);
	if (!file->path)
		die_memory();
	file->is_rpm = ends_with(path, ".rpm");
	return file;
}

static bool begin(struct reading *r, struct disk *disk, const char *path)
{
	*r = (struct reading){.disk = disk, .file = add_file(disk, path)};
	if (!r->file)
		return fails(disk, "", TOO_MANY_FILES);
	r->keeps = r->file->is_rpm || is_metadata(path);
	r->md5 = libcrypto()->EVP_MD_CTX_new();
	r->sha256 = libcrypto()->EVP_MD_CTX_new();
	if (!r->md5 || !r->sha256 || !libcrypto()->EVP_DigestInit_ex(r->md5, libcrypto()->EVP_md5(), NULL) ||
	    !libcrypto()->EVP_DigestInit_ex(r->sha256, libcrypto()->EVP_sha256(), NULL))
		die_memory();
	return true;
}

static bool keep(struct reading *r, const void *bytes, size_t len)
{
	struct disk_file *file = r->file;

	if (!file->is_rpm && file->len + len > METADATA_MAX)
		return fails(r->disk, file->path, "it is too large for a file of its kind");
	if (file->len + len + 1 > r->room) {
		size_t room = 2 * (file->len + len) + 1;

		if (!disk_keep(r->disk, room - r->room))
			return fails(r->disk, file->path, BUDGET_KEEP_OVER);
		r->room = room;
		file->bytes = realloc(file->bytes, r->room);
		if (!file->bytes)
			die_memory();
	}
	memcpy(file->bytes + file->len, bytes, len);
	file->len += len;
	file->bytes[file->len] = '\0';
	/* Only the headers of a package are kept. */
	if (file->is_rpm && file->len >= rpm_headers_size(file->bytes, file->len))
		r->keeps = false;
	return true;
}

static bool take(struct reading *r, const void *bytes, size_t len)
{
	r->file->size += len;
	libcrypto()->EVP_DigestUpdate(r->md5, bytes, len);
	libcrypto()->EVP_DigestUpdate(r->sha256, bytes, len);
	return !r->keeps || keep(r, bytes, len);
}

static void digest_hex(EVP_MD_CTX *context, char *out)
{
	unsigned char digest[EVP_MAX_MD_SIZE];
	unsigned int len = 0;

	libcrypto()->EVP_DigestFinal_ex(context, digest, &len);
	for (unsigned int i = 0; i < len; i++) {
		*out++ = "0123456789abcdef"[digest[i] >> 4];
		*out++ = "0123456789abcdef"[digest[i] & 15];
	}
	*out = '\0';
}

static void end(struct reading *r)
{
	if (r->file) {
		digest_hex(r->md5, r->file->md5);
		digest_hex(r->sha256, r->file->sha256);
		if (r->file->is_rpm)
			r->file->has_rpm =
				rpm_read(&r->file->rpm, r->file->bytes ? (void *)r->file->bytes : "", r->file->len);
	}
	libcrypto()->EVP_MD_CTX_free(r->md5);
	libcrypto()->EVP_MD_CTX_free(r->sha256);
}

static bool read_entry(struct disk *disk, struct archive_reader *reader, const char *path)
{
	static const size_t block = 64 << 10;
	struct reading r;
	char *bytes;
	ssize_t n = 0;
	bool ok = begin(&r, disk, path);

	bytes = need_memory(1, block);
	while (ok && (n = archive_take(reader, bytes, block)) > 0)
		ok = take(&r, bytes, (size_t)n);
	free(bytes);
	if (n < 0)
		ok = broken(disk, path, reader);
	end(&r);
	return ok;
}

/*
 * Two names on the image have the same bytes. libarchive reports the second name as a hard link to the regular file
 * before it.
 */
static bool share_entry(struct disk *disk, const char *path, const char *original)
{
	size_t last = disk->last_regular;
	struct disk_file *copy =
		last < disk->count && strcmp(disk->files[last].path, original) == 0 ? add_file(disk, path) : NULL;

	if (!copy)
		return fails(disk, path,
			     disk->count == FILES_MAX ? TOO_MANY_FILES
						      : "it is a hard link to a file that is not before it");
	free(copy->path);
	*copy = disk->files[last];
	copy->path = need_memory(1, strlen(path) + 1);
	strcpy(copy->path, path);
	copy->is_rpm = ends_with(path, ".rpm");
	copy->has_rpm = copy->is_rpm && copy->has_rpm;
	if (!copy->has_rpm && !copy->rpm.why)
		copy->rpm.why = "it is a hard link to a file that is not a package";
	copy->shared = true;
	return true;
}

static bool add_link(struct disk *disk, const char *path)
{
	struct disk_file *file = add_file(disk, path);

	if (!file)
		return fails(disk, "", TOO_MANY_FILES);
	file->is_link = true;
	return true;
}

static bool take_entry(struct disk *disk, struct archive_reader *reader, struct archive_entry *entry)
{
	const char *path = archive_path(entry), *original = libarchive()->archive_entry_hardlink(entry);

	if (!path)
		return fails(disk, "", "a file on it has no name");
	if (original)
		return share_entry(disk, path, original);
	if (libarchive()->archive_entry_filetype(entry) == AE_IFLNK)
		return add_link(disk, path);
	if (libarchive()->archive_entry_filetype(entry) != AE_IFREG)
		return true;
	disk->last_regular = disk->count;
	return read_entry(disk, reader, path);
}

static bool read_image(struct disk *disk, int fd, uint64_t size)
{
	struct archive_reader reader;
	struct archive_entry *entry;
	struct image image;
	bool ok = true;
	int rc = 1;

	disk->is_image = true;
	image_read(&image, fd);
	memcpy(disk->volume, image.volume, sizeof(disk->volume));
	memcpy(disk->created, image.created, sizeof(disk->created));
	budget_input(size);
	if (!archive_open_image(&reader, fd, NULL, size))
		ok = broken(disk, "", &reader);
	while (ok && (rc = archive_next(&reader, &entry)) > 0)
		ok = take_entry(disk, &reader, entry);
	if (ok && rc < 0)
		ok = broken(disk, "", &reader);
	archive_close(&reader);
	return ok;
}

static bool read_regular(struct disk *disk, int fd, const char *path)
{
	static const size_t block = 64 << 10;
	struct reading r;
	bool ok = begin(&r, disk, path);
	char *bytes = need_memory(1, block);
	ssize_t n = 0;

	while (ok && ((n = read(fd, bytes, block)) > 0 || (n < 0 && errno == EINTR)))
		ok = n < 0 || take(&r, bytes, (size_t)n);
	if (n < 0)
		ok = cannot(disk, path, strerror(errno));
	free(bytes);
	end(&r);
	return ok;
}

static bool read_directory(struct disk *disk, int fd, const char *path, unsigned int depth);

static bool read_name(struct disk *disk, int directory, const char *name, const char *path, unsigned int depth)
{
	struct stat st;
	bool ok;
	int fd;

	if (fstatat(directory, name, &st, AT_SYMLINK_NOFOLLOW) != 0)
		return cannot(disk, path, strerror(errno));
	if (S_ISLNK(st.st_mode))
		return add_link(disk, path);
	if (!S_ISREG(st.st_mode) && !S_ISDIR(st.st_mode))
		return true;
	fd = openat(directory, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);
	if (fd < 0)
		return cannot(disk, path, strerror(errno));
	if (S_ISDIR(st.st_mode))
		return read_directory(disk, fd, path, depth + 1);
	budget_input((uint64_t)st.st_size);
	ok = read_regular(disk, fd, path);
	close(fd);
	return ok;
}

/* Takes FD over and closes it. */
static bool read_directory(struct disk *disk, int fd, const char *path, unsigned int depth)
{
	int directory = dup(fd);
	char **names = directory < 0 ? NULL : directory_names(fd);
	bool ok = names != NULL;

	if (!names)
		cannot(disk, path, strerror(errno));
	else if (depth > DEPTH_MAX)
		ok = fails(disk, path, "its directories are nested too deeply");
	for (size_t i = 0; ok && names[i]; i++) {
		char *below = *path ? text_format("%s/%s", path, names[i]) : strdup(names[i]);

		if (!below)
			die_memory();
		ok = read_name(disk, directory, names[i], below, depth);
		free(below);
	}
	directory_names_free(names);
	if (directory >= 0)
		close(directory);
	return ok;
}

static int compare_files(const void *a, const void *b)
{
	return strcmp(((const struct disk_file *)a)->path, ((const struct disk_file *)b)->path);
}

bool disk_read(struct disk *disk, const char *path)
{
	struct stat st;
	bool ok;
	int fd;

	memset(disk, 0, sizeof(*disk));
	disk->path = strdup(path);
	if (!disk->path)
		die_memory();
	if (!libcrypto())
		return cannot(disk, "", LATE_LIBRARY_MISSING(LIBCRYPTO_SONAME));
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (fd < 0 || fstat(fd, &st) != 0) {
		cannot(disk, "", strerror(errno));
		if (fd >= 0)
			close(fd);
		return false;
	}
	if (S_ISDIR(st.st_mode)) {
		ok = read_directory(disk, fd, "", 0);
	} else {
		ok = read_image(disk, fd, (uint64_t)st.st_size);
		close(fd);
	}
	if (disk->count)
		qsort(disk->files, disk->count, sizeof(*disk->files), compare_files);
	return ok;
}
