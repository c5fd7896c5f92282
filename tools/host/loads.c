// SPDX-License-Identifier: GPL-2.0-only
// Compares the files that the kernel would load with the files that it must load.
#include "host/loads.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/die.h"
#include "base/directory.h"
#include "base/spawn.h"
#include "base/text.h"
#include "host/installed.h"

#define MODULES_DEP_LIMIT (256u << 20)
/* Seconds for a run of modprobe. It takes a few milliseconds. */
#define TIME_LIMIT 60
/* Names and aliases for one run. Linux allows 2 MiB of arguments, and so many answers are far below 16 MiB. */
#define ASK_MAX	      1000
#define ALIAS_MAX     1000
#define ASK_ARGUMENTS 8
/* The kernel's own directories are a few levels deep, and have about 1,000 directories. */
#define DEPTH_MAX 32
#define FILES_MAX 200000

static const char *selected_file(const struct driver *driver, const char *module)
{
	return driver->selected ? version_file(driver->selected, module) : NULL;
}

void loads_expect(struct loads *loads, const struct hierarchy *hierarchy)
{
	*loads = (struct loads){.hierarchy = hierarchy,
				.list = need_memory(hierarchy->owner_count, sizeof(struct load))};
	for (size_t i = 0; i < hierarchy->owner_count; i++) {
		const struct module_owner *owner = &hierarchy->owners[i];
		struct load *load = loads->count ? &loads->list[loads->count - 1] : NULL;

		/* Several drivers may have a module; only one of them can be selected. */
		if (!load || strcmp(load->module, owner->module) != 0) {
			load = &loads->list[loads->count++];
			*load = (struct load){.module = owner->module, .driver = owner->driver->name};
		}
		if (!load->selected && (load->selected = selected_file(owner->driver, owner->module)))
			load->driver = owner->driver->name;
	}
}

void loads_free(struct loads *loads)
{
	for (size_t i = 0; i < loads->count; i++) {
		free(loads->list[i].own);
		free(loads->list[i].wrong);
	}
	free(loads->list);
	memset(loads, 0, sizeof(*loads));
}

static int compare_load(const void *module, const void *load)
{
	return strcmp(module, ((const struct load *)load)->module);
}

static struct load *find_load(const struct loads *loads, const char *module)
{
	return loads->count ? bsearch(module, loads->list, loads->count, sizeof(*loads->list), compare_load) : NULL;
}

static bool is_below(const char *path, const char *directory)
{
	size_t len = strlen(directory);

	return strncmp(path, directory, len) == 0 && path[len] == '/';
}

static bool exists(const struct loads *loads, const char *path)
{
	char *whole = text_format("/lib/modules/%s/%s", loads->hierarchy->uname, path);
	int fd = root_openat(loads->hierarchy->root, whole, O_PATH, 0);

	free(whole);
	if (fd >= 0)
		close(fd);
	return fd >= 0;
}

/* Whether PATH is the kernel's own file, or a link in updates/ of a driver of which no version is wholly selected. */
static bool is_own(const struct loads *loads, const char *path)
{
	return !is_below(path, layout_directory(LAYOUT_XENSERVER)) && !is_below(path, layout_directory(LAYOUT_DMV)) &&
	       exists(loads, path);
}

/* Compares the file PATH, which would be loaded, with the expected file. Other modules do not matter. */
static void judge(struct loads *loads, const char *path)
{
	char module[MODULE_NAME_SIZE];
	struct load *load;
	bool good;

	name_of_module(path, module);
	load = find_load(loads, module);
	/* The kernel loads nothing from a placeholder. */
	if (!load || is_below(path, "unselected"))
		return;
	if (load->selected)
		good = is_below(path, "updates") && strcmp(path + strlen("updates/"), load->selected) == 0;
	else
		good = is_own(loads, path);
	if (good)
		load->found = true;
	else if (!load->wrong)
		load->wrong = text_format("%s", path);
}

void loads_read(struct loads *loads)
{
	char *path = text_format("/lib/modules/%s/modules.dep", loads->hierarchy->uname);
	char *text = root_read(loads->hierarchy->root, path, MODULES_DEP_LIMIT, NULL);

	for (char *line = text, *next; line && *line; line = next) {
		size_t len = strcspn(line, "\n"), file = strcspn(line, ":\n");

		next = line + len + (line[len] == '\n');
		line[file] = '\0';
		judge(loads, line);
	}
	free(text);
	free(path);
}

/* Judges the answer of modprobe. Its lines for files are: "insmod /lib/modules/<uname>/<path> <options>". */
static void judge_answer(struct loads *loads, char *answer)
{
	char *begin = text_format("/lib/modules/%s/", loads->hierarchy->uname);

	for (char *line = answer, *next; line && *line; line = next) {
		size_t len = strcspn(line, "\n");
		char *path;

		next = line + len + (line[len] == '\n');
		line[len] = '\0';
		if (strncmp(line, "insmod ", strlen("insmod ")) != 0 || !(path = strstr(line, begin)))
			continue;
		path += strlen(begin);
		path[strcspn(path, " ")] = '\0';
		judge(loads, path);
	}
	free(begin);
}

/* The names and aliases to ask modprobe for. It owns the strings from ASK_ARGUMENTS on. */
struct question {
	struct loads *loads;
	struct spawn spawn;
	const char *argv[ASK_ARGUMENTS + ASK_MAX + 1];
	size_t count;
	bool good;
};

