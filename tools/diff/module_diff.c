// SPDX-License-Identifier: GPL-2.0-only
// Two sets of modules, an older and a newer one, and the differences between them.
#include "diff/module_diff.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/die.h"
#include "base/text.h"
#include "diff/disk_facts.h"
#include "package/walk.h"
#include "stream/source.h"

static void trouble(struct diff_set *set, const char *path, const char *why)
{
	char *safe = text_safe(path);

	complain("%s: %s", safe, why);
	free(safe);
	set->trouble = true;
}

static struct diff_module *new_module(struct diff_set *set)
{
	set->modules = array_grown(set->modules, set->count, sizeof(*set->modules));
	set->modules[set->count] = (struct diff_module){0};
	return &set->modules[set->count++];
}

static void take_module(struct diff_set *set, const char *path, const struct module *module, const void *bytes,
			size_t len)
{
	struct diff_module *taken = new_module(set);
	const char *name = module_info(module, "name", NULL);

	/* Before kernel 4.13, .modinfo had no name=. */
	name_of_module(name ? name : path, taken->name);
	module_kernel(module, taken->kernel, sizeof(taken->kernel));
	taken->path = text_format("%s", path);
	attributes_read(&taken->attributes, module, bytes, len);
	/* The version is the first attribute of each module. */
	taken->version = taken->attributes.all[0].value;
}

static void read_module(struct diff_set *set, const struct input *input)
{
	struct module module = {0};
	const char *why;
	size_t len;
	uint8_t *bytes = input_whole(input, MODULE_BYTES_MAX, &len, &why);

	if (!bytes) {
		trouble(set, input->path, why);
		return;
	}
	if (module_read_memory(&module, bytes, len) != 0)
		trouble(set, input->path, strerror(errno));
	else if (module_is_broken(&module) || module.fault[MODULE_NO_MODINFO])
		trouble(set, input->path, "it is not a complete kernel module; 'xs-ddk verify' says why");
	else
		take_module(set, input->path, &module, bytes, len);
	module_free(&module);
	source_whole_free(bytes, len);
}

static void take_input(const struct input *input, void *context)
{
	struct diff_set *set = context;

	set_facts_add(&set->facts, input);
	disk_facts_add(&set->facts, input);
	if (input->kind == INPUT_TROUBLE)
		trouble(set, input->path, input->why);
	else if (input->kind == INPUT_MODULE)
		read_module(set, input);
}

static int compare_modules(const void *a, const void *b)
{
	const struct diff_module *x = a, *y = b;
	int order = strcmp(x->name, y->name);

	if (order == 0)
		order = strcmp(x->kernel, y->kernel);
	if (order == 0)
		order = strcmp(x->version, y->version);
	return order ? order : strcmp(x->path, y->path);
}

void diff_set_read(struct diff_set *set, char *const *paths)
{
	static const struct input_options options = {.in_order = true};
	void *contexts[] = {set};

	inputs_each(paths, &options, take_input, contexts);
	set_facts_sort(&set->facts);
	if (set->facts.over)
		trouble(set, *paths, "its packages take more memory to compare than their sizes allow");
	if (set->count)
		qsort(set->modules, set->count, sizeof(*set->modules), compare_modules);
	else if (!set->trouble)
		trouble(set, *paths, "it has no module");
}

void diff_set_free(struct diff_set *set)
{
	for (size_t i = 0; i < set->count; i++) {
		attributes_free(&set->modules[i].attributes);
		free(set->modules[i].path);
	}
	free(set->modules);
	set_facts_free(&set->facts);
	*set = (struct diff_set){0};
}

/* What must be equal in a pair. */
enum likeness { LIKE_NAME, LIKE_KERNEL, LIKE_VERSION };

/* Compares by name, then by kernel and by version if LIKENESS asks for them. Both sets have this order. */
static int compare_pair(const struct diff_module *a, const struct diff_module *b, enum likeness likeness)
{
	int order = strcmp(a->name, b->name);

	if (order == 0 && likeness >= LIKE_KERNEL)
		order = strcmp(a->kernel, b->kernel);
	if (order == 0 && likeness >= LIKE_VERSION)
		order = strcmp(a->version, b->version);
	return order;
}

