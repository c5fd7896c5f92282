// SPDX-License-Identifier: GPL-2.0-only
// xs-driver list in the layout of the xe command: the fields of hostdriver-list and of hostdriver-variant-list.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "host/installed.h"
#include "xs-driver/commands.h"

/* What xe prints if no variant is active or selected. */
#define NONE "<none>"

/* A variant: an installed version, with what its info.json says. */
struct variant {
	const struct driver_version *version;
	char *name, *shown_version, *status;
	double priority;
	bool hardware_present;
	char uuid[IDENTITY_SIZE];
};

static void read_variant(struct variant *variant, const struct listing *listing, const struct entry *entry,
			 const struct driver_version *version)
{
	const struct hardware *hardware = &listing->host->hardware;
	bool *matched = need_memory(hardware->count + 1, sizeof(*matched));
	json_t *info = installed_info(entry->hierarchy, entry->driver, version);

	*variant = (struct variant){
		.version = version,
		.name = text_format("%s", info_text(info, "variant", version->name)),
		.shown_version = text_format("%s", info_text(info, "version", version->name)),
		.status = text_format("%s", info_text(info, "status", "unknown")),
		.priority = json_number_value(json_object_get(info, "priority")),
		.hardware_present = hardware_match_version(hardware, entry->hierarchy, entry->driver, version,
							   &listing->host->scratch, matched),
	};
	identity_driver(entry->state.uuid, variant->name, variant->uuid);
	json_decref(info);
	free(matched);
}

/* The highest priority comes first, as in xe. */
static int compare_variants(const void *a, const void *b)
{
	const struct variant *x = a, *y = b;

	if (x->priority != y->priority)
		return x->priority < y->priority ? 1 : -1;
	return x->version < y->version ? 1 : -1;
}

static struct variant *read_variants(const struct listing *listing, const struct entry *entry)
{
	size_t count = entry->driver->version_count;
	struct variant *variants = need_memory(count + 1, sizeof(*variants));

	for (size_t v = 0; v < count; v++)
		read_variant(&variants[v], listing, entry, &entry->driver->versions[v]);
	qsort(variants, count, sizeof(*variants), compare_variants);
	return variants;
}

static void free_variants(struct variant *variants, size_t count)
{
	for (size_t v = 0; v < count; v++) {
		free(variants[v].name);
		free(variants[v].shown_version);
		free(variants[v].status);
	}
	free(variants);
}

/* xe prints the uuid first, at the left. It aligns the other names at the right, before the colon. */
static void print_field(const char *name, const char *value)
{
	enum { WIDTH = 22 };
	char *safe = text_safe(value);

	if (strcmp(name, "uuid") == 0)
		printf("%s ( RO)%*s: %s\n", name, WIDTH - 4, "", safe);
	else
		printf("%*s ( RO): %s\n", WIDTH, name, safe);
	free(safe);
}

/* Adds an item of a list: "one; two". Takes ITEM over. */
static void add_item(char **list, char *item)
{
	char *longer = text_format("%s%s%s", *list, **list ? "; " : "", item);

	free(*list);
	free(item);
	*list = longer;
}

static void print_lists(const struct variant *variants, size_t count)
{
	char *lists[4];
	static const char *const names[] = {"variants", "variants-dev-status", "variants-uuid", "variants-hw-present"};

	for (size_t i = 0; i < 4; i++)
		lists[i] = text_format("%s", "");
	for (size_t v = 0; v < count; v++) {
		add_item(&lists[0], text_format("%s/%s", variants[v].name, variants[v].shown_version));
		add_item(&lists[1], text_format("%s=%s", variants[v].name, variants[v].status));
		add_item(&lists[2], text_format("%s/%s", variants[v].name, variants[v].uuid));
		if (variants[v].hardware_present)
			add_item(&lists[3], text_format("%s", variants[v].name));
	}
	for (size_t i = 0; i < 4; i++) {
		print_field(names[i], lists[i]);
		free(lists[i]);
	}
}

/* The name of the variant that is VERSION, or NONE. */
static const char *name_of(const struct variant *variants, size_t count, const struct driver_version *version)
{
	for (size_t v = 0; v < count; v++)
		if (version && variants[v].version == version)
			return variants[v].name;
	return NONE;
}

static void print_driver(const struct listing *listing, const struct entry *entry)
{
	const struct driver *driver = entry->driver;
	size_t count = driver->version_count;
	struct variant *variants = read_variants(listing, entry);
	json_t *info = count ? installed_info(entry->hierarchy, driver, &driver->versions[count - 1]) : NULL;

	print_field("uuid", entry->state.uuid);
	print_field("name", driver->name);
	print_field("type", info_text(info, "category", "other"));
	print_field("description", info_text(info, "description", ""));
	print_field("info", info_text(info, "name", driver->name));
	print_field("host-uuid", listing->host->uuid);
	print_field("active-variant", name_of(variants, count, entry->state.active_version));
	print_field("selected-variant", name_of(variants, count, driver->selected));
	print_lists(variants, count);
	printf("\n\n");
	json_decref(info);
	free_variants(variants, count);
}

static void print_variant(const struct listing *listing, const struct entry *entry, const struct variant *variant)
{
	char *priority = text_format("%5.1f", variant->priority);

	print_field("uuid", variant->uuid);
	print_field("name", variant->name);
	print_field("version", variant->shown_version);
	print_field("status", variant->status);
	print_field("priority", priority);
	print_field("active", entry->state.active_version == variant->version ? "true" : "false");
	print_field("selected", entry->driver->selected == variant->version ? "true" : "false");
	print_field("driver-uuid", entry->state.uuid);
	print_field("driver-name", entry->driver->name);
	print_field("host-uuid", listing->host->uuid);
	print_field("hw-present", variant->hardware_present ? "true" : "false");
	printf("\n\n");
	free(priority);
}

void list_xe(const struct listing *listing)
{
	for (size_t i = 0; i < listing->count; i++)
		print_driver(listing, &listing->entries[i]);
}

void list_xe_variants(const struct listing *listing)
{
	for (size_t i = 0; i < listing->count; i++) {
		struct variant *variants = read_variants(listing, &listing->entries[i]);
		size_t count = listing->entries[i].driver->version_count;

		for (size_t v = 0; v < count; v++)
			print_variant(listing, &listing->entries[i], &variants[v]);
		free_variants(variants, count);
	}
}
