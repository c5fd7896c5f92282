// SPDX-License-Identifier: GPL-2.0-only
// Checks the two files that older hosts read: XS-REPOSITORY, and XS-PACKAGES with the packages that it lists.
#include <errno.h>
#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "check/disk_topics.h"
#include "package/disk_xml.h"

#define REPOSITORY "XS-REPOSITORY"
#define PACKAGES   "XS-PACKAGES"

/* Whether the format's own builder accepts the value as a name. */
static bool is_name(const char *s)
{
	return *s && strspn(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-") == strlen(s);
}

static bool is_true(const char *s)
{
	return strcmp(s, "true") == 0;
}

static bool is_test(const char *s)
{
	return strlen(s) == 2 && s[1] != ' ' && s[0] != ' ' && strstr("eq ne lt gt le ge", s);
}

static bool is_type(const char *s)
{
	return strcmp(s, "rpm") == 0 || strcmp(s, "driver-rpm") == 0;
}

#define NAME_EXPECTED "of A-Z a-z 0-9 . _ -"
#define KEEP(member)  offsetof(struct disk_check, member)

static const struct disk_attribute of_repository[] = {
	{"originator", true, RULE_DISK_REPOSITORY, is_name, NAME_EXPECTED, KEEP(originator)},
	{"name", true, RULE_DISK_REPOSITORY, is_name, NAME_EXPECTED, KEEP(name)},
	{"version", true, RULE_DISK_REPOSITORY, NULL, NULL, KEEP(version)},
	{"build", false, RULE_DISK_REPOSITORY, NULL, NULL, KEEP(build)},
	{"product", true, RULE_DISK_REPOSITORY, NULL, NULL, 0},
	{"memory-requirement-mb", false, RULE_DISK_REPOSITORY, disk_is_number, "a number", 0},
	{"enforce-homogeneity", false, RULE_DISK_REPOSITORY, is_true, "'true' or left out", 0},
	{0},
};

static const struct disk_attribute of_requires[] = {
	{"originator", true, RULE_DISK_REQUIRES, NULL, NULL, 0},
	{"name", true, RULE_DISK_REQUIRES, NULL, NULL, 0},
	{"version", true, RULE_DISK_REQUIRES, NULL, NULL, 0},
	{"test", true, RULE_DISK_REQUIRES, is_test, "one of eq ne lt gt le ge", 0},
	{0},
};

static const struct disk_attribute of_package[] = {
	{"label", true, RULE_DISK_PACKAGES, NULL, NULL, 0},
	{"type", true, RULE_DISK_PACKAGES, is_type, "rpm or driver-rpm", 0},
	{"size", true, RULE_DISK_PACKAGES, NULL, NULL, 0},
	{"md5", true, RULE_DISK_PACKAGES, NULL, NULL, 0},
	{0},
};

static void check_description(struct disk_check *c, const struct xml_node *root)
{
	const struct xml_node *first = xml_child(root, NULL);

	c->description = xml_child_text(root, "description");
	if (!c->description || !*c->description)
		disk_found(c, RULE_DISK_REPOSITORY, REPOSITORY, "it has no description");
	else if (strcmp(first->name, "description") != 0)
		disk_found(c, RULE_DISK_DESCRIPTION, REPOSITORY, "the first is <%s>", disk_safe(c->disk, first->name));
}

void check_disk_pack(struct disk_check *c)
{
	const struct xml_node *root =
		disk_document(c, REPOSITORY, "repository", RULE_DISK_REPOSITORY_MISSING, RULE_DISK_REPOSITORY);

	if (!root)
		return;
	disk_check_attributes(c, REPOSITORY, root, of_repository);
	check_description(c, root);
	for (const struct xml_node *node = xml_child(root, "requires"); node; node = xml_next(node, "requires"))
		disk_check_attributes(c, REPOSITORY, node, of_requires);
}

static void check_sums(struct disk_check *c, const struct xml_node *node, const struct disk_file *file)
{
	const char *size = xml_attribute(node, "size"), *md5 = xml_attribute(node, "md5");
	char *end;

	errno = 0;
	if (size && *size && (strtoull(size, &end, 10) != file->size || *end || errno))
		disk_found(c, RULE_DISK_PACKAGE_SIZE, file->path, "it has %" PRIu64 " bytes, and XS-PACKAGES says %s",
			   file->size, disk_safe(c->disk, size));
	if (md5 && *md5 && strcmp(md5, file->md5) != 0)
		disk_found(c, RULE_DISK_PACKAGE_MD5, file->path, "it has the MD5 sum %s, and XS-PACKAGES says %s",
			   file->md5, disk_safe(c->disk, md5));
}

static void check_kind(struct disk_check *c, const struct xml_node *node, const struct disk_file *file,
		       const char *type)
{
	const char *kernel = xml_attribute(node, "kernel"), *right = disk_kernel(c->disk, &file->rpm);
	const char *safe = disk_safe(c->disk, right);

	if (strcmp(type, "driver-rpm") != 0) {
		if (*right && strcmp(right, "any") != 0)
			disk_found(c, RULE_DISK_PACKAGE_TYPE, file->path,
				   "its type is %s, and it has files for the kernel %s", disk_safe(c->disk, type),
				   safe);
	} else if (!kernel || !*kernel) {
		disk_found(c, RULE_DISK_PACKAGES, PACKAGES, "%s is a driver-rpm and has no kernel",
			   disk_safe(c->disk, file->path));
	} else if (!*right) {
		disk_found(c, RULE_DISK_PACKAGE_TYPE, file->path,
			   "its type is driver-rpm, and it has files that belong neither to a kernel nor to a data "
			   "package");
	} else if (strcmp(kernel, right) != 0) {
		disk_found(c, RULE_DISK_PACKAGE_KERNEL, file->path, "XS-PACKAGES says %s, and its files are for %s",
			   disk_safe(c->disk, kernel), safe);
	}
}

static void check_listed(struct disk_check *c, const struct xml_node *node, const char *name, const char *type)
{
	const struct disk_file *file = disk_find(c->disk, name);
	const char *label = xml_attribute(node, "label");

	if (!file) {
		disk_found(c, RULE_DISK_PACKAGE_MISSING, PACKAGES, "it lists %s", disk_safe(c->disk, name));
		return;
	}
	check_sums(c, node, file);
	if (!file->has_rpm)
		return;
	check_kind(c, node, file, type);
	if (label && *label && strcmp(label, file->rpm.name) != 0)
		disk_found(c, RULE_DISK_PACKAGE_LABEL, file->path, "the label is '%s', and the package is called '%s'",
			   disk_safe(c->disk, label), disk_safe(c->disk, file->rpm.name));
}

static void check_entry(struct disk_check *c, const struct xml_node *node)
{
	const char *name = node->text, *type = xml_attribute(node, "type");

	disk_check_attributes(c, PACKAGES, node, of_package);
	if (!*name || strchr(name, '/') || name[0] == '.')
		disk_found(c, RULE_DISK_PACKAGES, PACKAGES,
			   "'%s' is not the name of a file in the top directory of the disk", disk_safe(c->disk, name));
	else if (type && is_type(type))
		check_listed(c, node, name, type);
}

/* Whether only the toolstacks of newer hosts use the package. Older hosts do not need it. */
static bool is_for_toolstack(const struct rpm *rpm)
{
	return strncmp(rpm->name, "update-", 7) == 0 || strncmp(rpm->name, "control-", 8) == 0;
}

static void check_complete(struct disk_check *c, const struct xml_node *root)
{
	struct string_list listed = {0};

	for (const struct xml_node *node = xml_child(root, "package"); node; node = xml_next(node, "package"))
		string_list_add(&listed, node->text);
	for (size_t i = 0; i < c->disk->count; i++) {
		const struct disk_file *file = &c->disk->files[i];
		size_t times = file->is_rpm ? string_list_has(&listed, file->path) : 1;

		if (times > 1)
			disk_found(c, RULE_DISK_PACKAGE_TWICE, file->path, "XS-PACKAGES lists it %zu times", times);
		else if (times == 0 && disk_is_installable(file) && !is_for_toolstack(&file->rpm))
			disk_found(c, RULE_DISK_PACKAGE_UNLISTED, file->path, NULL);
	}
	string_list_free(&listed);
}

void check_disk_list(struct disk_check *c)
{
	const struct xml_node *root =
		disk_document(c, PACKAGES, "packages", RULE_DISK_PACKAGES_MISSING, RULE_DISK_PACKAGES);

	if (!root)
		return;
	if (!xml_child(root, "package"))
		disk_found(c, RULE_DISK_PACKAGES, PACKAGES, "it lists no package");
	for (const struct xml_node *node = xml_child(root, "package"); node; node = xml_next(node, "package"))
		check_entry(c, node);
	check_complete(c, root);
}