/* Pairs the modules that have no partner yet. */
static void pair_up(struct diff_pair *pairs, const struct diff_set *old_set, const struct diff_set *new_set,
		    bool *taken, enum likeness likeness)
{
	for (size_t i = 0, j = 0; i < old_set->count && j < new_set->count;) {
		int order = compare_pair(&old_set->modules[i], &new_set->modules[j], likeness);

		if (taken[j] || order > 0) {
			j++;
		} else if (pairs[i].new_module || order < 0) {
			i++;
		} else {
			pairs[i++].new_module = &new_set->modules[j];
			taken[j++] = true;
		}
	}
}

struct diff_pair *diff_pairs(const struct diff_set *old_set, const struct diff_set *new_set, size_t *count)
{
	struct diff_pair *pairs = need_memory(old_set->count + new_set->count + 1, sizeof(*pairs));
	bool *taken = need_memory(new_set->count + 1, sizeof(*taken));

	for (size_t i = 0; i < old_set->count; i++)
		pairs[i].old_module = &old_set->modules[i];
	pair_up(pairs, old_set, new_set, taken, LIKE_VERSION);
	pair_up(pairs, old_set, new_set, taken, LIKE_KERNEL);
	pair_up(pairs, old_set, new_set, taken, LIKE_NAME);
	*count = old_set->count;
	for (size_t j = 0; j < new_set->count; j++)
		if (!taken[j])
			pairs[(*count)++].new_module = &new_set->modules[j];
	free(taken);
	return pairs;
}

struct device_index *diff_devices(const struct diff_set *set)
{
	struct device_pattern *patterns;
	size_t most = 0, count = 0;

	for (size_t i = 0; i < set->count; i++)
		most += set->modules[i].attributes.count;
	patterns = need_memory(most + 1, sizeof(*patterns));
	for (size_t i = 0; i < set->count; i++) {
		const struct diff_module *module = &set->modules[i];

		for (size_t j = 0; j < module->attributes.count; j++)
			if (module->attributes.all[j].kind == ATTRIBUTE_DEVICE)
				patterns[count++] =
					(struct device_pattern){module->attributes.all[j].key, module->kernel, 0};
	}
	return device_index_make(patterns, count);
}

/*
 * The kernel whose newer modules may take over the devices of a pair. A module for another kernel does not help. But if
 * the newer set has nothing for this kernel, modules for any kernel count: NULL.
 */
static const char *heir_kernel(const struct diff_pair *pair, const struct diff_set *new_set)
{
	if (pair->new_module)
		return pair->new_module->kernel;
	for (size_t i = 0; i < new_set->count; i++)
		if (strcmp(new_set->modules[i].kernel, pair->old_module->kernel) == 0)
			return pair->old_module->kernel;
	return NULL;
}

struct diff_change *diff_changes(const struct diff_pair *pair, const struct diff_set *new_set,
				 struct device_index *devices, size_t *count)
{
	static const struct attributes none;
	const struct attributes *old_list = pair->old_module ? &pair->old_module->attributes : &none;
	const struct attributes *new_list = pair->new_module ? &pair->new_module->attributes : &none;
	struct diff_change *changes = need_memory(old_list->count + new_list->count + 1, sizeof(*changes));
	const char *kernel = heir_kernel(pair, new_set);
	size_t i = 0, j = 0;

	*count = 0;
	while (i < old_list->count || j < new_list->count) {
		const struct attribute *a = i < old_list->count ? &old_list->all[i] : NULL;
		const struct attribute *b = j < new_list->count ? &new_list->all[j] : NULL;
		int order = !a ? 1 : !b ? -1 : attribute_order(a, b);
		struct diff_change change = {order <= 0 ? a : NULL, order >= 0 ? b : NULL, COVERED};

		i += order <= 0;
		j += order >= 0;
		if (order == 0 && strcmp(a->value, b->value) == 0)
			continue;
		if (order < 0 && a->kind == ATTRIBUTE_DEVICE)
			change.coverage = device_index_find(devices, kernel, a->key);
		changes[(*count)++] = change;
	}
	return changes;
}
