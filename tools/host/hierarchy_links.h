/* SPDX-License-Identifier: GPL-2.0-only */
/* The links of updates/, which select versions: a part of hierarchy_build(). */
#ifndef XS_HOST_HIERARCHY_LINKS_H
#define XS_HOST_HIERARCHY_LINKS_H

#include "host/hierarchy.h"

/* Adds an entry of updates/ that has a module's name. TARGET is a link's; NULL: the entry is not a link. */
void hierarchy_add_update(struct hierarchy *hierarchy, const char *name, const char *target);

/*
 * Sorts the entries. A link into a driver makes its module one of the driver's, even when no version has the module, or
 * nothing else is left of the driver.
 */
void hierarchy_adopt_updates(struct hierarchy *hierarchy);

/* Judges the entries, and with them what of each driver is selected. Drivers, modules and owners must be in order. */
void hierarchy_judge_updates(struct hierarchy *hierarchy);

#endif
