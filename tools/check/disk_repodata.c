// SPDX-License-Identifier: GPL-2.0-only
// Checks the yum repository of a driver disk: its own files, the packages that it lists, and the groups that hosts
// need.
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/text.h"
#include "check/disk_topics.h"
#include "package/disk_xml.h"

#define REPOMD "repodata/repomd.xml"

/* The file in the <location> of an element. Adds a finding and returns NULL if it is not on the disk. */
static const struct disk_file *located(struct disk_check *c, enum rule_id rule, const char *in,
				       const struct xml_node *node)
{
	const char *href = xml_child_attribute(node, "location", "href");
	const struct disk_file *file = href ? disk_find(c->disk, href) : NULL;

	if (!href)
		disk_found(c, rule, in, "an entry has no location");
	else if (!file)
		disk_found(c, rule, in, "it lists %s", disk_safe(c->disk, href));
	return file;
}

/* Checks <checksum type="sha256">, which createrepo has written for years. */
static void check_checksum(struct disk_check *c, enum rule_id rule, const struct xml_node *node,
			   const struct disk_file *file)
{
	const char *type = xml_child_attribute(node, "checksum", "type");
	const char *sum = xml_child_text(node, "checksum");

	if (!type || !sum || strcmp(type, "sha256") != 0)
		disk_found(c, rule, file->path, "its checksum is of the type '%s', and must be sha256",
			   disk_safe(c->disk, type ? type : ""));
	else if (strcmp(sum, file->sha256) != 0)
		disk_found(c, rule, file->path, "it has the SHA-256 sum %s, and the repodata says %s", file->sha256,
			   disk_safe(c->disk, sum));
}

static const char *value_or(const char *value, const char *otherwise)
{
	return value ? value : otherwise;
}

static void check_nevra(struct disk_check *c, const struct xml_node *node, const struct disk_file *file)
{
	char *listed = text_format("%s-%s-%s.%s", value_or(xml_child_text(node, "name"), "?"),
				   value_or(xml_child_attribute(node, "version", "ver"), "?"),
				   value_or(xml_child_attribute(node, "version", "rel"), "?"),
				   value_or(xml_child_text(node, "arch"), "?"));
	char *right = text_format("%s-%s-%s.%s", file->rpm.name, file->rpm.version, file->rpm.release,
				  file->rpm.source ? "src" : file->rpm.arch);

	if (strcmp(listed, right) != 0)
		disk_found(c, RULE_DISK_PRIMARY, file->path, "it is %s, and the repodata says %s",
			   disk_safe(c->disk, right), disk_safe(c->disk, listed));
	free(listed);
	free(right);
}

static void check_primary(struct disk_check *c, const struct xml_node *root, const char *in)
{
	struct string_list listed = {0};

	for (const struct xml_node *node = xml_child(root, "package"); node; node = xml_next(node, "package")) {
		const struct disk_file *file = located(c, RULE_DISK_PRIMARY_MISSING, in, node);

		if (!file)
			continue;
		string_list_add(&listed, file->path);
		check_checksum(c, RULE_DISK_PRIMARY_CHECKSUM, node, file);
		if (file->has_rpm)
			check_nevra(c, node, file);
	}
	for (size_t i = 0; i < c->disk->count; i++)
		if (disk_is_installable(&c->disk->files[i]) && !string_list_has(&listed, c->disk->files[i].path))
			disk_found(c, RULE_DISK_PRIMARY_UNLISTED, c->disk->files[i].path, NULL);
	string_list_free(&listed);
}

/* The type of the package in a group, for example "mandatory"; "" if the group does not have the package. */
static const char *type_in_group(const struct xml_node *group, const char *package)
{
	const struct xml_node *list = xml_child(group, "packagelist");

	for (const struct xml_node *node = list ? xml_child(list, "packagereq") : NULL; node;
	     node = xml_next(node, "packagereq"))
		if (strcmp(node->text, package) == 0)
			return value_or(xml_attribute(node, "type"), "");
	return "";
}

/*
 * Whether the package requires NAME. UNDER_CONDITION: a condition such as "(NAME = 1.0-1 if ...)" counts too; rpm keeps
 * it as one requirement.
 */
static bool requires(const struct rpm *rpm, const char *name, bool under_condition)
{
	size_t len = strlen(name);

	for (size_t i = 0; i < rpm->need_count; i++) {
		const char *need = rpm->needs[i].name;

		if (strcmp(need, name) == 0 ||
		    (under_condition && need[0] == '(' && strncmp(need + 1, name, len) == 0 && need[len + 1] == ' '))
			return true;
	}
	return false;
}

/* The kernel that the package requires; NULL if it requires none. */
static const char *kernel_asked_for(const struct rpm *rpm)
{
	for (size_t i = 0; i < rpm->need_count; i++)
		if (strcmp(rpm->needs[i].name, "kernel-uname-r") == 0)
			return rpm->needs[i].version;
	return NULL;
}

