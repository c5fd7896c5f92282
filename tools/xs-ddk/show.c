// SPDX-License-Identifier: GPL-2.0-only
// xs-ddk show: describes modules, packages and driver disks.
#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/directory.h"
#include "base/json.h"
#include "base/options.h"
#include "base/text.h"
#include "elf/module.h"
#include "host/loaded.h"
#include "package/openpgp.h"
#include "package/walk.h"
#include "xs-ddk/commands.h"
#include "xs-ddk/describe.h"
#include "xs-ddk/show_disk.h"
#include "xs-ddk/show_releases.h"

struct show {
	struct openpgp_keys *keys;
	const char *sysroot, *contents; /* contents: the file in packages to print, without its leading slash */
	bool loaded, json, printed;
	struct module module; /* its memory is used again for every file */
	json_t *modules, *packages, *disks;
	enum status status;
};

static void trouble(struct show *show, const char *path, const char *why)
{
	char *safe = text_safe(path);

	complain("%s: %s", safe, why);
	free(safe);
	show->status = STATUS_TROUBLE;
}

static void keep(json_t *list, json_t *object)
{
	json_need_zero(json_array_append_new(list, object));
}

static void show_module(struct show *show, const struct input *input)
{
	if (input_read_module(input, &show->module) != 0)
		trouble(show, input->path, show->module.damage);
	else if (module_is_broken(&show->module))
		trouble(show, input->path, "it is not a complete ELF file; 'xs-ddk verify' says why");
	else
		keep(show->modules, describe_module(input, &show->module));
}

static void show_input(const struct input *input, void *context)
{
	struct show *show = context;

	if (input->kind == INPUT_TROUBLE)
		trouble(show, input->path, input->why);
	else if (input->kind == INPUT_MODULE)
		show_module(show, input);
	else if (input->kind == INPUT_RPM)
		keep(show->packages, describe_package(input));
	else if (input->kind == INPUT_END && input->signatures)
		describe_signatures(json_array_get(show->packages, json_array_size(show->packages) - 1),
				    input->signatures, show->keys);
}

/* Limit in bytes, above the size of any text file in a package. */
#define CONTENTS_MAX (32u << 20)

static void print_contents(struct show *show, const struct input *input)
{
	const char *why;
	size_t len;
	uint8_t *bytes = input_whole(input, CONTENTS_MAX, &len, &why);

	if (!bytes)
		trouble(show, input->path, why);
	else
		fwrite(bytes, 1, len, stdout);
	source_whole_free(bytes, len);
	show->printed = true;
}

static void print_if_wanted(const struct input *input, void *context)
{
	struct show *show = context;
	const char *path = input->host_path ? input->host_path : "";

	if (input->kind == INPUT_TROUBLE)
		trouble(show, input->path, input->why);
	else if (input->rpm && input->kind == INPUT_FILE && strcmp(path + (*path == '/'), show->contents) == 0)
		print_contents(show, input);
}

/* Prints one file of the packages as it is. */
static void show_contents(struct show *show, char **paths)
{
	static const struct input_options one_by_one = {.in_order = true};
	char *safe;

	inputs_each(paths, &one_by_one, print_if_wanted, (void *[]){show});
	if (show->printed || show->status != STATUS_YES)
		return;
	safe = text_safe(show->contents);
	complain("show: no package has a regular file /%s", safe);
	free(safe);
	show->status = STATUS_NO;
}

static void show_loaded_one(struct show *show, const struct root *root, const char *name, bool named)
{
	char uname[UNAME_MAX + 1];
	struct loaded loaded;

	if (loaded_read(root, name, &loaded) != 0)
		trouble(show, name, errno == ENOENT ? "no module of this name is loaded" : strerror(errno));
	else if (named || loaded.note.records)
		keep(show->modules, describe_loaded(&loaded, loaded_uname(root, uname) ? uname : NULL));
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
		directory_names_free(names);
}

