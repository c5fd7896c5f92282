/* SPDX-License-Identifier: GPL-2.0-only */
/* Unpacks the payload of a package, and lets only a well-formed cpio archive through. */
#ifndef XS_PACKAGE_PAYLOAD_H
#define XS_PACKAGE_PAYLOAD_H

#include "package/archive.h"
#include "stream/codec.h"

/*
 * A payload is one stream of gzip, xz, lzma, zstd or bzip2, or not compressed. In it is a cpio archive (cpio(5), newc).
 * libarchive reads this archive. But it reserves as much memory as a header names, up to 4 GiB for a file name, and it
 * looks for the next header in what is no header. So the headers are checked before libarchive gets them: see
 * payload_read().
 */

/* cpio(5), newc: the size of a header in bytes, and the name of the entry that ends the archive. */
#define PAYLOAD_HEADER 110
#define PAYLOAD_LAST   "TRAILER!!!"

/* A payload while it is read. It starts as {0}; payload_close() frees it. */
struct payload {
	ssize_t (*give)(void *context, const uint8_t **block); /* the compressed bytes, as for struct codec_input */
	void *context;
	struct codec *codec;	     /* NULL if the payload is not compressed, or with bzip2 */
	struct archive_reader bzip2; /* open if its archive is not NULL */
	bool plain;		     /* not compressed */
	uint8_t *block;
	/* The header of the next entry as far as it was read, and then the name of the last entry. */
	char header[PAYLOAD_HEADER + sizeof(PAYLOAD_LAST)];
	size_t header_len;
	bool maybe_last; /* the name of this entry is as long as that of the last one */
	uint64_t skip;	 /* bytes of the name, the file and the padding that still belong to the entry */
	bool ended;	 /* the last entry was read */
	bool over;	 /* reading failed because of the budget */
	const char *why; /* reading failed: a clause about "it"; may hold any bytes, valid until the next call */
};

/*
 * Begins. START are the first LEN bytes of the payload, which GIVE returns too. SIZE is the size of the package in
 * bytes. False: see over and why.
 */
bool payload_open(struct payload *payload, uint64_t size, const uint8_t *start, size_t len,
		  ssize_t (*give)(void *context, const uint8_t **block), void *context);

/*
 * Returns the number of the next unpacked bytes, and these in *BLOCK until the next call. 0: the archive has ended;
 * what follows in the payload is not read. -1: see over and why.
 */
ssize_t payload_read(struct payload *payload, const uint8_t **block);

void payload_close(struct payload *payload);

#endif
