// SPDX-License-Identifier: GPL-2.0-only
// Reads bytes at any offset of a file or of memory, compressed or not. Needs little memory, and maps no file.
#include "stream/source.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/array.h"
#include "base/budget.h"
#include "base/die.h"

/*
 * The first bytes of a file hold the ELF header and, if ld linked the module, the notes. A larger head would cost more
 * time for copying than it saves by fewer reads.
 */
#define HEAD_ROOM 512u
#define END_ROOM  (16u << 10)

/*
 * The bytes kept from the beginning. Nearly all modules of a distribution's kernel are shorter. Nearly all longer ones
 * have their .modinfo within these bytes.
 */
#define DECODED_HEAD (4u << 20)
/* At least so many bytes are kept from the end: they hold the section headers, their names and the signature. */
#define DECODED_TAIL (128u << 10)
/* The limit in bytes for all ranges of one source_prefetch(). */
#define EXTRA_MAX (16u << 20)

#define TOO_LONG "it is too large for a file of its kind"

/* A codec, and the decoded bytes that are kept. */
struct decoder {
	struct decoder *next; /* in the list of idle decoders */
	struct codec *codec;
	struct source_window head, tail, extra;
	struct source_range *ranges; /* the ranges in extra, in this order and without gaps */
	size_t count;
};

static struct {
	pthread_mutex_t lock;
	pthread_cond_t returned;
	struct decoder *idle;
	unsigned int out, max;
} decoders = {.lock = PTHREAD_MUTEX_INITIALIZER, .returned = PTHREAD_COND_INITIALIZER};

void source_decoders(unsigned int count)
{
	pthread_mutex_lock(&decoders.lock);
	decoders.max = count;
	pthread_mutex_unlock(&decoders.lock);
}

static struct decoder *decoder_new(void)
{
	struct decoder *decoder = need_memory(1, sizeof(*decoder));

	decoder->codec = codec_new();
	/* Only pages that are written take memory: as many as the longest module so far needs. */
	decoder->head.bytes = malloc(DECODED_HEAD);
	if (!decoder->codec || !decoder->head.bytes)
		die_memory();
	return decoder;
}

static struct decoder *decoder_take(void)
{
	struct decoder *decoder;

	pthread_mutex_lock(&decoders.lock);
	if (decoders.max == 0) {
		long processors = sysconf(_SC_NPROCESSORS_ONLN);

		decoders.max = processors > 0 ? (unsigned int)processors : 1;
	}
	while (decoders.out >= decoders.max)
		pthread_cond_wait(&decoders.returned, &decoders.lock);
	decoders.out++;
	decoder = decoders.idle;
	if (decoder)
		decoders.idle = decoder->next;
	pthread_mutex_unlock(&decoders.lock);
	return decoder ? decoder : decoder_new();
}

static void decoder_return(struct decoder *decoder)
{
	/* The extra window is needed seldom, so its memory is freed. */
	free(decoder->extra.bytes);
	decoder->extra = (struct source_window){0};
	decoder->count = 0;
	pthread_mutex_lock(&decoders.lock);
	decoder->next = decoders.idle;
	decoders.idle = decoder;
	decoders.out--;
	pthread_cond_signal(&decoders.returned);
	pthread_mutex_unlock(&decoders.lock);
}

static bool fails(struct source *source, enum source_error error, const char *why)
{
	source->error = error;
	source->why = why;
	return false;
}

static void make_room(struct source_window *window, size_t room)
{
	if (room <= window->room && window->bytes)
		return;
	/* realloc() would copy the old bytes, which are not needed. */
	free(window->bytes);
	window->bytes = malloc(room ? room : 1);
	if (!window->bytes)
		die_memory();
	window->room = room;
}

static const uint8_t *window_at(const struct source_window *window, uint64_t offset, size_t len)
{
	if (offset < window->offset || offset - window->offset > window->len ||
	    len > window->len - (size_t)(offset - window->offset))
		return NULL;
	return window->bytes + (size_t)(offset - window->offset);
}

