// SPDX-License-Identifier: GPL-2.0-only
// Verifying inputs with several threads.
#include "judge.h"

#include <stdlib.h>
#include <string.h>

#include "name.h"

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
				  .packaged = input->rpm != NULL};
	uint8_t *bytes = NULL;
	const char *why;
	size_t len;

	if (input_read_module(input, module)) {
		report_add(&judge->report, RULE_READ_FAILED, input->path, "%s", module->damage);
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

static void judge_input(const struct input *input, void *context)
{
	struct judge *judge = context;

	if (input->kind == INPUT_TROUBLE)
		report_add(&judge->report, input->rule, input->path, "%s", input->why);
	else if (input->kind == INPUT_MODULE)
		judge_module(judge, input);
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
