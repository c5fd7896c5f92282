// SPDX-License-Identifier: GPL-2.0-only
// Reads a driver's source tree: its makefiles for kbuild, and the MODULE_ macros in its sources.
#include "kit/source_tree.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/array.h"
#include "base/die.h"
#include "base/directory.h"
#include "base/root.h"
#include "base/text.h"

/* Larger files are no sources. */
#define FILE_MAX  (16u << 20)
#define DEPTH_MAX 32

static void push(struct strings *strings, const char *s)
{
	strings->all = array_grown(strings->all, strings->count, sizeof(*strings->all));
	strings->all[strings->count++] = text_format("%s", s);
}

void strings_add(struct strings *strings, const char *s)
{
	for (size_t i = 0; i < strings->count; i++)
		if (strcmp(strings->all[i], s) == 0)
			return;
	push(strings, s);
}

void strings_free(struct strings *strings)
{
	for (size_t i = 0; i < strings->count; i++)
		free(strings->all[i]);
	free(strings->all);
	*strings = (struct strings){0};
}

static bool has_suffix(const char *s, const char *suffix)
{
	size_t len = strlen(s), suffix_len = strlen(suffix);

	return len > suffix_len && strcmp(s + len - suffix_len, suffix) == 0;
}

static const char *skip_blanks(const char *s)
{
	return s + strspn(s, " \t");
}

/* "obj-m :=", "obj-m+=", "obj-$(CONFIG_X) +=" at the beginning of a line. */
static bool names_modules(const char *line)
{
	line = skip_blanks(line);
	if (strncmp(line, "obj-", 4) != 0)
		return false;
	line += 4;
	if (*line == 'm')
		line++;
	else if (strncmp(line, "$(CONFIG_", 9) == 0 || strncmp(line, "${CONFIG_", 9) == 0)
		line += strcspn(line, ")}\n") + 1;
	else
		return false;
	line = skip_blanks(line);
	return *line == '=' || (strchr(":+?", *line) && line[1] == '=');
}

static void read_makefile(struct source_tree *tree, const char *path, const char *text)
{
	const char *slash = strrchr(path, '/');
	char *directory = text_format("%.*s", slash ? (int)(slash - path) : 0, path);

	for (const char *line = text; *line; line += strcspn(line, "\n"), line += *line == '\n')
		if (names_modules(line))
			strings_add(&tree->kbuild, directory);
	free(directory);
}

/*
 * Adds the text of each MACRO("text") in TEXT, with any blanks. MACRO must not be part of a longer word. False if an
 * argument is not a plain string.
 */
static bool read_macro(struct strings *found, const char *text, const char *macro)
{
	size_t len = strlen(macro);
	bool clear = true;

	for (const char *at = text; (at = strstr(at, macro)); at += len) {
		const char *arg = skip_blanks(at + len), *end;
		char *value;

		if ((at > text && (isalnum((unsigned char)at[-1]) || at[-1] == '_')) || *arg != '(')
			continue;
		arg = skip_blanks(arg + 1);
		end = *arg == '"' ? arg + 1 + strcspn(arg + 1, "\"\\\n") : arg;
		if (*arg != '"' || *end != '"' || *skip_blanks(end + 1) != ')') {
			clear = false;
			continue;
		}
		value = text_format("%.*s", (int)(end - arg - 1), arg + 1);
		strings_add(found, value);
		free(value);
	}
	return clear;
}

/* The bus of each MODULE_DEVICE_TABLE(bus, table). */
static void read_buses(struct source_tree *tree, const char *text)
{
	static const char macro[] = "MODULE_DEVICE_TABLE(";

	for (const char *at = text; (at = strstr(at, macro));) {
		char *bus;

		at = skip_blanks(at + sizeof(macro) - 1);
		bus = text_format("%.*s", (int)strspn(at, "abcdefghijklmnopqrstuvwxyz0123456789_"), at);
		if (*bus)
			strings_add(&tree->buses, bus);
		free(bus);
	}
}

