/* SPDX-License-Identifier: GPL-2.0-only */
/* What depmod's configuration says (depmod.d(5)). Nothing is run. */
#ifndef XS_HOST_DEPMOD_CONFIG_H
#define XS_HOST_DEPMOD_CONFIG_H

#include <stdbool.h>

#include "base/root.h"

/* Where depmod reads its configuration; a file hides those of the same name in later directories. */
#define DEPMOD_CONFIG_DIRECTORIES 5
extern const char *const depmod_config_directories[];

/*
 * Whether a line of the configuration TEXT keeps depmod from taking modules of DIRECTORY: "exclude DIRECTORY", perhaps
 * among others, or for depmod before kmod 27 "search" with "unselected" before DIRECTORY (rpm/README.md tells why).
 */
bool depmod_text_excludes(const char *text, const char *directory);

/* Whether a depmod.d file of the root has such a line. */
bool depmod_is_told_to_exclude(const struct root *root, const char *directory);

#endif
