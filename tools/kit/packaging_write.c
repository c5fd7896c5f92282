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
	complain("the kit's rpm/driver.mk is not found beside %s; install the kit as a whole", exe);
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

static bool write_bytes(const char *path, const char *bytes, size_t len)
{
	FILE *file = fopen(path, "wxe");
	bool fine = file && fwrite(bytes, 1, len, file) == len;

	if (file && fclose(file) != 0)
		fine = false;
	return fine ? true : trouble(path);
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
	char *way = text_format("%s", ""), *longer;

	for (; from[i] && from[i] == to[i]; i++)
		if (from[i] == '/')
			same = i + 1;
	if ((!from[i] || from[i] == '/') && (!to[i] || to[i] == '/'))
		same = i + (from[i] == '/' && to[i] == '/');
	for (const char *at = from + same; *at; at++)
		ups += *at == '/' || at == from + same;
	for (; ups; ups--) {
		longer = text_format("../%s", way);
		free(way);
		way = longer;
	}
	longer = text_format("%s%s", way, to[same] == '/' ? to + same + 1 : to + same);
	free(way);
	return longer;
}

static bool has_data(const struct packaging *directory)
{
	bool any = directory->tree.rules.count > 0;

	for (size_t i = 0; i < directory->tree.firmware.count; i++)
		any = any || source_tree_firmware(&directory->tree, directory->tree.firmware.all[i]);
	return any;
}

