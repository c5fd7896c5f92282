// SPDX-License-Identifier: GPL-2.0-only
// Lists the contents of RPM packages and ISO images, in order, through libarchive.
#include "package/container.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/array.h"
#include "base/budget.h"
#include "base/die.h"
#include "base/late_library.h"
#include "base/name.h"
#include "base/text.h"
#include "package/archive.h"
#include "package/payload.h"
#include "package/rpm_digest.h"
#include "package/rpm_signature.h"

#define BLOCK (64u << 10)

/* A container while it is read. */
struct container {
	const struct input *input;
	input_function *each;
	void *context;
	const struct rpm *rpm;
	struct archive_reader entries; /* the image, or the cpio archive of a package */
	bool told;		       /* a problem of this container or of an entry is already reported */
	const char *why;	       /* set if reading the package's bytes failed: a clause; static */
	/* For a package: its bytes in file order. */
	uint64_t taken;
	uint8_t *ahead; /* the bytes that were read to get the headers */
	size_t ahead_len, ahead_room;
	bool ahead_given;
	struct payload payload;
	struct rpm_digest digest;
	struct rpm_signatures signatures;
	uint8_t block[BLOCK];
};

enum container_kind container_of(const uint8_t *bytes, size_t len)
{
	if (rpm_is(bytes, len))
		return CONTAINER_RPM;
	return image_is(bytes, len) ? CONTAINER_DISK : CONTAINER_NONE;
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
	told.name = last ? last + 1 : told.path;
	container->each(&told, container->context);
}

static void tell_trouble(struct container *container, const char *path, enum input_trouble trouble, const char *why)
{
	struct input input = {.kind = INPUT_TROUBLE, .path = path, .host_path = path, .trouble = trouble, .why = why};

	tell(container, &input);
}

/* Reports why READER, or the input that it reads, failed. */
static void tell_broken(struct container *container, const struct archive_reader *reader)
{
	const struct input *input = container->input;
	char *safe = text_safe(archive_why(reader));

	if (container->told)
		;
	else if (input->bytes->failed)
		tell_trouble(container, input->path, input_failure(input), container->why);
	else if (reader->over)
		tell_trouble(container, input->path, TROUBLE_LIMIT, reader->over);
	else if (container->why || reader->why)
		tell_trouble(container, input->path, TROUBLE_UNREADABLE, container->why ? container->why : safe);
	else
		tell_trouble(container, input->path, TROUBLE_DAMAGED, safe);
	free(safe);
}

/* Removes each "./" and "/" with which paths in packages begin. */
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

/* The target of a symbolic or hard link, or NULL. The target itself is another entry, which is checked there. */
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
	struct input_bytes bytes = {.fd = -1, .entry = &container->entries};
	enum container_kind kind = container->rpm ? CONTAINER_NONE : container_by_name(input->path);
	int64_t size = libarchive()->archive_entry_size(entry);

	input->size = size > 0 ? (uint64_t)size : 0;
	input->bytes = &bytes;
	if (kind == CONTAINER_RPM) {
		container_each(input, kind, container->each, container->context);
	} else {
		input->kind = name_module_suffix(input->path) ? INPUT_MODULE : INPUT_FILE;
		/* In cpio, a file with several names has its data at the last name. */
		if (input->size > 0 || libarchive()->archive_entry_nlink(entry) < 2 || !container->rpm)
			tell(container, input);
	}
	input_bytes_free(&bytes);
	container->told |= bytes.failed;
}

static void tell_entry(struct container *container, struct archive_entry *entry)
{
	const char *name = archive_path(entry);
	char *path;
	struct input input = {.kind = INPUT_FILE};
	mode_t type = libarchive()->archive_entry_filetype(entry);

	name = name ? clean(name) : "";
	if (!*name || type == AE_IFDIR)
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
		tell_trouble(container, path, TROUBLE_UNREADABLE,
			     "it has the name of a module, but is not a regular file");
	}
	free(path);
}

static void each_entry(struct container *container)
{
	struct archive_entry *entry;
	int rc;

	while ((rc = archive_next(&container->entries, &entry)) > 0)
		tell_entry(container, entry);
	if (rc < 0)
		tell_broken(container, &container->entries);
}

/* libarchive reads a truncated image without an error, so the size is checked here. */
static void check_disk_size(struct container *container)
{
	const struct input_bytes *bytes = container->input->bytes;
	struct image image;

	if (bytes->fd < 0 || !image_read(&image, bytes->fd) || image.size <= container->input->size)
		return;
	tell_trouble(container, container->input->path, TROUBLE_DAMAGED,
		     "it is shorter than its volume descriptor says");
	container->told = true;
}

static void disk_each(struct container *container)
{
	const struct input_bytes *bytes = container->input->bytes;

	check_disk_size(container);
	if (archive_open_image(&container->entries, bytes->fd, bytes->memory, container->input->size))
		each_entry(container);
	else
		tell_broken(container, &container->entries);
	archive_close(&container->entries);
}

/* Reads the next bytes of the package. Returns 0 at the end, or -1 with container->why. */
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

