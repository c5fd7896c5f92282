// SPDX-License-Identifier: GPL-2.0-only
// The text of a driver's Makefile and spec files, from those of the kit.
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/die.h"
#include "base/text.h"
#include "kit/packaging_parts.h"

bool packaging_has_data(const struct packaging *directory)
{
	bool any = directory->tree.rules.count > 0 || directory->tree.manuals.count > 0;

	for (size_t i = 0; i < directory->tree.firmware.count; i++)
		any = any || source_tree_firmware(&directory->tree, directory->tree.firmware.all[i]);
	return any;
}

/* The names of the firmware that the driver loads and its sources lack, in memory to free. NULL if there is none. */
static char *missing_firmware(const struct packaging *directory)
{
	const struct strings *firmware = &directory->tree.firmware;
	struct growing_text names = {0};

	for (size_t i = 0; i < firmware->count; i++)
		if (!source_tree_firmware(&directory->tree, firmware->all[i]))
			text_add(&names, "%s%s", names.len ? " " : "", firmware->all[i]);
	return names.text;
}

/* S escaped for the value of a make variable: "$$" for '$', "\#" for '#', with doubled backslashes before the '#'. */
static char *for_make(const char *s)
{
	char *out = need_memory(3 * strlen(s) + 1, 1), *at = out;
	size_t backslashes = 0;

	for (; *s; s++) {
		for (size_t i = 0; *s == '#' && i <= backslashes; i++)
			*at++ = '\\';
		if (*s == '$')
			*at++ = '$';
		*at++ = *s;
		backslashes = *s == '\\' ? backslashes + 1 : 0;
	}
	return out;
}

/* The value for the placeholder NAME, in memory to free. NULL if there is none. */
static char *value_of(const struct packaging *directory, const char *way, const char *name)
{
	enum value_id id = value_find(name, strlen(name));
	const char *value = id == VALUES ? NULL : directory->values[id];

	if (strcmp(name, "FROM") == 0)
		return text_format("%s", directory->from);
	if (strcmp(name, "SRCDIR") == 0)
		return text_format("%s", way);
	if (strcmp(name, "MISSING_FIRMWARE") == 0)
		return missing_firmware(directory);
	if (strcmp(name, "DATASPEC") == 0)
		return packaging_has_data(directory) ? text_format("%s-data.spec.in", directory->values[VALUE_DRIVER])
						     : NULL;
	if (!value)
		value = id == VALUE_RPM_VERSION	  ? "1.0"
			: id == VALUE_RPM_RELEASE ? "1"
			: id == VALUE_LABEL	  ? directory->values[VALUE_DRIVER]
						  : NULL;
	return value && *value ? for_make(value) : NULL;
}

/* The text of the file NAME of the kit. NULL after a message. */
static char *read_template(const char *kit, const char *name)
{
	char *path = text_format("%s/rpm/%s", kit, name), *text = packaging_read_text(path, 1 << 20, NULL);

	free(path);
	return text;
}

/* Adds a line of LEN bytes, with the value for its placeholder. Adds nothing if the placeholder has no value. */
static void add_makefile_line(struct growing_text *out, const struct packaging *directory, const char *way,
			      const char *line, size_t len)
{
	const char *at = memchr(line, '@', len), *end = at ? memchr(at + 1, '@', len - (size_t)(at + 1 - line)) : NULL;
	char *name, *value;

	if (!end) {
		text_add(out, "%.*s\n", (int)len, line);
		return;
	}
	name = text_format("%.*s", (int)(end - at - 1), at + 1);
	value = value_of(directory, way, name);
	if (value)
		text_add(out, "%.*s%s%.*s\n", (int)(at - line), line, value, (int)(line + len - end - 1), end + 1);
	free(value);
	free(name);
}

/* The Makefile.in of the kit with values for its placeholders. NULL after a message. */
char *packaging_makefile_text(const struct packaging *directory, const char *way, const char *kit)
{
	char *template = read_template(kit, "driver.Makefile.in");
	struct growing_text out = {0};
	size_t len;

	for (const char *line = template; line && *line; line += len + (line[len] == '\n')) {
		len = strcspn(line, "\n");
		add_makefile_line(&out, directory, way, line, len);
	}
	free(template);
	return out.text;
}

/* Adds TEXT, so that rpm expands nothing in it. QUOTED: as one word for the shell. */
static void add_for_rpm(struct growing_text *out, const char *text, bool quoted)
{
	text_add(out, "%s", quoted ? "'" : "");
	for (; *text; text++)
		if (*text == '%')
			text_add(out, "%%%%");
		else if (*text == '\'' && quoted)
			text_add(out, "'\\''");
		else
			text_add(out, "%c", *text);
	text_add(out, "%s\n", quoted ? "'" : "");
}

/* Adds the command that builds the modules: a single command, or else a script. */
static void add_build(struct growing_text *out, const struct packaging *directory)
{
	const char *make = directory->values[VALUE_MAKE];
	char *script =
		text_format("%s%s\n%s", directory->before ? directory->before : "",
			    make ? make : "make -C {kdir} M=$PWD modules", directory->after ? directory->after : "");
	char *newline = strchr(script, '\n');

	if (newline[1]) {
		text_add(out, "script=");
		add_for_rpm(out, script, true);
		text_add(out, "%%xs_build sh -ec \"$script\"\n");
	} else if (make) {
		text_add(out, "%%xs_build sh -c ");
		*newline = '\0';
		add_for_rpm(out, script, true);
	} else {
		text_add(out, "%%xs_build\n");
	}
	free(script);
}

static void add_install(struct growing_text *out, const struct strings *modules)
{
	text_add(out, "%%xs_install");
	for (size_t i = 0; i < modules->count; i++)
		text_add(out, " %s", modules->all[i]);
	text_add(out, "\n");
}

static bool is_line(const char *line, size_t len, const char *wanted)
{
	return len == strlen(wanted) && strncmp(line, wanted, len) == 0;
}

/*
 * The spec file NAME of the kit, with the license, the build command and the modules of this driver. NULL after a
 * message.
 */
char *packaging_spec_text(const struct packaging *directory, const char *kit, const char *name, const char *license)
{
	char *template = read_template(kit, name);
	struct growing_text out = {0};
	size_t len;

	for (const char *line = template; line && *line; line += len + (line[len] == '\n')) {
		len = strcspn(line, "\n");
		if (strncmp(line, "License:", 8) == 0) {
			text_add(&out, "License: ");
			add_for_rpm(&out, license, false);
		} else if (is_line(line, len, "%xs_build")) {
			add_build(&out, directory);
		} else if (is_line(line, len, "%xs_install")) {
			add_install(&out, &directory->modules);
		} else {
			text_add(&out, "%.*s\n", (int)len, line);
		}
	}
	free(template);
	return out.text;
}
