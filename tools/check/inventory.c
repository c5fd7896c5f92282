// SPDX-License-Identifier: GPL-2.0-only
// What must be remembered of files until all have been seen.
#include "check/inventory.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/die.h"
#include "base/text.h"

void set_init(struct set *set)
{
	memset(set, 0, sizeof(*set));
	if (pthread_mutex_init(&set->lock, NULL) != 0)
		die_memory();
	disks_init(&set->disks);
}

static void free_strings(char **strings)
{
	for (size_t i = 0; strings && strings[i]; i++)
		free(strings[i]);
	free(strings);
}

static void free_entry(struct set_entry *entry)
{
	free(entry->path);
	free(entry->root);
	free(entry->below);
	free(entry->text);
	free_strings(entry->aliases);
}

static void free_symbols(struct set_symbol *symbols, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		free(symbols[i].name);
		free(symbols[i].path);
	}
	free(symbols);
}

static void free_file(struct set_file *file)
{
	free(file->name);
	free(file->path);
	free(file->package);
	free(file->arch);
	free(file->digest);
	free(file->link);
}

void set_free(struct set *set)
{
	for (size_t i = 0; i < set->entry_count; i++)
		free_entry(&set->entries[i]);
	for (size_t i = 0; i < set->firmware_count; i++) {
		free(set->firmware[i].name);
		free(set->firmware[i].path);
		free(set->firmware[i].root);
	}
	for (size_t i = 0; i < set->file_count; i++)
		free_file(&set->files[i]);
	free(set->entries);
	free(set->firmware);
	free(set->files);
	free_symbols(set->imports, set->import_count);
	free_symbols(set->exports, set->export_count);
	disks_free(&set->disks);
	pthread_mutex_destroy(&set->lock);
	memset(set, 0, sizeof(*set));
}

/* Room for one more element of SIZE bytes in an array. */
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

/* Appends ADDED under the lock. */
#define APPEND(set, array, count, room, added)                                                                         \
	do {                                                                                                           \
		pthread_mutex_lock(&(set)->lock);                                                                      \
		(array) = grow((array), (count), &(room), sizeof(*(array)));                                           \
		(array)[(count)++] = (added);                                                                          \
		pthread_mutex_unlock(&(set)->lock);                                                                    \
	} while (0)

static char *copy(const char *s)
{
	return text_format("%s", s);
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
		values[i] = copy(value = module_info(module, key, value));
	return values;
}

static bool begins(const char *s, const char *prefix, const char **rest)
{
	size_t len = strlen(prefix);

	if (strncmp(s, prefix, len) != 0)
		return false;
	*rest = s + len;
	return true;
}

bool set_in_hierarchy(const char *below, const char **rest)
{
	return begins(below, "xenserver/", rest) || begins(below, "dmv/", rest);
}

static bool is_debug(const char *place, size_t root_len)
{
	static const char debug[] = "usr/lib/debug/";

	return root_len >= sizeof(debug) - 1 &&
	       strncmp(place + root_len - (sizeof(debug) - 1), debug, sizeof(debug) - 1) == 0;
}

/* Fills in where it is; false when drivers do not live there. */
static bool locate(struct set_entry *entry, const struct set_where *where)
{
	size_t root_len;
	const char *below = place_below(where->place, entry->uname, &root_len), *rest;

	if (!below ||
	    !(set_in_hierarchy(below, &rest) || begins(below, "updates/", &rest) || begins(below, "extra/", &rest)))
		return false;
	/* What debuggers read lies below /usr/lib/debug under the same names. */
	if (is_debug(where->place, root_len) || (where->packaged && root_len > 1))
		return false;
	entry->path = copy(where->path);
	entry->root = where->packaged ? copy("") : text_format("%.*s", (int)root_len, where->place);
	entry->below = copy(below);
	return true;
}

void set_add_module(struct set *set, const struct set_where *where, const struct module *module)
{
	struct set_entry added = {.kind = ENTRY_MODULE};
	const char *name, *vermagic;

	if (!locate(&added, where))
		return;
	name = module_info(module, "name", NULL);
	vermagic = module_info(module, "vermagic", NULL);
	added.text = vermagic ? copy(vermagic) : NULL;
	name_of_module(name ? name : where->path, added.module);
	added.aliases = copy_values(module, "alias");
	APPEND(set, set->entries, set->entry_count, set->entry_room, added);
}

static void add_other(struct set *set, enum entry_kind kind, const struct set_where *where, const char *text)
{
	struct set_entry added = {.kind = kind};

	if (!locate(&added, where))
		return;
	added.text = text ? copy(text) : NULL;
	APPEND(set, set->entries, set->entry_count, set->entry_room, added);
}

void set_add_link(struct set *set, const struct set_where *where, const char *target)
{
	add_other(set, ENTRY_LINK, where, target);
}

void set_add_file(struct set *set, const struct set_where *where, const char *text)
{
	add_other(set, ENTRY_FILE, where, text);
}

