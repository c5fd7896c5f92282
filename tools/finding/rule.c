// SPDX-License-Identifier: GPL-2.0-only
// The list of rules. rules.def has a line for each rule.
#include "finding/rule.h"

#include <string.h>

const struct rule rules[RULES] = {
#define RULE(symbol, name, level, what, how)                                                                           \
	[RULE_##symbol] = {.id = name, .severity = SEVERITY_##level, .problem = what, .hint = how},
#include "finding/rules.def"
#undef RULE
};

const char *severity_name(enum severity severity)
{
	return severity == SEVERITY_ERROR ? "error" : "warning";
}

/* Former ids of rules. They still work. */
static const struct {
	const char *former, *id;
} renamed[] = {
	{"licence-missing", "license-missing"},
};

enum rule_id rule_find(const char *id)
{
	enum rule_id i;

	for (size_t r = 0; r < sizeof(renamed) / sizeof(renamed[0]); r++)
		if (strcmp(renamed[r].former, id) == 0)
			id = renamed[r].id;
	for (i = 0; i < RULES; i++)
		if (strcmp(rules[i].id, id) == 0)
			break;
	return i;
}
