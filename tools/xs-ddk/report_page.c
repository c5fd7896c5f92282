// SPDX-License-Identifier: GPL-2.0-only
// The page that 'xs-ddk report' writes: its head, the verdict, the disks, and the table of versions and kernels.
#include "xs-ddk/report_page.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"

void report_table(struct growing_text *page, const char *caption)
{
	/* A box that scrolls must be reachable with the keyboard, and have a name. */
	html_add(page,
		 "<div class=\"scroll\" role=\"region\" aria-label=\"%s\" "
		 "tabindex=\"0\">\n<table>\n<caption>%s</caption>\n",
		 caption, caption);
}

void report_table_end(struct growing_text *page)
{
	html_add(page, "</tbody>\n</table>\n</div>\n");
}

const char *report_number(uint64_t size)
{
	static char texts[8][32];
	static unsigned int next;
	char digits[24], *out = texts[next++ % 8], *to = out;
	int len = snprintf(digits, sizeof(digits), "%llu", (unsigned long long)size);

	for (int i = 0; i < len; i++) {
		if (i && (len - i) % 3 == 0)
			*to++ = ',';
		*to++ = digits[i];
	}
	*to = '\0';
	return out;
}

const char *report_disk_name(const struct report_disk *disk)
{
	const char *path = disk->summary.disk->path, *slash = strrchr(path, '/');

	return slash && slash[1] ? slash + 1 : path;
}

char *report_short_path(const struct report_facts *facts, const char *safe_path)
{
	char *path = report_relative(&facts->findings, safe_path);
	char *name = text_safe(report_disk_name(&facts->disks[0]));
	size_t len = strlen(name);

	if (facts->disk_count == 1 && strncmp(path, name, len) == 0 && path[len] == '!')
		memmove(path, path + len + 1, strlen(path + len + 1) + 1);
	free(name);
	return path;
}

/* ---- The verdict ---- */

/* What speaks against a release. */
struct verdict {
	size_t errors, warnings, failed_trials, devices_lost, parts_lost;
};

static struct verdict judge(const struct report_facts *facts)
{
	const struct diff_result *changes = &facts->changes;
	struct verdict verdict = {
		.errors = report_count(&facts->findings, SEVERITY_ERROR),
		.warnings = report_count(&facts->findings, SEVERITY_WARNING),
		.devices_lost = changes->devices_lost,
		.parts_lost = changes->lost + changes->signatures_lost + changes->facts_lost,
	};

	for (size_t i = 0; i < facts->trial_count; i++)
		verdict.failed_trials += strcmp(facts->trials[i].result, "fail") == 0;
	return verdict;
}

static bool is_good(const struct verdict *verdict)
{
	return !verdict->errors && !verdict->failed_trials && !verdict->devices_lost && !verdict->parts_lost;
}

static void add_reason(struct growing_text *reasons, size_t count, const char *one, const char *many)
{
	if (count)
		text_add(reasons, "%s%s %s", reasons->len ? ", " : "", report_number(count), count == 1 ? one : many);
}

static void add_verdict(struct growing_text *page, const struct report_facts *facts, const struct verdict *verdict)
{
	struct growing_text reasons = {0};
	bool good = is_good(verdict);

	add_reason(&reasons, verdict->errors, "error", "errors");
	add_reason(&reasons, verdict->failed_trials, "failed trial", "failed trials");
	add_reason(&reasons, verdict->devices_lost, "lost device ID", "lost device IDs");
	add_reason(&reasons, verdict->parts_lost, "lost module, kernel, package or signature",
		   "lost modules, kernels, packages or signatures");
	add_reason(&reasons, verdict->warnings, "warning", "warnings");
	html_add(page, "<div class=\"verdict %s\">\n<p class=\"headline\">%s",
		 !good		     ? "bad"
		 : verdict->warnings ? "warn"
				     : "good",
		 good ? "No errors were found" : "Not ready for a release");
	html_add(page, reasons.len ? ": %s</p>\n" : "</p>\n", reasons.text);
	free(reasons.text);
	if (!facts->trial_files)
		html_add(page, "<p>This report has no trials: <code>xs-trial</code> was not run, or "
			       "<code>--trial</code> was not given.</p>\n");
	if (!facts->against)
		html_add(page, "<p>It compares with no older disk: <code>--against</code> was not given.</p>\n");
	html_add(page, "</div>\n");
}

/* GRADE is the class of the box if the number is not 0. */
static void add_number(struct growing_text *page, const char *what, size_t number, const char *grade)
{
	html_add(page, "<div class=\"%s\"><dt>%s</dt><dd>%s</dd></div>\n", number ? grade : "", what,
		 report_number(number));
}

