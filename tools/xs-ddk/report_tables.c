// SPDX-License-Identifier: GPL-2.0-only
// The sections of the page that 'xs-ddk report' writes: devices, findings, changes, trials, packages and files.
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/text.h"
#include "base/version.h"
#include "xs-ddk/report_page.h"

/* So many items of one list are on the page. The commands that the page names print all of them. */
#define DEVICES_MAX  10000
#define PATHS_MAX    10
#define ROWS_MAX     2000
#define SUBJECTS_MAX 4

/* ---- Devices ---- */

static int compare_aliases(const void *a, const void *b)
{
	const struct report_alias *x = a, *y = b;
	int order = strcmp(x->module->location.driver, y->module->location.driver);

	if (order == 0)
		order = strcmp(x->alias, y->alias);
	if (order == 0)
		order = strcmp(x->module->name, y->module->name);
	return order ? order : version_order(x->module->location.version, y->module->location.version);
}

/* Whether two aliases are one row: the same driver and the same device. */
static bool is_same_device(const struct report_alias *a, const struct report_alias *b)
{
	return strcmp(a->module->location.driver, b->module->location.driver) == 0 && strcmp(a->alias, b->alias) == 0;
}

/* The aliases in the order of the tables, in memory to free. */
static struct report_alias *sorted_aliases(const struct report_facts *facts)
{
	struct report_alias *aliases = need_memory(facts->alias_count + 1, sizeof(*aliases));

	if (facts->alias_count) {
		memcpy(aliases, facts->aliases, facts->alias_count * sizeof(*aliases));
		qsort(aliases, facts->alias_count, sizeof(*aliases), compare_aliases);
	}
	return aliases;
}

size_t report_device_count(const struct report_facts *facts)
{
	struct report_alias *aliases = sorted_aliases(facts);
	size_t n = 0;

	for (size_t i = 0; i < facts->alias_count; i++)
		n += i == 0 || !is_same_device(&aliases[i - 1], &aliases[i]);
	free(aliases);
	return n;
}

/* The different versions of a driver that the disks have, in their order, in memory to free. */
static const char **versions_of(const struct report_facts *facts, const char *driver, size_t *count)
{
	const char **versions = NULL;
	size_t n = 0;

	for (size_t i = 0; i < facts->disk_count; i++) {
		const struct disk_table *table = facts->disks[i].summary.table;

		for (size_t j = 0; j < table->count; j++) {
			const struct module_path *location = &table->cells[j].location;

			if (strcmp(location->driver, driver) != 0 ||
			    (n && strcmp(versions[n - 1], location->version) == 0))
				continue;
			versions = array_grown(versions, n, sizeof(*versions));
			versions[n++] = location->version;
		}
	}
	*count = n;
	return versions;
}

/* The versions whose modules have the alias of the COUNT entries. They are sorted by module, so the versions repeat. */
static void add_versions(struct growing_text *page, const struct report_alias *aliases, size_t count,
			 const char **versions, size_t version_count)
{
	size_t with = 0;

	for (size_t v = 0; v < version_count; v++)
		for (size_t i = 0; i < count; i++)
			if (strcmp(aliases[i].module->location.version, versions[v]) == 0) {
				with++;
				break;
			}
	if (with == version_count) {
		html_add(page, "<td>%s</td>", version_count == 1 ? versions[0] : "all");
		return;
	}
	html_add(page, "<td>");
	for (size_t v = 0, told = 0; v < version_count; v++)
		for (size_t i = 0; i < count; i++)
			if (strcmp(aliases[i].module->location.version, versions[v]) == 0) {
				html_add(page, "%s%s", told++ ? ", " : "only ", versions[v]);
				break;
			}
	html_add(page, "</td>");
}

static void add_pci_device(struct growing_text *page, const struct report_facts *facts, const struct pci_id *id)
{
	const char *vendor = pci_names_vendor(facts->names, id), *device = pci_names_device(facts->names, id);
	const char *subsystem = pci_names_subsystem(facts->names, id);
	bool any_subsystem = strcmp(id->subvendor, "*") == 0 && strcmp(id->subdevice, "*") == 0;

	if (modalias_is_any(id)) {
		html_add(page, "<th scope=\"row\">a class of PCI devices</th><td>any</td><td>any of the class</td>");
		return;
	}
	html_add(page, "<th scope=\"row\" class=\"mono\">%s:%s", id->vendor, id->device);
	if (!any_subsystem)
		html_add(page, "<br>%s:%s", id->subvendor, id->subdevice);
	html_add(page, "</th><td>%s</td><td>%s", vendor ? vendor : "no name known",
		 strcmp(id->device, "*") == 0 ? "all devices of the vendor"
		 : device		      ? device
					      : "no name known");
	if (!any_subsystem)
		html_add(page, "<br><span class=\"soft\">subsystem: %s</span>",
			 subsystem ? subsystem : "no name known");
	html_add(page, "</td>");
}

