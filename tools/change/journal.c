// SPDX-License-Identifier: GPL-2.0-only
// The journal: a file that lists changes before they are made.
#include "change/journal.h"

#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/die.h"
#include "base/json.h"
#include "base/name.h"
#include "base/text.h"
#include "xenserver-note.h"

/*
 * The changes are compared with each other, so the time grows with the square: 10,000 changes fill the journal and take
 * a second. A driver with 60 modules on 10 kernels needs about 0.3 MiB.
 */
#define JOURNAL_LIMIT  CHANGE_FILE_LIMIT
#define JOURNAL_FORMAT "xs-driver-journal"
#define JOURNAL_SCHEMA 1

static json_t *text_or_null(const char *s)
{
	return json_need(s ? json_string(s) : json_null());
}

static json_t *journal_json(const struct changeset *changes)
{
	json_t *list = json_need(json_array()), *kernels = json_need(json_array());

	for (size_t i = 0; i < changes->count; i++) {
		const struct change *c = &changes->list[i];

		json_need_zero(json_array_append_new(
			list, json_need(json_pack("{s:s, s:b, s:o, s:o}", "path", c->path, "file", c->is_file, "before",
						  text_or_null(c->before), "after", text_or_null(c->after)))));
	}
	for (size_t i = 0; i < changes->kernel_count; i++)
		json_need_zero(json_array_append_new(kernels, json_string(changes->kernels[i])));
	return json_need(json_pack("{s:s, s:i, s:s, s:b, s:o, s:o}", "format", JOURNAL_FORMAT, "schema", JOURNAL_SCHEMA,
				   "command", changes->command, "initrd", changes->initrd, "kernels", kernels,
				   "changes", list));
}

bool journal_write(const struct root *root, const struct changeset *changes)
{
	/* The journal is written like any other change: to a temporary name, to the disk, then renamed. */
	json_t *json = journal_json(changes);
	char *text = json_dumps(json, JSON_INDENT(1));
	struct changeset journal = {0};
	bool good;

	json_decref(json);
	if (!text)
		die_memory();
	if (strlen(text) > JOURNAL_LIMIT) {
		complain("%s: the journal would be longer than %u bytes: change fewer kernels at once, with --kernel",
			 JOURNAL_PATH, JOURNAL_LIMIT);
		free(text);
		return false;
	}
	changeset_add(&journal, JOURNAL_PATH, true, NULL, text);
	good = changeset_apply(root, &journal);
	if (!good)
		changeset_undo(root, &journal);
	changeset_free(&journal);
	free(text);
	return good;
}

void journal_clean(const struct root *root)
{
	struct changeset journal = {0};

	changeset_add(&journal, JOURNAL_PATH, true, NULL, "");
	changeset_undo(root, &journal);
	changeset_free(&journal);
}

/*
 * Copies the path component at *AT, and moves *AT behind it and its slash. Returns false if IS_LEGAL does not accept
 * it.
 */
static bool take(const char **at, char *out, size_t size, bool (*is_legal)(const char *))
{
	size_t len = strcspn(*at, "/");

	if (len == 0 || len >= size)
		return false;
	memcpy(out, *at, len);
	out[len] = '\0';
	*at += len + ((*at)[len] == '/');
	return is_legal(out);
}

static bool skip(const char **at, const char *text)
{
	size_t len = strlen(text);

	if (strncmp(*at, text, len) != 0)
		return false;
	*at += len;
	return true;
}

static bool is_kernel_of(const struct changeset *changes, const char *uname)
{
	for (size_t i = 0; i < changes->kernel_count; i++)
		if (strcmp(changes->kernels[i], uname) == 0)
			return true;
	return false;
}

/* Whether a link in updates/ of the kernel UNAME with this target selects a version. */
static bool selects_version(const char *target, const char *uname)
{
	char name[XENSERVER_VERSION_MAX + 1], *absolute = text_format("/lib/modules/%s/", uname);
	bool is_ours = skip(&target, "../") || (skip(&target, "/usr"), skip(&target, absolute));

	free(absolute);
	return is_ours && (skip(&target, "xenserver/") || skip(&target, "dmv/")) &&
	       take(&target, name, sizeof(name), name_is_legal) && take(&target, name, sizeof(name), name_is_legal) &&
	       name_is_module_file(target);
}

/* Whether the change removes a link in updates/, or makes the link select a file with the same name. */
static bool is_selection(const char *file, const char *uname, const struct change *change)
{
	return name_is_module_file(file) && (!change->before || selects_version(change->before, uname)) &&
	       (!change->after ||
		(selects_version(change->after, uname) && strcmp(strrchr(change->after, '/') + 1, file) == 0));
}

