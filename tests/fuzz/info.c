// SPDX-License-Identifier: GPL-2.0-only
// Fuzzes the checks of info.json: the bytes are one, beside a module that claims two devices.
#include "fuzz.h"

#include "check/check.h"
#include "base/text.h"

#define NAME	    "name=case\0"
#define FIRST_ALIAS "alias=pci:v00001234d000011E8sv*sd*bc*sc*i*\0"
#define DIRECTORY	    "lib/modules/6.1.0-0-test/xenserver/case/1.2.3/"

static void fuzz_one(const uint8_t *data, size_t len)
{
	static char modinfo[] = NAME FIRST_ALIAS "alias=pci:v00001AF4d00001000sv00001AF4sd*bc*sc*i*";
	static uint32_t infos[] = {0, sizeof(NAME) - 1, sizeof(NAME FIRST_ALIAS) - 1};
	struct module module = {.modinfo = modinfo, .modinfo_len = sizeof(modinfo), .infos = infos, .info_count = 3};
	struct inventory_where ko = {DIRECTORY "case.ko", DIRECTORY "case.ko", false};
	struct inventory_where json = {DIRECTORY "info.json", DIRECTORY "info.json", false};
	struct report report = {0};
	struct policy policy = {0};
	struct inventory inventory;
	char *text = text_format("%.*s", (int)len, (const char *)data);

	inventory_init(&inventory);
	inventory_add_module(&inventory, &ko, &module, NULL);
	inventory_add_file(&inventory, &json, text);
	check_inventory(&report, &inventory, &policy);
	/* Nothing of theirs is printed as it is. */
	for (size_t i = 0; i < report.count; i++)
		if (strpbrk(report.findings[i].text, "\n\033"))
			__builtin_trap();
	report_free(&report);
	inventory_free(&inventory);
	free(text);
}
