// SPDX-License-Identifier: GPL-2.0-only
// Fuzzes the reader of modules: gzip, xz and zstd, ELF headers, sections, notes and .modinfo.
#include <string.h>

#include "elf/module.h"

#define LIMIT (1u << 20)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	/* Read into again and again, as by a thread that judges many. */
	static struct module module;
	char kernel[65];

	module.decode_limit = LIMIT;
	if (module_read_memory(&module, data, len) != 0 || module_is_broken(&module))
		return 0;
	module_kernel(&module, kernel, sizeof(kernel));
	for (const char *value = NULL; (value = module_info(&module, "alias", value));)
		if (value + strlen(value) >= module.modinfo + module.modinfo_len)
			__builtin_trap();
	return 0;
}
