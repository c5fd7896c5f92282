/* SPDX-License-Identifier: GPL-2.0-only */
/* Reading the XML files of driver disks with libxml2: no network, no other files, no entities of their own. */
#ifndef XS_PACKAGE_DISK_XML_H
#define XS_PACKAGE_DISK_XML_H

#include <libxml/tree.h>

#include "package/disk.h"

/* What a file's metadata may decode to, if it is compressed. */
#define DISK_XML_MAX (128u << 20)

/*
 * The document in FILE, whose root element must be called ROOT; xmlFreeDoc() is due. NULL: *WHY is a clause, safe
 * text that lives as long as the disk.
 */
xmlDoc *disk_xml_read(struct disk *disk, const struct disk_file *file, const char *root, const char **why);

/* The first child element of that name, or the next one after NODE; NULL if there is none. NAME NULL: of any name. */
xmlNode *xml_child(const xmlNode *node, const char *name);
xmlNode *xml_next(const xmlNode *node, const char *name);

/* An attribute's value, or NULL; and an element's text without blanks around it. They live as long as the disk. */
const char *xml_attribute(struct disk *disk, const xmlNode *node, const char *name);
const char *xml_text(struct disk *disk, const xmlNode *node);

/* The same for a child element: NULL if it is not there. */
const char *xml_child_attribute(struct disk *disk, const xmlNode *node, const char *child, const char *name);
const char *xml_child_text(struct disk *disk, const xmlNode *node, const char *child);

#endif
