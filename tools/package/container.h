/* SPDX-License-Identifier: GPL-2.0-only */
/* What is in RPM packages and ISO images, read in order through libarchive. For input.c. */
#ifndef XS_CONTAINER_H
#define XS_CONTAINER_H

#include "package/input.h"

/* Where an input's bytes come from: a file, memory, or the entry of a container that is being read. */
struct input_bytes {
	int fd;		       /* -1 if not a file, or not open */
	int dir;	       /* with NAME: the folder of a file that is not open */
	const char *name;      /* NULL but for such a file */
	struct archive *entry; /* its data is still to be read, once: then it is in memory */
	uint8_t *memory;       /* owned if it was read from the entry */
	size_t len;
	uint64_t *budget; /* how many bytes may still be read from the container */
	bool *over;	  /* the container's: its budget was not enough */
	bool failed;	  /* the entry could not be read: to be told of it, and not of the container again */
};

/* All of an entry's data into memory. False: *WHY. */
bool input_bytes_load(struct input_bytes *bytes, const char **why);

enum container_kind { CONTAINER_NONE, CONTAINER_RPM, CONTAINER_DISK };

/* What a file is by its first bytes; CONTAINER_PEEK are enough. */
#define CONTAINER_PEEK (32768 + 6)
enum container_kind container_of(const uint8_t *bytes, size_t len);

/* What a name says: .rpm and .iso. */
enum container_kind container_by_name(const char *name);

/*
 * Tells EACH of the container of that kind in INPUT's bytes (a file or memory), and of all that is in it. INPUT is
 * the file as it would be told; its kind does not matter.
 */
void container_each(const struct input *input, enum container_kind kind, input_function *each, void *context);

#endif
