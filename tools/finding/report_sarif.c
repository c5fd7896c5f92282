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

/* FNV-1a of the rule and the path. It tells findings of one run from those of another one, and is no secret. */
static char *fingerprint(const char *rule, const char *path)
{
	const char *texts[] = {rule, "\n", path};
	uint64_t digest = UINT64_C(0xcbf29ce484222325);

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		for (const char *at = texts[i]; *at; at++)
			digest = (digest ^ (uint8_t)*at) * UINT64_C(0x100000001b3);
	return text_format("%016" PRIx64, digest);
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
	char *uri = uri_of(finding->path), *mark = fingerprint(rule->id, finding->path);
	char *message = text_format("%s. Fix: %s.", finding->text, rule->hint);
	json_t *result = json_need(json_pack("{s:s, s:i, s:s, s:o, s:[{s:{s:{s:s}}, s:[{s:s, s:s}]}], s:{s:s}}",
					     "ruleId", rule->id, "ruleIndex", (int)finding->rule, "level",
					     report_fails(report, finding) ? "error" : "warning", "message",
					     text_object(message), "locations", "physicalLocation", "artifactLocation",
					     "uri", uri, "logicalLocations", "fullyQualifiedName", finding->path,
					     "kind", "module", "partialFingerprints", "xsDdkFinding/v1", mark));

	add_suppression(result, finding);
	free(message);
	free(mark);
	free(uri);
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
