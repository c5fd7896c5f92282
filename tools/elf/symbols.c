// SPDX-License-Identifier: GPL-2.0-only
// Reads the symbols that a module imports and exports, with the CRCs of their types.
#include "elf/symbols.h"

#include <gelf.h>
#include <libelf.h>
#include <stdlib.h>
#include <string.h>

#include "base/die.h"

/* Linux's struct modversion_info has 64 bytes: an unsigned long of the machine for the CRC, and the name. */
#define VERSION_ENTRY 64
/* Its CRC is that of the kernel's struct module and others. No module imports it, but each has its CRC. */
#define LAYOUT "module_layout"

/* The sections that are read; NULL if the module does not have the section. */
struct tables {
	Elf *elf;
	GElf_Half machine;  /* e_machine */
	size_t crc_width;   /* the bytes of an unsigned long: 4 or 8 */
	size_t names;	    /* the index of the section with the section names */
	Elf_Scn *symbols;   /* .symtab */
	Elf_Scn *versions;  /* __versions */
	Elf_Scn *ext_crcs;  /* __version_ext_crcs, since Linux 6.14: CRCs of 32 bits */
	Elf_Scn *ext_names; /* __version_ext_names: one string for each of these CRCs */
};

static const char *section_name(const struct tables *tables, size_t index)
{
	Elf_Scn *scn = elf_getscn(tables->elf, index);
	GElf_Shdr shdr;
	const char *name =
		scn && gelf_getshdr(scn, &shdr) ? elf_strptr(tables->elf, tables->names, shdr.sh_name) : NULL;

	return name ? name : "";
}

static bool find_tables(struct tables *tables)
{
	Elf_Scn *scn = NULL;

	if (elf_getshdrstrndx(tables->elf, &tables->names) != 0)
		return false;
	while ((scn = elf_nextscn(tables->elf, scn))) {
		const char *name = section_name(tables, elf_ndxscn(scn));
		GElf_Shdr shdr;

		if (!gelf_getshdr(scn, &shdr) || shdr.sh_type == SHT_NOBITS)
			continue;
		if (shdr.sh_type == SHT_SYMTAB)
			tables->symbols = scn;
		else if (strcmp(name, "__versions") == 0)
			tables->versions = scn;
		else if (strcmp(name, "__version_ext_crcs") == 0)
			tables->ext_crcs = scn;
		else if (strcmp(name, "__version_ext_names") == 0)
			tables->ext_names = scn;
	}
	return true;
}

static const Elf_Data *bytes_of(Elf_Scn *scn)
{
	const Elf_Data *data = scn ? elf_rawdata(scn, NULL) : NULL;

	return data && data->d_buf ? data : NULL;
}

