// SPDX-License-Identifier: GPL-2.0-only
// The rules on the file as a kernel module: module-*, vermagic-*, license-*, the header of the record's section,
// path-kernel, path-name.
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/name.h"
#include "base/text.h"
#include "base/version.h"
#include "check/check.h"

bool check_module(struct report *report, const char *path, const struct module *module)
{
	const uint64_t *found = module->found, *limit = module->limit;

	if (module->fault[MODULE_UNDECODABLE])
		report_add(report, RULE_INPUT_DAMAGED, path, "%s", module->damage);
	if (module->fault[MODULE_OVER_LIMIT])
		report_add(report, RULE_INPUT_LIMIT, path, "%s", module->damage);
	if (module->fault[MODULE_NOT_ELF])
		report_add(report, RULE_MODULE_NOT_ELF, path, "%s",
			   module->size == 0 ? "it is empty" : "it does not begin like an ELF file");
	if (module->fault[MODULE_TRUNCATED])
		report_add(report, RULE_MODULE_TRUNCATED, path, "it has %" PRIu64 " bytes, its headers say %" PRIu64,
			   found[MODULE_TRUNCATED], limit[MODULE_TRUNCATED]);
	if (module->fault[MODULE_DAMAGED])
		report_add(report, RULE_MODULE_DAMAGED, path, "%s", module->damage);
	if (module_is_broken(module))
		return false;
	if (module->fault[MODULE_NOT_RELOCATABLE]) {
		report_add(report, RULE_MODULE_NOT_RELOCATABLE, path, "e_type is %" PRIu64 ", expected %" PRIu64,
			   found[MODULE_NOT_RELOCATABLE], limit[MODULE_NOT_RELOCATABLE]);
		return false;
	}
	if (module->fault[MODULE_NO_MODINFO])
		report_add(report, RULE_MODULE_NO_MODINFO, path, NULL);
	if (module->fault[MODULE_NOTE_TYPE])
		report_add(report, RULE_NOTE_TYPE, path, "sh_type is %" PRIu64 ", expected %" PRIu64,
			   found[MODULE_NOTE_TYPE], limit[MODULE_NOTE_TYPE]);
	if (module->fault[MODULE_NOTE_ALLOC])
		report_add(report, RULE_NOTE_ALLOC, path, "sh_flags is 0x%" PRIx64 ", expected 0x%" PRIx64,
			   found[MODULE_NOTE_ALLOC], limit[MODULE_NOTE_ALLOC]);
	if (module->fault[MODULE_NOTE_ALIGN])
		report_add(report, RULE_NOTE_ALIGN, path, "sh_addralign is %" PRIu64 ", expected %" PRIu64,
			   found[MODULE_NOTE_ALIGN], limit[MODULE_NOTE_ALIGN]);
	return true;
}

static void check_names(struct report *report, const char *path, const struct module *module)
{
	const char *first = module_info(module, "name", NULL);
	const char *second = first ? module_info(module, "name", first) : NULL;
	char *safe, *safe_second;

	if (!second)
		return;
	safe = text_safe(first);
	safe_second = text_safe(second);
	report_add(report, RULE_MODULE_NAMES, path, "found %s and %s, expected one", safe, safe_second);
	free(safe_second);
	free(safe);
}

void check_modinfo(struct report *report, const struct subject *subject)
{
	const struct module *module = subject->module;

	if (module->debug && subject->packaged)
		report_add(report, RULE_MODULE_DEBUG, subject->path, "it has sections .debug_*");
	if (module->fault[MODULE_NO_MODINFO])
		return;
	check_names(report, subject->path, module);
	if (!module_info(module, "vermagic", NULL))
		report_add(report, RULE_VERMAGIC_MISSING, subject->path, ".modinfo has no vermagic=");
	if (!module_info(module, "license", NULL))
		report_add(report, RULE_LICENSE_MISSING, subject->path, ".modinfo has no license=");
}

/* The number of parts between dots. */
static size_t count_parts(const char *version)
{
	size_t parts = 1;

	for (; (version = strchr(version, '.')); version++)
		parts++;
	return parts;
}

static bool begins(const char *s, const char *prefix)
{
	return strncmp(s, prefix, strlen(prefix)) == 0;
}

/*
 * A module may count its own versions, and the record may say more than MODULE_VERSION, as 1.2-3 does of 1.2. So two
 * versions contradict each other only if they look like versions of one sequence: numbers in as many parts, of which
 * the first is the same. 0.01 and 0.1 are equal, as they are to RPM.
 */
void check_module_version(struct report *report, const struct subject *subject)
{
	const char *own = module_info(subject->module, "version", NULL);
	const char *version = subject->module->note.version;
	size_t first;
	char *safe;

	if (!own || !note_is_sound(&subject->module->note) || begins(own, version) || begins(version, own))
		return;
	first = strcspn(own, ".");
	if (own[strspn(own, "0123456789.")] || version[strspn(version, "0123456789.")] || own[first] != '.' ||
	    strncmp(own, version, first + 1) != 0 || count_parts(own) != count_parts(version) ||
	    version_compare(own, version) == 0)
		return;
	safe = text_safe(own);
	report_add(report, RULE_MODULE_VERSION, subject->path, "MODULE_VERSION is %s, the record says %s", safe,
		   version);
	free(safe);
}

void check_kernel(struct report *report, const char *path, const struct module *module, const char *expected)
{
	/* Longer than any legal uname, so that a uname that is too long is not cut to a legal one. */
	char uname[2 * UNAME_MAX], *safe;

	/* A missing vermagic has its own rule, vermagic-missing. */
	if (!module_kernel(module, uname, sizeof(uname)) || strcmp(uname, expected) == 0)
		return;
	safe = text_safe(uname);
	report_add(report, RULE_PATH_KERNEL, path, "its vermagic says %s, expected %s", *safe ? safe : "nothing",
		   expected);
	free(safe);
}

void check_file_name(struct report *report, const struct subject *subject)
{
	const char *name = module_info(subject->module, "name", NULL);
	char file[MODULE_NAME_SIZE], *safe, *safe_file;

	/* Kernels before 4.13 wrote no name= into .modinfo. */
	if (!name)
		return;
	name_of_module(subject->name, file);
	if (name_same_module(file, name))
		return;
	safe = text_safe(name);
	safe_file = text_safe(file);
	report_add(report, RULE_PATH_NAME, subject->path, "the file is %s, the module is %s", safe_file, safe);
	free(safe_file);
	free(safe);
}
