// SPDX-License-Identifier: GPL-2.0-only
// Reads which versions of drivers an initrd holds.
#include "boot/initrd_read.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/die.h"
#include "base/text.h"
#include "change/initrd.h"
#include "elf/module.h"
#include "stream/source.h"

/* Bytes of an image, and of a module in it. */
#define IMAGE_LIMIT  (512u << 20)
#define MODULE_LIMIT (64u << 20)

/*
 * The format "newc" of cpio, see Documentation/driver-api/early-userspace/buffer-format.rst of Linux: a header of 110
 * characters, the name and the data. The name and the data end at a multiple of 4 bytes. Zeros may stand between two
 * archives.
 */
enum { HEADER = 110, FIELD = 8 };

/* Where in the header a field begins. */
enum { AT_MODE = 14, AT_SIZE = 54, AT_NAME_SIZE = 94 };

/* The bytes that are left: in memory, or what CODEC decodes. */
struct stream {
	const uint8_t *bytes;
	size_t left;
	struct codec *codec; /* NULL: not compressed */
	uint64_t taken;	     /* bytes taken so far, for the alignment */
};

struct reading {
	struct initrd *initrd;
	struct stream stream;
	struct module module;
	const char *why;
};

/* Takes LEN bytes to TO. With TO NULL, skips them. Returns false at the end, or on an error. */
static bool take(struct stream *stream, void *to, size_t len)
{
	uint8_t scratch[16384];

	stream->taken += len;
	if (!stream->codec) {
		if (len > stream->left)
			return false;
		if (to)
			memcpy(to, stream->bytes, len);
		stream->bytes += len;
		stream->left -= len;
		return true;
	}
	while (len > 0) {
		size_t part = to || len < sizeof(scratch) ? len : sizeof(scratch);
		ssize_t n = codec_read(stream->codec, to ? to : scratch, part);

		if (n < 0 || (size_t)n < part)
			return false;
		len -= part;
	}
	return true;
}

static bool skip_to_multiple(struct stream *stream)
{
	return take(stream, NULL, (size_t)(-stream->taken & 3));
}

static bool read_field(const char *header, size_t at, uint32_t *value)
{
	char digits[FIELD + 1] = {0}, *end;

	memcpy(digits, header + at, FIELD);
	*value = (uint32_t)strtoul(digits, &end, 16);
	return end == digits + FIELD;
}

/* Copies the version in the path "[...]xenserver/<driver>/<version>/<file>". */
static void take_version_of_target(const char *target, char out[XENSERVER_VERSION_MAX + 1])
{
	char driver[XENSERVER_VERSION_MAX + 1];

	for (enum layout layout = 0; layout < LAYOUTS; layout++) {
		char *directory = text_format("%s/", layout_directory(layout));
		const char *at = strstr(target, directory);

		at = at ? at + strlen(directory) : NULL;
		free(directory);
		if (at && hierarchy_take_name(&at, driver) && hierarchy_take_name(&at, out))
			return;
	}
	*out = '\0';
}

static void take_version_of_file(struct reading *r, const uint8_t *bytes, size_t len,
				 char out[XENSERVER_VERSION_MAX + 1])
{
	if (module_read_memory(&r->module, bytes, len) == 0 && note_is_sound(&r->module.note))
		memcpy(out, r->module.note.version, sizeof(r->module.note.version));
}

/* The place for a module of the hierarchy's drivers, or NULL if no driver has the module. The owners are sorted. */
static struct initrd_module *find_module(const struct initrd *initrd, const char *module)
{
	const struct hierarchy *hierarchy = initrd->hierarchy;
	size_t low = 0, high = hierarchy->owner_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (strcmp(hierarchy->owners[middle].module, module) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == hierarchy->owner_count || strcmp(hierarchy->owners[low].module, module) != 0)
		return NULL;
	return &initrd->modules[low];
}

/* Where the path goes on after "lib/modules/<uname>/". NULL: it is another path. */
static const char *below_kernel(const char *path, const char *uname)
{
	char *directory = text_format("lib/modules/%s/", uname);
	const char *at = strstr(path, directory);

	if (at && (at == path || at[-1] == '/'))
		at += strlen(directory);
	else
		at = NULL;
	free(directory);
	return at;
}

/* Keeps the version of an entry that is a module of a driver. A file of a version does not count, only the link to it.
 */
