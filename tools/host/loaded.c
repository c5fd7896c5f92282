// SPDX-License-Identifier: GPL-2.0-only
// Reads the records of loaded modules from /sys/module.
#include "host/loaded.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/directory.h"

/* Bytes. A section of notes has some hundred bytes. The kernel never makes a file as large as this limit. */
#define NOTES_LIMIT (1u << 20)

static bool is_loaded(const struct root *root, const char *name)
{
	char path[PATH_MAX];
	int fd;

	snprintf(path, sizeof(path), "/sys/module/%s/initstate", name);
	fd = root_openat(root, path, O_PATH, 0);
	if (fd < 0)
		return false;
	close(fd);
	return true;
}

char **loaded_names(const struct root *root)
{
	int fd = root_openat(root, "/sys/module", O_RDONLY | O_DIRECTORY, 0);
	char **names = fd < 0 ? NULL : directory_names(fd);
	size_t kept = 0;

	for (size_t i = 0; names && names[i]; i++) {
		if (is_loaded(root, names[i]))
			names[kept++] = names[i];
		else
			free(names[i]);
	}
	if (names)
		names[kept] = NULL;
	return names;
}

static int read_note_file(int dir, const char *section, struct note_reading *note)
{
	int fd = regular_open(dir, section, NULL);
	size_t len = 0;
	char *bytes;

	if (fd < 0)
		return -1;
	bytes = read_whole(fd, NOTES_LIMIT, &len);
	close(fd);
	if (!bytes)
		return -1;
	/* The file has the bytes of the section as they are in memory. So the byte order is that of this machine. */
	note_read(note, section, (const uint8_t *)bytes, len, XENSERVER_NOTE_ALIGN, false);
	free(bytes);
	return 0;
}

/* Reads the compat section last, because its copies of the record are compared with the record. */
static int read_notes(int dir, char **sections, struct note_reading *note)
{
	bool compat = false;

	for (size_t i = 0; sections[i]; i++) {
		if (strcmp(sections[i], XENSERVER_NOTE_COMPAT_SECTION) == 0)
			compat = true;
		else if (read_note_file(dir, sections[i], note))
			return -1;
	}
	return compat ? read_note_file(dir, XENSERVER_NOTE_COMPAT_SECTION, note) : 0;
}

int loaded_read(const struct root *root, const char *name, struct loaded *loaded)
{
	char path[PATH_MAX], **sections;
	int fd, rc;

	memset(loaded, 0, sizeof(*loaded));
	if (*name == '\0' || strlen(name) >= MODULE_NAME_SIZE || strchr(name, '/') || name[0] == '.') {
		errno = EINVAL;
		return -1;
	}
	name_of_module(name, loaded->name);
	if (!is_loaded(root, loaded->name)) {
		errno = ENOENT;
		return -1;
	}
	snprintf(path, sizeof(path), "/sys/module/%s/notes", loaded->name);
	fd = root_openat(root, path, O_RDONLY | O_DIRECTORY, 0);
	/* A module without notes has no such directory. */
	if (fd < 0)
		return errno == ENOENT ? 0 : -1;
	sections = directory_names(dup(fd));
	rc = sections ? read_notes(fd, sections, &loaded->note) : -1;
	directory_names_free(sections);
	close(fd);
	return rc;
}

/* The modules of XenServer 9 have only the compat section, with the variant in it. */
static bool read_variant(const struct root *root, const char *module, char out[XENSERVER_VERSION_MAX + 1])
{
	char path[PATH_MAX];
	size_t len = 0;
	char *bytes;
	struct note_walk walk = {.align = XENSERVER_NOTE_ALIGN};
	struct note note;
	bool found = false;

	snprintf(path, sizeof(path), "/sys/module/%s/notes/" XENSERVER_NOTE_COMPAT_SECTION, module);
	bytes = root_read(root, path, NOTES_LIMIT, &len);
	walk.data = (const uint8_t *)bytes;
	walk.len = bytes ? len : 0;
	while (!found && note_next(&walk, &note) == NOTE_FOUND) {
		size_t text = strnlen((const char *)note.desc, note.descsz);

		found = note.type == XENSERVER_NOTE_TYPE && note.namesz >= XENSERVER_NOTE_COMPAT_NAMESZ &&
			note.namesz <= XENSERVER_NOTE_NAMESZ &&
			memcmp(note.name, XENSERVER_NOTE_OWNER, note.namesz) == 0 && text < note.descsz &&
			name_is_legal_n((const char *)note.desc, text);
		if (found)
			memcpy(out, note.desc, text + 1);
	}
	free(bytes);
	return found;
}

bool loaded_version(const struct root *root, const char *module, struct loaded_version *version)
{
	struct loaded loaded;

	if (loaded_read(root, module, &loaded) != 0)
		return false;
	version->is_variant = loaded.note.records == 0 && loaded.note.compat;
	if (version->is_variant)
		return read_variant(root, loaded.name, version->text);
	memcpy(version->text, loaded.note.version, sizeof(version->text));
	return note_is_sound(&loaded.note);
}

bool loaded_uname(const struct root *root, char out[UNAME_MAX + 1])
{
	return root_read_line(root, "/proc/sys/kernel/osrelease", out, UNAME_MAX + 1);
}
