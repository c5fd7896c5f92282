// SPDX-License-Identifier: GPL-2.0-only
// The output formats of xs-ddk diff: text and markdown for people, html for a browser, and json for programs.
#include "diff/diff_report.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/die.h"
#include "base/json.h"
#include "base/text.h"

/* Why a change is a finding, as a static text, or NULL if it is none. */
static const char *finding_of(const struct diff_pair *pair, const struct diff_change *change)
{
	if (change->coverage == UNCOVERED)
		return "this hardware loses its driver";
	if (pair->new_module && change->old_attribute && change->old_attribute->kind == ATTRIBUTE_SIGNATURE &&
	    *change->old_attribute->value && !*change->new_attribute->value)
		return "the signature is lost";
	return NULL;
}

static const char *fact_finding(const struct fact_change *change)
{
	if (!change->finding)
		return NULL;
	return change->old_fact->kind == FACT_KERNEL	? "hosts with this kernel lose the driver"
	       : change->old_fact->kind == FACT_VERSION ? "the driver has fewer versions"
							: "the package is gone";
}

static const char *change_name(const void *old_thing, const void *new_thing)
{
	return !new_thing ? "lost" : old_thing ? "changed" : "gained";
}

static const struct attribute *attribute_of(const struct diff_change *change)
{
	return change->old_attribute ? change->old_attribute : change->new_attribute;
}

static const struct fact *fact_of(const struct fact_change *change)
{
	return change->old_fact ? change->old_fact : change->new_fact;
}

static void count(struct diff_result *result)
{
	for (size_t i = 0; i < result->pair_count; i++) {
		const struct told_pair *told = &result->pairs[i];

		result->compared += told->pair.old_module && told->pair.new_module;
		result->gained += !told->pair.old_module;
		result->lost += !told->pair.new_module;
		for (size_t j = 0; j < told->count; j++) {
			const struct diff_change *change = &told->changes[j];

			result->devices_lost += change->coverage == UNCOVERED;
			result->devices_unknown += change->coverage == COVERAGE_UNKNOWN;
			result->signatures_lost += change->coverage != UNCOVERED && finding_of(&told->pair, change);
		}
	}
	for (size_t i = 0; i < result->fact_count; i++)
		result->facts_lost += result->facts[i].finding;
}

/* Compares the modules of both sets. */
static void compare_modules(struct diff_result *result, const struct diff_set *old_set, const struct diff_set *new_set)
{
	struct diff_pair *pairs = diff_pairs(old_set, new_set, &result->pair_count);
	struct device_index *devices = diff_devices(new_set);

	result->pairs = need_memory(result->pair_count + 1, sizeof(*result->pairs));
	for (size_t i = 0; i < result->pair_count; i++) {
		struct told_pair *told = &result->pairs[i];

		told->pair = pairs[i];
		told->changes = diff_changes(&pairs[i], new_set, devices, &told->count);
	}
	device_index_free(devices);
	free(pairs);
}

bool diff_result_make(struct diff_result *result, const struct diff_set *old_set, const struct diff_set *new_set)
{
	*result = (struct diff_result){0};
	compare_modules(result, old_set, new_set);
	result->facts = set_facts_compare(&old_set->facts, &new_set->facts, &result->fact_count);
	count(result);
	if (result->devices_unknown)
		complain("the comparison takes too long: %zu device alias%s of the older modules could not be matched "
			 "with those of the newer ones",
			 result->devices_unknown, result->devices_unknown == 1 ? "" : "es");
	return result->devices_unknown == 0;
}

void diff_result_free(struct diff_result *result)
{
	for (size_t i = 0; i < result->pair_count; i++)
		free(result->pairs[i].changes);
	free(result->pairs);
	free(result->facts);
	*result = (struct diff_result){0};
}

bool diff_result_has_findings(const struct diff_result *result)
{
	return result->lost || result->devices_lost || result->signatures_lost || result->facts_lost;
}

static char *safe_value(const char *value)
{
	return text_safe(value && *value ? value : "none");
}

static void print_row(struct diff_row *row, const char *subject, diff_row_function *print, void *context)
{
	print(row, subject, context);
	free(row->key);
	free(row->old_value);
	free(row->new_value);
}

/* The name of a module with its version and kernel, in memory to free. */
static char *subject_of(const struct diff_pair *pair)
{
	const struct diff_module *module = pair->new_module ? pair->new_module : pair->old_module;
	bool versioned = *module->version && (!pair->old_module || !pair->new_module);
	char *text = text_format("%s%s%s (%s)", module->name, versioned ? " " : "", versioned ? module->version : "",
				 module->kernel);
	char *safe = text_safe(text);

	free(text);
	return safe;
}

