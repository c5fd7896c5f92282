/* SPDX-License-Identifier: GPL-2.0-only */
/* Reads the XML files of driver disks through libxml2, as a stream and with limits. */
#ifndef XS_PACKAGE_DISK_XML_H
#define XS_PACKAGE_DISK_XML_H

#include "package/disk.h"

/*
 * An element of a document. Only elements down to the depth XML_DEPTH are kept: comps / group / packagelist /
 * packagereq. Hosts and checks read nothing deeper. The rest, like the lists of files in primary.xml, is parsed and
 * dropped.
 */
#define XML_DEPTH 4

struct xml_node {
	const char *name;		  /* without the prefix of its namespace */
	const char *text;		  /* its own text without blanks around it; "" if none */
	struct xml_attribute *attributes; /* a list; attributes with a namespace are left out */
	struct xml_node *children, *next; /* next: the next child of the same parent */
	struct xml_node *parent, *last;	  /* last: its last child */
};

struct xml_attribute {
	const char *name, *value;
	struct xml_attribute *next;
};

/*
 * Reads the document in FILE, which may be compressed. Returns its root element, whose name must be ROOT. It is valid
 * until disk_free(). NULL: *WHY is a clause about "it", as safe text with the same lifetime.
 *
 * Refused are: declarations of elements, attributes or entities; an element with more than 32 attributes; a tag or a
 * comment over 64 KiB; more elements than a file of this size can have. Memory is drawn from the budget
 * (base/budget.h).
 */
const struct xml_node *disk_xml_read(struct disk *disk, const struct disk_file *file, const char *root,
				     const char **why);

/*
 * The first child element called NAME, or the next such element after NODE; NULL if none. NAME may be NULL: any name.
 */
const struct xml_node *xml_child(const struct xml_node *node, const char *name);
const struct xml_node *xml_next(const struct xml_node *node, const char *name);

/* The value of an attribute, or NULL. It is valid until disk_free(). */
const char *xml_attribute(const struct xml_node *node, const char *name);

/* The attribute NAME, or the text, of the first child element called CHILD. NULL if there is none. */
const char *xml_child_attribute(const struct xml_node *node, const char *child, const char *name);
const char *xml_child_text(const struct xml_node *node, const char *child);

#endif