static void ask(struct question *question)
{
	char *answer = NULL;
	int status;

	question->spawn.output = &answer;
	status = question->good && question->count ? program_run(&question->spawn) : 0;
	/* With status 1, modprobe knows no module for one of the names. */
	if (status < 0)
		complain("%s: %s", question->argv[0], strerror(errno));
	else if (status > 1)
		complain("%s failed with status %d", question->argv[0], status);
	question->good = question->good && (status == 0 || status == 1);
	if (question->good)
		judge_answer(question->loads, answer);
	free(answer);
	for (size_t i = 0; i < question->count; i++)
		free((char *)question->argv[ASK_ARGUMENTS + i]);
	question->count = 0;
	question->argv[ASK_ARGUMENTS] = NULL;
}

static void add_name(struct question *question, char *name)
{
	if (question->count == ASK_MAX)
		ask(question);
	question->argv[ASK_ARGUMENTS + question->count++] = name;
	question->argv[ASK_ARGUMENTS + question->count] = NULL;
}

/* A text that the pattern ALIAS matches: a device. Memory to free. NULL if the pattern is longer than any device's. */
static char *device_for(const char *alias)
{
	size_t len = strlen(alias);
	char *device = len <= ALIAS_MAX ? text_format("%s", alias) : NULL, *to = device;

	for (const char *at = device; at && *at; at++) {
		size_t set = *at == '[' ? strcspn(at, "]") : 0;

		if (*at == '*' || (*at == '\\' && at[1]))
			continue;
		*to++ = *at == '?' ? '0' : set && at[set] ? at[1] : *at;
		at += at[set] ? set : 0;
	}
	if (to)
		*to = '\0';
	return device;
}

static void add_aliases(struct question *question, const struct driver *driver, const struct driver_version *version,
			struct module *scratch)
{
	for (char **file = version->files; *file; file++) {
		const char *alias = NULL;

		if (installed_read(question->loads->hierarchy, driver->name, version, *file, scratch) != 0)
			continue;
		while ((alias = module_info(scratch, "alias", alias))) {
			char *device = device_for(alias);

			if (device)
				add_name(question, device);
		}
	}
}

bool loads_ask(struct loads *loads, const char *modprobe, bool in_root, struct module *scratch)
{
	const struct hierarchy *hierarchy = loads->hierarchy;
	/* --ignore-install: what a line "install" in modprobe.d runs instead is the administrator's own. */
	struct question question = {.loads = loads,
				    .argv = {modprobe, "--all", "--show-depends", "--ignore-install", "--quiet",
					     "--set-version", hierarchy->uname, "--"},
				    .good = true};

	question.spawn = (struct spawn){.argv = question.argv, .keep = -1, .seconds = TIME_LIMIT};
	if (in_root)
		question.spawn.jail = hierarchy->root;
	for (size_t i = 0; i < loads->count; i++)
		add_name(&question, text_format("%s", loads->list[i].module));
	for (size_t d = 0; d < hierarchy->driver_count; d++)
		for (size_t v = 0; v < hierarchy->drivers[d].version_count; v++)
			add_aliases(&question, &hierarchy->drivers[d], &hierarchy->drivers[d].versions[v], scratch);
	ask(&question);
	return question.good;
}

/* Whether the own file of the module is to be found, and PATH is one. A link of ours in updates/ is none. */
static bool is_needed(const struct loads *loads, const struct load *load, const char *path)
{
	const struct update *update =
		is_below(path, "updates") ? hierarchy_update(loads->hierarchy, load->module) : NULL;

	return !load->own && !load->selected && (!update || update->kind == UPDATE_FOREIGN) && exists(loads, path);
}

/* Looks for the kernel's own files in the directory DIR. PATH is its path with a slash at its end, or "". */
static void find_own(struct loads *loads, int dir, const char *path, int depth, size_t *count)
{
	char **names = directory_names(dup(dir));

	for (size_t i = 0; names && names[i] && ++*count < FILES_MAX; i++) {
		char module[MODULE_NAME_SIZE], *file;
		struct load *load = NULL;
		int fd = -1;

		if (name_module_suffix(names[i])) {
			name_of_module(names[i], module);
			load = find_load(loads, module);
		}
		file = text_format("%s%s", path, names[i]);
		if (load && is_needed(loads, load, file)) {
			load->own = file;
			continue;
		}
		if (!name_module_suffix(names[i]) && strcmp(names[i], "build") != 0 &&
		    strcmp(names[i], "source") != 0 && depth < DEPTH_MAX)
			fd = openat(dir, names[i], O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		if (fd >= 0) {
			char *below = text_format("%s/", file);

			find_own(loads, fd, below, depth + 1, count);
			free(below);
			close(fd);
		}
		free(file);
	}
	directory_names_free(names);
}

static bool is_ours(const char *directory)
{
	return strcmp(directory, layout_directory(LAYOUT_XENSERVER)) == 0 ||
	       strcmp(directory, layout_directory(LAYOUT_DMV)) == 0 || strcmp(directory, "unselected") == 0;
}

void loads_find_own(struct loads *loads)
{
	char *top = text_format("/lib/modules/%s", loads->hierarchy->uname);
	int dir = root_openat(loads->hierarchy->root, top, O_RDONLY | O_DIRECTORY, 0);
	char **names = dir < 0 ? NULL : directory_names(dup(dir));
	size_t count = 0;

	for (size_t i = 0; names && names[i]; i++) {
		int fd =
			is_ours(names[i]) ? -1 : openat(dir, names[i], O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		char *path = text_format("%s/", names[i]);

		if (fd >= 0) {
			find_own(loads, fd, path, 1, &count);
			close(fd);
		}
		free(path);
	}
	directory_names_free(names);
	if (dir >= 0)
		close(dir);
	free(top);
}
