// SPDX-License-Identifier: GPL-2.0-only
// What is in RPM packages and ISO images, read in order through libarchive.
#include "package/container.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/die.h"
#include "base/late_library.h"
#include "base/name.h"
#include "base/text.h"

#define BLOCK (64u << 10)
/* ECMA-119: the volume descriptors begin at sector 16, each with a type and this identifier. */
#define DISK_MARK_AT 32769
#define DISK_MARK    "CD001"

/* A container while it is read. */
struct container {
	const struct input *input;
	input_function *each;
	void *context;
	const struct rpm *rpm;
	struct archive *archive; /* whose entries these are */
	uint64_t budget;	 /* bytes that may still be decoded or read */
	bool over;		 /* it was not enough */
	bool told;		 /* an entry could not be read, which was told */
	const char *why;	 /* reading the file itself failed */
	/* Of a package: its bytes in order, then decoded. */
	uint64_t taken;
	uint8_t *ahead; /* what had to be read for the headers */
	size_t ahead_len, ahead_room;
	bool ahead_told;
	struct archive *payload;
	uint8_t block[BLOCK];
};

enum container_kind container_of(const uint8_t *bytes, size_t len)
{
	if (rpm_is(bytes, len))
		return CONTAINER_RPM;
	if (len >= DISK_MARK_AT + sizeof(DISK_MARK) - 1 &&
	    memcmp(bytes + DISK_MARK_AT, DISK_MARK, sizeof(DISK_MARK) - 1) == 0)
		return CONTAINER_DISK;
	return CONTAINER_NONE;
}

static bool ends_with(const char *name, const char *suffix)
{
	size_t len = strlen(name), n = strlen(suffix);

	return len > n && strcasecmp(name + len - n, suffix) == 0;
}

enum container_kind container_by_name(const char *name)
{
	return ends_with(name, ".rpm") ? CONTAINER_RPM : ends_with(name, ".iso") ? CONTAINER_DISK : CONTAINER_NONE;
}

static void tell(struct container *container, const struct input *input)
{
	struct input told = *input;
	const char *slash = strrchr(told.path, '/'), *mark = strrchr(told.path, '!');
	const char *last = slash && (!mark || slash > mark) ? slash : mark;

	told.rpm = container->rpm;
	told.limit = container->input->limit;
	told.name = last ? last + 1 : told.path;
	container->each(&told, container->context);
}

static void tell_trouble(struct container *container, const char *path, enum input_trouble trouble, const char *why)
{
	struct input input = {.kind = INPUT_TROUBLE, .path = path, .host_path = path, .trouble = trouble, .why = why};

	tell(container, &input);
}

/* Why the archive's reader gave up. */
static void tell_broken(struct container *container)
{
	const char *error = container->archive ? libarchive()->archive_error_string(container->archive) : NULL;
	char *safe = text_safe(error ? error : "its payload cannot be read");

	if (container->told)
		;
	else if (container->over)
		tell_trouble(container, container->input->path, TROUBLE_LIMIT, "what it holds is more than the limit");
	else if (container->why)
		tell_trouble(container, container->input->path, TROUBLE_UNREADABLE, container->why);
	else
		tell_trouble(container, container->input->path, TROUBLE_DAMAGED, safe);
	free(safe);
}

/* Paths in packages begin with "./" or "/". */
static const char *clean(const char *path)
{
	for (;;) {
		if (path[0] == '/')
			path++;
		else if (path[0] == '.' && path[1] == '/')
			path += 2;
		else
			return path;
	}
}

static const char *entry_path(struct archive_entry *entry)
{
	const char *path = libarchive()->archive_entry_pathname(entry);

	/* Names of ISO images without Rock Ridge are UTF-16, which not every locale can show. */
	if (!path)
		path = libarchive()->archive_entry_pathname_utf8(entry);
	return path ? clean(path) : NULL;
}

/* The link's target, symbolic or hard: both name what is looked at elsewhere. NULL if it is none. */
static const char *entry_target(struct archive_entry *entry)
{
	const char *target = libarchive()->archive_entry_hardlink(entry);

	if (!target && libarchive()->archive_entry_filetype(entry) == AE_IFLNK) {
		target = libarchive()->archive_entry_symlink(entry);
		if (!target)
			target = libarchive()->archive_entry_symlink_utf8(entry);
		return target ? target : "";
	}
	return target;
}

static void tell_file(struct container *container, struct archive_entry *entry, struct input *input)
{
	struct input_bytes bytes = {.fd = -1, .entry = container->archive, .over = &container->over};
	enum container_kind kind = container->rpm ? CONTAINER_NONE : container_by_name(input->path);

	if (!container->rpm)
		bytes.budget = &container->budget;
	input->size =
		libarchive()->archive_entry_size(entry) > 0 ? (uint64_t)libarchive()->archive_entry_size(entry) : 0;
	input->bytes = &bytes;
	input->limit = container->input->limit;
	if (kind == CONTAINER_RPM) {
		container_each(input, kind, container->each, container->context);
	} else {
		input->kind = name_module_suffix(input->path) ? INPUT_MODULE : INPUT_FILE;
		/* In cpio, the data of a file with several names stands at the last of them. */
		if (input->size > 0 || libarchive()->archive_entry_nlink(entry) < 2 || !container->rpm)
			tell(container, input);
	}
	free(bytes.memory);
	container->told |= bytes.failed;
}

