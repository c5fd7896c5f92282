/* SPDX-License-Identifier: GPL-2.0-only */
/* Reads the configuration of depmod, see depmod.d(5), and its version. No program is run. */
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

/* What the configuration tells depmod about the modules in a directory; a set of bits. */
enum depmod_told {
	/* A line "exclude DIRECTORY": depmod does not look into it. kmod before 27 does not know this line. */
	DEPMOD_EXCLUDES = 1,
	/*
	 * A line "search" with "unselected" before DIRECTORY: depmod takes the placeholder of a module instead. It does
	 * so for the modules that have one. rpm/README.md explains the reason.
	 */
	DEPMOD_PREFERS = 2,
};

/* What the configuration TEXT tells about DIRECTORY. A line may name more directories. */
unsigned int depmod_text_tells(const char *text, const char *directory);

/* What all files in depmod.d below the root tell about DIRECTORY. */
unsigned int depmod_config_tells(const struct root *root, const char *directory);

/*
 * The version of kmod below the root, from the text that its depmod prints for --version. The program is read, not run.
 * Returns 0 if there is no depmod, or if it has no such text.
 */
unsigned int depmod_version(const struct root *root);

/* The first version of kmod that knows "exclude". */
#define DEPMOD_KNOWS_EXCLUDE 27

#endif