static bool window_fill(struct source *source, struct source_window *window, uint64_t offset, size_t len)
{
	make_room(window, len);
	window->offset = offset;
	window->len = 0;
	while (window->len < len) {
		ssize_t n = pread(source->input.fd, window->bytes + window->len, len - window->len,
				  (off_t)(offset + window->len));

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return fails(source, SOURCE_UNREADABLE, "reading it failed");
		if (n == 0)
			return fails(source, SOURCE_UNREADABLE, "it became shorter while it was read");
		window->len += (size_t)n;
	}
	return true;
}

/* Decodes LEN bytes to AT, fewer at the end of the stream. Returns the number of bytes, or -1. */
static ssize_t decode(struct source *source, uint8_t *at, size_t len)
{
	static const enum source_error errors[] = {
		[CODEC_UNREADABLE] = SOURCE_UNREADABLE,
		[CODEC_DAMAGED] = SOURCE_DAMAGED,
		[CODEC_OVER_LIMIT] = SOURCE_OVER_LIMIT,
	};
	const struct codec *codec = source->decoder->codec;
	ssize_t n = codec_read(source->decoder->codec, at, len);

	if (n < 0)
		fails(source, errors[codec_error(codec)], codec_why(codec));
	return n;
}

/* Decodes the bytes after the head. The tail's window has two halves, and the last one or two halves are kept. */
static bool decode_tail(struct source *source)
{
	struct source_window *tail = &source->decoder->tail;
	const size_t half = DECODED_TAIL;
	ssize_t n;

	make_room(tail, 2 * half);
	tail->offset = source->size;
	tail->len = 0;
	do {
		if (tail->len == 2 * half) {
			memcpy(tail->bytes, tail->bytes + half, half);
			tail->offset += half;
			tail->len = half;
		}
		n = decode(source, tail->bytes + tail->len, half);
		if (n < 0)
			return false;
		tail->len += (size_t)n;
		source->size += (uint64_t)n;
	} while ((size_t)n == half);
	return true;
}

static bool decode_all(struct source *source)
{
	struct decoder *decoder = source->decoder = decoder_take();
	ssize_t n;

	decoder->tail.len = 0;
	if (codec_start(decoder->codec, source->codec, &source->input))
		die_memory();
	n = decode(source, decoder->head.bytes, DECODED_HEAD);
	if (n < 0)
		return false;
	decoder->head.len = (size_t)n;
	source->size = (uint64_t)n;
	return (size_t)n < DECODED_HEAD || decode_tail(source);
}

static void start(struct source *source, struct codec_input input)
{
	source_close(source);
	source->input = input;
	source->size = input.size;
	source->codec = CODEC_NONE;
	source->error = SOURCE_FINE;
	source->why = NULL;
	source->head.len = source->end.len = source->window.len = 0;
}

bool source_open_fd(struct source *source, int fd, uint64_t size)
{
	start(source, (struct codec_input){.fd = fd, .size = size});
	if (!window_fill(source, &source->head, 0, size < HEAD_ROOM ? (size_t)size : HEAD_ROOM))
		return false;
	source->codec = codec_of(source->head.bytes, source->head.len);
	if (source->codec != CODEC_NONE)
		return decode_all(source);
	/* codec_start() does this for a compressed file. */
	budget_input(size);
	return true;
}

bool source_open_memory(struct source *source, const void *bytes, size_t size)
{
	/* In struct codec_input, BYTES = NULL means a file. */
	start(source, (struct codec_input){.fd = -1, .bytes = bytes ? bytes : (const void *)"", .size = size});
	source->codec = codec_of(source->input.bytes, size);
	return source->codec == CODEC_NONE || decode_all(source);
}

void source_close(struct source *source)
{
	if (source->decoder)
		decoder_return(source->decoder);
	source->decoder = NULL;
}

void source_free(struct source *source)
{
	source_close(source);
	free(source->head.bytes);
	free(source->end.bytes);
	free(source->window.bytes);
	memset(source, 0, sizeof(*source));
}

/* Whether one of the ranges has these bytes. Sets *AT to their place in the extra window, which need not exist yet. */
static bool is_in_ranges(const struct decoder *decoder, uint64_t offset, size_t len, size_t *at)
{
	*at = 0;
	for (size_t i = 0; i < decoder->count; *at += decoder->ranges[i++].len)
		if (offset >= decoder->ranges[i].offset &&
		    offset - decoder->ranges[i].offset <= decoder->ranges[i].len &&
		    len <= decoder->ranges[i].len - (size_t)(offset - decoder->ranges[i].offset)) {
			*at += (size_t)(offset - decoder->ranges[i].offset);
			return true;
		}
	return false;
}

