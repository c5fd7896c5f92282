// SPDX-License-Identifier: GPL-2.0-only
// xs-driver check: finds faults in the installed, the selected and the loaded drivers.
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/directory.h"
#include "base/json.h"
#include "base/progress.h"
#include "base/text.h"
#include "change/journal.h"
#include "change/select.h"
#include "host/installed.h"
#include "xs-driver/check.h"
#include "xs-driver/unfinished.h"

static void add(json_t *findings, const char *severity, const char *problem, const char *subject, const char *what,
		const char *hint)
{
	json_need_zero(json_array_append_new(
		findings,
		json_need(json_pack("{s:s, s:s, s:o, s:o, s:o}", "severity", severity, "problem", problem, "subject",
				    json_safe(subject), "what", json_safe(what), "hint", json_safe(hint)))));
}

void check_add(json_t *findings, const char *problem, const char *subject, const char *what, const char *hint)
{
	add(findings, "problem", problem, subject, what, hint);
}

void check_add_notice(json_t *findings, const char *problem, const char *subject, const char *what, const char *hint)
{
	add(findings, "notice", problem, subject, what, hint);
}

static bool is_notice(const json_t *finding)
{
	return strcmp(json_string_value(json_object_get(finding, "severity")), "notice") == 0;
}

bool check_is_wanted(const struct options *options, const struct hierarchy *hierarchy, const struct driver *driver)
{
	bool wanted = options->name_count == 0;

	for (size_t i = 0; i < options->name_count; i++)
		wanted |= hierarchy_find(hierarchy, options->names[i]) == driver;
	return wanted;
}

static void check_states(json_t *findings, struct host *host, const struct hierarchy *hierarchy,
			 const struct driver *driver)
{
	struct state state;

	state_read_loaded(&state, host, hierarchy, driver);
	for (int p = 0; p < PROBLEMS; p++) {
		const char *culprit = state.culprit[p];
		char *hint, *what;

		if (!state.problem[p])
			continue;
		hint = problem_hint(p, driver);
		what = text_format("%s%s%s%s", problem_kinds[p].what, culprit ? " (" : "", culprit ? culprit : "",
				   culprit ? ")" : "");
		check_add(findings, problem_kinds[p].name, driver->name, what, hint);
		free(hint);
		free(what);
	}
}

/* Notices: the loaded version is not the selected one, and a device of the host is not driven by the selected version.
 */
static void check_running(json_t *findings, struct host *host, const struct hierarchy *hierarchy,
			  const struct driver *driver)
{
	const struct device *device = select_undriven_device(host, hierarchy, driver);
	struct state state;
	char *hint, *what;

	state_read_loaded(&state, host, hierarchy, driver);
	if (state.reboot_required) {
		what = text_format("%s is loaded, and %s is selected", *state.active ? state.active : "another version",
				   driver->selected ? driver->selected->name : "no version");
		hint = text_format("reboot, or run: xs-driver activate %s", driver->name);
		check_add_notice(findings, "reboot", driver->name, what, hint);
		free(what);
		free(hint);
	}
	if (device) {
		what = text_format("%s is present, and %s", device->name,
				   driver->selected ? "the selected version does not drive it, but another one does"
						    : "no version is selected");
		hint = text_format("see which version drives it: xs-driver list --hardware %s", driver->name);
		check_add_notice(findings, "device", driver->name, what, hint);
		free(what);
		free(hint);
	}
}

static void check_versions(json_t *findings, struct host *host, const struct hierarchy *hierarchy,
			   const struct driver *driver)
{
	for (size_t v = 0; v < driver->version_count; v++) {
		const struct driver_version *version = &driver->versions[v];
		char *fault = installed_fault(hierarchy, driver, version, &host->scratch);
		char *subject = text_format("%s %s for kernel %s", driver->name, version->name, hierarchy->uname);
		json_t *info = installed_info(hierarchy, driver, version);

		if (fault)
			check_add(findings, "unfit", subject, fault, "install the version anew, or remove it");
		if (version->has_info && !info)
			check_add(findings, "info", subject, "its info.json is not a JSON object",
				  "install the version anew");
		json_decref(info);
		free(subject);
		free(fault);
	}
}

