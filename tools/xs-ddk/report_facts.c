// SPDX-License-Identifier: GPL-2.0-only
// What 'xs-ddk report' knows of driver disks, from the same readers as show, verify and diff.
#include "xs-ddk/report_facts.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/array.h"
#include "base/budget.h"
#include "base/json.h"
#include "base/late_library.h"
#include "base/text.h"
#include "check/verify.h"
#include "package/walk.h"
#include "stream/source.h"
#include "xs-ddk/describe.h"

static bool trouble(const char *path, const char *why)
{
	char *safe = text_safe(path);

	complain("%s: %s", safe, why);
	free(safe);
	return false;
}

static char *copy(const char *text)
{
	return text_format("%s", text);
}

/* ---- Disks ---- */

/* The SHA-256 of the file FD, in hex. */
static bool digest_file(int fd, char sha256[DISK_SHA256_SIZE])
{
	EVP_MD_CTX *context = libcrypto()->EVP_MD_CTX_new();
	unsigned char bytes[1 << 16], digest[EVP_MAX_MD_SIZE];
	unsigned int len = 0;
	ssize_t n;

	if (!context || !libcrypto()->EVP_DigestInit_ex(context, libcrypto()->EVP_sha256(), NULL))
		die_memory();
	while ((n = read(fd, bytes, sizeof(bytes))) > 0 || (n < 0 && errno == EINTR))
		if (n > 0)
			libcrypto()->EVP_DigestUpdate(context, bytes, (size_t)n);
	libcrypto()->EVP_DigestFinal_ex(context, digest, &len);
	libcrypto()->EVP_MD_CTX_free(context);
	for (unsigned int i = 0; i < len && n == 0; i++)
		snprintf(sha256 + (size_t)2 * i, 3, "%02x", digest[i]);
	return n == 0;
}

static bool read_image(struct report_disk *disk, const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	struct stat st;
	bool fine = fd >= 0 && fstat(fd, &st) == 0 && digest_file(fd, disk->sha256);

	if (fine)
		disk->size = (uint64_t)st.st_size;
	else
		trouble(path, strerror(errno));
	if (fd >= 0)
		close(fd);
	return fine;
}

static bool read_disk(struct report_facts *facts, const char *path)
{
	struct report_disk *disk;
	const struct disk *read;
	size_t len = strlen(path);

	facts->disks = array_grown(facts->disks, facts->disk_count, sizeof(*facts->disks));
	disk = &facts->disks[facts->disk_count++];
	*disk = (struct report_disk){0};
	if (!disk_summary_read(&disk->summary, path)) {
		read = disk->summary.disk;
		return trouble(path, access(path, R_OK) != 0 ? strerror(errno)
				     : read && read->why     ? read->why
							     : "it is no driver disk");
	}
	while (len > 1 && path[len - 1] == '/')
		len--;
	disk->prefix = text_format("%.*s%c", (int)len, path, disk->summary.disk->is_image ? '!' : '/');
	return !disk->summary.disk->is_image || read_image(disk, path);
}

/* ---- Modules and packages ---- */

/* Draws memory for a part that is kept. */
static bool keep(struct report_facts *facts, size_t size)
{
	if (facts->over || !budget_keep(size))
		facts->over = true;
	else
		facts->kept += size;
	return !facts->over;
}

static void take_aliases(struct report_facts *facts, const struct report_module *module, const json_t *aliases)
{
	const json_t *alias;
	size_t i;

	json_array_foreach(aliases, i, alias)
	{
		const char *text = json_string_value(alias);

		if (!strchr(text, ':') || !keep(facts, 2 * sizeof(*facts->aliases) + strlen(text)))
			continue;
		facts->aliases = array_grown(facts->aliases, facts->alias_count, sizeof(*facts->aliases));
		facts->aliases[facts->alias_count++] = (struct report_alias){module, copy(text)};
	}
}

