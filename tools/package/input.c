// SPDX-License-Identifier: GPL-2.0-only
// Reads the bytes of one input: from a file, from memory, or from the entry of a container.
#include "package/input.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/array.h"
#include "base/budget.h"
#include "package/archive.h"

#define BLOCK (64u << 10)
/* O_NONBLOCK: a FIFO may take the place of the file just before it is opened. */
#define OPEN_FLAGS (O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY)

ssize_t input_bytes_read(struct input_bytes *bytes, uint8_t *to, size_t room, const char **why)
{
	ssize_t n = archive_take(bytes->entry, to, room);

	if (n >= 0)
		return n;
	bytes->failed = true;
	bytes->over = bytes->entry->over;
	*why = bytes->over ? bytes->over : "its data in the container is damaged or cut short";
	return -1;
}

/* The budget is asked after each piece of this size in bytes. */
#define PIECE (1u << 20)

bool input_bytes_load(struct input_bytes *bytes, const char **why)
{
	size_t room = 0, want;
	ssize_t n;

	if (!bytes->entry)
		return true;
	do {
		if (bytes->len == room)
			bytes->memory = bytes_grown(bytes->memory, &room, room ? room + 1 : BLOCK);
		want = room - bytes->len < PIECE ? room - bytes->len : PIECE;
		n = input_bytes_read(bytes, bytes->memory + bytes->len, want, why);
		if (n > 0 && !budget_keep((uint64_t)n)) {
			bytes->failed = true;
			*why = bytes->over = BUDGET_KEEP_OVER;
			n = -1;
		}
		if (n > 0)
			bytes->len += (size_t)n;
	} while (n > 0);
	bytes->entry = n < 0 ? bytes->entry : NULL;
	if (n < 0)
		input_bytes_free(bytes);
	return n == 0;
}

void input_bytes_free(struct input_bytes *bytes)
{
	budget_release(bytes->len);
	free(bytes->memory);
	bytes->memory = NULL;
	bytes->len = 0;
}

int input_read_module(const struct input *input, struct module *module)
{
	struct input_bytes *bytes = input->bytes;

	if (!input_bytes_load(bytes, &module->damage)) {
		errno = EIO;
		return -1;
	}
	bytes->counted = true;
	return bytes->fd >= 0 ? module_read_fd(module, bytes->fd, input->size)
			      : module_read_memory(module, bytes->memory, bytes->len);
}

const uint8_t *input_memory(const struct input *input, size_t *len)
{
	*len = input->bytes->len;
	return input->bytes->memory;
}

enum input_trouble input_failure(const struct input *input)
{
	const struct input_bytes *bytes = input->bytes;

	if (!bytes || !bytes->failed)
		return TROUBLE_UNREADABLE;
	return bytes->over ? TROUBLE_LIMIT : TROUBLE_DAMAGED;
}

int input_open(int dir, const char *name, uint64_t *size, const char **why)
{
	struct stat st;
	int fd;

	if (fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) != 0) {
		*why = strerror(errno);
		return -1;
	}
	fd = S_ISREG(st.st_mode) ? openat(dir, name, OPEN_FLAGS | O_NOFOLLOW) : -1;
	/* Check again: another file may have taken the name since fstatat(). */
	if (S_ISREG(st.st_mode) && (fd < 0 || fstat(fd, &st) != 0)) {
		*why = strerror(errno);
	} else if (!S_ISREG(st.st_mode)) {
		*why = "it is not a regular file";
	} else {
		*size = (uint64_t)st.st_size;
		return fd;
	}
	if (fd >= 0)
		close(fd);
	return -1;
}

/* Remembers for input_failure() that reading failed because of the budget. */
static uint8_t *fails_if_over(struct input_bytes *bytes, uint8_t *whole, const char *why)
{
	static const char *const refusals[] = {BUDGET_STREAM_OVER, BUDGET_RUN_OVER, BUDGET_KEEP_OVER};

	for (size_t i = 0; !whole && i < sizeof(refusals) / sizeof(refusals[0]); i++)
		if (strcmp(why, refusals[i]) == 0)
			bytes->over = why;
	bytes->failed |= bytes->over != NULL;
	return whole;
}

uint8_t *input_whole(const struct input *input, uint64_t max, size_t *len, const char **why)
{
	struct input_bytes *bytes = input->bytes;
	bool decode = input->kind == INPUT_MODULE;
	uint64_t size = input->size;
	uint8_t *whole;
	int fd = bytes->fd;

	if (fd < 0 && !bytes->name) {
		if (!input_bytes_load(bytes, why))
			return NULL;
		whole = source_whole_memory(bytes->memory ? bytes->memory : (void *)"", bytes->len, max, decode, len,
					    why);
		return fails_if_over(bytes, whole, *why);
	}
	if (fd < 0)
		fd = input_open(bytes->dir, bytes->name, &size, why);
	if (fd < 0)
		return NULL;
	if (!bytes->counted)
		budget_input(size);
	bytes->counted = true;
	whole = source_whole_fd(fd, size, max, decode, len, why);
	if (fd != bytes->fd)
		close(fd);
	return fails_if_over(bytes, whole, *why);
}
