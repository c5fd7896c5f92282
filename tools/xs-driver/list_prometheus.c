// SPDX-License-Identifier: GPL-2.0-only
// xs-driver list as metrics for Prometheus.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "xs-driver/commands.h"

/* Prints a label. The format has escapes for backslash, quote and newline; safe text has no newline. */
static void print_label(const char *name, const char *value, const char *after)
{
	char *safe = text_safe(value);

	printf("%s=\"", name);
	for (const char *c = safe; *c; c++)
		printf(*c == '\\' || *c == '"' ? "\\%c" : "%c", *c);
	printf("\"%s", after);
	free(safe);
}

static void print_head(const char *metric, const char *help)
{
	printf("# HELP %s %s\n# TYPE %s gauge\n", metric, help, metric);
}

static void begin_sample(const char *metric, const struct entry *entry)
{
	printf("%s{", metric);
	print_label("driver", entry->driver->name, ",");
	print_label("kernel", entry->hierarchy->uname, "");
}

static void print_info(const struct listing *listing)
{
	print_head("xs_driver_info", "The versions of a driver that are active and selected; always 1.");
	for (size_t i = 0; i < listing->count; i++) {
		const struct entry *entry = &listing->entries[i];

		begin_sample("xs_driver_info", entry);
		putchar(',');
		print_label("uuid", entry->state.uuid, ",");
		print_label("active_version", entry->state.active, ",");
		print_label("selected_version", entry->driver->selected ? entry->driver->selected->name : "", "} 1\n");
	}
}

static bool reboot_required(const struct entry *entry)
{
	return entry->state.reboot_required;
}

static bool hardware_present(const struct entry *entry)
{
	return entry->state.hardware_present;
}

static bool is_active(const struct entry *entry)
{
	return *entry->state.active;
}

static bool is_selected(const struct entry *entry)
{
	return entry->driver->selected;
}

static void print_flags(const struct listing *listing)
{
	static const struct {
		const char *metric, *help;
		bool (*is_true)(const struct entry *entry);
	} flags[] = {
		{"xs_driver_active", "A version is loaded.", is_active},
		{"xs_driver_selected", "A version is selected.", is_selected},
		{"xs_driver_reboot_required", "What is loaded is not what is selected.", reboot_required},
		{"xs_driver_hardware_present", "A device that the driver binds is present.", hardware_present},
	};

	for (size_t f = 0; f < sizeof(flags) / sizeof(flags[0]); f++) {
		print_head(flags[f].metric, flags[f].help);
		for (size_t i = 0; i < listing->count; i++) {
			begin_sample(flags[f].metric, &listing->entries[i]);
			printf("} %d\n", flags[f].is_true(&listing->entries[i]));
		}
	}
}

void list_prometheus(const struct listing *listing)
{
	print_info(listing);
	print_flags(listing);
	print_head("xs_driver_problem", "Something is wrong with the driver; 'xs-driver check' says what to do.");
	for (size_t i = 0; i < listing->count; i++)
		for (int p = 0; p < PROBLEMS; p++) {
			begin_sample("xs_driver_problem", &listing->entries[i]);
			putchar(',');
			print_label("problem", problem_kinds[p].name, "} ");
			printf("%d\n", listing->entries[i].state.problem[p]);
		}
	print_head("xs_driver_interrupted", "A command was killed; 'xs-driver recover' repairs what it left.");
	printf("xs_driver_interrupted %d\n", listing->interrupted);
}