/* The names and hints for faults of files. Faults of links in updates/ are problems of the driver, see state.c. */
static const struct {
	const char *name, *hint;
} file_faults[] = {
	[FAULT_PLACE] = {"stray", "find out who made it, and remove it"},
	[FAULT_NAME] = {"stray", "find out who made it, and remove it"},
	[FAULT_FILE] = {"stray", "find out who made it, and remove it"},
	[FAULT_LINK] = {"stray", "find out who made it, and remove it"},
	[FAULT_COPY] = {"stray", "remove one of the two files"},
	[FAULT_EMPTY] = {"stray", "install the version again, or remove the directory"},
	[FAULT_UNREADABLE] = {"stray", "look at the directory and at what the kernel's log says"},
	[FAULT_LEFTOVER] = {"leftover", "xs-driver recover"},
	[FAULT_TWO_DRIVERS] = {"two-drivers", "only one of the two drivers can be selected; remove the other one"},
};

static void check_faults(json_t *findings, const struct hierarchy *hierarchy)
{
	for (size_t i = 0; i < hierarchy->fault_count; i++) {
		const struct fault *fault = &hierarchy->faults[i];
		char *subject = text_format("/lib/modules/%s/%s", hierarchy->uname, fault->path);

		if (fault->kind < FAULT_MIXED)
			check_add(findings, file_faults[fault->kind].name, subject, fault->text,
				  file_faults[fault->kind].hint);
		else if (!*fault->driver && fault->kind == FAULT_ESCAPING)
			check_add(findings, "escaping", subject, fault->text, "find out who made it, and remove it");
		free(subject);
	}
}

/*
 * Finds a file in modprobe.d that keeps a driver from loading although a version is selected, or although the driver is
 * not installed.
 */
static void check_block(json_t *findings, const struct hierarchy *hierarchy, const char *file)
{
	static const char prefix[] = "xs-ddk-", suffix[] = ".conf";
	size_t skip = strlen(prefix), len = strlen(file), end = strlen(suffix);
	const struct driver *driver;
	char *name, *hint;

	if (len <= skip + end || strncmp(file, prefix, skip) != 0 || strcmp(file + len - end, suffix) != 0)
		return;
	name = text_format("%.*s", (int)(len - skip - end), file + skip);
	hint = text_format("rm /etc/modprobe.d/%s", file);
	driver = hierarchy_find(hierarchy, name);
	if (!driver || driver->selected)
		check_add(findings, "blocked", name,
			  driver ? "modprobe.d prevents that it is loaded, although a version is selected"
				 : "modprobe.d prevents that its modules are loaded, although it is not installed",
			  hint);
	free(hint);
	free(name);
}

static void check_blocks(json_t *findings, const struct host *host, const struct hierarchy *hierarchy)
{
	int fd = root_openat(&host->root, "/etc/modprobe.d", O_RDONLY | O_DIRECTORY, 0);
	char **names = fd < 0 ? NULL : directory_names(fd);

	for (size_t i = 0; names && names[i]; i++)
		check_block(findings, hierarchy, names[i]);
	directory_names_free(names);
}

/* Scriptlets make this file before they make an initrd. It stays if the initrd could not be made. */
static void check_initrd(json_t *findings, const struct host *host, const struct hierarchy *hierarchy)
{
	static const char *const directories[] = {"/var/lib/rpm-state", "/lib/modules"};

	for (size_t i = 0; i < sizeof(directories) / sizeof(directories[0]); i++) {
		char *path = text_format("%s/.rebuilding-initrd-%s", directories[i], hierarchy->uname);
		int fd = root_openat(&host->root, path, O_PATH | O_NOFOLLOW, 0);

		if (fd >= 0) {
			check_add(findings, "initrd", path,
				  "a package could not make the initrd again, so it holds the former drivers",
				  "make the initrd again with dracut, mkinitramfs or mkinitrd, then remove this file");
			close(fd);
		}
		free(path);
	}
}

