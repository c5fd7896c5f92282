// SPDX-License-Identifier: GPL-2.0-only
// xs-ddk rules: prints the list of rules.
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/text.h"
#include "finding/rule.h"
#include "xs-ddk/commands.h"

static void print_rule(const struct rule *rule)
{
	printf("%-24s %-8s %s\n%34s%s\n", rule->id, severity_name(rule->severity), rule->problem, "fix: ", rule->hint);
}

static void print_text(void)
{
	for (int i = 0; i < RULES; i++)
		print_rule(&rules[i]);
}

/* Prints the rules with these names. False after a message if there is no such rule. */
static bool print_named(char **names)
{
	for (; *names; names++) {
		enum rule_id id = rule_find(*names);

		if (id == RULES) {
			char *safe = text_safe(*names);

			complain("there is no rule %s; 'xs-ddk rules' prints all", safe);
			free(safe);
			return false;
		}
		print_rule(&rules[id]);
	}
	return true;
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
	if (argv[1][0] != '-')
		return print_named(argv + 1) ? STATUS_YES : STATUS_TROUBLE;
	complain("rules takes names of rules, or --json");
	return command_misused("rules");
}
