/* SPDX-License-Identifier: GPL-2.0-only */
/* What a PATH stands for: modules, packages and disk images, wherever they are, one after another. */
#ifndef XS_PACKAGE_WALK_H
#define XS_PACKAGE_WALK_H

#include <stdbool.h>
#include <stdint.h>

#include "package/input.h"

struct input_options {
	unsigned int jobs; /* threads; 0: 8 for files, which wait for the disk, but one a processor decodes */
	bool in_order;	   /* everything comes in the byte order of the names, from one thread */
	bool progress;	   /* a line on stderr after a second, which is gone in the end */
};

/* How many threads inputs_each() uses, and so how many contexts it wants. */
unsigned int input_jobs(const struct input_options *options);

/*
 * Calls EACH for everything the PATHS (ending in NULL) stand for:
 *
 * - a file is told by its first bytes: an RPM package, an ISO image, else a module, whatever its name. A link to it
 *   is followed.
 * - below a directory, names tell: .ko and its compressed forms, .rpm and .iso are what they are called. Links are told
 *   and not followed: what they point to is looked at where it stands. A directory without any of these is trouble.
 * - packages on disk images are read in place. Nothing is unpacked to disk, and nothing read is executed.
 *
 * All that is in one container comes in order from one thread. Unless in_order is asked for, all else comes in any
 * order: sort what is printed. Never blocks on a FIFO or a device.
 */
void inputs_each(char *const *paths, const struct input_options *options, input_function *each, void *const *contexts);

#endif