/*
 * Each package must be in the group, or be required by the metapackage. Packages for every host must not require
 * different kernels.
 */
static void check_group_packages(struct disk_check *c, const struct xml_node *group, const char *in,
				 const struct rpm *meta)
{
	const char *id = xml_child_text(group, "id"), *kernel = NULL, *with_kernel = NULL;

	for (size_t i = 0; i < c->disk->count; i++) {
		const struct rpm *rpm = &c->disk->files[i].rpm;
		const char *type, *asked;

		if (!disk_is_installable(&c->disk->files[i]) || rpm == meta || strncmp(rpm->name, "control-", 8) == 0)
			continue;
		type = type_in_group(group, rpm->name);
		if (!*type && !requires(meta, rpm->name, true))
			disk_found(c, RULE_DISK_GROUP_PACKAGE, in, "the group '%s' has no %s, nor does %s require it",
				   disk_safe(c->disk, id), disk_safe(c->disk, rpm->name),
				   disk_safe(c->disk, meta->name));
		asked = kernel_asked_for(rpm);
		if (!asked || (strcmp(type, "mandatory") != 0 && !requires(meta, rpm->name, false)))
			continue;
		if (kernel && strcmp(kernel, asked) != 0) {
			disk_found(c, RULE_DISK_WHOLE, in, "the group '%s' wants %s for the kernel %s and %s for %s",
				   disk_safe(c->disk, id), disk_safe(c->disk, with_kernel), disk_safe(c->disk, kernel),
				   disk_safe(c->disk, rpm->name), disk_safe(c->disk, asked));
			return;
		}
		kernel = asked;
		with_kernel = rpm->name;
	}
}

static void check_group(struct disk_check *c, const struct xml_node *root, const char *in, enum rule_id rule,
			const char *id)
{
	const struct xml_node *group = xml_child(root, "group");
	const struct disk_file *meta;
	char *package;

	while (group && strcmp(value_or(xml_child_text(group, "id"), ""), id) != 0)
		group = xml_next(group, "group");
	if (!group) {
		disk_found(c, rule, in, NULL);
		return;
	}
	if (!c->label)
		return;
	package = disk_own(c->disk, text_format("update-%s", c->label));
	if (strcmp(type_in_group(group, package), "mandatory") != 0)
		disk_found(c, RULE_DISK_GROUP_PACKAGE, in, "the group '%s' has no mandatory %s", id,
			   disk_safe(c->disk, package));
	meta = disk_find_package(c->disk, package);
	if (meta)
		check_group_packages(c, group, in, &meta->rpm);
}

static void check_groups(struct disk_check *c, const struct xml_node *root, const char *in)
{
	check_group(c, root, in, RULE_DISK_GROUP_UPDATE, "update");
	check_group(c, root, in, RULE_DISK_GROUP_DRIVERS, "drivers");
}

typedef void document_function(struct disk_check *c, const struct xml_node *root, const char *in);

static void read_document(struct disk_check *c, const struct disk_file *file, const char *name,
			  document_function *check)
{
	const char *why;
	const struct xml_node *root = disk_xml_read(c->disk, file, name, &why);

	if (!root) {
		disk_found(c, RULE_DISK_REPODATA, file->path, "%s", why);
		return;
	}
	check(c, root, file->path);
}

static bool check_repomd(struct disk_check *c, const struct xml_node *root)
{
	bool groups = false, primary = false;

	for (const struct xml_node *node = xml_child(root, "data"); node; node = xml_next(node, "data")) {
		const char *type = value_or(xml_attribute(node, "type"), "");
		const struct disk_file *file = located(c, RULE_DISK_REPODATA, REPOMD, node);
		bool is_groups = strcmp(type, "group") == 0, is_primary = strcmp(type, "primary") == 0;
		/*
		 * Hosts read only the first file of a type. Reading one file for each entry would not be linear in the
		 * input.
		 */
		bool first = (is_groups && !groups) || (is_primary && !primary);

		groups = groups || is_groups;
		primary = primary || is_primary;
		if (!file)
			continue;
		check_checksum(c, RULE_DISK_REPODATA_CHECKSUM, node, file);
		if (first && is_primary)
			read_document(c, file, "metadata", check_primary);
		else if (first)
			read_document(c, file, "comps", check_groups);
	}
	if (!primary)
		disk_found(c, RULE_DISK_REPODATA, REPOMD, "it has no list of packages (primary)");
	return groups;
}

void check_disk_repodata(struct disk_check *c)
{
	const struct xml_node *root =
		disk_document(c, REPOMD, "repomd", RULE_DISK_REPODATA_MISSING, RULE_DISK_REPODATA);

	if (root && !check_repomd(c, root))
		disk_found(c, RULE_DISK_GROUPS, REPOMD, NULL);
}