static void add_device(struct growing_text *page, const struct report_facts *facts, const struct report_alias *aliases,
		       size_t count, const char **versions, size_t version_count)
{
	struct pci_id id;
	char *name = NULL;

	html_add(page, "<tr>");
	if (modalias_pci(aliases->alias, &id)) {
		add_pci_device(page, facts, &id);
	} else {
		name = modalias_device(aliases->alias);
		html_add(page, "<th scope=\"row\">%s</th><td>not PCI</td><td class=\"mono\">%s</td>",
			 name ? name : "any device of a kind", aliases->alias);
		free(name);
	}
	html_add(page, "<td>");
	for (size_t i = 0; i < count; i++)
		if (i == 0 || strcmp(aliases[i].module->name, aliases[i - 1].module->name) != 0)
			html_add(page, "%s%s", i ? ", " : "", aliases[i].module->name);
	html_add(page, "</td>");
	add_versions(page, aliases, count, versions, version_count);
	html_add(page, "</tr>\n");
}

/* The table of a driver, whose aliases begin at FIRST and end before END. *LEFT rows may be added. */
static void add_driver_devices(struct growing_text *page, const struct report_facts *facts,
			       const struct report_alias *aliases, size_t count, size_t *left)
{
	const char *driver = aliases->module->location.driver;
	char *caption =
		text_format("Devices that the driver %s can drive", *driver ? driver : "(no driver's directory)");
	size_t version_count;
	const char **versions = versions_of(facts, driver, &version_count);

	report_table(page, caption);
	html_add(page, "<thead><tr><th scope=\"col\">ID</th><th scope=\"col\">Vendor</th><th scope=\"col\">Device</th>"
		       "<th scope=\"col\">Module</th><th scope=\"col\">Versions</th></tr></thead>\n<tbody>\n");
	for (size_t i = 0, end; i < count && *left; i = end, (*left)--) {
		for (end = i; end < count && is_same_device(&aliases[i], &aliases[end]);)
			end++;
		add_device(page, facts, &aliases[i], end - i, versions, version_count);
	}
	report_table_end(page);
	free(versions);
	free(caption);
}

void report_devices(struct growing_text *page, const struct report_facts *facts)
{
	struct report_alias *aliases = sorted_aliases(facts);
	size_t left = DEVICES_MAX;

	html_add(page, "<h2 id=\"devices\">Devices</h2>\n");
	if (!facts->alias_count)
		html_add(page, "<p>No module names a device that it drives.</p>\n");
	for (size_t i = 0, end; i < facts->alias_count; i = end) {
		const char *driver = aliases[i].module->location.driver;

		for (end = i; end < facts->alias_count && strcmp(aliases[end].module->location.driver, driver) == 0;)
			end++;
		add_driver_devices(page, facts, &aliases[i], end - i, &left);
	}
	if (!left || facts->over)
		html_add(page, "<p>There are more devices; <code>xs-ddk show --json</code> prints all.</p>\n");
	free(aliases);
}

/* ---- Findings ---- */

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
	for (size_t i = 0, end; i < count && rows < ROWS_MAX; i = end, rows++) {
		for (end = i; end < count && strcmp(findings[i].text, findings[end].text) == 0;)
			end++;
		add_short(page, "<tr><td>%-s</td>", facts, findings[i].text);
		add_paths(page, facts, &findings[i], end - i);
		html_add(page, "</tr>\n");
	}
	report_table_end(page);
	if (rows == ROWS_MAX)
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
	for (size_t i = 0; i < report->suppressed && i < ROWS_MAX; i++) {
		html_add(page, "<tr><th scope=\"row\">%s</th>", rules[known[i].rule].id);
		add_short(page, "<td>%-s</td>", facts, known[i].text);
		add_short(page, "<td>%-s</td>", facts, known[i].path);
		html_add(page, "<td>%-s</td><td>%-s</td></tr>\n", known[i].by, known[i].reason);
	}
	report_table_end(page);
	if (report->suppressed > ROWS_MAX)
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

