/* SPDX-License-Identifier: GPL-2.0-only */
/* Reads package payloads and disk images through libarchive. The only file that reads with it. */
#ifndef XS_PACKAGE_ARCHIVE_H
#define XS_PACKAGE_ARCHIVE_H

#include <archive.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* An open archive. Starts as {0}. archive_close() is due after each archive_open_...(), also after one that failed. */
struct archive_reader {
	struct archive *archive;
	bool counted;	  /* its bytes are drawn from the budget: base/budget.h */
	uint64_t room;	  /* bytes that it may still unpack to */
	const char *over; /* when the budget refused: why, as a clause about "it"; static */
	const char *why;  /* when it could not be opened for another reason: the same */
};

/*
 * Opens the compressed payload of a package of SIZE bytes, whose first LEN bytes are START. GIVE is libarchive's reader
 * of all its bytes. The payload is one stream of gzip, xz, lzma, bzip2 or zstd, which libarchive decodes in this
 * process: with archive_read_support_filter_all() it would also unpack streams in streams, and start programs for some
 * of them.
 */
bool archive_open_payload(struct archive_reader *reader, uint64_t size, const uint8_t *start, size_t len,
			  archive_read_callback *give, void *context);

/* Opens the cpio archive whose bytes GIVE gives: those of an unpacked payload, which were drawn from the budget. */
bool archive_open_cpio(struct archive_reader *reader, archive_read_callback *give, void *context);

/* Opens an ISO 9660 image of SIZE bytes in the file FD, or with FD -1 at BYTES. A file is read from where it stands. */
bool archive_open_image(struct archive_reader *reader, int fd, const void *bytes, uint64_t size);

/* The next entry: 1; 0 at the end; -1: see archive_why(). */
int archive_next(struct archive_reader *reader, struct archive_entry **entry);

/* Up to ROOM bytes of the entry's data. 0 at its end; -1: see archive_why(). */
ssize_t archive_take(struct archive_reader *reader, void *to, size_t room);

/* The same, in memory that is valid until the next call. */
ssize_t archive_take_block(struct archive_reader *reader, const void **block);

/* Why it could not be opened or read, as a clause: any bytes. Valid until the next call. */
const char *archive_why(const struct archive_reader *reader);

void archive_close(struct archive_reader *reader);

/* The entry's path, or NULL. ENTRY is that of the last archive_next(), and the text lives as long. */
const char *archive_path(struct archive_entry *entry);

#endif
