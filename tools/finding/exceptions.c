// SPDX-License-Identifier: GPL-2.0-only
// The exceptions of a project: a file says which findings are known, or have another severity, and why.
#include "finding/exceptions.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/array.h"
#include "base/root.h"
#include "base/text.h"

/* The bound for the file, in bytes. A project has a few lines. */
#define FILE_MAX (256u << 10)

struct exception {
	enum rule_id rule;
	bool off;
	enum severity severity; /* unless off */
	const char *pattern;	/* NULL: all paths */
	long until;		/* the last day, as the number YYYYMMDD; 0: for ever */
	const char *until_text;
	char *by, *reason;     /* owned; safe text */
	size_t line, findings; /* findings: how many an ended exception would have changed */
};

struct exceptions {
	char *name; /* of the file: safe text */
	char *text; /* patterns and dates point into it */
	struct exception *all;
	size_t count;
	long today; /* YYYYMMDD */
};

/* Prints what is wrong with a line. Returns false. */
static bool wrong(const struct exceptions *exceptions, size_t line, const char *what, const char *word)
{
	char *safe = text_safe(word ? word : "");

	complain("%s:%zu: %s%s%s", exceptions->name, line, what, word ? ": " : "", safe);
	free(safe);
	return false;
}

/* Returns the next word of a line, and ends it with a NUL. NULL if there is none. */
static char *next_word(char **at)
{
	char *word = *at + strspn(*at, " \t");

	*at = word + strcspn(word, " \t");
	if (**at)
		*(*at)++ = '\0';
	return *word ? word : NULL;
}

/* The date YYYY-MM-DD as the number YYYYMMDD. 0 if there is no such day. */
static long read_date(const char *text)
{
	struct tm tm = {0}, day;
	char *end = strptime(text, "%Y-%m-%d", &tm);
	time_t time;

	if (!end || *end || strlen(text) != strlen("YYYY-MM-DD"))
		return 0;
	/* timegm() makes March 2 of February 30. */
	day = tm;
	time = timegm(&tm);
	if (time == -1 || tm.tm_mday != day.tm_mday || tm.tm_mon != day.tm_mon)
		return 0;
	return (day.tm_year + 1900) * 10000L + (day.tm_mon + 1) * 100 + day.tm_mday;
}

static long date_of_today(void)
{
	time_t now = time(NULL);
	struct tm tm;

	gmtime_r(&now, &tm);
	return (tm.tm_year + 1900) * 10000L + (tm.tm_mon + 1) * 100 + tm.tm_mday;
}

bool exceptions_may_suppress(enum rule_id rule)
{
	return rule != RULE_READ_FAILED && rule != RULE_INPUT_LIMIT && rule != RULE_INPUT_DAMAGED;
}

/* Reads the first two words: what is done, and with which rule. */
static bool read_rule(struct exceptions *exceptions, struct exception *e, const char *action, const char *id)
{
	e->off = strcmp(action, "off") == 0;
	e->severity = strcmp(action, "error") == 0 ? SEVERITY_ERROR : SEVERITY_WARNING;
	if (!e->off && strcmp(action, severity_name(e->severity)) != 0)
		return wrong(exceptions, e->line, "the line must begin with off, warning or error, not with", action);
	if (!id)
		return wrong(exceptions, e->line, "the name of a rule is missing", NULL);
	e->rule = rule_find(id);
	if (e->rule == RULES)
		return wrong(exceptions, e->line, "unknown rule; 'xs-ddk rules' prints all rules", id);
	if (!exceptions_may_suppress(e->rule))
		return wrong(exceptions, e->line, "this rule says that an input was not checked, and has no exceptions",
			     id);
	return true;
}

/* Reads a line that is neither empty nor a comment. */
static bool read_line(struct exceptions *exceptions, struct exception *e, char *line)
{
	char *word = next_word(&line);

	if (!read_rule(exceptions, e, word, next_word(&line)))
		return false;
	word = next_word(&line);
	if (word && strcmp(word, "until") != 0 && strcmp(word, "because") != 0) {
		e->pattern = word;
		word = next_word(&line);
	}
	if (word && strcmp(word, "until") == 0) {
		e->until_text = next_word(&line);
		e->until = e->until_text ? read_date(e->until_text) : 0;
		if (e->until == 0)
			return wrong(exceptions, e->line, "'until' needs a day as YYYY-MM-DD",
				     e->until_text ? e->until_text : "nothing");
		word = next_word(&line);
	}
	if (word && strcmp(word, "because") != 0)
		return wrong(exceptions, e->line, "expected 'until' or 'because', found", word);
	line += strspn(line, " \t");
	if (!word || !*line)
		return wrong(exceptions, e->line, "the reason is missing: end the line with 'because REASON'", NULL);
	e->reason = text_safe(line);
	e->by = text_format("%s:%zu", exceptions->name, e->line);
	return true;
}

static bool read_lines(struct exceptions *exceptions)
{
	char *next = exceptions->text, *line;
	bool fine = true;

	for (size_t n = 1; (line = strsep(&next, "\n")); n++) {
		size_t len = strlen(line);

		while (len > 0 && strchr(" \t\r", line[len - 1]))
			line[--len] = '\0';
		line += strspn(line, " \t");
		if (*line == '\0' || *line == '#')
			continue;
		exceptions->all = array_grown(exceptions->all, exceptions->count, sizeof(*exceptions->all));
		exceptions->all[exceptions->count] = (struct exception){.line = n};
		fine = read_line(exceptions, &exceptions->all[exceptions->count++], line) && fine;
	}
	return fine;
}

