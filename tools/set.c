// SPDX-License-Identifier: GPL-2.0-only
// What must be remembered of files until all have been seen.
#include "set.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "die.h"
#include "text.h"

void set_init(struct set *set)
{
	memset(set, 0, sizeof(*set));
	if (pthread_mutex_init(&set->lock, NULL) != 0)
		die_memory();
}

static void free_strings(char **strings)
{
	for (size_t i = 0; strings[i]; i++)
		free(strings[i]);
	free(strings);
}

static void free_symbols(struct set_symbols *symbols)
{
	for (size_t i = 0; i < symbols->count; i++) {
		free(symbols->all[i].name);
		free(symbols->all[i].path);
	}
	free(symbols->all);
}

void set_free(struct set *set)
{
	for (size_t i = 0; i < set->module_count; i++) {
		free(set->modules[i].path);
		free(set->modules[i].file);
		free_strings(set->modules[i].aliases);
	}
	free(set->modules);
	free_symbols(&set->imports);
	free_symbols(&set->exports);
	pthread_mutex_destroy(&set->lock);
	memset(set, 0, sizeof(*set));
}

/* Makes room for one more element of SIZE bytes. */
static void *grow(void *array, size_t count, size_t *room, size_t size)
{
	if (count < *room)
		return array;
	*room = *room ? 2 * *room : 16;
	array = reallocarray(array, *room, size);
	if (!array)
		die_memory();
	return array;
}

static char **copy_values(const struct module *module, const char *key)
{
	const char *value = NULL;
	size_t n = 0;
	char **values;

	while ((value = module_info(module, key, value)))
		n++;
	values = need_memory(n + 1, sizeof(*values));
	for (size_t i = 0; i < n; i++)
		values[i] = text_format("%s", value = module_info(module, key, value));
	return values;
}

void set_add_module(struct set *set, const char *path, const struct place *place, const struct module *module)
{
	const char *slash = strrchr(path, '/'), *name = module_info(module, "name", NULL);
	struct set_module added = {.path = text_format("%s", path), .place = *place};

	added.file = text_format("%s", slash ? slash + 1 : path);
	name_of_module(name ? name : path, added.name);
	added.aliases = copy_values(module, "alias");
	pthread_mutex_lock(&set->lock);
	set->modules = grow(set->modules, set->module_count, &set->module_room, sizeof(added));
	set->modules[set->module_count++] = added;
	pthread_mutex_unlock(&set->lock);
}

void set_add_symbol(struct set *set, struct set_symbols *where, const char *path, const char *uname,
		    const struct symbol *symbol, bool module_is_gpl)
{
	struct set_symbol added = {.symbol = *symbol, .module_is_gpl = module_is_gpl};

	added.name = text_format("%s", symbol->name);
	added.path = text_format("%s", path);
	snprintf(added.uname, sizeof(added.uname), "%s", uname);
	added.symbol.name = added.name;
	pthread_mutex_lock(&set->lock);
	where->all = grow(where->all, where->count, &where->room, sizeof(added));
	where->all[where->count++] = added;
	pthread_mutex_unlock(&set->lock);
}

static int compare_modules(const void *a, const void *b)
{
	return strcmp(((const struct set_module *)a)->path, ((const struct set_module *)b)->path);
}

static int compare_names(const struct set_symbol *x, const struct set_symbol *y)
{
	int order = strcmp(x->name, y->name);

	return order ? order : strcmp(x->uname, y->uname);
}

/* The key of exports: a module is in one only once, and one of several will do. */
static int compare_exports(const void *a, const void *b)
{
	const struct set_symbol *x = a, *y = b;
	int order = compare_names(x, y);

	return order ? order : strcmp(x->path, y->path);
}

static int compare_imports(const void *a, const void *b)
{
	const struct set_symbol *x = a, *y = b;
	int order = strcmp(x->path, y->path);

	return order ? order : compare_names(x, y);
}

void set_sort(struct set *set)
{
	if (set->module_count)
		qsort(set->modules, set->module_count, sizeof(*set->modules), compare_modules);
	if (set->exports.count)
		qsort(set->exports.all, set->exports.count, sizeof(*set->exports.all), compare_exports);
	if (set->imports.count)
		qsort(set->imports.all, set->imports.count, sizeof(*set->imports.all), compare_imports);
}

/* The first of its name: the order is that of the paths. */
const struct set_symbol *set_find_export(const struct set *set, const char *uname, const char *name)
{
	size_t low = 0, high = set->exports.count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		const struct set_symbol *at = &set->exports.all[middle];
		int order = strcmp(at->name, name);

		if (order == 0)
			order = strcmp(at->uname, uname);
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == set->exports.count || strcmp(set->exports.all[low].name, name) != 0 ||
	    strcmp(set->exports.all[low].uname, uname) != 0)
		return NULL;
	return &set->exports.all[low];
}
