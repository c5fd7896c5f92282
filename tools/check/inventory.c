// SPDX-License-Identifier: GPL-2.0-only
// Keeps everything that later checks need of the inputs.
#include "check/inventory.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/array.h"
#include "base/budget.h"
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
	free(entry->signer);
	free_strings(entry->aliases);
}

static void free_symbols(struct inventory_symbol *symbols, size_t count)
{
	for (size_t i = 0; i < count; i++)
		free(symbols[i].name);
	free(symbols);
}

static void free_package(struct inventory_package *package)
{
	free(package->name);
	free(package->path);
	free(package->short_name);
	free(package->arch);
	free(package->content);
	free(package);
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
	for (size_t i = 0; i < inventory->package_count; i++)
		free_package(inventory->packages[i]);
	for (size_t i = 0; i < inventory->path_count; i++)
		free(inventory->paths[i]);
	free(inventory->paths);
	free(inventory->packages);
	free(inventory->over);
	budget_release(inventory->kept);
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

/* What the C library needs for each block of memory. */
#define BLOCK_BYTES 32

/* What the checks make of an entry: a file of the hierarchy, perhaps a fault, and an element of their lists. */
#define CHECKS_BYTES 512

/*
 * Draws memory for COUNT structures of SIZE bytes and their STRINGS bytes of text. The arrays grow by doubling, so a
 * structure counts twice. PATH is of the input. Returns false if the budget refuses.
 */
static bool keep(struct inventory *inventory, const char *path, size_t count, size_t size, size_t strings)
{
	uint64_t bytes = count * (2 * size + 2 * BLOCK_BYTES) + strings;
	bool kept = budget_keep(bytes);

	pthread_mutex_lock(&inventory->lock);
	if (kept)
		inventory->kept += bytes;
	else if (!inventory->over)
		inventory->over = text_format("%s", path);
	pthread_mutex_unlock(&inventory->lock);
	return kept;
}

static size_t length(const char *s)
{
	return s ? strlen(s) + 1 : 0;
}

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

/* What is compared between packaged modules of a driver, and needs all bytes of a module. */
static void read_bytes(struct inventory_entry *entry, const struct module *module, const struct signature *signature,
		       const void *bytes)
{
	const char *rest;
	struct signer signer;

	if (*entry->root || !inventory_in_hierarchy(entry->below, &rest))
		return;
	entry->content = module_content(module, bytes);
	if (signature->state == SIGNATURE_FOUND &&
	    signature_signer((const uint8_t *)bytes + signature->offset, signature->len, &signer) && *signer.name)
		entry->signer = copy(signer.name);
}

void inventory_add_module(struct inventory *inventory, const struct inventory_where *where, const struct module *module,
			  const void *bytes)
{
	struct inventory_entry added = {.kind = ENTRY_MODULE};
	const char *name, *vermagic;
	struct signature signature;

	if (!locate(&added, where))
		return;
	/* An alias takes at least 8 bytes of .modinfo, and a pointer and a block of memory here. */
	if (!keep(inventory, where->path, 1, sizeof(added),
		  CHECKS_BYTES + 3 * length(where->path) + 8 * module->modinfo_len)) {
		free_entry(&added);
		return;
	}
	name = module_info(module, "name", NULL);
	vermagic = module_info(module, "vermagic", NULL);
	added.text = vermagic ? copy(vermagic) : NULL;
	name_of_module(name ? name : where->path, added.module);
	added.aliases = copy_values(module, "alias");
	module_signature(module, &signature);
	added.is_signed = signature.state == SIGNATURE_FOUND;
	if (bytes)
		read_bytes(&added, module, &signature, bytes);
	APPEND(inventory, inventory->entries, inventory->entry_count, added);
}

static void add_other(struct inventory *inventory, enum entry_kind kind, const struct inventory_where *where,
		      const char *text)
{
	struct inventory_entry added = {.kind = kind};

	if (!locate(&added, where))
		return;
	if (!keep(inventory, where->path, 1, sizeof(added), CHECKS_BYTES + 3 * length(where->path) + length(text))) {
		free_entry(&added);
		return;
	}
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

const char *inventory_path(struct inventory *inventory, const char *path)
{
	char *copied;

	if (!keep(inventory, path, 1, sizeof(copied), length(path)))
		return "";
	copied = copy(path);
	APPEND(inventory, inventory->paths, inventory->path_count, copied);
	return copied;
}

static struct inventory_symbol copy_symbol(const char *path, const char *uname, const struct symbol *symbol, bool gpl)
{
	struct inventory_symbol added = {.path = path, .symbol = *symbol, .module_is_gpl = gpl};

	added.name = copy(symbol->name);
	added.symbol.name = added.name;
	snprintf(added.uname, sizeof(added.uname), "%s", uname);
	return added;
}

void inventory_add_import(struct inventory *inventory, const char *path, const char *uname, const struct symbol *symbol,
			  bool gpl)
{
	struct inventory_symbol added;

	if (!keep(inventory, path, 1, sizeof(added), length(symbol->name)))
		return;
	added = copy_symbol(path, uname, symbol, gpl);
	APPEND(inventory, inventory->imports, inventory->import_count, added);
}

void inventory_add_export(struct inventory *inventory, const char *path, const char *uname, const struct symbol *symbol,
			  bool gpl)
{
	struct inventory_symbol added;

	if (!keep(inventory, path, 1, sizeof(added), length(symbol->name)))
		return;
	added = copy_symbol(path, uname, symbol, gpl);
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
		struct inventory_firmware added = {0};

		if (!keep(inventory, where->path, 1, sizeof(added), 2 * length(where->path) + length(name)))
			return;
		added.name = copy(name);
		added.path = copy(where->path);
		added.root = where->packaged ? copy("") : text_format("%.*s", (int)root_len, where->host_path);
		snprintf(added.uname, sizeof(added.uname), "%.*s", UNAME_MAX, uname);
		APPEND(inventory, inventory->firmware, inventory->firmware_count, added);
	}
}

/* Puts the mode, digest, path and link of each file one after the other, each with a NUL. */
static void list_files(struct inventory_package *package, const struct rpm *rpm)
{
	FILE *stream = open_memstream(&package->content, &package->content_len);

	if (!stream)
		die_memory();
	for (size_t i = 0; i < rpm->file_count; i++) {
		const struct rpm_file *file = &rpm->files[i];

		fprintf(stream, "%o%c%s%c%s%c%s%c", file->mode, 0, file->digest, 0, file->path, 0, file->link, 0);
	}
	if (fclose(stream) != 0)
		die_memory();
}

static const char *next(const char *string)
{
	return string + strlen(string) + 1;
}

/* Adds the files of the package, which point into its content. Several packages may have the same directory. */
static void add_files(struct inventory *inventory, const struct inventory_package *package, const struct rpm *rpm)
{
	const char *at = package->content;

	for (size_t i = 0; i < rpm->file_count; i++) {
		struct inventory_file added = {.package = package, .mode = rpm->files[i].mode};

		added.digest = next(at);
		added.name = next(added.digest);
		added.link = next(added.name);
		at = next(added.link);
		if (!S_ISDIR(added.mode))
			APPEND(inventory, inventory->files, inventory->file_count, added);
	}
}

/* The bytes that the content of the package will have, at most. */
static size_t content_length(const struct rpm *rpm)
{
	size_t len = 0;

	for (size_t i = 0; i < rpm->file_count; i++)
		len += sizeof("177777") + length(rpm->files[i].digest) + length(rpm->files[i].path) +
		       length(rpm->files[i].link);
	return len;
}

void inventory_add_package(struct inventory *inventory, const char *path, const struct rpm *rpm)
{
	struct inventory_package *added;

	/* The stream grows its memory by doubling. */
	if (!keep(inventory, path, rpm->file_count, sizeof(struct inventory_file), 2 * content_length(rpm)) ||
	    !keep(inventory, path, 1, sizeof(*added), 2 * length(path)))
		return;
	added = need_memory(1, sizeof(*added));
	added->name = text_format("%s-%s-%s.%s", rpm->name, rpm->version, rpm->release, rpm->arch);
	added->path = copy(path);
	added->short_name = copy(rpm->name);
	added->arch = copy(rpm->arch);
	list_files(added, rpm);
	APPEND(inventory, inventory->packages, inventory->package_count, added);
	add_files(inventory, added, rpm);
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

	return order ? order : strcmp(x->package->path, y->package->path);
}

static int compare_packages(const void *a, const void *b)
{
	const struct inventory_package *x = *(struct inventory_package *const *)a,
				       *y = *(struct inventory_package *const *)b;
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
