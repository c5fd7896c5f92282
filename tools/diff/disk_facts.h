/* SPDX-License-Identifier: GPL-2.0-only */
/* What the metadata of a driver disk says, as facts to compare. */
#ifndef XS_DIFF_DISK_FACTS_H
#define XS_DIFF_DISK_FACTS_H

#include "diff/set_facts.h"
#include "package/input.h"

/*
 * If the input is XS-REPOSITORY, update.xml or XS-SELECTION of a driver disk: adds a fact for each attribute of its
 * root element and for each of its texts, requirements or lines. A file that cannot be read has no facts: 'xs-ddk
 * verify' reports it.
 */
void disk_facts_add(struct set_facts *facts, const struct input *input);

#endif
