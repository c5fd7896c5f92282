// SPDX-License-Identifier: GPL-2.0-only
// xs-ddk verify: checks modules, packages, disks and hosts.
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/budget.h"
#include "base/directory.h"
#include "base/options.h"
#include "base/profile.h"
#include "base/progress.h"
#include "base/text.h"
#include "check/check.h"
#include "check/verify.h"
#include "elf/kernel_build.h"
#include "elf/signature.h"
#include "elf/symvers.h"
#include "finding/baseline.h"
#include "finding/exceptions.h"
#include "finding/report_format.h"
#include "finding/sources.h"
#include "host/hierarchy_read.h"
#include "host/loaded.h"
#include "package/openpgp.h"
#include "xs-ddk/commands.h"

/* The report in a format: in a file, or on stdout if FILE is NULL. */
struct output {
	const struct report_format *format;
	const char *file;
};

/* More formats than there are. */
#define OUTPUTS_MAX 16

struct verify {
	struct report report;
	struct policy policy;
	struct inventory inventory;
	struct input_options inputs;
	struct output outputs[OUTPUTS_MAX]; /* the first is text on stdout if none is asked for */
	size_t output_count;
	struct kernel_builds builds;
	struct exceptions *exceptions; /* of the project file; NULL: none */
	struct baseline *baseline;     /* NULL: none */
	const char *baseline_file;
	struct sources *sources; /* NULL: none are given */
	bool limited;
	bool loaded, no_exceptions, write_baseline;
};

static void verify_loaded_one(struct verify *v, const struct root *root, const struct hierarchy *hierarchy,
			      const char *name, bool named)
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
	check_loaded(&v->report, path, hierarchy, &loaded);
}

static enum status verify_loaded(struct verify *v, char **named)
{
	char uname[UNAME_MAX + 1], **names;
	struct hierarchy hierarchy = {0};
	struct root root;

	if (root_open(&root, v->policy.sysroot) != 0) {
		complain("cannot open the sysroot %s: %s", v->policy.sysroot, strerror(errno));
		return STATUS_TROUBLE;
	}
	names = *named ? named : loaded_names(&root);
	if (!names)
		complain("cannot read %s/sys/module: %s", root.path, strerror(errno));
	if (loaded_uname(&root, uname) && name_is_uname(uname) && hierarchy_read(&hierarchy, &root, uname) != 0)
		complain("cannot read the drivers of %s: %s", uname, strerror(errno));
	for (size_t i = 0; names && names[i]; i++)
		verify_loaded_one(v, &root, &hierarchy, names[i], names == named);
	hierarchy_free(&hierarchy);
	root_close(&root);
	if (names != named)
		directory_names_free(names);
	return names ? STATUS_YES : STATUS_TROUBLE;
}

static bool set_format(struct verify *v, const char *name)
{
	const struct report_format *format = report_format_find(name);

	if (format && v->output_count == OUTPUTS_MAX) {
		complain("--format: at most %d formats", OUTPUTS_MAX);
		return false;
	}
	if (!format)
		return false;
	v->outputs[v->output_count++] = (struct output){format, NULL};
	v->report.keep_names = v->report.keep_names || format->names;
	return true;
}

/* --output FILE is for the --format before it, or for text. */
static bool set_output(struct verify *v, const char *file)
{
	if (v->output_count == 0 && !set_format(v, "text"))
		return false;
	if (v->outputs[v->output_count - 1].file) {
		complain("--output is given twice for one --format");
		return false;
	}
	v->outputs[v->output_count - 1].file = file;
	return true;
}

/* Only one format can be on stdout. */
static bool outputs_are_right(struct verify *v)
{
	size_t on_stdout = 0;

	if (v->output_count == 0 && !set_format(v, "text"))
		return false;
	for (size_t i = 0; i < v->output_count; i++)
		on_stdout += !v->outputs[i].file;
	if (on_stdout > 1)
		complain("%zu formats are for stdout; give each but one an --output FILE after its --format",
			 on_stdout);
	return on_stdout <= 1;
}

/* Prints the report to FILE. The printers write to stdout, so stdout is FILE meanwhile. */
static bool print_to_file(const struct report *report, const struct output *output)
{
	int fd = open(output->file, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666), out;
	bool fine = fd >= 0 && fflush(stdout) == 0;

	out = fine ? fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3) : -1;
	fine = out >= 0 && dup2(fd, STDOUT_FILENO) >= 0;
	if (fine) {
		output->format->print(report);
		fine = fflush(stdout) == 0 && !ferror(stdout);
		fine = dup2(out, STDOUT_FILENO) >= 0 && fine;
	}
	if (out >= 0)
		close(out);
	if (fd >= 0 && close(fd) != 0)
		fine = false;
	if (!fine) {
		char *safe = text_safe(output->file);

		complain("%s: the report cannot be written: %s", safe, strerror(errno));
		free(safe);
	}
	return fine;
}