/* Reads until `ahead` holds WANT bytes, or the package ends. */
static bool read_ahead(struct container *container, size_t want)
{
	while (container->ahead_len < want) {
		ssize_t n;

		/* Do not allocate the size that a header claims: the file may be shorter. */
		if (container->ahead_len == container->ahead_room)
			container->ahead = bytes_grown(container->ahead, &container->ahead_room,
						       container->ahead_room ? container->ahead_room + 1 : BLOCK);
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

static void take_payload(struct container *container, const void *bytes, size_t len)
{
	rpm_digest_take(&container->digest, bytes, len);
	rpm_signatures_take(&container->signatures, bytes, len);
}

/* Reads the next bytes of the payload into the block. */
static ssize_t read_payload(struct container *container)
{
	ssize_t n = read_package(container, container->block, sizeof(container->block));

	if (n > 0)
		take_payload(container, container->block, (size_t)n);
	container->signatures.whole = n == 0;
	return n;
}

/*
 * Called after the payload's reader is done: it may stop before the end of the payload, but the digest covers all of
 * it. If reading failed, no digest is checked.
 */
static void check_digests(struct container *container)
{
	const char *wrong;
	ssize_t n;

	do
		n = container->why ? -1 : read_payload(container);
	while (n > 0);
	wrong = rpm_digest_end(&container->digest);
	if (n == 0 && wrong)
		tell_trouble(container, container->input->path, TROUBLE_DIGEST, wrong);
	else if (n == 0 && !libcrypto())
		tell_trouble(container, container->input->path, TROUBLE_UNREADABLE,
			     "its digests cannot be checked: " LATE_LIBRARY_MISSING(LIBCRYPTO_SONAME));
}

/* The next bytes of the compressed payload, as they are in the package. */
static ssize_t give_package(void *context, const uint8_t **block)
{
	struct container *container = context;
	size_t payload = (size_t)container->rpm->payload;

	if (!container->ahead_given) {
		container->ahead_given = true;
		*block = container->ahead + payload;
		if (container->ahead_len > payload)
			return (ssize_t)(container->ahead_len - payload);
	}
	*block = container->block;
	return read_payload(container);
}

/* Read callback: the unpacked payload. */
static la_ssize_t give_payload(struct archive *archive, void *context, const void **block)
{
	struct container *container = context;
	const uint8_t *bytes = NULL;
	ssize_t n = payload_read(&container->payload, &bytes);

	*block = bytes;
	if (n < 0) {
		libarchive()->archive_set_error(archive, EINVAL, "its payload: %s", container->payload.why);
		/* The current entry fails for the same reason. */
		container->entries.over = container->payload.over ? container->payload.why : NULL;
	}
	return n;
}

static void payload_each(struct container *container)
{
	size_t payload = (size_t)container->rpm->payload;

	if (!payload_open(&container->payload, container->input->size, container->ahead + payload,
			  container->ahead_len - payload, give_package, container))
		tell_broken(container, &container->payload.bzip2);
	else if (!archive_open_cpio(&container->entries, give_payload, container))
		tell_broken(container, &container->entries);
	else
		each_entry(container);
	/* The reader of the entries reads from the payload, so it is closed first. */
	archive_close(&container->entries);
	payload_close(&container->payload);
}

/* Reads the lead and the headers. Their size is known only after the first bytes of each header are read. */
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

	if (!libarchive()) {
		tell_trouble(container, told.path, TROUBLE_UNREADABLE, LATE_LIBRARY_MISSING(LIBARCHIVE_SONAME));
	} else if (read_headers(container, &rpm) && rpm.payload <= container->ahead_len) {
		container->rpm = &rpm;
		told.kind = INPUT_RPM;
		tell(container, &told);
		rpm_digest_start(&container->digest, &rpm, container->ahead);
		rpm_signatures_start(&container->signatures, &rpm, container->ahead);
		take_payload(container, container->ahead + rpm.payload, container->ahead_len - (size_t)rpm.payload);
		payload_each(container);
		check_digests(container);
		told.signatures = &container->signatures;
	} else if (container->why) {
		tell_trouble(container, told.path, input_failure(container->input), container->why);
	} else {
		tell_trouble(container, told.path, TROUBLE_DAMAGED, rpm.why ? rpm.why : "its headers are cut short");
	}
	told.kind = INPUT_END;
	tell(container, &told);
	rpm_signatures_free(&container->signatures);
	rpm_free(&rpm);
	free(container->ahead);
}

void container_each(const struct input *input, enum container_kind kind, input_function *each, void *context)
{
	/* Not on the stack, which is small in some threads: a package on a disk needs two of these. */
	struct container *container = need_memory(1, sizeof(*container));
	struct input told = *input;

	container->input = input;
	container->each = each;
	container->context = context;
	if (input->bytes->fd >= 0)
		budget_input(input->size);
	if (kind == CONTAINER_RPM) {
		rpm_each(container);
	} else {
		told.kind = INPUT_DISK;
		tell(container, &told);
		disk_each(container);
		told.kind = INPUT_END;
		tell(container, &told);
	}
	free(container);
}
