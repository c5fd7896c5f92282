// SPDX-License-Identifier: GPL-2.0-only
// xs-ddk verify: whether modules are right.
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "check.h"
#include "command.h"
#include "folder.h"
#include "loaded.h"
#include "module.h"
#include "options.h"
#include "signature.h"
#include "symvers.h"
#include "walk.h"

/* No module is larger; a distribution's largest has 20 MiB. */
#define WHOLE_LIMIT (1u << 30)

struct verify {
	struct report report;
	struct policy policy;
	struct set set;
	struct module module; /* its memory serves every file */
	const struct report_format *format;
	bool loaded;
};

/* All bytes of a regular file, to free. */
static void *whole_file(const struct walk_file *file)
{
	void *bytes = file->size <= WHOLE_LIMIT ? need_memory(1, file->size + 1) : NULL;

	if (!bytes)
		errno = EFBIG;
	else if (pread(file->fd, bytes, file->size, 0) == (ssize_t)file->size)
		return bytes;
	free(bytes);
	return NULL;
}

static void verify_module(struct verify *v, const struct walk_file *file)
{
	bool whole = check_wants_bytes(&v->policy) && !module_is_broken(&v->module);
	void *bytes = whole ? whole_file(file) : NULL;
	struct subject subject = {
		.path = file->path, .place = file->place, .module = &v->module, .bytes = bytes};

	if (whole && !bytes)
		report_add(&v->report, RULE_READ_FAILED, file->path, "it shrank, or is too large to be read whole");
	else
		check_subject(&v->report, &v->set, &v->policy, &subject);
	free(bytes);
}

static bool verify_file(const struct walk_file *file, void *context)
{
	struct verify *v = context;

	if (file->fd < 0)
		report_add(&v->report, RULE_READ_FAILED, file->path, "%s", file->why);
	else if (module_read_fd(&v->module, file->fd, file->size) != 0)
		report_add(&v->report, RULE_READ_FAILED, file->path, "%s", strerror(errno));
	else
		verify_module(v, file);
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
	report_judged(&v->report, path);
	check_note(&v->report, path, &loaded.note);
	if (v->policy.version)
		check_version(&v->report, path, &loaded.note, v->policy.version);
}

static enum status verify_loaded(struct verify *v, char **named)
{
	struct root root;
	char **names;

	if (root_open(&root, v->policy.sysroot) != 0) {
		complain("cannot open the sysroot %s: %s", v->policy.sysroot, strerror(errno));
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

static bool set_format(struct verify *v, const char *name)
{
	v->format = report_format_find(name);
	v->report.keep_names = v->format && v->format->names;
	return v->format;
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

static bool add_certificate(struct verify *v, const char *path)
{
	certificates_free(v->policy.certificates);
	v->policy.certificates = certificates_read(path);
	return v->policy.certificates;
}

enum {
	OPTION_VERSION = OPTION_OWN,
	OPTION_KERNEL,
	OPTION_DISABLE,
	OPTION_STRICT,
	OPTION_SYMVERS,
	OPTION_REQUIRE_SIGNATURE,
	OPTION_CERT
};

static const struct option options[] = {
	{"help", no_argument, NULL, OPTION_HELP},
	{"json", no_argument, NULL, OPTION_JSON},
	{"format", required_argument, NULL, OPTION_FORMAT},
	{"loaded", no_argument, NULL, OPTION_LOADED},
	{"sysroot", required_argument, NULL, OPTION_SYSROOT},
	{"version", required_argument, NULL, OPTION_VERSION},
	{"kernel", required_argument, NULL, OPTION_KERNEL},
	{"disable", required_argument, NULL, OPTION_DISABLE},
	{"strict", no_argument, NULL, OPTION_STRICT},
	{"symvers", required_argument, NULL, OPTION_SYMVERS},
	{"require-signature", no_argument, NULL, OPTION_REQUIRE_SIGNATURE},
	{"cert", required_argument, NULL, OPTION_CERT},
	{0},
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
		v->policy.sysroot = optarg;
		return true;
	case OPTION_VERSION:
		return set_expected(&v->policy.version, "version", optarg, name_is_legal(optarg));
	case OPTION_KERNEL:
		return set_expected(&v->policy.uname, "uname", optarg, name_is_uname(optarg));
	case OPTION_DISABLE:
		return disable(v, optarg);
	case OPTION_STRICT:
		v->report.strict = true;
		return true;
	case OPTION_SYMVERS:
		return symvers_read(&v->policy.symvers, optarg);
	case OPTION_REQUIRE_SIGNATURE:
		v->policy.require_signature = true;
		return true;
	case OPTION_CERT:
		return add_certificate(v, optarg);
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
	check_set(&v->report, &v->set, &v->policy);
	report_sort(&v->report);
	v->format->print(&v->report);
	found = report_status(&v->report);
	return found > status ? found : status;
}

static enum status run(struct verify *v, int argc, char **argv)
{
	int option;

	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (option == OPTION_HELP)
			return command_help("verify");
		if (!take_option(v, option))
			return command_misused("verify");
	}
	if (!v->loaded && optind == argc) {
		complain("verify: a PATH is missing");
		return command_misused("verify");
	}
	return verify_all(v, argv + optind);
}

enum status cmd_verify(int argc, char **argv)
{
	struct verify v = {.format = report_format_find("text")};
	enum status status;

	set_init(&v.set);
	status = run(&v, argc, argv);
	set_free(&v.set);
	symvers_free(v.policy.symvers);
	certificates_free(v.policy.certificates);
	module_free(&v.module);
	report_free(&v.report);
	return status;
}
