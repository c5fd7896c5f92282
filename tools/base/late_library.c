// SPDX-License-Identifier: GPL-2.0-only
// Libraries that are loaded when they are first wanted.
#include "base/late_library.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdbool.h>
#include <string.h>

/* A static program has its own C library; a library of the host would bring another one. */
#ifdef XS_STATIC
#define dlopen(soname, flags) NULL
#endif

static bool find(void *library, const char *name, void *function)
{
	void *found = dlsym(library, name);

	/* POSIX lets a void * hold a function; C wants it copied. */
	memcpy(function, &found, sizeof(found));
	return found;
}

/* The function NAME, which loads the library SONAME when it is first called and fills in the FUNCTIONS listed. */
#define FIND(function) &&find(library, #function, &found->function)
#define LIBRARY(name, soname, functions)                                                                               \
	static struct name name##_found;                                                                               \
	static bool name##_loaded;                                                                                     \
                                                                                                                       \
	static void load_##name(void)                                                                                  \
	{                                                                                                              \
		struct name *found = &name##_found;                                                                    \
		void *library = dlopen(soname, RTLD_NOW | RTLD_LOCAL);                                                 \
                                                                                                                       \
		name##_loaded = library functions(FIND);                                                               \
	}                                                                                                              \
                                                                                                                       \
	const struct name *name(void)                                                                                  \
	{                                                                                                              \
		static pthread_once_t once = PTHREAD_ONCE_INIT;                                                        \
                                                                                                                       \
		pthread_once(&once, load_##name);                                                                      \
		return name##_loaded ? &name##_found : NULL;                                                           \
	}

LIBRARY(libarchive, LIBARCHIVE_SONAME, LIBARCHIVE_FUNCTIONS)
LIBRARY(libxml, LIBXML_SONAME, LIBXML_FUNCTIONS)
LIBRARY(libcrypto, LIBCRYPTO_SONAME, LIBCRYPTO_FUNCTIONS)
