/* SPDX-License-Identifier: GPL-2.0-only */
/* The catalogue of checks. Its lines are in rules.def. */
#ifndef XS_FINDING_RULE_H
#define XS_FINDING_RULE_H

enum severity { SEVERITY_ERROR, SEVERITY_WARNING };

enum rule_id {
#define RULE(symbol, id, severity, problem, hint) RULE_##symbol,
#include "finding/rules.def"
#undef RULE
	RULES,
};

struct rule {
	const char *id;
	enum severity severity;
	const char *problem; /* what is wrong, as a clause */
	const char *hint;    /* how to fix it, as a clause */
};

/* All rules, by rule_id, in the catalogue's order. */
extern const struct rule rules[RULES];

/* "error" or "warning". */
const char *severity_name(enum severity severity);

/* The rule called ID, or RULES when there is none. */
enum rule_id rule_find(const char *id);

#endif
