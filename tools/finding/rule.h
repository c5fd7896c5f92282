/* SPDX-License-Identifier: GPL-2.0-only */
/* The list of rules. rules.def has a line for each rule. */
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
	const char *problem; /* the problem, as a clause */
	const char *hint;    /* the correction, as a clause */
};

/* All rules, indexed by rule_id, in the order of rules.def. */
extern const struct rule rules[RULES];

/* "error" or "warning". */
const char *severity_name(enum severity severity);

/* The rule called ID, or by a former id. RULES if there is none. */
enum rule_id rule_find(const char *id);

#endif
