// SPDX-License-Identifier: GPL-2.0-only
// Reads the kernel, driver and version of a module from its path.
#include "base/module_path.h"

#include <stdbool.h>
#include <string.h>

/* Copies the component at *PATH into OUT and moves *PATH to the next one. False: it is the last one, or too long. */
static bool take_component(const char **path, char *out, size_t size)
{
	size_t len = strcspn(*path, "/");

	if ((*path)[len] != '/' || len >= size)
		return false;
	memcpy(out, *path, len);
	out[len] = '\0';
	*path += len + strspn(*path + len, "/");
	return true;
}

/* Returns the part of the path after the last "lib/modules/", or NULL. */
static const char *after_lib_modules(const char *path)
{
	static const char mark[] = "lib/modules/";
	const char *found = NULL;

	for (const char *at = path; (at = strstr(at, mark)); at++)
		if (at == path || at[-1] == '/')
			found = at + sizeof(mark) - 1;
	return found;
}

void module_path_read(const char *path, struct module_path *location)
{
	const char *at = after_lib_modules(path);

	location->uname[0] = location->driver[0] = location->version[0] = '\0';
	if (!at)
		return;
	if (!take_component(&at, location->uname, sizeof(location->uname)) || !name_is_uname(location->uname)) {
		location->uname[0] = '\0';
		return;
	}
	if (strncmp(at, "xenserver/", strlen("xenserver/")) != 0)
		return;
	at += strlen("xenserver/");
	if (!take_component(&at, location->driver, sizeof(location->driver)) || !name_is_legal(location->driver) ||
	    !take_component(&at, location->version, sizeof(location->version)) || !name_is_legal(location->version) ||
	    strchr(at, '/'))
		location->driver[0] = location->version[0] = '\0';
}

const char *module_path_below(const char *path, char uname[UNAME_MAX + 1], size_t *root_len)
{
	const char *at = after_lib_modules(path);

	*root_len = at ? (size_t)(at - path) - strlen("lib/modules/") : 0;
	if (!at || !take_component(&at, uname, UNAME_MAX + 1) || !name_is_uname(uname))
		return NULL;
	if (*root_len >= 4 && strncmp(path + *root_len - 4, "usr/", 4) == 0 &&
	    (*root_len == 4 || path[*root_len - 5] == '/'))
		*root_len -= 4;
	return at;
}
