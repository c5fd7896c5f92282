// SPDX-License-Identifier: GPL-2.0-only
// Functions that the commands of xs-driver share: options, kernels, the lock, and similar names for a wrong name.
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/array.h"
#include "base/directory.h"
#include "base/progress.h"
#include "base/text.h"
#include "change/lock.h"
#include "host/hierarchy_read.h"
#include "host/installed.h"
#include "xs-driver/commands.h"

/* Bytes of a name that are shown in a message. */
#define SHOWN_MAX   80
#define NEAREST_MAX 3

bool driver_quiet;

void say(const char *format, ...)
{
	va_list args;

	if (driver_quiet)
		return;
	progress_hide();
	va_start(args, format);
	vprintf(format, args);
	va_end(args);
}

char *shown_name(const char *s)
{
	size_t len = strlen(s);
	char *safe = text_safe_n(s, len > SHOWN_MAX ? SHOWN_MAX : len);
	char *shown = text_format("%s%s", safe, len > SHOWN_MAX ? "..." : "");

	free(safe);
	return shown;
}

static const struct option long_options[] = {
	{"help", no_argument, NULL, 'H'},
	{"sysroot", required_argument, NULL, 'S'},
	{"layout", required_argument, NULL, 'L'},
	{"kernel", required_argument, NULL, 'k'},
	{"format", required_argument, NULL, 'o'},
	{"force", no_argument, NULL, 'f'},
	{"hardware", no_argument, NULL, 'h'},
	{"no-initrd", no_argument, NULL, 'i'},
	{"run-image-tools", no_argument, NULL, 'r'},
	{"wait", required_argument, NULL, 'w'},
	{"strict", no_argument, NULL, 't'},
	{"all", no_argument, NULL, 'a'},
	{"problems", no_argument, NULL, 'p'},
	{"reboot", no_argument, NULL, 'b'},
	{"hardware-present", no_argument, NULL, 'e'},
	{"kmod", required_argument, NULL, 'm'},
	{0},
};

/* Returns LEGAL. Prints a message if it is false. WHAT is the kind of the name. */
static bool is_name(const char *what, const char *name, bool legal)
{
	char *shown;

	if (legal)
		return true;
	shown = shown_name(name);
	complain("'%s' cannot be the name of a %s", shown, what);
	free(shown);
	return false;
}

static bool take_kernel(struct options *options, const char *uname)
{
	if (!is_name("kernel", uname, name_is_uname(uname)))
		return false;
	options->kernels = array_grown(options->kernels, options->kernel_count + 1, sizeof(*options->kernels));
	options->kernels[options->kernel_count++] = uname;
	options->kernels[options->kernel_count] = NULL;
	return true;
}

static bool take_layout(struct options *options, const char *layout)
{
	options->layout = strcmp(layout, "dmv") == 0 ? LAYOUT_DMV : LAYOUT_XENSERVER;
	if (strcmp(layout, layout_directory(options->layout)) == 0)
		return true;
	complain("--layout is xenserver or dmv");
	return false;
}

static bool take_wait(struct options *options, const char *seconds)
{
	size_t len = strspn(seconds, "0123456789");

	options->wait = (unsigned int)strtoul(seconds, NULL, 10);
	if (len > 0 && len < 7 && !seconds[len])
		return true;
	complain("--wait is a number of seconds");
	return false;
}

static bool take_kmod(struct options *options, const char *version)
{
	size_t len = strspn(version, "0123456789");

	options->kmod = (unsigned int)strtoul(version, NULL, 10);
	/* A package's version may follow the number: 20-28.el7. */
	if (len > 0 && len < 5 && options->kmod > 0 && (!version[len] || strchr(".-+~", version[len])))
		return true;
	complain("--kmod is the number that 'depmod --version' prints, such as 20");
	return false;
}

