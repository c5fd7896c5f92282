// SPDX-License-Identifier: GPL-2.0-only
// Reads package payloads and disk images through libarchive.
#include "package/archive.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/budget.h"
#include "base/die.h"
#include "base/late_library.h"

#define BLOCK (64u << 10)

static bool begin(struct archive_reader *reader, uint64_t size, bool counted)
{
	*reader = (struct archive_reader){.counted = counted, .room = budget_stream(size)};
	if (!libarchive()) {
		reader->why = LATE_LIBRARY_MISSING(LIBARCHIVE_SONAME);
		return false;
	}
	reader->archive = libarchive()->archive_read_new();
	if (!reader->archive)
		die_memory();
	return true;
}

bool archive_open_bzip2(struct archive_reader *reader, uint64_t size, archive_read_callback *give, void *context)
{
	struct archive_entry *entry;

	if (!begin(reader, size, true))
		return false;
	/* Any other result means: libarchive was built without this library, and would start a program instead. */
	if (libarchive()->archive_read_append_filter(reader->archive, ARCHIVE_FILTER_BZIP2) != ARCHIVE_OK) {
		reader->why =
			"its payload is compressed with bzip2, which the installed libarchive cannot decode by itself";
		return false;
	}
	libarchive()->archive_read_support_format_raw(reader->archive);
	libarchive()->archive_read_support_format_empty(reader->archive);
	return libarchive()->archive_read_open(reader->archive, context, NULL, give, NULL) == ARCHIVE_OK &&
	       libarchive()->archive_read_next_header(reader->archive, &entry) == ARCHIVE_OK;
}

bool archive_open_cpio(struct archive_reader *reader, archive_read_callback *give, void *context)
{
	if (!begin(reader, 0, false))
		return false;
	libarchive()->archive_read_support_format_cpio(reader->archive);
	libarchive()->archive_read_support_format_empty(reader->archive);
	return libarchive()->archive_read_open(reader->archive, context, NULL, give, NULL) == ARCHIVE_OK;
}

bool archive_open_image(struct archive_reader *reader, int fd, const void *bytes, uint64_t size)
{
	if (!begin(reader, size, true))
		return false;
	libarchive()->archive_read_support_format_iso9660(reader->archive);
	if (fd < 0)
		return libarchive()->archive_read_open_memory(reader->archive, bytes, (size_t)size) == ARCHIVE_OK;
	return libarchive()->archive_read_open_fd(reader->archive, fd, BLOCK) == ARCHIVE_OK;
}

/*
 * ECMA-119: the primary volume descriptor is at sector 16. It begins with its type and the mark. The volume's name is
 * at byte 40 (8.4.7), and the number of blocks, in little endian, at byte 80 (8.4.8). The date of its creation is at
 * byte 813 (8.4.26): 16 digits from the year to hundredths of seconds, and the offset from UTC in quarters of an hour.
 */
#define DESCRIPTOR_AT 32768
#define MARK	      "CD001"
#define VOLUME_AT     40
#define BLOCKS_AT     80
#define CREATED_AT    813
#define DATE_DIGITS   16
#define BLOCK_SIZE    2048

bool image_is(const uint8_t *bytes, size_t len)
{
	return len >= DESCRIPTOR_AT + 1 + strlen(MARK) && memcmp(bytes + DESCRIPTOR_AT + 1, MARK, strlen(MARK)) == 0;
}

static void read_date(char text[IMAGE_DATE_SIZE], int fd)
{
	char d[DATE_DIGITS + 2] = "";
	int minutes, len;

	if (pread(fd, d, DATE_DIGITS + 1, DESCRIPTOR_AT + CREATED_AT) != DATE_DIGITS + 1)
		return;
	for (size_t i = 0; i < DATE_DIGITS; i++)
		if (d[i] < '0' || d[i] > '9')
			return;
	/* A date of zeros means: there is none. */
	if (strspn(d, "0") >= DATE_DIGITS)
		return;
	minutes = 15 * (signed char)d[DATE_DIGITS];
	len = snprintf(text, IMAGE_DATE_SIZE, "%.4s-%.2s-%.2s %.2s:%.2s:%.2s UTC", d, d + 4, d + 6, d + 8, d + 10,
		       d + 12);
	if (minutes)
		snprintf(text + len, (size_t)(IMAGE_DATE_SIZE - len), "%c%02d:%02d", minutes < 0 ? '-' : '+',
			 abs(minutes) / 60, abs(minutes) % 60);
}

bool image_read(struct image *image, int fd)
{
	uint8_t bytes[BLOCKS_AT + 4], *blocks = bytes + BLOCKS_AT;
	size_t len = sizeof(image->volume) - 1;

	memset(image, 0, sizeof(*image));
	if (pread(fd, bytes, sizeof(bytes), DESCRIPTOR_AT) != (ssize_t)sizeof(bytes) ||
	    memcmp(bytes + 1, MARK, strlen(MARK)) != 0)
		return false;
	while (len > 0 && (bytes[VOLUME_AT + len - 1] == ' ' || bytes[VOLUME_AT + len - 1] == '\0'))
		len--;
	memcpy(image->volume, bytes + VOLUME_AT, len);
	image->size = BLOCK_SIZE * ((uint64_t)blocks[0] | (uint64_t)blocks[1] << 8 | (uint64_t)blocks[2] << 16 |
				    (uint64_t)blocks[3] << 24);
	read_date(image->created, fd);
	return true;
}

int archive_next(struct archive_reader *reader, struct archive_entry **entry)
{
	int rc = reader->over ? ARCHIVE_FATAL : libarchive()->archive_read_next_header(reader->archive, entry);

	if (rc == ARCHIVE_OK || rc == ARCHIVE_WARN)
		return 1;
	return rc == ARCHIVE_EOF ? 0 : -1;
}

static ssize_t drawn(struct archive_reader *reader, size_t n)
{
	if (!reader->counted)
		return (ssize_t)n;
	if (n > reader->room)
		reader->over = BUDGET_STREAM_OVER;
	else if (!budget_unpack(n))
		reader->over = BUDGET_RUN_OVER;
	else
		reader->room -= n;
	return reader->over ? -1 : (ssize_t)n;
}

ssize_t archive_take(struct archive_reader *reader, void *to, size_t room)
{
	la_ssize_t n = reader->over ? -1 : libarchive()->archive_read_data(reader->archive, to, room);

	return n < 0 ? -1 : drawn(reader, (size_t)n);
}

ssize_t archive_take_block(struct archive_reader *reader, const void **block)
{
	la_int64_t offset;
	size_t len;
	int rc = reader->over ? ARCHIVE_FATAL
			      : libarchive()->archive_read_data_block(reader->archive, block, &len, &offset);

	if (rc == ARCHIVE_EOF)
		return 0;
	return rc == ARCHIVE_OK || rc == ARCHIVE_WARN ? drawn(reader, len) : -1;
}

const char *archive_why(const struct archive_reader *reader)
{
	const char *why = reader->over ? reader->over : reader->why;

	if (!why && reader->archive)
		why = libarchive()->archive_error_string(reader->archive);
	return why ? why : "it cannot be read";
}

void archive_close(struct archive_reader *reader)
{
	if (reader->archive)
		libarchive()->archive_read_free(reader->archive);
	*reader = (struct archive_reader){0};
}

const char *archive_path(struct archive_entry *entry)
{
	const char *path = libarchive()->archive_entry_pathname(entry);

	/* Names of ISO images without Rock Ridge are in UTF-16. Not every locale can show them. */
	return path ? path : libarchive()->archive_entry_pathname_utf8(entry);
}
