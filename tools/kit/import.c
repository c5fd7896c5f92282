// SPDX-License-Identifier: GPL-2.0-only
// Reads what a driver's directory is made from: a dkms.conf, an older kit's Makefile, and the sources.
#include "kit/import.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/text.h"
#include "kit/dkms_conf.h"

/* TEXT with each OLD replaced by NEW, in memory to free. Frees TEXT. */
static char *replaced(char *text, const char *old, const char *new)
{
	size_t len = strlen(old);
	struct growing_text out = {0};
	char *rest = text, *at;

	for (; (at = strstr(rest, old)); rest = at + len)
		text_add(&out, "%.*s%s", (int)(at - rest), rest, new);
	text_add(&out, "%s", rest);
	free(text);
	return out.text;
}

/* Takes one value from the file, or the reason why it is unknown. */
static void take_variable(struct packaging *directory, enum value_id id, const struct dkms_conf *conf, const char *name)
{
	const struct dkms_variable *variable = dkms_conf_find(conf, name);

	if (!variable)
		return;
	if (variable->unknown)
		packaging_doubt(directory, id,
				text_format("%s in line %u %s; the file is read, and not executed", name,
					    variable->line, variable->unknown));
	else
		packaging_learn(directory, id, variable->value,
				text_format("%s in line %u of dkms.conf", name, variable->line));
}

/* Replaces the build directory of dkms with $PWD, the directory in which the packages are built. */
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

