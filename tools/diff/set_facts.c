// SPDX-License-Identifier: GPL-2.0-only
// What a set of packages and modules has beside the modules themselves, as a list to compare.
#include "diff/set_facts.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/array.h"
#include "base/budget.h"
#include "base/die.h"
#include "base/module_path.h"
#include "base/text.h"

static const char *const kind_names[FACT_KINDS] = {
	[FACT_DISK] = "disk",
	[FACT_VERSION] = "version",
	[FACT_KERNEL] = "kernel",
	[FACT_PACKAGE] = "package",
	[FACT_REQUIREMENT] = "requirement",
	[FACT_SCRIPTLET] = "scriptlet",
	[FACT_FIRMWARE] = "firmware file",
	[FACT_RULES] = "device rules",
	[FACT_CONFIGURATION] = "configuration",
};

const char *fact_kind_name(enum fact_kind kind)
{
	return kind_names[kind];
}

void set_facts_add_fact(struct set_facts *facts, enum fact_kind kind, char *key, char *value)
{
	uint64_t size = 2 * sizeof(*facts->all) + strlen(key) + strlen(value) + 2;

	if (!budget_keep(size)) {
		facts->over = true;
		free(key);
		free(value);
		return;
	}
	facts->kept += size;
	facts->all = array_grown(facts->all, facts->count, sizeof(*facts->all));
	facts->all[facts->count++] = (struct fact){kind, key, value};
}

static void add_module(struct set_facts *facts, const char *host_path)
{
	struct module_path location;

	module_path_read(host_path, &location);
	if (!location.driver[0])
		return;
	set_facts_add_fact(facts, FACT_VERSION, text_format("%s %s", location.driver, location.version),
			   text_format("%s", ""));
	set_facts_add_fact(facts, FACT_KERNEL, text_format("%s %s", location.driver, location.uname),
			   text_format("%s", ""));
}

static void add_requirements(struct set_facts *facts, const char *who, const struct rpm *rpm)
{
	for (size_t i = 0; i < rpm->need_count; i++) {
		const struct rpm_dependency *need = &rpm->needs[i];

		if (strncmp(need->name, "rpmlib(", 7) == 0)
			continue;
		set_facts_add_fact(facts, FACT_REQUIREMENT, text_format("%s: %s", who, need->name),
				   text_format("%s%s%s%s", need->flags & RPM_LESS ? "<" : "",
					       need->flags & RPM_GREATER ? ">" : "",
					       need->flags & RPM_EQUAL ? "= " : "", need->version));
	}
}

/* FNV-1a of TEXT without each occurrence of the words: they differ between versions of a driver. */
static uint64_t digest_without(const char *text, const char *word, const char *other)
{
	uint64_t digest = UINT64_C(0xcbf29ce484222325);
	size_t len = strlen(word), other_len = strlen(other);

	while (*text) {
		if (len && strncmp(text, word, len) == 0) {
			text += len;
		} else if (other_len && strncmp(text, other, other_len) == 0) {
			text += other_len;
		} else {
			digest = (digest ^ (uint8_t)*text++) * UINT64_C(0x100000001b3);
		}
	}
	return digest;
}

static size_t count_lines(const char *text)
{
	size_t n = 0;

	for (; (text = strchr(text, '\n')); text++)
		n++;
	return n;
}

static void add_scriptlets(struct set_facts *facts, const char *who, const struct rpm *rpm, const char *version)
{
	for (size_t i = 0; i < rpm->scriptlet_count; i++) {
		const struct rpm_scriptlet *scriptlet = &rpm->scriptlets[i];

		set_facts_add_fact(facts, FACT_SCRIPTLET, text_format("%s: %s", who, scriptlet->kind),
				   text_format("%zu lines, digest %08" PRIx32, count_lines(scriptlet->body) + 1,
					       (uint32_t)digest_without(scriptlet->body, rpm->name, version)));
	}
}

static bool is_below(const char *path, const char *directory)
{
	if (strncmp(path, "/usr/lib/", 9) == 0)
		path += 4;
	return strncmp(path, directory, strlen(directory)) == 0;
}

static void add_files(struct set_facts *facts, const struct rpm *rpm)
{
	for (size_t i = 0; i < rpm->file_count; i++) {
		const struct rpm_file *file = &rpm->files[i];
		enum fact_kind kind =
			is_below(file->path, "/lib/firmware/") ? FACT_FIRMWARE
			: is_below(file->path, "/etc/udev/rules.d/") || is_below(file->path, "/lib/udev/rules.d/")
				? FACT_RULES
			: is_below(file->path, "/etc/") ? FACT_CONFIGURATION
							: FACT_KINDS;

		if (kind != FACT_KINDS && !S_ISDIR(file->mode))
			set_facts_add_fact(facts, kind, text_format("%s", file->path),
					   text_format("%.16s", file->digest));
	}
}

/* The metapackage of a disk only names the other packages, and the versions that hosts select. */
static bool is_metapackage(const struct rpm *rpm)
{
	for (size_t i = 0; i < rpm->file_count; i++)
		if (is_below(rpm->files[i].path, "/etc/xs-ddk/selection/"))
			return true;
	return rpm->file_count == 0;
}

