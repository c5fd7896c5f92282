/* SPDX-License-Identifier: GPL-2.0-only */
/* Decodes gzip, xz, lzma and zstd streams. One codec can decode many files with the same memory. */
#ifndef XS_STREAM_CODEC_H
#define XS_STREAM_CODEC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/*
 * The formats of files that are compressed as a whole, and of the payloads of packages. libarchive decodes them too.
 * But it has no limit for the memory that a stream asks for, and it sets up a new decoder for every file: this is a
 * fifth of the time to read a directory of modules in zstd. CODEC_LZMA is for payloads only: its first bytes are no
 * sure sign.
 */
enum codec_kind { CODEC_NONE, CODEC_GZIP, CODEC_XZ, CODEC_ZSTD, CODEC_LZMA };

/*
 * Returns the format of a stream by its first bytes (RFC 1952, xz-file-format 2.1.1.1, RFC 8878). LEN should be at
 * least 6 bytes.
 */
enum codec_kind codec_of(const uint8_t *bytes, size_t len);

/*
 * The compressed bytes: SIZE bytes at BYTES; or, if BYTES is NULL, SIZE bytes of the file FD from its beginning; or, if
 * GIVE is not NULL, what GIVE returns: the number of the next bytes, and these in *BLOCK until the next call; 0 at the
 * end, -1 on an error. With GIVE, SIZE is the size of the file that holds the stream, which the budget counts already.
 */
struct codec_input {
	int fd;
	const uint8_t *bytes;
	uint64_t size;
	ssize_t (*give)(void *context, const uint8_t **block);
	void *context;
};

enum codec_error {
	CODEC_FINE,
	CODEC_UNREADABLE, /* the file cannot be read, or it became shorter */
	CODEC_DAMAGED,	  /* the stream is damaged, cut short, or followed by other bytes */
	CODEC_OVER_LIMIT, /* the stream unpacks to more bytes, or takes more memory, than base/budget.h allows */
};

struct codec;

/* Makes a codec, which codec_free() frees. Returns NULL without memory. codec_free() accepts NULL. */
struct codec *codec_new(void);
void codec_free(struct codec *codec);

/*
 * Begins a new stream. The previous stream need not be at its end. INPUT is copied, but its bytes or its descriptor
 * must stay valid while the stream is read. Returns 0, or -1 without memory.
 */
int codec_start(struct codec *codec, enum codec_kind kind, const struct codec_input *input);

/*
 * Decodes ROOM bytes into OUT and draws them from the budget, and also the memory that decoding takes. Returns the
 * number of bytes: fewer than ROOM only at the end of the stream, and then 0. Returns -1 on an error. Then
 * codec_error() is the kind of error, and codec_why() is a static text about the file, which the text calls "it".
 */
ssize_t codec_read(struct codec *codec, uint8_t *out, size_t room);
enum codec_error codec_error(const struct codec *codec);
const char *codec_why(const struct codec *codec);

#endif