static const uint8_t *kept_at(const struct decoder *decoder, uint64_t offset, size_t len)
{
	const uint8_t *at = window_at(&decoder->head, offset, len);

	return at ? at : window_at(&decoder->tail, offset, len);
}

static const uint8_t *decoded_at(const struct decoder *decoder, uint64_t offset, size_t len)
{
	const uint8_t *kept = kept_at(decoder, offset, len);
	size_t at;

	if (kept)
		return kept;
	return is_in_ranges(decoder, offset, len, &at) ? decoder->extra.bytes + at : NULL;
}

static bool is_within(const struct source *source, uint64_t offset, size_t len)
{
	return offset <= source->size && len <= source->size - offset;
}

static int compare_ranges(const void *a, const void *b)
{
	const struct source_range *x = a, *y = b;

	return x->offset < y->offset ? -1 : x->offset > y->offset;
}

/* BYTES are LEN bytes of the stream from the offset AT. Copies the bytes that belong to the ranges. */
static void take_ranges(struct decoder *decoder, const uint8_t *bytes, uint64_t at, size_t len)
{
	uint8_t *to = decoder->extra.bytes;

	for (size_t i = 0; i < decoder->count; to += decoder->ranges[i++].len) {
		const struct source_range *range = &decoder->ranges[i];
		uint64_t from = range->offset > at ? range->offset : at;
		uint64_t end = range->offset + range->len < at + len ? range->offset + range->len : at + len;

		if (from < end)
			memcpy(to + (from - range->offset), bytes + (from - at), (size_t)(end - from));
	}
}

/* Decodes the stream again up to the offset END, and copies the ranges. */
static bool decode_ranges(struct source *source, uint64_t end)
{
	struct decoder *decoder = source->decoder;
	uint8_t block[16 << 10];
	uint64_t at = 0;

	if (codec_start(decoder->codec, source->codec, &source->input))
		die_memory();
	while (at < end) {
		ssize_t n = decode(source, block, sizeof(block));

		if (n <= 0)
			return n < 0 ? false : fails(source, SOURCE_UNREADABLE, "it changed while it was read");
		take_ranges(decoder, block, at, (size_t)n);
		at += (uint64_t)n;
	}
	return true;
}

static void want_range(struct decoder *decoder, const struct source_range *range)
{
	decoder->ranges = array_grown(decoder->ranges, decoder->count, sizeof(*decoder->ranges));
	decoder->ranges[decoder->count++] = *range;
}

bool source_prefetch(struct source *source, const struct source_range *ranges, size_t count)
{
	struct decoder *decoder = source->decoder;
	uint64_t total = 0, end = 0;

	if (!decoder || count == 0)
		return true;
	decoder->count = 0;
	for (size_t i = 0; i < count; i++) {
		const struct source_range *range = &ranges[i];
		size_t at;

		if (!is_within(source, range->offset, range->len) || range->len > EXTRA_MAX - total ||
		    kept_at(decoder, range->offset, range->len) ||
		    is_in_ranges(decoder, range->offset, range->len, &at))
			continue;
		want_range(decoder, range);
		total += range->len;
		end = range->offset + range->len > end ? range->offset + range->len : end;
	}
	if (decoder->count == 0)
		return true;
	qsort(decoder->ranges, decoder->count, sizeof(*decoder->ranges), compare_ranges);
	make_room(&decoder->extra, (size_t)total);
	if (decode_ranges(source, end))
		return true;
	decoder->count = 0;
	return false;
}

static const uint8_t *plain_at(struct source *source, uint64_t offset, size_t len)
{
	const uint8_t *at = window_at(&source->head, offset, len);

	if (!at)
		at = window_at(&source->end, offset, len);
	if (!at)
		at = window_at(&source->window, offset, len);
	if (at)
		return at;
	return window_fill(source, &source->window, offset, len) ? source->window.bytes : NULL;
}

bool source_keep_end(struct source *source, uint64_t offset)
{
	/* The bytes of memory and of decoded files can already be read again. */
	if (source->decoder || source->input.bytes || offset > source->size || source->size - offset > END_ROOM)
		return true;
	return window_fill(source, &source->end, offset, (size_t)(source->size - offset));
}

