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
			report_add(report, RULE_INFO_DAMAGED, path, "\"%s\" is not there, or no string", strings[i]);
	if (!json_is_number(json_object_get(info, "priority")))
		report_add(report, RULE_INFO_DAMAGED, path, "\"priority\" is not there, or no number");
	if (!json_is_object(json_object_get(info, "pci_ids")))
		report_add(report, RULE_INFO_DAMAGED, path, "\"pci_ids\" is not there, or no object");
}

/* The name of the version's directory. The caller frees it. */
static char *version_of(const struct inventory_entry *entry)
{
	size_t len = directory_len(entry) - 1, start = len;

	while (start > 0 && entry->below[start - 1] != '/')
		start--;
	return text_format("%.*s", (int)(len - start), entry->below + start);
}

static void check_info_version(struct report *report, const struct inventory_entry *entry, const json_t *info)
{
	const char *found = json_string_value(json_object_get(info, "version"));
	char *expected = version_of(entry), *safe;

	if (found && strcmp(found, expected) != 0) {
		safe = text_safe(found);
		report_add(report, RULE_INFO_MISMATCH, entry->path, "its version is %s, expected %s", safe, expected);
		free(safe);
	}
	free(expected);
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
		if (modalias_pci(*alias, &id) && !lists_id(texts, count, &id)) {
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
		check_info_version(report, entry, info);
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

void check_info(struct report *report, const struct inventory_entry *entries, size_t count)
{
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
