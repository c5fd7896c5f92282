// SPDX-License-Identifier: GPL-2.0-only
// Fuzzes the reader of imported and exported symbols, and that of signatures.
#include <libelf.h>
#include "fuzz.h"

#include "elf/signature.h"
#include "elf/symbols.h"

/* Whoever reads a name finds its end. */
static size_t lengths(const struct symbols *symbols)
{
	size_t sum = 0;

	for (size_t i = 0; i < symbols->import_count; i++)
		sum += strlen(symbols->imports[i].name);
	for (size_t i = 0; i < symbols->export_count; i++)
		sum += strlen(symbols->exports[i].name);
	return sum;
}

static void fuzz_one(const uint8_t *data, size_t len)
{
	struct symbols symbols;
	struct signer signer;
	volatile size_t sum = 0;

	elf_version(EV_CURRENT);
	/* Whatever does not begin like an ELF file is never asked for symbols. */
	if (len > SELFMAG && memcmp(data, ELFMAG, SELFMAG) == 0) {
		symbols_read(&symbols, data, len);
		sum = lengths(&symbols);
		symbols_free(&symbols);
	}
	signature_signer(data, len, &signer);
	(void)sum;
}
