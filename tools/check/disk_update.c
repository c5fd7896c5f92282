// SPDX-License-Identifier: GPL-2.0-only
// Checks update.xml, which the toolstack of newer hosts reads, and the metapackage, which requires or recommends the
// other packages.
#include <ctype.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "check/disk_topics.h"
#include "package/disk_xml.h"

#define UPDATE "update.xml"

static bool is_uuid(const char *s)
{
	static const char form[] = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";

	if (strlen(s) != sizeof(form) - 1)
		return false;
	for (size_t i = 0; form[i]; i++)
		if (form[i] == '-' ? s[i] != '-' : !strchr("0123456789abcdef", s[i]))
			return false;
	return true;
}

#define KEEP(member) offsetof(struct disk_check, member)

static const struct disk_attribute of_update[] = {
	{"uuid", true, RULE_DISK_UPDATE, NULL, NULL, KEEP(uuid)},
	{"name-label", true, RULE_DISK_UPDATE, NULL, NULL, KEEP(label)},
	{"version", true, RULE_DISK_UPDATE, NULL, NULL, KEEP(update_version)},
	{"control", false, RULE_DISK_UPDATE, NULL, NULL, KEEP(control)},
	{"key", false, RULE_DISK_UPDATE, NULL, NULL, KEEP(key)},
	{"installation-size", false, RULE_DISK_INSTALLATION_SIZE, disk_is_number, "a number of bytes", 0},
	{0},
};

/* If one word is unknown, the toolstack ignores all words. */
static void check_guidance(struct disk_check *c, const struct xml_node *root)
{
	static const char *const words[] = {"restartHVM", "restartPV", "restartHost", "restartXAPI"};
	const char *guidance = xml_attribute(root, "after-apply-guidance");
	char *next, *word;

	if (!guidance || !*guidance)
		return;
	next = disk_own(c->disk, strdup(guidance));
	while ((word = strsep(&next, ","))) {
		bool known = false;

		for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
			known = known || strcmp(word, words[i]) == 0;
		if (!known)
			disk_found(c, RULE_DISK_GUIDANCE, UPDATE,
				   "'%s' is not one of restartHVM restartPV restartHost restartXAPI",
				   disk_safe(c->disk, word));
	}
}

static void check_metapackage(struct disk_check *c)
{
	char *name = disk_own(c->disk, text_format("update-%s", c->label));

	if (!disk_find_package(c->disk, name))
		disk_found(c, RULE_DISK_METAPACKAGE, NULL, "there is no %s", disk_safe(c->disk, name));
}

static void check_control_and_key(struct disk_check *c)
{
	if (c->control && !disk_find_package(c->disk, c->control))
		disk_found(c, RULE_DISK_CONTROL, UPDATE, "there is no %s", disk_safe(c->disk, c->control));
	for (size_t i = 0; c->key && i < c->disk->count; i++) {
		const struct disk_file *file = &c->disk->files[i];

		if (disk_is_installable(file) && file->rpm.signature_count == 0)
			disk_found(c, RULE_DISK_KEY, file->path, "the key is %s", disk_safe(c->disk, c->key));
	}
}

static void check_same(struct disk_check *c, const char *what, const char *old, const char *new)
{
	if (old && new &&strcmp(old, new) != 0)
		disk_found(c, RULE_DISK_DISAGREES, UPDATE, "the %s is '%s', and in XS-REPOSITORY '%s'", what,
			   disk_safe(c->disk, new), disk_safe(c->disk, old));
}

static void check_agreement(struct disk_check *c, const char *description)
{
	char *version = NULL;

	if (c->version)
		version = disk_own(c->disk, c->build && *c->build ? text_format("%s-%s", c->version, c->build)
								  : strdup(c->version));
	check_same(c, "name", c->name, c->label);
	check_same(c, "version", version, c->update_version);
	check_same(c, "description", c->description, description);
}

static void check_update(struct disk_check *c, const struct xml_node *root)
{
	const char *description = xml_child_text(root, "name-description");

	disk_check_attributes(c, UPDATE, root, of_update);
	if (c->uuid && !is_uuid(c->uuid))
		disk_found(c, RULE_DISK_UUID, UPDATE, "'%s'", disk_safe(c->disk, c->uuid));
	if (!description || !*description)
		disk_found(c, RULE_DISK_UPDATE, UPDATE, "it has no name-description");
	check_guidance(c, root);
	check_control_and_key(c);
	check_agreement(c, description);
	if (c->label)
		check_metapackage(c);
}

void check_disk_update(struct disk_check *c)
{
	const struct xml_node *root = disk_document(c, UPDATE, "update", RULE_DISK_UPDATE_MISSING, RULE_DISK_UPDATE);

	if (root)
		check_update(c, root);
}
