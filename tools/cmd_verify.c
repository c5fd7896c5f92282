// SPDX-License-Identifier: GPL-2.0-only
// xs-ddk verify: whether modules are right.
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "check.h"
#include "command.h"
#include "folder.h"
#include "loaded.h"
#include "module.h"
#include "options.h"
#include "walk.h"

struct verify {
	struct report report;
	struct expected expected;
	struct module module; /* its memory serves every file */
	const char *sysroot;
	bool loaded, json;
};

/* What is asked for on the command line goes before what the path says. */
static void verify_place(struct verify *v, const struct walk_file *file)
{
	struct place place;
	const char *version = v->expected.version, *uname = v->expected.uname;

	place_of(file->place, &place);
	if (!version && place.version[0])
		version = place.version;
	if (!uname && place.uname[0])
		uname = place.uname;
	if (version)
		check_version(&v->report, file->path, &v->module.note, version);
	if (uname)
		check_kernel(&v->report, file->path, &v->module, uname);
}

static bool verify_file(const struct walk_file *file, void *context)
{
	struct verify *v = context;

	if (file->fd < 0) {
		report_add(&v->report, RULE_READ_FAILED, file->path, "%s", file->why);
		return true;
	}
	if (module_read_fd(&v->module, file->fd, file->size) != 0) {
		report_add(&v->report, RULE_READ_FAILED, file->path, "%s", strerror(errno));
		return true;
	}
	v->report.checked++;
	if (!check_module(&v->report, file->path, &v->module))
		return true;
	check_note(&v->report, file->path, &v->module.note);
	/* By its own name, not a link's: updates/ may hold a link of any name. */
	check_file_name(&v->report, file->path, &v->module);
	verify_place(v, file);
	return true;
}

static void verify_loaded_one(struct verify *v, const struct root *root, const char *name, bool named)
{
	char path[256];
	struct loaded loaded;

	if (loaded_read(root, name, &loaded) != 0) {
		snprintf(path, sizeof(path), "/sys/module/%.*s", MODULE_NAME_SIZE, name);
		report_add(&v->report, RULE_READ_FAILED, path, "%s",
			   errno == ENOENT ? "no module of this name is loaded" : strerror(errno));
		return;
	}
	if (!named && !loaded.note.section && !loaded.note.compat && loaded.note.records == 0)
		return;
	snprintf(path, sizeof(path), "/sys/module/%s", loaded.name);
	v->report.checked++;
	check_note(&v->report, path, &loaded.note);
	if (v->expected.version)
		check_version(&v->report, path, &loaded.note, v->expected.version);
}

static enum status verify_loaded(struct verify *v, char **named)
{
	struct root root;
	char **names;

	if (root_open(&root, v->sysroot) != 0) {
		complain("cannot open the sysroot %s: %s", v->sysroot, strerror(errno));
		return STATUS_TROUBLE;
	}
	names = *named ? named : loaded_names(&root);
	if (!names)
		complain("cannot read %s/sys/module: %s", root.path, strerror(errno));
	for (size_t i = 0; names && names[i]; i++)
		verify_loaded_one(v, &root, names[i], names == named);
	root_close(&root);
	if (names != named)
		folder_names_free(names);
	return names ? STATUS_YES : STATUS_TROUBLE;
}

static bool set_format(struct verify *v, const char *format)
{
	v->json = strcmp(format, "json") == 0;
	if (v->json || strcmp(format, "text") == 0)
		return true;
	complain("there is no format '%s': text and json are", format);
	return false;
}

static bool set_expected(const char **where, const char *what, const char *value, bool legal)
{
	if (!legal)
		complain("'%s' is no legal %s", value, what);
	*where = value;
	return legal;
}

static bool disable(struct verify *v, const char *id)
{
	enum rule_id rule = rule_find(id);

	if (rule == RULES) {
		complain("there is no rule '%s': see 'xs-ddk rules'", id);
		return false;
	}
	v->report.disabled[rule] = true;
	return true;
}

enum { OPTION_VERSION = OPTION_OWN, OPTION_KERNEL, OPTION_DISABLE, OPTION_STRICT };

static const struct option options[] = {
	{ "help", no_argument, NULL, OPTION_HELP },
	{ "json", no_argument, NULL, OPTION_JSON },
	{ "format", required_argument, NULL, OPTION_FORMAT },
	{ "loaded", no_argument, NULL, OPTION_LOADED },
	{ "sysroot", required_argument, NULL, OPTION_SYSROOT },
	{ "version", required_argument, NULL, OPTION_VERSION },
	{ "kernel", required_argument, NULL, OPTION_KERNEL },
	{ "disable", required_argument, NULL, OPTION_DISABLE },
	{ "strict", no_argument, NULL, OPTION_STRICT },
	{ 0 },
};

/* Takes one option; false when it is wrong, which has been told. */
static bool take_option(struct verify *v, int option)
{
	switch (option) {
	case OPTION_JSON:
		return set_format(v, "json");
	case OPTION_FORMAT:
		return set_format(v, optarg);
	case OPTION_LOADED:
		v->loaded = true;
		return true;
	case OPTION_SYSROOT:
		v->sysroot = optarg;
		return true;
	case OPTION_VERSION:
		return set_expected(&v->expected.version, "version", optarg, name_is_legal(optarg));
	case OPTION_KERNEL:
		return set_expected(&v->expected.uname, "uname", optarg, name_is_uname(optarg));
	case OPTION_DISABLE:
		return disable(v, optarg);
	case OPTION_STRICT:
		v->report.strict = true;
		return true;
	}
	return false;
}

static enum status verify_all(struct verify *v, char **paths)
{
	enum status status = STATUS_YES, found;

	if (v->loaded)
		status = verify_loaded(v, paths);
	else
		for (; *paths; paths++)
			walk_modules(*paths, verify_file, v);
	report_sort(&v->report);
	v->json ? report_print_json(&v->report) : report_print_text(&v->report);
	found = report_status(&v->report);
	return found > status ? found : status;
}

enum status cmd_verify(int argc, char **argv)
{
	struct verify v = { 0 };
	enum status status;
	int option;

	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (option == OPTION_HELP)
			return command_help("verify");
		if (!take_option(&v, option))
			return command_misused("verify");
	}
	if (!v.loaded && optind == argc) {
		complain("verify: a PATH is missing");
		return command_misused("verify");
	}
	status = verify_all(&v, argv + optind);
	module_free(&v.module);
	report_free(&v.report);
	return status;
}
