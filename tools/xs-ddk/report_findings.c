// SPDX-License-Identifier: GPL-2.0-only
// The findings, a section of the page that 'xs-ddk report' writes.
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "xs-ddk/report_page.h"

/* So many items of one list are on the page. The commands that the page names print all of them. */
#define PATHS_MAX 10

static int compare_findings(const void *a, const void *b)
{
	const struct finding *x = a, *y = b;
	int order = (int)x->severity - (int)y->severity;

	if (order == 0)
		order = (int)x->rule - (int)y->rule;
	if (order == 0)
		order = strcmp(x->text, y->text);
	return order ? order : strcmp(x->path, y->path);
}

/* Adds the path or text of a finding in this format. */
static void add_short(struct growing_text *page, const char *format, const struct report_facts *facts, const char *text)
{
	char *relative = report_short_path(facts, text);

	html_add(page, format, relative);
	free(relative);
}

static void add_paths(struct growing_text *page, const struct report_facts *facts, const struct finding *findings,
		      size_t count)
{
	html_add(page, "<td><ul class=\"paths\">");
	for (size_t i = 0; i < count && i < PATHS_MAX; i++)
		add_short(page, "<li>%-s</li>", facts, findings[i].path);
	if (count > PATHS_MAX)
		html_add(page, "<li>and %s more; <code>xs-ddk verify --all</code> prints them</li>",
			 report_number(count - PATHS_MAX));
	html_add(page, "</ul></td>");
}

/* The findings of one rule: a row for each text. */
static void add_rule(struct growing_text *page, const struct report_facts *facts, const struct finding *findings,
		     size_t count)
{
	const struct rule *rule = &rules[findings->rule];
	char *caption =
		text_format("%s finding%s of the rule %s", report_number(count), count == 1 ? "" : "s", rule->id);
	size_t rows = 0;

	html_add(page, "<h3><span class=\"tag %s\">%s</span>%s</h3>\n<p><strong>Fix:</strong> %s</p>\n",
		 rule->severity == SEVERITY_ERROR ? "bad" : "warn", severity_name(rule->severity), rule->id,
		 rule->hint);
	report_table(page, caption);
	html_add(page, "<thead><tr><th scope=\"col\">Problem</th><th scope=\"col\">Where</th></tr></thead>\n<tbody>\n");
	for (size_t i = 0, end; i < count && rows < REPORT_ROWS_MAX; i = end, rows++) {
		for (end = i; end < count && strcmp(findings[i].text, findings[end].text) == 0;)
			end++;
		add_short(page, "<tr><td>%-s</td>", facts, findings[i].text);
		add_paths(page, facts, &findings[i], end - i);
		html_add(page, "</tr>\n");
	}
	report_table_end(page);
	if (rows == REPORT_ROWS_MAX)
		html_add(page, "<p>There may be more; <code>xs-ddk verify --all</code> prints all.</p>\n");
	free(caption);
}

/* Findings of a rule may have different severities, by an exception. */
static bool is_same_rule(const struct finding *a, const struct finding *b)
{
	return a->rule == b->rule && a->severity == b->severity;
}

/* The findings that the project's exceptions or the baseline call known. */
static void add_known(struct growing_text *page, const struct report_facts *facts)
{
	const struct report *report = &facts->findings;
	const struct finding *known = report->findings + report->count;

	for (size_t i = 0; i < report->note_count; i++)
		html_add(page, "<p>%-s.</p>\n", report->notes[i]);
	if (!report->suppressed)
		return;
	report_table(page, "Known findings, which do not count");
	html_add(page,
		 "<thead><tr><th scope=\"col\">Rule</th><th scope=\"col\">Problem</th><th scope=\"col\">Where</th>"
		 "<th scope=\"col\">Known by</th><th scope=\"col\">Reason</th></tr></thead>\n<tbody>\n");
	for (size_t i = 0; i < report->suppressed && i < REPORT_ROWS_MAX; i++) {
		html_add(page, "<tr><th scope=\"row\">%s</th>", rules[known[i].rule].id);
		add_short(page, "<td>%-s</td>", facts, known[i].text);
		add_short(page, "<td>%-s</td>", facts, known[i].path);
		html_add(page, "<td>%-s</td><td>%-s</td></tr>\n", known[i].by, known[i].reason);
	}
	report_table_end(page);
	if (report->suppressed > REPORT_ROWS_MAX)
		html_add(page,
			 "<p>There are more; <code>xs-ddk verify --show-suppressed --all</code> prints all.</p>\n");
}

void report_findings(struct growing_text *page, const struct report_facts *facts)
{
	size_t count = facts->findings.count;
	struct finding *findings = need_memory(count + 1, sizeof(*findings));

	html_add(page, "<h2 id=\"findings\">Findings</h2>\n");
	if (!count)
		html_add(page, "<p>%s modules were verified. There are no findings.</p>\n",
			 report_number(facts->findings.checked));
	if (count) {
		memcpy(findings, facts->findings.findings, count * sizeof(*findings));
		qsort(findings, count, sizeof(*findings), compare_findings);
	}
	for (size_t i = 0, end; i < count; i = end) {
		for (end = i; end < count && is_same_rule(&findings[i], &findings[end]);)
			end++;
		add_rule(page, facts, &findings[i], end - i);
	}
	add_known(page, facts);
	free(findings);
}
