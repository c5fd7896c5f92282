/* SPDX-License-Identifier: GPL-2.0-only */
/* Finds the source or the spec to which a finding about a module or a package belongs. */
#ifndef XS_FINDING_SOURCES_H
#define XS_FINDING_SOURCES_H

#include "finding/report.h"

struct sources;

/*
 * Lists the sources below the directory PATH: *.c, *.spec and *.spec.in, Makefile and Kbuild. Links, hidden files and
 * directories called "build" are left out. sources_free() frees the list. Returns NULL after a message if PATH is no
 * directory that can be read.
 */
struct sources *sources_read(const char *path);
void sources_free(struct sources *sources);

/*
 * Sets the source of each finding: for a module NAME.ko NAME.c, or else Kbuild or Makefile; for a package the spec
 * whose name begins like the package's, or else the only spec, or else Makefile. It stays NULL if there is none. The
 * sources must live as long as the report. SOURCES may be NULL.
 */
void sources_apply(const struct sources *sources, struct report *report);

#endif
