// SPDX-License-Identifier: GPL-2.0-only
// Legal names of drivers, versions, kernels and modules, and the module names of files.
#include "base/name.h"

#include <stdint.h>
#include <string.h>

#include "xenserver-note.h"

/* Where in a name a character is legal. isalnum() is not used, because it depends on the locale. */
enum { NOWHERE, LATER, ANYWHERE };
static const uint8_t legal[UINT8_MAX + 1] = {['0' ... '9'] = ANYWHERE,
					     ['A' ... 'Z'] = ANYWHERE,
					     ['a' ... 'z'] = ANYWHERE,
					     ['.'] = LATER,
					     ['_'] = LATER,
					     ['+'] = LATER,
					     ['~'] = LATER,
					     ['@'] = LATER,
					     ['-'] = LATER};

size_t name_legal_prefix(const char *s, size_t len)
{
	size_t i = 0;

	if (len > 0 && legal[(uint8_t)s[0]] == ANYWHERE)
		for (i = 1; i < len && legal[(uint8_t)s[i]] != NOWHERE; i++)
			;
	return i;
}

static bool is_name(const char *s, size_t len, size_t max)
{
	return len > 0 && len <= max && name_legal_prefix(s, len) == len;
}

bool name_is_legal_n(const char *s, size_t len)
{
	return is_name(s, len, XENSERVER_VERSION_MAX);
}

bool name_is_legal(const char *s)
{
	return name_is_legal_n(s, strlen(s));
}

bool name_is_uname(const char *s)
{
	return is_name(s, strlen(s), UNAME_MAX);
}

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

const char *name_module_suffix(const char *file)
{
	static const char *const suffixes[] = {".ko", ".ko.gz", ".ko.xz", ".ko.zst"};
	const char *base = base_name(file);
	size_t len = strlen(base);

	for (size_t i = 0; i < sizeof(suffixes) / sizeof(suffixes[0]); i++) {
		size_t n = strlen(suffixes[i]);

		if (len > n && strcmp(base + len - n, suffixes[i]) == 0)
			return base + len - n;
	}
	return NULL;
}

bool name_is_module_file(const char *file)
{
	const char *suffix = name_module_suffix(file);

	/* Of all names, only a module's name may begin with '_'. */
	return suffix && suffix - file < MODULE_NAME_SIZE &&
	       is_name(file + strspn(file, "_"), strlen(file + strspn(file, "_")), MODULE_NAME_SIZE + 8);
}

void name_of_module(const char *file, char out[MODULE_NAME_SIZE])
{
	const char *base = base_name(file);
	const char *suffix = name_module_suffix(file);
	size_t len = suffix ? (size_t)(suffix - base) : strlen(base);

	if (len >= MODULE_NAME_SIZE)
		len = MODULE_NAME_SIZE - 1;
	for (size_t i = 0; i < len; i++)
		out[i] = base[i] == '-' ? '_' : base[i];
	out[len] = '\0';
}

bool name_same_module(const char *a, const char *b)
{
	for (; *a && *b; a++, b++)
		if (*a != *b && !((*a == '-' || *a == '_') && (*b == '-' || *b == '_')))
			return false;
	return *a == *b;
}