/* A line "exclude xenserver", as depmod.d(5) has it. */
static bool excludes_hierarchy(const char *line)
{
	size_t word;

	line += strspn(line, " \t");
	if (strncmp(line, "exclude", 7) != 0 || (line[7] != ' ' && line[7] != '\t'))
		return false;
	line += 7 + strspn(line + 7, " \t");
	word = strcspn(line, " \t\r\n");
	return word == strlen("xenserver") && strncmp(line, "xenserver", word) == 0;
}

void set_add_depmod(struct set *set, const char *text)
{
	for (const char *line = text; *line; line += strcspn(line, "\n"), line += *line == '\n') {
		if (!excludes_hierarchy(line))
			continue;
		pthread_mutex_lock(&set->lock);
		set->excludes = true;
		pthread_mutex_unlock(&set->lock);
	}
}

static struct set_symbol copy_symbol(const char *path, const char *uname, const struct symbol *symbol, bool gpl)
{
	struct set_symbol added = {.symbol = *symbol, .module_is_gpl = gpl};

	added.name = copy(symbol->name);
	added.path = copy(path);
	added.symbol.name = added.name;
	snprintf(added.uname, sizeof(added.uname), "%s", uname);
	return added;
}

void set_add_import(struct set *set, const char *path, const char *uname, const struct symbol *symbol, bool gpl)
{
	struct set_symbol added = copy_symbol(path, uname, symbol, gpl);

	APPEND(set, set->imports, set->import_count, set->import_room, added);
}

void set_add_export(struct set *set, const char *path, const char *uname, const struct symbol *symbol, bool gpl)
{
	struct set_symbol added = copy_symbol(path, uname, symbol, gpl);

	APPEND(set, set->exports, set->export_count, set->export_room, added);
}

void set_add_firmware(struct set *set, const struct set_where *where, const struct module *module)
{
	/* The kernel's own with the most has 600. */
	size_t root_len, most = 4096;
	char uname[2 * UNAME_MAX];

	place_below(where->place, uname, &root_len);
	module_kernel(module, uname, UNAME_MAX + 1);
	for (const char *name = NULL; most-- > 0 && (name = module_info(module, "firmware", name));) {
		struct set_firmware added = {.name = copy(name), .path = copy(where->path)};

		added.root = where->packaged ? copy("") : text_format("%.*s", (int)root_len, where->place);
		snprintf(added.uname, sizeof(added.uname), "%.*s", UNAME_MAX, uname);
		APPEND(set, set->firmware, set->firmware_count, set->firmware_room, added);
	}
}

void set_add_package(struct set *set, const char *path, const struct rpm *rpm)
{
	for (size_t i = 0; i < rpm->file_count; i++) {
		const struct rpm_file *file = &rpm->files[i];
		struct set_file added = {.mode = file->mode};

		/* Folders are everybody's. */
		if (S_ISDIR(file->mode))
			continue;
		added.name = copy(file->path);
		added.path = copy(path);
		added.package = copy(rpm->name);
		added.arch = copy(rpm->arch);
		added.digest = copy(file->digest);
		added.link = copy(file->link);
		APPEND(set, set->files, set->file_count, set->file_room, added);
	}
}

static int compare_entries(const void *a, const void *b)
{
	const struct set_entry *x = a, *y = b;
	int order = strcmp(x->root, y->root);

	if (order == 0)
		order = strcmp(x->uname, y->uname);
	if (order == 0)
		order = strcmp(x->below, y->below);
	return order ? order : strcmp(x->path, y->path);
}

static int compare_names(const struct set_symbol *x, const struct set_symbol *y)
{
	int order = strcmp(x->name, y->name);

	return order ? order : strcmp(x->uname, y->uname);
}

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

static int compare_firmware(const void *a, const void *b)
{
	const struct set_firmware *x = a, *y = b;
	int order = strcmp(x->path, y->path);

	return order ? order : strcmp(x->name, y->name);
}

static int compare_files(const void *a, const void *b)
{
	const struct set_file *x = a, *y = b;
	int order = strcmp(x->name, y->name);

	return order ? order : strcmp(x->path, y->path);
}

static void sort(void *array, size_t count, size_t size, int (*compare)(const void *, const void *))
{
	if (count)
		qsort(array, count, size, compare);
}

void set_sort(struct set *set)
{
	sort(set->entries, set->entry_count, sizeof(*set->entries), compare_entries);
	sort(set->exports, set->export_count, sizeof(*set->exports), compare_exports);
	sort(set->imports, set->import_count, sizeof(*set->imports), compare_imports);
	sort(set->firmware, set->firmware_count, sizeof(*set->firmware), compare_firmware);
	sort(set->files, set->file_count, sizeof(*set->files), compare_files);
}

/* The first of its name and kernel: the order is then that of the paths. */
const struct set_symbol *set_find_export(const struct set *set, const char *uname, const char *name)
{
	size_t low = 0, high = set->export_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		const struct set_symbol *at = &set->exports[middle];
		int order = strcmp(at->name, name);

		if (order == 0)
			order = strcmp(at->uname, uname);
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == set->export_count || strcmp(set->exports[low].name, name) != 0 ||
	    strcmp(set->exports[low].uname, uname) != 0)
		return NULL;
	return &set->exports[low];
}
