// SPDX-License-Identifier: GPL-2.0-only
// Reads the XML files of driver disks through libxml2, as a stream and with limits.
#include "package/disk_xml.h"

#include <libxml/parser.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/budget.h"
#include "base/die.h"
#include "base/late_library.h"
#include "base/text.h"
#include "stream/codec.h"

#define BLOCK	 4096u
#define DECLARES "it declares elements, attributes or entities of its own"
/* libxml2 holds a whole tag or comment in memory: this is the largest. */
#define TOKEN_MAX      (64u << 10)
#define ATTRIBUTES_MAX 32
/* Files of real disks have a depth of at most 6. */
#define NESTING_MAX 16
/*
 * How many elements and attributes are parsed at most: PARTS_FLOOR, plus PARTS_FACTOR for each byte of the file as
 * stored. In the metadata of a hundred real packages there is at most one for each 10 compressed bytes.
 */
#define PARTS_FLOOR  16384u
#define PARTS_FACTOR 4u

/* A document while it is parsed. */
struct parsing {
	struct disk *disk;
	xmlParserCtxt *parser;
	struct xml_node *root, *open; /* open: the innermost kept element that is not closed yet */
	unsigned int depth;	      /* counts all open elements, also those that are not kept */
	uint64_t parts, parts_max;
	char *text; /* the text of the open element so far */
	size_t text_len, text_room;
	const char *why;
};

static void fail(struct parsing *p, const char *why)
{
	if (!p->why)
		p->why = why;
	libxml()->xmlStopParser(p->parser);
}

/* Memory from the budget, valid until disk_free(). NULL if the budget refuses. */
static void *keep(struct parsing *p, size_t size)
{
	if (!disk_keep(p->disk, size)) {
		fail(p, BUDGET_KEEP_OVER);
		return NULL;
	}
	return disk_own(p->disk, need_memory(1, size));
}

static void add_attribute(struct parsing *p, struct xml_node *node, const char *name, const char *value, size_t len)
{
	size_t name_len = strlen(name) + 1;
	struct xml_attribute *attribute = keep(p, sizeof(*attribute) + name_len + len + 1);
	char *at = (char *)(attribute + 1);

	if (!attribute)
		return;
	attribute->name = memcpy(at, name, name_len);
	attribute->value = memcpy(at + name_len, value, len);
	attribute->next = node->attributes;
	node->attributes = attribute;
}

static struct xml_node *add_node(struct parsing *p, const char *name)
{
	size_t len = strlen(name) + 1;
	struct xml_node *node = keep(p, sizeof(*node) + len), *parent = p->open;

	if (!node)
		return NULL;
	node->name = memcpy(node + 1, name, len);
	node->text = "";
	node->parent = parent;
	if (!parent)
		p->root = node;
	else if (parent->last)
		parent->last->next = node;
	else
		parent->children = node;
	if (parent)
		parent->last = node;
	return node;
}

/* A child element discards the text before it: elements in these files have either text or children. */
static void start_element(void *context, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri,
			  int namespace_count, const xmlChar **namespaces, int attribute_count, int default_count,
			  const xmlChar **attributes)
{
	struct parsing *p = context;

	(void)prefix, (void)uri, (void)namespaces, (void)default_count;
	p->parts += 1 + (uint64_t)namespace_count + (uint64_t)attribute_count;
	if (++p->depth > NESTING_MAX)
		fail(p, "its elements are nested deeper than in any file of a disk");
	else if (attribute_count > ATTRIBUTES_MAX || namespace_count > ATTRIBUTES_MAX)
		fail(p, "an element has over 32 attributes");
	else if (p->parts > p->parts_max)
		fail(p, "it has more elements than its size allows");
	if (p->why || p->depth > XML_DEPTH)
		return;
	p->text_len = 0;
	p->open = add_node(p, (const char *)name);
	/* Five pointers for each attribute: name, prefix, URI, begin and end of the value. */
	for (const xmlChar **at = attributes; !p->why && attribute_count-- > 0; at += 5)
		if (!at[1])
			add_attribute(p, p->open, (const char *)at[0], (const char *)at[3], (size_t)(at[4] - at[3]));
}

