// SPDX-License-Identifier: GPL-2.0-only
// xs-driver list as a table for people.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/array.h"
#include "base/text.h"
#include "xs-driver/check.h"

enum { COLUMNS = 5 };

static const char *const headings[COLUMNS] = {"DRIVER", "VERSIONS", "STATE", "HARDWARE", "KERNEL"};

/*
 * The versions: "1.0.0 *1.1.0 >1.2.0". A loaded version that is not installed comes last. With FEW, only the active,
 * the selected and the newest version, and the number of the others: "*1.1.0 >1.2.0 +7".
 */
static char *version_words(const struct entry *entry, bool few)
{
	const struct driver *driver = entry->driver;
	const struct state *state = &entry->state;
	struct growing_text words = {0};
	size_t others = 0;

	text_add(&words, "%s", "");
	for (size_t v = 0; v < driver->version_count; v++) {
		const struct driver_version *version = &driver->versions[v];
		bool active = state->active_version == version, selected = driver->selected == version;

		if (few && !active && !selected && v + 1 < driver->version_count) {
			others++;
			continue;
		}
		text_add(&words, "%s%s%s%s", words.len ? " " : "", active ? "*" : "", selected ? ">" : "",
			 version->name);
	}
	if (*state->active && !state->active_version) {
		char *safe = text_safe(state->active);

		text_add(&words, "%s*%s", words.len ? " " : "", safe);
		free(safe);
	}
	if (others)
		text_add(&words, "%s+%zu", words.len ? " " : "", others);
	return words.text;
}

static void fill_row(char *row[COLUMNS], const struct entry *entry, bool few)
{
	row[0] = text_format("%s", entry->driver->name);
	row[1] = version_words(entry, few);
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
	for (size_t i = 0; i < listing->count && listing->options->hardware; i++)
		print_devices(listing, &listing->entries[i]);
	for (size_t i = 0; i < listing->count; i++)
		print_problems(&listing->entries[i]);
	check_print(listing->findings);
	if (listing->interrupted)
		puts("A command was interrupted: run 'xs-driver recover'.");
}

/* The columns of the terminal on stdout, or 0 if stdout is not a terminal. */
static int terminal_width(void)
{
	struct winsize size;

	return ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col ? size.ws_col : 0;
}

/* The rows of the table, and the width of each column. */
struct table {
	char *(*rows)[COLUMNS];
	size_t count;
	int widths[COLUMNS], columns;
};

static void fill_table(struct table *table, const struct listing *listing, bool few)
{
	table->rows = need_memory(listing->count + 1, sizeof(*table->rows));
	table->count = listing->count;
	for (int c = 0; c < COLUMNS; c++)
		table->widths[c] = (int)strlen(headings[c]);
	for (size_t i = 0; i < listing->count; i++) {
		fill_row(table->rows[i], &listing->entries[i], few);
		for (int c = 0; c < COLUMNS; c++)
			if ((int)strlen(table->rows[i][c]) > table->widths[c])
				table->widths[c] = (int)strlen(table->rows[i][c]);
	}
}

static void free_table(struct table *table)
{
	for (size_t i = 0; i < table->count; i++)
		for (int c = 0; c < COLUMNS; c++)
			free(table->rows[i][c]);
	free(table->rows);
}

/* The width of the whole table. */
static int table_width(const struct table *table)
{
	int width = 2 * (table->columns - 1);

	for (int c = 0; c < table->columns; c++)
		width += table->widths[c];
	return width;
}

void list_table(const struct listing *listing)
{
	struct table table = {.columns = listing->kernels > 1 ? COLUMNS : COLUMNS - 1};
	int room = listing->options->all ? 0 : terminal_width();

	fill_table(&table, listing, false);
	if (room && table_width(&table) > room) {
		free_table(&table);
		fill_table(&table, listing, true);
	}
	print_row((char *const *)headings, table.widths, table.columns);
	for (size_t i = 0; i < table.count; i++)
		print_row(table.rows[i], table.widths, table.columns);
	free_table(&table);
	if (listing->count)
		puts("(* active, > selected)");
	print_notes(listing);
}
