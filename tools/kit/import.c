// SPDX-License-Identifier: GPL-2.0-only
// What a driver's directory is made from: a dkms.conf, an older kit's Makefile, and the sources themselves.
#include "kit/import.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "kit/dkms_conf.h"

/* TEXT with each OLD replaced by NEW, in memory to free; TEXT is freed. */
static char *replaced(char *text, const char *old, const char *new)
{
	size_t len = strlen(old);
	char *out, *rest = text, *at;
	size_t size;
	FILE *stream = open_memstream(&out, &size);

	if (!stream)
		die_memory();
	for (; (at = strstr(rest, old)); rest = at + len)
		fprintf(stream, "%.*s%s", (int)(at - rest), rest, new);
	fputs(rest, stream);
	if (fclose(stream) != 0)
		die_memory();
	free(text);
	return out;
}

/* What the file says of one value: learnt, or doubted. */
static void take_variable(struct packaging *directory, enum value_id id, const struct dkms_conf *conf, const char *name)
{
	const struct dkms_variable *variable = dkms_conf_find(conf, name);

	if (!variable)
		return;
	if (variable->unknown)
		packaging_doubt(directory, id,
				text_format("%s in line %u %s; it is read and not executed", name, variable->line,
					    variable->unknown));
	else
		packaging_learn(directory, id, variable->value);
}

/* dkms's directory of this driver's build is the one the packages are built in. */
static char *in_build_directory(const struct dkms_conf *conf, const char *value)
{
	const struct dkms_variable *name = dkms_conf_find(conf, "PACKAGE_NAME"),
				   *version = dkms_conf_find(conf, "PACKAGE_VERSION");
	char *directory = text_format(DKMS_TREE "/%s/%s/build", name && name->value ? name->value : "",
				      version && version->value ? version->value : "");
	char *text = replaced(text_format("%s", value), directory, "$PWD");

	free(directory);
	return text;
}

/* As dkms does: a command that begins with make is told the kernel's release and to use all processors. */
static char *with_release(char *command)
{
	char *longer;

	if (strncmp(command, "make", 4) != 0 || (command[4] && command[4] != ' '))
		return command;
	longer = text_format("make -j$(nproc) KERNELRELEASE=" DKMS_KERNEL "%s", command + 4);
	free(command);
	return longer;
}

static const char *script_of(const struct dkms_conf *conf, const char *name)
{
	const struct dkms_variable *script = dkms_conf_find(conf, name);

	return script && script->value && *script->value ? script->value : NULL;
}

static void take_command(struct packaging *directory, const struct dkms_conf *conf)
{
	static const char *const beyond[] = {"PATCH[0]", "MAKE[1]", "MAKE_MATCH[1]", "MAKE_MATCH"};
	const struct dkms_variable *make = dkms_conf_find(conf, "MAKE[0]");
	const char *before = script_of(conf, "PRE_BUILD");
	char *command, *whole;

	for (size_t i = 0; i < sizeof(beyond) / sizeof(beyond[0]); i++)
		if (dkms_conf_find(conf, beyond[i]))
			packaging_doubt(directory, VALUE_MAKE,
					text_format("%s makes the build depend on the kernel", beyond[i]));
	if (make && make->unknown)
		packaging_doubt(
			directory, VALUE_MAKE,
			text_format("MAKE in line %u %s; it is read and not executed", make->line, make->unknown));
	if (directory->doubts[VALUE_MAKE] || directory->values[VALUE_MAKE])
		return;
	command = with_release(in_build_directory(conf, make ? make->value : "make -C " DKMS_KDIR " M=$PWD"));
	whole = text_format("%s%s%s", before ? "./" : "", before ? before : "", before ? " && " : "");
	if (strstr(command, DKMS_TREE) || strchr(command, '\n') || (before && strpbrk(before, " \t\n;&|$`<>()")))
		packaging_doubt(directory, VALUE_MAKE,
				text_format("MAKE works in a directory of dkms's, or has more than one line"));
	else {
		char *joined = text_format("%s%s", whole, command);

		packaging_learn(directory, VALUE_MAKE, joined);
		free(joined);
	}
	free(whole);
	free(command);
}