bool options_take(struct options *options, int option)
{
	switch (option) {
	case 'S':
		options->sysroot = optarg;
		return true;
	case 'L':
		return take_layout(options, optarg);
	case 'k':
		return take_kernel(options, optarg);
	case 'o':
		options->format = optarg;
		return true;
	case 'f':
		return options->force = true;
	case 'h':
		return options->hardware = true;
	case 'i':
		return options->no_initrd = true;
	case 'r':
		return options->run_image_tools = true;
	case 'w':
		return take_wait(options, optarg);
	case 't':
		return options->strict = true;
	case 'a':
		return options->all = true;
	case 'p':
		return options->problems = true;
	case 'b':
		return options->reboot = true;
	case 'e':
		return options->hardware_present = true;
	case 'm':
		return take_kmod(options, optarg);
	}
	return false;
}

/* The long name of an option. */
static const char *option_name(int option)
{
	for (const struct option *o = long_options; o->name; o++)
		if (o->val == option)
			return o->name;
	return "?";
}

static bool take_arguments(struct options *options, const char *command, size_t least, size_t most)
{
	for (size_t i = 0; options->names[i]; i++) {
		if (!is_name(i == 0 ? "driver" : "driver or version", options->names[i],
			     name_is_legal(options->names[i]) || options->names[i][0] == '_'))
			return false;
		options->name_count++;
	}
	if (options->name_count >= least && options->name_count <= most)
		return true;
	complain("%s takes %s", command,
		 most == 0   ? "no argument"
		 : most == 2 ? "a driver's name and a version"
			     : "one driver's name");
	return false;
}

enum status options_parse(struct options *options, int argc, char **argv, const char *takes, size_t least, size_t most,
			  bool *done)
{
	int option;

	*options = (struct options){.wait = WAIT_DEFAULT};
	*done = true;
	while ((option = getopt_long(argc, argv, "", long_options, NULL)) != -1) {
		if (option == 'H')
			return command_help(argv[0]);
		if (option == '?')
			return command_misused(argv[0]);
		if (!strchr("SL", option) && !strchr(takes, option)) {
			complain("%s does not take --%s", argv[0], option_name(option));
			return command_misused(argv[0]);
		}
		if (!options_take(options, option))
			return command_misused(argv[0]);
	}
	options->names = argv + optind;
	if (!take_arguments(options, argv[0], least, most))
		return command_misused(argv[0]);
	*done = false;
	return STATUS_YES;
}

void options_free(struct options *options)
{
	free(options->kernels);
	memset(options, 0, sizeof(*options));
}

static bool has_kernel(const struct host *host, const char *uname)
{
	char *path = text_format("/lib/modules/%s", uname);
	int fd = *uname ? root_openat(&host->root, path, O_PATH | O_DIRECTORY, 0) : -1;

	free(path);
	if (fd >= 0)
		close(fd);
	return fd >= 0;
}

static bool read_kernel(struct kernels *kernels, const struct host *host, const char *uname)
{
	struct hierarchy *hierarchy;

	progress_at("reading the drivers of kernel %s", uname);
	kernels->list = array_grown(kernels->list, kernels->count, sizeof(*kernels->list));
	hierarchy = &kernels->list[kernels->count++];
	if (hierarchy_read(hierarchy, &host->root, uname) == 0)
		return true;
	complain("/lib/modules/%s: %s", uname, strerror(errno));
	return false;
}

static bool read_named(struct kernels *kernels, const struct host *host, const struct options *options)
{
	for (size_t i = 0; i < options->kernel_count; i++) {
		if (!has_kernel(host, options->kernels[i])) {
			complain("kernel %s is not installed: there is no directory /lib/modules/%s",
				 options->kernels[i], options->kernels[i]);
			return false;
		}
		if (!read_kernel(kernels, host, options->kernels[i]))
			return false;
	}
	return true;
}

