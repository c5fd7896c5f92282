/* SPDX-License-Identifier: GPL-2.0-only */
/* Reads bytes at any offset of a file or of memory, compressed or not, with little memory. Nothing is mapped. */
#ifndef XS_STREAM_SOURCE_H
#define XS_STREAM_SOURCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "stream/codec.h"

/* Why bytes could not be had. */
enum source_error {
	SOURCE_FINE,
	SOURCE_UNREADABLE, /* reading failed, or the file became shorter meanwhile */
	SOURCE_DAMAGED,	   /* the compressed data is damaged */
	SOURCE_OVER_LIMIT, /* it unpacks to more than the budget allows: base/budget.h */
	SOURCE_BEYOND,	   /* the bytes asked for are past the end */
};

struct source_range {
	uint64_t offset;
	size_t len;
};

/*
 * Starts as {0}. May be used for one file after another, which saves memory and time. Fields without "public" are for
 * source.c only.
 */
struct source {
	uint64_t size;		 /* public: bytes of the file; of a compressed one, bytes it unpacks to */
	enum codec_kind codec;	 /* public: how the file is compressed */
	enum source_error error; /* public: why the last call failed */
	const char *why;	 /* public: the same as a clause about "it"; static */
	struct codec_input input;
	struct decoder *decoder; /* one of a few that all threads share; held while a compressed source is open */
	struct source_window {
		uint8_t *bytes;
		size_t room, len;
		uint64_t offset;
	} head, end, window;
};

/*
 * Opens FD, a regular file of SIZE bytes, or SIZE bytes of memory. Both must stay until the source is closed, and FD is
 * not closed with it. A compressed file is decoded once, to the end; its beginning and its end are kept. False: see
 * error and why. A source may be opened again without being closed.
 *
 * A decoder takes a few MiB, and more decoders than processors make nothing faster. So a thread that opens a compressed
 * source waits while source_decoders() of them are open, and no thread may have two open: both could wait for ever.
 */
bool source_open_fd(struct source *source, int fd, uint64_t size);
bool source_open_memory(struct source *source, const void *bytes, size_t size);
void source_close(struct source *source);

/* Closes the source and frees all its memory. */
void source_free(struct source *source);

/*
 * The LEN bytes at OFFSET. They are valid until the next call. NULL: see error and why. Bytes of a compressed source
 * that were not kept are decoded again: a caller that wants several ranges asks source_prefetch() for all of them
 * first.
 */
const uint8_t *source_at(struct source *source, uint64_t offset, size_t len);

/* Keeps the bytes from OFFSET to the end in memory if they are at most 16 KiB, for a caller that returns to them. */
bool source_keep_end(struct source *source, uint64_t offset);

/* Gets the ranges ready for source_at(); a range past the end is left out. False as for source_at(). */
bool source_prefetch(struct source *source, const struct source_range *ranges, size_t count);

/* Sets how many compressed sources may be open at once. Without a call: one for each processor. */
void source_decoders(unsigned int count);

/*
 * All bytes of a file or of memory, in memory to free. With DECODE, a compressed file is decoded. NULL when there are
 * more than MAX of them, or on an error: *WHY is a clause about "it" (static text).
 */
uint8_t *source_whole_fd(int fd, uint64_t size, uint64_t max, bool decode, size_t *len, const char **why);
uint8_t *source_whole_memory(const void *bytes, size_t size, uint64_t max, bool decode, size_t *len, const char **why);

#endif