/* Prints the report in each format. False after a message. */
static bool print_outputs(const struct verify *v)
{
	bool fine = true;

	for (size_t i = 0; i < v->output_count; i++)
		if (v->outputs[i].file)
			fine = print_to_file(&v->report, &v->outputs[i]) && fine;
		else
			v->outputs[i].format->print(&v->report);
	return fine;
}

static bool set_expected(const char **where, const char *what, const char *value, bool legal)
{
	if (!legal)
		complain("'%s' is not a legal %s", value, what);
	*where = value;
	return legal;
}

static bool disable(struct verify *v, const char *id)
{
	enum rule_id rule = rule_find(id);

	if (rule == RULES) {
		complain("unknown rule '%s'; 'xs-ddk rules' prints all rules", id);
		return false;
	}
	v->report.disabled[rule] = true;
	return true;
}

/* With more threads than this, they only wait for each other. */
#define JOBS_MAX 256

static bool set_jobs(struct verify *v, const char *text)
{
	char *end;
	unsigned long jobs;

	errno = 0;
	jobs = strtoul(text, &end, 10);
	v->inputs.jobs = (unsigned int)jobs;
	if (text[0] >= '0' && text[0] <= '9' && *end == '\0' && errno == 0 && jobs >= 1 && jobs <= JOBS_MAX)
		return true;
	complain("--jobs takes a number from 1 to %d, not '%s'", JOBS_MAX, text);
	return false;
}

static bool set_limit(const char *text)
{
	static const char units[] = "KMGT";
	char *end;
	const char *unit;
	unsigned long long size;
	int shift;

	errno = 0;
	size = strtoull(text, &end, 10);
	unit = *end ? strchr(units, *end) : NULL;
	shift = unit ? 10 * (int)(unit - units + 1) : 0;
	if (text[0] < '0' || text[0] > '9' || errno || size == 0 || end[unit != NULL] ||
	    size > (uint64_t)INT64_MAX >> shift) {
		complain("--limit takes a number of bytes, or one with K, M, G or T, not '%s'", text);
		return false;
	}
	budget_start(size << shift);
	return true;
}

enum {
	OPTION_VERSION = OPTION_OWN,
	OPTION_KERNEL,
	OPTION_DISABLE,
	OPTION_STRICT,
	OPTION_SYMVERS,
	OPTION_REQUIRE_SIGNATURE,
	OPTION_CERT,
	OPTION_KDIR,
	OPTION_RPM_KEY,
	OPTION_PROFILE,
	OPTION_OUTPUT,
	OPTION_ALL,
	OPTION_CONFIG,
	OPTION_NO_CONFIG,
	OPTION_BASELINE,
	OPTION_WRITE_BASELINE,
	OPTION_SHOW_SUPPRESSED,
	OPTION_QUIET,
	OPTION_SOURCES,
	OPTION_JOBS,
	OPTION_LIMIT
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
	{"kdir", required_argument, NULL, OPTION_KDIR},
	{"rpm-key", required_argument, NULL, OPTION_RPM_KEY},
	{"profile", required_argument, NULL, OPTION_PROFILE},
	{"output", required_argument, NULL, OPTION_OUTPUT},
	{"all", no_argument, NULL, OPTION_ALL},
	{"config", required_argument, NULL, OPTION_CONFIG},
	{"no-config", no_argument, NULL, OPTION_NO_CONFIG},
	{"baseline", required_argument, NULL, OPTION_BASELINE},
	{"write-baseline", no_argument, NULL, OPTION_WRITE_BASELINE},
	{"show-suppressed", no_argument, NULL, OPTION_SHOW_SUPPRESSED},
	{"quiet", no_argument, NULL, OPTION_QUIET},
	{"sources", required_argument, NULL, OPTION_SOURCES},
	{"jobs", required_argument, NULL, OPTION_JOBS},
	{"limit", required_argument, NULL, OPTION_LIMIT},
	{0},
};

static bool read_sources(struct verify *v, const char *path)
{
	sources_free(v->sources);
	v->sources = sources_read(path);
	return v->sources;
}

/* The options that say what is printed of the findings. False if the option is none of them, or is wrong. */
static bool take_report_option(struct verify *v, int option)
{
	switch (option) {
	case OPTION_ALL:
		return v->report.all = true;
	case OPTION_CONFIG:
		return exceptions_read(&v->exceptions, optarg);
	case OPTION_NO_CONFIG:
		return v->no_exceptions = true;
	case OPTION_SOURCES:
		return read_sources(v, optarg);
	case OPTION_BASELINE:
		v->baseline_file = optarg;
		return true;
	case OPTION_WRITE_BASELINE:
		return v->write_baseline = true;
	case OPTION_SHOW_SUPPRESSED:
		return v->report.show_suppressed = true;
	case OPTION_QUIET:
		return v->report.quiet = true;
	}
	return false;
}