static void tell_entry(struct container *container, struct archive_entry *entry)
{
	const char *name = entry_path(entry);
	char *path;
	struct input input = {.kind = INPUT_FILE};
	mode_t type = libarchive()->archive_entry_filetype(entry);

	if (!name || !*name || type == AE_IFDIR)
		return;
	path = text_format("%s!%s", container->input->path, name);
	input.path = path;
	input.host_path = name;
	input.target = entry_target(entry);
	if (input.target) {
		input.kind = INPUT_LINK;
		tell(container, &input);
	} else if (type == AE_IFREG) {
		tell_file(container, entry, &input);
	} else if (name_module_suffix(name)) {
		tell_trouble(container, path, TROUBLE_UNREADABLE, "it is named like a module but is no regular file");
	}
	free(path);
}

static void each_entry(struct container *container)
{
	struct archive_entry *entry;
	int rc;

	while ((rc = libarchive()->archive_read_next_header(container->archive, &entry)) == ARCHIVE_OK ||
	       rc == ARCHIVE_WARN) {
		tell_entry(container, entry);
		if (container->over)
			break;
	}
	if (rc != ARCHIVE_EOF)
		tell_broken(container);
}

static struct archive *need_archive(void)
{
	struct archive *archive = libarchive()->archive_read_new();

	if (!archive)
		die_memory();
	return archive;
}

/* ECMA-119, 8.4.8: the primary volume descriptor tells the image's size in blocks of 2048 bytes. */
#define DISK_BLOCKS_AT 80
#define DISK_BLOCK     2048

/* libarchive reads what is there of an image cut short, and says nothing. */
static void check_disk_size(struct container *container)
{
	const struct input_bytes *bytes = container->input->bytes;
	uint8_t word[4];
	uint64_t size;

	if (bytes->fd < 0 || pread(bytes->fd, word, sizeof(word), DISK_MARK_AT - 1 + DISK_BLOCKS_AT) != sizeof(word))
		return;
	size = DISK_BLOCK *
	       ((uint64_t)word[0] | (uint64_t)word[1] << 8 | (uint64_t)word[2] << 16 | (uint64_t)word[3] << 24);
	if (size <= container->input->size)
		return;
	tell_trouble(container, container->input->path, TROUBLE_DAMAGED,
		     "it is shorter than its volume descriptor says");
	container->told = true;
}

static void disk_each(struct container *container)
{
	const struct input_bytes *bytes = container->input->bytes;
	int rc;

	/* An honest image holds no more than its size, but for what is compressed in it. */
	container->budget += container->input->size;
	check_disk_size(container);
	container->archive = need_archive();
	libarchive()->archive_read_support_format_iso9660(container->archive);
	if (bytes->fd >= 0)
		rc = libarchive()->archive_read_open_fd(container->archive, bytes->fd, BLOCK);
	else
		rc = libarchive()->archive_read_open_memory(container->archive, bytes->memory, bytes->len);
	if (rc == ARCHIVE_OK)
		each_entry(container);
	else
		tell_broken(container);
}

/* The package's own bytes in order; 0 at the end, -1 with container->why. */
static ssize_t read_package(struct container *container, uint8_t *to, size_t room)
{
	struct input_bytes *bytes = container->input->bytes;
	uint64_t rest = container->input->size - container->taken;
	ssize_t n;

	if (bytes->entry)
		return input_bytes_read(bytes, to, room, &container->why);
	if (room > rest)
		room = (size_t)rest;
	if (bytes->fd < 0) {
		memcpy(to, bytes->memory + container->taken, room);
		container->taken += room;
		return (ssize_t)room;
	}
	do
		n = pread(bytes->fd, to, room, (off_t)container->taken);
	while (n < 0 && errno == EINTR);
	if (n < 0 || (n == 0 && rest > 0)) {
		container->why = n < 0 ? "reading it failed" : "it became shorter while it was read";
		return -1;
	}
	container->taken += (uint64_t)n;
	return n;
}

/* Reads on until WANT bytes are ahead, or the end. */
static bool read_ahead(struct container *container, size_t want)
{
	while (container->ahead_len < want) {
		ssize_t n;

		/* By doubling: what a header promises may not be there. */
		if (container->ahead_len == container->ahead_room) {
			container->ahead_room = container->ahead_room ? 2 * container->ahead_room : BLOCK;
			container->ahead = realloc(container->ahead, container->ahead_room);
			if (!container->ahead)
				die_memory();
		}
		n = read_package(container, container->ahead + container->ahead_len,
				 container->ahead_room - container->ahead_len);
		if (n < 0)
			return false;
		if (n == 0)
			break;
		container->ahead_len += (size_t)n;
	}
	return true;
}