static bool is_plain_path(const char *path)
{
	return path[strspn(path, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789/._+-")] == '\0' &&
	       *path != '/' && !strstr(path, "..");
}

/* As dkms does: a command that begins with "make" gets the release of the kernel and uses all processors. */
static char *with_release(char *command)
{
	char *longer;

	if (strncmp(command, "make", 4) != 0 || (command[4] && command[4] != ' '))
		return command;
	longer = text_format("make -j$(nproc) KERNELRELEASE=" DKMS_KERNEL "%s", command + 4);
	free(command);
	return longer;
}

/* The variable NAME[I], or NULL. */
static const struct dkms_variable *element(const struct dkms_conf *conf, const char *name, unsigned int i)
{
	char *key = text_format("%s[%u]", name, i);
	const struct dkms_variable *variable = dkms_conf_find(conf, key);

	free(key);
	return variable;
}

/* A build command while it is made. */
struct build {
	struct packaging *directory;
	const struct dkms_conf *conf;
	FILE *text;
	bool doubtful; /* the command is unknown; the reason is kept in directory */
};

/* Marks the command as unknown because of VARIABLE. WHY is the reason if the value of VARIABLE is known. */
static void doubt_build(struct build *build, const char *name, const struct dkms_variable *variable, const char *why)
{
	build->doubtful = true;
	packaging_doubt(
		build->directory, VALUE_MAKE,
		text_format("%s in line %u %s", name, variable->line, variable->unknown ? variable->unknown : why));
}

/*
 * Writes "if the release of the kernel matches". If there is no pattern, writes nothing and returns false: for every
 * kernel.
 */
static bool put_match(struct build *build, const char *name, unsigned int i, const char *keyword)
{
	const struct dkms_variable *match = element(build->conf, name, i);

	if (!match || (!match->unknown && !*match->value))
		return false;
	if (match->unknown || strpbrk(match->value, "'\n"))
		doubt_build(build, name, match, "has a quote in it");
	else
		fprintf(build->text, "%s echo " DKMS_KERNEL " | grep -Eq '%s'; then\n", keyword, match->value);
	return true;
}

static void put_patches(struct build *build)
{
	for (unsigned int i = 0; i < DKMS_VARIABLES; i++) {
		const struct dkms_variable *patch = element(build->conf, "PATCH", i);
		bool matched;

		if (!patch && i)
			continue;
		patch = patch ? patch : dkms_conf_find(build->conf, "PATCH[?]");
		if (!patch || (!patch->unknown && !*patch->value))
			continue;
		if (patch->unknown || !is_plain_path(patch->value)) {
			doubt_build(build, "PATCH", patch, "is not a path below the directory patches/ of the sources");
			continue;
		}
		matched = put_match(build, "PATCH_MATCH", i, "if");
		fprintf(build->text, "patch -p1 <patches/%s\n%s", patch->value, matched ? "fi\n" : "");
	}
}

/* PRE_BUILD and POST_BUILD: a script in the sources with its arguments. */
static void put_script(struct build *build, const char *name)
{
	const struct dkms_variable *script = dkms_conf_find(build->conf, name);

	if (!script || (!script->unknown && !*script->value))
		return;
	if (script->unknown || strpbrk(script->value, "\n;&|$`<>()*?[]'\"\\#" DKMS_TREE) || *script->value == '/')
		doubt_build(build, name, script, "is not the path of a script, with plain arguments");
	else
		fprintf(build->text, "%s%s\n", strncmp(script->value, "./", 2) == 0 ? "" : "./", script->value);
}

static void put_command(struct build *build, const struct dkms_variable *make)
{
	char *command = with_release(
		in_build_directory(build->conf, make && make->value ? make->value : "make -C " DKMS_KDIR " M=$PWD"));

	command = replaced(command, "/lib/modules/" DKMS_KERNEL "/build", DKMS_KDIR);
	if ((make && make->unknown) || strstr(command, DKMS_TREE) || strchr(command, '\n'))
		doubt_build(build, "MAKE", make, "uses a directory of dkms, or has more than one line");
	else
		fprintf(build->text, "%s\n", command);
	free(command);
}

/* As dkms: the last MAKE whose MAKE_MATCH matches the kernel, else the last MAKE without a MAKE_MATCH. */
static void put_make(struct build *build)
{
	const struct dkms_variable *otherwise = dkms_conf_find(build->conf, "MAKE[?]");
	const char *keyword = "if";

	for (unsigned int i = DKMS_VARIABLES; i--;) {
		const struct dkms_variable *make = element(build->conf, "MAKE", i);

		if (!make || (make == &build->conf->missing && i))
			continue;
		if (put_match(build, "MAKE_MATCH", i, keyword)) {
			put_command(build, make);
			keyword = "elif";
		} else if (!otherwise) {
			otherwise = make;
		}
	}
	if (keyword[0] == 'e')
		fputs("else\n", build->text);
	put_command(build, otherwise);
	if (keyword[0] == 'e')
		fputs("fi\n", build->text);
}

/* The text that FUNCTION writes, in memory to free. */
static char *part_of_build(struct build *build, void (*function)(struct build *))
{
	char *text;
	size_t len;

	build->text = open_memstream(&text, &len);
	if (!build->text)
		die_memory();
	function(build);
	if (fclose(build->text) != 0)
		die_memory();
	return text;
}

static void put_before(struct build *build)
{
	put_patches(build);
	put_script(build, "PRE_BUILD");
}

static void put_after(struct build *build)
{
	put_script(build, "POST_BUILD");
}

/* Takes the build from the file. Patches and scripts are used even if the user gave the command. */
static void take_command(struct packaging *directory, const struct dkms_conf *conf)
{
	struct build build = {.directory = directory, .conf = conf};
	char *make;

	directory->before = part_of_build(&build, put_before);
	directory->after = part_of_build(&build, put_after);
	if (build.doubtful && directory->values[VALUE_MAKE])
		complain("some patches and scripts of the dkms.conf are unknown, because it is not executed; the "
			 "command in MAKE must do their work");
	if (build.doubtful) {
		directory->before[0] = directory->after[0] = '\0';
		return;
	}
	if (directory->values[VALUE_MAKE])
		return;
	make = part_of_build(&build, put_make);
	make[strlen(make) ? strlen(make) - 1 : 0] = '\0';
	/* If the file has no MAKE, the command comes from the Kbuild in the sources. */
	if (!build.doubtful && (dkms_conf_find(conf, "MAKE") || dkms_conf_find(conf, "MAKE_MATCH")))
		packaging_learn(directory, VALUE_MAKE, make, text_format("MAKE in dkms.conf"));
	free(make);
}

/* Lists the lines of a dkms.conf that have no effect on packages. */
static void tell_unused(const struct dkms_conf *conf)
{
	static const struct {
		const char *name, *hint;
	} unused[] = {
		{"BUILD_EXCLUSIVE_", "name the kernels that the driver is for in KERNELS"},
		{"BUILD_DEPENDS", "build the packages of those drivers first"},
		{"DEST_MODULE_NAME", "modules keep the names that they are built with"},
		{"MODULES_CONF", "options of modules go into a file below data/etc/modprobe.d"},
		{"POST_ADD", "packages run no scripts of a driver"},
		{"PRE_INSTALL", "packages run no scripts of a driver"},
		{"POST_INSTALL", "packages run no scripts of a driver"},
		{"POST_REMOVE", "packages run no scripts of a driver"},
	};
	bool any = false;

	for (size_t i = 0; i < conf->count; i++)
		for (size_t j = 0; j < sizeof(unused) / sizeof(unused[0]); j++) {
			const struct dkms_variable *v = &conf->variables[i];

			if (strncmp(v->name, unused[j].name, strlen(unused[j].name)) != 0 ||
			    (!v->unknown && !*v->value))
				continue;
			if (!any)
				complain("these lines of the dkms.conf have no effect on the packages:");
			any = true;
			fprintf(stderr, "  line %u: %.40s (%s)\n", v->line, v->name, unused[j].hint);
		}
}

/* Takes a BUILT_MODULE_NAME with its directory, as a path in the build directory. False if it is no legal path. */
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

/* Takes the modules that the file names. If they cannot be known, all modules that are built are packaged. */
static bool take_modules(struct packaging *directory, const struct dkms_conf *conf)
{
	bool known = !dkms_conf_find(conf, "BUILT_MODULE_NAME[?]");

	for (unsigned int i = 0; known && i < DKMS_VARIABLES; i++) {
		const struct dkms_variable *name = element(conf, "BUILT_MODULE_NAME", i),
					   *location = element(conf, "BUILT_MODULE_LOCATION", i);

		known = (!name || !name->unknown) && (!location || !location->unknown);
		if (known && name && !take_module(directory, location ? location->value : "", name->value))
			return false;
	}
	if (!known) {
		strings_free(&directory->modules);
		complain("the names of the modules are unknown, because the dkms.conf is not executed; the packages "
			 "will have all modules that are built");
	}
	return true;
}

bool import_dkms(struct packaging *directory, const char *path, const char *text)
{
	struct dkms_conf conf = {0};
	bool fine;

	directory->from = "dkms.conf";
	dkms_conf_read(&conf, text);
	take_variable(directory, VALUE_DRIVER, &conf, "PACKAGE_NAME");
	take_variable(directory, VALUE_VERSION, &conf, "PACKAGE_VERSION");
	take_command(directory, &conf);
	fine = take_modules(directory, &conf);
	if (fine)
		tell_unused(&conf);
	else
		complain("%s: a BUILT_MODULE_NAME or BUILT_MODULE_LOCATION is not a path below the sources", path);
	dkms_conf_free(&conf);
	return fine;
}

/*
 * The value that make reads from the LEN bytes at S, in memory to free. "$$" is '$', "\#" is '#', and a comment ends
 * the value. NULL if make would expand something, or if the value continues in the next line.
 */
static char *make_value(const char *s, size_t len)
{
	char *out = need_memory(len + 1, 1);
	size_t size = 0, backslashes = 0;

	for (size_t i = 0; i < len; i++) {
		if (s[i] == '#') {
			bool comment = backslashes % 2 == 0;

			size -= (backslashes + 1) / 2;
			if (comment)
				break;
		} else if (s[i] == '$' && (i + 1 == len || s[++i] != '$')) {
			free(out);
			return NULL;
		}
		out[size++] = s[i];
		backslashes = s[i] == '\\' ? backslashes + 1 : 0;
	}
	while (size && isspace((unsigned char)out[size - 1]))
		size--;
	out[size] = '\0';
	if (size && out[size - 1] == '\\') {
		free(out);
		return NULL;
	}
	return out;
}

/* Takes a line "NAME = value" or "NAME := value" of a makefile. */
static void take_make_line(struct packaging *directory, const char *path, const char *line, size_t len)
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
	value = make_value(at, end > at ? (size_t)(end - at) : 0);
	if (!value)
		packaging_doubt(directory, id, text_format("the Makefile computes it"));
	else if (*value)
		packaging_learn(directory, id, value, text_format("%s", path));
	free(value);
}

static void take_makefile(struct packaging *directory, const char *path, const char *text)
{
	for (const char *line = text; *line;) {
		size_t len = strcspn(line, "\n");

		take_make_line(directory, path, line, len);
		line += len + (line[len] == '\n');
	}
}

bool import_makefile(struct packaging *directory, const char *path, const char *text)
{
	directory->from = "an older kit's Makefile";
	take_makefile(directory, path, text);
	return true;
}

/* How many values a message names. */
#define NAMED_MAX 4

/* "the sources have 2 different MODULE_VERSIONs: "1" in a.c, "2" in b.c", in memory to free. */
static char *disagreement(const struct strings *found, const char *macro)
{
	struct growing_text text = {0};

	text_add(&text, "the sources have %zu different %ss", found->count, macro);
	for (size_t i = 0; i < found->count && i < NAMED_MAX; i++) {
		char *safe = text_safe(found->all[i]), *where = text_safe(found->where[i]);

		text_add(&text, "%s \"%s\" in %s", i ? "," : ":", safe, where);
		free(where);
		free(safe);
	}
	return text.text;
}

/* The first value of MACRO whose text is not known, as "MACRO(...) in FILE", in memory to free. NULL if there is none.
 */
static char *unclear_use(const struct source_tree *tree, const char *macro)
{
	size_t len = strlen(macro);

	for (size_t i = 0; i < tree->unclear.count; i++)
		if (strncmp(tree->unclear.all[i], macro, len) == 0 && tree->unclear.all[i][len] == '(') {
			char *safe = text_safe(tree->unclear.all[i]), *where = text_safe(tree->unclear.where[i]);
			char *text =
				text_format("%s in %s has no text that is known without the compiler", safe, where);

			free(where);
			free(safe);
			return text;
		}
	return NULL;
}

/* Takes the value of MACRO if there is exactly one, else a doubt. */
static void take_only(struct packaging *directory, enum value_id id, const struct strings *found, const char *macro)
{
	char *unclear = unclear_use(&directory->tree, macro);

	/* rpm reads '%' as a macro. make reads a backslash at the end as a continued line. */
	if (unclear && (found->count == 0 || id == VALUE_VERSION))
		packaging_doubt(directory, id, text_format("%s", unclear));
	else if (found->count == 1 && strpbrk(found->all[0], "%\\"))
		packaging_doubt(directory, id, text_format("the value in the sources has a %% or a backslash in it"));
	else if (found->count == 1)
		packaging_learn(directory, id, found->all[0], text_format("%s in %s", macro, found->where[0]));
	else if (found->count > 1)
		packaging_doubt(directory, id, disagreement(found, macro));
	free(unclear);
}

static int compare_strings(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* The SPDX name for a license of MODULE_LICENSE or of an older SPDX list. NAME itself if it is not in the table. */
static const char *spdx_name(const char *name)
{
	static const char *const names[][2] = {
		{"GPL", "GPL-2.0-only"},
		{"GPL v2", "GPL-2.0-only"},
		{"GPL-2.0", "GPL-2.0-only"},
		{"GPL-2.0+", "GPL-2.0-or-later"},
		{"LGPL-2.1", "LGPL-2.1-only"},
		{"LGPL-2.1+", "LGPL-2.1-or-later"},
		{"Dual BSD/GPL", "(BSD-3-Clause OR GPL-2.0-only)"},
		{"Dual MIT/GPL", "(MIT OR GPL-2.0-only)"},
		{"Dual MPL/GPL", "(MPL-1.1 OR GPL-2.0-only)"},
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (strcmp(name, names[i][0]) == 0)
			return names[i][1];
	return name;
}

/*
 * Takes all licenses, joined as the License tag of an RPM needs it. They come from the SPDX tags of the sources, or
 * else from MODULE_LICENSE.
 */
static void take_licenses(struct packaging *directory)
{
	const struct strings *found = directory->tree.spdx.count ? &directory->tree.spdx : &directory->tree.licenses;
	struct strings licenses = {0};
	struct growing_text joined = {0};

	for (size_t i = 0; i < found->count; i++)
		strings_add(&licenses, spdx_name(found->all[i]));
	if (licenses.count)
		qsort(licenses.all, licenses.count, sizeof(*licenses.all), compare_strings);
	for (size_t i = 0; i < licenses.count; i++) {
		bool choice = licenses.count > 1 && strstr(licenses.all[i], " OR ") && licenses.all[i][0] != '(';

		text_add(&joined, "%s%s%s%s", i ? " AND " : "", choice ? "(" : "", licenses.all[i], choice ? ")" : "");
	}
	if (licenses.count)
		packaging_learn(
			directory, VALUE_LICENSE, joined.text,
			text_format("%s in %s%s",
				    found == &directory->tree.spdx ? "SPDX-License-Identifier" : "MODULE_LICENSE",
				    found->where[0], found->count > 1 ? " and other files" : ""));
	strings_free(&licenses);
	free(joined.text);
}

/* Firmware needs its own license. */
static void take_firmware(struct packaging *directory)
{
	const struct strings *firmware = &directory->tree.firmware;

	for (size_t i = 0; i < firmware->count; i++)
		if (source_tree_firmware(&directory->tree, firmware->all[i]))
			packaging_doubt(directory, VALUE_FIRMWARE_LICENSE,
					text_format("the sources have %s", firmware->all[i]));
}

/* Takes the directory for kbuild: the one above all other directories with modules. */
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
				text_format("%zu directories have a Kbuild, and none of them contains the others",
					    kbuild->count));
			return;
		}
	}
	if (!*top)
		return;
	if (is_plain_path(top)) {
		char *command = text_format("make -j$(nproc) -C " DKMS_KDIR " M=$PWD/%s modules", top);

		packaging_learn(directory, VALUE_MAKE, command, text_format("%s names modules", kbuild->where[0]));
		free(command);
	} else {
		packaging_doubt(directory, VALUE_MAKE,
				text_format("kbuild cannot use the path of the directory with the Kbuild"));
	}
}

