/* SPDX-License-Identifier: GPL-2.0-only */
/* Reads the configuration of depmod; see depmod.d(5). No program is run. */
#ifndef XS_HOST_DEPMOD_CONFIG_H
#define XS_HOST_DEPMOD_CONFIG_H

#include <stdbool.h>

#include "base/root.h"

/*
 * The directories that depmod reads, highest priority first. A file hides the files with the same name in later
 * directories.
 */
#define DEPMOD_CONFIG_DIRECTORIES 5
extern const char *const depmod_config_directories[];

/*
 * Whether the configuration TEXT keeps depmod away from the modules in DIRECTORY. The line for this is "exclude
 * DIRECTORY"; it may name more directories. Before kmod 27, the line is "search" with "unselected" before DIRECTORY.
 * rpm/README.md explains the reason.
 */
bool depmod_text_excludes(const char *text, const char *directory);

/* Whether a file in depmod.d below the root has such a line. */
bool depmod_is_told_to_exclude(const struct root *root, const char *directory);

#endif
