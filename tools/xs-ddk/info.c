// SPDX-License-Identifier: GPL-2.0-only
// xs-ddk info: makes the info.json of a driver from its modules.
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/json.h"
#include "base/name.h"
#include "base/options.h"
#include "base/text.h"
#include "elf/modalias.h"
#include "elf/module.h"
#include "xs-ddk/commands.h"

struct info {
	const char *driver, *version, *variant;
	const char *category, *status;
	char *description; /* owned */
	long long priority;
	bool has_priority; /* it was given */
	json_t *pci_ids;   /* module file name: list of ids */
	bool any_pci;	   /* some module has a PCI id */
	bool any_class;	   /* some module claims a class of PCI devices, whoever made them */
};

static enum status refuse(enum status status, const char *path, const char *why)
{
	char *safe = text_safe(path);

	complain("%s: %s", safe, why);
	free(safe);
	return status;
}

static json_t *pack_id(const struct pci_id *id)
{
	return json_need(json_pack("{s:s, s:s, s:s, s:s}", "vendor_id", id->vendor, "device_id", id->device,
				   "subvendor_id", id->subvendor, "subdevice_id", id->subdevice));
}

static bool has_id(const json_t *ids, const json_t *id)
{
	const json_t *other;
	size_t i;

	json_array_foreach(ids, i, other) if (json_equal(id, other)) return true;
	return false;
}

/*
 * The PCI ids among the module's aliases, each once. The format has no field for a class of devices, and an id of any
 * device would have every host say that it has the hardware: such an alias is left out.
 */
static json_t *ids_of(struct info *info, const struct module *module)
{
	json_t *ids = json_need(json_array());
	struct pci_id id;

	for (const char *alias = NULL; (alias = module_info(module, "alias", alias));) {
		json_t *packed;

		if (!modalias_pci(alias, &id))
			continue;
		if (modalias_is_any(&id)) {
			info->any_class = true;
			continue;
		}
		packed = pack_id(&id);
		if (has_id(ids, packed))
			json_decref(packed);
		else
			json_need_zero(json_array_append_new(ids, packed));
	}
	return ids;
}

/* The version in the record must be the version of the driver. */
static enum status check_record(const struct info *info, const struct module *module, const char *path)
{
	char *found, *why;

	if (module_is_broken(module))
		return refuse(STATUS_NO, path, "it is not a complete kernel module; 'xs-ddk verify' says why");
	if (module->note.records == 1 && strcmp(module->note.version, info->version) == 0)
		return STATUS_YES;
	found = text_safe(module->note.records ? module->note.version : "");
	why = module->note.records ? text_format("its record says version \"%s\", not \"%s\"", found, info->version)
				   : text_format("it has no record; build it with xs-kbuild");
	refuse(STATUS_NO, path, why);
	free(why);
	free(found);
	return STATUS_NO;
}

static enum status add_module(struct info *info, struct module *module, const char *path)
{
	const char *base = strrchr(path, '/');
	const char *description;
	enum status status = check_record(info, module, path);
	json_t *ids;

	if (status != STATUS_YES)
		return status;
	base = base ? base + 1 : path;
	if (json_object_get(info->pci_ids, base))
		return refuse(STATUS_NO, path,
			      "there are two modules of this name; all modules of a driver need different names");
	description = module_info(module, "description", NULL);
	if (!info->description && description)
		info->description = text_format("%s", description);
	ids = ids_of(info, module);
	if (json_array_size(ids) > 0)
		info->any_pci = true;
	json_need_zero(json_object_set_new(info->pci_ids, base, ids));
	return STATUS_YES;
}

static enum status read_module(struct info *info, const char *path)
{
	struct module module = {0};
	enum status status;
	struct stat st;
	const char *base = strrchr(path, '/');
	int fd;

	if (!name_is_module_file(base ? base + 1 : path))
		return refuse(STATUS_TROUBLE, path, "it does not have the name of a module, NAME.ko");
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0)
		return refuse(STATUS_TROUBLE, path, strerror(errno));
	if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode))
		status = refuse(STATUS_TROUBLE, path, "it is not a regular file");
	else if (module_read_fd(&module, fd, (uint64_t)st.st_size) != 0)
		status = refuse(STATUS_TROUBLE, path, strerror(errno));
	else
		status = add_module(info, &module, path);
	module_free(&module);
	close(fd);
	return status;
}

/* A driver without PCI devices fits every machine. Toolstacks select only drivers that fit. */
static void add_any(json_t *pci_ids)
{
	static const struct pci_id any = {"*", "*", "*", "*"};
	const char *file;
	json_t *ids;

	json_object_foreach(pci_ids, file, ids) json_need_zero(json_array_append_new(ids, pack_id(&any)));
}

/*
 * The priority of a version: the highest is what an installer selects, so a newer version has a higher one. Its first
 * four numbers, up to 999 but for the first, as one; what comes before a release ("1.0~rc1") is less than it. A reader
 * that takes it for a floating point number still has all digits.
 */
