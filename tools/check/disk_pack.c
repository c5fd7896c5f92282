// SPDX-License-Identifier: GPL-2.0-only
// Checks the two files that older hosts read: XS-REPOSITORY, and XS-PACKAGES with the packages that it lists.
#include <errno.h>
#include <inttypes.h>
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

static bool is_one_of(const char *s, const char *const *words)
{
	for (; *words; words++)
		if (strcmp(s, *words) == 0)
			return true;
	return false;
}

/* The value of a required attribute. Adds a finding and returns NULL if it is missing or empty. */
static const char *need_attribute(struct disk_check *c, enum rule_id rule, const char *file,
				  const struct xml_node *node, const char *name)
{
	const char *value = xml_attribute(c->disk, node, name);

	if (value && *value)
		return value;
	disk_found(c, rule, file, "<%s> has no %s", node->name, name);
	return NULL;
}

static void check_requirement(struct disk_check *c, const struct xml_node *node)
{
	static const char *const tests[] = {"eq", "ne", "lt", "gt", "le", "ge", NULL};
	const char *test;

	need_attribute(c, RULE_DISK_REQUIRES, REPOSITORY, node, "originator");
	need_attribute(c, RULE_DISK_REQUIRES, REPOSITORY, node, "name");
	need_attribute(c, RULE_DISK_REQUIRES, REPOSITORY, node, "version");
	test = need_attribute(c, RULE_DISK_REQUIRES, REPOSITORY, node, "test");
	if (test && !is_one_of(test, tests))
		disk_found(c, RULE_DISK_REQUIRES, REPOSITORY, "the test '%s' is none of eq ne lt gt le ge",
			   disk_safe(c->disk, test));
}

static void check_optional(struct disk_check *c, const struct xml_node *root)
{
	const char *memory = xml_attribute(c->disk, root, "memory-requirement-mb");
	const char *homogeneous = xml_attribute(c->disk, root, "enforce-homogeneity");

	if (memory && (!*memory || memory[strspn(memory, "0123456789")]))
		disk_found(c, RULE_DISK_REPOSITORY, REPOSITORY, "memory-requirement-mb is '%s', and must be a number",
			   disk_safe(c->disk, memory));
	if (homogeneous && strcmp(homogeneous, "true") != 0)
		disk_found(c, RULE_DISK_REPOSITORY, REPOSITORY, "enforce-homogeneity is '%s', and can only be 'true'",
			   disk_safe(c->disk, homogeneous));
}

static void check_description(struct disk_check *c, const struct xml_node *root)
{
	const struct xml_node *first = xml_child(root, NULL);

	c->description = xml_child_text(c->disk, root, "description");
	if (!c->description || !*c->description)
		disk_found(c, RULE_DISK_REPOSITORY, REPOSITORY, "it has no description");
	else if (strcmp(first->name, "description") != 0)
		disk_found(c, RULE_DISK_DESCRIPTION, REPOSITORY, "the first is <%s>", disk_safe(c->disk, first->name));
}

static void check_repository(struct disk_check *c, const struct xml_node *root)
{
	c->originator = need_attribute(c, RULE_DISK_REPOSITORY, REPOSITORY, root, "originator");
	c->name = need_attribute(c, RULE_DISK_REPOSITORY, REPOSITORY, root, "name");
	c->version = need_attribute(c, RULE_DISK_REPOSITORY, REPOSITORY, root, "version");
	c->build = xml_attribute(c->disk, root, "build");
	need_attribute(c, RULE_DISK_REPOSITORY, REPOSITORY, root, "product");
	if (c->originator && !is_name(c->originator))
		disk_found(c, RULE_DISK_REPOSITORY, REPOSITORY, "the originator '%s' has more than A-Z a-z 0-9 . _ -",
			   disk_safe(c->disk, c->originator));
	if (c->name && !is_name(c->name))
		disk_found(c, RULE_DISK_REPOSITORY, REPOSITORY, "the name '%s' has more than A-Z a-z 0-9 . _ -",
			   disk_safe(c->disk, c->name));
	check_optional(c, root);
	check_description(c, root);
	for (const struct xml_node *node = xml_child(root, "requires"); node; node = xml_next(node, "requires"))
		check_requirement(c, node);
}

