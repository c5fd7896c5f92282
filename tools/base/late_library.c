// SPDX-License-Identifier: GPL-2.0-only
// Loads libarchive, libxml2, libcrypto and librpmio at their first use.
#include "base/late_library.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdbool.h>
#include <string.h>

/* A static program contains a C library. A library of the host would load a second C library. */
#ifdef XS_STATIC
#define dlopen(soname, flags) NULL
#endif

static bool find(void *library, const char *name, void *function)
{
	void *found = dlsym(library, name);

	/* POSIX allows a function's address in a void *. C does not allow the cast, so the bytes are copied. */
	memcpy(function, &found, sizeof(found));
	return found;
}

/* Defines the function NAME(). Its first call loads the library SONAME and looks up the FUNCTIONS. */
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
LIBRARY(librpmio, LIBRPMIO_SONAME, LIBRPMIO_FUNCTIONS)
