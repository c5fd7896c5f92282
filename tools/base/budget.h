/* SPDX-License-Identifier: GPL-2.0-only */
/* Limits how many bytes one run of a program may unpack, and how many it may keep in memory. */
#ifndef XS_BASE_BUDGET_H
#define XS_BASE_BUDGET_H

#include <stdbool.h>
#include <stdint.h>

/*
 * Every reader follows one rule: work and memory are at most linear in the bytes read. But a small input can describe
 * much data: a compressed file unpacks to more bytes, and a header lists files. Readers draw these bytes from the
 * budget. One run is one process, so the budget is one global object.
 *
 * stream/codec.c draws for compressed files and for the memory that decoding takes, package/archive.c for images,
 * stream/source.c and package/input.c for files that are in memory as a whole, and the readers of headers and metadata,
 * the inventory and the report for the data that they keep. Any thread may call these functions, except budget_start().
 */

/*
 * The rule: a run may unpack BUDGET_FLOOR bytes, plus BUDGET_FACTOR bytes for each byte of its input files. It may take
 * the same number of bytes of memory. BUDGET_PROGRAM bytes of these are for the program itself, with its libraries,
 * stacks and small buffers; the others are drawn with budget_keep().
 */
#define BUDGET_FLOOR   (64u << 20)
#define BUDGET_FACTOR  16
#define BUDGET_PROGRAM (20u << 20)

/*
 * Starts a new budget, before other threads use it. LIMIT is the number of bytes that the whole run may unpack, instead
 * of the number from the rule above. With LIMIT 0, or without this call, the rule is used.
 */
void budget_start(uint64_t limit);

/*
 * Adds the SIZE bytes of an input file to the budget. Do not call this for a file inside a container: the bytes of the
 * container are counted already.
 */
void budget_input(uint64_t size);

/*
 * Returns how many bytes one compressed stream of SIZE bytes may unpack to. The number does not depend on the other
 * files of the run, so that the same file always gives the same result.
 */
uint64_t budget_stream(uint64_t size);

/* Draws BYTES unpacked bytes. Returns false if fewer bytes are left: then the caller must stop unpacking. */
bool budget_unpack(uint64_t bytes);

/*
 * Draws BYTES bytes of memory, until budget_release() gives them back. Returns false if fewer bytes are left: then the
 * caller must not keep the data.
 */
bool budget_keep(uint64_t bytes);
void budget_release(uint64_t bytes);

/* Messages for a failed draw. In these texts, "it" is the file. */
#define BUDGET_STREAM_OVER "it unpacks to more than the limit"
#define BUDGET_RUN_OVER	   "all that this run may unpack was unpacked before it was read to its end"
#define BUDGET_KEEP_OVER   "what it describes takes more memory than its size allows"

#endif
