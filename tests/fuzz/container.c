// SPDX-License-Identifier: GPL-2.0-only
// Fuzzes packages and images, with all that is in them read as verify does.
#include <stdlib.h>

#include "package/container.h"

#define LIMIT (1u << 20)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void take(const struct input *input, void *context)
{
	struct module *module = context;
	const char *why;
	size_t len;

	if (input->kind == INPUT_MODULE)
		input_read_module(input, module);
	if (input->kind == INPUT_MODULE || input->kind == INPUT_FILE)
		free(input_whole(input, LIMIT, &len, &why));
	if (input->kind == INPUT_RPM)
		for (size_t i = 0; i < input->rpm->file_count; i++)
			if (!input->rpm->files[i].path)
				abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static struct module module;
	struct input_bytes bytes = {.fd = -1, .memory = (uint8_t *)(uintptr_t)data, .len = len};
	struct input input = {
		.path = "fuzz", .host_path = "fuzz", .name = "fuzz", .size = len, .limit = LIMIT, .bytes = &bytes};
	enum container_kind kind = container_of(data, len);

	if (kind != CONTAINER_NONE)
		container_each(&input, kind, take, &module);
	return 0;
}