bool kernels_read(struct kernels *kernels, const struct host *host, const struct options *options, bool all)
{
	char **names;
	bool good = true;

	memset(kernels, 0, sizeof(*kernels));
	if (options->kernel_count)
		return read_named(kernels, host, options);
	if (!all && has_kernel(host, host->running))
		return read_kernel(kernels, host, host->running);
	names = hierarchy_kernels(&host->root);
	if (!names)
		complain("/lib/modules: %s", strerror(errno));
	for (size_t i = 0; names && names[i] && good; i++)
		good = read_kernel(kernels, host, names[i]);
	good = good && names;
	directory_names_free(names);
	return good;
}

void kernels_free(struct kernels *kernels)
{
	for (size_t i = 0; i < kernels->count; i++)
		hierarchy_free(&kernels->list[i]);
	free(kernels->list);
	memset(kernels, 0, sizeof(*kernels));
}

/* Whether NAME has the form of a UUID. */
static bool is_uuid(const char *name)
{
	for (size_t i = 0; i < IDENTITY_SIZE - 1; i++)
		if (!name[i] || !strchr(i == 8 || i == 13 || i == 18 || i == 23 ? "-" : "0123456789abcdef", name[i]))
			return false;
	return !name[IDENTITY_SIZE - 1];
}

/* Whether the driver has a variant with the UUID. Copies the version's name to OUT. */
static bool find_variant(const struct hierarchy *hierarchy, const struct driver *driver, const char *driver_uuid,
			 const char *wanted, char out[XENSERVER_VERSION_MAX + 1])
{
	bool found = false;

	for (size_t v = 0; v < driver->version_count && !found; v++) {
		char *variant = installed_variant(hierarchy, driver, &driver->versions[v]), uuid[IDENTITY_SIZE];

		identity_driver(driver_uuid, variant, uuid);
		found = strcmp(uuid, wanted) == 0;
		if (found)
			memcpy(out, driver->versions[v].name, sizeof(driver->versions[v].name));
		free(variant);
	}
	return found;
}

/* Resolves the first argument, with the drivers of all kernels. */
static bool resolve(struct options *options, const struct host *host, const struct kernels *kernels, bool variants)
{
	for (size_t k = 0; k < kernels->count; k++)
		for (size_t d = 0; d < kernels->list[k].driver_count; d++) {
			const struct driver *driver = &kernels->list[k].drivers[d];
			char uuid[IDENTITY_SIZE];
			bool is_driver;

			identity_driver(host->uuid, driver->name, uuid);
			is_driver = strcmp(uuid, options->names[0]) == 0;
			if (!is_driver && !(variants && find_variant(&kernels->list[k], driver, uuid, options->names[0],
								     options->names_found[1])))
				continue;
			memcpy(options->names_found[0], driver->name, sizeof(driver->name));
			options->resolved[0] = options->names_found[0];
			options->resolved[1] = is_driver ? options->names[1] : options->names_found[1];
			if (!is_driver)
				options->name_count = 2;
			options->names = options->resolved;
			return true;
		}
	complain("no driver%s has the UUID %s", variants ? " or variant" : "", options->names[0]);
	return false;
}

bool options_resolve(struct options *options, const struct host *host, bool variants)
{
	const struct options any = {0};
	struct kernels kernels;
	bool good = true;

	if (options->name_count == 0 || options->name_count > 2 || !is_uuid(options->names[0]))
		return true;
	good = kernels_read(&kernels, host, &any, true) && resolve(options, host, &kernels, variants);
	kernels_free(&kernels);
	return good;
}