static void add_package(struct set_facts *facts, const struct rpm *rpm)
{
	struct module_path location = {0};
	char *who;

	if (rpm->source || is_metapackage(rpm))
		return;
	for (size_t i = 0; i < rpm->file_count && !location.driver[0]; i++)
		module_path_read(rpm->files[i].path, &location);
	who = location.driver[0] ? text_format("%s for %s", location.driver, location.uname)
				 : text_format("%s", rpm->name);
	if (!location.driver[0])
		set_facts_add_fact(facts, FACT_PACKAGE, text_format("%s", rpm->name),
				   text_format("%s-%s", rpm->version, rpm->release));
	add_requirements(facts, who, rpm);
	add_scriptlets(facts, who, rpm, location.version);
	add_files(facts, rpm);
	free(who);
}

void set_facts_add(struct set_facts *facts, const struct input *input)
{
	if (input->kind == INPUT_MODULE)
		add_module(facts, input->host_path);
	else if (input->kind == INPUT_RPM && input->rpm)
		add_package(facts, input->rpm);
}

static int order_of(const struct fact *x, const struct fact *y)
{
	if (x->kind != y->kind)
		return x->kind < y->kind ? -1 : 1;
	return strcmp(x->key, y->key);
}

static int compare_facts(const void *a, const void *b)
{
	const struct fact *x = a, *y = b;
	int order = order_of(x, y);

	return order ? order : strcmp(x->value, y->value);
}

/* Whether all facts on disks are of one disk. */
static bool is_one_disk(const struct set_facts *facts)
{
	const char *first = NULL;

	for (size_t i = 0; i < facts->count; i++) {
		const char *key = facts->all[i].key;
		size_t len = strcspn(key, "\t");

		if (facts->all[i].kind != FACT_DISK)
			continue;
		first = first ? first : key;
		if (strncmp(first, key, len + 1) != 0)
			return false;
	}
	return true;
}

static void name_disks(struct set_facts *facts)
{
	bool one = is_one_disk(facts);

	for (size_t i = 0; i < facts->count; i++) {
		char *key = facts->all[i].key, *tab = strrchr(key, '\t'), *base = tab;

		if (facts->all[i].kind != FACT_DISK || !tab)
			continue;
		while (base > key && base[-1] != '/')
			base--;
		*tab = ' ';
		base = one ? tab + 1 : base;
		memmove(key, base, strlen(base) + 1);
	}
}

void set_facts_sort(struct set_facts *facts)
{
	size_t kept = 0;

	name_disks(facts);

	if (facts->count)
		qsort(facts->all, facts->count, sizeof(*facts->all), compare_facts);
	for (size_t i = 0; i < facts->count; i++) {
		if (kept && order_of(&facts->all[kept - 1], &facts->all[i]) == 0) {
			free(facts->all[i].key);
			free(facts->all[i].value);
			continue;
		}
		facts->all[kept++] = facts->all[i];
	}
	facts->count = kept;
}

void set_facts_free(struct set_facts *facts)
{
	for (size_t i = 0; i < facts->count; i++) {
		free(facts->all[i].key);
		free(facts->all[i].value);
	}
	free(facts->all);
	budget_release(facts->kept);
	*facts = (struct set_facts){0};
}

static bool is_before(const void *item, const void *key)
{
	return compare_facts(item, key) < 0;
}

/* How many versions of the driver of a version are in the list. */
static size_t count_versions(const struct set_facts *facts, const struct fact *version)
{
	/* All keys of the driver are between these two: no name has a blank, and '!' follows the blank. */
	char *first = text_format("%.*s ", (int)strcspn(version->key, " "), version->key);
	char *after = text_format("%.*s!", (int)strcspn(version->key, " "), version->key);
	const struct fact from = {FACT_VERSION, first, ""}, to = {FACT_VERSION, after, ""};
	size_t n = array_lower_bound(facts->all, facts->count, sizeof(from), &to, is_before) -
		   array_lower_bound(facts->all, facts->count, sizeof(from), &from, is_before);

	free(after);
	free(first);
	return n;
}

static bool is_finding(const struct fact *lost, const struct set_facts *old_facts, const struct set_facts *new_facts)
{
	if (lost->kind == FACT_VERSION)
		return count_versions(new_facts, lost) < count_versions(old_facts, lost);
	return lost->kind == FACT_KERNEL || lost->kind == FACT_PACKAGE;
}

struct fact_change *set_facts_compare(const struct set_facts *old_facts, const struct set_facts *new_facts,
				      size_t *count)
{
	struct fact_change *changes = need_memory(old_facts->count + new_facts->count + 1, sizeof(*changes));
	size_t i = 0, j = 0;

	*count = 0;
	while (i < old_facts->count || j < new_facts->count) {
		const struct fact *a = i < old_facts->count ? &old_facts->all[i] : NULL;
		const struct fact *b = j < new_facts->count ? &new_facts->all[j] : NULL;
		int order = !a ? 1 : !b ? -1 : order_of(a, b);

		i += order <= 0;
		j += order >= 0;
		if (order == 0 && strcmp(a->value, b->value) == 0)
			continue;
		changes[(*count)++] = (struct fact_change){order <= 0 ? a : NULL, order >= 0 ? b : NULL,
							   order < 0 && is_finding(a, old_facts, new_facts)};
	}
	return changes;
}
