/* SPDX-License-Identifier: GPL-2.0-only */
/* The links in updates/, which select versions. This is a part of hierarchy_build(). */
#ifndef XS_HOST_HIERARCHY_LINKS_H
#define XS_HOST_HIERARCHY_LINKS_H

#include "host/hierarchy.h"

/*
 * Adds an entry of updates/. NAME is the file name of a module. TARGET is the target of the link; NULL: the entry is
 * not a link.
 */
void hierarchy_add_update(struct hierarchy *hierarchy, const char *name, const char *target);

/*
 * Sorts the entries. A link that points into a driver adds its module to the driver, even if no version has the module.
 * If only links are left of a driver, the driver is added to the list.
 */
void hierarchy_adopt_updates(struct hierarchy *hierarchy);

/*
 * Sets the kind of each entry, sets the selection of each driver, and adds the faults. Drivers, modules and owners must
 * be sorted.
 */
void hierarchy_judge_updates(struct hierarchy *hierarchy);

#endif
