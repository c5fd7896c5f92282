/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Mutators that know RPM packages and ISO images: they change a field, the store, or what is in the compressed payload,
 * and make sizes and digests right again, so that readers do not stop at the first check. Every other input, and a third
 * of these, is changed as libFuzzer would.
 */
#ifndef XS_FUZZ_MUTATE_H
#define XS_FUZZ_MUTATE_H

#include <openssl/evp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max_size);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned int seed);

/* What a payload is unpacked to at most before it is changed. */
#define MUTATE_PAYLOAD (256u << 10)

static inline uint32_t mutate_be32(const uint8_t *at)
{
	return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

static inline void mutate_put_be32(uint8_t *at, uint32_t value)
{
	for (size_t i = 0; i < 4; i++)
		at[i] = (uint8_t)(value >> (24 - 8 * i));
}

/* Small numbers, those near the ends of their types, and any. */
static inline uint32_t mutate_number(uint32_t old)
{
	static const uint32_t odd[] = {0, 1, 2, 4, 7, 8, 16, 255, 256, 65535, 65536, INT32_MAX, UINT32_MAX - 15, UINT32_MAX};
	int which = rand() % 3;

	return which == 0   ? odd[(size_t)rand() % (sizeof(odd) / sizeof(odd[0]))]
	       : which == 1 ? old + (uint32_t)(rand() % 9) - 4
			    : old ^ (1u << rand() % 32);
}

/* One of a package's two headers: rpm's docs/manual/format_header.md. */
struct mutate_header {
	uint8_t *entries, *store;
	size_t count, store_size;
};

/* The header at OFFSET, and where it ends; 0 if there is no whole one. */
static inline size_t mutate_header_at(uint8_t *data, size_t size, size_t offset, struct mutate_header *header)
{
	if (offset > size || size - offset < 16 || memcmp(data + offset, "\x8e\xad\xe8\x01", 4) != 0)
		return 0;
	header->count = mutate_be32(data + offset + 8);
	header->store_size = mutate_be32(data + offset + 12);
	if (header->count > size / 16 || header->store_size > size ||
	    16 + 16 * header->count + header->store_size > size - offset)
		return 0;
	header->entries = data + offset + 16;
	header->store = header->entries + 16 * header->count;
	return offset + 16 + 16 * header->count + header->store_size;
}

/* Where the tag's data of LEN bytes stand; NULL if it is not there or does not fit. */
static inline uint8_t *mutate_tag(const struct mutate_header *header, uint32_t tag, size_t len)
{
	for (size_t i = 0; i < header->count; i++) {
		uint32_t offset = mutate_be32(header->entries + 16 * i + 8);

		if (mutate_be32(header->entries + 16 * i) == tag && offset <= header->store_size &&
		    len <= header->store_size - offset)
			return header->store + offset;
	}
	return NULL;
}

static inline void mutate_digest(uint8_t *at, const uint8_t *bytes, size_t len, const EVP_MD *kind, bool hex)
{
	unsigned char digest[EVP_MAX_MD_SIZE];
	unsigned int size = 0;

	if (!at || !EVP_Digest(bytes, len, digest, &size, kind, NULL))
		return;
	for (unsigned int i = 0; i < size; i++) {
		if (!hex) {
			at[i] = digest[i];
			continue;
		}
		at[2 * i] = (uint8_t) "0123456789abcdef"[digest[i] >> 4];
		at[2 * i + 1] = (uint8_t) "0123456789abcdef"[digest[i] & 15];
	}
}

/* The payload's digest in the main header, and then those of the signature header, which are over that one. */
static inline void mutate_rpm_digests(uint8_t *data, size_t size)
{
	struct mutate_header signature, main_header;
	size_t begin = (mutate_header_at(data, size, 96, &signature) + 7) & ~(size_t)7, end, payload;
	uint8_t *at;

	end = begin ? mutate_header_at(data, size, begin, &main_header) : 0;
	if (!end)
		return;
	payload = size - end;
	mutate_digest(mutate_tag(&main_header, 5092, 64), data + end, payload, EVP_sha256(), true);
	mutate_digest(mutate_tag(&signature, 269, 40), data + begin, end - begin, EVP_sha1(), true);
	mutate_digest(mutate_tag(&signature, 273, 64), data + begin, end - begin, EVP_sha256(), true);
	mutate_digest(mutate_tag(&signature, 1004, 16), data + begin, size - begin, EVP_md5(), false);
	at = mutate_tag(&signature, 1000, 4);
	if (at)
		mutate_put_be32(at, (uint32_t)(size - begin));
}

/* Unpacks the gzip data, changes it, packs it again. The new size of all. */
static inline size_t mutate_payload(uint8_t *data, size_t size, size_t begin, size_t max_size)
{
	uint8_t *plain = malloc(MUTATE_PAYLOAD);
	z_stream stream = {.next_in = data + begin,
			   .avail_in = (uInt)(size - begin),
			   .next_out = plain,
			   .avail_out = MUTATE_PAYLOAD / 2};
	size_t len;

	if (!plain || inflateInit2(&stream, 15 + 16) != Z_OK)
		abort();
	inflate(&stream, Z_FINISH);
	len = stream.total_out;
	inflateEnd(&stream);
	if (len) {
		len = LLVMFuzzerMutate(plain, len, MUTATE_PAYLOAD);
		stream = (z_stream){.next_in = plain,
				    .avail_in = (uInt)len,
				    .next_out = data + begin,
				    .avail_out = (uInt)(max_size - begin)};
		if (deflateInit2(&stream, 1, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) != Z_OK)
			abort();
		/* What does not fit is cut short: a damaged payload is one, too. */
		deflate(&stream, Z_FINISH);
		size = begin + stream.total_out;
		deflateEnd(&stream);
	}
	free(plain);
	return size;
}

static inline size_t mutate_rpm(uint8_t *data, size_t size, size_t max_size)
{
	struct mutate_header header;
	size_t begin = (mutate_header_at(data, size, 96, &header) + 7) & ~(size_t)7, end;
	uint8_t *entry;

	end = begin ? mutate_header_at(data, size, begin, &header) : 0;
	if (!end || !header.count)
		return LLVMFuzzerMutate(data, size, max_size);
	entry = header.entries + 16 * ((size_t)rand() % header.count);
	switch (rand() % 4) {
	case 0: /* a number of an entry: tag, type, offset, count */
		entry += 4 * (rand() % 4);
		mutate_put_be32(entry, mutate_number(mutate_be32(entry)));
		break;
	case 1: /* one entry becomes another's copy */
		memmove(entry, header.entries + 16 * ((size_t)rand() % header.count), 16);
		break;
	case 2: /* the store, whose size stays */
		LLVMFuzzerMutate(header.store, header.store_size, header.store_size);
		break;
	case 3:
		size = mutate_payload(data, size, end, max_size);
		break;
	}
	mutate_rpm_digests(data, size);
	return size;
}

/* A number that stands there twice, in both byte orders (ECMA-119, 7.2.3 and 7.3.3). */
static inline void mutate_both(uint8_t *at, size_t width)
{
	uint32_t old = 0, value;

	for (size_t i = 0; i < width; i++)
		old |= (uint32_t)at[i] << 8 * i;
	value = mutate_number(old);
	for (size_t i = 0; i < width; i++)
		at[i] = at[2 * width - 1 - i] = (uint8_t)(value >> 8 * i);
}

/* A directory record of the image, its volume descriptor, or anything; numbers stay the same in both byte orders. */
static inline size_t mutate_iso(uint8_t *data, size_t size, size_t max_size)
{
	static const size_t volume[] = {80, 128, 132, 158, 166};
	size_t at = 2048 * (16 + (size_t)rand() % (size / 2048 - 16)), records = (size_t)rand() % 8;
	uint8_t *end = data + size, *record = data + at;

	if (rand() % 8 == 0) {
		size_t field = (size_t)rand() % 5;

		mutate_both(data + 32768 + volume[field], field == 1 ? 2 : 4);
		return size;
	}
	/* Some sector, as if it were a directory: its records follow each other. */
	while (records-- && record[0] >= 34 && record + record[0] + 64 < end)
		record += record[0];
	if (record[0] < 34 || record + record[0] + 64 >= end)
		return LLVMFuzzerMutate(data, size, max_size);
	switch (rand() % 5) {
	case 0:
		record[0] = (uint8_t)mutate_number(record[0]);
		break;
	case 1:
		mutate_both(record + 2, 4); /* where its extent is */
		break;
	case 2:
		mutate_both(record + 10, 4); /* how long that is */
		break;
	case 3:
		record[25] = (uint8_t)mutate_number(record[25]); /* its flags */
		break;
	case 4: /* its name, and the entries of Rock Ridge after it */
		LLVMFuzzerMutate(record + 33, record[0] - 33u, record[0] - 33u);
		break;
	}
	return size;
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned int seed)
{
	srand(seed);
	if (rand() % 3 == 0)
		return LLVMFuzzerMutate(data, size, max_size);
	if (size > 112 && memcmp(data, "\xed\xab\xee\xdb", 4) == 0)
		return mutate_rpm(data, size, max_size);
	if (size >= 17 * 2048 + 2048 && memcmp(data + 32769, "CD001", 5) == 0)
		return mutate_iso(data, size, max_size);
	return LLVMFuzzerMutate(data, size, max_size);
}

#endif
