// SPDX-License-Identifier: GPL-2.0-only
// Reads the configuration of depmod, and its version.
#include "host/depmod_config.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/directory.h"
#include "base/spawn.h"
#include "base/text.h"

#define CONFIG_LIMIT  (1u << 20)
#define PROGRAM_LIMIT (16u << 20)

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

unsigned int depmod_text_tells(const char *text, const char *directory)
{
	unsigned int tells = 0;

	for (const char *at = text; *at; at += *at == '\n') {
		size_t len;
		const char *word = next_word(&at, &len);
		bool searches = is_word(word, len, "search"), excludes = is_word(word, len, "exclude");
		bool prefers = false;

		while (word && (word = next_word(&at, &len))) {
			prefers |= searches && is_word(word, len, "unselected");
			if (is_word(word, len, directory))
				tells |= (excludes ? DEPMOD_EXCLUDES : 0) | (prefers ? DEPMOD_PREFERS : 0);
		}
	}
	return tells;
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

static unsigned int file_tells(const struct root *root, const char *config, const char *name, const char *directory)
{
	size_t len = strlen(name);
	char *path = text_format("%s/%s", config, name);
	char *text = len > 5 && strcmp(name + len - 5, ".conf") == 0 ? root_read(root, path, CONFIG_LIMIT, NULL) : NULL;
	unsigned int tells = text ? depmod_text_tells(text, directory) : 0;

	free(text);
	free(path);
	return tells;
}

unsigned int depmod_config_tells(const struct root *root, const char *directory)
{
	unsigned int tells = 0;

	for (size_t i = 0; i < DEPMOD_CONFIG_DIRECTORIES; i++) {
		int fd = root_openat(root, depmod_config_directories[i], O_RDONLY | O_DIRECTORY, 0);
		char **names = fd < 0 ? NULL : directory_names(fd);

		for (size_t n = 0; names && names[n]; n++)
			if (!is_hidden(root, i, names[n]))
				tells |= file_tells(root, depmod_config_directories[i], names[n], directory);
		directory_names_free(names);
	}
	return tells;
}

unsigned int depmod_version(const struct root *root)
{
	static const char word[] = "kmod version ";
	char *path = program_find(root, "depmod", NULL);
	size_t len = 0;
	char *bytes = path ? root_read(root, path, PROGRAM_LIMIT, &len) : NULL;
	const char *at = bytes;
	unsigned int version = 0;

	/* The text may stand in the program more than once, and with a format in the place of the number. */
	while (at && version == 0 && (at = memmem(at, len - (size_t)(at - bytes), word, strlen(word)))) {
		at += strlen(word);
		for (; *at >= '0' && *at <= '9' && version < 10000; at++)
			version = version * 10 + (unsigned int)(*at - '0');
	}
	free(bytes);
	free(path);
	return version;
}
