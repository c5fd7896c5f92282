// SPDX-License-Identifier: GPL-2.0-only
// The catalogue of checks. Its lines are in rules.def.
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

/* Ids as they were called before; what names them goes on working. */
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
