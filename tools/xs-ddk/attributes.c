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

static const char *const kind_names[ATTRIBUTE_KINDS] = {
	[ATTRIBUTE_VERSION] = "version",	[ATTRIBUTE_LICENSE] = "license",
	[ATTRIBUTE_VERMAGIC] = "vermagic",	[ATTRIBUTE_MACHINE] = "machine",
	[ATTRIBUTE_DEVICE] = "device",		[ATTRIBUTE_ALIAS] = "alias",
	[ATTRIBUTE_PARAMETER] = "parameter",	[ATTRIBUTE_FIRMWARE] = "firmware",
	[ATTRIBUTE_DEPENDENCY] = "dependency",	[ATTRIBUTE_IMPORT] = "imported symbol",
	[ATTRIBUTE_EXPORT] = "exported symbol",
};

const char *attribute_kind_name(enum attribute_kind kind)
{
	return kind_names[kind];
}

int attribute_order(const struct attribute *a, const struct attribute *b)
{
	if (a->kind != b->kind)
		return a->kind < b->kind ? -1 : 1;
	return strcmp(a->key, b->key);
}

static int compare_facts(const void *a, const void *b)
{
	return attribute_order(a, b);
}

/* Takes both strings over. */
static void add(struct attributes *attributes, enum attribute_kind kind, char *key, char *value)
{
	if (attributes->count == attributes->room) {
		attributes->room = attributes->room ? 2 * attributes->room : 64;
		attributes->all = reallocarray(attributes->all, attributes->room, sizeof(*attributes->all));
		if (!attributes->all)
			die_memory();
	}
	attributes->all[attributes->count++] = (struct attribute){kind, key, value};
}

static char *copy(const char *s)
{
	return text_format("%s", s);
}

static void add_one(struct attributes *attributes, enum attribute_kind kind, const char *value)
{
	add(attributes, kind, copy(""), copy(value ? value : ""));
}

/* Every bus writes "<bus>:<what it knows of the device>"; a file system, a protocol or a plain name has no colon. */
static void add_aliases(struct attributes *attributes, const struct module *module)
{
	for (const char *at = NULL; (at = module_info(module, "alias", at));)
		add(attributes, strchr(at, ':') ? ATTRIBUTE_DEVICE : ATTRIBUTE_ALIAS, copy(at), copy(""));
}

static void add_firmware(struct attributes *attributes, const struct module *module)
{
	for (const char *at = NULL; (at = module_info(module, "firmware", at));)
		add(attributes, ATTRIBUTE_FIRMWARE, copy(at), copy(""));
}

static void add_dependencies(struct attributes *attributes, const struct module *module)
{
	const char *at = module_info(module, "depends", NULL);

	for (; at && *at; at += strspn(at, ",")) {
		size_t len = strcspn(at, ",");

		add(attributes, ATTRIBUTE_DEPENDENCY, text_format("%.*s", (int)len, at), copy(""));
		at += len;
	}
	for (at = NULL; (at = module_info(module, "softdep", at));)
		add(attributes, ATTRIBUTE_DEPENDENCY, text_format("soft: %s", at), copy(""));
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
static void add_parameters(struct attributes *attributes, const struct module *module)
{
	for (const char *at = NULL; (at = module_info(module, "parmtype", at));) {
		size_t len = strcspn(at, ":");
		const char *description = description_of(module, at, len);

		add(attributes, ATTRIBUTE_PARAMETER, text_format("%.*s", (int)len, at),
		    text_format("%s%s%s", at[len] ? at + len + 1 : "", *description ? ", " : "", description));
	}
}

static char *crc_text(const struct symbol *symbol)
{
	if (!symbol->has_crc)
		return copy(symbol->gpl ? "GPL only" : "");
	return text_format("0x%08" PRIx32 "%s", symbol->crc, symbol->gpl ? ", GPL only" : "");
}

static void add_symbols(struct attributes *attributes, const void *bytes, size_t len)
{
	struct symbols symbols = {0};

	if (symbols_read(&symbols, bytes, len)) {
		for (size_t i = 0; i < symbols.import_count; i++)
			add(attributes, ATTRIBUTE_IMPORT, copy(symbols.imports[i].name), crc_text(&symbols.imports[i]));
		for (size_t i = 0; i < symbols.export_count; i++)
			add(attributes, ATTRIBUTE_EXPORT, copy(symbols.exports[i].name), crc_text(&symbols.exports[i]));
	}
	symbols_free(&symbols);
}

static void add_machine(struct attributes *attributes, const uint8_t *header)
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
	add(attributes, ATTRIBUTE_MACHINE, copy(""),
	    text_format("%s, %s bits, %s-endian", name ? name : "unknown", header[EI_CLASS] == ELFCLASS64 ? "64" : "32",
			big ? "big" : "little"));
}

/* What stands there twice, an alias for two of a module's tables say, is one fact. */
static void sort_and_unite(struct attributes *attributes)
{
	size_t kept = 0;

	qsort(attributes->all, attributes->count, sizeof(*attributes->all), compare_facts);
	for (size_t i = 0; i < attributes->count; i++) {
		if (kept && attribute_order(&attributes->all[kept - 1], &attributes->all[i]) == 0) {
			free(attributes->all[i].key);
			free(attributes->all[i].value);
			continue;
		}
		attributes->all[kept++] = attributes->all[i];
	}
	attributes->count = kept;
}

void attributes_read(struct attributes *attributes, const struct module *module, const void *bytes, size_t len)
{
	add_one(attributes, ATTRIBUTE_VERSION, module->note.records ? module->note.version : NULL);
	add_one(attributes, ATTRIBUTE_LICENSE, module_info(module, "license", NULL));
	add_one(attributes, ATTRIBUTE_VERMAGIC, module_info(module, "vermagic", NULL));
	add_machine(attributes, bytes);
	add_aliases(attributes, module);
	add_parameters(attributes, module);
	add_firmware(attributes, module);
	add_dependencies(attributes, module);
	add_symbols(attributes, bytes, len);
	sort_and_unite(attributes);
}

void attributes_free(struct attributes *attributes)
{
	for (size_t i = 0; i < attributes->count; i++) {
		free(attributes->all[i].key);
		free(attributes->all[i].value);
	}
	free(attributes->all);
	*attributes = (struct attributes){0};
}

bool attributes_cover_device(const struct attributes *attributes, const char *wanted)
{
	/* A '*' in what is wanted is matched by one in the pattern, as any other character is. */
	for (size_t i = 0; i < attributes->count; i++)
		if (attributes->all[i].kind == ATTRIBUTE_DEVICE &&
		    (strcmp(attributes->all[i].key, wanted) == 0 || fnmatch(attributes->all[i].key, wanted, 0) == 0))
			return true;
	return false;
}
