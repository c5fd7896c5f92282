// SPDX-License-Identifier: GPL-2.0-only
// The devices that drivers support, a section of the page that 'xs-ddk report' writes.
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "base/version.h"
#include "xs-ddk/report_page.h"

/* So many items of one list are on the page. The commands that the page names print all of them. */
#define DEVICES_MAX 10000

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