/* libarchive's reader of the payload as it is. */
static la_ssize_t give_package(struct archive *archive, void *context, const void **block)
{
	struct container *container = context;
	size_t payload = (size_t)container->rpm->payload;
	ssize_t n;

	if (!container->ahead_told) {
		container->ahead_told = true;
		*block = container->ahead + payload;
		if (container->ahead_len > payload)
			return (la_ssize_t)(container->ahead_len - payload);
	}
	*block = container->block;
	n = read_package(container, container->block, sizeof(container->block));
	if (n < 0)
		libarchive()->archive_set_error(archive, EIO, "%s", container->why);
	return n;
}

/* libarchive's reader of the decoded payload. Counting here stops a bomb wherever the archive's reader is. */
static la_ssize_t give_payload(struct archive *archive, void *context, const void **block)
{
	struct container *container = context;
	la_int64_t offset;
	size_t len;
	int rc = libarchive()->archive_read_data_block(container->payload, block, &len, &offset);

	if (rc == ARCHIVE_EOF)
		return 0;
	if (rc != ARCHIVE_OK && rc != ARCHIVE_WARN) {
		const char *error = libarchive()->archive_error_string(container->payload);

		libarchive()->archive_set_error(archive, EINVAL, "its payload: %s", error ? error : "damaged");
		return -1;
	}
	container->over = len > container->budget;
	if (container->over) {
		libarchive()->archive_set_error(archive, EFBIG, "over the limit");
		return -1;
	}
	container->budget -= len;
	return (la_ssize_t)len;
}

static void payload_each(struct container *container)
{
	struct archive_entry *entry;
	int rc;

	container->payload = need_archive();
	libarchive()->archive_read_support_filter_all(container->payload);
	libarchive()->archive_read_support_format_raw(container->payload);
	libarchive()->archive_read_support_format_empty(container->payload);
	rc = libarchive()->archive_read_open(container->payload, container, NULL, give_package, NULL);
	if (rc == ARCHIVE_OK)
		rc = libarchive()->archive_read_next_header(container->payload, &entry);
	container->archive = container->payload;
	if (rc != ARCHIVE_OK) {
		tell_broken(container);
		return;
	}
	container->archive = need_archive();
	libarchive()->archive_read_support_format_cpio(container->archive);
	libarchive()->archive_read_support_format_empty(container->archive);
	if (libarchive()->archive_read_open(container->archive, container, NULL, give_payload, NULL) == ARCHIVE_OK)
		each_entry(container);
	else
		tell_broken(container);
}

/* Reads the lead and the headers, which tell how many bytes they are as one comes to them. */
static bool read_headers(struct container *container, struct rpm *rpm)
{
	uint64_t want = BLOCK;

	do {
		if (!read_ahead(container, (size_t)want))
			return false;
		want = rpm_headers_size(container->ahead, container->ahead_len);
	} while (want > container->ahead_len && container->ahead_len > 0 && want <= RPM_HEADERS_MAX &&
		 read_ahead(container, (size_t)want) && container->ahead_len >= want);
	return container->why == NULL && rpm_read(rpm, container->ahead, container->ahead_len);
}

static void rpm_each(struct container *container)
{
	struct input told = *container->input;
	struct rpm rpm = {0};

	if (read_headers(container, &rpm) && rpm.payload <= container->ahead_len) {
		container->rpm = &rpm;
		told.kind = INPUT_RPM;
		tell(container, &told);
		payload_each(container);
	} else if (container->why) {
		tell_trouble(container, told.path, input_failure(container->input), container->why);
	} else {
		tell_trouble(container, told.path, TROUBLE_DAMAGED, rpm.why ? rpm.why : "its headers are cut short");
	}
	told.kind = INPUT_END;
	tell(container, &told);
	/* The entries' reader first: it reads from the payload's. */
	if (container->archive != container->payload)
		libarchive()->archive_read_free(container->archive);
	libarchive()->archive_read_free(container->payload);
	rpm_free(&rpm);
	free(container->ahead);
}

void container_each(const struct input *input, enum container_kind kind, input_function *each, void *context)
{
	/* Not on the stack: a package on a disk makes two of them. */
	struct container *container = need_memory(1, sizeof(*container));
	struct input told = *input;

	container->input = input;
	container->each = each;
	container->context = context;
	container->budget = input->limit;
	if (!libarchive()) {
		tell_trouble(container, input->path, TROUBLE_UNREADABLE, LATE_LIBRARY_MISSING(LIBARCHIVE_SONAME));
	} else if (kind == CONTAINER_RPM) {
		rpm_each(container);
	} else {
		told.kind = INPUT_DISK;
		tell(container, &told);
		disk_each(container);
		told.kind = INPUT_END;
		tell(container, &told);
		libarchive()->archive_read_free(container->archive);
	}
	free(container);
}
