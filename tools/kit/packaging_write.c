// SPDX-License-Identifier: GPL-2.0-only
// Writing a driver's directory: Makefile, spec files and what belongs into the data package.
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

/* Firmware may be large; what is larger than this is none. */
#define DATA_FILE_MAX (256u << 20)

static bool trouble(const char *path)
{
	char *safe = text_safe(path);

	complain("%s: %s", safe, strerror(errno));
	free(safe);
	return false;
}

/* The kit this program belongs to: its own tree, or where "make install" put it. NULL has been told. */
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

/* Takes TEXT over. */
static bool write_text(const char *directory, const char *name, char *text)
{
	char *path = text_format("%s/%s", directory, name);
	bool fine = text && write_bytes(path, text, strlen(text));

	free(path);
	free(text);
	return fine;
}

/* S with each of the bytes in SPECIAL led by that of LEADS at the same place. */
static char *escaped(const char *s, const char *special, const char *leads)
{
	char *out = need_memory(2 * strlen(s) + 1, 1), *at = out;

	for (; *s; s++) {
		const char *found = strchr(special, *s);

		if (found)
			*at++ = leads[found - special];
		*at++ = *s;
	}
	return out;
}

/* FROM's way to TO, both absolute and without links. */
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

static void put_value(FILE *out, const struct packaging *directory, const char *name, enum value_id id,
		      const char *otherwise)
{
	const char *value = directory->values[id] && *directory->values[id] ? directory->values[id] : otherwise;
	char *safe;

	if (!value)
		return;
	safe = escaped(value, "$#", "$\\");
	fprintf(out, "%s := %s\n", name, safe);
	free(safe);
}

static bool has_data(const struct packaging *directory)
{
	bool any = directory->tree.rules.count > 0;

	for (size_t i = 0; i < directory->tree.firmware.count; i++)
		any = any || source_tree_firmware(&directory->tree, directory->tree.firmware.all[i]);
	return any;
}

static void put_sources(FILE *out, const char *way)
{
	fprintf(out,
		"\n# The driver's own sources, as they are; what a build has left there is none of them.\nSRCDIR := "
		"%s\n",
		way);
	fputs("SOURCES := $(shell cd '$(SRCDIR)' && find . -type f ! -path '*/.*' ! -name '*.o' ! -name '*.ko' "
	      "! -name '*.mod' \\\n\t! -name '*.mod.c' ! -name modules.order ! -name Module.symvers | LC_ALL=C sort | "
	      "sed 's|^\\./||')\n",
	      out);
}

/* What the sources want and lack is for a person to see to. */
static void put_firmware(FILE *out, const struct packaging *directory)
{
	const struct strings *firmware = &directory->tree.firmware;
	bool any = false;

	for (size_t i = 0; i < firmware->count; i++)
		if (!source_tree_firmware(&directory->tree, firmware->all[i])) {
			if (!any)
				fputs("\n# Firmware that the driver asks for and its sources lack; hosts need it:\n",
				      out);
			fprintf(out, "#	%s\n", firmware->all[i]);
			any = true;
		}
}

static char *makefile_of(const struct packaging *directory, const char *way, const char *kit)
{
	const char *driver = directory->values[VALUE_DRIVER];
	char *text;
	size_t len;
	FILE *out = open_memstream(&text, &len);

	if (!out)
		die_memory();
	fprintf(out,
		"# The driver %s as packages: `make build-rpms`, and on a driver disk: `make build-isos`.\n"
		"# Made by xs-ddk from %s. The variables there are: rpm/driver.mk and rpm/disk.mk of the kit.\n\n",
		driver, directory->from);
	put_value(out, directory, "DRIVER", VALUE_DRIVER, NULL);
	put_value(out, directory, "VERSIONS", VALUE_VERSION, NULL);
	fprintf(out, "SPEC := %s.spec.in\n", driver);
	if (has_data(directory))
		fprintf(out, "DATASPEC := %s-data.spec.in\n", driver);
	put_value(out, directory, "VENDOR_NAME", VALUE_VENDOR, NULL);
	put_value(out, directory, "VENDOR_CODE", VALUE_VENDOR_CODE, NULL);
	put_value(out, directory, "LABEL", VALUE_LABEL, driver);
	put_value(out, directory, "TEXT", VALUE_TEXT, NULL);
	put_value(out, directory, "UUID", VALUE_UUID, NULL);
	put_value(out, directory, "BASE_REQUIRES", VALUE_BASE_REQUIRES, NULL);
	put_value(out, directory, "PRODUCT_VERSION", VALUE_PRODUCT_VERSION, NULL);
	put_value(out, directory, "XS_CATEGORY", VALUE_CATEGORY, NULL);
	put_value(out, directory, "RPM.VERSION", VALUE_RPM_VERSION, "1.0");
	put_value(out, directory, "RPM.RELEASE", VALUE_RPM_RELEASE, "1");
	put_value(out, directory, "DATA.RPM.VERSION", VALUE_DATA_VERSION, NULL);
	put_value(out, directory, "DATA.RPM.RELEASE", VALUE_DATA_RELEASE, NULL);
	put_value(out, directory, "KERNELS", VALUE_KERNELS, NULL);
	put_sources(out, way);
	put_firmware(out, directory);
	fprintf(out, "\nXS_DDK_DIR ?= %s\ninclude $(XS_DDK_DIR)/rpm/driver.mk\n", kit);
	if (fclose(out) != 0)
		die_memory();
	return text;
}