static void take_module(struct report_facts *facts, const struct input *input)
{
	struct report_module *taken;
	struct module module = {0};
	const json_t *signature;
	json_t *object;

	if (input_read_module(input, &module) == 0 && !module_is_broken(&module) &&
	    keep(facts, 4 * sizeof(*taken) + 2 * strlen(input->path))) {
		taken = need_memory(1, sizeof(*taken));
		object = describe_module(input, &module);
		signature = json_object_get(object, "signature");
		taken->path = copy(input->path);
		taken->name = copy(json_string_value(json_object_get(object, "module")));
		module_path_read(input->host_path, &taken->location);
		if (json_string_value(json_object_get(signature, "signer")))
			taken->signer = copy(json_string_value(json_object_get(signature, "signer")));
		take_aliases(facts, taken, json_object_get(object, "aliases"));
		json_decref(object);
		facts->modules = array_grown(facts->modules, facts->module_count, sizeof(*facts->modules));
		facts->modules[facts->module_count++] = taken;
	}
	module_free(&module);
}

static void take_package(struct report_facts *facts, const struct input *input)
{
	const struct rpm *rpm = input->rpm;
	struct report_package taken = {.build_time = rpm->build_time, .source = rpm->source};

	if (!keep(facts, 4 * sizeof(taken) + 2 * strlen(input->path)))
		return;
	taken.path = copy(input->path);
	taken.name = text_format("%s-%s-%s.%s", rpm->name, rpm->version, rpm->release, rpm->source ? "src" : rpm->arch);
	facts->packages = array_grown(facts->packages, facts->package_count, sizeof(*facts->packages));
	facts->packages[facts->package_count++] = taken;
}

/* What a walk calls, with the keys of packages. */
struct walk_context {
	struct report_facts *facts;
	const struct openpgp_keys *keys;
};

static void take_signatures(const struct walk_context *walk, const struct input *input)
{
	struct report_facts *facts = walk->facts;
	struct report_package *package = facts->package_count ? &facts->packages[facts->package_count - 1] : NULL;

	if (!package || package->signatures || strcmp(package->path, input->path) != 0)
		return;
	package->signatures = json_need(json_object());
	describe_signatures(package->signatures, input->signatures, walk->keys);
}

/* What cannot be read is a finding of verify, so nothing is said here. */
static void take_input(const struct input *input, void *context)
{
	const struct walk_context *walk = context;

	if (input->kind == INPUT_MODULE && input->rpm)
		take_module(walk->facts, input);
	else if (input->kind == INPUT_RPM && input->rpm)
		take_package(walk->facts, input);
	else if (input->kind == INPUT_END && input->signatures)
		take_signatures(walk, input);
}

static int compare_modules(const void *a, const void *b)
{
	return strcmp((*(struct report_module *const *)a)->path, (*(struct report_module *const *)b)->path);
}

static int compare_packages(const void *a, const void *b)
{
	return strcmp(((const struct report_package *)a)->path, ((const struct report_package *)b)->path);
}

static void read_contents(struct report_facts *facts, const struct report_request *request)
{
	static const struct input_options one_by_one = {.in_order = true};
	struct walk_context walk = {facts, request->policy.package_keys};

	inputs_each(request->disks, &one_by_one, take_input, (void *[]){&walk});
	if (facts->module_count)
		qsort(facts->modules, facts->module_count, sizeof(struct report_module *), compare_modules);
	if (facts->package_count)
		qsort(facts->packages, facts->package_count, sizeof(*facts->packages), compare_packages);
}

/* ---- Findings and changes ---- */

static void verify(struct report_facts *facts, const struct report_request *request)
{
	static const struct input_options options = {0};
	struct inventory inventory;

	for (char **path = request->disks; *path; path++)
		report_root(&facts->findings, *path);
	inventory_init(&inventory);
	verify_inputs(&facts->findings, &inventory, &request->policy, request->disks, &options);
	check_inventory(&facts->findings, &inventory, &request->policy);
	exceptions_apply(request->exceptions, &facts->findings);
	if (request->baseline)
		baseline_apply(request->baseline, &facts->findings);
	report_sort(&facts->findings);
	inventory_free(&inventory);
}

static bool compare(struct report_facts *facts, const struct report_request *request)
{
	if (!request->against)
		return true;
	facts->against = request->against;
	diff_set_read(&facts->old_set, (char *[]){request->against, NULL});
	diff_set_read(&facts->new_set, request->disks);
	return !facts->old_set.trouble && !facts->new_set.trouble &&
	       diff_result_make(&facts->changes, &facts->old_set, &facts->new_set);
}

