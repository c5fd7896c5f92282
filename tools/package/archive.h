/* SPDX-License-Identifier: GPL-2.0-only */
/* Reads package payloads and disk images through libarchive. No other file calls libarchive's readers. */
#ifndef XS_PACKAGE_ARCHIVE_H
#define XS_PACKAGE_ARCHIVE_H

#include <archive.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* An open archive. It starts as {0}. Call archive_close() after each archive_open_...(), also if that failed. */
struct archive_reader {
	struct archive *archive;
	bool counted;	  /* its bytes are drawn from the budget: base/budget.h */
	uint64_t room;	  /* how many more bytes it may unpack to */
	const char *over; /* set if the budget refused: a clause about "it"; static */
	const char *why;  /* set if it cannot be opened for another reason: a clause about "it"; static */
};

/*
 * Opens the payload of a package of SIZE bytes, compressed with bzip2. GIVE is a read callback of libarchive that
 * returns all bytes of the payload. False: see archive_why(). stream/codec.h decodes the other compressions.
 *
 * archive_read_support_filter_all() is not used: with it, libarchive also decodes streams inside streams, and starts
 * programs for some formats.
 */
bool archive_open_bzip2(struct archive_reader *reader, uint64_t size, archive_read_callback *give, void *context);

/* Opens a cpio archive. GIVE returns the unpacked bytes of a payload, which are already drawn from the budget. */
bool archive_open_cpio(struct archive_reader *reader, archive_read_callback *give, void *context);

/* Opens an ISO 9660 image of SIZE bytes: the file FD from its current offset, or the memory BYTES if FD is -1. */
bool archive_open_image(struct archive_reader *reader, int fd, const void *bytes, uint64_t size);

/* A date as text, "2023-11-14 22:13:20 UTC" or "2023-11-14 22:13:20 UTC+01:00"; "" if there is none. */
#define IMAGE_DATE_SIZE 30

/* The primary volume descriptor of an image. */
struct image {
	char volume[33]; /* the name of the volume, without the blanks that pad it */
	uint64_t size;	 /* in bytes */
	char created[IMAGE_DATE_SIZE];
};

/* Whether a file is an ISO 9660 image. BYTES are its first LEN bytes. */
bool image_is(const uint8_t *bytes, size_t len);

/* Reads the descriptor of the image in FD. Returns false if the file is not an image; then IMAGE is empty. */
bool image_read(struct image *image, int fd);

/* Reads the next entry. Returns 1, 0 at the end, or -1: see archive_why(). */
int archive_next(struct archive_reader *reader, struct archive_entry **entry);

/* Reads up to ROOM bytes of the entry's data. Returns their number, 0 at the end, or -1: see archive_why(). */
ssize_t archive_take(struct archive_reader *reader, void *to, size_t room);

/* The same, but *BLOCK points to the bytes. They are valid until the next call. */
ssize_t archive_take_block(struct archive_reader *reader, const void **block);

/* Why opening or reading failed, as a clause about "it". It may hold any bytes, and is valid until the next call. */
const char *archive_why(const struct archive_reader *reader);

void archive_close(struct archive_reader *reader);

/* The path of an entry from archive_next(), or NULL. The text is valid until the next archive_next(). */
const char *archive_path(struct archive_entry *entry);

#endif
