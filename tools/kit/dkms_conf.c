// SPDX-License-Identifier: GPL-2.0-only
// Reading a dkms.conf, which is a shell script, without executing any of it.
#include "kit/dkms_conf.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/die.h"
#include "base/text.h"

/* Where the reading stands, and the value that is being put together. */
struct reader {
	struct dkms_conf *conf;
	const char *at;
	unsigned int line;
	FILE *value;
	char *unknown;
};

static bool is_name_start(char c)
{
	return isalpha((unsigned char)c) || c == '_';
}

static size_t name_len(const char *s)
{
	size_t len = 0;

	while (is_name_start(s[len]) || (len && isdigit((unsigned char)s[len])))
		len++;
	return len;
}

/* "[12]", or 0. */
static size_t index_len(const char *s)
{
	size_t len = 1 + strspn(s[0] == '[' ? s + 1 : "", "0123456789");

	return s[0] == '[' && len > 1 && s[len] == ']' ? len + 1 : 0;
}

/* The length of "NAME=", "NAME[0]=" or "NAME+=", or 0. */
static size_t assignment_len(const char *s)
{
	size_t len = name_len(s);

	if (len == 0)
		return 0;
	len += index_len(s + len);
	len += s[len] == '+';
	return s[len] == '=' ? len + 1 : 0;
}

const struct dkms_variable *dkms_conf_find(const struct dkms_conf *conf, const char *name)
{
	size_t len = strlen(name);

	for (size_t i = 0; i < conf->count; i++) {
		const char *known = conf->variables[i].name;

		if (strcmp(known, name) == 0 || (strncmp(known, name, len) == 0 && strcmp(known + len, "[0]") == 0))
			return &conf->variables[i];
	}
	return NULL;
}

static struct dkms_variable *variable_of(struct dkms_conf *conf, const char *name)
{
	struct dkms_variable *known = (struct dkms_variable *)dkms_conf_find(conf, name);

	if (known)
		return known;
	if (conf->count == conf->room) {
		conf->room = conf->room ? 2 * conf->room : 64;
		conf->variables = reallocarray(conf->variables, conf->room, sizeof(*conf->variables));
		if (!conf->variables)
			die_memory();
	}
	conf->variables[conf->count] = (struct dkms_variable){.name = text_format("%s", name)};
	return &conf->variables[conf->count++];
}

/* Takes VALUE and UNKNOWN over. */
static void set(struct dkms_conf *conf, const char *name, char *value, char *unknown, unsigned int line)
{
	struct dkms_variable *variable = variable_of(conf, name);

	free(variable->value);
	free(variable->unknown);
	variable->value = value;
	variable->unknown = unknown;
	variable->line = line;
}

/* The canonical name of the LEN bytes at S: "MAKE[0]" for MAKE, where dkms wants an array. */
static char *canonical(const char *s, size_t len)
{
	bool indexed = len && s[len - 1] == ']';
	static const char *const arrays[] = {"MAKE", "BUILT_MODULE_NAME", "BUILT_MODULE_LOCATION", "PATCH"};
	char *name = text_format("%.*s", (int)len, s), *with_index;

	for (size_t i = 0; !indexed && i < sizeof(arrays) / sizeof(arrays[0]); i++)
		if (strcmp(name, arrays[i]) == 0) {
			with_index = text_format("%s[0]", name);
			free(name);
			return with_index;
		}
	return name;
}

static void become_unknown(struct reader *r, char *why)
{
	if (r->unknown)
		free(why);
	else
		r->unknown = why;
}

static char next(struct reader *r)
{
	if (*r->at == '\n')
		r->line++;
	return *r->at ? *r->at++ : '\0';
}

/* Past what is between the bracket just read and the one that closes it. */
static void skip_nested(struct reader *r, char open, char close)
{
	for (int depth = 1; depth && *r->at;) {
		char c = next(r);

		depth += (c == open) - (c == close);
	}
}