static long long priority_of(const char *version)
{
	static const long long most[] = {999999, 999, 999, 999};
	long long priority = 0;

	for (size_t i = 0; i < sizeof(most) / sizeof(most[0]); i++) {
		long long number;

		version += strcspn(version, "0123456789~");
		number = *version >= '0' && *version <= '9' ? strtoll(version, NULL, 10) : 0;
		priority = priority * 1000 + (number < most[i] ? number : most[i]);
		version += strspn(version, "0123456789");
	}
	return strchr(version, '~') ? priority - 1 : priority;
}

static void warn_of_class(const struct info *info)
{
	if (info->any_class && info->any_pci)
		complain("warning: a class of PCI devices that the driver claims is not in pci_ids, which can have "
			 "only single devices");
	else if (info->any_class)
		complain("warning: the driver claims only a class of PCI devices, and pci_ids can have only single "
			 "devices; it gets an entry for any device");
}

static void print_info(struct info *info)
{
	json_t *json;

	warn_of_class(info);
	if (!info->any_pci)
		add_any(info->pci_ids);
	if (!info->has_priority)
		info->priority = priority_of(info->version);
	json = json_need(json_pack("{s:o, s:s, s:o, s:s, s:s, s:I, s:s, s:O}", "category", json_safe(info->category),
				   "name", info->driver, "description",
				   json_safe(info->description ? info->description : info->driver), "variant",
				   info->variant ? info->variant : info->version, "version", info->version, "priority",
				   (json_int_t)info->priority, "status", info->status, "pci_ids", info->pci_ids));
	/* The toolstacks that read it expect ASCII. A write error is found when stdout is closed. */
	json_dumpf(json, stdout, JSON_INDENT(2) | JSON_ENSURE_ASCII);
	putchar('\n');
	json_decref(json);
}

/* Whether the options are valid. If not, prints a message. */
static bool options_are_sound(const struct info *info, int paths)
{
	static const char *const statuses[] = {"production", "beta", "alpha"};
	const char *const names[] = {info->driver, info->version, info->variant ? info->variant : info->version};
	static const char *const options[] = {"--driver", "--version", "--variant"};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (!names[i])
			complain("info: %s is missing", options[i]);
		else if (!name_is_legal(names[i]))
			complain("info: %s: not a legal name; it has to be like 1.2.3-x, of at most 63 bytes",
				 options[i]);
		if (!names[i] || !name_is_legal(names[i]))
			return false;
	}
	if (paths == 0) {
		complain("info: a MODULE is missing");
		return false;
	}
	for (size_t i = 0; i < sizeof(statuses) / sizeof(statuses[0]); i++)
		if (strcmp(info->status, statuses[i]) == 0)
			return true;
	complain("info: --status is production, beta or alpha");
	return false;
}

static bool read_number(const char *s, long long *out)
{
	char *end;

	errno = 0;
	*out = strtoll(s, &end, 10);
	if (errno == 0 && end != s && *end == '\0')
		return true;
	complain("info: --priority takes a number");
	return false;
}

enum {
	OPTION_DRIVER = OPTION_OWN,
	OPTION_VERSION,
	OPTION_VARIANT,
	OPTION_CATEGORY,
	OPTION_DESCRIPTION,
	OPTION_PRIORITY,
	OPTION_STATUS
};

static const struct option options[] = {
	{"help", no_argument, NULL, OPTION_HELP},
	{"driver", required_argument, NULL, OPTION_DRIVER},
	{"version", required_argument, NULL, OPTION_VERSION},
	{"variant", required_argument, NULL, OPTION_VARIANT},
	{"category", required_argument, NULL, OPTION_CATEGORY},
	{"description", required_argument, NULL, OPTION_DESCRIPTION},
	{"priority", required_argument, NULL, OPTION_PRIORITY},
	{"status", required_argument, NULL, OPTION_STATUS},
	{0},
};

static bool take_option(struct info *info, int option)
{
	switch (option) {
	case OPTION_DRIVER:
		info->driver = optarg;
		return true;
	case OPTION_VERSION:
		info->version = optarg;
		return true;
	case OPTION_VARIANT:
		info->variant = optarg;
		return true;
	case OPTION_CATEGORY:
		info->category = optarg;
		return true;
	case OPTION_DESCRIPTION:
		free(info->description);
		info->description = text_format("%s", optarg);
		return true;
	case OPTION_PRIORITY:
		info->has_priority = true;
		return read_number(optarg, &info->priority);
	case OPTION_STATUS:
		info->status = optarg;
		return true;
	default:
		return false;
	}
}

static enum status read_modules(struct info *info, char **paths)
{
	enum status status = STATUS_YES;

	for (; *paths && status == STATUS_YES; paths++)
		status = read_module(info, *paths);
	return status;
}

enum status cmd_info(int argc, char **argv)
{
	struct info info = {.category = "other", .status = "production"};
	enum status status = STATUS_YES;
	int option;

	while (status == STATUS_YES && (option = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (option == OPTION_HELP) {
			free(info.description);
			return command_help("info");
		}
		if (!take_option(&info, option))
			status = STATUS_TROUBLE;
	}
	if (status != STATUS_YES || !options_are_sound(&info, argc - optind)) {
		free(info.description);
		return command_misused("info");
	}
	info.pci_ids = json_need(json_object());
	status = read_modules(&info, argv + optind);
	if (status == STATUS_YES)
		print_info(&info);
	json_decref(info.pci_ids);
	free(info.description);
	return status;
}
