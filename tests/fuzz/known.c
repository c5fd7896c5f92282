// SPDX-License-Identifier: GPL-2.0-only
// Fuzzes the project file and the baseline, with findings whose paths are of the input too.
#include "fuzz.h"

#include "finding/baseline.h"
#include "finding/exceptions.h"
#include "tree.h"

/* Beside the tree, where no entry of an input is. */
#define WRITTEN "../.written"

/* Two rules that a project may suppress, and one that it may not. */
static const enum rule_id used[] = {RULE_NOTE_MISSING, RULE_LICENSE_MISSING, RULE_READ_FAILED};

/* Makes a finding of each line of TEXT, with its path. A line "root PATH" is a PATH of the command line. */
static void make_report(struct report *report, const char *text)
{
	char *copy = strdup(text), *next = copy, *line;
	size_t count = 0;

	while (count < 16 && (line = strsep(&next, "\n"))) {
		if (strncmp(line, "root ", 5) == 0)
			report_root(report, line + 5);
		else if (strlen(line) < PATH_MAX)
			report_add(report, used[count++ % 3], line, NULL);
	}
	free(copy);
}

/* Judges the lines with the baseline NAME, or writes it if it is NULL. How many findings that may be known are not. */
static size_t count_unknown(const char *text, const char *name)
{
	struct report report = {0};
	struct exceptions *exceptions = NULL;
	struct baseline *baseline = name ? baseline_read(name) : NULL;
	size_t unknown = 0;

	make_report(&report, text);
	exceptions_settle(&exceptions, false);
	exceptions_apply(exceptions, &report);
	if (baseline)
		baseline_apply(baseline, &report);
	if (!name && !baseline_write(&report, WRITTEN))
		abort();
	report_sort(&report);
	for (size_t i = 0; i < report.count; i++)
		unknown += exceptions_may_suppress(report.findings[i].rule);
	report_free(&report);
	exceptions_free(exceptions);
	baseline_free(baseline);
	return unknown;
}

/* Lines as make_report() has them, and a tree with the files ".xs-ddk.conf" and "baseline". */
static void fuzz_one(const uint8_t *data, size_t len)
{
	char *text = fuzz_text(data, tree_make(data, len));
	struct exceptions *exceptions = NULL;
	int before = open(".", O_PATH | O_DIRECTORY | O_CLOEXEC);

	/* The project file is looked for in the current directory. The fuzzer needs its own one afterwards. */
	if (before < 0 || chdir(tree_path) != 0)
		abort();
	exceptions_read(&exceptions, EXCEPTIONS_FILE);
	exceptions_free(exceptions);
	count_unknown(text, "baseline");
	/* A baseline that was written knows all findings of the same lines. */
	if (count_unknown(text, NULL) != 0 || count_unknown(text, WRITTEN) != 0)
		abort();
	if (fchdir(before) != 0)
		abort();
	close(before);
	free(text);
	tree_end();
}