/* ---- Trials ---- */

/* The largest trial.json, in bytes: some 50,000 trials. */
#define TRIALS_MAX (16u << 20)

static json_t *read_json(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	const char *why = fd < 0 ? strerror(errno) : "it is not a regular file";
	uint8_t *bytes = NULL;
	json_t *json = NULL;
	json_error_t error;
	struct stat st;
	size_t len = 0;

	if (fd >= 0 && fstat(fd, &st) == 0 && S_ISREG(st.st_mode)) {
		budget_input((uint64_t)st.st_size);
		bytes = source_whole_fd(fd, (uint64_t)st.st_size, TRIALS_MAX, false, &len, &why);
	}
	if (fd >= 0)
		close(fd);
	if (bytes) {
		json = json_loadb((const char *)bytes, len, 0, &error);
		why = "it is not JSON";
	}
	source_whole_free(bytes, len);
	if (!json)
		trouble(path, why);
	return json;
}

static bool take_trial(struct report_facts *facts, const json_t *object)
{
	const struct {
		const char *key;
		size_t at;
	} fields[] = {
		{"driver", offsetof(struct report_trial, driver)}, {"version", offsetof(struct report_trial, version)},
		{"kernel", offsetof(struct report_trial, kernel)}, {"device", offsetof(struct report_trial, device)},
		{"id", offsetof(struct report_trial, id)},	   {"result", offsetof(struct report_trial, result)},
		{"reason", offsetof(struct report_trial, reason)}};
	struct report_trial trial;

	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
		const char *text = json_string_value(json_object_get(object, fields[i].key));

		if (!text)
			return false;
		memcpy((char *)&trial + fields[i].at, &text, sizeof(text));
	}
	facts->trials = array_grown(facts->trials, facts->trial_count, sizeof(*facts->trials));
	facts->trials[facts->trial_count++] = trial;
	return true;
}

/* Reads the file trial.json that 'xs-trial --report' wrote into the directory. */
static bool read_trials(struct report_facts *facts, const char *directory)
{
	char *path = text_format("%s/trial.json", directory);
	json_t *file = read_json(path), *trial;
	const char *format = json_string_value(json_object_get(file, "format"));
	const json_t *trials = json_object_get(file, "trials");
	bool fine = format && strcmp(format, "xs-trial") == 0 && json_is_array(trials) &&
		    json_integer_value(json_object_get(file, "schema")) == 1;
	size_t i;

	json_array_foreach(trials, i, trial) fine = fine && take_trial(facts, trial);
	if (file && !fine)
		trouble(path, "it is not a report of xs-trial that this version reads");
	if (file)
		json_need_zero(json_array_append_new(facts->trial_files, file));
	free(path);
	return file && fine;
}

static int compare_trials(const void *a, const void *b)
{
	const struct report_trial *x = a, *y = b;
	const char *const pairs[][2] = {{x->driver, y->driver}, {x->version, y->version}, {x->kernel, y->kernel},
					{x->device, y->device}, {x->id, y->id},		  {x->result, y->result},
					{x->reason, y->reason}};
	int order = 0;

	for (size_t i = 0; order == 0 && i < sizeof(pairs) / sizeof(pairs[0]); i++)
		order = strcmp(pairs[i][0], pairs[i][1]);
	return order;
}

static bool read_all_trials(struct report_facts *facts, char **directories)
{
	bool fine = true;

	if (!*directories)
		return true;
	facts->trial_files = json_need(json_array());
	for (; *directories; directories++)
		fine = read_trials(facts, *directories) && fine;
	if (facts->trial_count)
		qsort(facts->trials, facts->trial_count, sizeof(*facts->trials), compare_trials);
	return fine;
}

/* ---- What belongs together ---- */

const struct disk_file *report_file_of(const struct disk_cell *cell)
{
	return (const struct disk_file *)((const char *)cell->rpm - offsetof(struct disk_file, rpm));
}

const struct report_package *report_package_of(const struct report_facts *facts, const struct report_disk *disk,
					       const char *path)
{
	struct report_package wanted = {.path = text_format("%s%s", disk->prefix, path)}, *found = NULL;

	if (facts->package_count)
		found = bsearch(&wanted, facts->packages, facts->package_count, sizeof(wanted), compare_packages);
	free(wanted.path);
	return found;
}