static size_t smaller(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* The number of letters to change, add or remove to make A equal to B (Levenshtein distance). Both are short. */
static size_t distance(const char *a, const char *b)
{
	size_t row[XENSERVER_VERSION_MAX + 2];
	size_t len = strlen(b);

	for (size_t j = 0; j <= len; j++)
		row[j] = j;
	for (size_t i = 1; a[i - 1]; i++) {
		size_t diagonal = row[0];

		row[0] = i;
		for (size_t j = 1; j <= len; j++) {
			size_t above = row[j];

			row[j] = smaller(smaller(above, row[j - 1]) + 1, diagonal + (a[i - 1] != b[j - 1]));
			diagonal = above;
		}
	}
	return row[len];
}

/* A name that is similar to the wanted name. */
struct near {
	const char *name;
	size_t distance;
};

/* Adds NAME to the sorted list of the nearest names, if it is similar. A name that contains WANTED has distance 1. */
static void consider(struct near nearest[NEAREST_MAX], const char *wanted, const char *name)
{
	struct near candidate = {name, strstr(name, wanted) ? 1 : distance(wanted, name)};

	if (strlen(name) > XENSERVER_VERSION_MAX || candidate.distance > 1 + strlen(wanted) / 3)
		return;
	for (size_t i = 0; i < NEAREST_MAX; i++) {
		struct near moved = nearest[i];

		if (moved.name && strcmp(moved.name, candidate.name) == 0)
			return;
		if (moved.name && moved.distance <= candidate.distance)
			continue;
		nearest[i] = candidate;
		candidate = moved;
		if (!candidate.name)
			return;
	}
}

static void consider_driver(struct near nearest[NEAREST_MAX], const char *name, const struct driver *driver)
{
	consider(nearest, name, driver->name);
	for (size_t m = 0; m < driver->module_count; m++)
		consider(nearest, name, driver->modules[m]);
}

/* Prints a message and returns true if several drivers have the module NAME. */
static bool complain_of_several(const struct hierarchy *hierarchy, const char *name)
{
	const struct driver *first = NULL;

	for (size_t d = 0; d < hierarchy->driver_count; d++)
		for (size_t m = 0; m < hierarchy->drivers[d].module_count; m++) {
			if (!name_same_module(hierarchy->drivers[d].modules[m], name))
				continue;
			if (first) {
				complain("several drivers have a module %s, among them %s and %s; name the driver",
					 name, first->name, hierarchy->drivers[d].name);
				return true;
			}
			first = &hierarchy->drivers[d];
		}
	return false;
}

bool kernels_have(const struct kernels *kernels, const char *name)
{
	struct near nearest[NEAREST_MAX] = {0};

	for (size_t k = 0; k < kernels->count; k++)
		if (hierarchy_find(&kernels->list[k], name))
			return true;
	for (size_t k = 0; k < kernels->count; k++) {
		if (complain_of_several(&kernels->list[k], name))
			return false;
		for (size_t d = 0; d < kernels->list[k].driver_count; d++)
			consider_driver(nearest, name, &kernels->list[k].drivers[d]);
	}
	if (!nearest[0].name)
		complain("no driver or module is called '%s'; 'xs-driver list' shows all", name);
	else
		complain("no driver or module is called '%s'; similar names: %s%s%s%s%s", name, nearest[0].name,
			 nearest[1].name ? ", " : "", nearest[1].name ? nearest[1].name : "",
			 nearest[2].name ? ", " : "", nearest[2].name ? nearest[2].name : "");
	return false;
}

enum status change_run(struct options *options, const char *name, change_function *function)
{
	struct host host = {0};
	struct transaction transaction = {
		.root = &host.root, .lock = -1, .initrd = {options->no_initrd, options->run_image_tools}};
	char *command;
	enum status status = STATUS_TROUBLE;

	if (!options->sysroot && geteuid() != 0) {
		complain("%s: only root can change what is selected or loaded", name);
		return STATUS_NO;
	}
	command = text_format("xs-driver %s", name);
	if (host_open(&host, options->sysroot)) {
		status = STATUS_NO;
		transaction.lock = lock_take(&host.root, command, options->wait);
		if (transaction.lock >= 0 && transaction_recover(&transaction))
			status = options_resolve(options, &host, strcmp(name, "select") == 0)
					 ? function(&host, options, &transaction)
					 : STATUS_TROUBLE;
	}
	if (transaction.lock >= 0)
		close(transaction.lock);
	host_close(&host);
	free(command);
	return status;
}
