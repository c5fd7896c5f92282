// SPDX-License-Identifier: GPL-2.0-only
// All checks of one module, and all that need to know every module.
#include "check.h"

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
	if (place.driver[0])
		set_add_module(set, subject->path, &place, subject->module);
}

void check_set(struct report *report, struct set *set, const struct policy *policy)
{
	(void)policy;
	set_sort(set);
	check_symbols_set(report, set);
}