/* ---- Changes ---- */

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
	for (size_t i = 0, end; i < changes->count && rows < ROWS_MAX; i = end, rows++) {
		for (end = i; end < changes->count && compare_kinds(&changes->all[i], &changes->all[end]) == 0;)
			end++;
		add_change(page, facts, &changes->all[i], end - i);
	}
	report_table_end(page);
	if (rows == ROWS_MAX)
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

/* ---- Trials ---- */

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

/* ---- Packages and files ---- */

/* "2023-11-14 22:13:20 UTC" */
static void add_time(struct growing_text *page, uint64_t seconds)
{
	char text[64];
	time_t time = (time_t)seconds;
	struct tm parts;

	if (seconds && gmtime_r(&time, &parts) && strftime(text, sizeof(text), "%Y-%m-%d %H:%M:%S UTC", &parts))
		html_add(page, "<td class=\"keep\">%s</td>", text);
	else
		html_add(page, "<td class=\"none\">not known</td>");
}

/* How the package is signed, and by whom. */
static void add_signatures(struct growing_text *page, const json_t *facts)
{
	const json_t *signatures = json_object_get(facts, "signatures"), *one;
	bool is_signed = json_is_true(json_object_get(facts, "signed"));
	size_t i;

	html_add(page, "<td class=\"%s\">%s", is_signed ? "good" : "none", is_signed ? "signed" : "not signed");
	json_array_foreach(signatures, i, one)
		html_add(page, "<br>%s: %s", json_string_value(json_object_get(one, "state")),
			 json_string_value(json_object_get(one, "signature")));
	html_add(page, "</td>");
}

static void add_package(struct growing_text *page, const struct report_facts *facts, const struct report_disk *disk,
			const struct disk_file *file)
{
	const struct report_package *package = report_package_of(facts, disk, file->path);

	html_add(page, "<tr><th scope=\"row\" class=\"path\">%s</th><td>%s</td><td class=\"number\">%s</td>",
		 package ? package->name : file->path,
		 file->rpm.source	     ? "source"
		 : disk_is_installable(file) ? "binary"
					     : "binary, not installed by hosts",
		 report_number(file->size));
	add_time(page, file->rpm.build_time);
	add_signatures(page, package ? package->signatures : NULL);
	html_add(page, "</tr>\n");
}

void report_packages(struct growing_text *page, const struct report_facts *facts)
{
	html_add(page, "<h2 id=\"packages\">Packages</h2>\n");
	for (size_t i = 0; i < facts->disk_count; i++) {
		const struct report_disk *disk = &facts->disks[i];
		char *caption = text_format("Packages on %s", report_disk_name(disk));

		report_table(page, caption);
		html_add(page,
			 "<thead><tr><th scope=\"col\">Package</th><th scope=\"col\">Kind</th>"
			 "<th scope=\"col\">Bytes</th><th scope=\"col\">Built</th><th scope=\"col\">Signature</th>"
			 "</tr></thead>\n<tbody>\n");
		for (size_t j = 0; j < disk->summary.disk->count; j++)
			if (disk->summary.disk->files[j].has_rpm)
				add_package(page, facts, disk, &disk->summary.disk->files[j]);
		report_table_end(page);
		free(caption);
	}
}

static void add_file(struct growing_text *page, const char *path, uint64_t size, const char *sha256)
{
	html_add(page,
		 "<tr><th scope=\"row\" class=\"path\">%s</th><td class=\"number\">%s</td><td "
		 "class=\"mono\">%s</td></tr>\n",
		 path, report_number(size), sha256);
}

void report_files(struct growing_text *page, const struct report_facts *facts)
{
	html_add(page, "<h2 id=\"files\">Files and checksums</h2>\n");
	for (size_t i = 0; i < facts->disk_count; i++) {
		const struct report_disk *disk = &facts->disks[i];
		char *caption = text_format("Files of %s", report_disk_name(disk));

		report_table(page, caption);
		html_add(page, "<thead><tr><th scope=\"col\">File</th><th scope=\"col\">Bytes</th>"
			       "<th scope=\"col\">SHA-256</th></tr></thead>\n<tbody>\n");
		if (disk->sha256[0])
			add_file(page, report_disk_name(disk), disk->size, disk->sha256);
		for (size_t j = 0; j < disk->summary.disk->count; j++) {
			const struct disk_file *file = &disk->summary.disk->files[j];

			add_file(page, file->path, file->size, file->is_link ? "a link" : file->sha256);
		}
		report_table_end(page);
		free(caption);
	}
}
