// SPDX-License-Identifier: GPL-2.0-only
// Fuzzes the reader of modules: from files and memory; gzip, xz and zstd, ELF headers, sections, notes and .modinfo.
#include "fuzz.h"

#include "base/budget.h"
#include "elf/module.h"
#include "file.h"

/* Less than the budget, so that a file can be over each of them. */
#define WHOLE_MAX (FUZZ_LIMIT / 2)

/* All of the bytes, decoded: what is in a compressed file and what is in memory are the same. */
static void read_whole_both(int fd, const uint8_t *data, size_t len)
{
	const char *why, *memory_why;
	size_t size, memory_size;
	uint8_t *bytes, *memory;

	budget_start(FUZZ_LIMIT);
	bytes = source_whole_fd(fd, len, WHOLE_MAX, true, &size, &why);
	budget_start(FUZZ_LIMIT);
	memory = source_whole_memory(data, len, WHOLE_MAX, true, &memory_size, &memory_why);
	if (!bytes != !memory || (bytes && (size != memory_size || memcmp(bytes, memory, size) != 0)))
		abort();
	free(bytes);
	free(memory);
}

static void read_module(struct module *module, int result)
{
	char kernel[65];

	if (result != 0 || module_is_broken(module))
		return;
	module_kernel(module, kernel, sizeof(kernel));
	for (const char *value = NULL; (value = module_info(module, "alias", value));)
		if (value + strlen(value) >= module->modinfo + module->modinfo_len)
			abort();
}

/* What is read of the sections of a module that is not compressed. */
static void read_sections(const struct module *module, int result, const uint8_t *data, size_t len)
{
	const uint8_t *section;
	size_t size;

	if (result != 0 || module_is_broken(module) || module->size != len || memcmp(data, ELFMAG, SELFMAG) != 0)
		return;
	if (module_content(module, data) == 0)
		abort();
	section = module_section(module, data, ".modinfo", &size);
	if (section && (section < data || size > len || section > data + len - size))
		abort();
}

static void fuzz_one(const uint8_t *data, size_t len)
{
	/* Read into again and again, as by a thread that judges many. */
	static struct module module;
	char path[32];
	int result, fd = file_make(data, len, path);

	/* Past what is kept of a beginning, so that the rest is decoded again where it is wanted: a budget for both. */
	budget_start(12 * MIB);
	result = module_read_memory(&module, data, len);
	read_module(&module, result);
	read_sections(&module, result, data, len);
	budget_start(12 * MIB);
	read_module(&module, module_read_fd(&module, fd, len));
	/* A file that is shorter than its size said. */
	if (ftruncate(fd, (off_t)(len / 2)) != 0)
		abort();
	module_read_fd(&module, fd, len);
	if (ftruncate(fd, 0) != 0 || pwrite(fd, data, len, 0) != (ssize_t)len)
		abort();
	read_whole_both(fd, data, len);
	close(fd);
}
