// SPDX-License-Identifier: GPL-2.0-only
// Reads and writes the files of a driver's directory, and those of its data package.
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/die.h"
#include "base/root.h"
#include "base/text.h"
#include "kit/packaging_parts.h"

/* Limit for a file of the data package, in bytes. Firmware may be large, but not larger than this. */
#define DATA_FILE_MAX (256u << 20)

bool packaging_trouble(const char *path)
{
	char *safe = text_safe(path);

	complain("%s: %s", safe, strerror(errno));
	free(safe);
	return false;
}

char *packaging_read_text(const char *path, size_t max, size_t *len)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	char *text = fd < 0 ? NULL : read_whole(fd, max, len);

	if (!text)
		packaging_trouble(path);
	if (fd >= 0)
		close(fd);
	return text;
}

/* Writes a new file, which is on the disk then. On failure it is removed. */
static bool write_bytes(const char *path, const char *bytes, size_t len)
{
	FILE *file = fopen(path, "wxe");
	bool fine = file && fwrite(bytes, 1, len, file) == len && fflush(file) == 0 && fsync(fileno(file)) == 0;

	if (file && fclose(file) != 0)
		fine = false;
	if (!fine)
		packaging_trouble(path);
	if (!fine && file)
		unlink(path);
	return fine;
}

/* Writes a new file. Takes over TEXT; false if it is NULL. */
bool packaging_write_text(const char *directory, const char *name, char *text)
{
	char *path = text_format("%s/%s", directory, name);
	bool fine = text && write_bytes(path, text, strlen(text));

	free(path);
	free(text);
	return fine;
}

/* Makes the directories in PATH, below BASE. */
static bool make_directories(const char *base, const char *path)
{
	for (const char *slash = path; (slash = strchr(slash, '/')); slash++) {
		char *directory = text_format("%s/%.*s", base, (int)(slash - path), path);
		bool fine = mkdir(directory, 0777) == 0 || errno == EEXIST || packaging_trouble(directory);

		free(directory);
		if (!fine)
			return false;
	}
	return true;
}

/* Copies a file of the sources to TO in the data package. */
static bool copy_data(const struct packaging *directory, const char *base, const char *from, const char *to)
{
	char *source = text_format("%s/%s", directory->source, from), *target = text_format("%s/%s", base, to);
	size_t len;
	char *bytes = packaging_read_text(source, DATA_FILE_MAX, &len);
	bool fine = bytes && make_directories(base, to) && write_bytes(target, bytes, len);

	free(bytes);
	free(target);
	free(source);
	return fine;
}

/* Whether NAME is legal in a data package and cannot leave its directory. Prints a message if not. */
static bool is_data_name(const char *name)
{
	char *padded = text_format("/%s/", name), *safe;
	bool fine = *name && *name != '/' && !strstr(padded, "/../") && !strstr(padded, "/./") && !strstr(name, "//") &&
		    strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789/._+~@,:=-") ==
			    strlen(name);

	free(padded);
	if (!fine) {
		safe = text_safe(name);
		complain("%s: the name of a file in a data package can have only ASCII letters, digits and . _ + ~ @ , "
			 ": = -; rename the file",
			 safe);
		free(safe);
	}
	return fine;
}

/* Copies FROM in the sources to TO/NAME below BASE, unless that file exists. */
static bool take_data(const struct packaging *directory, const char *base, const char *from, const char *to,
		      const char *name)
{
	char *path = text_format("%s/%s", to, name), *target = text_format("%s/%s", base, path);
	bool fine = is_data_name(name) && (access(target, F_OK) == 0 || copy_data(directory, base, from, path));

	free(target);
	free(path);
	return fine;
}

bool packaging_write_data(const struct packaging *directory, const char *base)
{
	const struct source_tree *tree = &directory->tree;
	bool fine = true;

	for (size_t i = 0; fine && i < tree->rules.count; i++) {
		const char *path = tree->rules.all[i], *slash = strrchr(path, '/');

		fine = take_data(directory, base, path, "data/etc/udev/rules.d", slash ? slash + 1 : path);
	}
	for (size_t i = 0; fine && i < tree->manuals.count; i++) {
		const char *path = tree->manuals.all[i], *slash = strrchr(path, '/');
		char *to = text_format("data/usr/share/doc/%s-data", directory->values[VALUE_DRIVER]);

		fine = take_data(directory, base, path, to, slash ? slash + 1 : path);
		free(to);
	}
	for (size_t i = 0; fine && i < tree->firmware.count; i++) {
		const char *name = tree->firmware.all[i], *from = source_tree_firmware(tree, name);

		fine = !from || take_data(directory, base, from, "data/lib/firmware/updates", name);
	}
	return fine;
}
