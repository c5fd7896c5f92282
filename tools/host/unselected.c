// SPDX-License-Identifier: GPL-2.0-only
// Whether depmod leaves out the installed versions that are not selected.
#include "host/unselected.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/text.h"

void unselected_read(struct unselected *unselected, const struct root *root, unsigned int kmod)
{
	*unselected = (struct unselected){.root = root, .kmod = kmod ? kmod : depmod_version(root)};
	for (enum layout layout = 0; layout < LAYOUTS; layout++)
		unselected->tells[layout] = depmod_config_tells(root, layout_directory(layout));
}

static bool is_there(const struct root *root, const char *path)
{
	int fd = root_openat(root, path, O_PATH, 0);

	if (fd >= 0)
		close(fd);
	return fd >= 0;
}

/* The path of the first placeholder that the version lacks, or NULL. Memory to free. */
static char *missing_placeholder(const struct root *root, const struct hierarchy *hierarchy,
				 const struct driver *driver, const struct driver_version *version)
{
	for (char **file = version->files; *file; file++) {
		char *path = text_format("/lib/modules/%s/unselected/xenserver/%s/%s/%s", hierarchy->uname,
					 driver->name, version->name, *file);

		if (!is_there(root, path))
			return path;
		free(path);
	}
	return NULL;
}

static enum unselected_fault find(const struct unselected *unselected, const struct hierarchy *hierarchy,
				  const struct driver *driver, const struct driver_version *version, enum layout layout,
				  char **placeholder)
{
	unsigned int tells = unselected->tells[layout];
	bool is_new = unselected->kmod == 0 || unselected->kmod >= DEPMOD_KNOWS_EXCLUDE;

	if (tells & DEPMOD_EXCLUDES && is_new)
		return UNSELECTED_NONE;
	if (!(tells & DEPMOD_PREFERS))
		return tells & DEPMOD_EXCLUDES ? UNSELECTED_NOT_KNOWN : UNSELECTED_NOT_TOLD;
	*placeholder = missing_placeholder(unselected->root, hierarchy, driver, version);
	return *placeholder ? UNSELECTED_NO_PLACEHOLDER : UNSELECTED_NONE;
}

enum unselected_fault unselected_find(const struct unselected *unselected, const struct hierarchy *hierarchy,
				      const struct driver *driver, enum layout *layout, char **placeholder)
{
	enum unselected_fault fault = UNSELECTED_NONE;

	*placeholder = NULL;
	for (size_t v = 0; v < driver->version_count && !fault; v++) {
		const struct driver_version *version = &driver->versions[v];

		*layout = version->layout;
		fault = find(unselected, hierarchy, driver, version, *layout, placeholder);
		if (!fault && version->mirrored) {
			*layout = LAYOUT_DMV;
			fault = find(unselected, hierarchy, driver, version, *layout, placeholder);
		}
	}
	return fault;
}
