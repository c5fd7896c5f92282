/* SPDX-License-Identifier: GPL-2.0-only */
/* Reads the symbols that a module imports and exports, with the CRCs of their types. */
#ifndef XS_ELF_SYMBOLS_H
#define XS_ELF_SYMBOLS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct symbol {
	const char *name; /* points into the bytes of the module, or into memory of libelf */
	uint32_t crc;
	bool has_crc;
	bool gpl; /* for an export: only modules under the GPL may import it */
};

struct symbols {
	struct symbol *imports; /* sorted by name in byte order; without weak symbols, which need no export */
	size_t import_count;
	struct symbol *exports; /* sorted by name in byte order */
	size_t export_count;
	struct symbol layout; /* module_layout, if has_crc: no import, but the kernel compares its CRC */
	void *elf;	      /* private: the libelf handle, which holds memory of the names */
	bool versions;	      /* the module has CRCs of its imports: CONFIG_MODVERSIONS */
};

/*
 * Reads the symbols of a module of SIZE bytes. BYTES must stay valid until symbols_free(). Returns false if the module
 * has no symbol table, or if this table or a table of CRCs is damaged. Call symbols_free() in both cases.
 */
bool symbols_read(struct symbols *symbols, const void *bytes, size_t size);
void symbols_free(struct symbols *symbols);

#endif
