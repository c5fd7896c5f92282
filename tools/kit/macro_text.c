// SPDX-License-Identifier: GPL-2.0-only
// The texts of MODULE_VERSION and the like in C sources, also where they are behind a #define.
#include "kit/macro_text.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/die.h"
#include "base/text.h"

/* Names that are defined by names, that are defined by names ... */
#define DEPTH_MAX 8
/* A text of a module has one line. */
#define TEXT_MAX 1024

struct macro_use *macro_uses_add(struct macro_uses *uses)
{
	uses->all = array_grown(uses->all, uses->count, sizeof(*uses->all));
	uses->all[uses->count] = (struct macro_use){0};
	return &uses->all[uses->count++];
}

static void add_definition(struct macro_uses *uses, const char *name, size_t name_len, const char *value, size_t len,
			   const char *path)
{
	uses->definitions = array_grown(uses->definitions, uses->definition_count, sizeof(*uses->definitions));
	uses->definitions[uses->definition_count++] =
		(struct macro_definition){text_format("%.*s", (int)name_len, name),
					  text_format("%.*s", (int)len, value), text_format("%s", path)};
}

static const char *skip_blanks(const char *s)
{
	return s + strspn(s, " \t");
}

static size_t name_length(const char *s)
{
	size_t len = 0;

	while (isalnum((unsigned char)s[len]) || s[len] == '_')
		len++;
	return isdigit((unsigned char)*s) ? 0 : len;
}

void macro_uses_define(struct macro_uses *uses, const char *text, const char *path)
{
	for (const char *line = text; *line; line += strcspn(line, "\n"), line += *line == '\n') {
		const char *at = skip_blanks(line), *name;
		size_t name_len, len;

		if (*at != '#')
			continue;
		at = skip_blanks(at + 1);
		if (strncmp(at, "define", 6) != 0 || !strchr(" \t", at[6]))
			continue;
		name = skip_blanks(at + 6);
		name_len = name_length(name);
		at = skip_blanks(name + name_len);
		len = strcspn(at, "\n");
		if (name_len && name[name_len] != '(' && len && len < TEXT_MAX && (*at == '"' || name_length(at)))
			add_definition(uses, name, name_len, at, len, path);
	}
}

static int compare_definitions(const void *a, const void *b)
{
	const struct macro_definition *x = a, *y = b;

	return strcmp(x->name, y->name);
}

void macro_uses_sort(struct macro_uses *uses)
{
	if (uses->definition_count)
		qsort(uses->definitions, uses->definition_count, sizeof(*uses->definitions), compare_definitions);
}

/*
 * The value of the name of LEN bytes for a use in PATH, or NULL. BUDGET bounds the definitions that are looked at: a
 * name may be defined in thousands of files.
 */
static const char *value_of(const struct macro_uses *uses, const char *name, size_t len, const char *path,
			    size_t *budget)
{
	struct macro_definition key = {.name = text_format("%.*s", (int)len, name)};
	const struct macro_definition *end, *at;
	const char *here = NULL, *anywhere = NULL;
	bool several_here = false, several = false;

	at = uses->definition_count
		     ? bsearch(&key, uses->definitions, uses->definition_count, sizeof(key), compare_definitions)
		     : NULL;
	/* Without a definition, the array is NULL, from which C does not count. */
	end = at ? uses->definitions + uses->definition_count : NULL;
	while (at && at > uses->definitions && strcmp(at[-1].name, key.name) == 0)
		at--;
	for (; at && at < end && strcmp(at->name, key.name) == 0 && *budget; at++, --*budget) {
		const char **known = strcmp(at->path, path) == 0 ? &here : &anywhere;
		bool *twice = known == &here ? &several_here : &several;

		*twice = *twice || (*known && strcmp(*known, at->value) != 0);
		*known = at->value;
	}
	free(key.name);
	if (here)
		return several_here ? NULL : here;
	return several || !*budget ? NULL : anywhere;
}

/* Writes the text of EXPRESSION to OUT. False if it is not known. */
static bool put_text(FILE *out, const struct macro_uses *uses, const char *expression, const char *path, int depth,
		     size_t *budget)
{
	for (const char *at = expression; *at;) {
		size_t len = name_length(at);

		if (isspace((unsigned char)*at) || (*at == '\\' && at[1] == '\n')) {
			at++;
		} else if (*at == '"') {
			len = strcspn(at + 1, "\"\\\n");
			if (at[1 + len] != '"')
				return false;
			fprintf(out, "%.*s", (int)len, at + 1);
			at += len + 2;
		} else if (at[0] == '/' && at[1] == '*' && strstr(at + 2, "*/")) {
			at = strstr(at + 2, "*/") + 2;
		} else if (at[0] == '/' && at[1] == '/') {
			at += strcspn(at, "\n");
		} else {
			const char *value = len && depth < DEPTH_MAX ? value_of(uses, at, len, path, budget) : NULL;

			if (!value || ftell(out) > TEXT_MAX || !put_text(out, uses, value, path, depth + 1, budget))
				return false;
			at += len;
		}
	}
	return true;
}

char *macro_text(const struct macro_uses *uses, const struct macro_use *use)
{
	size_t size, budget = 4096;
	char *text;
	FILE *out = open_memstream(&text, &size);
	bool known;

	if (!out)
		die_memory();
	known = put_text(out, uses, use->argument, use->path, 0, &budget);
	if (fclose(out) != 0)
		die_memory();
	if (known)
		return text;
	free(text);
	return NULL;
}

void macro_uses_free(struct macro_uses *uses)
{
	for (size_t i = 0; i < uses->count; i++) {
		free(uses->all[i].argument);
		free(uses->all[i].path);
	}
	for (size_t i = 0; i < uses->definition_count; i++) {
		free(uses->definitions[i].name);
		free(uses->definitions[i].value);
		free(uses->definitions[i].path);
	}
	free(uses->all);
	free(uses->definitions);
	*uses = (struct macro_uses){0};
}
