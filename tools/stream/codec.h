/* SPDX-License-Identifier: GPL-2.0-only */
/* Decoding gzip, xz and zstd streams, with memory that is used again from file to file. */
#ifndef XS_STREAM_CODEC_H
#define XS_STREAM_CODEC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/*
 * For files that are compressed as a whole. libarchive, which reads packages and images, decodes these formats too, but
 * sets a decoder up anew for every file: that takes a fifth of the time of reading a tree of modules in zstd.
 */
enum codec_kind { CODEC_NONE, CODEC_GZIP, CODEC_XZ, CODEC_ZSTD };

/* The compression that bytes begin with (RFC 1952, xz-file-format 2.1.1.1, RFC 8878). 6 bytes are enough. */
enum codec_kind codec_of(const uint8_t *bytes, size_t len);

/* Where the compressed bytes are: in memory, or with BYTES NULL in a file that is read from its beginning. */
struct codec_input {
	int fd;
	const uint8_t *bytes;
	uint64_t size;
};

enum codec_error {
	CODEC_FINE,
	CODEC_UNREADABLE, /* the file could not be read, or became shorter */
	CODEC_DAMAGED,	  /* the stream is damaged, cut short, or followed by other bytes */
	CODEC_OVER_LIMIT, /* it unpacks to more than the budget allows: base/budget.h */
};

struct codec;

/* A codec, to be freed with codec_free(), which takes NULL too. NULL when there is no memory. */
struct codec *codec_new(void);
void codec_free(struct codec *codec);

/* Begins a stream; the codec may be in the middle of another. 0, or -1 when there is no memory. */
int codec_start(struct codec *codec, enum codec_kind kind, const struct codec_input *input);

/*
 * Decodes up to ROOM bytes into OUT, and draws them from the budget. Fewer than ROOM only at the end, and then 0. -1 on
 * an error: codec_error() tells which, and codec_why() is a clause about "it" (static text).
 */
ssize_t codec_read(struct codec *codec, uint8_t *out, size_t room);
enum codec_error codec_error(const struct codec *codec);
const char *codec_why(const struct codec *codec);

#endif
