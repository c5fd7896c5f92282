// SPDX-License-Identifier: GPL-2.0-only
// Decodes gzip, xz, lzma and zstd streams. One codec can decode many files with the same memory.
#include "stream/codec.h"

#include <errno.h>
#include <lzma.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

#include "base/budget.h"

/* Most compressed modules fit into this buffer. Then zstd decodes directly into the caller's memory. */
#define INPUT_ROOM (256u << 10)
/* "xz -9" needs 65 MiB. The limit stops a hostile header that asks for gigabytes. */
#define XZ_MEMORY (96u << 20)
/* For zlib's inflateInit2(): a gzip header (16) and the largest window (15). */
#define GZIP_WINDOW (16 + 15)

struct codec {
	enum codec_kind kind;
	struct codec_input input;
	uint64_t taken; /* bytes of the input that were read into next */
	const uint8_t *next;
	size_t left; /* bytes at next that are not decoded yet */
	bool ended;  /* the stream has ended; more input may still follow */
	const char *why;
	enum codec_error error;
	uint64_t room;	  /* bytes that the stream may still unpack to */
	uint64_t decoded; /* bytes that the stream has unpacked to */
	uint64_t window;  /* memory of the decoder, drawn from the budget */
	bool given_all;	  /* with GIVE: it has returned the end */
	z_stream gzip;
	bool gzip_ready;
	lzma_stream xz;
	ZSTD_DCtx *zstd;
	uint8_t buffer[INPUT_ROOM];
};

enum codec_kind codec_of(const uint8_t *bytes, size_t len)
{
	static const uint8_t gzip[] = {0x1f, 0x8b}, xz[] = {0xfd, '7', 'z', 'X', 'Z', 0},
			     zstd[] = {0x28, 0xb5, 0x2f, 0xfd};

	if (len >= sizeof(gzip) && memcmp(bytes, gzip, sizeof(gzip)) == 0)
		return CODEC_GZIP;
	if (len >= sizeof(xz) && memcmp(bytes, xz, sizeof(xz)) == 0)
		return CODEC_XZ;
	if (len >= sizeof(zstd) && memcmp(bytes, zstd, sizeof(zstd)) == 0)
		return CODEC_ZSTD;
	return CODEC_NONE;
}

struct codec *codec_new(void)
{
	struct codec *codec = malloc(sizeof(*codec));

	/* calloc() would also clear the large buffer, which is not necessary. */
	if (codec)
		memset(codec, 0, offsetof(struct codec, buffer));
	return codec;
}

void codec_free(struct codec *codec)
{
	if (!codec)
		return;
	if (codec->gzip_ready)
		inflateEnd(&codec->gzip);
	lzma_end(&codec->xz);
	ZSTD_freeDCtx(codec->zstd);
	budget_release(codec->window);
	free(codec);
}

static bool start_gzip(struct codec *codec)
{
	if (codec->gzip_ready)
		return inflateReset(&codec->gzip) == Z_OK;
	codec->gzip_ready = inflateInit2(&codec->gzip, GZIP_WINDOW) == Z_OK;
	return codec->gzip_ready;
}

static bool start_zstd(struct codec *codec)
{
	if (!codec->zstd)
		codec->zstd = ZSTD_createDCtx();
	return codec->zstd && !ZSTD_isError(ZSTD_DCtx_reset(codec->zstd, ZSTD_reset_session_only));
}

int codec_start(struct codec *codec, enum codec_kind kind, const struct codec_input *input)
{
	bool ready = false;

	codec->kind = kind;
	codec->input = *input;
	codec->taken = 0;
	codec->left = 0;
	codec->ended = false;
	codec->why = NULL;
	codec->error = CODEC_FINE;
	codec->room = budget_stream(input->size);
	codec->decoded = 0;
	codec->given_all = false;
	if (!input->bytes && !input->give)
		budget_input(input->size);
	if (kind == CODEC_GZIP)
		ready = start_gzip(codec);
	else if (kind == CODEC_XZ)
		ready = lzma_stream_decoder(&codec->xz, XZ_MEMORY, LZMA_CONCATENATED) == LZMA_OK;
	else if (kind == CODEC_LZMA)
		ready = lzma_alone_decoder(&codec->xz, XZ_MEMORY) == LZMA_OK;
	else if (kind == CODEC_ZSTD)
		ready = start_zstd(codec);
	if (!ready)
		errno = ENOMEM;
	return ready ? 0 : -1;
}

