// SPDX-License-Identifier: GPL-2.0-only
// The devices of a host, and the devices that a version of a driver binds.
#include "host/hardware.h"

#include <fcntl.h>
#include <fnmatch.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/array.h"
#include "base/die.h"
#include "base/directory.h"
#include "base/text.h"
#include "elf/modalias.h"
#include "host/installed.h"

/* Bytes. The kernel limits a modalias to one page. The modalias of the processors is the longest. */
#define DEVICE_MODALIAS_MAX 65536

#define WILDCARDS "*?[\\"

static void add_device(struct hardware *hardware, const struct root *root, const char *path, char *name)
{
	size_t len;
	char *key, *modalias = root_read(root, path, DEVICE_MODALIAS_MAX, &len);

	if (modalias)
		modalias[strcspn(modalias, "\n")] = '\0';
	if (!modalias || !*modalias) {
		free(modalias);
		free(name);
		return;
	}
	hardware->devices = array_grown(hardware->devices, hardware->count, sizeof(*hardware->devices));
	key = text_format("%s", modalias);
	modalias_normalize(key);
	hardware->devices[hardware->count++] = (struct device){modalias, key, name};
}

static char **names_below(const struct root *root, const char *path)
{
	int fd = root_openat(root, path, O_RDONLY | O_DIRECTORY, 0);
	char **names = fd < 0 ? NULL : directory_names(fd);

	return names ? names : need_memory(1, sizeof(*names));
}

/* Adds the devices of one bus or class: /sys/bus/pci/devices, /sys/class/dmi. */
static void read_devices(struct hardware *hardware, const struct root *root, const char *directory, const char *kind)
{
	char **names = names_below(root, directory);

	for (size_t i = 0; names[i]; i++) {
		char *path = text_format("%s/%s/modalias", directory, names[i]);

		add_device(hardware, root, path, text_format("%s %s", kind, names[i]));
		free(path);
	}
	directory_names_free(names);
}

static void read_kinds(struct hardware *hardware, const struct root *root, const char *directory, const char *below)
{
	char **kinds = names_below(root, directory);

	for (size_t i = 0; kinds[i]; i++) {
		char *path = text_format("%s/%s%s", directory, kinds[i], below);

		read_devices(hardware, root, path, kinds[i]);
		free(path);
	}
	directory_names_free(kinds);
}

static int compare_devices(const void *a, const void *b)
{
	const struct device *x = a, *y = b;
	int order = strcmp(x->key, y->key);

	return order ? order : strcmp(x->name, y->name);
}

void hardware_read(struct hardware *hardware, const struct root *root)
{
	memset(hardware, 0, sizeof(*hardware));
	read_kinds(hardware, root, "/sys/bus", "/devices");
	read_kinds(hardware, root, "/sys/class", "");
	add_device(hardware, root, "/sys/devices/system/cpu/modalias", text_format("cpu"));
	if (hardware->count)
		qsort(hardware->devices, hardware->count, sizeof(*hardware->devices), compare_devices);
}

void hardware_free(struct hardware *hardware)
{
	for (size_t i = 0; i < hardware->count; i++) {
		free(hardware->devices[i].modalias);
		free(hardware->devices[i].key);
		free(hardware->devices[i].name);
	}
	free(hardware->devices);
	memset(hardware, 0, sizeof(*hardware));
}

/* Whether the device is before the fixed part of the pattern, in byte order. */
static bool is_before(const void *device, const void *pattern)
{
	return strncmp(((const struct device *)device)->key, pattern, strcspn(pattern, WILDCARDS)) < 0;
}

/* Sets MATCHED[i] for each device that the pattern ALIAS matches, as modprobe does it. */
static void hardware_match(const struct hardware *hardware, const char *alias, bool *matched)
{
	/*
	 * Only a device whose modalias begins with the fixed part of the pattern can match. These devices are
	 * neighbours in the sorted list.
	 */
	size_t fixed = strcspn(alias, WILDCARDS), first;
	char *pattern = text_format("%s", alias);

	modalias_normalize(pattern);
	first = array_lower_bound(hardware->devices, hardware->count, sizeof(*hardware->devices), pattern, is_before);

	for (size_t i = first; i < hardware->count; i++) {
		if (strncmp(hardware->devices[i].key, pattern, fixed) != 0)
			break;
		if (!matched[i] && fnmatch(pattern, hardware->devices[i].key, 0) == 0)
			matched[i] = true;
	}
	free(pattern);
}

bool hardware_match_version(const struct hardware *hardware, const struct hierarchy *hierarchy,
			    const struct driver *driver, const struct driver_version *version, struct module *module,
			    bool *matched)
{
	bool any = false;

	for (char **file = version->files; *file && hardware->count; file++) {
		const char *alias = NULL;

		if (installed_read(hierarchy, driver->name, version, *file, module) != 0)
			continue;
		while ((alias = module_info(module, "alias", alias)))
			hardware_match(hardware, alias, matched);
	}
	for (size_t i = 0; i < hardware->count; i++)
		any |= matched[i];
	return any;
}

bool hardware_is_needed(const struct hierarchy *hierarchy, const struct driver *driver,
			const struct driver_version *version, struct module *module)
{
	for (char **file = version->files; *file; file++) {
		const char *alias = NULL;

		if (installed_read(hierarchy, driver->name, version, *file, module) != 0)
			return true;
		/*
		 * An alias for devices begins with a bus and a colon. Other aliases, such as "fs-nfs", have no colon.
		 */
		while ((alias = module_info(module, "alias", alias)))
			if (strchr(alias, ':'))
				return true;
	}
	return false;
}
