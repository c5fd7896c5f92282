// SPDX-License-Identifier: GPL-2.0-only
// What the checks of all files of a driver disk share: findings, XML documents, attributes.
#include "check/disk_finding.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/die.h"
#include "base/text.h"
#include "package/disk_xml.h"

void disk_found(struct disk_check *c, enum rule_id rule, const char *file, const char *format, ...)
{
	char *detail = NULL, *path;
	va_list args;

	if (format) {
		va_start(args, format);
		if (vasprintf(&detail, format, args) < 0)
			die_memory();
		va_end(args);
	}
	path = file ? text_format("%s%s%s", c->disk->path, c->disk->is_image ? "!" : "/", file)
		    : text_format("%s", c->disk->path);
	report_add(c->report, rule, path, detail ? "%s" : NULL, detail);
	free(path);
	free(detail);
}

const struct xml_node *disk_document(struct disk_check *c, const char *file, const char *root, enum rule_id missing,
				     enum rule_id damaged)
{
	const struct disk_file *found = disk_find(c->disk, file);
	const struct xml_node *node;
	const char *why;

	if (!found) {
		disk_found(c, missing, NULL, NULL);
		return NULL;
	}
	node = disk_xml_read(c->disk, found, root, &why);
	if (!node)
		disk_found(c, damaged, file, "%s", why);
	return node;
}

void disk_check_attributes(struct disk_check *c, const char *file, const struct xml_node *node,
			   const struct disk_attribute *attributes)
{
	for (const struct disk_attribute *at = attributes; at->name; at++) {
		const char *value = xml_attribute(node, at->name);

		if (at->required && (!value || !*value))
			disk_found(c, at->rule, file, "<%s> has no %s", node->name, at->name);
		else if (value && at->is_legal && !at->is_legal(value))
			disk_found(c, at->rule, file, "%s is '%s', and must be %s", at->name, disk_safe(c->disk, value),
				   at->expected);
		if (at->keep && value && *value)
			*(const char **)((char *)c + at->keep) = value;
	}
}

bool disk_is_number(const char *value)
{
	return *value && strspn(value, "0123456789") == strlen(value);
}
