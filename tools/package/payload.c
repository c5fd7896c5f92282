// SPDX-License-Identifier: GPL-2.0-only
// Unpacks the payload of a package, and lets only a well-formed cpio archive through.
#include "package/payload.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/die.h"
#include "base/late_library.h"

#define BLOCK (64u << 10)

/* The name of the last entry. */
#define LAST	       "TRAILER!!!"
#define PAYLOAD_HEADER 110

/* cpio(5), newc: the magic, then 13 numbers of 8 hex digits. Two of them: the sizes of the file and of its name. */
#define FILE_SIZE_AT 54
#define NAME_SIZE_AT 94

static bool fails(struct payload *payload, const char *why)
{
	payload->why = why;
	return false;
}

/* Read callback of libarchive, for bzip2. */
static la_ssize_t give_bzip2(struct archive *archive, void *context, const void **block)
{
	struct payload *payload = context;
	const uint8_t *bytes = NULL;
	ssize_t n = payload->give(payload->context, &bytes);

	if (n < 0)
		libarchive()->archive_set_error(archive, EIO, "reading it failed");
	*block = bytes;
	return n;
}

static enum codec_kind kind_of(const uint8_t *start, size_t len)
{
	/* The usual properties of lzma, and the first bytes of a size of its dictionary. */
	if (len >= 3 && memcmp(start, "\x5d\0\0", 3) == 0)
		return CODEC_LZMA;
	return codec_of(start, len);
}

bool payload_open(struct payload *payload, uint64_t size, const uint8_t *start, size_t len,
		  ssize_t (*give)(void *context, const uint8_t **block), void *context)
{
	struct codec_input input = {.fd = -1, .size = size, .give = give, .context = context};
	enum codec_kind kind = kind_of(start, len);

	*payload = (struct payload){.give = give, .context = context};
	if (len >= 3 && memcmp(start, "BZh", 3) == 0) {
		if (archive_open_bzip2(&payload->bzip2, size, give_bzip2, payload))
			return true;
		payload->over = payload->bzip2.over;
		return fails(payload, archive_why(&payload->bzip2));
	}
	payload->plain = kind == CODEC_NONE;
	if (payload->plain)
		return true;
	payload->block = need_memory(1, BLOCK);
	payload->codec = codec_new();
	if (!payload->codec || codec_start(payload->codec, kind, &input) != 0)
		die_memory();
	return true;
}

static ssize_t unpack(struct payload *payload, const uint8_t **block)
{
	ssize_t n;

	if (payload->plain) {
		n = payload->give(payload->context, block);
		return n < 0 && !fails(payload, "reading it failed") ? -1 : n;
	}
	if (payload->codec) {
		*block = payload->block;
		n = codec_read(payload->codec, payload->block, BLOCK);
		payload->over = n < 0 && codec_error(payload->codec) == CODEC_OVER_LIMIT;
		return n < 0 && !fails(payload, codec_why(payload->codec)) ? -1 : n;
	}
	n = archive_take_block(&payload->bzip2, (const void **)block);
	payload->over = n < 0 && payload->bzip2.over;
	return n < 0 && !fails(payload, archive_why(&payload->bzip2)) ? -1 : n;
}

static bool number_at(const struct payload *payload, size_t at, uint64_t *number)
{
	char digits[9] = {0};

	memcpy(digits, payload->header + at, 8);
	*number = strtoull(digits, NULL, 16);
	return strspn(digits, "0123456789abcdefABCDEF") == 8;
}

/* Looks at a whole header. Sets what belongs to its entry. */
static bool take_header(struct payload *payload)
{
	uint64_t file, name;

	if (memcmp(payload->header, "07070", 5) != 0 || (payload->header[5] != '1' && payload->header[5] != '2') ||
	    !number_at(payload, FILE_SIZE_AT, &file) || !number_at(payload, NAME_SIZE_AT, &name))
		return fails(payload, "its payload has something that is no entry of a cpio archive");
	if (name > PATH_MAX)
		return fails(payload, "its payload has a file name that is longer than any path");
	/* Both parts are padded to a multiple of 4 bytes; the first one has the header too. */
	payload->skip = ((PAYLOAD_HEADER + name + 3) & ~3ull) - PAYLOAD_HEADER + ((file + 3) & ~3ull);
	payload->maybe_last = name == sizeof(PAYLOAD_LAST);
	if (!payload->maybe_last)
		payload->header_len = 0;
	return true;
}

/* Adds bytes to the header, and to the name that may be the last one. Returns how many. */
static size_t add_to_header(struct payload *payload, const uint8_t *bytes, size_t len)
{
	size_t whole = payload->maybe_last ? PAYLOAD_HEADER + sizeof(PAYLOAD_LAST) : PAYLOAD_HEADER,
	       missing = whole - payload->header_len;
	size_t part = missing < len ? missing : len;

	memcpy(payload->header + payload->header_len, bytes, part);
	payload->header_len += part;
	if (payload->header_len < whole)
		return part;
	if (!payload->maybe_last)
		return take_header(payload) ? part : 0;
	payload->ended = memcmp(payload->header + PAYLOAD_HEADER, PAYLOAD_LAST, sizeof(PAYLOAD_LAST)) == 0;
	payload->skip -= sizeof(PAYLOAD_LAST);
	payload->maybe_last = false;
	payload->header_len = 0;
	return part;
}

/* Follows the entries through the LEN bytes. False: see why. */
static bool follow(struct payload *payload, const uint8_t *bytes, size_t len)
{
	while (len > 0 && !payload->ended && !payload->why) {
		size_t part = payload->skip < len ? (size_t)payload->skip : len;

		if (payload->skip > 0 && !payload->maybe_last)
			payload->skip -= part;
		else
			part = add_to_header(payload, bytes, len);
		bytes += part;
		len -= part;
	}
	return !payload->why;
}

ssize_t payload_read(struct payload *payload, const uint8_t **block)
{
	ssize_t n = payload->ended || payload->why ? 0 : unpack(payload, block);

	if (n == 0 && !payload->ended && !payload->why)
		fails(payload, "its payload ends before its archive");
	return payload->why || !follow(payload, *block, (size_t)n) ? -1 : n;
}

void payload_close(struct payload *payload)
{
	archive_close(&payload->bzip2);
	codec_free(payload->codec);
	free(payload->block);
	*payload = (struct payload){0};
}
