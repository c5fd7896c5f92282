// SPDX-License-Identifier: GPL-2.0-only
// Makes a driver's directory, completely or not at all.
#include <errno.h>
#include <ftw.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/array.h"
#include "base/die.h"
#include "base/text.h"
#include "kit/packaging_parts.h"

/*
 * The directory of the kit that this program belongs to: its source tree, or the directory of "make install". NULL
 * after a message.
 */
static char *find_kit(void)
{
	static const char *const beside[] = {"../..", "../../..", "../share/xs-ddk"};
	char exe[PATH_MAX];
	ssize_t len = readlink("/proc/self/exe", exe, sizeof(exe) - 1);

	exe[len > 0 ? len : 0] = '\0';
	dirname(exe);
	for (size_t i = 0; i < sizeof(beside) / sizeof(beside[0]); i++) {
		char *mk = text_format("%s/%s/rpm/driver.mk", exe, beside[i]);
		char *dir = text_format("%s/%s", exe, beside[i]);
		char *real = access(mk, R_OK) == 0 ? realpath(dir, NULL) : NULL;

		free(mk);
		free(dir);
		if (real)
			return real;
	}
	complain("rpm/driver.mk of the kit is not found near %s; install the whole kit", exe);
	return NULL;
}

/* The relative path from FROM to TO, in memory to free. Both are absolute and without symlinks. */
static char *relative(const char *from, const char *to)
{
	size_t same = 0, ups = 0, i = 0;
	struct growing_text way = {0};

	for (; from[i] && from[i] == to[i]; i++)
		if (from[i] == '/')
			same = i + 1;
	if ((!from[i] || from[i] == '/') && (!to[i] || to[i] == '/'))
		same = i + (from[i] == '/' && to[i] == '/');
	for (const char *at = from + same; *at; at++)
		ups += *at == '/' || at == from + same;
	for (; ups; ups--)
		text_add(&way, "../");
	text_add(&way, "%s", to[same] == '/' ? to + same + 1 : to + same);
	return way.text;
}

/* Writes the Makefile and the specs. */
static bool write_files(const struct packaging *directory, const char *base, const char *way, const char *kit)
{
	const char *license = directory->values[VALUE_LICENSE], *firmware = directory->values[VALUE_FIRMWARE_LICENSE];
	char *spec = text_format("%s.spec.in", directory->values[VALUE_DRIVER]);
	char *data_spec = text_format("%s-data.spec.in", directory->values[VALUE_DRIVER]);
	bool fine = packaging_write_text(base, "Makefile", packaging_makefile_text(directory, way, kit)) &&
		    packaging_write_text(base, spec, packaging_spec_text(directory, kit, "driver.spec.in", license));

	if (fine && packaging_has_data(directory))
		fine = packaging_write_text(base, data_spec,
					    packaging_spec_text(directory, kit, "driver-data.spec.in",
								firmware && *firmware ? firmware : license));
	free(data_spec);
	free(spec);
	return fine;
}

