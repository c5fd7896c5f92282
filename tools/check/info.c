// SPDX-License-Identifier: GPL-2.0-only
// The rules on info.json, which describes a driver's version to toolstacks: info-*.
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "check/check.h"
#include "elf/modalias.h"

/*
 * The length of the path of the entry's directory, with the slash, if this is the directory of a version. Otherwise 0.
 */
static size_t directory_len(const struct inventory_entry *entry)
{
	const char *rest, *slash;

	if (!inventory_in_hierarchy(entry->below, &rest))
		return 0;
	slash = strchr(rest, '/');
	slash = slash ? strchr(slash + 1, '/') : NULL;
	return slash && !strchr(slash + 1, '/') ? (size_t)(slash + 1 - entry->below) : 0;
}

static void check_fields(struct report *report, const char *path, const json_t *info)
{
	static const char *const strings[] = {"category", "name", "description", "variant", "version", "status"};

	for (size_t i = 0; i < sizeof(strings) / sizeof(strings[0]); i++)
		if (!json_is_string(json_object_get(info, strings[i])))
			report_add(report, RULE_INFO_DAMAGED, path, "\"%s\" is missing, or is not a string",
				   strings[i]);
	if (!json_is_number(json_object_get(info, "priority")))
		report_add(report, RULE_INFO_DAMAGED, path, "\"priority\" is missing, or is not a number");
	if (!json_is_object(json_object_get(info, "pci_ids")))
		report_add(report, RULE_INFO_DAMAGED, path, "\"pci_ids\" is missing, or is not an object");
}

/* The component of the entry's path that ends before *END, as a text to free; *END is then where it begins. */
static char *component_before(const struct inventory_entry *entry, size_t *end)
{
	size_t len = *end - 1, start = len;

	while (start > 0 && entry->below[start - 1] != '/')
		start--;
	*end = start;
	return text_format("%.*s", (int)(len - start), entry->below + start);
}

static void check_text(struct report *report, const struct inventory_entry *entry, const json_t *info, const char *key,
		       const char *expected)
{
	const char *found = json_string_value(json_object_get(info, key));
	char *safe;

	if (!found || strcmp(found, expected) == 0)
		return;
	safe = text_safe(found);
	report_add(report, RULE_INFO_MISMATCH, entry->path, "its %s is %s, expected %s", key, safe, expected);
	free(safe);
}

/* The name too must be that of the directory: toolstacks select the driver by it. */
static void check_names(struct report *report, const struct inventory_entry *entry, const json_t *info)
{
	size_t end = directory_len(entry);
	char *version = component_before(entry, &end), *driver = component_before(entry, &end);

	check_text(report, entry, info, "version", version);
	check_text(report, entry, info, "name", driver);
	free(driver);
	free(version);
}

/* The four fields of an id as one text, which can be compared. The caller frees it. */
static char *id_text(const char *vendor, const char *device, const char *subvendor, const char *subdevice)
{
	return text_format("%s:%s:%s:%s", vendor ? vendor : "", device ? device : "", subvendor ? subvendor : "",
			   subdevice ? subdevice : "");
}

static const char *field(const json_t *id, const char *key)
{
	return json_string_value(json_object_get(id, key));
}

