/* SPDX-License-Identifier: GPL-2.0-only */
/* How much a run may unpack and keep because of the bytes it reads. */
#ifndef XS_BASE_BUDGET_H
#define XS_BASE_BUDGET_H

#include <stdbool.h>
#include <stdint.h>

/*
 * Every reader keeps one rule: work and memory are at most linear in the bytes read. A few bytes can stand for many: a
 * compressed file for what it unpacks to, a header for the files it lists. Such bytes are drawn from the budget of the
 * run before they are used. A run is a process, so there is one budget, and no reader has to be handed it.
 *
 * Drawn in the places that all readers go through: stream/codec.c (compressed files), package/archive.c (payloads and
 * images), and the readers of headers and metadata for what they keep. All functions may be called by any thread.
 */

/* What may be unpacked, and as much may be kept: so many bytes, and so many for each byte of the files opened. */
#define BUDGET_FLOOR  (64u << 20)
#define BUDGET_FACTOR 16

/*
 * Begins a budget anew. LIMIT takes the place of the rule above for what the whole run may unpack, in bytes; 0 leaves
 * the rule. A program that does not call this has the rule.
 */
void budget_start(uint64_t limit);

/* Tells that a file of SIZE bytes is being read: not what is in a container, which is part of such a file. */
void budget_input(uint64_t size);

/* The most that one compressed stream of SIZE bytes may unpack to: by its own size, so that it fails alike each time.
 */
uint64_t budget_stream(uint64_t size);

/* Draws BYTES that were unpacked. False when the run has not so many left: nothing more may be unpacked. */
bool budget_unpack(uint64_t bytes);

/* Draws BYTES that are to be kept in memory, until budget_release(). False when that is too much: keep nothing. */
bool budget_keep(uint64_t bytes);
void budget_release(uint64_t bytes);

/* Why drawing failed, as a clause about "it". */
#define BUDGET_STREAM_OVER "it unpacks to more than the limit"
#define BUDGET_RUN_OVER	   "all that this run may unpack was unpacked before it was read to its end"
#define BUDGET_KEEP_OVER   "what it describes takes more memory than its size allows"

#endif