static void each_change(const struct told_pair *told, const char *subject, diff_row_function *print, void *context)
{
	bool both = told->pair.old_module && told->pair.new_module;

	for (size_t i = 0; i < told->count; i++) {
		const struct diff_change *change = &told->changes[i];
		const struct attribute *a = change->old_attribute, *b = change->new_attribute;
		struct diff_row row = {.what = attribute_kind_name(attribute_of(change)->kind),
				       .change = change_name(a, b)};

		/* For a module that is only in one set, only device aliases matter. */
		if (!both && attribute_of(change)->kind != ATTRIBUTE_DEVICE)
			continue;
		row.key = text_safe(attribute_of(change)->key);
		row.old_value = a ? safe_value(a->value) : NULL;
		row.new_value = b ? safe_value(b->value) : NULL;
		row.finding = finding_of(&told->pair, change);
		print_row(&row, subject, print, context);
	}
}

void diff_result_each_row(const struct diff_result *result, diff_row_function *print, void *context)
{
	for (size_t i = 0; i < result->fact_count; i++) {
		const struct fact_change *change = &result->facts[i];
		const struct fact *a = change->old_fact, *b = change->new_fact;
		struct diff_row row = {.what = fact_kind_name(fact_of(change)->kind), .change = change_name(a, b)};

		row.key = text_safe(fact_of(change)->key);
		row.old_value = a ? safe_value(a->value) : NULL;
		row.new_value = b ? safe_value(b->value) : NULL;
		row.finding = fact_finding(change);
		print_row(&row, "packages", print, context);
	}
	for (size_t i = 0; i < result->pair_count; i++) {
		const struct told_pair *told = &result->pairs[i];
		char *subject = subject_of(&told->pair);

		if (!told->pair.old_module || !told->pair.new_module) {
			struct diff_row row = {.change = told->pair.old_module ? "lost" : "gained",
					       .finding = told->pair.old_module ? "the module is gone" : NULL};

			print_row(&row, subject, print, context);
		}
		each_change(told, subject, print, context);
		free(subject);
	}
}

static void print_summary(const struct diff_result *result)
{
	printf("%zu module%s compared, %zu gained, %zu lost; %zu device alias%s lost", result->compared,
	       result->compared == 1 ? "" : "s", result->gained, result->lost, result->devices_lost,
	       result->devices_lost == 1 ? "" : "es");
	if (result->signatures_lost)
		printf(", %zu signature%s lost", result->signatures_lost, result->signatures_lost == 1 ? "" : "s");
	puts("");
}

/* CONTEXT is the subject of the line before, in memory to free. */
static void print_text_row(const struct diff_row *row, const char *subject, void *context)
{
	char **before = context;

	if (!row->what) {
		printf("%s: module %s\n", subject, row->change);
	} else {
		if (!*before || strcmp(*before, subject) != 0)
			puts(subject);
		printf("  %s %s%s%s", row->what, row->change, *row->key ? ": " : "", row->key);
		if (row->old_value && row->new_value)
			printf(": %s -> %s", row->old_value, row->new_value);
		else if (strcmp(row->old_value ? row->old_value : row->new_value, "none") != 0)
			printf(" (%s)", row->old_value ? row->old_value : row->new_value);
		printf("%s%s%s\n", row->finding ? " [" : "", row->finding ? row->finding : "", row->finding ? "]" : "");
	}
	free(*before);
	*before = text_format("%s", subject);
}

static void print_text(const struct diff_result *result)
{
	char *before = NULL;

	diff_result_each_row(result, print_text_row, &before);
	free(before);
	print_summary(result);
}

/* Prints TEXT with the characters that are special in Markdown or HTML as references, which both understand. */
static void put_escaped(const char *text)
{
	for (; text && *text; text++)
		if (strchr("&<>\"'`|*_[]\\#!~", *text))
			printf("&#%d;", (unsigned char)*text);
		else
			putchar(*text);
}

static const char *name_of(const struct diff_row *row)
{
	return row->what ? row->what : "module";
}

static void print_markdown_row(const struct diff_row *row, const char *subject, void *context)
{
	const char *cells[] = {subject,	       name_of(row),   row->change, row->key,
			       row->old_value, row->new_value, row->finding};

	(void)context;
	for (size_t i = 0; i < sizeof(cells) / sizeof(cells[0]); i++) {
		fputs(i ? " | " : "| ", stdout);
		if (i == 6 && cells[i])
			fputs("**", stdout);
		put_escaped(cells[i]);
		if (i == 6 && cells[i])
			fputs("**", stdout);
	}
	puts(" |");
}

static void print_markdown(const struct diff_result *result)
{
	puts("# What changes for devices and users\n");
	print_summary(result);
	puts("\n| where | what | change | name | before | now | finding |\n| --- | --- | --- | --- | --- | --- | --- "
	     "|");
	diff_result_each_row(result, print_markdown_row, NULL);
}

