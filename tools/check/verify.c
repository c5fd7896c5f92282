// SPDX-License-Identifier: GPL-2.0-only
// Verifies inputs with several threads.
#include "check/verify.h"

#include <stdlib.h>
#include <string.h>

#include "base/name.h"
#include "base/text.h"

/* The state of one thread. The threads share only the inventory, so only the inventory has a lock. */
struct verifier {
	struct report report;
	struct module module; /* its memory is used again for each file */
	struct inventory *inventory;
	const struct policy *policy;
};

static enum rule_id rule_of(enum input_trouble trouble)
{
	static const enum rule_id rules_of[] = {
		[TROUBLE_UNREADABLE] = RULE_READ_FAILED,
		[TROUBLE_DAMAGED] = RULE_INPUT_DAMAGED,
		[TROUBLE_DIGEST] = RULE_PACKAGE_DIGEST,
		[TROUBLE_LIMIT] = RULE_INPUT_LIMIT,
	};

	return rules_of[trouble];
}

static void check_suffix(struct report *report, const struct input *input, const struct module *module)
{
	static const char *const suffixes[] = {
		[CODEC_NONE] = ".ko", [CODEC_GZIP] = ".ko.gz", [CODEC_XZ] = ".ko.xz", [CODEC_ZSTD] = ".ko.zst"};
	const char *suffix = name_module_suffix(input->name), *right = suffixes[module->codec];

	/* A file *.ko of an unknown format is checked as a module, and so is a PATH of any name. */
	if (suffix && strcmp(suffix, right) != 0)
		report_add(report, RULE_INPUT_SUFFIX, input->path, "its bytes are those of a %s, not of a %s", right,
			   suffix);
}

static void verify_module(struct verifier *verifier, const struct input *input)
{
	struct module *module = &verifier->module;
	struct subject subject = {.path = input->path,
				  .host_path = input->host_path,
				  .name = input->name,
				  .module = module,
				  .packaged = input->rpm != NULL,
				  .alone = input->given};
	uint8_t *bytes = NULL;
	const char *why;
	size_t len = 0;

	if (input_read_module(input, module)) {
		report_add(&verifier->report, rule_of(input_failure(input)), input->path, "%s", module->damage);
		return;
	}
	check_suffix(&verifier->report, input, module);
	/* Modules that are not compressed are in memory as a whole if they are in a container. */
	subject.bytes = input_memory(input, &len);
	if (module->codec != CODEC_NONE || len != module->size || module_is_broken(module))
		subject.bytes = NULL;
	len = 0;
	if (!subject.bytes && check_wants_bytes(verifier->policy) && !module_is_broken(module)) {
		bytes = input_whole(input, MODULE_BYTES_MAX, &len, &why);
		/* If the file has changed, these are not the bytes whose headers were read. */
		if (!bytes || len != module->size) {
			report_add(&verifier->report, bytes ? RULE_READ_FAILED : rule_of(input_failure(input)),
				   input->path, "%s", bytes ? "it changed while it was read" : why);
			source_whole_free(bytes, len);
			return;
		}
		subject.bytes = bytes;
	}
	check_subject(&verifier->report, verifier->inventory, verifier->policy, &subject);
	source_whole_free(bytes, len);
}

/* The bound for text files, in bytes. A usual info.json has some KiB. */
#define TEXT_MAX (1u << 20)

static bool is_depmod_configuration(const char *host_path)
{
	const char *at = strstr(host_path, "depmod.d/");

	return at && strlen(at) > 5 && strcmp(at + strlen(at) - 5, ".conf") == 0;
}

static void verify_text(struct verifier *verifier, const struct input *input, const struct inventory_where *where)
{
	const char *why;
	size_t len;
	uint8_t *bytes = input_whole(input, TEXT_MAX, &len, &why);
	char *text;

	if (!bytes) {
		report_add(&verifier->report, rule_of(input_failure(input)), input->path, "%s", why);
		return;
	}
	text = text_format("%.*s", (int)len, (const char *)bytes);
	if (is_depmod_configuration(input->host_path))
		inventory_add_depmod(verifier->inventory, text);
	else
		inventory_add_file(verifier->inventory, where, text);
	free(text);
	source_whole_free(bytes, len);
}

static void verify_file(struct verifier *verifier, const struct input *input)
{
	struct inventory_where where = {
		.path = input->path, .host_path = input->host_path, .packaged = input->rpm != NULL};

	if (strcmp(input->name, "info.json") == 0 || (where.packaged && is_depmod_configuration(input->host_path)))
		verify_text(verifier, input, &where);
	else
		inventory_add_file(verifier->inventory, &where, NULL);
}

static void verify_link(struct verifier *verifier, const struct input *input)
{
	struct inventory_where where = {
		.path = input->path, .host_path = input->host_path, .packaged = input->rpm != NULL};

	inventory_add_link(verifier->inventory, &where, input->target);
}

static void verify_input(const struct input *input, void *context)
{
	struct verifier *verifier = context;

	disks_notice(&verifier->inventory->disks, input);
	if (input->kind == INPUT_RPM || input->kind == INPUT_DISK)
		report_subject(&verifier->report, input->path);
	if (input->kind == INPUT_TROUBLE)
		report_add(&verifier->report, rule_of(input->trouble), input->path, "%s", input->why);
	else if (input->kind == INPUT_MODULE)
		verify_module(verifier, input);
	else if (input->kind == INPUT_RPM)
		check_package(&verifier->report, verifier->inventory, verifier->policy, input->path, input->rpm);
	else if (input->kind == INPUT_END && input->signatures)
		check_package_signatures(&verifier->report, verifier->policy, input->path, input->signatures);
	else if (input->kind == INPUT_FILE)
		verify_file(verifier, input);
	else if (input->kind == INPUT_LINK)
		verify_link(verifier, input);
}

void verify_inputs(struct report *report, struct inventory *inventory, const struct policy *policy, char *const *paths,
		   const struct input_options *options)
{
	unsigned int jobs = input_jobs(options);
	struct verifier *verifiers = need_memory(jobs, sizeof(*verifiers));
	void **contexts = need_memory(jobs, sizeof(*contexts));

	for (unsigned int i = 0; i < jobs; i++) {
		struct verifier *verifier = &verifiers[i];

		verifier->report.keep_names = report->keep_names;
		memcpy(verifier->report.disabled, report->disabled, sizeof(report->disabled));
		verifier->inventory = inventory;
		verifier->policy = policy;
		contexts[i] = verifier;
	}
	inputs_each(paths, options, verify_input, contexts);
	for (unsigned int i = 0; i < jobs; i++) {
		report_merge(report, &verifiers[i].report);
		report_free(&verifiers[i].report);
		module_free(&verifiers[i].module);
	}
	free(contexts);
	free(verifiers);
}
