// SPDX-License-Identifier: GPL-2.0-only
// The trials, a section of the page that 'xs-ddk report' writes.
#include <string.h>

#include "xs-ddk/report_page.h"

static bool is_same_machine(const struct report_trial *a, const struct report_trial *b)
{
	return strcmp(a->driver, b->driver) == 0 && strcmp(a->version, b->version) == 0 &&
	       strcmp(a->kernel, b->kernel) == 0 && strcmp(a->device, b->device) == 0;
}

/* xs-trial writes '-' for trials that are not about one version, and for none of a device. */
static const char *or_words(const char *text, const char *words)
{
	return *text && strcmp(text, "-") != 0 ? text : words;
}

/* Whether the disks have this version for this kernel. */
static bool is_on_disk(const struct report_facts *facts, const struct report_trial *trial)
{
	bool any_version = strcmp(trial->version, "-") == 0;

	for (size_t i = 0; i < facts->disk_count; i++) {
		const struct disk_table *table = facts->disks[i].summary.table;

		for (size_t j = 0; j < table->count; j++) {
			const struct module_path *location = &table->cells[j].location;

			if (strcmp(location->driver, trial->driver) == 0 &&
			    strcmp(location->uname, trial->kernel) == 0 &&
			    (any_version || strcmp(location->version, trial->version) == 0))
				return true;
		}
	}
	return false;
}

static void add_where(struct growing_text *page, const struct report_trial *trial)
{
	html_add(page, "<td>%s %s</td><td>%s</td><td>%s</td>", trial->driver,
		 or_words(trial->version, "(all versions)"), trial->kernel, or_words(trial->device, "none"));
}

/* The trials of one machine: how many passed, and which. */
static void add_machine(struct growing_text *page, const struct report_facts *facts, const struct report_trial *trials,
			size_t count)
{
	size_t passed = 0, failed = 0;

	for (size_t i = 0; i < count; i++) {
		passed += strcmp(trials[i].result, "pass") == 0;
		failed += strcmp(trials[i].result, "fail") == 0;
	}
	html_add(page, "<tr>");
	add_where(page, trials);
	html_add(page, "<td class=\"%s\">%zu passed, %zu failed, %zu not tried%s</td><td>",
		 failed	  ? "bad"
		 : passed ? "good"
			  : "none",
		 passed, failed, count - passed - failed,
		 is_on_disk(facts, trials) ? "" : "; this version for this kernel is not on the disk");
	for (size_t i = 0, told = 0; i < count; i++)
		if (strcmp(trials[i].result, "pass") == 0)
			html_add(page, "%s%s", told++ ? ", " : "", trials[i].id);
	html_add(page, "</td></tr>\n");
}

static const char where_head[] =
	"<th scope=\"col\">Driver</th><th scope=\"col\">Kernel</th><th scope=\"col\">Device</th>";

static void add_machines(struct growing_text *page, const struct report_facts *facts)
{
	report_table(page, "Trials on running kernels");
	html_add(page, "<thead><tr>");
	html_add(page, where_head);
	html_add(page, "<th scope=\"col\">Result</th><th scope=\"col\">Passed</th></tr></thead>\n<tbody>\n");
	for (size_t i = 0, end; i < facts->trial_count; i = end) {
		for (end = i; end < facts->trial_count && is_same_machine(&facts->trials[i], &facts->trials[end]);)
			end++;
		add_machine(page, facts, &facts->trials[i], end - i);
	}
	report_table_end(page);
}

/* The trials with this result. */
static void add_results(struct growing_text *page, const struct report_facts *facts, const char *result)
{
	for (size_t i = 0; i < facts->trial_count; i++) {
		const struct report_trial *trial = &facts->trials[i];
		bool failed = strcmp(result, "fail") == 0;

		if (strcmp(trial->result, result) != 0)
			continue;
		html_add(page, "<tr><th scope=\"row\">%s</th><td class=\"%s\">%s</td>", trial->id,
			 failed ? "bad" : "none", failed ? "failed" : "not tried");
		add_where(page, trial);
		html_add(page, "<td>%s</td></tr>\n", trial->reason);
	}
}

static bool all_passed(const struct report_facts *facts)
{
	for (size_t i = 0; i < facts->trial_count; i++)
		if (strcmp(facts->trials[i].result, "pass") != 0)
			return false;
	return true;
}

void report_trials(struct growing_text *page, const struct report_facts *facts)
{
	html_add(page, "<h2 id=\"trials\">Trials</h2>\n");
	if (!facts->trial_files) {
		html_add(page, "<p>No results of <code>xs-trial</code> were given.</p>\n");
		return;
	}
	if (!facts->trial_count) {
		html_add(page, "<p>There are no results.</p>\n");
		return;
	}
	add_machines(page, facts);
	if (all_passed(facts))
		return;
	report_table(page, "Trials that failed or were not tried");
	html_add(page, "<thead><tr><th scope=\"col\">Trial</th><th scope=\"col\">Result</th>");
	html_add(page, where_head);
	html_add(page, "<th scope=\"col\">Reason</th></tr></thead>\n<tbody>\n");
	add_results(page, facts, "fail");
	add_results(page, facts, "not-tried");
	report_table_end(page);
}
