// SPDX-License-Identifier: GPL-2.0-only
// Verifying inputs with several threads.
#include "check/verify.h"

#include <stdlib.h>
#include <string.h>

#include "base/name.h"
#include "base/text.h"

/* One thread's: nothing but the set is shared, so nothing else is locked. */
struct judge {
	struct report report;
	struct module module; /* its memory serves every file */
	struct set *set;
	const struct policy *policy;
};

static void check_suffix(struct report *report, const struct input *input, const struct module *module)
{
	static const char *const suffixes[] = {
		[CODEC_NONE] = ".ko", [CODEC_GZIP] = ".ko.gz", [CODEC_XZ] = ".ko.xz", [CODEC_ZSTD] = ".ko.zst"};
	const char *suffix = name_module_suffix(input->name), *right = suffixes[module->codec];

	/* What is named .ko and is nothing we know is judged as a module; so is a PATH of any name. */
	if (suffix && strcmp(suffix, right) != 0)
		report_add(report, RULE_INPUT_SUFFIX, input->path, "its bytes are those of a %s, not of a %s", right,
			   suffix);
}

static void judge_module(struct judge *judge, const struct input *input)
{
	struct module *module = &judge->module;
	struct subject subject = {.path = input->path,
				  .place = input->place,
				  .name = input->name,
				  .module = module,
				  .packaged = input->rpm != NULL,
				  .alone = input->given};
	uint8_t *bytes = NULL;
	const char *why;
	size_t len;

	if (input_read_module(input, module)) {
		report_add(&judge->report, input_failure(input), input->path, "%s", module->damage);
		return;
	}
	check_suffix(&judge->report, input, module);
	if (check_wants_bytes(judge->policy) && !module_is_broken(module)) {
		bytes = input_whole(input, input->limit, &len, &why);
		/* A file that changes in between would not be the one whose headers were read. */
		if (!bytes || len != module->size) {
			report_add(&judge->report, RULE_READ_FAILED, input->path, "%s",
				   bytes ? "it changed while it was read" : why);
			free(bytes);
			return;
		}
	}
	subject.bytes = bytes;
	check_subject(&judge->report, judge->set, judge->policy, &subject);
	free(bytes);
}

/* An info.json has some KiB. */
#define TEXT_MAX (1u << 20)

static bool is_depmod_configuration(const char *place)
{
	const char *at = strstr(place, "depmod.d/");

	return at && strlen(at) > 5 && strcmp(at + strlen(at) - 5, ".conf") == 0;
}

static void judge_text(struct judge *judge, const struct input *input, const struct set_where *where)
{
	const char *why;
	size_t len;
	uint8_t *bytes = input_whole(input, TEXT_MAX, &len, &why);
	char *text;

	if (!bytes) {
		report_add(&judge->report, input_failure(input), input->path, "%s", why);
		return;
	}
	text = text_format("%.*s", (int)len, (const char *)bytes);
	if (is_depmod_configuration(input->place))
		set_add_depmod(judge->set, text);
	else
		set_add_file(judge->set, where, text);
	free(text);
	free(bytes);
}

static void judge_file(struct judge *judge, const struct input *input)
{
	struct set_where where = {.path = input->path, .place = input->place, .packaged = input->rpm != NULL};

	if (strcmp(input->name, "info.json") == 0 || (where.packaged && is_depmod_configuration(input->place)))
		judge_text(judge, input, &where);
	else
		set_add_file(judge->set, &where, NULL);
}

static void judge_link(struct judge *judge, const struct input *input)
{
	struct set_where where = {.path = input->path, .place = input->place, .packaged = input->rpm != NULL};

	set_add_link(judge->set, &where, input->target);
}

static void judge_input(const struct input *input, void *context)
{
	struct judge *judge = context;

	disks_notice(&judge->set->disks, input);
	if (input->kind == INPUT_TROUBLE)
		report_add(&judge->report, input->rule, input->path, "%s", input->why);
	else if (input->kind == INPUT_MODULE)
		judge_module(judge, input);
	else if (input->kind == INPUT_RPM)
		check_package(&judge->report, judge->set, judge->policy, input->path, input->rpm);
	else if (input->kind == INPUT_FILE)
		judge_file(judge, input);
	else if (input->kind == INPUT_LINK)
		judge_link(judge, input);
}

void judge_inputs(struct report *report, struct set *set, const struct policy *policy, char *const *paths,
		  const struct input_options *options)
{
	unsigned int jobs = input_jobs(options);
	struct judge *judges = need_memory(jobs, sizeof(*judges));
	void **contexts = need_memory(jobs, sizeof(*contexts));

	for (unsigned int i = 0; i < jobs; i++) {
		struct judge *judge = &judges[i];

		judge->report.keep_names = report->keep_names;
		memcpy(judge->report.disabled, report->disabled, sizeof(report->disabled));
		judge->set = set;
		judge->policy = policy;
		contexts[i] = judge;
	}
	inputs_each(paths, options, judge_input, contexts);
	for (unsigned int i = 0; i < jobs; i++) {
		report_merge(report, &judges[i].report);
		report_free(&judges[i].report);
		module_free(&judges[i].module);
	}
	free(contexts);
	free(judges);
}