/* TEXT in one word of the shell, and with nothing that rpm would expand. */
static void put_word(FILE *out, const char *text)
{
	fputc('\'', out);
	for (const char *at = text; *at; at++)
		fputs(*at == '\'' ? "'\\''" : *at == '%' ? "%%" : (const char[]){*at, '\0'}, out);
	fputc('\'', out);
}

/* The command that builds the modules: in one line if it is one, else as a script. */
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

/* The kit's spec NAME, with this driver's license, build and modules. NULL has been told. */
static char *spec_of(const struct packaging *directory, const char *kit, const char *name)
{
	char *path = text_format("%s/rpm/%s", kit, name), *text = NULL;
	char *license = escaped(directory->values[VALUE_LICENSE], "%", "%");
	char *template = read_text(path, 1 << 20, NULL);
	size_t size, len;
	FILE *out;

	free(path);
	if (!template) {
		free(license);
		return NULL;
	}
	out = open_memstream(&text, &size);
	if (!out)
		die_memory();
	for (const char *line = template; *line; line += len + (line[len] == '\n')) {
		len = strcspn(line, "\n");
		if (strncmp(line, "License:", 8) == 0)
			fprintf(out, "License: %s\n", license);
		else if (is_line(line, len, "%xs_build"))
			put_build(out, directory);
		else if (is_line(line, len, "%xs_install"))
			put_install(out, &directory->modules);
		else
			fprintf(out, "%.*s\n", (int)len, line);
	}
	if (fclose(out) != 0)
		die_memory();
	free(template);
	free(license);
	return text;
}

/* Makes the directories that PATH goes through, below BASE. */
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

/* A file of the sources into the data package; its name there is TO. */
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

/* A name from a source is a path only if it stays below the directory it is put into. */
static bool is_inside(const char *name)
{
	char *padded = text_format("/%s/", name);
	bool inside = *name && *name != '/' && !strstr(padded, "/../") && !strstr(padded, "/./") && !strstr(name, "//");

	free(padded);
	return inside;
}

static bool write_data(const struct packaging *directory, const char *base)
{
	const struct source_tree *tree = &directory->tree;
	bool fine = true;

	for (size_t i = 0; fine && i < tree->rules.count; i++) {
		const char *path = tree->rules.all[i], *slash = strrchr(path, '/');
		char *to = text_format("data/etc/udev/rules.d/%s", slash ? slash + 1 : path);

		fine = copy_data(directory, base, path, to);
		free(to);
	}
	for (size_t i = 0; fine && i < tree->firmware.count; i++) {
		const char *name = tree->firmware.all[i], *from = source_tree_firmware(tree, name);
		char *to = text_format("data/lib/firmware/updates/%s", name);

		if (from && is_inside(name))
			fine = copy_data(directory, base, from, to);
		free(to);
	}
	return fine;
}

static bool write_all(const struct packaging *directory, const char *base, const char *way, const char *kit)
{
	char *spec = text_format("%s.spec.in", directory->values[VALUE_DRIVER]);
	char *data_spec = text_format("%s-data.spec.in", directory->values[VALUE_DRIVER]);
	bool fine = write_text(base, "Makefile", makefile_of(directory, way, kit)) &&
		    write_text(base, spec, spec_of(directory, kit, "driver.spec.in"));

	if (fine && has_data(directory))
		fine = write_text(base, data_spec, spec_of(directory, kit, "driver-data.spec.in")) &&
		       write_data(directory, base);
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

/* Made under a name of its own and renamed, so that what fails leaves nothing. rename() fails if OUTPUT has files. */
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

/* The absolute path of what is to be: that of its directory, which must be there, and its name. NULL has been told. */
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

/* make knows no path with these, and a directory in its own sources would be one of them. */
static bool can_be_built(const char *source, const char *output)
{
	size_t len = strlen(source);

	if (strpbrk(source, " \t\n$#:'\"\\%=") || strpbrk(output, " \t\n$#:'\"\\%=")) {
		complain("%s: make cannot work with a space or a character like : $ # %% in a path; move it",
			 strpbrk(source, " \t\n$#:'\"\\%=") ? source : output);
		return false;
	}
	if (strncmp(source, output, len) == 0 && (output[len] == '/' || output[len] == '\0')) {
		complain("%s: it is in the directory of the sources; say --output DIR for one outside of it", output);
		return false;
	}
	return true;
}

static void tell(const struct packaging *directory, const char *output)
{
	const struct strings *buses = &directory->tree.buses;

	printf("%s: driver %s, version %s", output, directory->values[VALUE_DRIVER], directory->values[VALUE_VERSION]);
	if (directory->modules.count)
		printf(", %zu module%s", directory->modules.count, directory->modules.count == 1 ? "" : "s");
	for (size_t i = 0; i < buses->count; i++)
		printf("%s%s", i ? ", " : "; devices on ", buses->all[i]);
	printf("%s\nmake -C %s build-isos\n", has_data(directory) ? "; with a data package" : "", output);
}

bool packaging_write(const struct packaging *directory)
{
	const char *output = directory->output ? directory->output : directory->values[VALUE_DRIVER];
	char *kit = find_kit(), *source = realpath(directory->source, NULL), *host_path = place_of_output(output);
	bool fine = kit && source && host_path && can_be_built(source, host_path);

	if (fine) {
		char *way = relative(host_path, source);

		fine = write_beside(directory, host_path, way, kit);
		free(way);
	}
	if (fine)
		tell(directory, output);
	free(host_path);
	free(source);
	free(kit);
	return fine;
}