static void take_text(void *context, const xmlChar *text, int len)
{
	struct parsing *p = context;

	if (p->why || !p->open || p->depth > XML_DEPTH)
		return;
	p->text = bytes_grown(p->text, &p->text_room, p->text_len + (size_t)len);
	memcpy(p->text + p->text_len, text, (size_t)len);
	p->text_len += (size_t)len;
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static void end_element(void *context, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri)
{
	struct parsing *p = context;
	size_t start = 0, end = p->text_len;
	char *text;

	(void)name, (void)prefix, (void)uri;
	if (p->why || p->depth-- > XML_DEPTH)
		return;
	while (start < end && is_blank(p->text[start]))
		start++;
	while (end > start && is_blank(p->text[end - 1]))
		end--;
	text = end > start ? keep(p, end - start + 1) : NULL;
	if (text)
		p->open->text = memcpy(text, p->text + start, end - start);
	p->text_len = 0;
	p->open = p->open->parent;
}

/*
 * A document that declares elements, attributes or entities can expand to much more than its size, and can make the
 * parser read other files. So parsing ends at the first declaration. A document may name a DTD, as comps.xml does: the
 * DTD is not read.
 */
static void refuse_element(void *context, const xmlChar *name, int type, xmlElementContent *content)
{
	(void)name, (void)type, (void)content;
	fail(context, DECLARES);
}

static void refuse_attribute(void *context, const xmlChar *element, const xmlChar *name, int type, int def,
			     const xmlChar *value, xmlEnumeration *tree)
{
	(void)element, (void)name, (void)type, (void)def, (void)value;
	libxml()->xmlFreeEnumeration(tree);
	fail(context, DECLARES);
}

static void refuse_entity(void *context, const xmlChar *name, int type, const xmlChar *id, const xmlChar *system,
			  xmlChar *content)
{
	(void)name, (void)type, (void)id, (void)system, (void)content;
	fail(context, DECLARES);
}

static void refuse_unparsed(void *context, const xmlChar *name, const xmlChar *id, const xmlChar *system,
			    const xmlChar *notation)
{
	(void)name, (void)id, (void)system, (void)notation;
	fail(context, DECLARES);
}

static void refuse_notation(void *context, const xmlChar *name, const xmlChar *id, const xmlChar *system)
{
	(void)name, (void)id, (void)system;
	fail(context, DECLARES);
}

static const char *last_error(const struct parsing *p)
{
	const xmlError *error = libxml()->xmlCtxtGetLastError(p->parser);
	char *text, *end;

	if (!error || !error->message)
		return "it is not XML";
	text = text_format("line %d: %s", error->line, error->message);
	end = text + strlen(text);
	while (end > text && is_blank(end[-1]))
		*--end = '\0';
	return disk_safe(p->disk, disk_own(p->disk, text));
}

static void parse_block(struct parsing *p, const void *bytes, size_t len, bool last)
{
	int rc = libxml()->xmlParseChunk(p->parser, bytes, (int)len, last);
	const xmlParserInput *input = p->parser->input;

	if (p->why)
		return;
	if (rc != 0)
		p->why = last_error(p);
	else if (input && input->end - input->cur > (ptrdiff_t)TOKEN_MAX)
		p->why = "it has a tag or a comment over 64 KiB";
}

/* Parses the file in blocks. A compressed file is decoded first. */
static void parse_file(struct parsing *p, const struct disk_file *file)
{
	enum codec_kind kind = codec_of(file->bytes, file->len);
	struct codec_input input = {.fd = -1, .bytes = file->bytes, .size = file->len};
	struct codec *codec = kind == CODEC_NONE ? NULL : codec_new();
	uint8_t block[BLOCK];
	ssize_t n = 0;

	if (kind == CODEC_NONE) {
		for (size_t at = 0; !p->why && at < file->len; at += BLOCK)
			parse_block(p, file->bytes + at, file->len - at < BLOCK ? file->len - at : BLOCK, false);
	} else {
		if (!codec || codec_start(codec, kind, &input) != 0)
			die_memory();
		while (!p->why && (n = codec_read(codec, block, sizeof(block))) > 0)
			parse_block(p, block, (size_t)n, false);
		if (n < 0)
			p->why = codec_why(codec);
	}
	if (!p->why)
		parse_block(p, "", 0, true);
	codec_free(codec);
}

const struct xml_node *disk_xml_read(struct disk *disk, const struct disk_file *file, const char *root,
				     const char **why)
{
	struct parsing p = {.disk = disk, .parts_max = PARTS_FLOOR + PARTS_FACTOR * (uint64_t)file->len};
	xmlSAXHandler handler = {
		.initialized = XML_SAX2_MAGIC,
		.elementDecl = refuse_element,
		.attributeDecl = refuse_attribute,
		.entityDecl = refuse_entity,
		.unparsedEntityDecl = refuse_unparsed,
		.notationDecl = refuse_notation,
		.startElementNs = start_element,
		.endElementNs = end_element,
		.characters = take_text,
		.cdataBlock = take_text,
	};

	if (!file->bytes) {
		*why = "it is empty";
		return NULL;
	}
	if (!libxml()) {
		*why = LATE_LIBRARY_MISSING(LIBXML_SONAME);
		return NULL;
	}
	p.parser = libxml()->xmlCreatePushParserCtxt(&handler, &p, NULL, 0, NULL);
	if (!p.parser)
		die_memory();
	libxml()->xmlCtxtUseOptions(p.parser, XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING);
	parse_file(&p, file);
	/*
	 * libxml2 creates a document for the declaration of an entity, although the handler refuses it. It does not
	 * free this document.
	 */
	libxml()->xmlFreeDoc(p.parser->myDoc);
	libxml()->xmlFreeParserCtxt(p.parser);
	free(p.text);
	if (!p.why && (!p.root || strcmp(p.root->name, root) != 0))
		p.why = disk_own(disk, text_format("its root element is not <%s>", root));
	*why = p.why;
	return p.why ? NULL : p.root;
}

static const struct xml_node *first_named(const struct xml_node *node, const char *name)
{
	while (node && name && strcmp(node->name, name) != 0)
		node = node->next;
	return node;
}

const struct xml_node *xml_child(const struct xml_node *node, const char *name)
{
	return first_named(node->children, name);
}

const struct xml_node *xml_next(const struct xml_node *node, const char *name)
{
	return first_named(node->next, name);
}

const char *xml_attribute(const struct xml_node *node, const char *name)
{
	for (const struct xml_attribute *at = node->attributes; at; at = at->next)
		if (strcmp(at->name, name) == 0)
			return at->value;
	return NULL;
}

const char *xml_child_attribute(const struct xml_node *node, const char *child, const char *name)
{
	const struct xml_node *found = xml_child(node, child);

	return found ? xml_attribute(found, name) : NULL;
}

const char *xml_child_text(const struct xml_node *node, const char *child)
{
	const struct xml_node *found = xml_child(node, child);

	return found ? found->text : NULL;
}