static bool fails_as(struct codec *codec, enum codec_error error, const char *why)
{
	codec->error = error;
	codec->why = why;
	return false;
}

static bool fails(struct codec *codec, const char *why)
{
	return fails_as(codec, CODEC_DAMAGED, why);
}

static bool fill_given(struct codec *codec)
{
	ssize_t n;

	if (codec->left > 0 || codec->given_all)
		return true;
	n = codec->input.give(codec->input.context, &codec->next);
	if (n < 0)
		return fails_as(codec, CODEC_UNREADABLE, "reading it failed");
	codec->given_all = n == 0;
	codec->left = (size_t)n;
	return true;
}

/* Reads more input if none is left. At the end of the input, codec->left stays 0. */
static bool fill(struct codec *codec)
{
	const struct codec_input *input = &codec->input;
	uint64_t rest = input->size - codec->taken;
	size_t want = rest < INPUT_ROOM ? (size_t)rest : INPUT_ROOM;
	ssize_t n = 0;

	if (input->give)
		return fill_given(codec);
	if (codec->left > 0 || rest == 0)
		return true;
	if (input->bytes) {
		codec->next = input->bytes + codec->taken;
		codec->left = rest < SIZE_MAX ? (size_t)rest : SIZE_MAX;
		codec->taken += codec->left;
		return true;
	}
	do
		n = pread(input->fd, codec->buffer, want, (off_t)codec->taken);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return fails_as(codec, CODEC_UNREADABLE, "reading it failed");
	if (n == 0)
		return fails_as(codec, CODEC_UNREADABLE, "it became shorter while it was read");
	codec->next = codec->buffer;
	codec->left = (size_t)n;
	codec->taken += (uint64_t)n;
	return true;
}

/* Each function step_...() decodes until the input or the room is used up. */
static bool step_gzip(struct codec *codec, uint8_t **out, size_t *room)
{
	z_stream *z = &codec->gzip;
	unsigned int in = codec->left < 1u << 30 ? (unsigned int)codec->left : 1u << 30;
	unsigned int space = *room < 1u << 30 ? (unsigned int)*room : 1u << 30;
	int rc;

	/* After the end of a gzip member, another member may follow. */
	if (codec->ended && (codec_of(codec->next, codec->left) != CODEC_GZIP || inflateReset(z) != Z_OK))
		return fails(codec, "other bytes follow the compressed data");
	z->next_in = (unsigned char *)(uintptr_t)codec->next;
	z->avail_in = in;
	z->next_out = *out;
	z->avail_out = space;
	rc = inflate(z, Z_NO_FLUSH);
	codec->next = z->next_in;
	codec->left -= in - z->avail_in;
	*out = z->next_out;
	*room -= space - z->avail_out;
	codec->ended = rc == Z_STREAM_END;
	return rc == Z_OK || rc == Z_STREAM_END || (rc == Z_BUF_ERROR && z->avail_out == 0) ||
	       fails(codec, "the gzip data is damaged");
}

/* Whether no input follows after what is left. */
static bool is_last(const struct codec *codec)
{
	return codec->input.give ? codec->given_all : codec->taken == codec->input.size;
}

static bool step_xz(struct codec *codec, uint8_t **out, size_t *room)
{
	lzma_stream *xz = &codec->xz;
	lzma_ret rc;

	/* liblzma reads several streams of xz, but one of lzma. */
	if (codec->ended && codec->kind == CODEC_LZMA)
		return fails(codec, "other bytes follow the compressed data");
	xz->next_in = codec->next;
	xz->avail_in = codec->left;
	xz->next_out = *out;
	xz->avail_out = *room;
	rc = lzma_code(xz, is_last(codec) ? LZMA_FINISH : LZMA_RUN);
	codec->next = xz->next_in;
	codec->left = xz->avail_in;
	*out = xz->next_out;
	*room = xz->avail_out;
	codec->ended = rc == LZMA_STREAM_END;
	if (rc == LZMA_MEMLIMIT_ERROR)
		return fails(codec, "the xz data needs a dictionary over 96 MiB");
	if (rc == LZMA_MEM_ERROR)
		return fails(codec, "out of memory");
	/* The decoder has no more input and wants more: the end was not reached. read_some() finds this out. */
	return rc == LZMA_OK || rc == LZMA_STREAM_END || (rc == LZMA_BUF_ERROR && codec->left == 0) ||
	       fails(codec, "the xz data is damaged or cut short");
}

