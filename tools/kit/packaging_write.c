// SPDX-License-Identifier: GPL-2.0-only
// Writes a driver's directory: its Makefile, spec files, and files for the data package.
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/array.h"
#include "base/atomic_file.h"
#include "base/die.h"
#include "base/root.h"
#include "base/text.h"
#include "kit/packaging.h"

/* Limit for a file of the data package, in bytes. Firmware may be large, but not larger than this. */
#define DATA_FILE_MAX (256u << 20)

static bool trouble(const char *path)
{
	char *safe = text_safe(path);

	complain("%s: %s", safe, strerror(errno));
	free(safe);
	return false;
}

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

static char *read_text(const char *path, size_t max, size_t *len)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	char *text = fd < 0 ? NULL : read_whole(fd, max, len);

	if (!text)
		trouble(path);
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
		trouble(path);
	if (!fine && file)
		unlink(path);
	return fine;
}

/* Writes a new file. Takes over TEXT; false if it is NULL. */
static bool write_text(const char *directory, const char *name, char *text)
{
	char *path = text_format("%s/%s", directory, name);
	bool fine = text && write_bytes(path, text, strlen(text));

	free(path);
	free(text);
	return fine;
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

static bool has_data(const struct packaging *directory)
{
	bool any = directory->tree.rules.count > 0 || directory->tree.manuals.count > 0;

	for (size_t i = 0; i < directory->tree.firmware.count; i++)
		any = any || source_tree_firmware(&directory->tree, directory->tree.firmware.all[i]);
	return any;
}

/* The names of the firmware that the driver loads and its sources lack, in memory to free. NULL if there is none. */
static char *missing_firmware(const struct packaging *directory)
{
	const struct strings *firmware = &directory->tree.firmware;
	struct growing_text names = {0};

	for (size_t i = 0; i < firmware->count; i++)
		if (!source_tree_firmware(&directory->tree, firmware->all[i]))
			text_add(&names, "%s%s", names.len ? " " : "", firmware->all[i]);
	return names.text;
}

/* S escaped for the value of a make variable: "$$" for '$', "\#" for '#', with doubled backslashes before the '#'. */
static char *for_make(const char *s)
{
	char *out = need_memory(3 * strlen(s) + 1, 1), *at = out;
	size_t backslashes = 0;

	for (; *s; s++) {
		for (size_t i = 0; *s == '#' && i <= backslashes; i++)
			*at++ = '\\';
		if (*s == '$')
			*at++ = '$';
		*at++ = *s;
		backslashes = *s == '\\' ? backslashes + 1 : 0;
	}
	return out;
}

/* The value for the placeholder NAME, in memory to free. NULL if there is none. */
static char *value_of(const struct packaging *directory, const char *way, const char *name)
{
	enum value_id id = value_find(name, strlen(name));
	const char *value = id == VALUES ? NULL : directory->values[id];

	if (strcmp(name, "FROM") == 0)
		return text_format("%s", directory->from);
	if (strcmp(name, "SRCDIR") == 0)
		return text_format("%s", way);
	if (strcmp(name, "MISSING_FIRMWARE") == 0)
		return missing_firmware(directory);
	if (strcmp(name, "DATASPEC") == 0)
		return has_data(directory) ? text_format("%s-data.spec.in", directory->values[VALUE_DRIVER]) : NULL;
	if (!value)
		value = id == VALUE_RPM_VERSION	  ? "1.0"
			: id == VALUE_RPM_RELEASE ? "1"
			: id == VALUE_LABEL	  ? directory->values[VALUE_DRIVER]
						  : NULL;
	return value && *value ? for_make(value) : NULL;
}

/* The text of the file NAME of the kit. NULL after a message. */
static char *read_template(const char *kit, const char *name)
{
	char *path = text_format("%s/rpm/%s", kit, name), *text = read_text(path, 1 << 20, NULL);

	free(path);
	return text;
}

/* Adds a line of LEN bytes, with the value for its placeholder. Adds nothing if the placeholder has no value. */
static void add_makefile_line(struct growing_text *out, const struct packaging *directory, const char *way,
			      const char *line, size_t len)
{
	const char *at = memchr(line, '@', len), *end = at ? memchr(at + 1, '@', len - (size_t)(at + 1 - line)) : NULL;
	char *name, *value;

	if (!end) {
		text_add(out, "%.*s\n", (int)len, line);
		return;
	}
	name = text_format("%.*s", (int)(end - at - 1), at + 1);
	value = value_of(directory, way, name);
	if (value)
		text_add(out, "%.*s%s%.*s\n", (int)(at - line), line, value, (int)(line + len - end - 1), end + 1);
	free(value);
	free(name);
}

/* The Makefile.in of the kit with values for its placeholders. NULL after a message. */
static char *makefile_of(const struct packaging *directory, const char *way, const char *kit)
{
	char *template = read_template(kit, "driver.Makefile.in");
	struct growing_text out = {0};
	size_t len;

	for (const char *line = template; line && *line; line += len + (line[len] == '\n')) {
		len = strcspn(line, "\n");
		add_makefile_line(&out, directory, way, line, len);
	}
	free(template);
	return out.text;
}

/* Adds TEXT, so that rpm expands nothing in it. QUOTED: as one word for the shell. */
static void add_for_rpm(struct growing_text *out, const char *text, bool quoted)
{
	text_add(out, "%s", quoted ? "'" : "");
	for (; *text; text++)
		if (*text == '%')
			text_add(out, "%%%%");
		else if (*text == '\'' && quoted)
			text_add(out, "'\\''");
		else
			text_add(out, "%c", *text);
	text_add(out, "%s\n", quoted ? "'" : "");
}

/* Adds the command that builds the modules: a single command, or else a script. */
static void add_build(struct growing_text *out, const struct packaging *directory)
{
	const char *make = directory->values[VALUE_MAKE];
	char *script =
		text_format("%s%s\n%s", directory->before ? directory->before : "",
			    make ? make : "make -C {kdir} M=$PWD modules", directory->after ? directory->after : "");
	char *newline = strchr(script, '\n');

	if (newline[1]) {
		text_add(out, "script=");
		add_for_rpm(out, script, true);
		text_add(out, "%%xs_build sh -ec \"$script\"\n");
	} else if (make) {
		text_add(out, "%%xs_build sh -c ");
		*newline = '\0';
		add_for_rpm(out, script, true);
	} else {
		text_add(out, "%%xs_build\n");
	}
	free(script);
}

static void add_install(struct growing_text *out, const struct strings *modules)
{
	text_add(out, "%%xs_install");
	for (size_t i = 0; i < modules->count; i++)
		text_add(out, " %s", modules->all[i]);
	text_add(out, "\n");
}

static bool is_line(const char *line, size_t len, const char *wanted)
{
	return len == strlen(wanted) && strncmp(line, wanted, len) == 0;
}

/*
 * The spec file NAME of the kit, with the license, the build command and the modules of this driver. NULL after a
 * message.
 */
static char *spec_of(const struct packaging *directory, const char *kit, const char *name, const char *license)
{
	char *template = read_template(kit, name);
	struct growing_text out = {0};
	size_t len;

	for (const char *line = template; line && *line; line += len + (line[len] == '\n')) {
		len = strcspn(line, "\n");
		if (strncmp(line, "License:", 8) == 0) {
			text_add(&out, "License: ");
			add_for_rpm(&out, license, false);
		} else if (is_line(line, len, "%xs_build")) {
			add_build(&out, directory);
		} else if (is_line(line, len, "%xs_install")) {
			add_install(&out, &directory->modules);
		} else {
			text_add(&out, "%.*s\n", (int)len, line);
		}
	}
	free(template);
	return out.text;
}

/* Makes the directories in PATH, below BASE. */
static bool make_directories(const char *base, const char *path)
{
	for (const char *slash = path; (slash = strchr(slash, '/')); slash++) {
		char *directory = text_format("%s/%.*s", base, (int)(slash - path), path);
		bool fine = mkdir(directory, 0777) == 0 || errno == EEXIST || trouble(directory);

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
	char *bytes = read_text(source, DATA_FILE_MAX, &len);
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

static bool write_data(const struct packaging *directory, const char *base)
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

/* Writes the Makefile and the specs. */
static bool write_files(const struct packaging *directory, const char *base, const char *way, const char *kit)
{
	const char *license = directory->values[VALUE_LICENSE], *firmware = directory->values[VALUE_FIRMWARE_LICENSE];
	char *spec = text_format("%s.spec.in", directory->values[VALUE_DRIVER]);
	char *data_spec = text_format("%s-data.spec.in", directory->values[VALUE_DRIVER]);
	bool fine = write_text(base, "Makefile", makefile_of(directory, way, kit)) &&
		    write_text(base, spec, spec_of(directory, kit, "driver.spec.in", license));

	if (fine && has_data(directory))
		fine = write_text(
			base, data_spec,
			spec_of(directory, kit, "driver-data.spec.in", firmware && *firmware ? firmware : license));
	free(data_spec);
	free(spec);
	return fine;
}

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
	char *old_makefile = read_text(makefile, 1 << 20, NULL), *old_spec = read_text(spec, 1 << 20, NULL);
	char *new_makefile = makefile_of(directory, way, kit),
	     *new_spec = spec_of(directory, kit, "driver.spec.in", directory->values[VALUE_LICENSE]);

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
		return trouble(path);
	if (replace_file(path, text, strlen(text), &st, NULL, &step) == 0)
		return true;
	complain("%s: %s: %s", path, step, strerror(errno));
	return false;
}

/* TEXT, a Makefile at PATH, with one version more: see add_version(). NULL after a message. Memory to free. */
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
static bool add_version(const struct packaging *directory, const char *output, const char *way, const char *kit,
			const char *text)
{
	char *makefile = text_format("%s/Makefile", output);
	char *spec = text_format("%s/%s.spec.in", output, directory->values[VALUE_DRIVER]);
	char *new = makefile_with(text, makefile, directory->values[VALUE_VERSION], way);
	char *old_spec = new ? read_text(spec, 1 << 20, NULL) : NULL;
	char *new_spec = old_spec ? spec_of(directory, kit, "driver.spec.in", directory->values[VALUE_LICENSE]) : NULL;
	bool fine =
		new_spec && (!has_data(directory) || write_data(directory, output)) && replace_makefile(makefile, new);

	if (!new)
		tell_differences(directory, makefile, spec, way, kit);

	if (fine) {
		tell_changes(spec, old_spec, new_spec);
		if (has_data(directory) && !line_of(text, "DATASPEC"))
			complain("%s/data now has files for a data package; set DATASPEC to make this package", output);
	}
	free(new_spec);
	free(old_spec);
	free(new);
	free(spec);
	free(makefile);
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
	bool fine = rename(from, to) == 0 || (errno == ENOENT && (unlink(to) == 0 || errno == ENOENT)) || trouble(to);

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
	bool fine = mkdtemp(base) ? true : trouble(output);

	if (fine) {
		fine = write_files(directory, base, way, kit) && write_data(directory, output) &&
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
	bool fine = mkdtemp(base) ? true : trouble(output);
	mode_t mask = umask(0);

	umask(mask);
	if (fine) {
		fine = write_files(directory, base, way, kit) && write_data(directory, base);
		if (fine && (chmod(base, 0777 & ~mask) != 0 || rename(base, output) != 0)) {
			bool is_there = errno == ENOTEMPTY || errno == EEXIST;

			fine = trouble(output);
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
		trouble(output);
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
	puts(has_data(directory) ? "; with a data package" : "");
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
		text = read_text(path, 1 << 20, NULL);
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
		       : makefile ? add_version(directory, host_path, way, kit, makefile)
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
