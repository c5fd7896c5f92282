// SPDX-License-Identifier: GPL-2.0-only
// xs-ddk import: makes a driver's directory from a dkms.conf or an older kit's Makefile.
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/root.h"
#include "base/text.h"
#include "kit/import.h"
#include "xs-ddk/commands.h"
#include "xs-ddk/import_arguments.h"

#define TEXT_MAX (1u << 20)

/*
 * Reads the file NAME in DIRECTORY. Returns its text, to free, or NULL with errno. *PATH is its name for messages, to
 * free.
 */
static char *read_in(const char *directory, const char *name, char **path)
{
	struct root root;
	char *text = NULL;
	size_t len;

	*path = text_format("%s/%s", directory, name);
	if (root_open(&root, directory) != 0)
		return NULL;
	text = root_read(&root, name, TEXT_MAX, &len);
	root_close(&root);
	if (text && strlen(text) != len) {
		free(text);
		text = NULL;
		errno = EILSEQ;
	}
	return text;
}

/* Whether the Makefile belongs to an older kit. The Makefile of a driver itself does not have these variables. */
static bool is_kit_makefile(const char *text)
{
	bool spec = false, label = false;

	for (const char *line = text; *line; line += strcspn(line, "\n"), line += *line == '\n') {
		spec = spec || strncmp(line, "SPEC", 4) == 0;
		label = label || strncmp(line, "LABEL", 5) == 0;
	}
	return spec && label;
}

/* Reads the dkms.conf or the Makefile of the sources. STATUS_YES if successful. */
static enum status take_description(struct packaging *directory)
{
	enum status status = STATUS_TROUBLE;
	char *path, *text = read_in(directory->source, "dkms.conf", &path);

	if (text) {
		status = import_dkms(directory, path, text) ? STATUS_YES : STATUS_NO;
	} else if (errno == ENOENT) {
		free(path);
		text = read_in(directory->source, "Makefile", &path);
		if (text && is_kit_makefile(text))
			status = import_makefile(directory, path, text) ? STATUS_YES : STATUS_NO;
		else
			complain("%s: it has neither a dkms.conf nor a Makefile with SPEC and LABEL; 'xs-ddk init' is "
				 "for "
				 "bare sources",
				 directory->source);
	} else {
		complain("%s: %s", path, errno == EILSEQ ? "it is not a text file: it has NULs" : strerror(errno));
	}
	free(path);
	free(text);
	return status;
}

enum status cmd_import(int argc, char **argv)
{
	struct packaging directory = {0};
	enum status status = STATUS_TROUBLE;
	bool help;

	if (!import_arguments(&directory, argc, argv, 1, &help)) {
		packaging_free(&directory);
		return command_misused("import");
	}
	if (help) {
		packaging_free(&directory);
		return command_help("import");
	}
	directory.source = text_format("%s", argv[optind]);
	if (source_tree_read(&directory.tree, directory.source))
		status = take_description(&directory);
	if (status == STATUS_YES && !import_is_driver(&directory))
		status = STATUS_NO;
	if (status == STATUS_YES)
		return import_finish(&directory);
	packaging_free(&directory);
	return status;
}