/* The names of the firmware that the driver loads and its sources lack, in memory to free. NULL if there is none. */
static char *missing_firmware(const struct packaging *directory)
{
	const struct strings *firmware = &directory->tree.firmware;
	char *names = NULL;

	for (size_t i = 0; i < firmware->count; i++)
		if (!source_tree_firmware(&directory->tree, firmware->all[i])) {
			char *more = text_format("%s%s%s", names ? names : "", names ? " " : "", firmware->all[i]);

			free(names);
			names = more;
		}
	return names;
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

/* The value for the placeholder NAME of LEN bytes, in memory to free. NULL if there is none. */
static char *value_of(const struct packaging *directory, const char *way, const char *name, size_t len)
{
	static const struct {
		enum value_id id;
		const char *value;
	} otherwise[] = {{VALUE_RPM_VERSION, "1.0"}, {VALUE_RPM_RELEASE, "1"}};
	enum value_id id = value_find(name, len);
	const char *value = id == VALUES ? NULL : directory->values[id];

	if (len == 4 && strncmp(name, "FROM", len) == 0)
		return text_format("%s", directory->from);
	if (len == 6 && strncmp(name, "SRCDIR", len) == 0)
		return text_format("%s", way);
	if (len == 16 && strncmp(name, "MISSING_FIRMWARE", len) == 0)
		return missing_firmware(directory);
	if (len == 8 && strncmp(name, "DATASPEC", len) == 0)
		return has_data(directory) ? text_format("%s-data.spec.in", directory->values[VALUE_DRIVER]) : NULL;
	for (size_t i = 0; i < sizeof(otherwise) / sizeof(otherwise[0]); i++)
		if (!value && id == otherwise[i].id)
			value = otherwise[i].value;
	if (!value && id == VALUE_LABEL)
		value = directory->values[VALUE_DRIVER];
	return value && *value ? for_make(value) : NULL;
}

/* The text of the file NAME of the kit. NULL after a message. */
static char *read_template(const char *kit, const char *name)
{
	char *path = text_format("%s/rpm/%s", kit, name), *text = read_text(path, 1 << 20, NULL);

	free(path);
	return text;
}

/* The Makefile.in of the kit with values for its placeholders. A line is left out if its placeholder has no value. */
static char *makefile_of(const struct packaging *directory, const char *way, const char *kit)
{
	char *template = read_template(kit, "driver.Makefile.in"), *text = NULL;
	size_t size;
	FILE *out = template ? open_memstream(&text, &size) : NULL;

	if (!template)
		return NULL;
	if (!out)
		die_memory();
	for (const char *line = template, *end; *line; line = end + 1) {
		const char *name = line + strcspn(line, "@\n"), *after = name;
		char *value;

		end = line + strcspn(line, "\n");
		if (*name != '@') {
			fprintf(out, "%.*s\n", (int)(end - line), line);
			continue;
		}
		after = name + 1 + strcspn(name + 1, "@");
		value = value_of(directory, way, name + 1, (size_t)(after - name - 1));
		if (value)
			fprintf(out, "%.*s%s%.*s\n", (int)(name - line), line, value, (int)(end - after - 1),
				after + 1);
		free(value);
	}
	if (fclose(out) != 0)
		die_memory();
	free(template);
	return text;
}

/* Writes TEXT as one word for the shell. rpm expands nothing in it. */
static void put_word(FILE *out, const char *text)
{
	fputc('\'', out);
	for (; *text; text++)
		fputs(*text == '\'' ? "'\\''" : *text == '%' ? "%%" : (const char[]){*text, '\0'}, out);
	fputc('\'', out);
}

/* Writes the command that builds the modules: a single command, or else a script. */
static void put_build(FILE *out, const struct packaging *directory)
{
	const char *make = directory->values[VALUE_MAKE];
	char *script =
		text_format("%s%s\n%s", directory->before ? directory->before : "",
			    make ? make : "make -C {kdir} M=$PWD modules", directory->after ? directory->after : "");
	char *newline = strchr(script, '\n');

	if (newline[1]) {
		fputs("script=", out);
		put_word(out, script);
		fputs("\n%xs_build sh -ec \"$script\"\n", out);
	} else if (make) {
		fputs("%xs_build sh -c ", out);
		*newline = '\0';
		put_word(out, script);
		fputc('\n', out);
	} else {
		fputs("%xs_build\n", out);
	}
	free(script);
}

static void put_install(FILE *out, const struct strings *modules)
{
	fputs("%xs_install", out);
	for (size_t i = 0; i < modules->count; i++)
		fprintf(out, " %s", modules->all[i]);
	fputc('\n', out);
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
	char *template = read_template(kit, name), *text = NULL;
	size_t size, len;
	FILE *out = template ? open_memstream(&text, &size) : NULL;

	if (!template)
		return NULL;
	if (!out)
		die_memory();
	for (const char *line = template; *line; line += len + (line[len] == '\n')) {
		len = strcspn(line, "\n");
		if (strncmp(line, "License:", 8) == 0) {
			fputs("License: ", out);
			for (const char *at = license; *at; at++)
				fputs(*at == '%' ? "%%" : (const char[]){*at, '\0'}, out);
			fputc('\n', out);
		} else if (is_line(line, len, "%xs_build")) {
			put_build(out, directory);
		} else if (is_line(line, len, "%xs_install")) {
			put_install(out, &directory->modules);
		} else {
			fprintf(out, "%.*s\n", (int)len, line);
		}
	}
	if (fclose(out) != 0)
		die_memory();
	free(template);
	return text;
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
		complain("%s: a file of a data package has only letters of ASCII, digits and . _ + ~ @ , : = - in its "
			 "name; rename it",
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
	for (size_t i = 0; fine && i < tree->firmware.count; i++) {
		const char *name = tree->firmware.all[i], *from = source_tree_firmware(tree, name);

		fine = !from || take_data(directory, base, from, "data/lib/firmware/updates", name);
	}
	return fine;
}

static bool write_all(const struct packaging *directory, const char *base, const char *way, const char *kit)
{
	const char *license = directory->values[VALUE_LICENSE], *firmware = directory->values[VALUE_FIRMWARE_LICENSE];
	char *spec = text_format("%s.spec.in", directory->values[VALUE_DRIVER]);
	char *data_spec = text_format("%s-data.spec.in", directory->values[VALUE_DRIVER]);
	bool fine = write_text(base, "Makefile", makefile_of(directory, way, kit)) &&
		    write_text(base, spec, spec_of(directory, kit, "driver.spec.in", license));

	if (fine && has_data(directory))
		fine = write_text(base, data_spec,
				  spec_of(directory, kit, "driver-data.spec.in",
					  firmware && *firmware ? firmware : license)) &&
		       write_data(directory, base);
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
				complain("%s stays as it is; for this version alone it would have:", name);
			any = true;
			fprintf(stderr, "  %s\n", text);
		}
		free(text);
	}
}