static bool finding_is_before(const void *item, const void *key)
{
	return strcmp(((const struct finding *)item)->path, key) < 0;
}

static bool begins_with(const char *text, const char *prefix)
{
	return strncmp(text, prefix, strlen(prefix)) == 0;
}

const struct finding *report_findings_of(const struct report_facts *facts, const struct report_disk *disk,
					 const char *path, size_t *count)
{
	const struct report *findings = &facts->findings;
	char *whole = text_format("%s%s", disk->prefix, path), *safe = text_safe(whole);
	size_t first = array_lower_bound(findings->findings, findings->count, sizeof(*findings->findings), safe,
					 finding_is_before),
	       end = first;

	while (end < findings->count && begins_with(findings->findings[end].path, safe))
		end++;
	*count = end - first;
	free(safe);
	free(whole);
	return *count ? &findings->findings[first] : NULL;
}

static bool module_is_before(const void *item, const void *key)
{
	return strcmp((*(struct report_module *const *)item)->path, key) < 0;
}

struct report_module *const *report_modules_of(const struct report_facts *facts, const struct report_disk *disk,
					       const char *path, size_t *count)
{
	char *prefix = text_format("%s%s!", disk->prefix, path);
	size_t first = array_lower_bound(facts->modules, facts->module_count, sizeof(struct report_module *), prefix,
					 module_is_before),
	       end = first;

	while (end < facts->module_count && begins_with(facts->modules[end]->path, prefix))
		end++;
	*count = end - first;
	free(prefix);
	return facts->modules + first;
}

static int compare_cell(const struct report_trial *trial, const struct module_path *location)
{
	int order = strcmp(trial->driver, location->driver);

	if (order == 0)
		order = strcmp(trial->version, location->version);
	return order ? order : strcmp(trial->kernel, location->uname);
}

static bool trial_is_before(const void *item, const void *key)
{
	return compare_cell(item, key) < 0;
}

const struct report_trial *report_trials_of(const struct report_facts *facts, const struct module_path *location,
					    size_t *count)
{
	size_t first = array_lower_bound(facts->trials, facts->trial_count, sizeof(*facts->trials), location,
					 trial_is_before),
	       end = first;

	while (end < facts->trial_count && compare_cell(&facts->trials[end], location) == 0)
		end++;
	*count = end - first;
	return facts->trials + first;
}

/* ---- All of it ---- */

bool report_facts_read(struct report_facts *facts, const struct report_request *request)
{
	bool fine = true;

	*facts = (struct report_facts){0};
	facts->names = pci_names_read(request->pci_ids);
	fine = facts->names || !request->pci_ids;
	for (char **path = request->disks; *path; path++)
		fine = read_disk(facts, *path) && fine;
	fine = read_all_trials(facts, request->trials) && fine;
	if (!fine)
		return false;
	read_contents(facts, request);
	verify(facts, request);
	return compare(facts, request);
}

void report_facts_free(struct report_facts *facts)
{
	for (size_t i = 0; i < facts->disk_count; i++) {
		disk_summary_free(&facts->disks[i].summary);
		free(facts->disks[i].prefix);
	}
	for (size_t i = 0; i < facts->module_count; i++) {
		free(facts->modules[i]->path);
		free(facts->modules[i]->name);
		free(facts->modules[i]->signer);
		free(facts->modules[i]);
	}
	for (size_t i = 0; i < facts->package_count; i++) {
		free(facts->packages[i].path);
		free(facts->packages[i].name);
		json_decref(facts->packages[i].signatures);
	}
	for (size_t i = 0; i < facts->alias_count; i++)
		free(facts->aliases[i].alias);
	free(facts->disks);
	free(facts->modules);
	free(facts->packages);
	free(facts->aliases);
	free(facts->trials);
	json_decref(facts->trial_files);
	report_free(&facts->findings);
	diff_result_free(&facts->changes);
	diff_set_free(&facts->old_set);
	diff_set_free(&facts->new_set);
	pci_names_free(facts->names);
	budget_release(facts->kept);
	*facts = (struct report_facts){0};
}
