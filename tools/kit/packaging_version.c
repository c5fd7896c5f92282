// SPDX-License-Identifier: GPL-2.0-only
// Adds a version to a driver's directory that an earlier run has made.
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/atomic_file.h"
#include "base/die.h"
#include "base/text.h"
#include "kit/packaging_parts.h"

/* The line of TEXT that begins with WORDS. NULL if there is none. */
static const char *line_of(const char *text, const char *words)
{
	for (const char *line = text; line; line = strchr(line, '\n')) {
		line += *line == '\n';
		if (strncmp(line, words, strlen(words)) == 0)
			return line;
	}
	return NULL;
}

/* Prints the lines of NEW that OLD lacks. The user decides whether to add them. */
static void tell_changes(const char *name, const char *old, const char *new)
{
	bool any = false;
	size_t len;

	for (const char *line = new; *line; line += len + (line[len] == '\n')) {
		char *text;

		len = strcspn(line, "\n");
		text = text_format("%.*s", (int)len, line);
		if (*text && !line_of(old, text)) {
			if (!any)
				complain("%s is not changed; for this version, it would have these lines:", name);
			any = true;
			fprintf(stderr, "  %s\n", text);
		}
		free(text);
	}
}

/* Tells how the files that are there differ from those that would be made now. */
static void tell_differences(const struct packaging *directory, const char *makefile, const char *spec, const char *way,
			     const char *kit)
{
	char *old_makefile = packaging_read_text(makefile, 1 << 20, NULL),
	     *old_spec = packaging_read_text(spec, 1 << 20, NULL);
	char *new_makefile = packaging_makefile_text(directory, way, kit),
	     *new_spec = packaging_spec_text(directory, kit, "driver.spec.in", directory->values[VALUE_LICENSE]);

	if (old_makefile && new_makefile)
		tell_changes(makefile, old_makefile, new_makefile);
	if (old_spec && new_spec)
		tell_changes(spec, old_spec, new_spec);
	free(new_spec);
	free(new_makefile);
	free(old_spec);
	free(old_makefile);
}

static bool replace_makefile(const char *path, const char *text)
{
	const char *step;
	struct stat st;

	if (stat(path, &st) != 0)
		return packaging_trouble(path);
	if (replace_file(path, text, strlen(text), &st, NULL, &step) == 0)
		return true;
	complain("%s: %s: %s", path, step, strerror(errno));
	return false;
}

/* TEXT, a Makefile at PATH, with one version more: see packaging_add_version(). NULL after a message. Memory to free.
 */
static char *makefile_with(const char *text, const char *path, const char *version, const char *way)
{
	const char *versions = line_of(text, "VERSIONS := "), *srcdir = line_of(text, "SRCDIR := ");
	const char *end = versions ? strchr(versions, '\n') : NULL, *after = srcdir ? strchr(srcdir, '\n') : NULL;
	char *known, *wanted;
	bool has;

	if (!end || !after || end > after) {
		complain("%s: no lines 'VERSIONS := ...' and 'SRCDIR := ...' in this order; add the version by hand",
			 path);
		return NULL;
	}
	known = text_format("%.*s ", (int)(end - versions), versions);
	wanted = text_format(" %s ", version);
	has = strstr(known, wanted);
	free(wanted);
	free(known);
	if (has) {
		complain("%s: it has version %s already; --force replaces the Makefile and the specs", path, version);
		return NULL;
	}
	return text_format("%.*s %s%.*s\nSRCDIR.%s := %s%s", (int)(end - text), text, version, (int)(after - end), end,
			   version, way, after);
}

/* Adds the version to the directory OUTPUT: to the line VERSIONS of its Makefile, with a line SRCDIR of its own. */
bool packaging_add_version(const struct packaging *directory, const char *output, const char *way, const char *kit,
			   const char *text)
{
	char *makefile = text_format("%s/Makefile", output);
	char *spec = text_format("%s/%s.spec.in", output, directory->values[VALUE_DRIVER]);
	char *new = makefile_with(text, makefile, directory->values[VALUE_VERSION], way);
	char *old_spec = new ? packaging_read_text(spec, 1 << 20, NULL) : NULL;
	char *new_spec =
		old_spec ? packaging_spec_text(directory, kit, "driver.spec.in", directory->values[VALUE_LICENSE])
			 : NULL;
	bool fine = new_spec && (!packaging_has_data(directory) || packaging_write_data(directory, output)) &&
		    replace_makefile(makefile, new);

	if (!new)
		tell_differences(directory, makefile, spec, way, kit);

	if (fine) {
		tell_changes(spec, old_spec, new_spec);
		if (packaging_has_data(directory) && !line_of(text, "DATASPEC"))
			complain("%s/data now has files for a data package; set DATASPEC to make this package", output);
	}
	free(new_spec);
	free(old_spec);
	free(new);
	free(spec);
	free(makefile);
	return fine;
}
