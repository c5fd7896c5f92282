// SPDX-License-Identifier: GPL-2.0-only
// Compresses a module as the kernel's build does, so that the kernel and every kmod can decode the module.
#include "stream/compress.h"

#include <lzma.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>
#include <zstd.h>

#include "base/die.h"

/* These libraries can fail only without memory: the input is in memory, and the output has enough room. */
static uint8_t *need(uint8_t *bytes, int done)
{
	if (!done)
		die_memory();
	return bytes;
}

static uint8_t *compress_gzip(const uint8_t *bytes, size_t len, size_t *out_len)
{
	z_stream stream = {0};
	uint8_t *out;
	size_t room;

	/*
	 * zlib counts in 32 bits, and MODULE_BYTES_MAX is less. The 16 asks for a gzip header, in which zlib sets no
	 * time.
	 */
	need(NULL,
	     deflateInit2(&stream, Z_BEST_COMPRESSION, Z_DEFLATED, 16 + MAX_WBITS, 8, Z_DEFAULT_STRATEGY) == Z_OK);
	room = deflateBound(&stream, len);
	out = need_memory(room, 1);
	stream.next_in = (Bytef *)(uintptr_t)bytes;
	stream.avail_in = (uInt)len;
	stream.next_out = out;
	stream.avail_out = (uInt)room;
	need(out, deflate(&stream, Z_FINISH) == Z_STREAM_END);
	*out_len = stream.total_out;
	deflateEnd(&stream);
	return out;
}

/*
 * The check and the size of the dictionary are those of scripts/Makefile.modinst. libarchive is not used, because it
 * writes a CRC64, which the kernel's decoder does not know.
 */
static uint8_t *compress_xz(const uint8_t *bytes, size_t len, size_t *out_len)
{
	lzma_options_lzma options;
	lzma_filter filters[] = {{LZMA_FILTER_LZMA2, &options}, {LZMA_VLI_UNKNOWN, NULL}};
	size_t room = lzma_stream_buffer_bound(len);
	uint8_t *out = need_memory(room, 1);

	lzma_lzma_preset(&options, LZMA_PRESET_DEFAULT);
	options.dict_size = 1 << 20;
	*out_len = 0;
	return need(out, lzma_stream_buffer_encode(filters, LZMA_CHECK_CRC32, NULL, bytes, len, out, out_len, room) ==
				 LZMA_OK);
}

static uint8_t *compress_zstd(const uint8_t *bytes, size_t len, size_t *out_len)
{
	size_t room = ZSTD_compressBound(len);
	uint8_t *out = need_memory(room, 1);
	ZSTD_CCtx *context = ZSTD_createCCtx();

	need(out, context != NULL);
	ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1);
	*out_len = ZSTD_compress2(context, out, room, bytes, len);
	ZSTD_freeCCtx(context);
	return need(out, !ZSTD_isError(*out_len));
}

uint8_t *compress_whole(enum codec_kind kind, const uint8_t *bytes, size_t len, size_t *out_len)
{
	if (kind == CODEC_GZIP)
		return compress_gzip(bytes, len, out_len);
	if (kind == CODEC_XZ)
		return compress_xz(bytes, len, out_len);
	return compress_zstd(bytes, len, out_len);
}