/* Takes an option. False if it is wrong, after a message. */
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
		return certificates_read(&v->policy.certificates, optarg);
	case OPTION_KDIR:
		v->policy.builds = &v->builds;
		return kernel_builds_read(&v->builds, optarg);
	case OPTION_RPM_KEY:
		return openpgp_keys_read(&v->policy.package_keys, optarg);
	case OPTION_PROFILE:
		v->policy.profile = profile_find(optarg);
		return v->policy.profile;
	case OPTION_OUTPUT:
		return set_output(v, optarg);
	case OPTION_JOBS:
		return set_jobs(v, optarg);
	case OPTION_LIMIT:
		v->limited = true;
		return set_limit(optarg);
	}
	return take_report_option(v, option);
}

/* Reads the project file and the baseline. Done after all options were read: --no-config may come last. */
static bool read_known(struct verify *v)
{
	if (v->write_baseline && !v->baseline_file) {
		complain("verify: --write-baseline needs --baseline FILE");
		return false;
	}
	if (!exceptions_settle(&v->exceptions, v->no_exceptions))
		return false;
	if (v->baseline_file && !v->write_baseline)
		v->baseline = baseline_read(v->baseline_file);
	return !v->baseline_file || v->write_baseline || v->baseline;
}

/* Suppresses what is known. False if the baseline could not be written. */
static bool apply_known(struct verify *v)
{
	exceptions_apply(v->exceptions, &v->report);
	if (v->baseline)
		baseline_apply(v->baseline, &v->report);
	return !v->write_baseline || baseline_write(&v->report, v->baseline_file);
}

static void set_hint(struct verify *v, enum rule_id rule, char *hint)
{
	free(v->report.hints[rule]);
	v->report.hints[rule] = hint;
}

/* Hints for what was asked with options; the hints of the rules are for all cases. */
static void fit_hints(struct verify *v)
{
	const struct policy *policy = &v->policy;

	if (policy->version)
		set_hint(v, RULE_PATH_VERSION,
			 text_format("build the module with version %s, or give --version its version",
				     policy->version));
	if (policy->uname)
		set_hint(v, RULE_PATH_KERNEL,
			 text_format("build the module with the headers of %s, or give --kernel the kernel it is for",
				     policy->uname));
	if (policy->sysroot) {
		char *safe = text_safe(policy->sysroot);

		set_hint(v, RULE_FIRMWARE_MISSING,
			 text_format("put the file into the driver's data package and verify that package together "
				     "with this one, or install it below %s/lib/firmware",
				     safe));
		free(safe);
	}
	if (policy->profile) {
		const char *name = policy->profile->name;

		set_hint(v, RULE_PACKAGE_KERNEL_MISSING,
			 text_format("build the package with PROFILE=%s, which adds the requirement", name));
		set_hint(v, RULE_PACKAGE_KERNEL_WRONG,
			 text_format("build the package with PROFILE=%s, and for the kernel of its files", name));
		set_hint(v, RULE_PACKAGE_RPMLIB,
			 text_format("build the package with PROFILE=%s, which uses only features that its rpm has",
				     name));
	}
	if (policy->certificates)
		set_hint(v, RULE_SIGNATURE_MISSING,
			 text_format("sign the module after the last strip, with the key of the certificate given "
				     "with --cert; 'make' does it with MODSIGN_KEY and MODSIGN_CERT"));
	if (v->limited)
		set_hint(v, RULE_INPUT_LIMIT,
			 text_format("if the file is right, allow more with --limit than now; if not, it may be a "
				     "decompression bomb"));
}

static enum status verify_all(struct verify *v, char **paths)
{
	enum status status = STATUS_YES, found;

	fit_hints(v);
	if (!v->report.quiet)
		progress_start();
	for (char **path = paths; *path && !v->loaded; path++) {
		report_subject(&v->report, *path);
		report_root(&v->report, *path);
	}
	if (v->loaded)
		report_subject(&v->report, "/sys/module");
	if (v->loaded)
		status = verify_loaded(v, paths);
	else
		verify_inputs(&v->report, &v->inventory, &v->policy, paths, &v->inputs);
	check_inventory(&v->report, &v->inventory, &v->policy);
	if (!apply_known(v))
		status = STATUS_TROUBLE;
	report_sort(&v->report);
	sources_apply(v->sources, &v->report);
	progress_end();
	found = print_outputs(v) ? report_status(&v->report) : STATUS_TROUBLE;
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
	if (!outputs_are_right(v) || !read_known(v))
		return command_misused("verify");
	return verify_all(v, argv + optind);
}

enum status cmd_verify(int argc, char **argv)
{
	struct verify v = {0};
	enum status status;

	inventory_init(&v.inventory);
	status = run(&v, argc, argv);
	inventory_free(&v.inventory);
	symvers_free(v.policy.symvers);
	certificates_free(v.policy.certificates);
	openpgp_keys_free(v.policy.package_keys);
	report_free(&v.report);
	sources_free(v.sources);
	kernel_builds_free(&v.builds);
	baseline_free(v.baseline);
	exceptions_free(v.exceptions);
	return status;
}
