// SPDX-License-Identifier: GPL-2.0-only
// Keeps everything that later checks need of the inputs.
#include "check/inventory.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/array.h"
#include "base/die.h"
#include "base/text.h"
#include "host/depmod_config.h"

void inventory_init(struct inventory *inventory)
{
	memset(inventory, 0, sizeof(*inventory));
	if (pthread_mutex_init(&inventory->lock, NULL) != 0)
		die_memory();
	disks_init(&inventory->disks);
}

static void free_strings(char **strings)
{
	for (size_t i = 0; strings && strings[i]; i++)
		free(strings[i]);
	free(strings);
}

static void free_entry(struct inventory_entry *entry)
{
	free(entry->path);
	free(entry->root);
	free(entry->below);
	free(entry->text);
	free_strings(entry->aliases);
}

static void free_symbols(struct inventory_symbol *symbols, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		free(symbols[i].name);
		free(symbols[i].path);
	}
	free(symbols);
}

static void free_file(struct inventory_file *file)
{
	free(file->name);
	free(file->path);
	free(file->package);
	free(file->arch);
	free(file->digest);
	free(file->link);
}

void inventory_free(struct inventory *inventory)
{
	for (size_t i = 0; i < inventory->entry_count; i++)
		free_entry(&inventory->entries[i]);
	for (size_t i = 0; i < inventory->firmware_count; i++) {
		free(inventory->firmware[i].name);
		free(inventory->firmware[i].path);
		free(inventory->firmware[i].root);
	}
	for (size_t i = 0; i < inventory->file_count; i++)
		free_file(&inventory->files[i]);
	for (size_t n = 0; n < inventory->package_count; n++) {
		free(inventory->packages[n].name);
		free(inventory->packages[n].path);
		free(inventory->packages[n].content);
	}
	free(inventory->packages);
	free(inventory->entries);
	free(inventory->firmware);
	free(inventory->files);
	free_symbols(inventory->imports, inventory->import_count);
	free_symbols(inventory->exports, inventory->export_count);
	disks_free(&inventory->disks);
	pthread_mutex_destroy(&inventory->lock);
	memset(inventory, 0, sizeof(*inventory));
}