/* Takes the license after SPDX-License-Identifier: in one of the first lines. */
static void read_spdx(struct source_tree *tree, const char *text)
{
	static const char tag[] = "SPDX-License-Identifier:";
	const char *at = strstr(text, tag), *line = text;
	char *license;
	size_t len;

	for (int i = 0; i < 4 && line; i++, line = strchr(line, '\n'))
		line += *line == '\n';
	if (!at || (line && at > line))
		return;
	at = skip_blanks(at + sizeof(tag) - 1);
	len = strcspn(at, "\n");
	for (size_t i = 0; i + 1 < len; i++)
		if (at[i] == '*' && at[i + 1] == '/')
			len = i;
	while (len && strchr(" \t\r", at[len - 1]))
		len--;
	license = text_format("%.*s", (int)len, at);
	if (len && strspn(license, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.-+() ") == len)
		strings_add(&tree->spdx, license);
	free(license);
}

static void read_source(struct source_tree *tree, const char *text)
{
	read_spdx(tree, text);
	if (!read_macro(&tree->versions, text, "MODULE_VERSION"))
		tree->unclear_version = true;
	read_macro(&tree->licenses, text, "MODULE_LICENSE");
	read_macro(&tree->descriptions, text, "MODULE_DESCRIPTION");
	read_macro(&tree->firmware, text, "MODULE_FIRMWARE");
	read_buses(tree, text);
}

static void read_file(struct source_tree *tree, int fd, const char *path)
{
	const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
	bool makefile = strcmp(name, "Kbuild") == 0 || strcmp(name, "Makefile") == 0;
	char *text;

	push(&tree->files, path);
	if (has_suffix(name, ".rules"))
		strings_add(&tree->rules, path);
	if (!makefile && !has_suffix(name, ".c") && !has_suffix(name, ".h"))
		return;
	text = read_whole(fd, FILE_MAX, NULL);
	if (text && makefile)
		read_makefile(tree, path, text);
	else if (text)
		read_source(tree, text);
	free(text);
}

static bool trouble(const char *path)
{
	char *safe = text_safe(path);

	complain("%s: it cannot be read: %s", safe, strerror(errno));
	free(safe);
	return false;
}

static bool read_directory(struct source_tree *tree, int fd, const char *path, int depth);

static bool read_entry(struct source_tree *tree, int dir, const char *name, const char *path, int depth)
{
	int fd = openat(dir, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
	struct stat st;

	/* A symlink counts if its target is a file of the tree. Sockets and devices are no sources. */
	if (fd < 0 && errno == ELOOP) {
		fd = root_openat(tree->root, path, O_RDONLY | O_NONBLOCK, 0);
		if (fd >= 0 && fstat(fd, &st) == 0 && S_ISREG(st.st_mode))
			read_file(tree, fd, path);
		if (fd >= 0)
			close(fd);
		return true;
	}
	if (fd < 0)
		return errno == ENXIO ? true : trouble(path);
	if (fstat(fd, &st) == 0 && S_ISDIR(st.st_mode))
		return read_directory(tree, fd, path, depth + 1);
	if (S_ISREG(st.st_mode))
		read_file(tree, fd, path);
	close(fd);
	return true;
}

/* Takes over FD and closes it. */
static bool read_directory(struct source_tree *tree, int fd, const char *path, int depth)
{
	int dir = dup(fd);
	char **names = directory_names(fd);
	bool fine = names && dir >= 0;

	if (!fine || depth > DEPTH_MAX) {
		if (fine)
			errno = ELOOP;
		fine = trouble(*path ? path : ".");
	}
	for (size_t i = 0; fine && names[i]; i++) {
		char *below = text_format("%s%s%s", path, *path ? "/" : "", names[i]);

		fine = names[i][0] == '.' || read_entry(tree, dir, names[i], below, depth);
		free(below);
	}
	directory_names_free(names);
	if (dir >= 0)
		close(dir);
	return fine;
}

bool source_tree_read(struct source_tree *tree, const char *path)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct root root;
	bool fine;

	if (fd < 0)
		return trouble(path);
	if (root_open(&root, path) != 0) {
		close(fd);
		return trouble(path);
	}
	tree->root = &root;
	fine = read_directory(tree, fd, "", 0);
	tree->root = NULL;
	root_close(&root);
	return fine;
}

void source_tree_free(struct source_tree *tree)
{
	strings_free(&tree->files);
	strings_free(&tree->kbuild);
	strings_free(&tree->versions);
	strings_free(&tree->licenses);
	strings_free(&tree->spdx);
	strings_free(&tree->descriptions);
	strings_free(&tree->firmware);
	strings_free(&tree->buses);
	strings_free(&tree->rules);
	*tree = (struct source_tree){0};
}

const char *source_tree_firmware(const struct source_tree *tree, const char *name)
{
	char *below = text_format("/%s", name);
	const char *found = NULL;

	for (size_t i = 0; i < tree->files.count && !found; i++)
		if (strcmp(tree->files.all[i], name) == 0 || has_suffix(tree->files.all[i], below))
			found = tree->files.all[i];
	free(below);
	return found;
}
