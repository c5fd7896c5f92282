// SPDX-License-Identifier: GPL-2.0-only
// xs-ddk report: writes a page about driver disks, for whoever decides whether they are released.
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/atomic_file.h"
#include "base/options.h"
#include "base/profile.h"
#include "base/progress.h"
#include "base/text.h"
#include "elf/signature.h"
#include "package/openpgp.h"
#include "xs-ddk/commands.h"
#include "xs-ddk/report_page.h"

/* The command line. */
struct arguments {
	struct report_request request;
	const char *output;
	char **trials;
	size_t trial_count;
	bool no_exceptions;
};

static bool add_trial(struct arguments *arguments, char *directory)
{
	arguments->trials = array_grown(arguments->trials, arguments->trial_count + 1, sizeof(*arguments->trials));
	arguments->trials[arguments->trial_count++] = directory;
	arguments->trials[arguments->trial_count] = NULL;
	return true;
}

enum {
	OPTION_AGAINST = OPTION_OWN,
	OPTION_TRIAL,
	OPTION_PCI_IDS,
	OPTION_PROFILE,
	OPTION_CERT,
	OPTION_RPM_KEY,
	OPTION_CONFIG,
	OPTION_NO_CONFIG,
	OPTION_BASELINE
};

static const struct option options[] = {
	{"help", no_argument, NULL, OPTION_HELP},
	{"output", required_argument, NULL, 'o'},
	{"against", required_argument, NULL, OPTION_AGAINST},
	{"trial", required_argument, NULL, OPTION_TRIAL},
	{"pci-ids", required_argument, NULL, OPTION_PCI_IDS},
	{"profile", required_argument, NULL, OPTION_PROFILE},
	{"cert", required_argument, NULL, OPTION_CERT},
	{"rpm-key", required_argument, NULL, OPTION_RPM_KEY},
	{"config", required_argument, NULL, OPTION_CONFIG},
	{"no-config", no_argument, NULL, OPTION_NO_CONFIG},
	{"baseline", required_argument, NULL, OPTION_BASELINE},
	{0},
};

/* Takes an option. False if it is wrong, after a message. */
static bool take_option(struct arguments *arguments, int option)
{
	struct report_request *request = &arguments->request;

	switch (option) {
	case 'o':
		arguments->output = optarg;
		return true;
	case OPTION_AGAINST:
		request->against = optarg;
		return true;
	case OPTION_TRIAL:
		return add_trial(arguments, optarg);
	case OPTION_PCI_IDS:
		request->pci_ids = optarg;
		return true;
	case OPTION_PROFILE:
		request->policy.profile = profile_find(optarg);
		return request->policy.profile;
	case OPTION_CERT:
		return certificates_read(&request->policy.certificates, optarg);
	case OPTION_CONFIG:
		return exceptions_read(&request->exceptions, optarg);
	case OPTION_NO_CONFIG:
		arguments->no_exceptions = true;
		return true;
	case OPTION_BASELINE:
		baseline_free(request->baseline);
		request->baseline = baseline_read(optarg);
		return request->baseline;
	case OPTION_RPM_KEY:
		return openpgp_keys_read(&request->policy.package_keys, optarg);
	}
	return false;
}

/* The mode of the written file: that of the file that is there, or what the umask leaves of 0666. */
static struct stat mode_of(const char *path)
{
	struct stat st = {0};
	mode_t mask;

	if (stat(path, &st) == 0 && S_ISREG(st.st_mode))
		return st;
	mask = umask(0);
	umask(mask);
	st.st_mode = S_IFREG | (0666 & ~mask);
	return st;
}

static enum status write_page(const char *output, const struct growing_text *page)
{
	struct stat like;
	const char *step;
	char *safe;

	if (!output) {
		fwrite(page->text, 1, page->len, stdout); /* close_stdout() finds a failed write */
		return STATUS_YES;
	}
	like = mode_of(output);
	if (replace_file(output, page->text, page->len, &like, NULL, &step) == 0)
		return STATUS_YES;
	safe = text_safe(output);
	complain("%s: the report cannot be written: %s: %s", safe, step, strerror(errno));
	free(safe);
	return STATUS_TROUBLE;
}

static enum status write_report(const struct arguments *arguments)
{
	struct growing_text page = {0};
	struct report_facts facts;
	enum status status = STATUS_TROUBLE, found;
	bool read;

	progress_start();
	read = report_facts_read(&facts, &arguments->request);
	progress_end();
	if (read) {
		found = report_page(&page, &facts) ? STATUS_YES : STATUS_NO;
		status = write_page(arguments->output, &page);
		if (status == STATUS_YES)
			status = report_status(&facts.findings) == STATUS_TROUBLE ? STATUS_TROUBLE : found;
	}
	free(page.text);
	report_facts_free(&facts);
	return status;
}

static enum status run(struct arguments *arguments, int argc, char **argv)
{
	static char *none[] = {NULL};
	int option;

	while ((option = getopt_long(argc, argv, "o:", options, NULL)) != -1) {
		if (option == OPTION_HELP)
			return command_help("report");
		if (!take_option(arguments, option))
			return command_misused("report");
	}
	if (optind == argc) {
		complain("report: a DISK is missing");
		return command_misused("report");
	}
	if (!exceptions_settle(&arguments->request.exceptions, arguments->no_exceptions))
		return command_misused("report");
	arguments->request.disks = argv + optind;
	arguments->request.trials = arguments->trials ? arguments->trials : none;
	return write_report(arguments);
}

enum status cmd_report(int argc, char **argv)
{
	struct arguments arguments = {0};
	enum status status = run(&arguments, argc, argv);

	certificates_free(arguments.request.policy.certificates);
	openpgp_keys_free(arguments.request.policy.package_keys);
	exceptions_free(arguments.request.exceptions);
	baseline_free(arguments.request.baseline);
	free(arguments.trials);
	return status;
}