static uint32_t word_at(const struct tables *tables, const char *at)
{
	const unsigned char *b = (const unsigned char *)at;

	if (elf_getident(tables->elf, NULL)[EI_DATA] == ELFDATA2LSB)
		return (uint32_t)b[3] << 24 | (uint32_t)b[2] << 16 | (uint32_t)b[1] << 8 | b[0];
	return (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | b[3];
}

/* The CRC has 32 bits. On a big-endian machine these are the last four bytes of an unsigned long. */
static uint32_t version_crc(const struct tables *tables, const char *entry)
{
	bool little = elf_getident(tables->elf, NULL)[EI_DATA] == ELFDATA2LSB;

	return word_at(tables, little ? entry : entry + tables->crc_width - 4);
}

static int compare_symbols(const void *a, const void *b)
{
	return strcmp(((const struct symbol *)a)->name, ((const struct symbol *)b)->name);
}

static struct symbol *find(struct symbol *symbols, size_t count, const char *name)
{
	struct symbol key = {.name = name};

	return count ? bsearch(&key, symbols, count, sizeof(key), compare_symbols) : NULL;
}

static void take_import_crc(struct symbols *symbols, const char *name, uint32_t crc)
{
	struct symbol *import = find(symbols->imports, symbols->import_count, name);

	symbols->versions = true;
	if (strcmp(name, LAYOUT) == 0)
		symbols->layout = (struct symbol){.name = LAYOUT, .crc = crc, .has_crc = true};
	if (!import)
		return;
	import->crc = crc;
	import->has_crc = true;
}

/*
 * Returns the name that the kernel exports the symbol NAME under. On 64-bit PowerPC with the first ABI, ".name" is the
 * code of the function "name". The kernel's scripts/mod/modpost.c and loader skip this dot, too.
 */
static const char *kernel_name(const struct tables *tables, const char *name)
{
	return tables->machine == EM_PPC64 && *name == '.' ? name + 1 : name;
}

static bool read_versions(struct symbols *symbols, const struct tables *tables)
{
	const Elf_Data *data = bytes_of(tables->versions);

	if (data && data->d_size % VERSION_ENTRY)
		return false;
	for (size_t at = 0; data && at < data->d_size; at += VERSION_ENTRY) {
		const char *entry = (const char *)data->d_buf + at, *name = entry + tables->crc_width;

		if (!memchr(name, '\0', VERSION_ENTRY - tables->crc_width))
			return false;
		take_import_crc(symbols, kernel_name(tables, name), version_crc(tables, entry));
	}
	return true;
}

static bool read_extended_versions(struct symbols *symbols, const struct tables *tables)
{
	const Elf_Data *crcs = bytes_of(tables->ext_crcs), *names = bytes_of(tables->ext_names);
	const char *name = names ? names->d_buf : NULL, *end = names ? name + names->d_size : NULL;

	for (size_t at = 0; crcs && at + 4 <= crcs->d_size; at += 4) {
		if (name == end || !memchr(name, '\0', (size_t)(end - name)))
			return false;
		take_import_crc(symbols, kernel_name(tables, name), word_at(tables, (const char *)crcs->d_buf + at));
		name += strlen(name) + 1;
	}
	return true;
}

/* Appends to an array that has enough room for all symbols of the table. */
static void append(struct symbol *array, size_t *count, const char *name, bool gpl)
{
	array[(*count)++] = (struct symbol){.name = name, .gpl = gpl};
}

/* Whether the kernel's loader itself gives the symbol its value: see ignore_undef_symbol() in modpost.c. */
static bool is_from_loader(const struct tables *tables, const GElf_Sym *sym, const char *name)
{
	bool sparc = tables->machine == EM_SPARC || tables->machine == EM_SPARCV9;

	return strcmp(name, "_GLOBAL_OFFSET_TABLE_") == 0 ||
	       (tables->machine == EM_PPC64 && strcmp(name, ".TOC.") == 0) ||
	       (sparc && GELF_ST_TYPE(sym->st_info) == STT_SPARC_REGISTER);
}

static bool is_import(const struct tables *tables, const GElf_Sym *sym, const char *name)
{
	return sym->st_shndx == SHN_UNDEF && GELF_ST_BIND(sym->st_info) == STB_GLOBAL && *name &&
	       !is_from_loader(tables, sym, name);
}

/* Receives one symbol of the table. */
typedef void symbol_function(struct symbols *symbols, const struct tables *tables, const GElf_Sym *sym,
			     const char *name);

/* Returns the name at OFFSET of a string table, or NULL if the name is not within the table. */
static const char *name_at(const Elf_Data *names, size_t offset)
{
	const char *name = offset < names->d_size ? (const char *)names->d_buf + offset : NULL;

	return name && memchr(name, '\0', names->d_size - offset) ? name : NULL;
}

/*
 * Limits for the length of all names together, as a multiple of the string table's length. Without them, many symbols
 * of a hostile module could use the same long name. The names of imports and exports are all different, and a linker
 * lets two names share bytes only if one is the end of the other. So twice the length of the table is enough. Names of
 * static symbols may be equal, so ALL_FACTOR is larger. elf_strptr() is not used, because each call of it searches for
 * the end of the table.
 */
#define KEPT_FACTOR 2
#define ALL_FACTOR  64

/* Calls CALL for each symbol of the table. Returns false if the table is damaged. */
static bool each_symbol(struct symbols *symbols, const struct tables *tables, symbol_function *call)
{
	Elf_Data *data = tables->symbols ? elf_getdata(tables->symbols, NULL) : NULL;
	size_t all = 0, kept = 0;
	const Elf_Data *names;
	GElf_Shdr shdr;
	GElf_Sym sym;

	names = data && gelf_getshdr(tables->symbols, &shdr) ? bytes_of(elf_getscn(tables->elf, shdr.sh_link)) : NULL;
	if (!names)
		return false;
	for (int i = 1; gelf_getsym(data, i, &sym); i++) {
		const char *name = name_at(names, sym.st_name);
		size_t before = symbols->import_count + symbols->export_count;

		if (!name)
			return false;
		call(symbols, tables, &sym, name);
		all += strlen(name);
		if (symbols->import_count + symbols->export_count > before)
			kept += strlen(name);
		if (all > ALL_FACTOR * names->d_size || kept > KEPT_FACTOR * names->d_size)
			return false;
	}
	return true;
}

static const char *after_prefix(const char *s, const char *prefix)
{
	size_t len = strlen(prefix);

	return strncmp(s, prefix, len) == 0 ? s + len : NULL;
}

static void take_symbol(struct symbols *symbols, const struct tables *tables, const GElf_Sym *sym, const char *name)
{
	const char *exported = after_prefix(name, "__ksymtab_");

	if (is_import(tables, sym, name))
		append(symbols->imports, &symbols->import_count, kernel_name(tables, name), false);
	else if (exported && sym->st_shndx != SHN_UNDEF && sym->st_shndx < SHN_LORESERVE)
		append(symbols->exports, &symbols->export_count, exported,
		       after_prefix(section_name(tables, sym->st_shndx), "__ksymtab_gpl") != NULL);
}

/* The CRC of an export is the value of an absolute symbol, or, since Linux 5.19, four bytes in __kcrctab. */
static void take_export_crc(struct symbols *symbols, const struct tables *tables, const GElf_Sym *sym, const char *name)
{
	const char *exported = after_prefix(name, "__crc_");
	struct symbol *export = exported ? find(symbols->exports, symbols->export_count, exported) : NULL;
	const Elf_Data *data;

	if (!export || sym->st_shndx == SHN_UNDEF)
		return;
	if (sym->st_shndx == SHN_ABS) {
		export->crc = (uint32_t)sym->st_value;
		export->has_crc = true;
		return;
	}
	data = bytes_of(elf_getscn(tables->elf, sym->st_shndx));
	if (!data || data->d_size < 4 || sym->st_value > data->d_size - 4)
		return;
	export->crc = word_at(tables, (const char *)data->d_buf + sym->st_value);
	export->has_crc = true;
}

static void sort(struct symbol *symbols, size_t count)
{
	if (count)
		qsort(symbols, count, sizeof(*symbols), compare_symbols);
}

static bool read_tables(struct symbols *symbols, struct tables *tables)
{
	GElf_Ehdr ehdr;
	GElf_Shdr shdr;
	size_t most;

	if (!gelf_getehdr(tables->elf, &ehdr))
		return false;
	tables->machine = ehdr.e_machine;
	tables->crc_width = gelf_fsize(tables->elf, ELF_T_ADDR, 1, EV_CURRENT);
	if (!find_tables(tables) || !tables->symbols || !gelf_getshdr(tables->symbols, &shdr) || shdr.sh_entsize == 0)
		return false;
	most = shdr.sh_size / shdr.sh_entsize;
	if (gelf_fsize(tables->elf, ELF_T_SYM, 1, EV_CURRENT) != shdr.sh_entsize || !bytes_of(tables->symbols))
		return false;
	symbols->imports = need_memory(most + 1, sizeof(*symbols->imports));
	symbols->exports = need_memory(most + 1, sizeof(*symbols->exports));
	if (!each_symbol(symbols, tables, take_symbol))
		return false;
	sort(symbols->imports, symbols->import_count);
	sort(symbols->exports, symbols->export_count);
	return each_symbol(symbols, tables, take_export_crc) && read_versions(symbols, tables) &&
	       read_extended_versions(symbols, tables);
}

bool symbols_read(struct symbols *symbols, const void *bytes, size_t size)
{
	struct tables tables = {.elf = elf_memory((char *)(uintptr_t)bytes, size)};

	memset(symbols, 0, sizeof(*symbols));
	/* The handle is kept, because the names of a compressed table are in memory of libelf. */
	symbols->elf = tables.elf;
	return tables.elf && read_tables(symbols, &tables);
}

void symbols_free(struct symbols *symbols)
{
	free(symbols->imports);
	free(symbols->exports);
	elf_end(symbols->elf);
	memset(symbols, 0, sizeof(*symbols));
}