static bool is_plain_path(const char *path)
{
	return path[strspn(path, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789/._+-")] == '\0' &&
	       *path != '/' && !strstr(path, "..");
}

/* One BUILT_MODULE_NAME, with its directory, as a path in the build directory. False when it is none. */
static bool take_module(struct packaging *directory, const char *location, const char *name)
{
	size_t len = strlen(location);
	char *path;
	bool plain;

	for (; strncmp(location, "./", 2) == 0; len -= 2)
		location += 2;
	for (; len && (location[len - 1] == '/' || (len == 1 && *location == '.')); len--)
		;
	path = text_format("%.*s%s%s.ko", (int)len, location, len ? "/" : "", name);
	plain = is_plain_path(path);
	if (plain)
		strings_add(&directory->modules, path);
	free(path);
	return plain;
}

static bool take_modules(struct packaging *directory, const struct dkms_conf *conf)
{
	for (unsigned int i = 0; i < 1000; i++) {
		char *key = text_format("BUILT_MODULE_NAME[%u]", i),
		     *host_path = text_format("BUILT_MODULE_LOCATION[%u]", i);
		const struct dkms_variable *name = dkms_conf_find(conf, key),
					   *location = dkms_conf_find(conf, host_path);
		bool known = (!name || !name->unknown) && (!location || !location->unknown);

		free(key);
		free(host_path);
		if (!known || (name && !take_module(directory, location ? location->value : "", name->value)))
			return false;
	}
	return true;
}

bool import_dkms(struct packaging *directory, const char *path, const char *text)
{
	struct dkms_conf conf = {0};
	bool fine;

	directory->from = "dkms.conf";
	dkms_conf_read(&conf, text);
	fine = !conf.command;
	if (!fine)
		complain(
			"%s:%u: a dkms.conf is read and not executed, and this is neither a variable nor a comment: %s",
			path, conf.command_line, conf.command);
	take_variable(directory, VALUE_DRIVER, &conf, "PACKAGE_NAME");
	take_variable(directory, VALUE_VERSION, &conf, "PACKAGE_VERSION");
	take_command(directory, &conf);
	if (fine && !take_modules(directory, &conf)) {
		complain("%s: a BUILT_MODULE_NAME or BUILT_MODULE_LOCATION cannot be known without executing it, or is "
			 "no "
			 "path below the sources",
			 path);
		fine = false;
	}
	dkms_conf_free(&conf);
	return fine;
}

/* The value of one line "NAME = value" or "NAME := value" of a makefile; what make would have to expand is unknown. */
static void take_make_line(struct packaging *directory, const char *line, size_t len)
{
	size_t name = strspn(line, "ABCDEFGHIJKLMNOPQRSTUVWXYZ_.");
	enum value_id id = value_find(line, name);
	const char *at = line + name, *end = line + len;
	char *value;

	while (at < end && strchr(" \t:?", *at))
		at++;
	if (id == VALUES || id == VALUE_MAKE || at >= end || *at != '=')
		return;
	at += 1 + strspn(at + 1, " \t");
	while (end > at && isspace((unsigned char)end[-1]))
		end--;
	value = text_format("%.*s", (int)(end > at ? end - at : 0), at);
	if (strchr(value, '$'))
		packaging_doubt(directory, id, text_format("the Makefile computes it"));
	else if (*value)
		packaging_learn(directory, id, value);
	free(value);
}

bool import_makefile(struct packaging *directory, const char *path, const char *text)
{
	(void)path;
	directory->from = "an older kit's Makefile";
	for (const char *line = text; *line;) {
		size_t len = strcspn(line, "\n");

		take_make_line(directory, line, len);
		line += len + (line[len] == '\n');
	}
	return true;
}

/* The one text of several, or a doubt. */
static void take_only(struct packaging *directory, enum value_id id, const struct strings *found, const char *what)
{
	/* rpm would take the one for a macro, make the other for the line's going on. */
	if (found->count == 1 && strpbrk(found->all[0], "%\\"))
		packaging_doubt(directory, id, text_format("that of the sources has a %% or a backslash in it"));
	else if (found->count == 1)
		packaging_learn(directory, id, found->all[0]);
	else if (found->count > 1)
		packaging_doubt(directory, id, text_format("the sources have %zu different %s", found->count, what));
}

static int compare_strings(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* All licenses there are, as an RPM's tag joins them. */
static void take_licenses(struct packaging *directory)
{
	struct strings *licenses = &directory->tree.licenses;
	char *joined = text_format("%s", "");

	if (licenses->count)
		qsort(licenses->all, licenses->count, sizeof(*licenses->all), compare_strings);
	for (size_t i = 0; i < licenses->count; i++) {
		char *longer = text_format("%s%s%s", joined, i ? " and " : "", licenses->all[i]);

		free(joined);
		joined = longer;
	}
	if (licenses->count)
		packaging_learn(directory, VALUE_LICENSE, joined);
	free(joined);
}

/* The directory that kbuild is to be told: the one that holds all others with modules. */
static void take_kbuild(struct packaging *directory)
{
	const struct strings *kbuild = &directory->tree.kbuild;
	const char *top = kbuild->all[0];

	for (size_t i = 1; i < kbuild->count; i++)
		if (strlen(kbuild->all[i]) < strlen(top))
			top = kbuild->all[i];
	for (size_t i = 0; *top && i < kbuild->count; i++) {
		size_t len = strlen(top);

		if (strncmp(kbuild->all[i], top, len) != 0 || !strchr("/", kbuild->all[i][len])) {
			packaging_doubt(
				directory, VALUE_MAKE,
				text_format("%zu directories have a Kbuild, none above the others", kbuild->count));
			return;
		}
	}
	if (!*top)
		return;
	if (is_plain_path(top)) {
		char *command = text_format("make -j$(nproc) -C " DKMS_KDIR " M=$PWD/%s modules", top);

		packaging_learn(directory, VALUE_MAKE, command);
		free(command);
	} else {
		packaging_doubt(directory, VALUE_MAKE,
				text_format("the Kbuild is in a directory kbuild cannot work in"));
	}
}

bool import_is_driver(const struct packaging *directory)
{
	if (directory->tree.kbuild.count == 0 && !directory->values[VALUE_MAKE]) {
		complain("%s: no Kbuild or Makefile in it names a module (obj-m): these are no driver's sources",
			 directory->source);
		return false;
	}
	return true;
}

/* Takes what the sources say, which directory->tree holds. */
static void import_tree(struct packaging *directory)
{
	struct source_tree *tree = &directory->tree;

	if (tree->unclear_version && tree->versions.count == 0)
		packaging_doubt(directory, VALUE_VERSION, text_format("MODULE_VERSION is no plain text"));
	take_only(directory, VALUE_VERSION, &tree->versions, "MODULE_VERSIONs");
	take_only(directory, VALUE_TEXT, &tree->descriptions, "MODULE_DESCRIPTIONs");
	take_licenses(directory);
	if (!directory->values[VALUE_MAKE] && !directory->doubts[VALUE_MAKE])
		take_kbuild(directory);
}

enum status import_finish(struct packaging *directory)
{
	bool done;

	import_tree(directory);
	done = packaging_is_whole(directory) && packaging_write(directory);

	packaging_free(directory);
	return done ? STATUS_YES : STATUS_NO;
}
