// SPDX-License-Identifier: GPL-2.0-only
// Reading the XML files of driver disks with libxml2: no network, no other files, no entities of their own.
#include "package/disk_xml.h"

#include <stdlib.h>
#include <string.h>

#include "base/die.h"
#include "base/late_library.h"
#include "base/text.h"
#include "stream/codec.h"

/* Decodes into memory to free. NULL: *WHY. */
static char *decode(const struct disk_file *file, enum codec_kind kind, size_t *len, const char **why)
{
	struct codec_input input = {.fd = -1, .bytes = file->bytes, .size = file->len};
	struct codec *codec = codec_new();
	uint8_t *bytes = NULL;
	size_t room = 0;
	ssize_t n;

	*len = 0;
	if (!codec || codec_start(codec, kind, &input) != 0)
		die_memory();
	do {
		room = room ? 2 * room : 1 << 16;
		bytes = realloc(bytes, room);
		if (!bytes)
			die_memory();
		n = codec_read(codec, bytes + *len, room - *len);
		if (n > 0)
			*len += (size_t)n;
	} while (n > 0 && *len == room && room < DISK_XML_MAX);
	*why = n < 0 ? "its compressed data is damaged" : *len == room ? "it decodes to more than any such file" : NULL;
	codec_free(codec);
	if (!*why)
		return (char *)bytes;
	free(bytes);
	return NULL;
}

/* Entities of a document's own can make much out of little, and read other files. None of the formats has any. */
static bool has_entities(const xmlDoc *doc)
{
	return doc->intSubset && doc->intSubset->entities;
}

static const char *last_error(struct disk *disk)
{
	const xmlError *error = libxml()->xmlGetLastError();
	char *text, *end;

	if (!error || !error->message)
		return "it is no XML";
	text = text_format("line %d: %s", error->line, error->message);
	end = text + strlen(text);
	while (end > text && (end[-1] == '\n' || end[-1] == ' '))
		*--end = '\0';
	return disk_safe(disk, disk_own(disk, text));
}

static xmlDoc *parse(struct disk *disk, const char *bytes, size_t len, const char *root, const char **why)
{
	xmlDoc *doc;
	const xmlNode *node;

	if (!libxml()) {
		*why = LATE_LIBRARY_MISSING(LIBXML_SONAME);
		return NULL;
	}
	libxml()->xmlResetLastError();
	doc = libxml()->xmlReadMemory(bytes, (int)len, NULL, NULL,
				      XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING);
	if (!doc) {
		*why = last_error(disk);
		return NULL;
	}
	node = libxml()->xmlDocGetRootElement(doc);
	if (has_entities(doc))
		*why = "it declares entities of its own";
	else if (!node || strcmp((const char *)node->name, root) != 0)
		*why = disk_own(disk, text_format("its root element is no <%s>", root));
	else
		return doc;
	libxml()->xmlFreeDoc(doc);
	return NULL;
}

xmlDoc *disk_xml_read(struct disk *disk, const struct disk_file *file, const char *root, const char **why)
{
	enum codec_kind kind = file->bytes ? codec_of(file->bytes, file->len) : CODEC_NONE;
	size_t len = file->len;
	char *decoded = NULL;
	xmlDoc *doc;

	if (!file->bytes) {
		*why = "it is empty";
		return NULL;
	}
	if (kind != CODEC_NONE) {
		decoded = decode(file, kind, &len, why);
		if (!decoded)
			return NULL;
	}
	doc = parse(disk, decoded ? decoded : (const char *)file->bytes, len, root, why);
	free(decoded);
	return doc;
}

static xmlNode *first_named(xmlNode *node, const char *name)
{
	while (node && (node->type != XML_ELEMENT_NODE || (name && strcmp((const char *)node->name, name) != 0)))
		node = node->next;
	return node;
}

xmlNode *xml_child(const xmlNode *node, const char *name)
{
	return first_named(node->children, name);
}

xmlNode *xml_next(const xmlNode *node, const char *name)
{
	return first_named(node->next, name);
}

/* Copies what libxml2 allocated, which has its own free(). */
static const char *own(struct disk *disk, xmlChar *text)
{
	char *copy;

	if (!text)
		return NULL;
	copy = strdup((const char *)text);
	(*libxml()->xmlFree)(text);
	return disk_own(disk, copy);
}

const char *xml_attribute(struct disk *disk, const xmlNode *node, const char *name)
{
	return own(disk, libxml()->xmlGetNoNsProp((xmlNode *)node, (const xmlChar *)name));
}

const char *xml_text(struct disk *disk, const xmlNode *node)
{
	static const char blanks[] = " \t\r\n";
	const char *text = own(disk, libxml()->xmlNodeGetContent(node));
	size_t len;

	if (!text)
		return "";
	text += strspn(text, blanks);
	len = strlen(text);
	while (len > 0 && strchr(blanks, text[len - 1]))
		len--;
	return disk_own(disk, strndup(text, len));
}

const char *xml_child_attribute(struct disk *disk, const xmlNode *node, const char *child, const char *name)
{
	const xmlNode *found = xml_child(node, child);

	return found ? xml_attribute(disk, found, name) : NULL;
}

const char *xml_child_text(struct disk *disk, const xmlNode *node, const char *child)
{
	const xmlNode *found = xml_child(node, child);

	return found ? xml_text(disk, found) : NULL;
}
