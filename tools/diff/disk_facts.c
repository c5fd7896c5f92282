// SPDX-License-Identifier: GPL-2.0-only
// What the metadata of a driver disk says, as facts to compare.
#include "diff/disk_facts.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "package/disk_xml.h"

/* The bound for a file, in bytes. Real ones have some KiB. */
#define FILE_MAX (1u << 20)

/* Where a fact is from: the path of the disk, and the name of the file on it. */
struct origin {
	struct set_facts *facts;
	char *disk;
	const char *file;
};

static void add(const struct origin *origin, const char *name, const char *value)
{
	set_facts_add_fact(origin->facts, FACT_DISK, text_format("%s\t%s %s", origin->disk, origin->file, name),
			   text_format("%s", value));
}

static const char *or_question(const char *s)
{
	return s ? s : "?";
}

static void add_child(const struct origin *origin, const struct xml_node *node)
{
	char *name, *value;

	if (strcmp(node->name, "requires") != 0) {
		add(origin, node->name, node->text);
		return;
	}
	name = text_format("requires %s:%s", or_question(xml_attribute(node, "originator")),
			   or_question(xml_attribute(node, "name")));
	value = text_format("%s %s", or_question(xml_attribute(node, "test")),
			    or_question(xml_attribute(node, "version")));
	add(origin, name, value);
	free(value);
	free(name);
}

static void add_document(const struct origin *origin, const struct input *input, const char *root_name)
{
	struct disk memory = {0};
	struct disk_file file = {0};
	const struct xml_node *root;
	const char *why;

	file.bytes = input_whole(input, FILE_MAX, &file.len, &why);
	root = file.bytes ? disk_xml_read(&memory, &file, root_name, &why) : NULL;
	for (const struct xml_attribute *at = root ? root->attributes : NULL; at; at = at->next)
		add(origin, at->name, at->value);
	for (const struct xml_node *node = root ? xml_child(root, NULL) : NULL; node; node = xml_next(node, NULL))
		add_child(origin, node);
	source_whole_free(file.bytes, file.len);
	disk_free(&memory);
}

/* Each line of XS-SELECTION has a driver and the version that hosts select. */
static void add_selection(const struct origin *origin, const struct input *input)
{
	const char *why;
	size_t len;
	uint8_t *bytes = input_whole(input, FILE_MAX, &len, &why);
	char *text = bytes ? text_format("%.*s", (int)len, (const char *)bytes) : NULL, *next = text, *line;

	while ((line = strsep(&next, "\n"))) {
		size_t name = strcspn(line, " \t");

		if (line[name] == ' ') {
			line[name] = '\0';
			add(origin, line, line + name + 1);
		}
	}
	free(text);
	source_whole_free(bytes, len);
}

void disk_facts_add(struct set_facts *facts, const struct input *input)
{
	static const struct {
		const char *file, *root;
	} files[] = {{"XS-REPOSITORY", "repository"}, {"update.xml", "update"}, {"XS-SELECTION", NULL}};

	/* A host keeps copies of these files of the disks that were installed. */
	if (input->kind != INPUT_FILE || input->rpm || strstr(input->path, "/installed-repos/"))
		return;
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		size_t len = strlen(input->path), tail = strlen(files[i].file);
		struct origin origin = {facts, NULL, files[i].file};

		if (len <= tail || strcmp(input->path + len - tail, files[i].file) != 0 ||
		    !strchr("/!", input->path[len - tail - 1]))
			continue;
		origin.disk = text_format("%.*s", (int)(len - tail - 1), input->path);
		if (files[i].root)
			add_document(&origin, input, files[i].root);
		else
			add_selection(&origin, input);
		free(origin.disk);
	}
}
