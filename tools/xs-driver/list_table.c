// SPDX-License-Identifier: GPL-2.0-only
// xs-driver list as a table for people.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "xs-driver/commands.h"

enum { COLUMNS = 5 };

static const char *const headings[COLUMNS] = {"DRIVER", "VERSIONS", "STATE", "HARDWARE", "KERNEL"};

/* The versions: "1.0.0 *1.1.0 >1.2.0". A loaded version that is not installed comes last. */
static char *version_words(const struct entry *entry)
{
	const struct driver *driver = entry->driver;
	const struct state *state = &entry->state;
	char *words = text_format("%s", "");

	for (size_t v = 0; v < driver->version_count; v++) {
		const struct driver_version *version = &driver->versions[v];
		char *longer =
			text_format("%s%s%s%s%s", words, v ? " " : "", state->active_version == version ? "*" : "",
				    driver->selected == version ? ">" : "", version->name);

		free(words);
		words = longer;
	}
	if (*state->active && !state->active_version) {
		char *safe = text_safe(state->active);
		char *longer = text_format("%s%s*%s", words, *words ? " " : "", safe);

		free(words);
		free(safe);
		words = longer;
	}
	return words;
}

static void fill_row(char *row[COLUMNS], const struct entry *entry)
{
	row[0] = text_format("%s", entry->driver->name);
	row[1] = version_words(entry);
	row[2] = state_words(entry);
	row[3] = text_format("%s", entry->state.hardware_present ? "present" : "-");
	row[4] = text_format("%s", entry->hierarchy->uname);
}

static void print_row(char *const row[COLUMNS], const int widths[COLUMNS], int columns)
{
	for (int c = 0; c < columns; c++) {
		printf("%-*s%s", c == columns - 1 ? 0 : widths[c], row[c], c == columns - 1 ? "\n" : "  ");
	}
}

static void print_devices(const struct listing *listing, const struct entry *entry)
{
	const struct hardware *hardware = &listing->host->hardware;
	bool *matched;

	for (size_t v = 0; v < entry->driver->version_count; v++) {
		const struct driver_version *version = &entry->driver->versions[v];

		matched = need_memory(hardware->count + 1, sizeof(*matched));
		if (!hardware_match_version(hardware, entry->hierarchy, entry->driver, version, &listing->host->scratch,
					    matched))
			printf("%s %s: no device\n", entry->driver->name, version->name);
		for (size_t i = 0; i < hardware->count; i++)
			if (matched[i]) {
				char *name = text_safe(hardware->devices[i].name);
				char *modalias = shown_name(hardware->devices[i].modalias);

				printf("%s %s: %s  %s\n", entry->driver->name, version->name, name, modalias);
				free(name);
				free(modalias);
			}
		free(matched);
	}
}

static void print_problems(const struct entry *entry)
{
	for (int p = 0; p < PROBLEMS; p++) {
		const char *culprit = entry->state.culprit[p];
		char *hint;

		if (!entry->state.problem[p])
			continue;
		hint = problem_hint(p, entry->driver);
		printf("%s: %s: %s%s%s%s\n  %s\n", entry->driver->name, problem_kinds[p].name, problem_kinds[p].what,
		       culprit ? " (" : "", culprit ? culprit : "", culprit ? ")" : "", hint);
		free(hint);
	}
}

static void print_notes(const struct listing *listing)
{
	for (size_t i = 0; i < listing->count && listing->hardware; i++)
		print_devices(listing, &listing->entries[i]);
	for (size_t i = 0; i < listing->count; i++)
		print_problems(&listing->entries[i]);
	if (listing->interrupted)
		puts("A command was interrupted: run 'xs-driver recover'.");
}

void list_table(const struct listing *listing)
{
	char *(*rows)[COLUMNS] = need_memory(listing->count + 1, sizeof(*rows));
	int widths[COLUMNS], columns = listing->kernels > 1 ? COLUMNS : COLUMNS - 1;

	for (int c = 0; c < COLUMNS; c++)
		widths[c] = (int)strlen(headings[c]);
	for (size_t i = 0; i < listing->count; i++) {
		fill_row(rows[i], &listing->entries[i]);
		for (int c = 0; c < COLUMNS; c++)
			if ((int)strlen(rows[i][c]) > widths[c])
				widths[c] = (int)strlen(rows[i][c]);
	}
	print_row((char *const *)headings, widths, columns);
	for (size_t i = 0; i < listing->count; i++) {
		print_row(rows[i], widths, columns);
		for (int c = 0; c < COLUMNS; c++)
			free(rows[i][c]);
	}
	free(rows);
	if (listing->count)
		puts("(* active, > selected)");
	print_notes(listing);
}
