// SPDX-License-Identifier: GPL-2.0-only
// The modprobe.d file that keeps a deselected driver from being loaded, where depmod cannot.
#include "host/block.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"

#define PATH_BEGIN "/etc/modprobe.d/xs-ddk-"
#define PATH_END   ".conf"
#define COMMENT	   "# Written by xs-driver: %s is deselected. The file is removed when a version is selected.\n"
#define LINE_BEGIN "install "
#define LINE_END   " /bin/false\n"

char *block_path(const char *driver)
{
	return text_format(PATH_BEGIN "%s" PATH_END, driver);
}

char *block_text(const struct driver *driver)
{
	char *text = text_format(COMMENT, driver->name);

	for (size_t m = 0; m < driver->module_count; m++) {
		char *longer = text_format("%s" LINE_BEGIN "%s" LINE_END, text, driver->modules[m]);

		free(text);
		text = longer;
	}
	return text;
}

/* A line "install <module> /bin/false" at *AT, which is stepped over. */
static bool take_line(const char **at)
{
	size_t begin = strlen(LINE_BEGIN), end = strlen(LINE_END), len;
	const char *module = *at + begin;
	char *file;
	bool is_module;

	if (strncmp(*at, LINE_BEGIN, begin) != 0)
		return false;
	len = strcspn(module, " \n");
	file = text_format("%.*s.ko", (int)len, module);
	is_module = name_is_module_file(file);
	free(file);
	*at = module + len + end;
	return is_module && strncmp(module + len, LINE_END, end) == 0;
}

bool block_is_ours(const char *path, const char *text)
{
	size_t begin = strlen(PATH_BEGIN), end = strlen(PATH_END), len = strlen(path);
	char driver[XENSERVER_VERSION_MAX + 1], *comment;
	bool is_ours;

	if (!text || len < begin + end || len - begin - end >= sizeof(driver) ||
	    strncmp(path, PATH_BEGIN, begin) != 0 || strcmp(path + len - end, PATH_END) != 0)
		return false;
	memcpy(driver, path + begin, len - begin - end);
	driver[len - begin - end] = '\0';
	comment = text_format(COMMENT, driver);
	is_ours = name_is_legal(driver) && strncmp(text, comment, strlen(comment)) == 0;
	text += is_ours ? strlen(comment) : 0;
	free(comment);
	while (is_ours && *text)
		is_ours = take_line(&text);
	return is_ours;
}
