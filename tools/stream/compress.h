/* SPDX-License-Identifier: GPL-2.0-only */
/* Compresses a module as the kernel's build does, so that the kernel and every kmod can decode the module. */
#ifndef XS_STREAM_COMPRESS_H
#define XS_STREAM_COMPRESS_H

#include <stddef.h>
#include <stdint.h>

#include "stream/codec.h"

/*
 * Compresses the LEN bytes at BYTES in the format KIND, which is not CODEC_NONE. Returns *OUT_LEN bytes, which the
 * caller frees. The same input always gives the same result: it contains no time and no name. Without memory, the
 * program ends.
 */
uint8_t *compress_whole(enum codec_kind kind, const uint8_t *bytes, size_t len, size_t *out_len);

#endif
