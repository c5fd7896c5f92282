// SPDX-License-Identifier: GPL-2.0-only
// Reads Module.symvers: the symbols that a kernel exports, with the CRCs of their types.
#include "elf/symvers.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/array.h"
#include "base/die.h"
#include "base/name.h"
#include "base/root.h"
#include "base/text.h"

/* The limit for the file in bytes. The file of a distribution's kernel has 2 MiB. */
#define SYMVERS_LIMIT (64u << 20)

struct table {
	char uname[UNAME_MAX + 1]; /* "": the table is for every kernel */
	bool crcs;
	char *text; /* the file; the symbols point into it */
	struct symver *symbols;
	size_t count;
};

struct symvers {
	struct table *tables;
	size_t count;
};

/* Splits a line at its tabs. Returns the number of fields, at most MAX. */
static size_t split(char *line, char **fields, size_t max)
{
	size_t n = 0;

	for (char *at = line; at && n < max;)
		fields[n++] = strsep(&at, "\t");
	return n;
}

/*
 * The fields are: crc, symbol, module, EXPORT_..., name space. Old kernels have no name spaces. The first kernels with
 * name spaces wrote the name space before the module.
 */
static bool read_line(char *line, struct symver *symbol)
{
	char *fields[5], *end;
	size_t n = split(line, fields, 5), export = 3;

	if (n == 5 && strncmp(fields[4], "EXPORT_", 7) == 0)
		export = 4;
	if (n <= export || strncmp(fields[export], "EXPORT_", 7) != 0)
		return false;
	symbol->crc = (uint32_t)strtoul(fields[0], &end, 16);
	symbol->name = fields[1];
	symbol->module = fields[export - 1];
	symbol->space = export == 4 ? fields[2] : n == 5 ? fields[4] : "";
	symbol->gpl = strncmp(fields[export], "EXPORT_SYMBOL_GPL", 17) == 0;
	return *end == '\0' && end != fields[0] && *symbol->name;
}

static int compare_symbols(const void *a, const void *b)
{
	return strcmp(((const struct symver *)a)->name, ((const struct symver *)b)->name);
}

/* Returns the number of the first wrong line, or 0. A file without symbols is wrong in line 1. */
static size_t read_lines(struct table *table)
{
	size_t number = 1;

	for (char *at = table->text, *line; (line = strsep(&at, "\n")); number++) {
		struct symver symbol;

		if (*line == '\0')
			continue;
		if (!read_line(line, &symbol))
			return number;
		table->symbols = array_grown(table->symbols, table->count, sizeof(*table->symbols));
		table->symbols[table->count++] = symbol;
		table->crcs |= symbol.crc != 0;
	}
	if (table->count)
		qsort(table->symbols, table->count, sizeof(*table->symbols), compare_symbols);
	return table->count ? 0 : 1;
}

static char *read_path(const char *path, size_t max, size_t *len)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	char *text = fd < 0 ? NULL : read_whole(fd, max, len);

	if (fd >= 0)
		close(fd);
	return text;
}

/*
 * Reads the uname from include/generated/utsrelease.h. include/config/kernel.release is not used: a distribution may
 * write its own version there instead of the uname.
 */
static void read_release(struct table *table, const char *path)
{
	static const char define[] = "#define UTS_RELEASE \"";
	const char *slash = strrchr(path, '/');
	char *beside = text_format("%.*sinclude/generated/utsrelease.h", slash ? (int)(slash + 1 - path) : 0, path);
	size_t len;
	char *text = read_path(beside, 65536, &len), *release = text ? strstr(text, define) : NULL;

	free(beside);
	if (release) {
		release += sizeof(define) - 1;
		release[strcspn(release, "\"\n")] = '\0';
		if (name_is_uname(release))
			snprintf(table->uname, sizeof(table->uname), "%s", release);
	}
	free(text);
}

static struct table *add_table(struct symvers *symvers)
{
	symvers->tables = array_grown(symvers->tables, symvers->count, sizeof(*symvers->tables));
	memset(&symvers->tables[symvers->count], 0, sizeof(*symvers->tables));
	return &symvers->tables[symvers->count++];
}

bool symvers_read(struct symvers **symvers, const char *path)
{
	struct table *table;
	size_t len, wrong;

	if (!*symvers)
		*symvers = need_memory(1, sizeof(**symvers));
	table = add_table(*symvers);
	table->text = read_path(path, SYMVERS_LIMIT, &len);
	if (!table->text) {
		complain("%s: %s", path, strerror(errno));
		return false;
	}
	wrong = read_lines(table);
	if (wrong) {
		complain("%s: line %zu is not 'crc <tab> symbol <tab> module <tab> EXPORT_SYMBOL...': "
			 "a Module.symvers is expected",
			 path, wrong);
		return false;
	}
	read_release(table, path);
	return true;
}

void symvers_free(struct symvers *symvers)
{
	for (size_t i = 0; symvers && i < symvers->count; i++) {
		free(symvers->tables[i].text);
		free(symvers->tables[i].symbols);
	}
	if (symvers)
		free(symvers->tables);
	free(symvers);
}

static bool is_for(const struct table *table, const char *uname)
{
	return !table->uname[0] || strcmp(table->uname, uname) == 0;
}

bool symvers_covers(const struct symvers *symvers, const char *uname)
{
	for (size_t i = 0; i < symvers->count; i++)
		if (is_for(&symvers->tables[i], uname))
			return true;
	return false;
}

bool symvers_has_crcs(const struct symvers *symvers, const char *uname)
{
	for (size_t i = 0; i < symvers->count; i++)
		if (is_for(&symvers->tables[i], uname) && symvers->tables[i].crcs)
			return true;
	return false;
}

const struct symver *symvers_find(const struct symvers *symvers, const char *uname, const char *name)
{
	struct symver key = {.name = name};
	const struct symver *found = NULL;

	for (size_t i = 0; !found && i < symvers->count; i++)
		if (is_for(&symvers->tables[i], uname))
			found = bsearch(&key, symvers->tables[i].symbols, symvers->tables[i].count, sizeof(key),
					compare_symbols);
	return found;
}