static void put_variable(struct reader *r, const char *name, size_t len)
{
	static const struct {
		const char *name, *value;
	} dkms[] = {{"kernelver", DKMS_KERNEL}, {"kernel_source_dir", DKMS_KDIR}, {"dkms_tree", DKMS_TREE}};
	char *key = canonical(name, len);
	const struct dkms_variable *known = dkms_conf_find(r->conf, key);

	for (size_t i = 0; i < sizeof(dkms) / sizeof(dkms[0]); i++)
		if (!known && strcmp(key, dkms[i].name) == 0) {
			fputs(dkms[i].value, r->value);
			free(key);
			return;
		}
	if (!known)
		become_unknown(r, text_format("uses $%s, which the file does not set", key));
	else if (known->unknown)
		become_unknown(r, text_format("uses $%s, which %s", key, known->unknown));
	else
		fputs(known->value, r->value);
	free(key);
}

/* After a '$'. */
static void read_expansion(struct reader *r)
{
	size_t len = name_len(r->at);

	if (*r->at == '(') {
		next(r);
		become_unknown(r, text_format("is what a command prints: $(...)"));
		skip_nested(r, '(', ')');
	} else if (*r->at == '{') {
		next(r);
		len = name_len(r->at);
		len += index_len(r->at + len);
		if (len && r->at[len] == '}') {
			put_variable(r, r->at, len);
			r->at += len + 1;
		} else {
			become_unknown(r, text_format("is computed: ${...}"));
			skip_nested(r, '{', '}');
		}
	} else if (len) {
		put_variable(r, r->at, len);
		r->at += len;
	} else {
		become_unknown(r, text_format("uses $%c", *r->at ? *r->at : ' '));
	}
}

static void read_backticks(struct reader *r)
{
	become_unknown(r, text_format("is what a command prints: `...`"));
	while (*r->at && next(r) != '`')
		;
}

static void read_double_quotes(struct reader *r)
{
	char c;

	while ((c = next(r)) && c != '"') {
		if (c == '$')
			read_expansion(r);
		else if (c == '`')
			read_backticks(r);
		else if (c == '\\' && *r->at == '\n')
			next(r);
		else if (c == '\\' && *r->at && strchr("$`\"\\", *r->at))
			fputc(next(r), r->value);
		else
			fputc(c, r->value);
	}
	if (!c)
		become_unknown(r, text_format("has no closing quote"));
}

static void read_single_quotes(struct reader *r)
{
	char c;

	while ((c = next(r)) && c != '\'')
		fputc(c, r->value);
	if (!c)
		become_unknown(r, text_format("has no closing quote"));
}

/* A word's value, up to a blank, a semicolon or the end of the line. */
static void read_word(struct reader *r)
{
	if (*r->at == '(') {
		next(r);
		become_unknown(r, text_format("is a list in brackets"));
		skip_nested(r, '(', ')');
	}
	while (*r->at && !strchr(" \t\n;", *r->at)) {
		char c = next(r);

		if (c == '"')
			read_double_quotes(r);
		else if (c == '\'')
			read_single_quotes(r);
		else if (c == '$')
			read_expansion(r);
		else if (c == '`')
			read_backticks(r);
		else if (c == '\\' && *r->at == '\n')
			next(r);
		else if (c == '\\' && *r->at)
			fputc(next(r), r->value);
		else if (strchr("&|<>", c))
			become_unknown(r, text_format("is followed by %c", c));
		else
			fputc(c, r->value);
	}
}

static void read_assignment(struct reader *r, size_t len)
{
	bool add = r->at[len - 2] == '+';
	char *name = canonical(r->at, len - 1 - add), *value = NULL;
	unsigned int line = r->line;
	size_t size;

	r->value = open_memstream(&value, &size);
	if (!r->value)
		die_memory();
	r->unknown = NULL;
	/* "+=" is the old value, an empty one if there is none, and what follows. */
	if (add && dkms_conf_find(r->conf, name))
		put_variable(r, name, strlen(name));
	r->at += len;
	read_word(r);
	if (fclose(r->value) != 0)
		die_memory();
	set(r->conf, name, value, r->unknown, line);
	free(name);
}

