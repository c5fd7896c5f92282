/* SPDX-License-Identifier: GPL-2.0-only */
/* Reads the XML files of driver disks, as a stream and within bounds, through libxml2. */
#ifndef XS_PACKAGE_DISK_XML_H
#define XS_PACKAGE_DISK_XML_H

#include "package/disk.h"

/*
 * An element of a document. Only elements at most XML_DEPTH deep are kept, which is as deep as the files of a disk have
 * anything that hosts and the checks read: comps / group / packagelist / packagereq. The rest, like the lists of files
 * in primary.xml, is parsed and dropped.
 */
#define XML_DEPTH 4

struct xml_node {
	const char *name;		  /* without its name space */
	const char *text;		  /* its own text, without the blanks around it; "" if it has none */
	struct xml_attribute *attributes; /* a list, without those of a name space */
	struct xml_node *children, *next; /* next: of the same parent */
	struct xml_node *parent, *last;	  /* last: of its children */
};

struct xml_attribute {
	const char *name, *value;
	struct xml_attribute *next;
};

/*
 * The root element of the document in FILE, which may be compressed; it must be called ROOT. It lives as long as the
 * disk. NULL: *WHY is a clause about "it", safe text that lives as long.
 *
 * Declarations of elements, attributes and entities are refused, and so are more than 32 attributes of an element, a
 * tag or a comment over 64 KiB, and more elements than a file of its size has; memory is drawn from the budget
 * (base/budget.h).
 */
const struct xml_node *disk_xml_read(struct disk *disk, const struct disk_file *file, const char *root,
				     const char **why);

/* The first child element of that name, or the next one after NODE; NULL if there is none. NAME NULL: of any name. */
const struct xml_node *xml_child(const struct xml_node *node, const char *name);
const struct xml_node *xml_next(const struct xml_node *node, const char *name);

/* An attribute's value, or NULL; and an element's text without the blanks around it. They live as long as the disk. */
const char *xml_attribute(struct disk *disk, const struct xml_node *node, const char *name);
const char *xml_text(struct disk *disk, const struct xml_node *node);

/* The attribute NAME, or the text, of the first child called CHILD; NULL if there is none. */
const char *xml_child_attribute(struct disk *disk, const struct xml_node *node, const char *child, const char *name);
const char *xml_child_text(struct disk *disk, const struct xml_node *node, const char *child);

#endif
