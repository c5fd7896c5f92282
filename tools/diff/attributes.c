// SPDX-License-Identifier: GPL-2.0-only
// The attributes of a module that devices, users and other modules depend on, as a list to compare.
#include "diff/attributes.h"

#include <elf.h>
#include <inttypes.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/die.h"
#include "base/text.h"
#include "elf/signature.h"
#include "elf/symbols.h"

static const char *const kind_names[ATTRIBUTE_KINDS] = {
	[ATTRIBUTE_VERSION] = "version",
	[ATTRIBUTE_LICENSE] = "license",
	[ATTRIBUTE_VERMAGIC] = "vermagic",
	[ATTRIBUTE_MACHINE] = "machine",
	[ATTRIBUTE_SIGNATURE] = "signature",
	[ATTRIBUTE_DEVICE] = "device",
	[ATTRIBUTE_ALIAS] = "alias",
	[ATTRIBUTE_PARAMETER] = "parameter",
	[ATTRIBUTE_FIRMWARE] = "firmware",
	[ATTRIBUTE_DEPENDENCY] = "dependency",
	[ATTRIBUTE_IMPORT] = "imported symbol",
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

static int compare_attributes(const void *a, const void *b)
{
	return attribute_order(a, b);
}

/* Takes over KEY and VALUE. */
static void add(struct attributes *attributes, enum attribute_kind kind, char *key, char *value)
{
	attributes->all = array_grown(attributes->all, attributes->count, sizeof(*attributes->all));
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

/*
 * A device alias is "<bus>:<properties of the device>". Aliases of file systems and protocols, and plain names, have no
 * colon.
 */
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

/* A value "NAME:TEXT" of .modinfo. AT keeps values of the same name in file order. */
struct described {
	const char *text;
	size_t name_len, at;
};

static int compare_names(const struct described *x, const struct described *y)
{
	size_t len = x->name_len < y->name_len ? x->name_len : y->name_len;
	int order = memcmp(x->text, y->text, len);

	return order ? order : (x->name_len > y->name_len) - (x->name_len < y->name_len);
}

static int compare_described(const void *a, const void *b)
{
	const struct described *x = a, *y = b;
	int order = compare_names(x, y);

	return order ? order : (x->at > y->at) - (x->at < y->at);
}

/* All values of KEY, sorted by name, in memory to free. */
static struct described *read_described(const struct module *module, const char *key, size_t *count)
{
	struct described *all;

	*count = 0;
	for (const char *at = NULL; (at = module_info(module, key, at));)
		++*count;
	all = need_memory(*count + 1, sizeof(*all));
	*count = 0;
	for (const char *at = NULL; (at = module_info(module, key, at)); ++*count)
		all[*count] = (struct described){at, strcspn(at, ":"), *count};
	qsort(all, *count, sizeof(*all), compare_described);
	return all;
}

/* A parameter with a description and no type does not exist, so only types count. */
static void add_parameters(struct attributes *attributes, const struct module *module)
{
	size_t type_count, text_count, j = 0;
	struct described *types = read_described(module, "parmtype", &type_count);
	struct described *texts = read_described(module, "parm", &text_count);

	for (size_t i = 0; i < type_count; i++) {
		const char *type = types[i].text + types[i].name_len, *text = "";

		while (j < text_count && compare_names(&texts[j], &types[i]) < 0)
			j++;
		if (j < text_count && compare_names(&texts[j], &types[i]) == 0)
			text = texts[j].text + texts[j].name_len;
		add(attributes, ATTRIBUTE_PARAMETER, text_format("%.*s", (int)types[i].name_len, types[i].text),
		    text_format("%s%s%s", *type ? type + 1 : "", *text ? ", " : "", *text ? text + 1 : ""));
	}
	free(texts);
	free(types);
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
	/* e_machine is the second half-word after e_ident, in both classes. */
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

static void add_signature(struct attributes *attributes, const struct module *module, const uint8_t *bytes, size_t len)
{
	struct signature signature;
	struct signer signer = {0};
	const char *text = "";

	module_signature(module, &signature);
	if (signature.state == SIGNATURE_FOUND) {
		if (len == module->size)
			signature_signer(bytes + signature.offset, signature.len, &signer);
		text = *signer.name ? signer.name : "by an unknown signer";
	} else if (signature.state != SIGNATURE_NONE) {
		text = "damaged";
	}
	add_one(attributes, ATTRIBUTE_SIGNATURE, text);
}

/* Sorts, and removes duplicates: a module may have the same alias in two of its tables. */
static void sort_and_unite(struct attributes *attributes)
{
	size_t kept = 0;

	qsort(attributes->all, attributes->count, sizeof(*attributes->all), compare_attributes);
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
	add_signature(attributes, module, bytes, len);
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