/* Appends ADDED to an array of the inventory, under the lock. */
#define APPEND(inventory, array, count, added)                                                                         \
	do {                                                                                                           \
		pthread_mutex_lock(&(inventory)->lock);                                                                \
		(array) = array_grown((array), (count), sizeof(*(array)));                                             \
		(array)[(count)++] = (added);                                                                          \
		pthread_mutex_unlock(&(inventory)->lock);                                                              \
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

bool inventory_in_hierarchy(const char *below, const char **rest)
{
	return begins(below, "xenserver/", rest) || begins(below, "dmv/", rest);
}

static bool is_debug(const char *host_path, size_t root_len)
{
	static const char debug[] = "usr/lib/debug/";

	return root_len >= sizeof(debug) - 1 &&
	       strncmp(host_path + root_len - (sizeof(debug) - 1), debug, sizeof(debug) - 1) == 0;
}

/* Sets the paths of the entry. False: the file is in no directory where drivers are. */
static bool locate(struct inventory_entry *entry, const struct inventory_where *where)
{
	size_t root_len;
	const char *below = module_path_below(where->host_path, entry->uname, &root_len), *rest;

	if (!below || !(inventory_in_hierarchy(below, &rest) || begins(below, "updates/", &rest) ||
			begins(below, "extra/", &rest)))
		return false;
	/* Files with debug information are below /usr/lib/debug, with the same paths. */
	if (is_debug(where->host_path, root_len) || (where->packaged && root_len > 1))
		return false;
	entry->path = copy(where->path);
	entry->root = where->packaged ? copy("") : text_format("%.*s", (int)root_len, where->host_path);
	entry->below = copy(below);
	return true;
}

void inventory_add_module(struct inventory *inventory, const struct inventory_where *where, const struct module *module)
{
	struct inventory_entry added = {.kind = ENTRY_MODULE};
	const char *name, *vermagic;

	if (!locate(&added, where))
		return;
	name = module_info(module, "name", NULL);
	vermagic = module_info(module, "vermagic", NULL);
	added.text = vermagic ? copy(vermagic) : NULL;
	name_of_module(name ? name : where->path, added.module);
	added.aliases = copy_values(module, "alias");
	APPEND(inventory, inventory->entries, inventory->entry_count, added);
}

static void add_other(struct inventory *inventory, enum entry_kind kind, const struct inventory_where *where,
		      const char *text)
{
	struct inventory_entry added = {.kind = kind};

	if (!locate(&added, where))
		return;
	added.text = text ? copy(text) : NULL;
	APPEND(inventory, inventory->entries, inventory->entry_count, added);
}

void inventory_add_link(struct inventory *inventory, const struct inventory_where *where, const char *target)
{
	add_other(inventory, ENTRY_LINK, where, target);
}

void inventory_add_file(struct inventory *inventory, const struct inventory_where *where, const char *text)
{
	add_other(inventory, ENTRY_FILE, where, text);
}

void inventory_add_depmod(struct inventory *inventory, const char *text)
{
	if (!depmod_text_tells(text, "xenserver"))
		return;
	pthread_mutex_lock(&inventory->lock);
	inventory->excludes = true;
	pthread_mutex_unlock(&inventory->lock);
}

static struct inventory_symbol copy_symbol(const char *path, const char *uname, const struct symbol *symbol, bool gpl)
{
	struct inventory_symbol added = {.symbol = *symbol, .module_is_gpl = gpl};

	added.name = copy(symbol->name);
	added.path = copy(path);
	added.symbol.name = added.name;
	snprintf(added.uname, sizeof(added.uname), "%s", uname);
	return added;
}

void inventory_add_import(struct inventory *inventory, const char *path, const char *uname, const struct symbol *symbol,
			  bool gpl)
{
	struct inventory_symbol added = copy_symbol(path, uname, symbol, gpl);

	APPEND(inventory, inventory->imports, inventory->import_count, added);
}

void inventory_add_export(struct inventory *inventory, const char *path, const char *uname, const struct symbol *symbol,
			  bool gpl)
{
	struct inventory_symbol added = copy_symbol(path, uname, symbol, gpl);

	APPEND(inventory, inventory->exports, inventory->export_count, added);
}

void inventory_add_firmware(struct inventory *inventory, const struct inventory_where *where,
			    const struct module *module)
{
	/* No module of the kernel names more than 600 files. */
	size_t root_len, most = 4096;
	char uname[2 * UNAME_MAX];

	module_path_below(where->host_path, uname, &root_len);
	module_kernel(module, uname, UNAME_MAX + 1);
	for (const char *name = NULL; most-- > 0 && (name = module_info(module, "firmware", name));) {
		struct inventory_firmware added = {.name = copy(name), .path = copy(where->path)};

		added.root = where->packaged ? copy("") : text_format("%.*s", (int)root_len, where->host_path);
		snprintf(added.uname, sizeof(added.uname), "%.*s", UNAME_MAX, uname);
		APPEND(inventory, inventory->firmware, inventory->firmware_count, added);
	}
}

static char *list_files(const struct rpm *rpm)
{
	char *list = NULL;
	size_t len;
	FILE *stream = open_memstream(&list, &len);

	if (!stream)
		die_memory();
	for (size_t i = 0; i < rpm->file_count; i++)
		fprintf(stream, "%o %s %s %s\n", rpm->files[i].mode, rpm->files[i].digest, rpm->files[i].path,
			rpm->files[i].link);
	if (fclose(stream) != 0)
		die_memory();
	return list;
}

static void add_package(struct inventory *inventory, const char *path, const struct rpm *rpm)
{
	struct inventory_package added = {
		.name = text_format("%s-%s-%s.%s", rpm->name, rpm->version, rpm->release, rpm->arch),
		.path = copy(path),
		.content = list_files(rpm),
	};

	APPEND(inventory, inventory->packages, inventory->package_count, added);
}

void inventory_add_package(struct inventory *inventory, const char *path, const struct rpm *rpm)
{
	add_package(inventory, path, rpm);
	for (size_t i = 0; i < rpm->file_count; i++) {
		const struct rpm_file *file = &rpm->files[i];
		struct inventory_file added = {.mode = file->mode};

		/* Several packages may have the same directory. */
		if (S_ISDIR(file->mode))
			continue;
		added.name = copy(file->path);
		added.path = copy(path);
		added.package = copy(rpm->name);
		added.arch = copy(rpm->arch);
		added.digest = copy(file->digest);
		added.link = copy(file->link);
		APPEND(inventory, inventory->files, inventory->file_count, added);
	}
}

static int compare_entries(const void *a, const void *b)
{
	const struct inventory_entry *x = a, *y = b;
	int order = strcmp(x->root, y->root);

	if (order == 0)
		order = strcmp(x->uname, y->uname);
	if (order == 0)
		order = strcmp(x->below, y->below);
	return order ? order : strcmp(x->path, y->path);
}

static int compare_names(const struct inventory_symbol *x, const struct inventory_symbol *y)
{
	int order = strcmp(x->name, y->name);

	return order ? order : strcmp(x->uname, y->uname);
}

static int compare_exports(const void *a, const void *b)
{
	const struct inventory_symbol *x = a, *y = b;
	int order = compare_names(x, y);

	return order ? order : strcmp(x->path, y->path);
}

static int compare_imports(const void *a, const void *b)
{
	const struct inventory_symbol *x = a, *y = b;
	int order = strcmp(x->path, y->path);

	return order ? order : compare_names(x, y);
}

static int compare_firmware(const void *a, const void *b)
{
	const struct inventory_firmware *x = a, *y = b;
	int order = strcmp(x->path, y->path);

	return order ? order : strcmp(x->name, y->name);
}

static int compare_files(const void *a, const void *b)
{
	const struct inventory_file *x = a, *y = b;
	int order = strcmp(x->name, y->name);

	return order ? order : strcmp(x->path, y->path);
}

static int compare_packages(const void *a, const void *b)
{
	const struct inventory_package *x = a, *y = b;
	int order = strcmp(x->name, y->name);

	return order ? order : strcmp(x->path, y->path);
}

static void sort(void *array, size_t count, size_t size, int (*compare)(const void *, const void *))
{
	if (count)
		qsort(array, count, size, compare);
}

void inventory_sort(struct inventory *inventory)
{
	sort(inventory->entries, inventory->entry_count, sizeof(*inventory->entries), compare_entries);
	sort(inventory->exports, inventory->export_count, sizeof(*inventory->exports), compare_exports);
	sort(inventory->imports, inventory->import_count, sizeof(*inventory->imports), compare_imports);
	sort(inventory->firmware, inventory->firmware_count, sizeof(*inventory->firmware), compare_firmware);
	sort(inventory->packages, inventory->package_count, sizeof(*inventory->packages), compare_packages);
	sort(inventory->files, inventory->file_count, sizeof(*inventory->files), compare_files);
}

/* The first symbol of this name and kernel. Symbols of the same name and kernel are sorted by path. */
const struct inventory_symbol *inventory_find_export(const struct inventory *inventory, const char *uname,
						     const char *name)
{
	size_t low = 0, high = inventory->export_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		const struct inventory_symbol *at = &inventory->exports[middle];
		int order = strcmp(at->name, name);

		if (order == 0)
			order = strcmp(at->uname, uname);
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == inventory->export_count || strcmp(inventory->exports[low].name, name) != 0 ||
	    strcmp(inventory->exports[low].uname, uname) != 0)
		return NULL;
	return &inventory->exports[low];
}