static void print_html_row(const struct diff_row *row, const char *subject, void *context)
{
	const char *cells[] = {name_of(row), row->change, row->key, row->old_value, row->new_value, row->finding};

	(void)context;
	printf("<tr%s><th scope=\"row\">", row->finding ? " class=\"finding\"" : "");
	put_escaped(subject);
	fputs("</th>", stdout);
	for (size_t i = 0; i < sizeof(cells) / sizeof(cells[0]); i++) {
		fputs("<td>", stdout);
		put_escaped(cells[i]);
		fputs("</td>", stdout);
	}
	puts("</tr>");
}

static void print_html(const struct diff_result *result)
{
	puts("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
	     "<meta name=\"viewport\" content=\"width=device-width\">\n"
	     "<title>What changes for devices and users</title>\n<style>\n"
	     ":root { color-scheme: light dark; }\n"
	     "body { font: 1em sans-serif; margin: 2em; }\n"
	     "table { border-collapse: collapse; }\n"
	     "th, td { border: 1px solid; padding: 0.2em 0.5em; text-align: left; vertical-align: top; }\n"
	     ".finding { font-weight: bold; }\n"
	     "</style>\n</head>\n<body>\n<main>\n<h1>What changes for devices and users</h1>\n<p>");
	print_summary(result);
	puts("</p>\n<table>\n<thead><tr><th scope=\"col\">where</th><th scope=\"col\">what</th><th "
	     "scope=\"col\">change</th>"
	     "<th scope=\"col\">name</th><th scope=\"col\">before</th><th scope=\"col\">now</th>"
	     "<th scope=\"col\">finding</th></tr></thead>\n<tbody>");
	diff_result_each_row(result, print_html_row, NULL);
	puts("</tbody>\n</table>\n</main>\n</body>\n</html>");
}

static json_t *value_json(const char *value)
{
	return value ? json_safe(value) : json_need(json_null());
}

static json_t *change_json(const char *what, const char *change, const char *key, const char *old_value,
			   const char *new_value, bool finding)
{
	return json_need(json_pack("{s:s, s:s, s:o, s:o, s:o, s:b}", "what", what, "change", change, "name",
				   json_safe(key), "old", value_json(old_value), "new", value_json(new_value),
				   "finding", finding));
}

static json_t *pair_json(const struct told_pair *told)
{
	const struct diff_module *a = told->pair.old_module, *b = told->pair.new_module;
	json_t *list = json_need(json_array());

	for (size_t i = 0; i < told->count; i++) {
		const struct diff_change *change = &told->changes[i];
		const struct attribute *x = change->old_attribute, *y = change->new_attribute;

		json_need_zero(json_array_append_new(list, change_json(attribute_kind_name(attribute_of(change)->kind),
								       change_name(x, y), attribute_of(change)->key,
								       x ? x->value : NULL, y ? y->value : NULL,
								       finding_of(&told->pair, change) != NULL)));
	}
	return json_need(json_pack("{s:o, s:o, s:o, s:o, s:o, s:b, s:o}", "module", json_safe(b ? b->name : a->name),
				   "old_path", json_safe(a ? a->path : NULL), "new_path", json_safe(b ? b->path : NULL),
				   "old_kernel", json_safe(a ? a->kernel : NULL), "new_kernel",
				   json_safe(b ? b->kernel : NULL), "finding", !b, "changes", list));
}

static void print_json(const struct diff_result *result)
{
	json_t *modules = json_need(json_array()), *packages = json_need(json_array());

	for (size_t i = 0; i < result->pair_count; i++)
		json_need_zero(json_array_append_new(modules, pair_json(&result->pairs[i])));
	for (size_t i = 0; i < result->fact_count; i++) {
		const struct fact_change *change = &result->facts[i];
		const struct fact *a = change->old_fact, *b = change->new_fact;

		json_need_zero(json_array_append_new(packages, change_json(fact_kind_name(fact_of(change)->kind),
									   change_name(a, b), fact_of(change)->key,
									   a ? a->value : NULL, b ? b->value : NULL,
									   change->finding)));
	}
	json_print(json_pack("{s:s, s:i, s:o, s:o, s:I, s:I, s:I}", "format", "xs-ddk-diff", "schema", 2, "packages",
			     packages, "modules", modules, "modules_lost", (json_int_t)result->lost, "devices_lost",
			     (json_int_t)result->devices_lost, "signatures_lost", (json_int_t)result->signatures_lost));
}

diff_printer *diff_printer_find(const char *format)
{
	static const struct {
		const char *name;
		diff_printer *print;
	} formats[] = {{"text", print_text}, {"json", print_json}, {"markdown", print_markdown}, {"html", print_html}};

	for (size_t i = 0; i < sizeof(formats) / sizeof(formats[0]); i++)
		if (strcmp(format, formats[i].name) == 0)
			return formats[i].print;
	return NULL;
}