static bool step_zstd(struct codec *codec, uint8_t **out, size_t *room)
{
	ZSTD_inBuffer in = {codec->next, codec->left, 0};
	ZSTD_outBuffer to = {*out, *room, 0};
	size_t rc = ZSTD_decompressStream(codec->zstd, &to, &in);

	codec->next += in.pos;
	codec->left -= in.pos;
	*out += to.pos;
	*room -= to.pos;
	codec->ended = rc == 0;
	return !ZSTD_isError(rc) || fails(codec, "the zstd data is damaged, or needs a window over 128 MiB");
}

/* As codec_read(), but without the budget. */
static ssize_t read_some(struct codec *codec, uint8_t *out, size_t room)
{
	uint8_t *at = out;

	while (room > 0) {
		uint8_t *before = at;
		size_t left;
		bool good;

		if (!fill(codec))
			return -1;
		if (codec->ended && codec->left == 0)
			break;
		left = codec->left;
		good = codec->kind == CODEC_GZIP   ? step_gzip(codec, &at, &room)
		       : codec->kind == CODEC_XZ   ? step_xz(codec, &at, &room)
		       : codec->kind == CODEC_LZMA ? step_xz(codec, &at, &room)
						   : step_zstd(codec, &at, &room);
		if (!good)
			return -1;
		/* There is no more input and no more output, but the stream has not ended. */
		if (!codec->ended && left == 0 && codec->left == 0 && at == before)
			return fails(codec, "the compressed data is cut short") ? 0 : -1;
	}
	return at - out;
}

/*
 * Draws the memory that the decoder has written to: its window, but not more than was decoded. It keeps this memory for
 * the next stream.
 */
static bool draw_window(struct codec *codec)
{
	uint64_t most = codec->kind == CODEC_ZSTD   ? ZSTD_sizeof_DCtx(codec->zstd)
			: codec->kind == CODEC_GZIP ? 0
						    : lzma_memusage(&codec->xz);
	uint64_t used = most < codec->decoded ? most : codec->decoded;

	if (used <= codec->window)
		return true;
	if (!budget_keep(used - codec->window))
		return fails_as(codec, CODEC_OVER_LIMIT, BUDGET_KEEP_OVER);
	codec->window = used;
	return true;
}

/* As codec_read(), for at most PIECE bytes. */
static ssize_t read_piece(struct codec *codec, uint8_t *out, size_t room)
{
	/* Reads one byte more than allowed, to find out whether the stream ends at its limit. */
	size_t most = room > codec->room ? (size_t)codec->room + 1 : room;
	ssize_t n = codec->why ? -1 : read_some(codec, out, most);

	if (n < 0)
		return -1;
	if ((uint64_t)n > codec->room)
		return fails_as(codec, CODEC_OVER_LIMIT, BUDGET_STREAM_OVER) ? 0 : -1;
	if (!budget_unpack((uint64_t)n))
		return fails_as(codec, CODEC_OVER_LIMIT, BUDGET_RUN_OVER) ? 0 : -1;
	codec->room -= (uint64_t)n;
	codec->decoded += (uint64_t)n;
	return draw_window(codec) ? n : -1;
}

/* The budget is asked after each piece of this size in bytes. */
#define PIECE (1u << 20)

ssize_t codec_read(struct codec *codec, uint8_t *out, size_t room)
{
	size_t done = 0;
	ssize_t n;

	do {
		size_t want = room - done < PIECE ? room - done : PIECE;

		n = read_piece(codec, out + done, want);
		if (n < 0)
			return -1;
		done += (size_t)n;
	} while (n == PIECE && done < room);
	return (ssize_t)done;
}

const char *codec_why(const struct codec *codec)
{
	return codec->why;
}

enum codec_error codec_error(const struct codec *codec)
{
	return codec->error;
}
