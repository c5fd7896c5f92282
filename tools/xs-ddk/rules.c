// SPDX-License-Identifier: GPL-2.0-only
// xs-ddk rules: prints the list of rules.
#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "finding/rule.h"
#include "xs-ddk/commands.h"

static void print_text(void)
{
	for (int i = 0; i < RULES; i++)
		printf("%-24s %-8s %s\n%34s%s\n", rules[i].id, severity_name(rules[i].severity), rules[i].problem,
		       "fix: ", rules[i].hint);
}

static void print_json(void)
{
	json_t *list = json_need(json_array());

	for (int i = 0; i < RULES; i++)
		json_need_zero(json_array_append_new(
			list, json_need(json_pack("{s:s, s:s, s:s, s:s}", "rule", rules[i].id, "severity",
						  severity_name(rules[i].severity), "problem", rules[i].problem, "hint",
						  rules[i].hint))));
	json_print(json_pack("{s:s, s:i, s:o}", "format", "xs-ddk-rules", "schema", 2, "rules", list));
}

enum status cmd_rules(int argc, char **argv)
{
	if (argc == 1) {
		print_text();
		return STATUS_YES;
	}
	if (argc == 2 && strcmp(argv[1], "--json") == 0) {
		print_json();
		return STATUS_YES;
	}
	if (argc == 2 && strcmp(argv[1], "--help") == 0)
		return command_help("rules");
	complain("rules takes no argument but --json");
	return command_misused("rules");
}