/* Replaces the file PATH with the text NEW, completely or not at all. */
static bool replace_file(const char *path, const char *new)
{
	char *beside = text_format("%s.new", path);
	bool fine = write_bytes(beside, new, strlen(new)) && (rename(beside, path) == 0 || trouble(path));

	if (!fine)
		unlink(beside);
	free(beside);
	return fine;
}

/* Adds the version to the directory OUTPUT. TEXT is its Makefile. */
static bool add_version(const struct packaging *directory, const char *output, const char *way, const char *kit,
			const char *text)
{
	const char *version = directory->values[VALUE_VERSION], *driver = directory->values[VALUE_DRIVER];
	const char *versions = line_of(text, "VERSIONS := "), *srcdir = line_of(text, "SRCDIR := ");
	const char *end = versions ? versions + strcspn(versions, "\n") : NULL,
		   *after = srcdir ? strchr(srcdir, '\n') : NULL;
	char *makefile = text_format("%s/Makefile", output), *spec = text_format("%s/%s.spec.in", output, driver);
	char *known, *new = NULL, *old_spec = NULL, *new_spec = NULL;
	bool fine = versions && after && end < after;

	if (!fine)
		complain("%s: no lines 'VERSIONS := ...' and 'SRCDIR := ...' in this order; add the version by hand",
			 makefile);
	known = fine ? text_format(" %.*s ", (int)(end - versions), versions) : text_format("%s", "");
	new = text_format(" %s ", version);
	if (fine && strstr(known, new)) {
		complain("%s: version %s is there already", makefile, version);
		fine = false;
	}
	free(new);
	new = NULL;
	if (fine) {
		old_spec = read_text(spec, 1 << 20, NULL);
		new_spec = spec_of(directory, kit, "driver.spec.in", directory->values[VALUE_LICENSE]);
		new = text_format("%.*s %s%.*s\nSRCDIR.%s := %s%s", (int)(end - text), text, version,
				  (int)(after - end), end, version, way, after);
		fine = old_spec && new_spec && (!has_data(directory) || write_data(directory, output)) &&
		       replace_file(makefile, new);
	}
	if (fine) {
		tell_changes(spec, old_spec, new_spec);
		if (has_data(directory) && !line_of(text, "DATASPEC"))
			complain("%s/data has files for a data package now; set DATASPEC to have one", output);
	}
	free(new_spec);
	free(old_spec);
	free(new);
	free(known);
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

/* Makes a temporary directory and renames it, so that a failure leaves nothing. rename() fails if OUTPUT has files. */
static bool write_beside(const struct packaging *directory, const char *output, const char *way, const char *kit)
{
	char *base = text_format("%s.XXXXXX", output);
	bool fine = mkdtemp(base) ? true : trouble(output);
	mode_t mask = umask(0);

	umask(mask);
	if (fine) {
		fine = write_all(directory, base, way, kit);
		if (fine && (chmod(base, 0777 & ~mask) != 0 || rename(base, output) != 0))
			fine = trouble(output);
		if (!fine)
			nftw(base, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
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
		complain("%s: it is in the directory of the sources; say --output DIR for one outside of it", output);
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
	printf("%s\nmake -C %s%s%s build-isos\n", has_data(directory) ? "; with a data package" : "", output,
	       installed ? "" : " XS_DDK_DIR=", installed ? "" : kit);
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

		fine = makefile ? add_version(directory, host_path, way, kit, makefile)
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
