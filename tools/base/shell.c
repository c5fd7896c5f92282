// SPDX-License-Identifier: GPL-2.0-only
// Finds the commands in a shell script without running it.
#include "base/shell.h"

#include <string.h>

struct scan {
	const char *at;
	bool command;	    /* the next word is a command */
	bool quoted;	    /* the position is between double quotes */
	unsigned int depth; /* the number of open parentheses */
	char delimiter[64]; /* ends the here-document that begins on the next line; "" if there is none */
	shell_function *each;
	void *context;
};

/* After one of these words, a command follows. */
static bool is_keyword(const char *word, size_t len)
{
	static const char *const keywords[] = {"if",	"then",	   "else",  "elif", "do",      "while",
					       "until", "!",	   "{",	    "time", "exec",    "eval",
					       "env",	"command", "nohup", "nice", "builtin", NULL};

	for (const char *const *keyword = keywords; *keyword; keyword++)
		if (strlen(*keyword) == len && memcmp(*keyword, word, len) == 0)
			return true;
	return false;
}

static bool is_assignment(const char *word, size_t len)
{
	size_t name = strspn(word, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_");

	return name > 0 && name < len && word[name] == '=';
}

/* Whether the last word is a pattern of "case": a ")" without a "(" follows. */
static bool is_pattern(const struct scan *scan)
{
	const char *next = scan->at + strspn(scan->at, " \t");

	return scan->depth == 0 && *next == ')';
}

/* Returns the part after the last slash in the LEN bytes at WORD. */
static const char *base_name(const char *word, size_t len)
{
	const char *base = word + len;

	while (base > word && base[-1] != '/')
		base--;
	return base;
}

static void take_word(struct scan *scan, size_t len)
{
	const char *word = scan->at, *base;

	scan->at += len;
	if (!scan->command || is_keyword(word, len) || is_assignment(word, len) || is_pattern(scan))
		return;
	scan->command = false;
	base = base_name(word, len);
	if (base < word + len)
		scan->each(base, (size_t)(word + len - base), scan->context);
}

/* Reads "<<WORD", "<<-WORD" or "<<'WORD'", and keeps WORD as the delimiter. */
static void take_here(struct scan *scan)
{
	size_t len;

	scan->at += 2;
	scan->at += *scan->at == '-';
	scan->at += strspn(scan->at, " \t\"'\\");
	len = strcspn(scan->at, " \t\n\"';&|)<>");
	if (len < sizeof(scan->delimiter)) {
		memcpy(scan->delimiter, scan->at, len);
		scan->delimiter[len] = '\0';
	}
	scan->at += len;
	scan->at += *scan->at == '"' || *scan->at == '\'';
}

static void skip_here(struct scan *scan)
{
	size_t wanted = strlen(scan->delimiter);

	while (*scan->at) {
		const char *line = scan->at + strspn(scan->at, "\t");
		size_t len = strcspn(line, "\n");

		scan->at = line + len + (line[len] == '\n');
		if (len == wanted && memcmp(line, scan->delimiter, len) == 0)
			break;
	}
	scan->delimiter[0] = '\0';
}

static void skip_to(struct scan *scan, char end)
{
	const char *found = strchr(scan->at, end);

	scan->at = found ? found + (end != '\n') : scan->at + strlen(scan->at);
}

static void end_line(struct scan *scan)
{
	scan->at++;
	scan->command = true;
	if (scan->delimiter[0])
		skip_here(scan);
}

static void take_quote(struct scan *scan)
{
	/* A quoted word is taken as an argument. If it is a command, the command is not found. */
	scan->command = false;
	if (*scan->at++ == '"')
		scan->quoted = !scan->quoted;
	else
		skip_to(scan, '\'');
}

static void step(struct scan *scan)
{
	const char *at = scan->at;

	if (*at == '\\' && at[1])
		scan->at += 2;
	else if (at[0] == '$' && at[1] == '(') {
		scan->at += 2;
		scan->depth++;
		scan->command = true;
	} else if (*at == ')') {
		/* A ")" without a "(" ends a pattern of "case". */
		scan->at++;
		scan->command = scan->depth == 0;
		scan->depth -= scan->depth > 0;
	} else if (*at == '`') {
		scan->at++;
		scan->command = true;
	} else if (*at == '"' || (*at == '\'' && !scan->quoted))
		take_quote(scan);
	else if (*at == '\n' && !scan->quoted)
		end_line(scan);
	else if (*at == '#' && !scan->quoted)
		skip_to(scan, '\n');
	else if (at[0] == '<' && at[1] == '<' && !scan->quoted)
		take_here(scan);
	else if (strchr(";&|(", *at) && !scan->quoted) {
		scan->at++;
		scan->depth += *at == '(';
		scan->command = true;
	} else if (strchr(" \t\n)<>$#;&|('\\", *at)) {
		/* A backslash comes here only as the last byte of the script. */
		scan->at++;
	} else {
		take_word(scan, strcspn(at, " \t\n;&|()<>\"'`$\\"));
	}
}

void shell_each_command(const char *script, shell_function *each, void *context)
{
	struct scan scan = {.at = script, .command = true, .each = each, .context = context};

	while (*scan.at)
		step(&scan);
}

/* Returns the length of the check at AT, for example "command -v ", before the command's name. 0: there is no check. */
static size_t question_len(const char *at)
{
	static const char *const questions[] = {"command -v ", "type ", "which ", "hash ", "-x "};

	for (size_t i = 0; i < sizeof(questions) / sizeof(questions[0]); i++)
		if (strncmp(at, questions[i], strlen(questions[i])) == 0)
			return strlen(questions[i]);
	return 0;
}

void shell_each_question(const char *script, shell_function *each, void *context)
{
	while (*script) {
		size_t asked = question_len(script), len;
		const char *base;

		script += asked ? asked : 1;
		if (!asked)
			continue;
		script += strspn(script, "\"'");
		len = strcspn(script, " \t\n;&|)\"']");
		base = base_name(script, len);
		each(base, (size_t)(script + len - base), context);
		script += len;
	}
}
