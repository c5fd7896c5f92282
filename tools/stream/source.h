/* SPDX-License-Identifier: GPL-2.0-only */
/* Reads bytes at any offset of a file or of memory, compressed or not. Needs little memory, and maps no file. */
#ifndef XS_STREAM_SOURCE_H
#define XS_STREAM_SOURCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "stream/codec.h"

/* Why a call failed. */
enum source_error {
	SOURCE_FINE,
	SOURCE_UNREADABLE, /* reading failed, or the file became shorter */
	SOURCE_DAMAGED,	   /* the compressed data is damaged */
	SOURCE_OVER_LIMIT, /* the file unpacks to more bytes than base/budget.h allows */
	SOURCE_BEYOND,	   /* the range goes past the end */
};

struct source_range {
	uint64_t offset;
	size_t len;
};

/*
 * Starts as {0}. Using one source for one file after another saves memory and time. Only source.c may use the fields
 * without "public".
 */
struct source {
	uint64_t size;		 /* public: bytes of the file, unpacked */
	enum codec_kind codec;	 /* public: how the file is compressed */
	enum source_error error; /* public: why the last call failed */
	const char *why;	 /* public: the error as a static text, which calls the file "it" */
	struct codec_input input;
	struct decoder *decoder; /* from a pool of all threads; only for an open compressed source */
	struct source_window {
		uint8_t *bytes;
		size_t room, len;
		uint64_t offset;
	} head, end, window;
};

/*
 * Open FD, a regular file of SIZE bytes, or SIZE bytes of memory. FD or the memory must stay valid until the source is
 * closed; source_close() does not close FD. A compressed file is decoded once to its end, and its beginning and its end
 * are kept in memory. False: see the fields error and why. An open source may be opened again.
 *
 * A decoder takes a few MiB, and more decoders than processors make nothing faster. So the number of open compressed
 * sources is limited, see source_decoders(). A thread that opens one more waits until another thread closes its source.
 * No thread may have two open compressed sources: it could wait for itself.
 */
bool source_open_fd(struct source *source, int fd, uint64_t size);
bool source_open_memory(struct source *source, const void *bytes, size_t size);
void source_close(struct source *source);

/* Closes the source and frees all its memory. */
void source_free(struct source *source);

/*
 * Returns LEN bytes at OFFSET, which are valid until the next call for this source. NULL: see the fields error and why.
 * If the bytes of a compressed source were not kept, the source is decoded again. So a caller of several ranges should
 * call source_prefetch() for all of them first.
 */
const uint8_t *source_at(struct source *source, uint64_t offset, size_t len);

/*
 * Keeps the bytes from OFFSET to the end in memory, for repeated reads. Does nothing if there are more than 16 KiB.
 * False: see the fields error and why.
 */
bool source_keep_end(struct source *source, uint64_t offset);

/*
 * Decodes the COUNT ranges for later calls of source_at(). A range past the end is left out, and so is a range that
 * makes the total longer than 16 MiB. False: see the fields error and why.
 */
bool source_prefetch(struct source *source, const struct source_range *ranges, size_t count);

/* Sets the limit of open compressed sources. Without this call, the limit is the number of processors. */
void source_decoders(unsigned int count);

/*
 * Return all bytes of a file or of memory, which source_whole_free() frees. With DECODE, compressed bytes are decoded.
 * Return NULL if there are more than MAX bytes, or on an error; then *WHY is a static text, which calls the file "it".
 */
uint8_t *source_whole_fd(int fd, uint64_t size, uint64_t max, bool decode, size_t *len, const char **why);
uint8_t *source_whole_memory(const void *bytes, size_t size, uint64_t max, bool decode, size_t *len, const char **why);

/* Frees the LEN bytes, and gives them back to the budget. BYTES may be NULL. */
void source_whole_free(uint8_t *bytes, size_t len);

#endif