static const char *text_of(const json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));

	return text && *text ? text : "-";
}

static void print_row(const char *version, const char *module, const char *kernel, const char *path)
{
	printf("%-12s  %-16s  %-26s  %s\n", version, module, kernel, path);
}

static void print_table(const json_t *modules)
{
	const json_t *module;
	size_t i;

	print_row("VERSION", "MODULE", "KERNEL", "PATH");
	json_array_foreach(modules, i, module) print_row(text_of(module, "version"), text_of(module, "module"),
							 text_of(module, "kernel"), text_of(module, "path"));
}

/* Prints each item of a list on a line. The first line has the label. */
static void print_list(const char *label, const json_t *list)
{
	const json_t *item;
	size_t i;

	json_array_foreach(list, i, item) printf("%-12s %s\n", i == 0 ? label : "", json_string_value(item));
}

static void print_line(const char *label, const json_t *object, const char *key)
{
	if (json_string_value(json_object_get(object, key)))
		printf("%-12s %s\n", label, text_of(object, key));
}

static void print_signature(const json_t *signature)
{
	if (json_is_null(signature))
		puts("signature:   none");
	else if (json_object_get(signature, "damage"))
		printf("signature:   %s\n", text_of(signature, "damage"));
	else
		printf("signature:   by %s, %s\n", text_of(signature, "signer"), text_of(signature, "digest"));
}

static void print_block(const json_t *module)
{
	printf("version:     %s\n", text_of(module, "version"));
	print_line("module:", module, "module");
	print_line("kernel:", module, "kernel");
	print_line("path:", module, "path");
	print_line("vermagic:", module, "vermagic");
	print_line("description:", module, "description");
	print_line("license:", module, "license");
	print_line("in source:", module, "module_version");
	printf("size:        %" JSON_INTEGER_FORMAT " bytes\n", json_integer_value(json_object_get(module, "size")));
	print_signature(json_object_get(module, "signature"));
	print_list("devices:", json_object_get(module, "devices"));
	print_list("firmware:", json_object_get(module, "firmware"));
}

static void print_signatures(const json_t *package)
{
	const json_t *signatures = json_object_get(package, "signatures"), *signature;
	size_t i;

	if (json_array_size(signatures) == 0)
		puts("signed:      no");
	json_array_foreach(signatures, i, signature)
		printf("%-12s %s, %s: %s\n", i == 0 ? "signed:" : "",
		       json_is_true(json_object_get(package, "signed")) ? "yes" : "no", text_of(signature, "state"),
		       text_of(signature, "signature"));
}

static void print_packages(const json_t *packages)
{
	const json_t *package;
	size_t i;

	json_array_foreach(packages, i, package)
	{
		printf("package:     %s-%s-%s.%s\n", text_of(package, "name"), text_of(package, "version"),
		       text_of(package, "release"),
		       json_is_true(json_object_get(package, "source")) ? "src" : text_of(package, "arch"));
		print_line("path:", package, "path");
		print_signatures(package);
		print_list("requires:", json_object_get(package, "requires"));
		print_list("files:", json_object_get(package, "files"));
		putchar('\n');
	}
}

/* A single module is printed with all its properties, unless it is a loaded module. Several modules are a table. */
static void print_text(const struct show *show)
{
	json_make_safe(show->packages);
	json_make_safe(show->modules);
	print_packages(show->packages);
	if (!show->loaded && json_array_size(show->modules) == 1)
		print_block(json_array_get(show->modules, 0));
	else if (json_array_size(show->modules) > 0 || json_array_size(show->packages) == 0)
		print_table(show->modules);
}

/* Shows the disk at PATH. False if there is none. */
static bool show_disk(struct show *show, const char *path, struct releases *releases)
{
	struct disk_summary summary;
	bool is_disk = disk_summary_read(&summary, path);

	if (is_disk && show->json) {
		keep(show->disks, disk_summary_json(&summary));
	} else if (is_disk) {
		if (releases->disks)
			putchar('\n');
		disk_summary_print(&summary);
		releases_add(releases, &summary);
	}
	disk_summary_free(&summary);
	return is_disk;
}