static bool take_entry(struct reading *r, const char *path, uint32_t mode, uint32_t size)
{
	const char *below = below_kernel(path, r->initrd->hierarchy->uname), *base = below ? strrchr(below, '/') : NULL;
	struct initrd_module *module = NULL;
	char name[MODULE_NAME_SIZE];
	bool in_updates, good;
	uint8_t *bytes;

	if (base && name_module_suffix(base + 1) && size <= MODULE_LIMIT && (S_ISREG(mode) || S_ISLNK(mode)) &&
	    strncmp(below, "xenserver/", 10) != 0 && strncmp(below, "dmv/", 4) != 0) {
		name_of_module(base + 1, name);
		module = find_module(r->initrd, name);
	}
	in_updates = below && strncmp(below, "updates/", 8) == 0;
	if (!module || (module->in_updates && !in_updates))
		return take(&r->stream, NULL, size);
	bytes = need_memory(size + 1, 1);
	good = take(&r->stream, bytes, size);
	*module = (struct initrd_module){.held = true, .in_updates = in_updates};
	if (good && S_ISLNK(mode))
		take_version_of_target((const char *)bytes, module->version);
	else if (good)
		take_version_of_file(r, bytes, size, module->version);
	free(bytes);
	return good;
}

/* Takes the next header. Zeros before it are skipped. Returns false at the end, or if other bytes follow. */
static bool take_header(struct stream *stream, char header[HEADER])
{
	static const char zeros[4];

	do {
		if (!stream->codec && stream->left >= 4 && memcmp(stream->bytes, zeros, 4) != 0 &&
		    memcmp(stream->bytes, "0707", 4) != 0)
			return false;
		if (!take(stream, header, 4))
			return false;
	} while (memcmp(header, zeros, 4) == 0);
	stream->taken = 4;
	return memcmp(header, "0707", 4) == 0 && take(stream, header + 4, HEADER - 4);
}

/* Reads archives until other bytes follow. Returns false, with the reason, if an archive ends too early. */
static bool read_archives(struct reading *r)
{
	char header[HEADER], path[PATH_MAX];

	while (take_header(&r->stream, header)) {
		uint32_t mode, size, name_size;

		r->why = "it is damaged: an entry of its archive ends too early";
		if (!read_field(header, AT_MODE, &mode) || !read_field(header, AT_SIZE, &size) ||
		    !read_field(header, AT_NAME_SIZE, &name_size) || name_size == 0 || name_size > sizeof(path) ||
		    !take(&r->stream, path, name_size) || !skip_to_multiple(&r->stream))
			return false;
		path[name_size - 1] = '\0';
		if (!take_entry(r, path, mode, size) || !skip_to_multiple(&r->stream))
			return false;
		r->why = NULL;
	}
	return true;
}

/* Reads the archives that are not compressed, and then the compressed ones. */
static void read_image(struct reading *r)
{
	struct codec_input input;
	enum codec_kind kind;

	if (!read_archives(r) || r->stream.left == 0)
		return;
	kind = codec_of(r->stream.bytes, r->stream.left);
	if (kind == CODEC_NONE) {
		r->why = "its compression is not gzip, xz or zstd";
		return;
	}
	input = (struct codec_input){.fd = -1, .bytes = r->stream.bytes, .size = r->stream.left};
	r->stream = (struct stream){.codec = codec_new()};
	if (!r->stream.codec || codec_start(r->stream.codec, kind, &input) != 0)
		die_memory();
	read_archives(r);
	if (codec_error(r->stream.codec) != CODEC_FINE)
		r->why = codec_why(r->stream.codec);
	codec_free(r->stream.codec);
}

void initrd_read(struct initrd *initrd, const struct root *root, const struct hierarchy *hierarchy)
{
	struct reading r = {.initrd = initrd};
	uint8_t *bytes = NULL;
	size_t len = 0;
	struct stat st;
	int fd;

	*initrd = (struct initrd){.path = initrd_path(root, hierarchy->uname), .hierarchy = hierarchy};
	if (!initrd->path)
		return;
	initrd->modules = need_memory(hierarchy->owner_count + 1, sizeof(*initrd->modules));
	fd = root_openat(root, initrd->path, O_RDONLY, 0);
	if (fd < 0 || fstat(fd, &st) != 0)
		r.why = strerror(errno);
	else if (S_ISREG(st.st_mode))
		bytes = source_whole_fd(fd, (uint64_t)st.st_size, IMAGE_LIMIT, false, &len, &r.why);
	if (bytes) {
		r.stream = (struct stream){.bytes = bytes, .left = len};
		read_image(&r);
	}
	initrd->why = r.why ? text_format("%s", r.why) : NULL;
	module_free(&r.module);
	free(bytes);
	if (fd >= 0)
		close(fd);
}

void initrd_free(struct initrd *initrd)
{
	free(initrd->path);
	free(initrd->why);
	free(initrd->modules);
	*initrd = (struct initrd){0};
}

const char *initrd_version(const struct initrd *initrd, const struct driver *driver)
{
	const struct initrd_module *held = NULL;

	for (size_t m = 0; initrd->modules && m < driver->module_count; m++) {
		const struct initrd_module *module = find_module(initrd, driver->modules[m]);

		if (module && module->held && (!held || module->in_updates > held->in_updates))
			held = module;
	}
	return held ? held->version : NULL;
}
