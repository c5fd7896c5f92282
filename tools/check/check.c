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
			const struct place *place)
{
	const char *version = policy->version, *uname = policy->uname;

	if (!version && place->version[0])
		version = place->version;
	if (!uname && place->uname[0])
		uname = place->uname;
	if (version)
		check_version(report, subject->path, &subject->module->note, version);
	if (uname)
		check_kernel(report, subject->path, subject->module, uname);
}

/* Firmware is asked for of what is shipped or installed by the kit, or if there is a root to look in. */
static void remember(struct set *set, const struct policy *policy, const struct subject *subject,
		     const struct place *place)
{
	struct set_where where = {subject->path, subject->place, subject->packaged};

	if (subject->packaged || (place->driver[0] && !subject->alone) || policy->sysroot)
		set_add_firmware(set, &where, subject->module);
	if (!subject->alone)
		set_add_module(set, &where, subject->module);
}

void check_subject(struct report *report, struct set *set, const struct policy *policy, const struct subject *subject)
{
	struct place place;

	report_judged(report, subject->path);
	if (!check_module(report, subject->path, subject->module))
		return;
	place_of(subject->place, &place);
	check_modinfo(report, subject);
	check_note(report, subject->path, &subject->module->note);
	check_file_name(report, subject);
	check_place(report, policy, subject, &place);
	check_signature(report, policy, subject);
	if (policy->symvers)
		check_symbols(report, set, policy, subject);
	remember(set, policy, subject, &place);
}

void check_set(struct report *report, struct set *set, const struct policy *policy)
{
	set_sort(set);
	check_symbols_set(report, set);
	check_firmware(report, set, policy);
	check_hierarchy(report, set, policy);
	check_packages(report, set);
	check_disks(report, &set->disks);
}