/*
 * Shows the disks below a directory. For text output, adds to REST what else is below it. False if there are none: then
 * the directory is shown like any other.
 */
static bool show_disks_below(struct show *show, const char *path, struct releases *releases, struct path_list *rest)
{
	struct path_list disks = {0}, files = {0};
	bool any = false;

	disks_below(path, &disks, &files);
	for (size_t i = 0; i < disks.count; i++)
		if (show_disk(show, disks.paths[i], releases))
			any = true;
		else
			path_list_add(&files, disks.paths[i]);
	for (size_t i = 0; any && i < files.count; i++)
		path_list_add(rest, files.paths[i]);
	path_list_free(&files);
	path_list_free(&disks);
	return any;
}

/* Shows the driver disks at and below the PATHS. Adds to REST what else is to be shown: as JSON, that is all. */
static void show_disks(struct show *show, char **paths, struct path_list *rest)
{
	struct releases releases = {0};
	struct path_list below = {0};

	for (; *paths; paths++) {
		bool shown = show_disk(show, *paths, &releases) || show_disks_below(show, *paths, &releases, &below);

		if (!shown || show->json)
			path_list_add(rest, *paths);
	}
	for (size_t i = 0; !show->json && i < below.count; i++)
		path_list_add(rest, below.paths[i]);
	if (releases.disks > 1) {
		putchar('\n');
		releases_print(&releases);
	}
	path_list_free(&below);
	releases_free(&releases);
}

static void show_inputs(struct show *show, char **paths)
{
	static const struct input_options one_by_one = {.in_order = true};
	struct path_list rest = {0};

	show_disks(show, paths, &rest);
	if (rest.count)
		inputs_each(rest.paths, &one_by_one, show_input, (void *[]){show});
	if (rest.count && !show->json)
		print_text(show);
	path_list_free(&rest);
}

static void print_json(const struct show *show)
{
	json_t *all = json_need(json_pack("{s:s, s:i, s:O, s:O}", "format", "xs-ddk-show", "schema", 2, "modules",
					  show->modules, "packages", show->packages));

	json_need_zero(json_object_set(all, "disks", show->disks));
	json_print(all);
}

static void show_all(struct show *show, char **paths)
{
	show->modules = json_need(json_array());
	show->packages = json_need(json_array());
	show->disks = json_need(json_array());
	if (!show->loaded) {
		show_inputs(show, paths);
	} else {
		show_loaded(show, paths);
		if (!show->json)
			print_text(show);
	}
	if (show->json)
		print_json(show);
	json_decref(show->modules);
	json_decref(show->packages);
	json_decref(show->disks);
}

enum { OPTION_CONTENTS = OPTION_OWN, OPTION_RPM_KEY };

static const struct option options[] = {
	{"contents", required_argument, NULL, OPTION_CONTENTS},
	{"help", no_argument, NULL, OPTION_HELP},
	{"json", no_argument, NULL, OPTION_JSON},
	{"loaded", no_argument, NULL, OPTION_LOADED},
	{"rpm-key", required_argument, NULL, OPTION_RPM_KEY},
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
		else if (option == OPTION_CONTENTS)
			show.contents = optarg + (*optarg == '/');
		else if (option != OPTION_RPM_KEY || !openpgp_keys_read(&show.keys, optarg))
			return command_misused("show");
	}
	if (!show.loaded && optind == argc) {
		complain("show: a PATH is missing");
		return command_misused("show");
	}
	if (show.contents)
		show_contents(&show, argv + optind);
	else
		show_all(&show, argv + optind);
	module_free(&show.module);
	openpgp_keys_free(show.keys);
	return show.status;
}
