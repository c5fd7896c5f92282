// SPDX-License-Identifier: GPL-2.0-only
// What devices, users and other modules see of a module, as a list of facts that can be compared.
#include "xs-ddk/attributes.h"

#include <elf.h>
#include <fnmatch.h>
#include <inttypes.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/die.h"
#include "base/text.h"
#include "elf/symbols.h"

static const char *const kind_names[FACT_KINDS] = {
	[FACT_VERSION] = "version",	   [FACT_LICENCE] = "licence",	      [FACT_VERMAGIC] = "vermagic",
	[FACT_MACHINE] = "machine",	   [FACT_DEVICE] = "device",	      [FACT_ALIAS] = "alias",
	[FACT_PARAMETER] = "parameter",	   [FACT_FIRMWARE] = "firmware",      [FACT_DEPENDENCY] = "dependency",
	[FACT_IMPORT] = "imported symbol", [FACT_EXPORT] = "exported symbol",
};

const char *fact_kind_name(enum fact_kind kind)
{
	return kind_names[kind];
}

int fact_order(const struct fact *a, const struct fact *b)
{
	if (a->kind != b->kind)
		return a->kind < b->kind ? -1 : 1;
	return strcmp(a->key, b->key);
}

static int compare_facts(const void *a, const void *b)
{
	return fact_order(a, b);
}

/* Takes both strings over. */
static void add(struct facts *facts, enum fact_kind kind, char *key, char *value)
{
	if (facts->count == facts->room) {
		facts->room = facts->room ? 2 * facts->room : 64;
		facts->all = reallocarray(facts->all, facts->room, sizeof(*facts->all));
		if (!facts->all)
			die_memory();
	}
	facts->all[facts->count++] = (struct fact){kind, key, value};
}

static char *copy(const char *s)
{
	return text_format("%s", s);
}

static void add_one(struct facts *facts, enum fact_kind kind, const char *value)
{
	add(facts, kind, copy(""), copy(value ? value : ""));
}

/* Every bus writes "<bus>:<what it knows of the device>"; a file system, a protocol or a plain name has no colon. */
static void add_aliases(struct facts *facts, const struct module *module)
{
	for (const char *at = NULL; (at = module_info(module, "alias", at));)
		add(facts, strchr(at, ':') ? FACT_DEVICE : FACT_ALIAS, copy(at), copy(""));
}

static void add_firmware(struct facts *facts, const struct module *module)
{
	for (const char *at = NULL; (at = module_info(module, "firmware", at));)
		add(facts, FACT_FIRMWARE, copy(at), copy(""));
}

static void add_dependencies(struct facts *facts, const struct module *module)
{
	const char *at = module_info(module, "depends", NULL);

	for (; at && *at; at += strspn(at, ",")) {
		size_t len = strcspn(at, ",");

		add(facts, FACT_DEPENDENCY, text_format("%.*s", (int)len, at), copy(""));
		at += len;
	}
	for (at = NULL; (at = module_info(module, "softdep", at));)
		add(facts, FACT_DEPENDENCY, text_format("soft: %s", at), copy(""));
}

/* The value of "parm=NAME:..." for the parameter of LEN bytes at NAME; "" when there is none. */
static const char *description_of(const struct module *module, const char *name, size_t len)
{
	for (const char *at = NULL; (at = module_info(module, "parm", at));)
		if (strncmp(at, name, len) == 0 && at[len] == ':')
			return at + len + 1;
	return "";
}

/* A parameter without a type has been described and does not exist. */
static void add_parameters(struct facts *facts, const struct module *module)
{
	for (const char *at = NULL; (at = module_info(module, "parmtype", at));) {
		size_t len = strcspn(at, ":");
		const char *description = description_of(module, at, len);

		add(facts, FACT_PARAMETER, text_format("%.*s", (int)len, at),
		    text_format("%s%s%s", at[len] ? at + len + 1 : "", *description ? ", " : "", description));
	}
}

static char *crc_text(const struct symbol *symbol)
{
	if (!symbol->has_crc)
		return copy(symbol->gpl ? "GPL only" : "");
	return text_format("0x%08" PRIx32 "%s", symbol->crc, symbol->gpl ? ", GPL only" : "");
}

static void add_symbols(struct facts *facts, const void *bytes, size_t len)
{
	struct symbols symbols = {0};

	if (symbols_read(&symbols, bytes, len)) {
		for (size_t i = 0; i < symbols.import_count; i++)
			add(facts, FACT_IMPORT, copy(symbols.imports[i].name), crc_text(&symbols.imports[i]));
		for (size_t i = 0; i < symbols.export_count; i++)
			add(facts, FACT_EXPORT, copy(symbols.exports[i].name), crc_text(&symbols.exports[i]));
	}
	symbols_free(&symbols);
}

static void add_machine(struct facts *facts, const uint8_t *header)
{
	static const struct {
		unsigned int machine;
		const char *name;
	} known[] = {
		{EM_X86_64, "x86-64"}, {EM_386, "i386"},    {EM_AARCH64, "arm64"}, {EM_ARM, "arm"},
		{EM_S390, "s390"},     {EM_PPC64, "ppc64"}, {EM_PPC, "powerpc"},   {EM_RISCV, "riscv"},
	};
	bool big = header[EI_DATA] == ELFDATA2MSB;
	/* e_machine: in both classes the second half-word after e_ident. */
	const uint8_t *at = header + EI_NIDENT + 2;
	unsigned int machine = big ? at[0] * 256u + at[1] : at[1] * 256u + at[0];
	const char *name = NULL;

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (known[i].machine == machine)
			name = known[i].name;
	add(facts, FACT_MACHINE, copy(""),
	    text_format("%s, %s bits, %s-endian", name ? name : "unknown", header[EI_CLASS] == ELFCLASS64 ? "64" : "32",
			big ? "big" : "little"));
}

/* What stands there twice, an alias for two of a module's tables say, is one fact. */
static void sort_and_unite(struct facts *facts)
{
	size_t kept = 0;

	qsort(facts->all, facts->count, sizeof(*facts->all), compare_facts);
	for (size_t i = 0; i < facts->count; i++) {
		if (kept && fact_order(&facts->all[kept - 1], &facts->all[i]) == 0) {
			free(facts->all[i].key);
			free(facts->all[i].value);
			continue;
		}
		facts->all[kept++] = facts->all[i];
	}
	facts->count = kept;
}

void facts_read(struct facts *facts, const struct module *module, const void *bytes, size_t len)
{
	add_one(facts, FACT_VERSION, module->note.records ? module->note.version : NULL);
	add_one(facts, FACT_LICENCE, module_info(module, "license", NULL));
	add_one(facts, FACT_VERMAGIC, module_info(module, "vermagic", NULL));
	add_machine(facts, bytes);
	add_aliases(facts, module);
	add_parameters(facts, module);
	add_firmware(facts, module);
	add_dependencies(facts, module);
	add_symbols(facts, bytes, len);
	sort_and_unite(facts);
}

void facts_free(struct facts *facts)
{
	for (size_t i = 0; i < facts->count; i++) {
		free(facts->all[i].key);
		free(facts->all[i].value);
	}
	free(facts->all);
	*facts = (struct facts){0};
}

bool facts_cover_device(const struct facts *facts, const char *wanted)
{
	/* A '*' in what is wanted is matched by one in the pattern, as any other character is. */
	for (size_t i = 0; i < facts->count; i++)
		if (facts->all[i].kind == FACT_DEVICE &&
		    (strcmp(facts->all[i].key, wanted) == 0 || fnmatch(facts->all[i].key, wanted, 0) == 0))
			return true;
	return false;
}
