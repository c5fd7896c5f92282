// SPDX-License-Identifier: GPL-2.0-only
// The values of a driver's directory, and which of them are missing.
#include "kit/packaging.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/die.h"
#include "base/name.h"
#include "base/text.h"

static const struct value {
	const char *name, *other; /* other: the name in an older kit, or another spelling */
	const char *what;	  /* description for the message; NULL: it may stay unknown */
} values[VALUES] = {
	[VALUE_DRIVER] = {"DRIVER", "NAME", "the driver's name, its directory on hosts"},
	[VALUE_VERSION] = {"DRIVER_VERSION", "VERSION", "the driver's version"},
	[VALUE_VENDOR] = {"VENDOR_NAME", "VENDOR", "who packages the driver"},
	[VALUE_TEXT] = {"TEXT", NULL, "a line about the driver"},
	[VALUE_LICENSE] = {"LICENSE", NULL, "the license, for the packages"},
	[VALUE_FIRMWARE_LICENSE] = {"FIRMWARE_LICENSE", NULL, NULL},
	[VALUE_MAKE] = {"MAKE", NULL, NULL},
	[VALUE_VENDOR_CODE] = {"VENDOR_CODE", NULL, NULL},
	[VALUE_LABEL] = {"LABEL", NULL, NULL},
	[VALUE_UUID] = {"UUID", NULL, NULL},
	[VALUE_BASE_REQUIRES] = {"BASE_REQUIRES", NULL, NULL},
	[VALUE_PRODUCT_VERSION] = {"PRODUCT_VERSION", NULL, NULL},
	[VALUE_RPM_VERSION] = {"RPM.VERSION", "RPM_VERSION", NULL},
	[VALUE_RPM_RELEASE] = {"RPM.RELEASE", "RPM_RELEASE", NULL},
	[VALUE_DATA_VERSION] = {"DATA.RPM.VERSION", "DATA_RPM_VERSION", NULL},
	[VALUE_DATA_RELEASE] = {"DATA.RPM.RELEASE", "DATA_RPM_RELEASE", NULL},
	[VALUE_KERNELS] = {"KERNELS", NULL, NULL},
	[VALUE_CATEGORY] = {"XS_CATEGORY", NULL, NULL},
};

static bool is_name(const char *known, const char *name, size_t len)
{
	return known && strlen(known) == len && strncmp(known, name, len) == 0;
}

enum value_id value_find(const char *name, size_t len)
{
	for (enum value_id id = 0; id < VALUES; id++)
		if (is_name(values[id].name, name, len) || is_name(values[id].other, name, len))
			return id;
	return VALUES;
}

bool packaging_set(struct packaging *directory, const char *assignment)
{
	size_t len = strcspn(assignment, "=");
	enum value_id id = value_find(assignment, len);

	if (assignment[len] != '=' || id == VALUES) {
		char *safe = text_safe(assignment);

		complain("'%s' is not NAME=VALUE with one of these names:", safe);
		free(safe);
		for (id = 0; id < VALUES; id++)
			fprintf(stderr, "%s%s", id ? " " : "  ", values[id].name);
		fputc('\n', stderr);
		return false;
	}
	if (strchr(assignment, '\n') || assignment[strlen(assignment) - 1] == '\\') {
		complain("%s: a value must be one line, without a backslash at its end", values[id].name);
		return false;
	}
	free(directory->values[id]);
	directory->values[id] = text_format("%s", assignment + len + 1);
	return true;
}

void packaging_learn(struct packaging *directory, enum value_id id, const char *text, char *origin)
{
	if (directory->values[id]) {
		free(origin);
		return;
	}
	directory->values[id] = text_format("%s", text);
	directory->origins[id] = origin;
}

/* Prints a line of the list: NAME, the first line of TEXT, and where it is from. */
static void tell_one(const char *name, const char *text, const char *origin)
{
	size_t len = strcspn(text, "\n");
	char *first = text_format("%.*s%s", (int)len, text, text[len] ? " ..." : "");
	char *safe = text_safe(first), *safe_origin = text_safe(origin);

	printf("  %-16s %s (%s)\n", name, safe, safe_origin);
	free(safe_origin);
	free(safe);
	free(first);
}

void packaging_tell_taken(const struct packaging *directory)
{
	const struct source_tree *tree = &directory->tree;
	bool any = false;

	for (enum value_id id = 0; id < VALUES; id++) {
		if (!directory->values[id] || !directory->origins[id])
			continue;
		if (!any)
			puts("taken from the sources:");
		any = true;
		tell_one(values[id].name, directory->values[id], directory->origins[id]);
	}
	for (size_t i = 0; i < tree->firmware.count; i++) {
		const char *from = source_tree_firmware(tree, tree->firmware.all[i]);
		char *origin =
			from ? text_format("%s goes into data/lib/firmware/updates", from)
			     : text_format("MODULE_FIRMWARE in %s; no source has it: hosts need it from elsewhere",
					   tree->firmware.where[i]);

		tell_one("firmware", tree->firmware.all[i], origin);
		free(origin);
	}
	for (size_t i = 0; i < tree->rules.count; i++)
		tell_one("device rules", tree->rules.all[i], "goes into data/etc/udev/rules.d");
	for (size_t i = 0; i < tree->manuals.count; i++)
		tell_one("manual page", tree->manuals.all[i], "goes into data/usr/share/doc");
	for (size_t i = 0; i < tree->unclear.count; i++)
		tell_one("not taken", tree->unclear.all[i], tree->unclear.where[i]);
}

void packaging_doubt(struct packaging *directory, enum value_id id, char *why)
{
	if (directory->values[id] || directory->doubts[id])
		free(why);
	else
		directory->doubts[id] = why;
}

/* Why a value is not usable, in memory to free. NULL if it is usable. */
static char *why_not(const struct packaging *directory, enum value_id id)
{
	const char *value = directory->values[id];

	if (!value && directory->doubts[id])
		return text_format("%s", directory->doubts[id]);
	if (value && value[strcspn(value, "\001\002\003\004\005\006\007\b\t\v\f\r\033\177")] && id != VALUE_MAKE)
		return text_format("there is a control character in it");
	if (!value || !*value)
		return values[id].what ? text_format("the sources do not have it") : NULL;
	if ((id == VALUE_DRIVER || id == VALUE_VERSION) && !name_is_legal(value)) {
		char *safe = text_safe(value), *why = text_format("\"%s\" is not a legal name", safe);

		free(safe);
		return why;
	}
	return NULL;
}

bool packaging_is_whole(const struct packaging *directory)
{
	bool whole = true;

	for (enum value_id id = 0; id < VALUES; id++) {
		char *why = why_not(directory, id);

		if (!why)
			continue;
		if (whole)
			complain("nothing is written, because these values are unknown; give each as NAME=VALUE:");
		fprintf(stderr, "  %-16s %s (%s)\n", values[id].name,
			values[id].what		       ? values[id].what
			: id == VALUE_FIRMWARE_LICENSE ? "the license of the firmware, for the data package"
						       : "the command that builds the modules",
			why);
		whole = false;
		free(why);
	}
	return whole;
}

void packaging_free(struct packaging *directory)
{
	for (enum value_id id = 0; id < VALUES; id++) {
		free(directory->values[id]);
		free(directory->origins[id]);
		free(directory->doubts[id]);
	}
	free(directory->before);
	free(directory->after);
	free(directory->source);
	free(directory->output);
	strings_free(&directory->modules);
	source_tree_free(&directory->tree);
	*directory = (struct packaging){0};
}
