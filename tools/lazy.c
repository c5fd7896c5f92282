// SPDX-License-Identifier: GPL-2.0-only
// Libraries that are loaded when they are first wanted.
#include "lazy.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdbool.h>
#include <string.h>

static struct libarchive archive_functions;
static struct libxml xml_functions;
static struct libcrypto crypto_functions;
static bool archive_loaded, xml_loaded, crypto_loaded;

static bool find(void *library, const char *name, void *function)
{
	void *found = dlsym(library, name);

	/* POSIX lets a void * hold a function; C wants it copied. */
	memcpy(function, &found, sizeof(found));
	return found;
}

static void load_archive(void)
{
	void *library = dlopen(LIBARCHIVE_SONAME, RTLD_NOW | RTLD_LOCAL);

	archive_loaded = library;
#define X(function) archive_loaded = archive_loaded && find(library, #function, &archive_functions.function);
	LIBARCHIVE_FUNCTIONS(X)
#undef X
}

static void load_xml(void)
{
	void *library = dlopen(LIBXML_SONAME, RTLD_NOW | RTLD_LOCAL);

	xml_loaded = library;
#define X(function) xml_loaded = xml_loaded && find(library, #function, &xml_functions.function);
	LIBXML_FUNCTIONS(X)
#undef X
}

static void load_crypto(void)
{
	void *library = dlopen(LIBCRYPTO_SONAME, RTLD_NOW | RTLD_LOCAL);

	crypto_loaded = library;
#define X(function) crypto_loaded = crypto_loaded && find(library, #function, &crypto_functions.function);
	LIBCRYPTO_FUNCTIONS(X)
#undef X
}

const struct libarchive *libarchive(void)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;

	pthread_once(&once, load_archive);
	return archive_loaded ? &archive_functions : NULL;
}

const struct libxml *libxml(void)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;

	pthread_once(&once, load_xml);
	return xml_loaded ? &xml_functions : NULL;
}

const struct libcrypto *libcrypto(void)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;

	pthread_once(&once, load_crypto);
	return crypto_loaded ? &crypto_functions : NULL;
}
