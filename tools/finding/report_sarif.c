// SPDX-License-Identifier: GPL-2.0-only
// A report as SARIF 2.1.0, the format of OASIS that code scanning reads.
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "base/text.h"
#include "finding/report_print.h"

static json_t *text_object(const char *text)
{
	return json_need(json_pack("{s:s}", "text", text));
}

static const char *level_of(const struct rule *rule)
{
	return rule->severity == SEVERITY_ERROR ? "error" : "warning";
}

static json_t *rules_json(void)
{
	json_t *list = json_need(json_array());

	for (int i = 0; i < RULES; i++)
		json_need_zero(json_array_append_new(
			list, json_need(json_pack("{s:s, s:o, s:o, s:{s:s}}", "id", rules[i].id, "shortDescription",
						  text_object(rules[i].problem), "help", text_object(rules[i].hint),
						  "defaultConfiguration", "level", level_of(&rules[i])))));
	return list;
}

/* PATH as a relative or absolute reference of a URI, in memory to free. Readers know only files: the outermost one. */
static char *uri_of(const char *path)
{
	static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789/._~-";
	size_t len = strcspn(path, "!");
	char *uri = text_format("%s", *path == '/' ? "file://" : "");

	for (size_t i = 0; i < len; i++) {
		char *longer = strchr(plain, path[i]) ? text_format("%s%c", uri, path[i])
						      : text_format("%s%%%02X", uri, (unsigned char)path[i]);

		free(uri);
		uri = longer;
	}
	return uri;
}

/*
 * FNV-1a of the rule, the path, and how many findings of this rule and path came before. It tells the findings of one
 * run from those of another, and is no secret. An absolute path often is that of a temporary directory, so the
 * directory of the command line is left out of it.
 */
static char *fingerprint(const struct report *report, const struct finding *finding)
{
	char *path = *finding->path == '/' ? report_relative(report, finding->path) : text_format("%s", finding->path);
	uint64_t digest = UINT64_C(0xcbf29ce484222325);
	const char *texts[] = {rules[finding->rule].id, "\n", path};
	const struct finding *before = finding;

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		for (const char *at = texts[i]; *at; at++)
			digest = (digest ^ (uint8_t)*at) * UINT64_C(0x100000001b3);
	while (before > report->findings && before[-1].rule == finding->rule &&
	       strcmp(before[-1].path, finding->path) == 0)
		before--;
	free(path);
	return text_format("%016" PRIx64 ":%zu", digest, (size_t)(finding - before) + 1);
}

/* Where the finding is: in a source if it is known, else in the file of the command line. */
static json_t *place_json(const struct finding *finding)
{
	char *uri = uri_of(finding->source ? finding->source : finding->path);
	json_t *place = json_need(json_pack("{s:{s:s}}", "artifactLocation", "uri", uri));

	/* Readers show a finding at a line of a text. Which line made it is not known. */
	if (finding->source)
		json_need_zero(json_object_set_new(place, "region", json_need(json_pack("{s:i}", "startLine", 1))));
	free(uri);
	return place;
}

/* A suppressed finding is in the list of results, too: readers show it as suppressed. */
static void add_suppression(json_t *result, const struct finding *finding)
{
	char *why;

	if (!finding->suppressed)
		return;
	why = text_format("%s: %s", finding->by, finding->reason);
	json_need_zero(json_object_set_new(result, "suppressions",
					   json_need(json_pack("[{s:s, s:s, s:s}]", "kind", "external", "status",
							       "accepted", "justification", why))));
	free(why);
}

static json_t *result_json(const struct report *report, const struct finding *finding)
{
	const struct rule *rule = &rules[finding->rule];
	char *mark = fingerprint(report, finding);
	char *message = text_format("%s: %s. Fix: %s.", finding->path, finding->text, finding->hint);
	json_t *result = json_need(json_pack(
		"{s:s, s:i, s:s, s:o, s:[{s:o, s:[{s:s, s:s}]}], s:{s:s}}", "ruleId", rule->id, "ruleIndex",
		(int)finding->rule, "level", report_fails(report, finding) ? "error" : "warning", "message",
		text_object(message), "locations", "physicalLocation", place_json(finding), "logicalLocations",
		"fullyQualifiedName", finding->path, "kind", "module", "partialFingerprints", "xsDdkFinding/v2", mark));

	add_suppression(result, finding);
	free(message);
	free(mark);
	return result;
}

void report_print_sarif(const struct report *report)
{
	json_t *results = json_need(json_array());

	for (size_t i = 0; i < report->count + report->suppressed; i++)
		json_need_zero(json_array_append_new(results, result_json(report, &report->findings[i])));
	json_print(json_pack("{s:s, s:s, s:[{s:{s:{s:s, s:s, s:o}}, s:o}]}", "$schema",
			     "https://json.schemastore.org/sarif-2.1.0.json", "version", "2.1.0", "runs", "tool",
			     "driver", "name", "xs-ddk", "version", XS_DDK_VERSION, "rules", rules_json(), "results",
			     results));
}