static int remove_entry(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

static void remove_all(const char *path)
{
	nftw(path, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
}

/* Moves the file NAME from BASE to OUTPUT, where it replaces the former one. If BASE has none, the former one goes. */
static bool move_file(const char *base, const char *output, const char *name)
{
	char *from = text_format("%s/%s", base, name), *to = text_format("%s/%s", output, name);
	bool fine = rename(from, to) == 0 || (errno == ENOENT && (unlink(to) == 0 || errno == ENOENT)) ||
		    packaging_trouble(to);

	free(to);
	free(from);
	return fine;
}

/*
 * Replaces the files of the directory OUTPUT by those that a new one would have. Other files stay. The new files are
 * written first, beside the former ones: if that fails, the former ones are still there.
 */
static bool write_over(const struct packaging *directory, const char *output, const char *way, const char *kit)
{
	char *base = text_format("%s/.xs-ddk.XXXXXX", output);
	char *spec = text_format("%s.spec.in", directory->values[VALUE_DRIVER]);
	char *data_spec = text_format("%s-data.spec.in", directory->values[VALUE_DRIVER]);
	bool fine = mkdtemp(base) ? true : packaging_trouble(output);

	if (fine) {
		fine = write_files(directory, base, way, kit) && packaging_write_data(directory, output) &&
		       move_file(base, output, spec) && move_file(base, output, data_spec) &&
		       move_file(base, output, "Makefile");
		remove_all(base);
	}
	free(data_spec);
	free(spec);
	free(base);
	return fine;
}

/* Makes a temporary directory and renames it, so that a failure leaves nothing. rename() fails if OUTPUT has files. */
static bool write_beside(const struct packaging *directory, const char *output, const char *way, const char *kit)
{
	char *base = text_format("%s.XXXXXX", output);
	bool fine = mkdtemp(base) ? true : packaging_trouble(output);
	mode_t mask = umask(0);

	umask(mask);
	if (fine) {
		fine = write_files(directory, base, way, kit) && packaging_write_data(directory, base);
		if (fine && (chmod(base, 0777 & ~mask) != 0 || rename(base, output) != 0)) {
			bool is_there = errno == ENOTEMPTY || errno == EEXIST;

			fine = packaging_trouble(output);
			if (is_there)
				complain("say --output DIR for another directory, or --force to replace the Makefile "
					 "and the "
					 "specs in this one");
		}
		if (!fine)
			remove_all(base);
	}
	free(base);
	return fine;
}

/* The absolute path of OUTPUT, in memory to free. Its parent directory must exist. NULL after a message. */
static char *place_of_output(const char *output)
{
	char *copy = text_format("%s", output), *other = text_format("%s", output);
	char *parent = realpath(dirname(copy), NULL), *host_path = NULL;

	if (parent)
		host_path = text_format("%s/%s", strcmp(parent, "/") == 0 ? "" : parent, basename(other));
	else
		packaging_trouble(output);
	free(parent);
	free(other);
	free(copy);
	return host_path;
}

/* Characters in a path that make, or a shell that it starts, cannot handle. */
#define BAD_IN_PATHS " \t\n$#:;'\"\\%=&|<>()*?[]{}!`"

/*
 * Whether make can work with these paths. OUTPUT must be outside the sources, or it would count as a source. Prints a
 * message if not.
 */
static bool can_be_built(const char *source, const char *output)
{
	size_t len = strlen(source);

	if (strpbrk(source, BAD_IN_PATHS) || strpbrk(output, BAD_IN_PATHS)) {
		complain("%s: make cannot work with a path that has a space or a character like : $ # %% ' in it; "
			 "rename it",
			 strpbrk(source, BAD_IN_PATHS) ? source : output);
		return false;
	}
	if (strncmp(source, output, len) == 0 && (output[len] == '/' || output[len] == '\0')) {
		complain("%s: it is inside the directory of the sources; give a directory outside of it with --output",
			 output);
		return false;
	}
	return true;
}

/*
 * Prints the result and the next command. The Makefile expects an installed kit; for any other, make needs XS_DDK_DIR.
 */
static void tell(const struct packaging *directory, const char *output, const char *kit)
{
	const struct strings *buses = &directory->tree.buses;
	bool installed = strcmp(kit, "/usr/local/share/xs-ddk") == 0 || strcmp(kit, "/usr/share/xs-ddk") == 0;

	printf("%s: driver %s, version %s", output, directory->values[VALUE_DRIVER], directory->values[VALUE_VERSION]);
	if (directory->modules.count)
		printf(", %zu module%s", directory->modules.count, directory->modules.count == 1 ? "" : "s");
	for (size_t i = 0; i < buses->count; i++)
		printf("%s%s", i ? ", " : "; devices on ", buses->all[i]);
	puts(packaging_has_data(directory) ? "; with a data package" : "");
	packaging_tell_taken(directory);
	printf("make -C %s%s%s build-isos\n", output, installed ? "" : " XS_DDK_DIR=", installed ? "" : kit);
}

/* The directory to make, or of an earlier run; NULL if neither it nor the driver's name is known. */
static const char *output_of(const struct packaging *directory)
{
	return directory->output ? directory->output : directory->values[VALUE_DRIVER];
}

char *packaging_makefile(const struct packaging *directory)
{
	char *path, *text = NULL;

	if (!output_of(directory))
		return NULL;
	path = text_format("%s/Makefile", output_of(directory));
	if (access(path, R_OK) == 0)
		text = packaging_read_text(path, 1 << 20, NULL);
	free(path);
	if (text && !strstr(text, "\n# Made by xs-ddk from ")) {
		free(text);
		text = NULL;
	}
	return text;
}

bool packaging_write(const struct packaging *directory)
{
	const char *output = output_of(directory);
	char *kit = find_kit(), *source = realpath(directory->source, NULL), *host_path = place_of_output(output);
	bool fine = kit && source && host_path && can_be_built(source, host_path);

	if (fine) {
		char *way = relative(host_path, source), *makefile = packaging_makefile(directory);

		fine = directory->force && access(host_path, F_OK) == 0 ? write_over(directory, host_path, way, kit)
		       : makefile ? packaging_add_version(directory, host_path, way, kit, makefile)
				  : write_beside(directory, host_path, way, kit);
		free(makefile);
		free(way);
	}
	if (fine)
		tell(directory, output, kit);
	free(host_path);
	free(source);
	free(kit);
	return fine;
}
