// SPDX-License-Identifier: GPL-2.0-only
// libarchive, loaded when the first package or image is met.
#include "libarchive.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdbool.h>
#include <string.h>

static struct libarchive functions;
static bool loaded;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static bool find(void *library, const char *name, void *function)
{
	void *found = dlsym(library, name);

	/* POSIX lets a void * hold a function; C wants it copied. */
	memcpy(function, &found, sizeof(found));
	return found;
}

static void load(void)
{
	void *library = dlopen(LIBARCHIVE_SONAME, RTLD_NOW | RTLD_LOCAL);

	if (!library)
		return;
	loaded = true;
#define X(function) loaded = find(library, #function, &functions.function) && loaded;
	LIBARCHIVE_FUNCTIONS(X)
#undef X
}

const struct libarchive *libarchive(void)
{
	pthread_once(&once, load);
	return loaded ? &functions : NULL;
}
