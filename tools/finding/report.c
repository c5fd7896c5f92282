// SPDX-License-Identifier: GPL-2.0-only
// The findings of a verification.
#include "finding/report.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/array.h"
#include "base/budget.h"
#include "base/text.h"

/* What a finding takes in addition to its texts: the structure, and the JSON that is made of it. */
#define FINDING_BYTES 2048

static bool keep(struct report *report, uint64_t bytes)
{
	bool kept = budget_keep(bytes);

	report->kept += kept ? bytes : 0;
	return kept;
}

static void append(struct report *report, struct finding finding)
{
	report->findings = array_grown(report->findings, report->count, sizeof(*report->findings));
	report->findings[report->count++] = finding;
}

void report_add(struct report *report, enum rule_id rule, const char *path, const char *format, ...)
{
	struct finding finding = {.rule = rule, .severity = rules[rule].severity};
	char *detail = NULL;
	va_list args;

	if (report->disabled[rule])
		return;
	if (format) {
		va_start(args, format);
		if (vasprintf(&detail, format, args) < 0)
			die_memory();
		va_end(args);
	}
	finding.path = text_safe(path);
	finding.text =
		detail ? text_format("%s: %s", rules[rule].problem, detail) : text_format("%s", rules[rule].problem);
	free(detail);
	if (keep(report, FINDING_BYTES + 2 * (strlen(finding.path) + strlen(finding.text)))) {
		append(report, finding);
		return;
	}
	free(finding.path);
	free(finding.text);
	report->dropped++;
}

/* Says that findings were dropped. It is about the first subject, and needs no budget. */
static void add_dropped(struct report *report)
{
	struct finding finding = {.rule = RULE_INPUT_LIMIT, .severity = rules[RULE_INPUT_LIMIT].severity};

	if (report->dropped == 0)
		return;
	finding.path = text_format("%s", report->count ? report->findings[0].path : "");
	finding.text = text_format(
		"%zu more findings were not kept: they take more memory than the inputs' sizes allow", report->dropped);
	append(report, finding);
	report->dropped = 0;
}

static void append_name(struct report *report, char *name)
{
	report->names = array_grown(report->names, report->name_count, sizeof(*report->names));
	report->names[report->name_count++] = name;
}

void report_subject(struct report *report, const char *path)
{
	size_t len = strlen(path);

	while (len > 1 && path[len - 1] == '/')
		len--;
	if (report->keep_names && keep(report, FINDING_BYTES + 2 * len))
		append_name(report, text_safe_n(path, len));
}

void report_judged(struct report *report, const char *path)
{
	report_subject(report, path);
	report->checked++;
}

void report_note(struct report *report, const char *format, ...)
{
	char *note = NULL;
	va_list args;

	va_start(args, format);
	if (vasprintf(&note, format, args) < 0)
		die_memory();
	va_end(args);
	report->notes = array_grown(report->notes, report->note_count, sizeof(*report->notes));
	report->notes[report->note_count++] = note;
}

