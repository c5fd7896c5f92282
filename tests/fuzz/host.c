// SPDX-License-Identifier: GPL-2.0-only
// Fuzzes all that is read of a host below a root: what is installed, selected and loaded, its devices and identity.
#include "fuzz.h"

#include "base/directory.h"
#include "host/critical.h"
#include "host/depmod_config.h"
#include "host/hierarchy_read.h"
#include "host/installed.h"
#include "host/state.h"
#include "tree.h"

static void read_version(struct host *host, const struct hierarchy *hierarchy, const struct driver *driver,
			 const struct driver_version *version)
{
	json_t *info = installed_info(hierarchy, driver, version);
	char *variant = installed_variant(hierarchy, driver, version);

	if (!installed_find(hierarchy, driver, version->name))
		abort();
	if (strlen(info_text(info, "description", "none")) > SIZE_MAX / 2)
		abort();
	free(installed_fault(hierarchy, driver, version, &host->scratch));
	hardware_is_needed(hierarchy, driver, version, &host->scratch);
	free(variant);
	json_decref(info);
}

static void read_driver(struct host *host, const struct hierarchy *hierarchy, const struct driver *driver,
			const struct critical_modules *critical)
{
	struct state state;

	if (hierarchy_find(hierarchy, driver->name) != driver)
		abort();
	state_read(&state, host, hierarchy, driver);
	critical_modules_find(critical, driver);
	free(driver_in_use(&host->root, driver));
	for (size_t i = 0; i < driver->version_count; i++)
		read_version(host, hierarchy, driver, &driver->versions[i]);
	for (size_t i = 0; i < driver->module_count; i++) {
		/* The driver with the name of a module is found first; then the only driver that has the module. */
		const struct driver *owner = hierarchy_find(hierarchy, driver->modules[i]);

		if (owner != driver && hierarchy->driver_count == 1)
			abort();
		directory_names_free(module_drivers(&host->root, driver->modules[i]));
	}
}

static void read_kernel(struct host *host, const char *uname, const struct critical_modules *critical)
{
	struct hierarchy hierarchy;

	if (hierarchy_read(&hierarchy, &host->root, uname) == 0)
		for (size_t i = 0; i < hierarchy.driver_count; i++)
			read_driver(host, &hierarchy, &hierarchy.drivers[i], critical);
	hierarchy_free(&hierarchy);
}

/* A root. */
static void fuzz_one(const uint8_t *data, size_t len)
{
	struct critical_modules critical = {0};
	struct host host;
	char **kernels;

	tree_make(data, len);
	if (!host_open(&host, tree_path))
		abort();
	critical_modules_read(&critical, &host.root);
	depmod_config_tells(&host.root, "xenserver");
	depmod_version(&host.root);
	kernels = hierarchy_kernels(&host.root);
	for (size_t i = 0; kernels && kernels[i]; i++)
		read_kernel(&host, kernels[i], &critical);
	if (kernels)
		directory_names_free(kernels);
	critical_modules_free(&critical);
	host_close(&host);
	tree_end();
}
