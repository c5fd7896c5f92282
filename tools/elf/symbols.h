/* SPDX-License-Identifier: GPL-2.0-only */
/* The symbols a module imports and exports, with the CRCs of their types. */
#ifndef XS_ELF_SYMBOLS_H
#define XS_ELF_SYMBOLS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct symbol {
	const char *name; /* in the module's bytes */
	uint32_t crc;
	bool has_crc;
	bool gpl; /* of an export: for modules under the GPL only */
};

struct symbols {
	struct symbol *imports; /* by name, in byte order; weak ones, which may stay unresolved, are left out */
	size_t import_count;
	struct symbol *exports;
	size_t export_count;
	void *elf;     /* libelf's handle of the module's bytes */
	bool versions; /* the module has CRCs for what it imports: CONFIG_MODVERSIONS */
};

/*
 * Reads them from the SIZE bytes of a module, which must outlive SYMBOLS. False if the symbol table or the table of
 * CRCs is not what it should be; symbols_free() is for both.
 */
bool symbols_read(struct symbols *symbols, const void *bytes, size_t size);
void symbols_free(struct symbols *symbols);

#endif
