// SPDX-License-Identifier: GPL-2.0-only
// Two sets of modules, an older and a newer one, and what is different between them.
#include "xs-ddk/module_diff.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/die.h"
#include "base/text.h"
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
	if (set->count == set->room) {
		set->room = set->room ? 2 * set->room : 16;
		set->modules = reallocarray(set->modules, set->room, sizeof(*set->modules));
		if (!set->modules)
			die_memory();
	}
	set->modules[set->count] = (struct diff_module){0};
	return &set->modules[set->count++];
}

static void take_module(struct diff_set *set, const char *path, const struct module *module, const void *bytes,
			size_t len)
{
	struct diff_module *taken = new_module(set);
	const char *name = module_info(module, "name", NULL);

	/* Kernels before 4.13 wrote no name= into .modinfo. */
	name_of_module(name ? name : path, taken->name);
	module_kernel(module, taken->kernel, sizeof(taken->kernel));
	taken->path = text_format("%s", path);
	attributes_read(&taken->attributes, module, bytes, len);
}

static void read_module(struct diff_set *set, const struct input *input)
{
	struct module module = {0};
	const char *why;
	size_t len;
	uint8_t *bytes = input_whole(input, SOURCE_LIMIT, &len, &why);

	if (!bytes) {
		trouble(set, input->path, why);
		return;
	}
	if (module_read_memory(&module, bytes, len) != 0)
		trouble(set, input->path, strerror(errno));
	else if (module_is_broken(&module) || module.fault[MODULE_NO_MODINFO])
		trouble(set, input->path, "it is no whole kernel module; 'xs-ddk verify' tells more");
	else
		take_module(set, input->path, &module, bytes, len);
	module_free(&module);
	free(bytes);
}

static void take_input(const struct input *input, void *context)
{
	struct diff_set *set = context;

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
	return order ? order : strcmp(x->path, y->path);
}

void diff_set_read(struct diff_set *set, char *path)
{
	static const struct input_options options = {.in_order = true};
	char *paths[] = {path, NULL};
	void *contexts[] = {set};

	inputs_each(paths, &options, take_input, contexts);
	if (set->count)
		qsort(set->modules, set->count, sizeof(*set->modules), compare_modules);
	else if (!set->trouble)
		trouble(set, path, "there is no module in it");
}

void diff_set_free(struct diff_set *set)
{
	for (size_t i = 0; i < set->count; i++) {
		attributes_free(&set->modules[i].attributes);
		free(set->modules[i].path);
	}
	free(set->modules);
	*set = (struct diff_set){0};
}

/* How modules may be found to stand for each other, the surest first. */
enum match { MATCH_KERNEL, MATCH_NAME, MATCHES };

static bool matches(const struct diff_module *a, const struct diff_module *b, enum match match)
{
	return strcmp(a->name, b->name) == 0 && (match == MATCH_NAME || strcmp(a->kernel, b->kernel) == 0);
}

struct diff_pair *diff_pairs(const struct diff_set *old_set, const struct diff_set *new_set, size_t *count)
{
	struct diff_pair *pairs = need_memory(old_set->count + new_set->count + 1, sizeof(*pairs));
	bool *taken = need_memory(new_set->count + 1, sizeof(*taken));

	for (size_t i = 0; i < old_set->count; i++)
		pairs[i].old_module = &old_set->modules[i];
	for (enum match match = 0; match < MATCHES; match++)
		for (size_t i = 0; i < old_set->count; i++)
			for (size_t j = 0; j < new_set->count && !pairs[i].new_module; j++)
				if (!taken[j] && matches(&old_set->modules[i], &new_set->modules[j], match)) {
					pairs[i].new_module = &new_set->modules[j];
					taken[j] = true;
				}
	*count = old_set->count;
	for (size_t j = 0; j < new_set->count; j++)
		if (!taken[j])
			pairs[(*count)++].new_module = &new_set->modules[j];
	free(taken);
	return pairs;
}

static bool is_covered(const struct diff_set *set, const char *kernel, const char *device)
{
	for (size_t i = 0; i < set->count; i++)
		if ((!kernel || strcmp(set->modules[i].kernel, kernel) == 0) &&
		    attributes_cover_device(&set->modules[i].attributes, device))
			return true;
	return false;
}

/* What another kernel's module covers does not help, unless the whole newer set is for other kernels. */
static bool is_lost(const struct attribute *attribute, const struct diff_pair *pair, const struct diff_set *new_set)
{
	const char *kernel = pair->new_module ? pair->new_module->kernel : pair->old_module->kernel;
	bool known = false;

	if (attribute->kind != ATTRIBUTE_DEVICE)
		return false;
	for (size_t i = 0; i < new_set->count; i++)
		known = known || strcmp(new_set->modules[i].kernel, kernel) == 0;
	return !is_covered(new_set, known ? kernel : NULL, attribute->key);
}

struct diff_change *diff_changes(const struct diff_pair *pair, const struct diff_set *new_set, size_t *count)
{
	static const struct attributes none;
	const struct attributes *old_facts = pair->old_module ? &pair->old_module->attributes : &none;
	const struct attributes *new_facts = pair->new_module ? &pair->new_module->attributes : &none;
	struct diff_change *changes = need_memory(old_facts->count + new_facts->count + 1, sizeof(*changes));
	size_t i = 0, j = 0;

	*count = 0;
	while (i < old_facts->count || j < new_facts->count) {
		const struct attribute *a = i < old_facts->count ? &old_facts->all[i] : NULL;
		const struct attribute *b = j < new_facts->count ? &new_facts->all[j] : NULL;
		int order = !a ? 1 : !b ? -1 : attribute_order(a, b);

		i += order <= 0;
		j += order >= 0;
		if (order == 0 && strcmp(a->value, b->value) == 0)
			continue;
		changes[(*count)++] = (struct diff_change){order <= 0 ? a : NULL, order >= 0 ? b : NULL,
							   order < 0 && is_lost(a, pair, new_set)};
	}
	return changes;
}