static bool is_same_driver(const struct disk_cell *a, const struct disk_cell *b)
{
	return strcmp(a->location.driver, b->location.driver) == 0;
}

static bool is_same_version(const struct disk_cell *a, const struct disk_cell *b)
{
	return is_same_driver(a, b) && strcmp(a->location.version, b->location.version) == 0;
}

/* The number of versions: one is counted once for each driver and disk. */
static size_t count_versions(const struct report_facts *facts)
{
	size_t n = 0;

	for (size_t i = 0; i < facts->disk_count; i++) {
		const struct disk_table *table = facts->disks[i].summary.table;

		for (size_t j = 0; j < table->count; j++)
			n += j == 0 || !is_same_version(&table->cells[j - 1], &table->cells[j]);
	}
	return n;
}

/* The number of different kernels. */
static size_t count_kernels(const struct report_facts *facts)
{
	struct string_list seen = {0};
	size_t n = 0;

	for (size_t i = 0; i < facts->disk_count; i++) {
		const struct disk_table *table = facts->disks[i].summary.table;

		for (size_t k = 0; k < table->kernel_count; k++)
			n += string_list_has(&seen, table->kernels[k]) == 0;
		for (size_t k = 0; k < table->kernel_count; k++)
			string_list_add(&seen, table->kernels[k]);
	}
	string_list_free(&seen);
	return n;
}

static void add_numbers(struct growing_text *page, const struct report_facts *facts, const struct verdict *verdict)
{
	size_t versions = count_versions(facts), kernels = count_kernels(facts);

	html_add(page, "<dl class=\"numbers\">\n");
	if (facts->disk_count > 1)
		add_number(page, "disks", facts->disk_count, "");
	add_number(page, versions == 1 ? "driver version" : "driver versions", versions, "");
	add_number(page, kernels == 1 ? "kernel" : "kernels", kernels, "");
	add_number(page, "device IDs", report_device_count(facts), "");
	add_number(page, verdict->errors == 1 ? "error" : "errors", verdict->errors, "bad");
	add_number(page, verdict->warnings == 1 ? "warning" : "warnings", verdict->warnings, "warn");
	if (facts->trial_files)
		add_number(page, facts->trial_count == 1 ? "trial" : "trials", facts->trial_count, "");
	html_add(page, "</dl>\n");
}

/* ---- The disks ---- */

static void add_fact(struct growing_text *page, const char *what, const char *value)
{
	if (value && *value)
		html_add(page, "<dt>%s</dt><dd>%s</dd>\n", what, value);
}

static void add_disk(struct growing_text *page, const struct report_facts *facts, const struct report_disk *disk)
{
	const struct disk_summary *summary = &disk->summary;

	if (facts->disk_count > 1)
		html_add(page, "<h3>%s</h3>\n", report_disk_name(disk));
	html_add(page, "<dl class=\"facts\">\n");
	add_fact(page, "File", report_disk_name(disk));
	add_fact(page, "Name", summary->name);
	add_fact(page, "Version", summary->version);
	add_fact(page, "Description", summary->description);
	add_fact(page, "Vendor", summary->vendor);
	add_fact(page, "For product", summary->product);
	add_fact(page, "Requires", summary->needs);
	add_fact(page, "UUID", summary->uuid);
	add_fact(page, "Selects on hosts", summary->selects);
	add_fact(page, "Metadata signed", summary->is_signed ? "yes" : "no");
	add_fact(page, "Created", summary->disk->created);
	if (disk->sha256[0])
		html_add(page, "<dt>Size</dt><dd>%s bytes</dd>\n<dt>SHA-256</dt><dd class=\"mono\">%s</dd>\n",
			 report_number(disk->size), disk->sha256);
	html_add(page, "</dl>\n");
}

/* ---- Versions and kernels ---- */

struct verified {
	size_t errors, warnings;
};

static void add_built(struct growing_text *page, const struct disk_cell *cell)
{
	html_add(page, "<td class=\"good\">built: %s-%s</td>", cell->rpm->version, cell->rpm->release);
}