static int compare_texts(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* The ids of a list as COUNT sorted texts. The caller frees the array and the texts. */
static char **sorted_ids(const json_t *ids, size_t *count)
{
	char **texts;
	const json_t *id;
	size_t i;

	*count = json_array_size(ids);
	texts = need_memory(*count + 1, sizeof(*texts));
	json_array_foreach(ids, i, id) texts[i] = id_text(field(id, "vendor_id"), field(id, "device_id"),
							  field(id, "subvendor_id"), field(id, "subdevice_id"));
	if (*count)
		qsort(texts, *count, sizeof(*texts), compare_texts);
	return texts;
}

static bool lists_id(char **texts, size_t count, const struct pci_id *wanted)
{
	char *text = id_text(wanted->vendor, wanted->device, wanted->subvendor, wanted->subdevice);
	bool found = count && bsearch(&text, texts, count, sizeof(*texts), compare_texts);

	free(text);
	return found;
}

/* The list of ids of the module. Its key may be the name of the plain file, also if the file is compressed. */
static const json_t *ids_of(json_t *info, const char *module)
{
	json_t *all = json_object_get(info, "pci_ids");
	char name[MODULE_NAME_SIZE];
	const char *key;
	json_t *ids;

	json_object_foreach(all, key, ids)
	{
		name_of_module(key, name);
		if (name_same_module(name, module))
			return ids;
	}
	return NULL;
}

static void check_ids(struct report *report, const char *path, json_t *info, const struct inventory_entry *module)
{
	size_t count;
	char **texts = sorted_ids(ids_of(info, module->module), &count);
	struct pci_id id;

	for (char **alias = module->aliases; *alias; alias++)
		if (modalias_pci(*alias, &id) && !modalias_is_any(&id) && !lists_id(texts, count, &id)) {
			report_add(report, RULE_INFO_MISMATCH, path,
				   "%s claims the PCI device %s:%s (subsystem %s:%s), which pci_ids does not list",
				   module->module, id.vendor, id.device, id.subvendor, id.subdevice);
			break;
		}
	for (size_t i = 0; i < count; i++)
		free(texts[i]);
	free(texts);
}

/* Checks info.json, which is ENTRY. The COUNT entries from FIRST on are in the same directory. */
static void check_one(struct report *report, const struct inventory_entry *first, size_t count,
		      const struct inventory_entry *entry)
{
	json_error_t error;
	json_t *info = json_loads(entry->text ? entry->text : "", JSON_REJECT_DUPLICATES, &error);
	char *safe;

	if (!info) {
		safe = text_safe(error.text);
		report_add(report, RULE_INFO_DAMAGED, entry->path, "line %d: %s", error.line, safe);
		free(safe);
		return;
	}
	if (!json_is_object(info))
		report_add(report, RULE_INFO_DAMAGED, entry->path, "it is no object");
	else {
		check_fields(report, entry->path, info);
		check_names(report, entry, info);
		for (size_t i = 0; i < count; i++)
			if (first[i].kind == ENTRY_MODULE)
				check_ids(report, entry->path, info, &first[i]);
	}
	json_decref(info);
}

static void check_directory(struct report *report, const struct inventory_entry *first, size_t count, size_t len)
{
	const struct inventory_entry *module = NULL;

	for (size_t i = 0; i < count; i++) {
		if (first[i].kind == ENTRY_FILE && strcmp(first[i].below + len, "info.json") == 0) {
			check_one(report, first, count, &first[i]);
			return;
		}
		if (!module && first[i].kind == ENTRY_MODULE)
			module = &first[i];
	}
	if (module)
		report_add(report, RULE_INFO_MISSING, module->path, NULL);
}

/* A version's variant, with what it must be unique in: the root, the kernel and the driver. */
struct variant {
	char *key; /* owned */
	const struct inventory_entry *entry;
};

static int compare_variants(const void *a, const void *b)
{
	const struct variant *x = a, *y = b;
	int order = strcmp(x->key, y->key);

	return order ? order : strcmp(x->entry->path, y->entry->path);
}

/* The variant's key, to free; NULL for what is no info.json of a version that tells one. */
static char *variant_key(const struct inventory_entry *entry)
{
	size_t end = directory_len(entry);
	json_t *info;
	const char *variant;
	char *key = NULL;

	if (entry->kind != ENTRY_FILE || end == 0 || strcmp(entry->below + end, "info.json") != 0)
		return NULL;
	info = json_loads(entry->text ? entry->text : "", 0, NULL);
	variant = json_string_value(json_object_get(info, "variant"));
	free(component_before(entry, &end));
	if (variant)
		key = text_format("%s\n%s\n%.*s\n%s", entry->root, entry->uname, (int)end, entry->below, variant);
	json_decref(info);
	return key;
}

/* Toolstacks select by the variant: two versions of a driver must not have one. */
static void check_variants(struct report *report, const struct inventory_entry *entries, size_t count)
{
	struct variant *variants = need_memory(count + 1, sizeof(*variants));
	size_t found = 0;

	for (size_t i = 0; i < count; i++) {
		char *key = variant_key(&entries[i]);

		if (key)
			variants[found++] = (struct variant){key, &entries[i]};
	}
	if (found)
		qsort(variants, found, sizeof(*variants), compare_variants);
	for (size_t i = 1; i < found; i++)
		if (strcmp(variants[i].key, variants[i - 1].key) == 0 &&
		    strcmp(variants[i].entry->below, variants[i - 1].entry->below) != 0) {
			char *safe = text_safe(strrchr(variants[i].key, '\n') + 1);

			report_add(report, RULE_INFO_VARIANT, variants[i].entry->path, "%s is also the variant of %s",
				   safe, variants[i - 1].entry->path);
			free(safe);
		}
	for (size_t i = 0; i < found; i++)
		free(variants[i].key);
	free(variants);
}

void check_info(struct report *report, const struct inventory_entry *entries, size_t count)
{
	check_variants(report, entries, count);
	for (size_t i = 0, n = 1; i < count; i += n, n = 1) {
		size_t len = directory_len(&entries[i]);

		if (len == 0)
			continue;
		while (i + n < count && directory_len(&entries[i + n]) == len &&
		       strncmp(entries[i].below, entries[i + n].below, len) == 0)
			n++;
		check_directory(report, &entries[i], n, len);
	}
}