bool import_is_driver(const struct packaging *directory)
{
	if (directory->tree.kbuild.count == 0 && !directory->values[VALUE_MAKE] && directory->modules.count == 0) {
		complain("%s: no Kbuild or Makefile in it names a module (obj-m); if these are the sources of a "
			 "driver, give the command that builds its modules as MAKE=COMMAND",
			 directory->source);
		return false;
	}
	return true;
}

/* Takes the values that the sources give, from directory->tree. */
static void import_tree(struct packaging *directory)
{
	struct source_tree *tree = &directory->tree;

	take_only(directory, VALUE_VERSION, &tree->versions, "MODULE_VERSION");
	take_only(directory, VALUE_TEXT, &tree->descriptions, "MODULE_DESCRIPTION");
	take_licenses(directory);
	take_firmware(directory);
	if (!directory->values[VALUE_MAKE] && !directory->doubts[VALUE_MAKE] && tree->kbuild.count)
		take_kbuild(directory);
}

enum status import_finish(struct packaging *directory)
{
	char *makefile = directory->force ? NULL : packaging_makefile(directory);
	bool done;

	/* The values of an earlier version of the driver are used for this version. */
	if (makefile)
		take_makefile(directory, "the Makefile of an earlier version", makefile);
	free(makefile);
	import_tree(directory);
	done = packaging_is_whole(directory) && packaging_write(directory);

	packaging_free(directory);
	return done ? STATUS_YES : STATUS_NO;
}