static void read_command(struct reader *r)
{
	size_t len = strcspn(r->at, "\n");

	if (!r->conf->command) {
		r->conf->command = text_safe_n(r->at, len);
		r->conf->command_line = r->line;
	}
	r->at += len;
}

static bool is_word(const char *s, const char *word)
{
	size_t len = strlen(word);

	return strncmp(s, word, len) == 0 && (s[len] == '\0' || strchr(" \t\n;", s[len]));
}

/* How many compound commands open (1) or close (-1) at a word that a command may begin with. */
static int nesting(const char *s)
{
	static const char *const opening[] = {"if", "case", "for", "while", "until", "{"};
	static const char *const closing[] = {"fi", "esac", "done", "}"};

	for (size_t i = 0; i < sizeof(opening) / sizeof(opening[0]); i++)
		if (is_word(s, opening[i]))
			return 1;
	for (size_t i = 0; i < sizeof(closing) / sizeof(closing[0]); i++)
		if (is_word(s, closing[i]))
			return -1;
	return 0;
}

/* Past a word of a command, with what is quoted in it. */
static void skip_word(struct reader *r)
{
	while (*r->at && !strchr(" \t\n;&|", *r->at)) {
		char c = next(r);

		if (c == '\\' && *r->at)
			next(r);
		while ((c == '"' || c == '\'') && *r->at && next(r) != c)
			;
	}
}

/* An assignment in a compound command: whether it is made, nobody can tell. */
static void forget(struct reader *r, size_t len)
{
	char *name = canonical(r->at, len - 1 - (r->at[len - 2] == '+'));

	set(r->conf, name, text_format("%s", ""), text_format("is set under a condition, in line %u", r->line),
	    r->line);
	free(name);
}

/* Past a compound command. */
static void skip_compound(struct reader *r)
{
	static const char *const before_commands[] = {"if", "then", "else", "elif", "do", "while", "until", "{", "!"};
	unsigned int first = r->line;
	bool command = true;
	int depth = 0;

	do {
		const char *word = r->at;
		size_t len = command ? assignment_len(word) : 0;

		if (strchr(" \t\n;&|", *word)) {
			command = command || !strchr(" \t", *word);
			next(r);
			continue;
		}
		if (*word == '#') {
			r->at += strcspn(word, "\n");
			continue;
		}
		if (len)
			forget(r, len);
		depth += command ? nesting(word) : 0;
		skip_word(r);
		/* A pattern of "case" ends in a bracket. */
		command = r->at[-1] == ')';
		for (size_t i = 0; i < sizeof(before_commands) / sizeof(before_commands[0]); i++)
			command = command || is_word(word, before_commands[i]);
	} while (depth > 0 && *r->at);
	if (depth > 0 && !r->conf->command) {
		r->conf->command = text_format("a command that does not end");
		r->conf->command_line = first;
	}
}

void dkms_conf_read(struct dkms_conf *conf, const char *text)
{
	struct reader r = {.conf = conf, .at = text, .line = 1};

	while (*r.at) {
		size_t len = assignment_len(r.at);

		if (strchr(" \t\n;", *r.at))
			next(&r);
		else if (*r.at == '#')
			r.at += strcspn(r.at, "\n");
		else if (is_word(r.at, "export"))
			r.at += strlen("export");
		else if (len)
			read_assignment(&r, len);
		else if (nesting(r.at) > 0)
			skip_compound(&r);
		else
			read_command(&r);
	}
}

void dkms_conf_free(struct dkms_conf *conf)
{
	for (size_t i = 0; i < conf->count; i++) {
		free(conf->variables[i].name);
		free(conf->variables[i].value);
		free(conf->variables[i].unknown);
	}
	free(conf->variables);
	free(conf->command);
	*conf = (struct dkms_conf){0};
}