const uint8_t *source_at(struct source *source, uint64_t offset, size_t len)
{
	struct source_range range = {offset, len};
	const uint8_t *at;

	if (!is_within(source, offset, len)) {
		fails(source, SOURCE_BEYOND, "it ends before");
		return NULL;
	}
	if (source->decoder) {
		at = decoded_at(source->decoder, offset, len);
		if (at)
			return at;
		if (len > EXTRA_MAX) {
			fails(source, SOURCE_UNREADABLE, "over 16 MiB of it would be needed at once");
			return NULL;
		}
		return source_prefetch(source, &range, 1) ? decoded_at(source->decoder, offset, len) : NULL;
	}
	return source->input.bytes ? source->input.bytes + offset : plain_at(source, offset, len);
}

/* Decodes all bytes, at most MAX. The memory grows with the decoded bytes, and not by a size in a header. */
static uint8_t *decode_whole(struct source *source, uint64_t max, size_t *len)
{
	uint8_t *bytes = NULL;
	size_t room = 0;
	ssize_t n;

	*len = 0;
	source->decoder = decoder_take();
	if (codec_start(source->decoder->codec, source->codec, &source->input))
		die_memory();
	do {
		bytes = bytes_grown(bytes, &room, room ? room + 1 : 1 << 20);
		n = decode(source, bytes + *len, room - *len);
		if (n > 0 && !budget_keep((uint64_t)n))
			n = fails(source, SOURCE_OVER_LIMIT, BUDGET_KEEP_OVER) ? 0 : -1;
		if (n > 0)
			*len += (size_t)n;
		if (*len > max)
			n = fails(source, SOURCE_OVER_LIMIT, TOO_LONG) ? 0 : -1;
	} while (n > 0 && *len == room);
	if (n >= 0)
		return bytes;
	source_whole_free(bytes, *len);
	return NULL;
}

/* Makes a copy of the bytes. */
static uint8_t *copy_whole(struct source *source, const void *bytes, size_t size)
{
	uint8_t *whole;

	if (!budget_keep(size)) {
		fails(source, SOURCE_OVER_LIMIT, BUDGET_KEEP_OVER);
		return NULL;
	}
	whole = need_memory(1, size + 1);
	memcpy(whole, bytes, size);
	return whole;
}

void source_whole_free(uint8_t *bytes, size_t len)
{
	if (bytes)
		budget_release(len);
	free(bytes);
}

uint8_t *source_whole_memory(const void *bytes, size_t size, uint64_t max, bool decode, size_t *len, const char **why)
{
	struct source source = {0};
	uint8_t *whole = NULL;

	start(&source, (struct codec_input){.fd = -1, .bytes = bytes, .size = size});
	source.codec = decode ? codec_of(bytes, size) : CODEC_NONE;
	*len = size;
	if (source.codec != CODEC_NONE) {
		whole = decode_whole(&source, max, len);
	} else if (size > max) {
		fails(&source, SOURCE_OVER_LIMIT, TOO_LONG);
	} else {
		whole = copy_whole(&source, bytes, size);
	}
	*why = source.why;
	source_free(&source);
	return whole;
}

uint8_t *source_whole_fd(int fd, uint64_t size, uint64_t max, bool decode, size_t *len, const char **why)
{
	struct source source = {0};
	uint8_t *whole = NULL, *file;

	start(&source, (struct codec_input){.fd = fd, .size = size});
	*len = (size_t)size;
	if (size > max)
		fails(&source, SOURCE_OVER_LIMIT, TOO_LONG);
	else if (!budget_keep(size))
		fails(&source, SOURCE_OVER_LIMIT, BUDGET_KEEP_OVER);
	else if (window_fill(&source, &source.window, 0, (size_t)size))
		whole = source.window.bytes;
	else
		budget_release(size);
	*why = source.why;
	if (whole)
		source.window = (struct source_window){0};
	source_free(&source);
	if (!whole || !decode || codec_of(whole, *len) == CODEC_NONE)
		return whole;
	file = whole;
	whole = source_whole_memory(file, (size_t)size, max, true, len, why);
	source_whole_free(file, (size_t)size);
	return whole;
}