static void check_kernel(json_t *findings, struct host *host, const struct hierarchy *hierarchy,
			 const struct options *options)
{
	progress_at("checking the drivers of kernel %s", hierarchy->uname);
	for (size_t d = 0; d < hierarchy->driver_count; d++) {
		const struct driver *driver = &hierarchy->drivers[d];

		if (!check_is_wanted(options, hierarchy, driver))
			continue;
		check_states(findings, host, hierarchy, driver);
		if (strcmp(hierarchy->uname, host->running) == 0)
			check_running(findings, host, hierarchy, driver);
		check_versions(findings, host, hierarchy, driver);
	}
	check_loads(findings, host, hierarchy, options);
	if (options->name_count == 0) {
		check_faults(findings, hierarchy);
		check_blocks(findings, host, hierarchy);
		check_initrd(findings, host, hierarchy);
	}
}

void check_print(json_t *findings)
{
	size_t i;
	json_t *finding;

	json_make_safe(findings);
	json_array_foreach(findings, i, finding)
		printf("%s: %s%s: %s\n  %s\n", json_string_value(json_object_get(finding, "subject")),
		       is_notice(finding) ? "notice: " : "", json_string_value(json_object_get(finding, "problem")),
		       json_string_value(json_object_get(finding, "what")),
		       json_string_value(json_object_get(finding, "hint")));
}

/* The number of findings that make the host unsound. */
static size_t count_problems(const json_t *findings, bool strict)
{
	size_t i, count = 0;
	json_t *finding;

	json_array_foreach(findings, i, finding) count += strict || !is_notice(finding);
	return count;
}

static void print_text(json_t *findings)
{
	check_print(findings);
	if (json_array_size(findings) == 0)
		puts("all is sound");
	else if (count_problems(findings, false) == 0)
		printf("no problem was found; notices: %zu\n", json_array_size(findings));
}

static void check_unfinished(json_t *findings, const struct host *host)
{
	struct unfinished *list;
	size_t count = unfinished_read(&host->root, &list);

	for (size_t i = 0; i < count; i++) {
		char *path = unfinished_path(&list[i]);
		char *again = text_format("run 'rpm -U --replacepkgs' with the package %s", list[i].package);

		check_add(findings, "unfinished", path, "the installation of a package was interrupted",
			  list[i].is_unpacked ? "xs-driver recover" : again);
		free(again);
		free(path);
	}
	unfinished_free(list, count);
}

static enum status check(struct host *host, const struct options *options, bool json)
{
	struct kernels kernels;
	json_t *findings = json_need(json_array());
	bool good = kernels_read(&kernels, host, options, true), any;

	for (size_t i = 0; i < options->name_count && good; i++)
		good = kernels_have(&kernels, options->names[i]);
	if (good && journal_exists(&host->root))
		check_add(findings, "interrupted", JOURNAL_PATH, "a command was killed before it was done",
			  "xs-driver recover");
	if (good)
		check_unfinished(findings, host);
	for (size_t k = 0; k < kernels.count && good; k++)
		check_kernel(findings, host, &kernels.list[k], options);
	if (good)
		check_kernels(findings, host, &kernels, options);
	progress_end();
	any = count_problems(findings, options->strict) > 0;
	if (good && json)
		json_print(
			json_pack("{s:s, s:i, s:O}", "format", "xs-driver-check", "schema", 2, "findings", findings));
	else if (good)
		print_text(findings);
	json_decref(findings);
	kernels_free(&kernels);
	return !good ? STATUS_TROUBLE : any ? STATUS_NO : STATUS_YES;
}

enum status driver_check(int argc, char **argv)
{
	struct options options;
	struct host host;
	bool done, json;
	enum status status = options_parse(&options, argc, argv, TAKES_KERNEL TAKES_FORMAT TAKES_KMOD TAKES_STRICT, 0,
					   (size_t)-1, &done);

	if (!done) {
		status = STATUS_TROUBLE;
		json = options.format && strcmp(options.format, "json") == 0;
		if (options.format && !json && strcmp(options.format, "text") != 0)
			complain("--format is text or json");
		else if (host_open(&host, options.sysroot)) {
			status =
				options_resolve(&options, &host, false) ? check(&host, &options, json) : STATUS_TROUBLE;
			host_close(&host);
		}
	}
	options_free(&options);
	return status;
}
