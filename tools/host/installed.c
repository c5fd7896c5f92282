// SPDX-License-Identifier: GPL-2.0-only
// Reads the files of an installed version: its modules and its info.json.
#include "host/installed.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"

#define INFO_LIMIT (1u << 20)

int installed_read(const struct hierarchy *hierarchy, const char *driver, const struct driver_version *version,
		   const char *file, struct module *module)
{
	uint64_t size;
	int fd = hierarchy_open(hierarchy, driver, version, file, &size);
	int rc, saved;

	if (fd < 0)
		return -1;
	rc = module_read_fd(module, fd, size);
	saved = errno;
	close(fd);
	errno = saved;
	return rc;
}

/* A message about a value that is not as expected. FOUND comes from a file, so it is made safe. */
static char *differs(const char *file, const char *what, const char *found, const char *expected)
{
	char *safe = text_safe(found);
	char *text = text_format("%s %s '%s', not '%s'", file, what, safe, expected);

	free(safe);
	return text;
}

static char *module_fault_text(const struct hierarchy *h, const struct driver_version *version, const char *file,
			       const struct module *module)
{
	const struct note_reading *note = &module->note;
	char kernel[2 * UNAME_MAX];

	if (module_is_broken(module))
		return text_format("%s is not a complete kernel module; 'xs-ddk verify' says why", file);
	module_kernel(module, kernel, sizeof(kernel));
	if (strcmp(kernel, h->uname) != 0)
		return differs(file, "is built for kernel", kernel, h->uname);
	if (version->layout == LAYOUT_DMV)
		return NULL;
	if (note->records == 0)
		return text_format("%s has no record of its version", file);
	if (!note_is_sound(note))
		return text_format("the record of %s is damaged; 'xs-ddk verify' says why", file);
	if (strcmp(note->version, version->name) != 0)
		return differs(file, "has the record of version", note->version, version->name);
	return NULL;
}

static const char *read_trouble(int error)
{
	return error == EINVAL ? "it is not a regular file" : error == ELOOP ? "it is a link" : strerror(error);
}

char *installed_fault(const struct hierarchy *hierarchy, const struct driver *driver,
		      const struct driver_version *version, struct module *module)
{
	char *fault = NULL;

	for (char **file = version->files; *file && !fault; file++) {
		if (installed_read(hierarchy, driver->name, version, *file, module) == 0)
			fault = module_fault_text(hierarchy, version, *file, module);
		else
			fault = text_format("%s cannot be read: %s", *file, read_trouble(errno));
	}
	return fault;
}

json_t *installed_info(const struct hierarchy *hierarchy, const struct driver *driver,
		       const struct driver_version *version)
{
	uint64_t size;
	int fd = version->has_info ? hierarchy_open(hierarchy, driver->name, version, "info.json", &size) : -1;
	char *text = fd < 0 ? NULL : read_whole(fd, INFO_LIMIT, NULL);
	json_t *info = text ? json_loads(text, JSON_REJECT_DUPLICATES, NULL) : NULL;

	if (fd >= 0)
		close(fd);
	free(text);
	if (info && !json_is_object(info)) {
		json_decref(info);
		info = NULL;
	}
	return info;
}

const char *info_text(const json_t *info, const char *key, const char *fallback)
{
	const json_t *value = info ? json_object_get(info, key) : NULL;

	return json_is_string(value) ? json_string_value(value) : fallback;
}

char *installed_variant(const struct hierarchy *hierarchy, const struct driver *driver,
			const struct driver_version *version)
{
	json_t *info = installed_info(hierarchy, driver, version);
	char *variant = text_format("%s", info_text(info, "variant", version->name));

	json_decref(info);
	return variant;
}

const struct driver_version *installed_find(const struct hierarchy *hierarchy, const struct driver *driver,
					    const char *name)
{
	const struct driver_version *found = driver_find_version(driver, name);

	for (size_t v = 0; !found && v < driver->version_count; v++) {
		char *variant = installed_variant(hierarchy, driver, &driver->versions[v]);

		if (strcmp(variant, name) == 0)
			found = &driver->versions[v];
		free(variant);
	}
	return found;
}

const struct driver_version *installed_loaded(const struct hierarchy *hierarchy, const struct driver *driver,
					      const struct loaded_version *loaded)
{
	return loaded->is_variant ? installed_find(hierarchy, driver, loaded->text)
				  : driver_find_version(driver, loaded->text);
}
