// SPDX-License-Identifier: GPL-2.0-only
// xs-driver list: prints the drivers, their versions and their states.
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/json.h"
#include "base/progress.h"
#include "base/text.h"
#include "change/journal.h"
#include "xs-driver/check.h"

static const struct {
	const char *name;
	list_function *print;
} formats[] = {
	{"table", list_table},		 {"json", list_json}, {"xe", list_xe}, {"xe-variants", list_xe_variants},
	{"prometheus", list_prometheus},
};

static list_function *find_format(const char *name)
{
	for (size_t i = 0; i < sizeof(formats) / sizeof(formats[0]); i++)
		if (!name || strcmp(formats[i].name, name) == 0)
			return formats[i].print;
	complain("--format is table, json, xe, xe-variants or prometheus");
	return NULL;
}

char *state_words(const struct entry *entry)
{
	const struct state *state = &entry->state;
	enum selection selection = entry->driver->selection;
	struct growing_text words = {0};

	text_add(&words, "%s", *state->active ? "active" : "inactive");
	if (selection < SELECTION_MIXED)
		text_add(&words, ", %s", entry->driver->selected ? "selected" : "deselected");
	for (int p = 0; p < PROBLEMS; p++)
		if (state->problem[p])
			text_add(&words, ", %s", problem_kinds[p].name);
	if (state->reboot_required)
		text_add(&words, ", reboot required");
	return words.text;
}

char *problem_hint(enum problem problem, const struct driver *driver)
{
	return text_format(problem_kinds[problem].hint, driver->name);
}

static bool has_problem(const struct state *state)
{
	for (int p = 0; p < PROBLEMS; p++)
		if (state->problem[p])
			return true;
	return false;
}

/* Whether the driver is in one of the states that the options ask for. */
static bool is_shown(const struct state *state, const struct options *options)
{
	return (!options->hardware_present || state->hardware_present) && (!options->problems || has_problem(state)) &&
	       (!options->reboot || state->reboot_required);
}

static void read_entries(struct listing *listing, const struct kernels *kernels, const struct options *options)
{
	for (size_t k = 0; k < kernels->count; k++)
		for (size_t d = 0; d < kernels->list[k].driver_count; d++) {
			const struct hierarchy *hierarchy = &kernels->list[k];
			struct entry *entry;

			if (!check_is_wanted(options, hierarchy, &hierarchy->drivers[d]))
				continue;
			listing->entries = array_grown(listing->entries, listing->count, sizeof(*listing->entries));
			entry = &listing->entries[listing->count++];
			*entry = (struct entry){.hierarchy = hierarchy, .driver = &hierarchy->drivers[d]};
			state_read(&entry->state, listing->host, hierarchy, entry->driver);
			if (!is_shown(&entry->state, options))
				listing->count--;
		}
}

static enum status list(struct host *host, const struct options *options, list_function *print)
{
	struct listing listing = {.host = host, .options = options};
	struct kernels kernels, all = {0};
	bool good = kernels_read(&kernels, host, options, false);

	for (size_t i = 0; i < options->name_count && good; i++)
		good = kernels_have(&kernels, options->names[i]);
	if (good) {
		listing.kernels = kernels.count;
		listing.interrupted = journal_exists(&host->root);
		read_entries(&listing, &kernels, options);
		listing.findings = json_need(json_array());
		/* Metrics and records have no place for these findings, and an initrd takes time to read. */
		if ((print == list_table || print == list_json) && kernels_read(&all, host, options, true))
			check_kernels(listing.findings, host, &all, options);
		progress_end();
		print(&listing);
		json_decref(listing.findings);
	}
	kernels_free(&all);
	free(listing.entries);
	kernels_free(&kernels);
	return good ? STATUS_YES : STATUS_TROUBLE;
}

enum status driver_list(int argc, char **argv)
{
	struct options options;
	struct host host;
	list_function *print;
	bool done;
	enum status status = options_parse(&options, argc, argv, TAKES_KERNEL TAKES_FORMAT TAKES_HARDWARE TAKES_FILTERS,
					   0, (size_t)-1, &done);

	if (!done) {
		print = find_format(options.format);
		status = STATUS_TROUBLE;
		if (print && host_open(&host, options.sysroot)) {
			status =
				options_resolve(&options, &host, false) ? list(&host, &options, print) : STATUS_TROUBLE;
			host_close(&host);
		}
	}
	options_free(&options);
	return status;
}
