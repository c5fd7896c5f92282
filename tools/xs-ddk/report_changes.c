// SPDX-License-Identifier: GPL-2.0-only
// What changed since an older disk, a section of the page that 'xs-ddk report' writes.
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "xs-ddk/report_page.h"

/* So many items of one list are on the page. The commands that the page names print all of them. */
#define SUBJECTS_MAX 4

/* A row of the comparison, and about what it is. The strings are safe text. */
struct change {
	const char *what, *change, *finding;
	char *key, *old_value, *new_value, *subject;
};

struct changes {
	struct change *all;
	size_t count, symbols; /* symbols: rows about symbols, which are not kept */
};

static char *copy(const char *text)
{
	return text ? text_format("%s", text) : NULL;
}

static void take_change(const struct diff_row *row, const char *subject, void *context)
{
	struct changes *changes = context;

	if (row->what && strstr(row->what, "symbol")) {
		changes->symbols++;
		return;
	}
	changes->all = array_grown(changes->all, changes->count, sizeof(*changes->all));
	changes->all[changes->count++] = (struct change){row->what ? row->what : "module",
							 row->change,
							 row->finding,
							 copy(row->key),
							 copy(row->old_value),
							 copy(row->new_value),
							 copy(subject)};
}

static int compare_texts(const char *a, const char *b)
{
	return strcmp(a ? a : "", b ? b : "");
}

/* Without the subject: rows that are equal so far are one row of the table. */
static int compare_kinds(const struct change *x, const struct change *y)
{
	const char *const pairs[][2] = {
		{x->what, y->what},	      {x->change, y->change},	    {x->key, y->key},
		{x->old_value, y->old_value}, {x->new_value, y->new_value}, {x->finding, y->finding}};
	int order = (x->finding == NULL) - (y->finding == NULL);

	/* A driver has many devices, so they come after what is lost as a whole. */
	if (order == 0)
		order = (strcmp(x->what, "device") == 0) - (strcmp(y->what, "device") == 0);
	for (size_t i = 0; order == 0 && i < sizeof(pairs) / sizeof(pairs[0]); i++)
		order = compare_texts(pairs[i][0], pairs[i][1]);
	return order;
}

static int compare_changes(const void *a, const void *b)
{
	int order = compare_kinds(a, b);

	return order ? order : strcmp(((const struct change *)a)->subject, ((const struct change *)b)->subject);
}

/* What a change is about. A PCI device is told by its name. */
static void add_key(struct growing_text *page, const struct report_facts *facts, const struct change *change)
{
	struct pci_id id;

	if (!change->key || strcmp(change->what, "device") != 0 || !modalias_pci(change->key, &id) ||
	    modalias_is_any(&id))
		html_add(page, "<td>%-s</td>", change->key);
	else
		html_add(page, "<td><span class=\"mono\">%s:%s</span> %s</td>", id.vendor, id.device,
			 pci_names_device(facts->names, &id));
}

/* A value. "none" in only one set says no more than the change itself. */
static void add_value(struct growing_text *page, const char *value, const char *other)
{
	html_add(page, "<td>%-s</td>", value && (other || strcmp(value, "none") != 0) ? value : "");
}

static void add_change(struct growing_text *page, const struct report_facts *facts, const struct change *changes,
		       size_t count)
{
	html_add(page, "<tr><th scope=\"row\">%s</th><td class=\"%s\">%s", changes->what,
		 changes->finding			  ? "bad"
		 : strcmp(changes->change, "gained") == 0 ? "good"
							  : "none",
		 changes->change);
	html_add(page, changes->finding ? ": %s</td>" : "</td>", changes->finding);
	add_key(page, facts, changes);
	add_value(page, changes->old_value, changes->new_value);
	add_value(page, changes->new_value, changes->old_value);
	html_add(page, "<td>");
	for (size_t i = 0; i < count && i < SUBJECTS_MAX; i++)
		html_add(page, i ? "<br>%-s" : "%-s", changes[i].subject);
	if (count > SUBJECTS_MAX)
		html_add(page, " and %s more", report_number(count - SUBJECTS_MAX));
	html_add(page, "</td></tr>\n");
}

static void add_change_table(struct growing_text *page, const struct report_facts *facts, const struct changes *changes)
{
	size_t rows = 0;

	report_table(page, "What changes for devices and users; losses come first");
	html_add(page,
		 "<thead><tr><th scope=\"col\">What</th><th scope=\"col\">Change</th><th scope=\"col\">Name</th>"
		 "<th scope=\"col\">Before</th><th scope=\"col\">Now</th><th scope=\"col\">Where</th></tr></thead>\n"
		 "<tbody>\n");
	for (size_t i = 0, end; i < changes->count && rows < REPORT_ROWS_MAX; i = end, rows++) {
		for (end = i; end < changes->count && compare_kinds(&changes->all[i], &changes->all[end]) == 0;)
			end++;
		add_change(page, facts, &changes->all[i], end - i);
	}
	report_table_end(page);
	if (rows == REPORT_ROWS_MAX)
		html_add(page, "<p>There may be more; <code>xs-ddk diff</code> prints all.</p>\n");
}

void report_changes(struct growing_text *page, const struct report_facts *facts)
{
	const char *slash = facts->against ? strrchr(facts->against, '/') : NULL;
	struct changes changes = {0};

	html_add(page, "<h2 id=\"changes\">Changes</h2>\n");
	if (!facts->against) {
		html_add(page, "<p>No older disk was given to compare with.</p>\n");
		return;
	}
	html_add(page, "<p>Compared with %s: %s modules in both, %s gained, %s lost.</p>\n",
		 slash && slash[1] ? slash + 1 : facts->against, report_number(facts->changes.compared),
		 report_number(facts->changes.gained), report_number(facts->changes.lost));
	diff_result_each_row(&facts->changes, take_change, &changes);
	if (changes.count) {
		qsort(changes.all, changes.count, sizeof(*changes.all), compare_changes);
		add_change_table(page, facts, &changes);
	} else {
		html_add(page, "<p>Nothing changes for devices and users.</p>\n");
	}
	if (changes.symbols)
		html_add(page, "<p>%s changes of symbols are left out; <code>xs-ddk diff</code> prints them.</p>\n",
			 report_number(changes.symbols));
	for (size_t i = 0; i < changes.count; i++) {
		free(changes.all[i].key);
		free(changes.all[i].old_value);
		free(changes.all[i].new_value);
		free(changes.all[i].subject);
	}
	free(changes.all);
}
