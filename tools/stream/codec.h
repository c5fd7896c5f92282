/* SPDX-License-Identifier: GPL-2.0-only */
/* Decoding gzip, xz and zstd streams, with memory that is used again from file to file. */
#ifndef XS_STREAM_CODEC_H
#define XS_STREAM_CODEC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/*
 * libarchive decodes these too, and is used for what is in containers. It sets a decoder up anew for every file,
 * which costs a module tree in zstd a fifth of its time; hence the libraries themselves here.
 */
enum codec_kind { CODEC_NONE, CODEC_GZIP, CODEC_XZ, CODEC_ZSTD };

/* Which compression bytes begin with (RFC 1952, xz-file-format 2.1.1.1, RFC 8878). 6 bytes are enough. */
enum codec_kind codec_of(const uint8_t *bytes, size_t len);

/* Where the compressed bytes are: memory, or with BYTES NULL a file read from its beginning. */
struct codec_input {
	int fd;
	const uint8_t *bytes;
	uint64_t size;
};

struct codec;

/* A codec, or NULL when there is no memory. */
struct codec *codec_new(void);
void codec_free(struct codec *codec);

/* Begins a stream; the codec may be in the middle of another. 0, or -1 when there is no memory. */
int codec_start(struct codec *codec, enum codec_kind kind, const struct codec_input *input);

/*
 * Decodes up to ROOM bytes into OUT, fewer only at the end: then 0 at last. -1 when the stream is damaged, cut short
 * or followed by other bytes, or when the file could not be read; codec_why() is then a clause about it.
 */
ssize_t codec_read(struct codec *codec, uint8_t *out, size_t room);
const char *codec_why(const struct codec *codec);

/* Whether that is because the file could not be read. */
bool codec_unreadable(const struct codec *codec);

#endif
