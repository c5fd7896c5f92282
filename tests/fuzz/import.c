// SPDX-License-Identifier: GPL-2.0-only
// Fuzzes import and init: a driver's sources, with their dkms.conf or Makefile, become a packaging directory.
#include "fuzz.h"

#include "base/text.h"
#include "kit/import.h"
#include "tree.h"

static char *read_file(const char *name)
{
	char path[128], *text = NULL;
	size_t len = 0;
	FILE *file;

	snprintf(path, sizeof(path), "%s/source/%s", tree_path, name);
	file = fopen(path, "re");
	if (file && getdelim(&text, &len, '\0', file) < 0) {
		free(text);
		text = NULL;
	}
	if (file)
		fclose(file);
	return text;
}

/* One call of "xs-ddk import" with the lines NAME=VALUE in WORDS, and one more if MORE is not NULL. */
static void import(const char *words, const char *more, bool force)
{
	struct packaging packaging = {.force = force};
	char *copy = text_format("%s\n%s", words, more ? more : ""), *rest = copy, *word;
	char *dkms = read_file("dkms.conf"), *makefile = read_file("Makefile");

	while ((word = strsep(&rest, "\n")))
		if (*word)
			packaging_set(&packaging, word);
	packaging.source = text_format("%s/source", tree_path);
	packaging.output = text_format("%s/output", tree_path);
	if (source_tree_read(&packaging.tree, packaging.source) && import_is_driver(&packaging)) {
		if (dkms)
			import_dkms(&packaging, "dkms.conf", dkms);
		else if (makefile)
			import_makefile(&packaging, "Makefile", makefile);
		import_finish(&packaging);
	}
	packaging_free(&packaging);
	free(copy);
	free(dkms);
	free(makefile);
}

/*
 * A tree with directory "source"; what is made is "output" in it. Before its first entry stand lines NAME=VALUE, as on
 * the command line. Imports it into a new directory, as another version, as the version that is there already, and over what
 * is there.
 */
static void fuzz_one(const uint8_t *data, size_t len)
{
	char *words = fuzz_text(data, tree_make(data, len));

	import(words, NULL, false);
	import(words, "DRIVER_VERSION=3.4.5", false);
	import(words, "TEXT=other", false);
	import(words, "TEXT=another", true);
	free(words);
	tree_end();
}
