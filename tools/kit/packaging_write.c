// SPDX-License-Identifier: GPL-2.0-only
// Writing a driver's folder: Makefile, spec files and what belongs into the data package.
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
static bool write_text(const char *folder, const char *name, char *text)
{
	char *path = text_format("%s/%s", folder, name);
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

static void put_value(FILE *out, const struct packaging *folder, const char *name, enum value_id id,
		      const char *otherwise)
{
	const char *value = folder->values[id] && *folder->values[id] ? folder->values[id] : otherwise;
	char *safe;

	if (!value)
		return;
	safe = escaped(value, "$#", "$\\");
	fprintf(out, "%s := %s\n", name, safe);
	free(safe);
}

static bool has_data(const struct packaging *folder)
{
	bool any = folder->tree.rules.count > 0;

	for (size_t i = 0; i < folder->tree.firmware.count; i++)
		any = any || source_tree_firmware(&folder->tree, folder->tree.firmware.all[i]);
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
static void put_firmware(FILE *out, const struct packaging *folder)
{
	const struct strings *firmware = &folder->tree.firmware;
	bool any = false;

	for (size_t i = 0; i < firmware->count; i++)
		if (!source_tree_firmware(&folder->tree, firmware->all[i])) {
			if (!any)
				fputs("\n# Firmware that the driver asks for and its sources lack; hosts need it:\n",
				      out);
			fprintf(out, "#	%s\n", firmware->all[i]);
			any = true;
		}
}

static char *makefile_of(const struct packaging *folder, const char *way, const char *kit)
{
	const char *driver = folder->values[VALUE_DRIVER];
	char *text;
	size_t len;
	FILE *out = open_memstream(&text, &len);

	if (!out)
		die_memory();
	fprintf(out,
		"# The driver %s as packages: `make build-rpms`, and on a driver disk: `make build-isos`.\n"
		"# Made by xs-ddk from %s. The variables there are: rpm/driver.mk and rpm/disk.mk of the kit.\n\n",
		driver, folder->from);
	put_value(out, folder, "DRIVER", VALUE_DRIVER, NULL);
	put_value(out, folder, "VERSIONS", VALUE_VERSION, NULL);
	fprintf(out, "SPEC := %s.spec.in\n", driver);
	if (has_data(folder))
		fprintf(out, "DATASPEC := %s-data.spec.in\n", driver);
	put_value(out, folder, "VENDOR_NAME", VALUE_VENDOR, NULL);
	put_value(out, folder, "VENDOR_CODE", VALUE_VENDOR_CODE, NULL);
	put_value(out, folder, "LABEL", VALUE_LABEL, driver);
	put_value(out, folder, "TEXT", VALUE_TEXT, NULL);
	put_value(out, folder, "UUID", VALUE_UUID, NULL);
	put_value(out, folder, "BASE_REQUIRES", VALUE_BASE_REQUIRES, NULL);
	put_value(out, folder, "PRODUCT_VERSION", VALUE_PRODUCT_VERSION, NULL);
	put_value(out, folder, "XS_CATEGORY", VALUE_CATEGORY, NULL);
	put_value(out, folder, "RPM.VERSION", VALUE_RPM_VERSION, "1.0");
	put_value(out, folder, "RPM.RELEASE", VALUE_RPM_RELEASE, "1");
	put_value(out, folder, "DATA.RPM.VERSION", VALUE_DATA_VERSION, NULL);
	put_value(out, folder, "DATA.RPM.RELEASE", VALUE_DATA_RELEASE, NULL);
	put_value(out, folder, "KERNELS", VALUE_KERNELS, NULL);
	put_sources(out, way);
	put_firmware(out, folder);
	fprintf(out, "\nXS_DDK_DIR ?= %s\ninclude $(XS_DDK_DIR)/rpm/driver.mk\n", kit);
	if (fclose(out) != 0)
		die_memory();
	return text;
}

/* The command in one word of the shell, and with nothing that rpm would expand. */
static void put_build(FILE *out, const char *command)
{
	char *percent = escaped(command, "%", "%");

	fputs("%xs_build sh -c '", out);
	for (const char *at = percent; *at; at++)
		fputs(*at == '\'' ? "'\\''" : (const char[]){*at, '\0'}, out);
	fputs("'\n", out);
	free(percent);
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

/* The kit's spec NAME, with this driver's licence, build and modules. NULL has been told. */
static char *spec_of(const struct packaging *folder, const char *kit, const char *name)
{
	char *path = text_format("%s/rpm/%s", kit, name), *text = NULL;
	char *licence = escaped(folder->values[VALUE_LICENSE], "%", "%");
	char *template = read_text(path, 1 << 20, NULL);
	size_t size, len;
	FILE *out;

	free(path);
	if (!template) {
		free(licence);
		return NULL;
	}
	out = open_memstream(&text, &size);
	if (!out)
		die_memory();
	for (const char *line = template; *line; line += len + (line[len] == '\n')) {
		len = strcspn(line, "\n");
		if (strncmp(line, "License:", 8) == 0)
			fprintf(out, "License: %s\n", licence);
		else if (is_line(line, len, "%xs_build") && folder->values[VALUE_MAKE])
			put_build(out, folder->values[VALUE_MAKE]);
		else if (is_line(line, len, "%xs_install"))
			put_install(out, &folder->modules);
		else
			fprintf(out, "%.*s\n", (int)len, line);
	}
	if (fclose(out) != 0)
		die_memory();
	free(template);
	free(licence);
	return text;
}

/* Makes the folders that PATH goes through, below BASE. */
static bool make_folders(const char *base, const char *path)
{
	for (const char *slash = path; (slash = strchr(slash, '/')); slash++) {
		char *folder = text_format("%s/%.*s", base, (int)(slash - path), path);
		bool fine = mkdir(folder, 0777) == 0 || errno == EEXIST || trouble(folder);

		free(folder);
		if (!fine)
			return false;
	}
	return true;
}

/* A file of the sources into the data package; its name there is TO. */
static bool copy_data(const struct packaging *folder, const char *base, const char *from, const char *to)
{
	char *source = text_format("%s/%s", folder->source, from), *target = text_format("%s/%s", base, to);
	size_t len;
	char *bytes = read_text(source, DATA_FILE_MAX, &len);
	bool fine = bytes && make_folders(base, to) && write_bytes(target, bytes, len);

	free(bytes);
	free(target);
	free(source);
	return fine;
}

/* A name from a source is a path only if it stays below the folder it is put into. */
static bool is_inside(const char *name)
{
	char *padded = text_format("/%s/", name);
	bool inside = *name && *name != '/' && !strstr(padded, "/../") && !strstr(padded, "/./") && !strstr(name, "//");

	free(padded);
	return inside;
}

static bool write_data(const struct packaging *folder, const char *base)
{
	const struct source_tree *tree = &folder->tree;
	bool fine = true;

	for (size_t i = 0; fine && i < tree->rules.count; i++) {
		const char *path = tree->rules.all[i], *slash = strrchr(path, '/');
		char *to = text_format("data/etc/udev/rules.d/%s", slash ? slash + 1 : path);

		fine = copy_data(folder, base, path, to);
		free(to);
	}
	for (size_t i = 0; fine && i < tree->firmware.count; i++) {
		const char *name = tree->firmware.all[i], *from = source_tree_firmware(tree, name);
		char *to = text_format("data/lib/firmware/updates/%s", name);

		if (from && is_inside(name))
			fine = copy_data(folder, base, from, to);
		free(to);
	}
	return fine;
}

static bool write_all(const struct packaging *folder, const char *base, const char *way, const char *kit)
{
	char *spec = text_format("%s.spec.in", folder->values[VALUE_DRIVER]);
	char *data_spec = text_format("%s-data.spec.in", folder->values[VALUE_DRIVER]);
	bool fine = write_text(base, "Makefile", makefile_of(folder, way, kit)) &&
		    write_text(base, spec, spec_of(folder, kit, "driver.spec.in"));

	if (fine && has_data(folder))
		fine = write_text(base, data_spec, spec_of(folder, kit, "driver-data.spec.in")) &&
		       write_data(folder, base);
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
static bool write_beside(const struct packaging *folder, const char *output, const char *way, const char *kit)
{
	char *base = text_format("%s.XXXXXX", output);
	bool fine = mkdtemp(base) ? true : trouble(output);
	mode_t mask = umask(0);

	umask(mask);
	if (fine) {
		fine = write_all(folder, base, way, kit);
		if (fine && (chmod(base, 0777 & ~mask) != 0 || rename(base, output) != 0))
			fine = trouble(output);
		if (!fine)
			nftw(base, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
	}
	free(base);
	return fine;
}

/* The absolute path of what is to be: that of its folder, which must be there, and its name. NULL has been told. */
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

/* make knows no path with these, and a folder in its own sources would be one of them. */
static bool can_be_built(const char *source, const char *output)
{
	size_t len = strlen(source);

	if (strpbrk(source, " \t\n$#:'\"\\%=") || strpbrk(output, " \t\n$#:'\"\\%=")) {
		complain("%s: make cannot work with a space or a character like : $ # %% in a path; move it",
			 strpbrk(source, " \t\n$#:'\"\\%=") ? source : output);
		return false;
	}
	if (strncmp(source, output, len) == 0 && (output[len] == '/' || output[len] == '\0')) {
		complain("%s: it is in the folder of the sources; say --output DIR for one outside of it", output);
		return false;
	}
	return true;
}

static void tell(const struct packaging *folder, const char *output)
{
	const struct strings *buses = &folder->tree.buses;

	printf("%s: driver %s, version %s", output, folder->values[VALUE_DRIVER], folder->values[VALUE_VERSION]);
	if (folder->modules.count)
		printf(", %zu module%s", folder->modules.count, folder->modules.count == 1 ? "" : "s");
	for (size_t i = 0; i < buses->count; i++)
		printf("%s%s", i ? ", " : "; devices on ", buses->all[i]);
	printf("%s\nmake -C %s build-isos\n", has_data(folder) ? "; with a data package" : "", output);
}

bool packaging_write(const struct packaging *folder)
{
	const char *output = folder->output ? folder->output : folder->values[VALUE_DRIVER];
	char *kit = find_kit(), *source = realpath(folder->source, NULL), *host_path = place_of_output(output);
	bool fine = kit && source && host_path && can_be_built(source, host_path);

	if (fine) {
		char *way = relative(host_path, source);

		fine = write_beside(folder, host_path, way, kit);
		free(way);
	}
	if (fine)
		tell(folder, output);
	free(host_path);
	free(source);
	free(kit);
	return fine;
}
