/* SPDX-License-Identifier: GPL-2.0-only */
/* Whether depmod leaves out the installed versions that are not selected. rpm/README.md describes the two ways. */
#ifndef XS_HOST_UNSELECTED_H
#define XS_HOST_UNSELECTED_H

#include "host/depmod_config.h"
#include "host/hierarchy.h"

/* What depmod of a target knows and is told. */
struct unselected {
	const struct root *root;
	unsigned int kmod;	     /* version of the target's kmod; 0: not known. Then it counts as a new one */
	unsigned int tells[LAYOUTS]; /* enum depmod_told */
};

enum unselected_fault {
	UNSELECTED_NONE,	   /* depmod leaves the versions out */
	UNSELECTED_NOT_TOLD,	   /* depmod.d has no line for it */
	UNSELECTED_NOT_KNOWN,	   /* depmod.d has only a line that the target's kmod does not know */
	UNSELECTED_NO_PLACEHOLDER, /* depmod.d has the line for placeholders, and a module has no placeholder */
	UNSELECTED_FAULTS,
};

/* Reads the configuration below ROOT, which must live longer. KMOD 0: the version is read from the root's depmod. */
void unselected_read(struct unselected *unselected, const struct root *root, unsigned int kmod);

/*
 * Finds a reason why depmod may take a version of the driver that is not selected. Sets *LAYOUT to the directory of the
 * version. With UNSELECTED_NO_PLACEHOLDER, sets *PLACEHOLDER to the path of the missing file, which the caller frees;
 * otherwise to NULL.
 */
enum unselected_fault unselected_find(const struct unselected *unselected, const struct hierarchy *hierarchy,
				      const struct driver *driver, enum layout *layout, char **placeholder);

#endif
