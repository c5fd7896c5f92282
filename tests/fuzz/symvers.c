// SPDX-License-Identifier: GPL-2.0-only
// Fuzzes the reader of Module.symvers, and of the utsrelease.h beside it.
#include "fuzz.h"

#include "elf/symvers.h"
#include "tree.h"

/* A tree with Module.symvers and perhaps include/generated/utsrelease.h. */
static void fuzz_one(const uint8_t *data, size_t len)
{
	static const char *const unames[] = {"6.1.0-0-test", "6.1.0-1-test"};
	struct symvers *symvers = NULL;
	const struct symver *symbol;
	char path[128];

	tree_make(data, len);
	snprintf(path, sizeof(path), "%s/Module.symvers", tree_path);
	/* Twice, as a second table. */
	if (symvers_read(&symvers, path) && symvers_read(&symvers, path)) {
		for (size_t i = 0; i < 2; i++) {
			symvers_has_crcs(symvers, unames[i]);
			symbol = symvers_covers(symvers, unames[i]) ? symvers_find(symvers, unames[i], "printk") : NULL;
			if (symbol && strlen(symbol->name) + strlen(symbol->module) + strlen(symbol->space) > len)
				abort();
		}
	}
	symvers_free(symvers);
	tree_end();
}
