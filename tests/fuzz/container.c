// SPDX-License-Identifier: GPL-2.0-only
// Fuzzes packages and images, with all that is in them read as verify does.
#include "fuzz.h"

#include "file.h"
#include "mutate.h"
#include "package/container.h"

static void take(const struct input *input, void *context)
{
	struct module *module = context;
	const char *why;
	size_t len;

	if (input->kind == INPUT_MODULE)
		input_read_module(input, module);
	if (input->kind == INPUT_MODULE || input->kind == INPUT_FILE)
		free(input_whole(input, FUZZ_LIMIT, &len, &why));
	if (input->kind == INPUT_RPM)
		for (size_t i = 0; i < input->rpm->file_count; i++)
			if (!input->rpm->files[i].path)
				abort();
}

static void fuzz_one(const uint8_t *data, size_t len)
{
	static struct module module;
	enum container_kind kind = container_of(data, len);
	/* From a file or from memory, as packages on an image are. */
	bool from_file = kind == CONTAINER_DISK || len % 2;
	struct input_bytes bytes = {.fd = -1, .memory = (uint8_t *)(uintptr_t)data, .len = len};
	struct input input = {.path = "fuzz", .host_path = "fuzz", .name = "fuzz", .size = len, .bytes = &bytes};
	char path[32];

	if (kind == CONTAINER_NONE)
		return;
	if (from_file)
		bytes = (struct input_bytes){.fd = file_make(data, len, path)};
	container_each(&input, kind, take, &module);
	if (!from_file)
		return;
	/* A file that became shorter since its size was read. */
	if (ftruncate(bytes.fd, (off_t)(len / 2)) != 0 || lseek(bytes.fd, 0, SEEK_SET) != 0)
		abort();
	bytes = (struct input_bytes){.fd = bytes.fd};
	container_each(&input, kind, take, &module);
	close(bytes.fd);
}