void check_disk_pack(struct disk_check *c)
{
	const struct disk_file *file = disk_find(c->disk, REPOSITORY);
	const char *why;
	const struct xml_node *root;

	if (!file) {
		disk_found(c, RULE_DISK_REPOSITORY_MISSING, NULL, NULL);
		return;
	}
	root = disk_xml_read(c->disk, file, "repository", &why);
	if (!root) {
		disk_found(c, RULE_DISK_REPOSITORY, REPOSITORY, "%s", why);
		return;
	}
	check_repository(c, root);
}

static void check_sums(struct disk_check *c, const struct xml_node *node, const struct disk_file *file)
{
	const char *size = need_attribute(c, RULE_DISK_PACKAGES, PACKAGES, node, "size");
	const char *md5 = need_attribute(c, RULE_DISK_PACKAGES, PACKAGES, node, "md5");
	char *end;

	errno = 0;
	if (size && (strtoull(size, &end, 10) != file->size || *end || errno))
		disk_found(c, RULE_DISK_PACKAGE_SIZE, file->path, "it has %" PRIu64 " bytes, and XS-PACKAGES says %s",
			   file->size, disk_safe(c->disk, size));
	if (md5 && strcmp(md5, file->md5) != 0)
		disk_found(c, RULE_DISK_PACKAGE_MD5, file->path, "it has the MD5 sum %s, and XS-PACKAGES says %s",
			   file->md5, disk_safe(c->disk, md5));
}

static void check_kind(struct disk_check *c, const struct xml_node *node, const struct disk_file *file,
		       const char *type)
{
	const char *kernel = xml_attribute(c->disk, node, "kernel"), *right = disk_kernel(c->disk, &file->rpm);
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
			   "its type is driver-rpm, and it has files that are neither a kernel's nor a data package's");
	} else if (strcmp(kernel, right) != 0) {
		disk_found(c, RULE_DISK_PACKAGE_KERNEL, file->path, "XS-PACKAGES says %s, and its files are for %s",
			   disk_safe(c->disk, kernel), safe);
	}
}

static void check_listed(struct disk_check *c, const struct xml_node *node, const char *name, const char *type)
{
	const struct disk_file *file = disk_find(c->disk, name);
	const char *label = need_attribute(c, RULE_DISK_PACKAGES, PACKAGES, node, "label");

	if (!file) {
		disk_found(c, RULE_DISK_PACKAGE_MISSING, PACKAGES, "it lists %s", disk_safe(c->disk, name));
		return;
	}
	check_sums(c, node, file);
	if (!file->has_rpm)
		return;
	check_kind(c, node, file, type);
	if (label && strcmp(label, file->rpm.name) != 0)
		disk_found(c, RULE_DISK_PACKAGE_LABEL, file->path, "it is '%s', and the package is called '%s'",
			   disk_safe(c->disk, label), disk_safe(c->disk, file->rpm.name));
}

static void check_entry(struct disk_check *c, const struct xml_node *node)
{
	static const char *const types[] = {"rpm", "driver-rpm", NULL};
	const char *name = xml_text(c->disk, node),
		   *type = need_attribute(c, RULE_DISK_PACKAGES, PACKAGES, node, "type");

	if (!*name || strchr(name, '/') || name[0] == '.') {
		disk_found(c, RULE_DISK_PACKAGES, PACKAGES, "'%s' is no name of a file in the disk's own directory",
			   disk_safe(c->disk, name));
		return;
	}
	if (type && !is_one_of(type, types))
		disk_found(c, RULE_DISK_PACKAGES, PACKAGES,
			   "%s has the type '%s', and hosts install rpm and driver-rpm", disk_safe(c->disk, name),
			   disk_safe(c->disk, type));
	else if (type)
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
		string_list_add(&listed, xml_text(c->disk, node));
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
	const struct disk_file *file = disk_find(c->disk, PACKAGES);
	const char *why;
	const struct xml_node *root;

	if (!file) {
		disk_found(c, RULE_DISK_PACKAGES_MISSING, NULL, NULL);
		return;
	}
	root = disk_xml_read(c->disk, file, "packages", &why);
	if (!root) {
		disk_found(c, RULE_DISK_PACKAGES, PACKAGES, "%s", why);
		return;
	}
	if (!xml_child(root, "package"))
		disk_found(c, RULE_DISK_PACKAGES, PACKAGES, "it lists no package");
	for (const struct xml_node *node = xml_child(root, "package"); node; node = xml_next(node, "package"))
		check_entry(c, node);
	check_complete(c, root);
}
