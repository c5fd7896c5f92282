/* SPDX-License-Identifier: GPL-2.0-only */
/* What a verification found, and how it is printed. */
#ifndef XS_REPORT_H
#define XS_REPORT_H

#include <stdbool.h>
#include <stddef.h>

#include "die.h"
#include "rule.h"

struct finding {
	enum rule_id rule;
	char *path; /* as shown: safe text */
	char *text; /* what was found and what was expected: safe text */
};

/* A report starts as {0}. */
struct report {
	struct finding *findings;
	size_t count, room;
	size_t checked;		/* files judged */
	bool disabled[RULES];	/* findings of these rules are not taken */
	bool strict;		/* warnings fail too */
};

/*
 * Adds a finding about PATH (any bytes: it is made safe here). The text is the catalogue's sentence, with the
 * detail printed from FORMAT after a colon; NULL for no detail. Foreign strings in the detail must be safe text.
 */
void report_add(struct report *report, enum rule_id rule, const char *path, const char *format, ...)
	__attribute__((format(printf, 4, 5)));

/* Puts the findings in the order of their paths, then of the catalogue. Printing expects it. */
void report_sort(struct report *report);

/* For people; may change. */
void report_print_text(const struct report *report);

/* {"format": "xs-ddk-verify", "schema": 1, ...}: promised, described in the manual. */
void report_print_json(const struct report *report);

/* STATUS_TROUBLE if a file could not be read, STATUS_NO if there are findings that fail, else STATUS_YES. */
enum status report_status(const struct report *report);

void report_free(struct report *report);

#endif
