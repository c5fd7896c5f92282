// SPDX-License-Identifier: GPL-2.0-only
// All checks of one module, and all that need to know every module.
#include "check/check.h"

#include "check/disk.h"

bool check_wants_bytes(const struct policy *policy)
{
	return policy->symvers || policy->certificates;
}

/* What is asked for on the command line goes before what the path says. */
static void check_place(struct report *report, const struct policy *policy, const struct subject *subject,
			const struct module_path *location)
{
	const char *version = policy->version, *uname = policy->uname;

	if (!version && location->version[0])
		version = location->version;
	if (!uname && location->uname[0])
		uname = location->uname;
	if (version)
		check_version(report, subject->path, &subject->module->note, version);
	if (uname)
		check_kernel(report, subject->path, subject->module, uname);
}

/* Firmware is asked for of what is shipped or installed by the kit, or if there is a root to look in. */
static void remember(struct inventory *inventory, const struct policy *policy, const struct subject *subject,
		     const struct module_path *location)
{
	struct inventory_where where = {subject->path, subject->host_path, subject->packaged};

	if (subject->packaged || (location->driver[0] && !subject->alone) || policy->sysroot)
		inventory_add_firmware(inventory, &where, subject->module);
	if (!subject->alone)
		inventory_add_module(inventory, &where, subject->module);
}

void check_subject(struct report *report, struct inventory *inventory, const struct policy *policy,
		   const struct subject *subject)
{
	struct module_path location;

	report_judged(report, subject->path);
	if (!check_module(report, subject->path, subject->module))
		return;
	module_path_read(subject->host_path, &location);
	check_modinfo(report, subject);
	check_note(report, subject->path, &subject->module->note);
	check_file_name(report, subject);
	check_place(report, policy, subject, &location);
	check_signature(report, policy, subject);
	if (policy->symvers)
		check_symbols(report, inventory, policy, subject);
	remember(inventory, policy, subject, &location);
}

void check_inventory(struct report *report, struct inventory *inventory, const struct policy *policy)
{
	inventory_sort(inventory);
	check_symbols_inventory(report, inventory);
	check_firmware(report, inventory, policy);
	check_hierarchy(report, inventory, policy);
	check_packages(report, inventory);
	check_disks(report, &inventory->disks);
}
