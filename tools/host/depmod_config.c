// SPDX-License-Identifier: GPL-2.0-only
// Reads the configuration of depmod.
#include "host/depmod_config.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/directory.h"
#include "base/text.h"

#define CONFIG_LIMIT (1u << 20)

const char *const depmod_config_directories[] = {"/etc/depmod.d", "/run/depmod.d", "/usr/local/lib/depmod.d",
						 "/usr/lib/depmod.d", "/lib/depmod.d"};
_Static_assert(sizeof(depmod_config_directories) / sizeof(depmod_config_directories[0]) == DEPMOD_CONFIG_DIRECTORIES,
	       "their number");

/* The next word of the line at *AT, split as kmod does. Sets *LEN to its length. NULL at the end of the line. */
static const char *next_word(const char **at, size_t *len)
{
	const char *word = *at + strspn(*at, " \t");

	*len = strcspn(word, " \t\n");
	*at = word + *len;
	return *len ? word : NULL;
}

static bool is_word(const char *word, size_t len, const char *wanted)
{
	return word && len == strlen(wanted) && strncmp(word, wanted, len) == 0;
}

bool depmod_text_excludes(const char *text, const char *directory)
{
	for (const char *at = text; *at; at += *at == '\n') {
		size_t len;
		const char *word = next_word(&at, &len);
		bool searches = is_word(word, len, "search"), told = is_word(word, len, "exclude");

		while (word && (word = next_word(&at, &len))) {
			/* "unselected" has placeholders. depmod takes no module from the directories after it. */
			told |= searches && is_word(word, len, "unselected");
			if (told && is_word(word, len, directory))
				return true;
		}
	}
	return false;
}

static bool is_hidden(const struct root *root, size_t directory, const char *name)
{
	for (size_t i = 0; i < directory; i++) {
		char *path = text_format("%s/%s", depmod_config_directories[i], name);
		int fd = root_openat(root, path, O_PATH, 0);

		free(path);
		if (fd >= 0) {
			close(fd);
			return true;
		}
	}
	return false;
}

static bool file_excludes(const struct root *root, const char *config, const char *name, const char *directory)
{
	size_t len = strlen(name);
	char *path = text_format("%s/%s", config, name);
	char *text = len > 5 && strcmp(name + len - 5, ".conf") == 0 ? root_read(root, path, CONFIG_LIMIT, NULL) : NULL;
	bool excludes = text && depmod_text_excludes(text, directory);

	free(text);
	free(path);
	return excludes;
}

bool depmod_is_told_to_exclude(const struct root *root, const char *directory)
{
	bool told = false;

	for (size_t i = 0; i < DEPMOD_CONFIG_DIRECTORIES && !told; i++) {
		int fd = root_openat(root, depmod_config_directories[i], O_RDONLY | O_DIRECTORY, 0);
		char **names = fd < 0 ? NULL : directory_names(fd);

		for (size_t n = 0; names && names[n] && !told; n++)
			told = !is_hidden(root, i, names[n]) &&
			       file_excludes(root, depmod_config_directories[i], names[n], directory);
		directory_names_free(names);
	}
	return told;
}
