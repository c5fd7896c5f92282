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
#include "kit/macro_text.h"

/* Larger files are no sources. */
#define FILE_MAX  (16u << 20)
#define DEPTH_MAX 32

static void push(struct strings *strings, const char *s, const char *where)
{
	strings->all = array_grown(strings->all, strings->count, sizeof(*strings->all));
	strings->where = array_grown(strings->where, strings->count, sizeof(*strings->where));
	strings->where[strings->count] = where ? text_format("%s", where) : NULL;
	strings->all[strings->count++] = text_format("%s", s);
}

void strings_add_from(struct strings *strings, const char *s, const char *where)
{
	for (size_t i = 0; i < strings->count; i++)
		if (strcmp(strings->all[i], s) == 0)
			return;
	push(strings, s, where);
}

void strings_add(struct strings *strings, const char *s)
{
	strings_add_from(strings, s, NULL);
}

void strings_free(struct strings *strings)
{
	for (size_t i = 0; i < strings->count; i++) {
		free(strings->where[i]);
		free(strings->all[i]);
	}
	free(strings->where);
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
			strings_add_from(&tree->kbuild, directory, path);
	free(directory);
}

/* Remembers MACRO(ARGUMENT) in the file PATH. Its text is known when all files were read. */
static void remember_use(struct macro_uses *uses, struct strings *found, const char *macro, const char *argument,
			 size_t len, const char *path)
{
	struct macro_use *use = macro_uses_add(uses);

	use->found = found;
	use->macro = macro;
	use->argument = text_format("%.*s", (int)len, argument);
	use->path = text_format("%s", path);
}

/* The length of the argument at S, up to the bracket that ends it. 0: it has no end, or has brackets of its own. */
static size_t argument_length(const char *s)
{
	const char *at = s;

	while (*at && *at != ')' && *at != '(') {
		if (*at == '"') {
			for (at++; *at && *at != '"' && *at != '\n'; at++)
				at += *at == '\\' && at[1];
			if (*at != '"')
				return 0;
		}
		at++;
	}
	return *at == ')' ? (size_t)(at - s) : 0;
}

/* Remembers each MACRO(...) in TEXT, with any blanks. MACRO must not be part of a longer word. */
static void read_macro(struct source_tree *tree, struct strings *found, const char *text, const char *macro,
		       const char *path)
{
	size_t len = strlen(macro);

	for (const char *at = text; (at = strstr(at, macro)); at += len) {
		const char *arg = skip_blanks(at + len), *line = at;

		/* The definition of MACRO in a header for older kernels is no use of it. */
		while (line > text && line[-1] != '\n')
			line--;
		if ((at > text && (isalnum((unsigned char)at[-1]) || at[-1] == '_')) || *arg != '(' ||
		    *skip_blanks(line) == '#')
			continue;
		arg = skip_blanks(arg + 1);
		if (argument_length(arg))
			remember_use(tree->uses, found, macro, arg, argument_length(arg), path);
		else
			remember_use(tree->uses, found, macro, "?", 1, path);
	}
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
static void read_spdx(struct source_tree *tree, const char *text, const char *path)
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
		strings_add_from(&tree->spdx, license, path);
	free(license);
}

static void read_source(struct source_tree *tree, const char *text, const char *path)
{
	read_spdx(tree, text, path);
	macro_uses_define(tree->uses, text, path);
	read_macro(tree, &tree->versions, text, "MODULE_VERSION", path);
	read_macro(tree, &tree->licenses, text, "MODULE_LICENSE", path);
	read_macro(tree, &tree->descriptions, text, "MODULE_DESCRIPTION", path);
	read_macro(tree, &tree->firmware, text, "MODULE_FIRMWARE", path);
	read_buses(tree, text);
}

/* Takes the texts of all MODULE_ macros, in the order in which they were found. */
static void take_uses(struct source_tree *tree)
{
	macro_uses_sort(tree->uses);
	for (size_t i = 0; i < tree->uses->count; i++) {
		const struct macro_use *use = &tree->uses->all[i];
		char *value = macro_text(tree->uses, use);

		if (value) {
			strings_add_from(use->found, value, use->path);
		} else {
			char *shown = text_format("%s(%s)", use->macro, use->argument);

			strings_add_from(&tree->unclear, shown, use->path);
			free(shown);
		}
		free(value);
	}
}

/* Whether the file is a manual page: NAME ends in a digit, and TEXT has the macro of a page's head. */
static bool is_manual(const char *name, const char *text)
{
	size_t len = strlen(name);

	return len > 2 && name[len - 2] == '.' && name[len - 1] >= '1' && name[len - 1] <= '9' &&
	       (strncmp(text, ".TH ", 4) == 0 || strstr(text, "\n.TH ") || strstr(text, "\n.Dd "));
}

static void read_file(struct source_tree *tree, int fd, const char *path)
{
	const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
	bool makefile = strcmp(name, "Kbuild") == 0 || strcmp(name, "Makefile") == 0;
	char *text;

	push(&tree->files, path, NULL);
	if (has_suffix(name, ".rules"))
		strings_add(&tree->rules, path);
	if (!makefile && !has_suffix(name, ".c") && !has_suffix(name, ".h") && !is_manual(name, ".TH "))
		return;
	text = read_whole(fd, FILE_MAX, NULL);
	if (text && makefile)
		read_makefile(tree, path, text);
	else if (text && is_manual(name, ".TH ")) {
		if (is_manual(name, text))
			strings_add(&tree->manuals, path);
	} else if (text)
		read_source(tree, text, path);
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
	struct macro_uses uses = {0};
	struct root root;
	bool fine;

	if (fd < 0)
		return trouble(path);
	if (root_open(&root, path) != 0) {
		close(fd);
		return trouble(path);
	}
	tree->root = &root;
	tree->uses = &uses;
	fine = read_directory(tree, fd, "", 0);
	take_uses(tree);
	macro_uses_free(&uses);
	tree->uses = NULL;
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
	strings_free(&tree->manuals);
	strings_free(&tree->unclear);
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
