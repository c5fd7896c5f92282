/* SPDX-License-Identifier: GPL-2.0-only */
/* Finds all modules, packages and disk images that the PATHs of a command line stand for. */
#ifndef XS_PACKAGE_WALK_H
#define XS_PACKAGE_WALK_H

#include <stdbool.h>
#include <stdint.h>

#include "package/input.h"

struct input_options {
	unsigned int jobs; /* threads; 0: 8 threads read files, but only one per processor decodes */
	bool in_order;	   /* all inputs in byte order of their names, from one thread */
};

/* How many threads inputs_each() uses. It needs a context for each of them. */
unsigned int input_jobs(const struct input_options *options);

/*
 * Calls EACH for everything that the PATHS stand for. PATHS ends with NULL. CONTEXTS has one context for each thread.
 *
 * - A PATH that is a file: if its name ends like a module's, it is a module. Otherwise its first bytes decide: it is an
 *   RPM package, an ISO image, or else a module. A symlink is followed.
 * - Below a PATH that is a directory: the names decide. Modules are .ko and its compressed forms, packages .rpm, images
 *   .iso. Symlinks are reported and not followed: their targets are checked where they are. A directory without any of
 *   these files is reported as INPUT_TROUBLE.
 * - Packages on disk images are read inside the image. Nothing is unpacked to disk, and nothing that is read is
 *   executed.
 *
 * All inputs of one container come in order, from one thread. Without in_order, everything else comes in any order:
 * sort the output. It never blocks on a FIFO or a device.
 */
void inputs_each(char *const *paths, const struct input_options *options, input_function *each, void *const *contexts);

#endif