static struct exceptions *read_fd(const char *path, int fd)
{
	struct exceptions *exceptions = need_memory(1, sizeof(*exceptions));
	size_t len = 0;

	exceptions->name = text_safe(path);
	exceptions->today = date_of_today();
	exceptions->text = fd < 0 ? NULL : read_whole(fd, FILE_MAX, &len);
	if (!exceptions->text)
		complain("%s: the exceptions cannot be read: %s", exceptions->name, strerror(errno));
	else if (strlen(exceptions->text) != len)
		complain("%s: it is no text: it has a NUL", exceptions->name);
	else if (read_lines(exceptions))
		return exceptions;
	exceptions_free(exceptions);
	return NULL;
}

bool exceptions_read(struct exceptions **exceptions, const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	struct stat st;

	if (fd >= 0 && (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode))) {
		close(fd);
		fd = -1;
		errno = EINVAL;
	}
	exceptions_free(*exceptions);
	*exceptions = read_fd(path, fd);
	if (fd >= 0)
		close(fd);
	return *exceptions;
}

bool exceptions_settle(struct exceptions **exceptions, bool none)
{
	int fd;

	if (none && *exceptions) {
		complain("--config and --no-config contradict each other");
		return false;
	}
	if (none || *exceptions)
		return true;
	fd = regular_open(AT_FDCWD, EXCEPTIONS_FILE, NULL);
	if (fd < 0 && errno == ENOENT)
		return true;
	*exceptions = read_fd(EXCEPTIONS_FILE, fd);
	if (fd >= 0)
		close(fd);
	else
		complain("give it with --config, or use --no-config");
	return *exceptions;
}

void exceptions_free(struct exceptions *exceptions)
{
	if (!exceptions)
		return;
	for (size_t i = 0; i < exceptions->count; i++) {
		free(exceptions->all[i].by);
		free(exceptions->all[i].reason);
	}
	free(exceptions->all);
	free(exceptions->text);
	free(exceptions->name);
	free(exceptions);
}

/*
 * Whether the whole TEXT matches PATTERN. After a '*', the shortest text is tried first; only the last '*' can take
 * more, so the time is at most the product of both lengths.
 */
static bool matches_whole(const char *pattern, const char *text)
{
	const char *star = NULL, *from = NULL;

	while (*text) {
		if (*pattern == '*') {
			star = pattern++;
			from = text;
		} else if (*pattern == '?' || *pattern == *text) {
			pattern++;
			text++;
		} else if (star) {
			pattern = star + 1;
			text = ++from;
		} else {
			return false;
		}
	}
	while (*pattern == '*')
		pattern++;
	return *pattern == '\0';
}

/* Whether TEXT begins with the first LEN characters of PATTERN. None of them is a '*'. */
static bool begins(const char *text, const char *pattern, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (!text[i] || (pattern[i] != '?' && pattern[i] != text[i]))
			return false;
	return true;
}

/*
 * Whether PATTERN matches PATH, or the part after a '/' or a '!'. The first part that begins as the pattern does
 * decides: the '*' that follows can take all that is before the end of a later part. So the time is at most the product
 * of both lengths, here too.
 */
static bool matches(const char *pattern, const char *path)
{
	size_t len = pattern ? strcspn(pattern, "*") : 0;

	if (!pattern)
		return true;
	while (!begins(path, pattern, len) || (!pattern[len] && path[len])) {
		const char *mark = strpbrk(path, "/!");

		if (!mark)
			return false;
		path = mark + 1;
	}
	return matches_whole(pattern + len, path + len);
}

/* The first exception for the finding that has not ended. Counts the finding for those that have ended. */
static const struct exception *find(struct exceptions *exceptions, const struct finding *finding)
{
	for (size_t i = 0; i < exceptions->count; i++) {
		struct exception *e = &exceptions->all[i];

		if (e->rule != finding->rule || !matches(e->pattern, finding->path))
			continue;
		if (e->until == 0 || exceptions->today <= e->until)
			return e;
		e->findings++;
	}
	return NULL;
}

static void add_notes(const struct exceptions *exceptions, struct report *report, size_t off, size_t changed)
{
	if (off)
		report_note(report, "%zu finding%s suppressed by %s; --show-suppressed prints %s", off,
			    off == 1 ? " is" : "s are", exceptions->name, off == 1 ? "it" : "them");
	if (changed)
		report_note(report, "%zu finding%s another severity by %s", changed, changed == 1 ? " has" : "s have",
			    exceptions->name);
	for (size_t i = 0; i < exceptions->count; i++) {
		const struct exception *e = &exceptions->all[i];

		if (e->findings)
			report_note(report, "%s ended on %s; it was for %zu finding%s of %s", e->by, e->until_text,
				    e->findings, e->findings == 1 ? "" : "s", rules[e->rule].id);
	}
}

void exceptions_apply(struct exceptions *exceptions, struct report *report)
{
	size_t off = 0, changed = 0;

	for (size_t i = 0; exceptions && i < report->count; i++) {
		struct finding *finding = &report->findings[i];
		const struct exception *e = find(exceptions, finding);

		if (!e)
			continue;
		finding->by = e->by;
		finding->reason = e->reason;
		off += e->off;
		changed += !e->off && e->severity != finding->severity;
		finding->suppressed = e->off;
		if (!e->off)
			finding->severity = e->severity;
	}
	if (exceptions)
		add_notes(exceptions, report, off, changed);
}
