/* SPDX-License-Identifier: GPL-2.0-only */
/* Compressing a module as the kernel's build does, so that the kernel itself and every kmod can decode it. */
#ifndef XS_STREAM_COMPRESS_H
#define XS_STREAM_COMPRESS_H

#include <stddef.h>
#include <stdint.h>

#include "stream/codec.h"

/*
 * The LEN bytes at BYTES in the format KIND (not CODEC_NONE), in memory to free, the same each time: no time and no
 * name is written into it. Ends the program when there is no memory.
 */
uint8_t *compress_whole(enum codec_kind kind, const uint8_t *bytes, size_t len, size_t *out_len);

#endif
