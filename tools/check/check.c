// SPDX-License-Identifier: GPL-2.0-only
// Runs the checks of one module, and the checks that need all inputs.
#include "check/check.h"

#include "base/budget.h"
#include "check/disk.h"

bool check_wants_bytes(const struct policy *policy)
{
	return policy->symvers || policy->certificates || policy->builds;
}

/* Values from the command line override the values from the path. */
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

/*
 * Whether the module comes from the kernel or from another kit: it is below a kernel's directory, in none of the kit's
 * directories, and has no record. Such a module needs no record.
 */
static bool is_strangers(const struct subject *subject, const struct module_path *location)
{
	const struct note_reading *note = &subject->module->note;

	return !subject->alone && !subject->packaged && location->uname[0] && !location->driver[0] && !note->section &&
	       !note->compat && note->records == 0;
}

static void remember(struct inventory *inventory, const struct policy *policy, const struct subject *subject,
		     const struct module_path *location)
{
	struct inventory_where where = {subject->path, subject->host_path, subject->packaged};
	bool is_shipped = subject->packaged || (location->driver[0] && !subject->alone);

	/*
	 * Firmware must exist for modules that a package or the kit's directories hold. With a sysroot, it must also
	 * exist for all other modules, except those of the kernel or of another kit.
	 */
	if (is_shipped || (policy->sysroot && !is_strangers(subject, location)))
		inventory_add_firmware(inventory, &where, subject->module);
	if (!subject->alone)
		inventory_add_module(inventory, &where, subject->module, subject->bytes);
}

void check_subject(struct report *report, struct inventory *inventory, const struct policy *policy,
		   const struct subject *subject)
{
	struct inventory_where where = {subject->path, subject->host_path, subject->packaged};
	struct module_path location;

	report_judged(report, subject->path);
	if (!check_module(report, subject->path, subject->module)) {
		/* The file exists, so a link to it does not dangle. */
		if (!subject->alone)
			inventory_add_file(inventory, &where, NULL);
		return;
	}
	module_path_read(subject->host_path, &location);
	check_modinfo(report, subject);
	if (!is_strangers(subject, &location))
		check_note(report, subject->path, &subject->module->note);
	check_module_version(report, subject);
	check_file_name(report, subject);
	check_place(report, policy, subject, &location);
	check_signature(report, policy, subject);
	if (policy->builds)
		check_kernel_build(report, policy, subject);
	if (policy->symvers)
		check_symbols(report, inventory, policy, subject);
	remember(inventory, policy, subject, &location);
}

void check_inventory(struct report *report, struct inventory *inventory, const struct policy *policy)
{
	if (inventory->over)
		report_add(report, RULE_INPUT_LIMIT, inventory->over, BUDGET_KEEP_OVER);
	inventory_sort(inventory);
	check_symbols_inventory(report, inventory);
	check_firmware(report, inventory, policy);
	check_hierarchy(report, inventory, policy);
	check_packages(report, inventory);
	check_sets(report, inventory);
	check_disks(report, &inventory->disks, policy->profile);
}
