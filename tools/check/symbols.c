// SPDX-License-Identifier: GPL-2.0-only
// The rules on imported symbols: symbol-*.
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/text.h"
#include "check/check.h"
#include "elf/symbols.h"
#include "elf/symvers.h"

/* A finding names at most this number of symbols, and counts the others. */
#define LISTED 5

struct list {
	struct growing_text text; /* safe text */
	size_t count;
};

static void list_add(struct list *list, const char *name, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* Adds NAME, which may have any bytes, with a remark. */
static void list_add(struct list *list, const char *name, const char *format, ...)
{
	char remark[128] = "", *safe;
	va_list args;

	if (list->count++ >= LISTED)
		return;
	va_start(args, format);
	vsnprintf(remark, sizeof(remark), format, args);
	va_end(args);
	safe = text_safe(name);
	text_add(&list->text, "%s%s%s", list->text.len ? ", " : "", safe, remark);
	free(safe);
}

/* Reports the symbols in the list, and empties it. */
static void list_report(struct list *list, struct report *report, enum rule_id rule, const char *path)
{
	char more[48] = "";

	if (list->count > LISTED)
		snprintf(more, sizeof(more), " and %zu more", list->count - LISTED);
	if (list->count)
		report_add(report, rule, path, "%s%s", list->text.text, more);
	free(list->text.text);
	memset(list, 0, sizeof(*list));
}

/* Whether the module's license is compatible with the GPL, as license_is_gpl_compatible() in Linux's license.h. */
static bool is_gpl(const struct module *module)
{
	static const char *const compatible[] = {"GPL",		 "GPL v2",	 "GPL and additional rights",
						 "Dual BSD/GPL", "Dual MIT/GPL", "Dual MPL/GPL"};
	const char *license = module_info(module, "license", NULL);

	for (size_t i = 0; license && i < sizeof(compatible) / sizeof(compatible[0]); i++)
		if (strcmp(license, compatible[i]) == 0)
			return true;
	return false;
}

static bool imports_space(const struct module *module, const char *space)
{
	const char *value = NULL;

	/* The name space "module:a,b" is open to the modules a and b, which need not import it (Linux 6.16). */
	if (*space == '\0' || strncmp(space, "module:", 7) == 0)
		return true;
	while ((value = module_info(module, "import_ns", value)))
		if (strcmp(value, space) == 0)
			return true;
	return false;
}

struct lists {
	struct list crc, gpl, space;
};

static void compare_import(struct lists *lists, const struct module *module, const struct symbol *import,
			   const struct symver *symver)
{
	if (symver->crc && import->has_crc && import->crc != symver->crc)
		list_add(&lists->crc, import->name, " has 0x%08" PRIx32 ", expected 0x%08" PRIx32, import->crc,
			 symver->crc);
	if (symver->gpl && !is_gpl(module))
		list_add(&lists->gpl, import->name, "%s", "");
	if (!imports_space(module, symver->space)) {
		char *safe = text_safe(symver->space);

		list_add(&lists->space, import->name, " of %.100s", safe);
		free(safe);
	}
}

static void check_imports(struct report *report, struct inventory *inventory, const struct policy *policy,
			  const struct subject *subject, const struct symbols *symbols, const char *uname)
{
	const struct symver *layout =
		symbols->layout.has_crc ? symvers_find(policy->symvers, uname, "module_layout") : NULL;
	struct lists lists = {0};
	const char *path = NULL;

	if (layout)
		compare_import(&lists, subject->module, &symbols->layout, layout);
	for (size_t i = 0; i < symbols->import_count; i++) {
		const struct symver *symver = symvers_find(policy->symvers, uname, symbols->imports[i].name);

		if (!symver && !path)
			path = inventory_path(inventory, subject->path);
		if (symver)
			compare_import(&lists, subject->module, &symbols->imports[i], symver);
		else
			inventory_add_import(inventory, path, uname, &symbols->imports[i], is_gpl(subject->module));
	}
	list_report(&lists.crc, report, RULE_SYMBOL_CRC, subject->path);
	list_report(&lists.gpl, report, RULE_SYMBOL_GPL, subject->path);
	list_report(&lists.space, report, RULE_SYMBOL_SPACE, subject->path);
	if (symbols->import_count && !symbols->versions && symvers_has_crcs(policy->symvers, uname))
		report_add(report, RULE_SYMBOL_VERSIONS, subject->path, "it has no section __versions, and imports %zu",
			   symbols->import_count);
}

void check_symbols(struct report *report, struct inventory *inventory, const struct policy *policy,
		   const struct subject *subject)
{
	char uname[UNAME_MAX + 1];
	struct symbols symbols;

	module_kernel(subject->module, uname, sizeof(uname));
	if (!symbols_read(&symbols, subject->bytes, subject->module->size))
		report_add(report, RULE_SYMBOL_TABLE, subject->path, NULL);
	else {
		const char *path = symbols.export_count ? inventory_path(inventory, subject->path) : NULL;

		for (size_t i = 0; i < symbols.export_count; i++)
			inventory_add_export(inventory, path, uname, &symbols.exports[i], is_gpl(subject->module));
		if (symvers_covers(policy->symvers, uname))
			check_imports(report, inventory, policy, subject, &symbols, uname);
		else
			report_add(report, RULE_SYMBOL_KERNEL, subject->path, NULL);
	}
	symbols_free(&symbols);
}

struct deferred {
	struct list missing, crc, gpl;
};

static void resolve(struct deferred *lists, const struct inventory *inventory, const struct inventory_symbol *import)
{
	const struct inventory_symbol *export = inventory_find_export(inventory, import->uname, import->name);

	if (!export) {
		list_add(&lists->missing, import->name, "%s", "");
		return;
	}
	if (import->symbol.has_crc && export->symbol.has_crc && import->symbol.crc != export->symbol.crc)
		list_add(&lists->crc, import->name, " has 0x%08" PRIx32 ", expected 0x%08" PRIx32, import->symbol.crc,
			 export->symbol.crc);
	if (export->symbol.gpl && !import->module_is_gpl)
		list_add(&lists->gpl, import->name, "%s", "");
}

void check_symbols_inventory(struct report *report, const struct inventory *inventory)
{
	const struct inventory_symbol *imports = inventory->imports;
	struct deferred lists = {0};

	for (size_t i = 0; i < inventory->import_count; i++) {
		const char *path = imports[i].path;

		resolve(&lists, inventory, &imports[i]);
		if (i + 1 < inventory->import_count && strcmp(imports[i + 1].path, path) == 0)
			continue;
		list_report(&lists.missing, report, RULE_SYMBOL_MISSING, path);
		list_report(&lists.crc, report, RULE_SYMBOL_CRC, path);
		list_report(&lists.gpl, report, RULE_SYMBOL_GPL, path);
	}
}
