// SPDX-License-Identifier: GPL-2.0-only
// Checks what the packages of a disk require: the disk must have it, or hosts do. Rule disk-package-requires.
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/die.h"
#include "base/profile.h"
#include "check/disk_topics.h"

/* What a package of the disk provides. The strings belong to the disk. */
struct provided {
	const char *name, *version;
	uint32_t flags;
};

struct provisions {
	struct provided *all; /* sorted by name */
	size_t count;
	size_t left; /* how many versions may still be compared */
};

/* Packages provide a name a few times. A hostile disk could provide one name 100,000 times, and require it as often. */
#define COMPARISONS_MAX 2000000u

static int compare_provided(const void *a, const void *b)
{
	return strcmp(((const struct provided *)a)->name, ((const struct provided *)b)->name);
}

/* The metapackage says what hosts must have, so all that it requires counts as provided. */
static bool is_metapackage(const struct rpm *rpm)
{
	return strncmp(rpm->name, "update-", 7) == 0 || strncmp(rpm->name, "control-", 8) == 0;
}

static size_t count_of(const struct rpm *rpm)
{
	return rpm->provide_count + rpm->file_count + (is_metapackage(rpm) ? rpm->need_count : 0);
}

static void add(struct provisions *provisions, const struct rpm *rpm)
{
	for (size_t i = 0; i < rpm->provide_count; i++)
		provisions->all[provisions->count++] =
			(struct provided){rpm->provides[i].name, rpm->provides[i].version, rpm->provides[i].flags};
	for (size_t i = 0; i < rpm->file_count; i++)
		provisions->all[provisions->count++] = (struct provided){rpm->files[i].path, "", 0};
	for (size_t i = 0; is_metapackage(rpm) && i < rpm->need_count; i++)
		provisions->all[provisions->count++] = (struct provided){rpm->needs[i].name, "", 0};
}

/* False if the budget refuses. */
static bool collect(struct disk_check *c, struct provisions *provisions)
{
	size_t count = 0;

	for (size_t i = 0; i < c->disk->count; i++)
		if (disk_is_installable(&c->disk->files[i]))
			count += count_of(&c->disk->files[i].rpm);
	if (!disk_keep(c->disk, count * sizeof(*provisions->all)))
		return false;
	provisions->all = need_memory(count + 1, sizeof(*provisions->all));
	for (size_t i = 0; i < c->disk->count; i++)
		if (disk_is_installable(&c->disk->files[i]))
			add(provisions, &c->disk->files[i].rpm);
	qsort(provisions->all, provisions->count, sizeof(*provisions->all), compare_provided);
	return true;
}

/* The length of the version without its release, which a requirement need not have. */
static size_t version_length(const char *version)
{
	const char *dash = strrchr(version, '-');

	return dash ? (size_t)(dash - version) : strlen(version);
}

/* Only requirements of one version are compared, because versions may have epochs. */
static bool has_version(const struct provided *provided, const struct rpm_dependency *need)
{
	const char *a = provided->version, *b = need->version;

	if (!*a || !*b || (need->flags & (RPM_LESS | RPM_GREATER | RPM_EQUAL)) != RPM_EQUAL || strcmp(a, b) == 0)
		return true;
	return !strchr(b, '-') && version_length(a) == strlen(b) && strncmp(a, b, strlen(b)) == 0;
}

static bool is_before(const void *item, const void *key)
{
	return compare_provided(item, key) < 0;
}

static bool is_provided(struct provisions *provisions, const struct rpm_dependency *need)
{
	const struct provided key = {need->name, "", 0};
	size_t i = array_lower_bound(provisions->all, provisions->count, sizeof(key), &key, is_before);

	for (; i < provisions->count && strcmp(provisions->all[i].name, need->name) == 0; i++)
		if (provisions->left == 0 || provisions->left-- == 1 || has_version(&provisions->all[i], need))
			return true;
	return false;
}

/* Reports the first requirement of the package that nothing provides, and how many more there are. */
static void check_package(struct disk_check *c, const struct disk_file *file, struct provisions *provisions)
{
	const struct rpm_dependency *first = NULL;
	size_t more = 0;

	for (size_t i = 0; i < file->rpm.need_count; i++) {
		const struct rpm_dependency *need = &file->rpm.needs[i];

		/* Requirements with conditions begin with a parenthesis. rpm provides config() of a package itself. */
		if (*need->name == '(' || strncmp(need->name, "config(", 7) == 0 ||
		    profile_provides(c->profile, need->name) || is_provided(provisions, need))
			continue;
		more += first != NULL;
		first = first ? first : need;
	}
	if (first && more)
		disk_found(c, RULE_DISK_PACKAGE_REQUIRES, file->path, "%s%s%s, and %zu more",
			   disk_safe(c->disk, first->name), *first->version ? " " : "",
			   disk_safe(c->disk, first->version), more);
	else if (first)
		disk_found(c, RULE_DISK_PACKAGE_REQUIRES, file->path, "%s%s%s", disk_safe(c->disk, first->name),
			   *first->version ? " " : "", disk_safe(c->disk, first->version));
}

void check_disk_needs(struct disk_check *c)
{
	struct provisions provisions = {.left = COMPARISONS_MAX};

	if (!collect(c, &provisions))
		return;
	for (size_t i = 0; i < c->disk->count; i++)
		if (disk_is_installable(&c->disk->files[i]) && !is_metapackage(&c->disk->files[i].rpm))
			check_package(c, &c->disk->files[i], &provisions);
	free(provisions.all);
}