/* Whether the change makes the link ".previous" name a version. No command removes this link. */
static bool is_previous(const char *path, const struct change *change)
{
	char driver[XENSERVER_VERSION_MAX + 1];

	return (skip(&path, "xenserver/") || skip(&path, "dmv/")) &&
	       take(&path, driver, sizeof(driver), name_is_legal) && strcmp(path, ".previous") == 0 &&
	       (!change->before || name_is_legal(change->before)) && change->after && name_is_legal(change->after);
}

static bool is_our_link(const struct changeset *changes, const struct change *change)
{
	const char *at = change->path;
	char uname[UNAME_MAX + 1];

	if (!skip(&at, "/lib/modules/") || !take(&at, uname, sizeof(uname), name_is_uname) ||
	    !is_kernel_of(changes, uname))
		return false;
	return skip(&at, "updates/") ? is_selection(at, uname, change) : is_previous(at, change);
}

static bool is_new_path(const struct changeset *changes, const char *path)
{
	for (size_t i = 0; i < changes->count; i++)
		if (strcmp(changes->list[i].path, path) == 0)
			return false;
	return true;
}

static bool take_change(struct changeset *changes, const json_t *item)
{
	const json_t *path = json_object_get(item, "path"), *file = json_object_get(item, "file");
	const json_t *before = json_object_get(item, "before"), *after = json_object_get(item, "after");
	struct change change = {(char *)json_string_value(path), json_is_true(file), (char *)json_string_value(before),
				(char *)json_string_value(after)};
	size_t count;

	if (!change.path || !json_is_false(file) || !(change.before || json_is_null(before)) ||
	    !(change.after || json_is_null(after)) || !is_new_path(changes, change.path) ||
	    !is_our_link(changes, &change))
		return false;
	/* changeset_add() does not add a change with equal BEFORE and AFTER. No command writes such a change. */
	count = changes->count;
	changeset_add(changes, change.path, change.is_file, change.before, change.after);
	return changes->count > count;
}

/* Whether the journal changes a link of the kernel. A command writes no other kernels to the journal. */
static bool has_link(const struct changeset *changes, const char *uname)
{
	char *directory = text_format("/lib/modules/%s/", uname);
	bool has = false;

	for (size_t i = 0; i < changes->count; i++)
		has |= strncmp(changes->list[i].path, directory, strlen(directory)) == 0;
	free(directory);
	return has;
}

static bool take_journal(struct changeset *changes, const json_t *json)
{
	const json_t *kernels = json_object_get(json, "kernels"), *list = json_object_get(json, "changes");
	const char *format = json_string_value(json_object_get(json, "format"));
	const char *command = json_string_value(json_object_get(json, "command"));
	size_t i;
	json_t *item;

	if (!format || strcmp(format, JOURNAL_FORMAT) != 0 || !command || !json_is_array(kernels) ||
	    !json_is_array(list) || !json_is_boolean(json_object_get(json, "initrd")) ||
	    json_integer_value(json_object_get(json, "schema")) != JOURNAL_SCHEMA ||
	    json_array_size(kernels) > json_array_size(list))
		return false;
	changes->command = text_safe(command);
	changes->initrd = json_is_true(json_object_get(json, "initrd"));
	json_array_foreach(kernels, i, item)
	{
		if (!json_is_string(item) || !name_is_uname(json_string_value(item)))
			return false;
		changeset_add_kernel(changes, json_string_value(item));
	}
	json_array_foreach(list, i, item)
	{
		if (!take_change(changes, item))
			return false;
	}
	for (i = 0; i < changes->kernel_count; i++)
		if (!has_link(changes, changes->kernels[i]))
			return false;
	return changes->count > 0;
}

enum journal journal_read(const struct root *root, struct changeset *changes)
{
	char *text = root_read(root, JOURNAL_PATH, JOURNAL_LIMIT, NULL);
	json_t *json = text ? json_loads(text, JSON_REJECT_DUPLICATES, NULL) : NULL;
	bool good = json && take_journal(changes, json);

	if (!text && errno == ENOENT)
		return JOURNAL_NONE;
	if (!text)
		complain("%s: %s", JOURNAL_PATH, strerror(errno));
	else if (!good)
		complain("%s: not a journal of this program; check the links that it names, then remove it",
			 JOURNAL_PATH);
	json_decref(json);
	free(text);
	if (good)
		return JOURNAL_READ;
	changeset_free(changes);
	return JOURNAL_BROKEN;
}

bool journal_exists(const struct root *root)
{
	int fd = root_openat(root, JOURNAL_PATH, O_PATH | O_NOFOLLOW, 0);

	if (fd >= 0)
		close(fd);
	return fd >= 0;
}

bool journal_remove(const struct root *root)
{
	const char *base;
	int dir = root_open_parent(root, JOURNAL_PATH, &base);
	bool good = dir >= 0 && (unlinkat(dir, base, 0) == 0 || errno == ENOENT) && fsync(dir) == 0;

	if (!good)
		complain("%s: %s", JOURNAL_PATH, strerror(errno));
	if (dir >= 0)
		close(dir);
	return good;
}