static void add_signed(struct growing_text *page, const struct report_facts *facts, const struct report_disk *disk,
		       const char *path)
{
	const struct report_package *package = report_package_of(facts, disk, path);
	bool package_signed = package && json_is_true(json_object_get(package->signatures, "signed"));
	size_t count, with = 0;
	struct report_module *const *modules = report_modules_of(facts, disk, path, &count);
	const char *signer = NULL;

	for (size_t i = 0; i < count; i++) {
		with += modules[i]->signer != NULL;
		signer = modules[i]->signer ? modules[i]->signer : signer;
	}
	html_add(page, "<td class=\"%s\">",
		 with < count && with		      ? "bad"
		 : (with || !count) && package_signed ? "good"
						      : "none");
	if (with && with < count)
		html_add(page, "%zu of %zu modules signed", with, count);
	else if (with)
		html_add(page, "modules signed by %s", signer);
	else
		html_add(page, "modules not signed");
	html_add(page, ";<br>package %s</td>", package_signed ? "signed" : "not signed");
}

static void add_count(struct growing_text *page, size_t count, const char *one, const char *many, bool *any)
{
	if (count)
		html_add(page, "%s%zu %s", *any ? ", " : "", count, count == 1 ? one : many);
	*any = *any || count;
}

static void add_verified(struct growing_text *page, const struct report_facts *facts, const struct report_disk *disk,
			 const char *path)
{
	size_t count, errors = 0;
	const struct finding *findings = report_findings_of(facts, disk, path, &count);
	bool any = false;

	for (size_t i = 0; i < count; i++)
		errors += findings[i].severity == SEVERITY_ERROR;
	html_add(page, "<td class=\"%s\">", errors ? "bad" : count ? "warn" : "good");
	add_count(page, errors, "error", "errors", &any);
	add_count(page, count - errors, "warning", "warnings", &any);
	html_add(page, "%s</td>", any ? "" : "verified: no findings");
}

static void add_tried(struct growing_text *page, const struct report_facts *facts, const struct disk_cell *cell)
{
	size_t count, passed = 0, failed = 0;
	const struct report_trial *trials = report_trials_of(facts, &cell->location, &count);
	bool any = false;

	for (size_t i = 0; i < count; i++) {
		passed += strcmp(trials[i].result, "pass") == 0;
		failed += strcmp(trials[i].result, "fail") == 0;
	}
	html_add(page, "<td class=\"%s\">", failed ? "bad" : passed ? "good" : "none");
	add_count(page, failed, "failed", "failed", &any);
	add_count(page, passed, "passed", "passed", &any);
	add_count(page, count - passed - failed, "not tried", "not tried", &any);
	html_add(page, "%s</td>", any ? "" : "not tried");
}

enum step { STEP_BUILT, STEP_SIGNED, STEP_VERIFIED, STEP_TRIED, STEPS };

static const char *const step_names[STEPS] = {"Built", "Signed", "Verified", "Tried"};

static void add_cell(struct growing_text *page, const struct report_facts *facts, const struct report_disk *disk,
		     const struct disk_cell *cell, enum step step)
{
	const char *path = cell ? report_file_of(cell)->path : NULL;

	if (!cell && step == STEP_BUILT)
		html_add(page, "<td class=\"warn\" rowspan=\"4\">missing: not on the disk</td>");
	else if (cell && step == STEP_BUILT)
		add_built(page, cell);
	else if (cell && step == STEP_SIGNED)
		add_signed(page, facts, disk, path);
	else if (cell && step == STEP_VERIFIED)
		add_verified(page, facts, disk, path);
	else if (cell && step == STEP_TRIED)
		add_tried(page, facts, cell);
}

/* The cell of a version for a kernel, among the COUNT cells of this version, or NULL. */
static const struct disk_cell *find_cell(const struct disk_cell *cells, size_t count, const char *kernel)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(cells[i].location.uname, kernel) == 0)
			return &cells[i];
	return NULL;
}

/* The rows of a version: one for each step. */
static void add_version(struct growing_text *page, const struct report_facts *facts, const struct report_disk *disk,
			const struct disk_cell *cells, size_t count)
{
	const struct disk_table *table = disk->summary.table;

	html_add(page, "<tbody>\n");
	for (enum step step = 0; step < STEPS; step++) {
		html_add(page, "<tr>");
		if (step == 0)
			html_add(page, "<th scope=\"rowgroup\" rowspan=\"4\">%s</th>", cells->location.version);
		html_add(page, "<th scope=\"row\" class=\"step\">%s</th>", step_names[step]);
		for (size_t k = 0; k < table->kernel_count; k++)
			add_cell(page, facts, disk, find_cell(cells, count, table->kernels[k]), step);
		html_add(page, "</tr>\n");
	}
	html_add(page, "</tbody>\n");
}

