// SPDX-License-Identifier: GPL-2.0-only
// Reads a dkms.conf, which is a shell script, without executing it.
#include "kit/dkms_conf.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/die.h"
#include "base/text.h"

/* The current position, and the value that is being made. */
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

/* The length of "[12]" or "[$i]", or 0. */
static size_t index_len(const char *s)
{
	size_t len = s[0] == '[' ? strcspn(s, "]\n =") : 0;

	return len > 1 && s[len] == ']' ? len + 1 : 0;
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

static struct dkms_variable *find(const struct dkms_conf *conf, const char *name)
{
	size_t len = strlen(name);

	for (size_t i = 0; i < conf->count; i++) {
		const char *known = conf->variables[i].name;

		if (strcmp(known, name) == 0 || (strncmp(known, name, len) == 0 && strcmp(known + len, "[0]") == 0))
			return &conf->variables[i];
	}
	return NULL;
}

const struct dkms_variable *dkms_conf_find(const struct dkms_conf *conf, const char *name)
{
	const struct dkms_variable *known = find(conf, name);

	return known || !conf->missing.unknown ? known : &conf->missing;
}

/* Finds the variable NAME or adds it. NULL if there are too many variables. */
static struct dkms_variable *variable_of(struct dkms_conf *conf, const char *name, unsigned int line)
{
	struct dkms_variable *known = find(conf, name);

	if (known)
		return known;
	if (conf->count == DKMS_VARIABLES) {
		if (!conf->missing.unknown) {
			conf->missing.unknown = text_format("comes after %u others", DKMS_VARIABLES);
			conf->missing.line = line;
		}
		return NULL;
	}
	conf->variables = array_grown(conf->variables, conf->count, sizeof(*conf->variables));
	conf->variables[conf->count] = (struct dkms_variable){.name = text_format("%s", name)};
	return &conf->variables[conf->count++];
}

/* Sets a variable. Takes over VALUE and UNKNOWN. */
static void set(struct dkms_conf *conf, const char *name, char *value, char *unknown, unsigned int line)
{
	struct dkms_variable *variable = variable_of(conf, name, line);

	if (!variable) {
		free(value);
		free(unknown);
		return;
	}
	free(variable->value);
	free(variable->unknown);
	variable->value = value;
	variable->unknown = unknown;
	variable->line = line;
}

/*
 * The canonical name for the LEN bytes at S, in memory to free. MAKE becomes "MAKE[0]" because it is an array in dkms.
 * "MAKE[?]" stands for a computed index.
 */
static char *canonical(const char *s, size_t len)
{
	static const char *const arrays[] = {"MAKE",  "MAKE_MATCH",  "BUILT_MODULE_NAME", "BUILT_MODULE_LOCATION",
					     "PATCH", "PATCH_MATCH", "DEST_MODULE_NAME"};
	size_t name = name_len(s);
	const char *suffix = "";

	if (name >= len) {
		name = len;
		for (size_t i = 0; i < sizeof(arrays) / sizeof(arrays[0]); i++)
			if (strlen(arrays[i]) == len && strncmp(s, arrays[i], len) == 0)
				suffix = "[0]";
	} else if (name + 1 + strspn(s + name + 1, "0123456789") + 1 == len) {
		name = len;
	} else {
		suffix = "[?]";
	}
	return text_format("%.*s%s", (int)name, s, suffix);
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

/* Skips to the bracket that closes the bracket just read. */
static void skip_nested(struct reader *r, char open, char close)
{
	for (int depth = 1; depth && *r->at;) {
		char c = next(r);

		depth += (c == open) - (c == close);
	}
}

/* Adds LEN bytes to the current value, up to the limit. */
static void put(struct reader *r, const char *bytes, size_t len)
{
	if (len > r->conf->value_bytes) {
		r->conf->value_bytes = 0;
		become_unknown(r, text_format("grows too long"));
		return;
	}
	r->conf->value_bytes -= len;
	fwrite(bytes, 1, len, r->value);
}

static void put_char(struct reader *r, char c)
{
	put(r, &c, 1);
}

/* Adds the value of the variable whose name is the LEN bytes at NAME. */
static void put_variable(struct reader *r, const char *name, size_t len)
{
	/* The shell that runs the command expands PWD and arch, as it does with dkms. */
	static const struct {
		const char *name, *value;
	} dkms[] = {{"kernelver", DKMS_KERNEL},
		    {"kernel_source_dir", DKMS_KDIR},
		    {"dkms_tree", DKMS_TREE},
		    {"PWD", "$PWD"},
		    {"arch", "$(uname -m)"}};
	char *key = canonical(name, len);
	const struct dkms_variable *known = find(r->conf, key);

	for (size_t i = 0; !known && i < sizeof(dkms) / sizeof(dkms[0]); i++)
		if (strcmp(key, dkms[i].name) == 0) {
			put(r, dkms[i].value, strlen(dkms[i].value));
			free(key);
			return;
		}
	if (!known)
		become_unknown(r, text_format("uses $%.64s, which the file does not set", key));
	else if (!known->unknown)
		put(r, known->value, strlen(known->value));
	else if (strncmp(known->unknown, "uses $", 6) == 0)
		/* Keep only the first cause, so that the text does not grow with each variable. */
		become_unknown(r, text_format("%s", known->unknown));
	else
		become_unknown(r, text_format("uses $%.64s, which %s", key, known->unknown));
	free(key);
}

/* Whether the command of LEN bytes at S can stay in the value: the shell that builds the driver runs it later. */
static bool is_harmless(const char *s, size_t len)
{
	return (len == 5 && strncmp(s, "nproc", len) == 0) || (len == 3 && strncmp(s, "pwd", len) == 0);
}

static void forget_default(struct reader *r, const char *brace);

/* Reads an expansion, after its '$'. */
static void read_expansion(struct reader *r)
{
	size_t len = name_len(r->at), command = strcspn(r->at, ")\n");

	if (*r->at == '(' && r->at[command] == ')' && is_harmless(r->at + 1, command - 1)) {
		put_char(r, '$');
		put(r, r->at, command + 1);
		r->at += command + 1;
	} else if (*r->at == '(') {
		next(r);
		become_unknown(r, text_format("is the output of a command: $(...)"));
		skip_nested(r, '(', ')');
	} else if (*r->at == '{') {
		forget_default(r, r->at);
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
	size_t len = strcspn(r->at, "`\n");

	if (r->at[len] == '`' && is_harmless(r->at, len)) {
		put(r, "$(", 2);
		put(r, r->at, len);
		put_char(r, ')');
		r->at += len + 1;
		return;
	}
	become_unknown(r, text_format("is the output of a command: `...`"));
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
			put_char(r, next(r));
		else
			put_char(r, c);
	}
	if (!c)
		become_unknown(r, text_format("has no closing quote"));
}

static void read_single_quotes(struct reader *r)
{
	char c;

	while ((c = next(r)) && c != '\'')
		put_char(r, c);
	if (!c)
		become_unknown(r, text_format("has no closing quote"));
}

/* Reads the value of a word, up to a blank, a semicolon or the end of the line. */
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
			put_char(r, next(r));
		else if (strchr("&|<>", c))
			become_unknown(r, text_format("is followed by %c", c));
		else
			put_char(r, c);
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
	/* "+=" begins with the old value, if there is one. */
	if (add && find(r->conf, name))
		put_variable(r, name, strlen(name));
	r->at += len;
	if (strstr(name, "?]"))
		become_unknown(r, text_format("has a computed index"));
	read_word(r);
	if (fclose(r->value) != 0)
		die_memory();
	set(r->conf, name, value, r->unknown, line);
	free(name);
}

static bool is_word(const char *s, const char *word)
{
	size_t len = strlen(word);

	return strncmp(s, word, len) == 0 && (s[len] == '\0' || strchr(" \t\n;", s[len]));
}

/* 1 if a compound command opens at this word, -1 if it closes, else 0. The word is in the position of a command. */
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

static bool is_one_of(const char *s, const char *const *words)
{
	for (; *words; words++)
		if (is_word(s, *words))
			return true;
	return false;
}

/* Makes the variable whose name is the LEN bytes at NAME unknown from here on. */
static void forget(struct reader *r, const char *name, size_t len, const char *why)
{
	char *key = canonical(name, len);

	set(r->conf, key, text_format("%s", ""), text_format("%s line %u", why, r->line), r->line);
	free(key);
}

/* Makes all variables unknown, until they are set again. WHY is the reason; takes it over. */
static void forget_all(struct dkms_conf *conf, char *why, unsigned int line)
{
	for (size_t i = 0; i < conf->count; i++)
		if (!conf->variables[i].unknown)
			conf->variables[i].unknown = text_format("%s", why);
	if (conf->missing.unknown) {
		free(why);
	} else {
		conf->missing.unknown = why;
		conf->missing.line = line;
	}
}

/* "${NAME:=word}" sets the variable in any position. */
static void forget_default(struct reader *r, const char *brace)
{
	size_t len = name_len(brace + 1), at = 1 + len;

	at += brace[at] == ':';
	if (len && brace[at] == '=')
		forget(r, brace + 1, len, "is set by a default in");
}

/* Skips a word of a command, with its quoted parts. */
static void skip_word(struct reader *r)
{
	char quote = '\0';

	while (*r->at && (quote || !strchr(" \t\n;&|", *r->at))) {
		char c = next(r);

		if (c == '\\' && quote != '\'' && *r->at)
			next(r);
		else if (c == '$' && quote != '\'' && *r->at == '{')
			forget_default(r, r->at);
		else if (c == quote)
			quote = '\0';
		else if (!quote && (c == '"' || c == '\''))
			quote = c;
	}
}

/* Whether a command, given by its first word of LEN bytes, may set variables that it does not name. */
static bool may_set_any(const struct reader *r, const char *word, size_t len)
{
	static const char *const any[] = {".", "source", "eval", "alias", "builtin", "command", "enable", NULL};
	static const char *const plain[] = {"[",     "[[", "test",  "echo", ":", "true",
					    "false", "cd", "pushd", "popd", NULL};
	const char *file = word + strspn(word, ". \t");
	size_t file_len = strcspn(file, " \t\n;&|");

	/* The configuration of a kernel sets only variables that begin with CONFIG_. */
	if (is_word(word, ".") && file_len > 8 && strncmp(file + file_len - 8, "/.config", 8) == 0)
		return false;
	return is_one_of(word, any) || (r->conf->has_functions && !is_one_of(word, plain)) || memchr(word, '$', len) ||
	       memchr(word, '`', len) || memchr(word, '"', len) || memchr(word, '\'', len);
}

/* Skips a simple or compound command without executing it. The variables that it may set become unknown. */
static void read_command(struct reader *r)
{
	static const char *const before_commands[] = {"if", "then",  "else",  "elif",	  "do", "{",
						      "!",  "while", "until", "function", NULL};
	/* The words after these commands are names of variables that they set. */
	static const char *const setting[] = {"for",	 "read",      "unset",	 "export",   "declare",
					      "typeset", "local",     "let",	 "readonly", "printf",
					      "mapfile", "readarray", "getopts", "in",	     NULL};
	const char *first = r->at, *any = NULL;
	unsigned int first_line = r->line;
	bool command = true, sets = false, heredoc = false;
	int depth = 0;

	while (*r->at && (depth > 0 || !strchr("\n;", *r->at))) {
		const char *word = r->at;
		size_t len;

		if (strchr(" \t\n;&|", *word)) {
			if (!strchr(" \t", *word)) {
				command = true;
				sets = false;
			}
			next(r);
			continue;
		}
		if (*word == '#') {
			r->at += strcspn(word, "\n");
			continue;
		}
		len = command || sets ? assignment_len(word) : 0;
		if (len)
			forget(r, word, len - 1 - (word[len - 2] == '+'), "is set under a condition, in");
		else if (sets && name_len(word))
			forget(r, word, name_len(word), "is set by a command in");
		depth += command ? nesting(word) : 0;
		skip_word(r);
		len = (size_t)(r->at - word);
		if (len > 2 && (strncmp(r->at - 2, "()", 2) == 0 || (len > 3 && strncmp(r->at - 3, "(){", 3) == 0))) {
			r->conf->has_functions = true;
			depth += r->at[-1] == '{';
		} else if (command && !any && nesting(word) == 0 && !is_one_of(word, before_commands) &&
			   !assignment_len(word) && word[len - 1] != ')' && may_set_any(r, word, len)) {
			any = word;
		}
		heredoc = heredoc || (len > 1 && strncmp(word, "<<", 2) == 0 && word[2] != '<');
		r->conf->has_functions = r->conf->has_functions || (command && is_word(word, "function"));
		sets = (command && is_one_of(word, setting)) || (sets && !is_word(word, "in"));
		/* A pattern of "case" ends with a bracket; a command follows. */
		command = r->at[-1] == ')' || (command && is_one_of(word, before_commands)) || r->at[-1] == '{';
	}
	if (depth > 0 || heredoc) {
		forget_all(r->conf,
			   text_format("may be changed by the command in line %u, %s", first_line,
				       heredoc ? "which has a here-document" : "which does not end"),
			   first_line);
		r->at += strlen(r->at);
	} else if (any) {
		size_t len = strcspn(first, "\n");
		char *safe = text_safe_n(first, len < 60 ? len : 60);

		forget_all(r->conf, text_format("may be changed by the command in line %u: %s", first_line, safe),
			   first_line);
		free(safe);
	}
}

/* "A=b command" sets A only for that command. */
static void forget_line(struct reader *r)
{
	for (size_t i = 0; i < r->conf->count; i++)
		if (r->conf->variables[i].line == r->line && !r->conf->variables[i].unknown)
			r->conf->variables[i].unknown = text_format("is set for one command only");
}

void dkms_conf_read(struct dkms_conf *conf, const char *text)
{
	struct reader r = {.conf = conf, .at = text, .line = 1};
	bool assigned = false;

	conf->value_bytes = DKMS_VALUE_BYTES + DKMS_GROWTH * strlen(text);
	while (*r.at) {
		size_t len = assignment_len(r.at);

		if (strchr(" \t\n;", *r.at)) {
			assigned = assigned && strchr(" \t", *r.at);
			next(&r);
		} else if (*r.at == '#') {
			r.at += strcspn(r.at, "\n");
		} else if (is_word(r.at, "export")) {
			r.at += strlen("export");
		} else if (len) {
			read_assignment(&r, len);
			assigned = true;
		} else {
			if (assigned)
				forget_line(&r);
			read_command(&r);
		}
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
	free(conf->missing.unknown);
	*conf = (struct dkms_conf){0};
}
