/* SPDX-License-Identifier: GPL-2.0-only */
/* Bytes at any offset of a file, of memory, or of what either holds compressed: bounded in memory, never mapped. */
#ifndef XS_STREAM_SOURCE_H
#define XS_STREAM_SOURCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "stream/codec.h"

/* What decodes to more is taken for a decompression bomb, where nobody says otherwise (--limit). */
#define SOURCE_LIMIT (1ull << 30)

/* Why bytes could not be had. */
enum source_error {
	SOURCE_FINE,
	SOURCE_UNREADABLE, /* reading failed, or the file shrank meanwhile */
	SOURCE_DAMAGED,	   /* the compressed data is */
	SOURCE_OVER_LIMIT, /* it decodes to more than the limit */
	SOURCE_BEYOND,	   /* the bytes asked for are past the end */
};

struct source_range {
	uint64_t offset;
	size_t len;
};

/* Private but for the fields that say so. Starts as {0}; its memory is used again from file to file. */
struct source {
	uint64_t size;		 /* public: plain bytes, so of the decoded ones if it is compressed */
	enum codec_kind codec;	 /* public */
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
 * Opens FD, a regular file of SIZE bytes, or memory; both must outlive the source, and FD is not closed. What is
 * compressed is decoded once, up to LIMIT bytes, keeping the beginning and the end. False: see error and why.
 * A source may be opened again without being closed.
 *
 * A thread that opens a compressed source waits until fewer than source_decoders() of them are open, so no thread
 * may hold two: a few MiB each, and more than one a processor makes nothing faster.
 */
bool source_open_fd(struct source *source, int fd, uint64_t size, uint64_t limit);
bool source_open_memory(struct source *source, const void *bytes, size_t size, uint64_t limit);
void source_close(struct source *source);

/* Closes, and frees all memory. */
void source_free(struct source *source);

/*
 * LEN bytes at OFFSET, valid until the next call; NULL: see error and why. Of a compressed source, what was not
 * kept is decoded again: ask source_prefetch() first for all that will be wanted.
 */
const uint8_t *source_at(struct source *source, uint64_t offset, size_t len);

/* Keeps the bytes from OFFSET to the end, if they are no more than 16 KiB: for whoever returns to them. */
bool source_keep_end(struct source *source, uint64_t offset);

/* Makes the ranges cheap for source_at(), as far as they are within the source. False as for source_at(). */
bool source_prefetch(struct source *source, const struct source_range *ranges, size_t count);

/* How many compressed sources may be open at once. At first one a processor. */
void source_decoders(unsigned int count);

/*
 * All bytes of a file or of memory, with DECODE those it decodes to if it is compressed, at most LIMIT, in memory to
 * free; NULL: *WHY is a clause. For whoever needs a whole module in memory.
 */
uint8_t *source_whole_fd(int fd, uint64_t size, uint64_t limit, bool decode, size_t *len, const char **why);
uint8_t *source_whole_memory(const void *bytes, size_t size, uint64_t limit, bool decode, size_t *len,
			     const char **why);

#endif