/* The table of a driver, whose cells begin at FIRST. Returns the index of the next driver. */
static size_t add_driver(struct growing_text *page, const struct report_facts *facts, const struct report_disk *disk,
			 size_t first)
{
	const struct disk_table *table = disk->summary.table;
	const struct disk_cell *cells = table->cells;
	char *caption =
		text_format("Versions and kernels of the driver %s%s%s", cells[first].location.driver,
			    facts->disk_count > 1 ? " on " : "", facts->disk_count > 1 ? report_disk_name(disk) : "");
	size_t i = first, end;

	report_table(page, caption);
	html_add(page, "<thead><tr><th scope=\"col\">Version</th><th scope=\"col\">Step</th>");
	for (size_t k = 0; k < table->kernel_count; k++)
		html_add(page, "<th scope=\"col\">%s</th>", table->kernels[k]);
	html_add(page, "</tr></thead>\n");
	for (; i < table->count && is_same_driver(&cells[first], &cells[i]); i = end) {
		for (end = i; end < table->count && is_same_version(&cells[i], &cells[end]);)
			end++;
		add_version(page, facts, disk, &cells[i], end - i);
	}
	html_add(page, "</table>\n</div>\n");
	free(caption);
	return i;
}

static void add_matrix(struct growing_text *page, const struct report_facts *facts)
{
	bool any = false;

	html_add(page, "<h2 id=\"matrix\">Versions and kernels</h2>\n");
	for (size_t i = 0; i < facts->disk_count; i++) {
		const struct disk_table *table = facts->disks[i].summary.table;

		any = any || table->count;
		for (size_t first = 0; first < table->count;)
			first = add_driver(page, facts, &facts->disks[i], first);
	}
	if (!any)
		html_add(page, "<p>No package has a module of a driver.</p>\n");
}

/* ---- The page ---- */

static void add_contents(struct growing_text *page)
{
	static const char *const sections[][2] = {{"disk", "What it is"},   {"matrix", "Versions and kernels"},
						  {"findings", "Findings"}, {"changes", "Changes"},
						  {"trials", "Trials"},	    {"devices", "Devices"},
						  {"packages", "Packages"}, {"files", "Files and checksums"}};

	html_add(page, "<nav aria-label=\"Contents\"><ul>");
	for (size_t i = 0; i < sizeof(sections) / sizeof(sections[0]); i++)
		html_add(page, "<li><a href=\"#%s\">%s</a></li>", sections[i][0], sections[i][1]);
	html_add(page, "</ul></nav>\n");
}

/* "ice 2.6.7" for a disk, else how many there are. */
static char *title_of(const struct report_facts *facts)
{
	const struct disk_summary *summary = &facts->disks[0].summary;

	if (facts->disk_count > 1)
		return text_format("%zu driver disks", facts->disk_count);
	return text_format("%s%s%s", summary->name ? summary->name : report_disk_name(&facts->disks[0]),
			   summary->version ? " " : "", summary->version ? summary->version : "");
}

static void add_footer(struct growing_text *page, const struct report_facts *facts)
{
	html_add(page, "<footer>\n<p>Made by xs-ddk %s. ", XS_DDK_VERSION);
	if (facts->names)
		html_add(page, "Names of PCI devices are from pci.ids%s%s.",
			 *pci_names_version(facts->names) ? " " : "", pci_names_version(facts->names));
	else
		html_add(page, "No list of PCI devices was found, so the devices have no names.");
	html_add(page, "</p>\n</footer>\n");
}

bool report_page(struct growing_text *page, const struct report_facts *facts)
{
	struct verdict verdict = judge(facts);
	char *subject = title_of(facts), *title = text_format("Driver disk report: %s", subject);

	html_begin(page, title);
	html_add(page, "<main>\n<p class=\"soft\">Driver disk report</p>\n<h1>%s</h1>\n", subject);
	if (facts->disk_count == 1 && facts->disks[0].summary.description)
		html_add(page, "<p>%s</p>\n", facts->disks[0].summary.description);
	add_contents(page);
	add_verdict(page, facts, &verdict);
	add_numbers(page, facts, &verdict);
	html_add(page, "<h2 id=\"disk\">What it is</h2>\n");
	for (size_t i = 0; i < facts->disk_count; i++)
		add_disk(page, facts, &facts->disks[i]);
	add_matrix(page, facts);
	report_findings(page, facts);
	report_changes(page, facts);
	report_trials(page, facts);
	report_devices(page, facts);
	report_packages(page, facts);
	report_files(page, facts);
	html_add(page, "</main>\n");
	add_footer(page, facts);
	html_end(page);
	free(title);
	free(subject);
	return is_good(&verdict);
}