static bool is_directory(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

void report_root(struct report *report, const char *path)
{
	bool whole = is_directory(path);
	size_t len = strlen(path), i;
	char *safe, *root;

	while (len > 0 && (whole ? path[len - 1] == '/' : path[len - 1] != '/'))
		len--;
	safe = text_safe_n(path, len);
	root = text_format("%s%s", safe, whole ? "/" : "");
	free(safe);
	for (i = 0; i < report->root_count && strlen(report->roots[i]) >= strlen(root); i++)
		if (strcmp(report->roots[i], root) == 0)
			break;
	if (!*root || (i < report->root_count && strcmp(report->roots[i], root) == 0)) {
		free(root);
		return;
	}
	report->roots = array_grown(report->roots, report->root_count, sizeof(*report->roots));
	memmove(&report->roots[i + 1], &report->roots[i], (report->root_count++ - i) * sizeof(*report->roots));
	report->roots[i] = root;
}

/* The length of the directory with which AT begins; 0 if it begins with none of them. */
static size_t root_at(const struct report *report, const char *at)
{
	for (size_t i = 0; i < report->root_count; i++)
		if (strncmp(at, report->roots[i], strlen(report->roots[i])) == 0)
			return strlen(report->roots[i]);
	return 0;
}

char *report_relative(const struct report *report, const char *text)
{
	char *relative = need_memory(strlen(text) + 1, 1), *out = relative;

	for (const char *at = text; *at;) {
		/* A path in a text begins after a blank or a mark, not within a longer path. */
		bool begins = at == text || strchr(" :,;(\"", at[-1]);
		size_t len = begins ? root_at(report, at) : 0;

		at += len;
		if (len == 0)
			*out++ = *at++;
	}
	return relative;
}

void report_merge(struct report *into, struct report *from)
{
	for (size_t i = 0; i < from->count; i++)
		append(into, from->findings[i]);
	for (size_t i = 0; i < from->name_count; i++)
		append_name(into, from->names[i]);
	into->checked += from->checked;
	into->dropped += from->dropped;
	into->kept += from->kept;
	from->count = from->checked = from->name_count = from->dropped = 0;
	from->kept = 0;
}

static int compare_findings(const void *a, const void *b)
{
	const struct finding *x = a, *y = b;
	int order = (int)x->suppressed - (int)y->suppressed;

	if (order == 0)
		order = strcmp(x->subject, y->subject);
	if (order == 0)
		order = strcmp(x->path, y->path);
	if (order == 0)
		order = (int)x->rule - (int)y->rule;
	return order ? order : strcmp(x->text, y->text);
}

static int compare_names(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static void sort_names(struct report *report)
{
	size_t kept = 0;

	if (report->name_count)
		qsort(report->names, report->name_count, sizeof(*report->names), compare_names);
	for (size_t i = 0; i < report->name_count; i++) {
		if (kept && strcmp(report->names[kept - 1], report->names[i]) == 0)
			free(report->names[i]);
		else
			report->names[kept++] = report->names[i];
	}
	report->name_count = kept;
}

/*
 * Finds the name that equals the path, or the longest name before a '!' or '/' in it. If there is none, returns the
 * path.
 */
static const char *find_subject(const struct report *report, const char *path)
{
	size_t len = report->name_count ? strlen(path) : 0;
	char *part = text_format("%s", path);
	const char *const *found = NULL;

	for (; !found && len > 0; len--) {
		const char *key = part;

		if (path[len] != '\0' && path[len] != '!' && path[len] != '/')
			continue;
		part[len] = '\0';
		found = bsearch(&key, report->names, report->name_count, sizeof(*report->names), compare_names);
	}
	free(part);
	return found ? *found : path;
}

static void complete(const struct report *report, struct finding *finding)
{
	finding->subject = find_subject(report, finding->path);
	finding->hint = report->hints[finding->rule] ? report->hints[finding->rule] : rules[finding->rule].hint;
}

void report_sort(struct report *report)
{
	sort_names(report);
	add_dropped(report);
	for (size_t i = 0; i < report->count; i++)
		complete(report, &report->findings[i]);
	if (report->count)
		qsort(report->findings, report->count, sizeof(*report->findings), compare_findings);
	while (report->count && report->findings[report->count - 1].suppressed) {
		report->count--;
		report->suppressed++;
	}
}

size_t report_count(const struct report *report, enum severity severity)
{
	size_t n = 0;

	for (size_t i = 0; i < report->count; i++)
		n += report->findings[i].severity == severity;
	return n;
}

bool report_fails(const struct report *report, const struct finding *finding)
{
	return report->strict || finding->severity == SEVERITY_ERROR;
}

enum status report_status(const struct report *report)
{
	enum status status = STATUS_YES;

	for (size_t i = 0; i < report->count; i++) {
		if (report->findings[i].rule == RULE_READ_FAILED)
			return STATUS_TROUBLE;
		if (report_fails(report, &report->findings[i]))
			status = STATUS_NO;
	}
	return status;
}

void report_free(struct report *report)
{
	for (size_t i = 0; i < report->count + report->suppressed; i++) {
		free(report->findings[i].path);
		free(report->findings[i].text);
	}
	for (size_t i = 0; i < report->name_count; i++)
		free(report->names[i]);
	for (size_t i = 0; i < report->note_count; i++)
		free(report->notes[i]);
	for (size_t i = 0; i < report->root_count; i++)
		free(report->roots[i]);
	for (int i = 0; i < RULES; i++)
		free(report->hints[i]);
	free(report->notes);
	free(report->roots);
	free(report->findings);
	free(report->names);
	budget_release(report->kept);
	memset(report, 0, sizeof(*report));
}
