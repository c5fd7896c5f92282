// SPDX-License-Identifier: GPL-2.0-only
// xs-ddk show: what is in modules.
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "command.h"
#include "folder.h"
#include "input.h"
#include "json.h"
#include "loaded.h"
#include "module.h"
#include "options.h"
#include "show_disk.h"
#include "text.h"

struct show {
	const char *sysroot;
	bool loaded, json;
	struct module module; /* its memory serves every file */
	json_t *modules, *disks;
	enum status status;
};

/* What is known of one module; NULL where it is not. */
struct shown {
	const char *path;
	const char *name;
	const char *version;
	const char *kernel;
	const char *vermagic;
	uint64_t size;
};

static void show_text(const struct shown *shown)
{
	const char *const cells[] = {shown->version, shown->name, shown->kernel, shown->path};
	static const int widths[] = {12, 16, 26, 0};

	for (size_t i = 0; i < sizeof(cells) / sizeof(cells[0]); i++) {
		char *safe = text_safe(cells[i] && *cells[i] ? cells[i] : "-");

		printf("%-*s%s", widths[i], safe, widths[i] ? "  " : "\n");
		free(safe);
	}
}

static void show_json(struct show *show, const struct shown *shown)
{
	json_t *module = json_need(json_pack("{s:o, s:o, s:o, s:o}", "path", json_safe(shown->path), "module",
					     json_safe(shown->name), "version", json_safe(shown->version), "kernel",
					     json_safe(shown->kernel)));

	if (shown->vermagic)
		json_need_zero(json_object_set_new(module, "vermagic", json_safe(shown->vermagic)));
	if (shown->size)
		json_need_zero(json_object_set_new(module, "size", json_integer((json_int_t)shown->size)));
	json_need_zero(json_array_append_new(show->modules, module));
}

static void show_one(struct show *show, const struct shown *shown)
{
	if (show->json)
		show_json(show, shown);
	else
		show_text(shown);
}

static void trouble(struct show *show, const char *path, const char *why)
{
	char *safe = text_safe(path);

	complain("%s: %s", safe, why);
	free(safe);
	show->status = STATUS_TROUBLE;
}

static const char *version_of(const struct note_reading *note)
{
	return note->records ? note->version : NULL;
}

static void show_module(struct show *show, const struct input *input)
{
	char name[MODULE_NAME_SIZE], uname[2 * UNAME_MAX];
	struct shown shown = {.path = input->path, .name = name, .kernel = uname, .size = input->size};

	if (input_read_module(input, &show->module) != 0) {
		trouble(show, input->path, show->module.damage);
		return;
	}
	if (module_is_broken(&show->module)) {
		trouble(show, input->path, "it is no whole ELF file; 'xs-ddk verify' tells more");
		return;
	}
	name_of_module(input->path, name);
	module_kernel(&show->module, uname, sizeof(uname));
	if (module_info(&show->module, "name", NULL))
		shown.name = module_info(&show->module, "name", NULL);
	shown.vermagic = module_info(&show->module, "vermagic", NULL);
	shown.version = version_of(&show->module.note);
	show_one(show, &shown);
}

static void show_input(const struct input *input, void *context)
{
	struct show *show = context;

	if (input->kind == INPUT_TROUBLE)
		trouble(show, input->path, input->why);
	else if (input->kind == INPUT_MODULE)
		show_module(show, input);
}

static void show_loaded_one(struct show *show, const struct root *root, const char *name, bool named)
{
	char path[64 + MODULE_NAME_SIZE], uname[UNAME_MAX + 1];
	struct loaded loaded;
	struct shown shown = {.path = path, .name = loaded.name};

	if (loaded_read(root, name, &loaded) != 0) {
		trouble(show, name, errno == ENOENT ? "no module of this name is loaded" : strerror(errno));
		return;
	}
	if (!named && loaded.note.records == 0)
		return;
	snprintf(path, sizeof(path), "/sys/module/%s", loaded.name);
	shown.version = version_of(&loaded.note);
	shown.kernel = loaded_uname(root, uname) ? uname : NULL;
	show_one(show, &shown);
}

static void show_loaded(struct show *show, char **named)
{
	struct root root;
	char **names;

	if (root_open(&root, show->sysroot) != 0) {
		trouble(show, show->sysroot, strerror(errno));
		return;
	}
	names = *named ? named : loaded_names(&root);
	if (!names)
		trouble(show, "/sys/module", strerror(errno));
	for (size_t i = 0; names && names[i]; i++)
		show_loaded_one(show, &root, names[i], names == named);
	root_close(&root);
	if (names != named)
		folder_names_free(names);
}

/* Shows those of the PATHS that are driver disks, and leaves the others; for people a table says it all. */
static void show_disks(struct show *show, char **paths)
{
	char **rest = paths;

	for (; *paths; paths++) {
		struct disk_summary summary;
		bool is_disk = disk_summary_read(&summary, *paths);

		if (is_disk && show->json)
			json_need_zero(json_array_append_new(show->disks, disk_summary_json(&summary)));
		else if (is_disk)
			disk_summary_print(&summary);
		if (!is_disk || show->json)
			*rest++ = *paths;
		disk_summary_free(&summary);
	}
	*rest = NULL;
}

static void show_json_all(struct show *show)
{
	json_t *all = json_need(json_pack("{s:s, s:i}", "format", "xs-ddk-show", "schema", 1));

	if (json_array_size(show->disks))
		json_need_zero(json_object_set(all, "disks", show->disks));
	json_need_zero(json_object_set_new(all, "modules", show->modules));
	json_decref(show->disks);
	json_print(all);
}

static void show_all(struct show *show, char **paths)
{
	static const struct input_options one_by_one = {.jobs = 1};
	static const struct shown heading = {"PATH", "MODULE", "VERSION", "KERNEL", NULL, 0};

	if (show->json) {
		show->modules = json_need(json_array());
		show->disks = json_need(json_array());
	}
	if (!show->loaded)
		show_disks(show, paths);
	if (!show->json && (show->loaded || *paths))
		show_text(&heading);
	if (show->loaded)
		show_loaded(show, paths);
	else if (*paths)
		inputs_each(paths, &one_by_one, show_input, (void *[]){show});
	if (show->json)
		show_json_all(show);
}

static const struct option options[] = {
	{"help", no_argument, NULL, OPTION_HELP},
	{"json", no_argument, NULL, OPTION_JSON},
	{"loaded", no_argument, NULL, OPTION_LOADED},
	{"sysroot", required_argument, NULL, OPTION_SYSROOT},
	{0},
};

enum status cmd_show(int argc, char **argv)
{
	struct show show = {0};
	int option;

	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (option == OPTION_HELP)
			return command_help("show");
		else if (option == OPTION_JSON)
			show.json = true;
		else if (option == OPTION_LOADED)
			show.loaded = true;
		else if (option == OPTION_SYSROOT)
			show.sysroot = optarg;
		else
			return command_misused("show");
	}
	if (!show.loaded && optind == argc) {
		complain("show: a PATH is missing");
		return command_misused("show");
	}
	show_all(&show, argv + optind);
	module_free(&show.module);
	return show.status;
}
