// SPDX-License-Identifier: GPL-2.0-only
// A baseline: the list of the findings of an earlier run. They are known, so that only new ones fail.
#include "finding/baseline.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/array.h"
#include "base/atomic_file.h"
#include "base/root.h"
#include "base/text.h"
#include "finding/exceptions.h"

/* The bound for the file, in bytes: some 100,000 findings. */
#define FILE_MAX (32u << 20)

#define COMMENT                                                                                                        \
	"# Known findings of xs-ddk verify: rule, path and problem. Made with --write-baseline; it can be edited.\n"

struct known {
	const char *line;
	bool met; /* this run has the finding, too */
};

struct baseline {
	char *name; /* of the file: safe text */
	char *text; /* the lines point into it */
	struct known *lines;
	size_t count;
};

static int compare_lines(const void *a, const void *b)
{
	return strcmp(((const struct known *)a)->line, ((const struct known *)b)->line);
}

/* Whether the line has a rule, a path and a problem. */
static bool is_line(char *line)
{
	char *tab = strchr(line, '\t');
	bool known;

	if (!tab || !strchr(tab + 1, '\t'))
		return false;
	*tab = '\0';
	known = rule_find(line) != RULES;
	*tab = '\t';
	return known;
}

static bool read_lines(struct baseline *baseline)
{
	char *next = baseline->text, *line;

	for (size_t n = 1; (line = strsep(&next, "\n")); n++) {
		if (*line == '\0' || *line == '#')
			continue;
		if (!is_line(line)) {
			complain("%s:%zu: expected a rule, a path and a problem with tabs between; make it again with "
				 "--write-baseline",
				 baseline->name, n);
			return false;
		}
		baseline->lines = array_grown(baseline->lines, baseline->count, sizeof(*baseline->lines));
		baseline->lines[baseline->count++] = (struct known){line, false};
	}
	if (baseline->count)
		qsort(baseline->lines, baseline->count, sizeof(*baseline->lines), compare_lines);
	return true;
}

struct baseline *baseline_read(const char *path)
{
	struct baseline *baseline = need_memory(1, sizeof(*baseline));
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	struct stat st;
	size_t len = 0;

	baseline->name = text_safe(path);
	if (fd >= 0 && fstat(fd, &st) == 0 && !S_ISREG(st.st_mode))
		errno = EINVAL;
	else if (fd >= 0)
		baseline->text = read_whole(fd, FILE_MAX, &len);
	if (!baseline->text)
		complain("%s: the baseline cannot be read: %s", baseline->name, strerror(errno));
	if (fd >= 0)
		close(fd);
	if (baseline->text && read_lines(baseline))
		return baseline;
	baseline_free(baseline);
	return NULL;
}

void baseline_free(struct baseline *baseline)
{
	if (!baseline)
		return;
	free(baseline->lines);
	free(baseline->text);
	free(baseline->name);
	free(baseline);
}

/* The line of a finding. The caller frees it. */
static char *line_of(const struct report *report, const struct finding *finding)
{
	char *path = report_relative(report, finding->path), *text = report_relative(report, finding->text);
	char *line = text_format("%s\t%s\t%s", rules[finding->rule].id, path, text);

	free(text);
	free(path);
	return line;
}

static bool may_be_known(const struct finding *finding)
{
	return !finding->suppressed && exceptions_may_suppress(finding->rule);
}

static void suppress(struct finding *finding, const char *by)
{
	finding->suppressed = true;
	finding->by = by;
	finding->reason = "it was known when the baseline was made";
}

void baseline_apply(struct baseline *baseline, struct report *report)
{
	size_t known = 0, gone = 0;

	for (size_t i = 0; i < report->count; i++) {
		struct finding *finding = &report->findings[i];
		struct known key = {0}, *found;
		char *line;

		if (!may_be_known(finding) || baseline->count == 0)
			continue;
		key.line = line = line_of(report, finding);
		found = bsearch(&key, baseline->lines, baseline->count, sizeof(key), compare_lines);
		free(line);
		if (!found)
			continue;
		found->met = true;
		suppress(finding, baseline->name);
		known++;
	}
	for (size_t i = 0; i < baseline->count; i++)
		gone += !baseline->lines[i].met;
	if (known)
		report_note(report, "%zu known finding%s suppressed by %s; --show-suppressed prints %s", known,
			    known == 1 ? " is" : "s are", baseline->name, known == 1 ? "it" : "them");
	if (gone)
		report_note(report, "%zu finding%s of %s %s gone; --write-baseline writes it again", gone,
			    gone == 1 ? "" : "s", baseline->name, gone == 1 ? "is" : "are");
}

/* All lines in byte order, without duplicates. The caller frees the text. */
static char *text_of(struct known *lines, size_t count)
{
	struct growing_text text = {0};

	if (count)
		qsort(lines, count, sizeof(*lines), compare_lines);
	text_add(&text, "%s", COMMENT);
	for (size_t i = 0; i < count; i++)
		if (i == 0 || strcmp(lines[i - 1].line, lines[i].line) != 0)
			text_add(&text, "%s\n", lines[i].line);
	return text.text;
}

static bool write_text(const char *path, const char *text)
{
	mode_t mask = umask(0);
	struct stat like = {.st_mode = S_IFREG | (0666 & ~mask)};
	const char *step = "";
	char *safe;

	umask(mask);
	if (replace_file(path, text, strlen(text), &like, NULL, &step) == 0)
		return true;
	safe = text_safe(path);
	complain("%s: the baseline cannot be written: %s: %s", safe, step, strerror(errno));
	free(safe);
	return false;
}

bool baseline_write(struct report *report, const char *path)
{
	struct known *lines = need_memory(report->count + 1, sizeof(*lines));
	char **owned = need_memory(report->count + 1, sizeof(*owned)), *text, *safe;
	size_t count = 0;
	bool written;

	for (size_t i = 0; i < report->count; i++)
		if (may_be_known(&report->findings[i])) {
			owned[count] = line_of(report, &report->findings[i]);
			lines[count].line = owned[count];
			count++;
			suppress(&report->findings[i], "--write-baseline");
		}
	text = text_of(lines, count);
	written = write_text(path, text);
	safe = text_safe(path);
	if (written)
		report_note(report, "%zu finding%s written to %s", count, count == 1 ? " is" : "s are", safe);
	free(safe);
	free(text);
	for (size_t i = 0; i < count; i++)
		free(owned[i]);
	free(owned);
	free(lines);
	return written;
}
