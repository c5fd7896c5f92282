// SPDX-License-Identifier: GPL-2.0-only
// Reads the headers of an RPM package in memory. The bytes may be hostile: every offset and count is checked.
#include "package/rpm.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/budget.h"
#include "base/die.h"

#define LEAD	    96
#define INTRO	    16	  /* start of a header: magic, reserved, number of entries, size of the store */
#define ENTRY	    16	  /* tag, type, offset, count */
#define ENTRIES_MAX 65536 /* the limit of rpm itself */

/* Limit for the elements of one entry. The largest package of a distribution has about 100,000 files. */
#define ELEMENTS_MAX (1u << 20)
/*
 * Limits by the size of a header, far above real headers. A file or a dependency takes at least 8 bytes of the header.
 * Files share directories, so all paths together can be longer than the header, but not twice as long.
 */
#define PARTS_FLOOR 4096u
#define PART_BYTES  8
#define PATHS_FLOOR (1u << 20)
/* The file name of a package has its name, version, release and architecture. */
#define NAME_BYTES_MAX 255

enum { TYPE_INT16 = 3, TYPE_INT32 = 4, TYPE_STRING = 6, TYPE_BIN = 7, TYPE_STRING_ARRAY = 8, TYPE_I18N_STRING = 9 };

/* Format: rpmtag.h of rpm. */
enum tag {
	TAG_NAME = 1000,
	TAG_VERSION = 1001,
	TAG_RELEASE = 1002,
	TAG_BUILD_TIME = 1006,
	TAG_ARCH = 1022,
	TAG_OLD_FILE_NAMES = 1027,
	TAG_FILE_MODES = 1030,
	TAG_FILE_DIGESTS = 1035,
	TAG_FILE_LINKS = 1036,
	TAG_FILE_FLAGS = 1037,
	TAG_SOURCE_RPM = 1044,
	TAG_PROVIDE_NAME = 1047,
	TAG_REQUIRE_FLAGS = 1048,
	TAG_REQUIRE_NAME = 1049,
	TAG_REQUIRE_VERSION = 1050,
	TAG_CONFLICT_FLAGS = 1053,
	TAG_CONFLICT_NAME = 1054,
	TAG_CONFLICT_VERSION = 1055,
	TAG_OBSOLETE_NAME = 1090,
	TAG_PROVIDE_FLAGS = 1112,
	TAG_PROVIDE_VERSION = 1113,
	TAG_OBSOLETE_FLAGS = 1114,
	TAG_OBSOLETE_VERSION = 1115,
	TAG_DIR_INDEXES = 1116,
	TAG_BASE_NAMES = 1117,
	TAG_DIR_NAMES = 1118,
	TAG_PAYLOAD_COMPRESSOR = 1125,
	TAG_PAYLOAD_DIGEST = 5092,
	TAG_PAYLOAD_DIGEST_ALGORITHM = 5093,
};

/* Digests in the signature header. */
enum { TAG_SHA1 = 269, TAG_SHA256 = 273, TAG_MD5 = 1004 };

/* PGPHASHALGO_SHA256 in rpmcrypto.h of rpm. */
#define ALGORITHM_SHA256 8

/* Signatures in the signature header: DSA and RSA of the main header; PGP and GPG of header and payload; of rpm 6. */
static const struct {
	uint32_t tag;
	bool base64, payload;
} signature_tags[] = {
	{267, false, false}, {268, false, false}, {1002, false, true}, {1005, false, true}, {278, true, false},
};

#define FILE_IS_GHOST (1u << 6)

static const struct {
	const char *kind;
	uint32_t body, program;
} scriptlet_tags[] = {
	{"%pre", 1023, 1085},	    {"%post", 1024, 1086},	   {"%preun", 1025, 1087},
	{"%postun", 1026, 1088},    {"%verifyscript", 1079, 1091}, {"%pretrans", 1151, 1153},
	{"%posttrans", 1152, 1154}, {"%preuntrans", 5104, 5106},   {"%postuntrans", 5105, 5107},
};

/* Triggers: a package may have several scriptlets of each kind. */
static const struct {
	const char *kind;
	uint32_t bodies, programs;
} trigger_tags[] = {
	{"%trigger", 1065, 1092},
	{"%filetrigger", 5066, 5067},
	{"%transfiletrigger", 5076, 5077},
};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* The signature header or the main header. */
struct header {
	const uint8_t *entries, *store;
	size_t count, store_size;
	size_t parts; /* how many more files, dependencies and scriptlets it may have */
};

/* The data of an entry. */
struct data {
	const uint8_t *at;
	size_t count; /* elements */
	uint32_t type;
};

static uint32_t be32(const uint8_t *at)
{
	return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

bool rpm_is(const void *bytes, size_t len)
{
	return len >= 4 && memcmp(bytes, "\xed\xab\xee\xdb", 4) == 0;
}

/* The size of a header in bytes, from its first INTRO bytes. 0 if it is no header. */
static uint64_t header_size(const uint8_t *intro)
{
	uint64_t entries = be32(intro + 8), store = be32(intro + 12);

	if (memcmp(intro, "\x8e\xad\xe8\x01", 4) != 0 || entries == 0 || entries > ENTRIES_MAX ||
	    store > RPM_HEADERS_MAX)
		return 0;
	return INTRO + entries * ENTRY + store;
}

uint64_t rpm_headers_size(const void *bytes, size_t len)
{
	const uint8_t *at = bytes;
	uint64_t signature, size;

	if (len < 4)
		return LEAD + INTRO;
	if (!rpm_is(bytes, len))
		return 0;
	if (len < LEAD + INTRO)
		return LEAD + INTRO;
	signature = header_size(at + LEAD);
	signature = (signature + 7) & ~7ull;
	if (signature == 0 || signature > RPM_HEADERS_MAX)
		return 0;
	if (len < LEAD + signature + INTRO)
		return LEAD + signature + INTRO;
	size = header_size(at + LEAD + signature);
	if (size == 0 || LEAD + signature + size > RPM_HEADERS_MAX)
		return 0;
	return LEAD + signature + size;
}

static struct header header_at(const uint8_t *at)
{
	struct header header = {.entries = at + INTRO, .count = be32(at + 8), .store_size = be32(at + 12)};

	header.store = header.entries + header.count * ENTRY;
	header.parts = PARTS_FLOOR + header.store_size / PART_BYTES;
	return header;
}

/* Whether there are COUNT strings, each with its NUL, between AT and END. */
static bool are_strings(const uint8_t *at, const uint8_t *end, size_t count)
{
	for (; count > 0; count--) {
		const uint8_t *nul = memchr(at, '\0', (size_t)(end - at));

		if (!nul)
			return false;
		at = nul + 1;
	}
	return true;
}

static bool is_within(const struct header *header, const struct data *data)
{
	size_t left = (size_t)(header->store + header->store_size - data->at);

	switch (data->type) {
	case TYPE_INT16:
		return data->count <= left / 2;
	case TYPE_INT32:
		return data->count <= left / 4;
	case TYPE_STRING:
	case TYPE_STRING_ARRAY:
	case TYPE_I18N_STRING:
		return are_strings(data->at, header->store + header->store_size, data->count);
	}
	return data->count <= left;
}

/* Finds the data of a tag. False, and no elements, if the header lacks the tag or the data is outside the store. */
static bool find(const struct header *header, uint32_t tag, struct data *data)
{
	memset(data, 0, sizeof(*data));
	for (size_t i = 0; i < header->count; i++) {
		const uint8_t *entry = header->entries + i * ENTRY;

		if (be32(entry) != tag)
			continue;
		if (be32(entry + 8) >= header->store_size)
			return false;
		data->type = be32(entry + 4);
		data->at = header->store + be32(entry + 8);
		data->count = be32(entry + 12);
		if (data->count <= ELEMENTS_MAX && is_within(header, data))
			return true;
		memset(data, 0, sizeof(*data));
		return false;
	}
	return false;
}

static bool is_text(const struct data *data)
{
	return data->count > 0 &&
	       (data->type == TYPE_STRING || data->type == TYPE_STRING_ARRAY || data->type == TYPE_I18N_STRING);
}

static const char *string_of(const struct header *header, uint32_t tag, const char *otherwise)
{
	struct data data;

	return find(header, tag, &data) && is_text(&data) ? (const char *)data.at : otherwise;
}

/* Returns the current string of an array and moves to the next one. OTHERWISE after the end. */
static const char *next_string(struct data *data, const char *otherwise)
{
	const char *now = (const char *)data->at;

	if (!is_text(data))
		return otherwise;
	data->at += strlen(now) + 1;
	data->count--;
	return now;
}

static uint32_t number_at(const struct data *data, size_t i)
{
	if (i >= data->count)
		return 0;
	if (data->type == TYPE_INT32)
		return be32(data->at + 4 * i);
	return data->type == TYPE_INT16 ? (uint32_t)data->at[2 * i] << 8 | data->at[2 * i + 1] : 0;
}

/* Draws COUNT structures of SIZE bytes from the budget. They describe files, dependencies or scriptlets. */
static bool take_parts(struct rpm *rpm, struct header *header, size_t count, size_t size)
{
	if (count > header->parts) {
		rpm->why = "its header has more files, dependencies or scriptlets than its size allows";
		return false;
	}
	if (!budget_keep(count * size)) {
		rpm->why = BUDGET_KEEP_OVER;
		return false;
	}
	header->parts -= count;
	rpm->kept += count * size;
	return true;
}

static struct rpm_dependency *read_dependencies(struct rpm *rpm, struct header *header, uint32_t name, uint32_t version,
						uint32_t flags, size_t *count)
{
	struct data names, versions, numbers;
	struct rpm_dependency *list;

	*count = find(header, name, &names) && is_text(&names) ? names.count : 0;
	if (!take_parts(rpm, header, *count, sizeof(*list)))
		*count = 0;
	find(header, version, &versions);
	find(header, flags, &numbers);
	list = need_memory(*count + 1, sizeof(*list));
	for (size_t i = 0; i < *count; i++) {
		list[i].name = next_string(&names, "");
		list[i].version = next_string(&versions, "");
		list[i].flags = number_at(&numbers, i);
	}
	return list;
}

/* The strings of an array as an array of pointers, in memory to free. */
static const char **index_strings(struct data data, size_t *count)
{
	const char **strings;

	*count = is_text(&data) ? data.count : 0;
	strings = need_memory(*count + 1, sizeof(*strings));
	for (size_t i = 0; i < *count; i++)
		strings[i] = next_string(&data, "");
	return strings;
}

/* The data from which the paths of the files are made. */
struct paths {
	struct data bases, directories, indexes; /* since rpm 4: names, and indexes of shared directories */
	struct data whole;			 /* before rpm 4, and in source packages of rpm today: whole paths */
	const char **names;			 /* names of the directories */
	size_t name_count;
};

/* Returns the directory of file I, and its name in *BASE. Call it once for each file, in order. */
static const char *next_path(struct paths *paths, size_t i, const char **base)
{
	uint32_t directory = number_at(&paths->indexes, i);

	*base = next_string(paths->names ? &paths->bases : &paths->whole, "");
	if (!paths->names)
		return "";
	return directory < paths->name_count ? paths->names[directory] : "?";
}

/* The size of all paths in bytes. 0 if one path is too long, or all paths are too long for this header. */
static size_t measure_paths(struct paths paths, size_t count, size_t store_size)
{
	size_t total = 1;

	for (size_t i = 0; i < count; i++) {
		const char *base, *directory = next_path(&paths, i, &base);
		size_t len = strlen(directory) + strlen(base) + 1;

		total += len;
		if (len > PATH_MAX || total > PATHS_FLOOR + 2 * store_size)
			return 0;
	}
	return total;
}

/* Makes all paths, in one block of memory. */
static bool join_paths(struct rpm *rpm, struct paths *paths, size_t store_size)
{
	size_t total = measure_paths(*paths, rpm->file_count, store_size);
	char *at;

	if (total == 0) {
		rpm->why = "the paths of its files are longer than any real package's";
		return false;
	}
	if (!budget_keep(total)) {
		rpm->why = BUDGET_KEEP_OVER;
		return false;
	}
	rpm->kept += total;
	at = rpm->paths = need_memory(1, total);
	for (size_t i = 0; i < rpm->file_count; i++) {
		const char *base, *directory = next_path(paths, i, &base);

		rpm->files[i].path = at;
		at = stpcpy(stpcpy(at, directory), base) + 1;
	}
	return true;
}

static bool read_paths(struct rpm *rpm, struct header *header)
{
	struct paths paths = {0};
	bool split = find(header, TAG_BASE_NAMES, &paths.bases) && is_text(&paths.bases), ok;

	if (!split && !(find(header, TAG_OLD_FILE_NAMES, &paths.whole) && is_text(&paths.whole)))
		return true;
	if (split && (!find(header, TAG_DIR_NAMES, &paths.directories) || !is_text(&paths.directories) ||
		      !find(header, TAG_DIR_INDEXES, &paths.indexes))) {
		rpm->why = "its header lacks the directories of its files";
		return false;
	}
	if (!take_parts(rpm, header, split ? paths.bases.count : paths.whole.count, sizeof(*rpm->files)) ||
	    !take_parts(rpm, header, paths.directories.count, sizeof(*paths.names)))
		return false;
	rpm->file_count = split ? paths.bases.count : paths.whole.count;
	rpm->files = need_memory(rpm->file_count + 1, sizeof(*rpm->files));
	if (split)
		paths.names = index_strings(paths.directories, &paths.name_count);
	ok = join_paths(rpm, &paths, header->store_size);
	free(paths.names);
	if (!ok)
		rpm->file_count = 0;
	return ok;
}

static bool read_files(struct rpm *rpm, struct header *header)
{
	struct data modes, flags, digests, links;

	if (!read_paths(rpm, header))
		return false;
	find(header, TAG_FILE_MODES, &modes);
	find(header, TAG_FILE_FLAGS, &flags);
	find(header, TAG_FILE_DIGESTS, &digests);
	find(header, TAG_FILE_LINKS, &links);
	for (size_t i = 0; i < rpm->file_count; i++) {
		rpm->files[i].mode = (uint16_t)number_at(&modes, i);
		rpm->files[i].ghost = number_at(&flags, i) & FILE_IS_GHOST;
		rpm->files[i].digest = next_string(&digests, "");
		rpm->files[i].link = next_string(&links, "");
	}
	return true;
}

static void add_scriptlet(struct rpm *rpm, const char *kind, const char *interpreter, const char *body)
{
	rpm->scriptlets[rpm->scriptlet_count++] = (struct rpm_scriptlet){kind, interpreter, body};
}

/* The largest possible number of scriptlets. */
static size_t count_scriptlets(const struct header *header)
{
	size_t count = COUNT(scriptlet_tags);
	struct data bodies;

	for (size_t i = 0; i < COUNT(trigger_tags); i++)
		if (find(header, trigger_tags[i].bodies, &bodies) && is_text(&bodies))
			count += bodies.count;
	return count;
}

static bool read_scriptlets(struct rpm *rpm, struct header *header)
{
	size_t count = count_scriptlets(header);

	if (!take_parts(rpm, header, count, sizeof(*rpm->scriptlets)))
		return false;
	rpm->scriptlets = need_memory(count, sizeof(*rpm->scriptlets));
	for (size_t i = 0; i < COUNT(scriptlet_tags); i++) {
		const char *body = string_of(header, scriptlet_tags[i].body, NULL);
		const char *program = string_of(header, scriptlet_tags[i].program, NULL);

		if (body || program)
			add_scriptlet(rpm, scriptlet_tags[i].kind, program ? program : "/bin/sh", body ? body : "");
	}
	for (size_t i = 0; i < COUNT(trigger_tags); i++) {
		struct data bodies, programs;

		if (!find(header, trigger_tags[i].bodies, &bodies))
			continue;
		find(header, trigger_tags[i].programs, &programs);
		for (size_t left = is_text(&bodies) ? bodies.count : 0; left > 0; left--)
			add_scriptlet(rpm, trigger_tags[i].kind, next_string(&programs, "/bin/sh"),
				      next_string(&bodies, ""));
	}
	return true;
}

/* A name, version, release or architecture. Hosts use it in file names, so its length is limited. */
static const char *word_of(struct rpm *rpm, const struct header *header, uint32_t tag)
{
	const char *word = string_of(header, tag, "");

	if (strlen(word) <= NAME_BYTES_MAX)
		return word;
	rpm->why = "its name, version, release or architecture is over 255 bytes long";
	return "";
}

static bool read_header(struct rpm *rpm, struct header *header)
{
	struct data data;

	rpm->name = word_of(rpm, header, TAG_NAME);
	rpm->version = word_of(rpm, header, TAG_VERSION);
	rpm->release = word_of(rpm, header, TAG_RELEASE);
	rpm->arch = word_of(rpm, header, TAG_ARCH);
	if (find(header, TAG_BUILD_TIME, &data))
		rpm->build_time = number_at(&data, 0);
	rpm->compressor = string_of(header, TAG_PAYLOAD_COMPRESSOR, "gzip");
	/* A binary package names its source package. */
	rpm->source = !find(header, TAG_SOURCE_RPM, &data);
	if (!rpm->why && !(*rpm->name && *rpm->version && *rpm->release))
		rpm->why = "its header lacks a name, a version or a release";
	if (rpm->why)
		return false;
	rpm->needs = read_dependencies(rpm, header, TAG_REQUIRE_NAME, TAG_REQUIRE_VERSION, TAG_REQUIRE_FLAGS,
				       &rpm->need_count);
	rpm->provides = read_dependencies(rpm, header, TAG_PROVIDE_NAME, TAG_PROVIDE_VERSION, TAG_PROVIDE_FLAGS,
					  &rpm->provide_count);
	rpm->obsoletes = read_dependencies(rpm, header, TAG_OBSOLETE_NAME, TAG_OBSOLETE_VERSION, TAG_OBSOLETE_FLAGS,
					   &rpm->obsolete_count);
	rpm->conflicts = read_dependencies(rpm, header, TAG_CONFLICT_NAME, TAG_CONFLICT_VERSION, TAG_CONFLICT_FLAGS,
					   &rpm->conflict_count);
	return !rpm->why && read_scriptlets(rpm, header) && read_files(rpm, header);
}

/* A digest of SIZE bytes in hex, or NULL if its length is wrong. */
static const char *digest_of(const struct header *header, uint32_t tag, size_t size)
{
	const char *digest = string_of(header, tag, NULL);

	return digest && strlen(digest) == 2 * size ? digest : NULL;
}

static void read_digests(struct rpm_digests *digests, const struct header *signature, const struct header *header)
{
	struct data data;

	digests->header_sha256 = digest_of(signature, TAG_SHA256, 32);
	digests->header_sha1 = digest_of(signature, TAG_SHA1, 20);
	if (find(header, TAG_PAYLOAD_DIGEST_ALGORITHM, &data) && number_at(&data, 0) == ALGORITHM_SHA256)
		digests->payload_sha256 = digest_of(header, TAG_PAYLOAD_DIGEST, 32);
	if (find(signature, TAG_MD5, &data) && data.type == TYPE_BIN && data.count == 16)
		digests->md5 = data.at;
}

static void add_signature(struct rpm *rpm, struct rpm_signature signature)
{
	if (rpm->signature_count < RPM_SIGNATURES_MAX)
		rpm->signatures[rpm->signature_count++] = signature;
}

/* A tag of another type than its signatures have is kept too: then the signature is damaged, and not missing. */
static void read_signatures(struct rpm *rpm, const struct header *header)
{
	struct rpm_signature signature;
	struct data data;

	for (size_t i = 0; i < COUNT(signature_tags); i++) {
		bool found = find(header, signature_tags[i].tag, &data);

		signature = (struct rpm_signature){data.at, data.count, signature_tags[i].base64,
						   signature_tags[i].payload};
		if (found && signature.base64 && is_text(&data)) {
			while (data.count > 0) {
				signature.bytes = next_string(&data, "");
				signature.len = strlen(signature.bytes);
				add_signature(rpm, signature);
			}
		} else if (found) {
			if (data.type != TYPE_BIN)
				signature.len = 0;
			add_signature(rpm, signature);
		}
	}
}

bool rpm_read(struct rpm *rpm, const void *bytes, size_t len)
{
	uint64_t size = rpm_headers_size(bytes, len), signature_size;
	struct header signature, header;

	memset(rpm, 0, sizeof(*rpm));
	if (size == 0 || size > len) {
		rpm->why = len == 0 ? "it is empty" : size ? "it ends within its headers" : "its headers are damaged";
		return false;
	}
	signature = header_at((const uint8_t *)bytes + LEAD);
	signature_size = (header_size((const uint8_t *)bytes + LEAD) + 7) & ~7ull;
	header = header_at((const uint8_t *)bytes + LEAD + signature_size);
	read_signatures(rpm, &signature);
	rpm->header = LEAD + signature_size;
	rpm->payload = size;
	read_digests(&rpm->digests, &signature, &header);
	return read_header(rpm, &header);
}

void rpm_free(struct rpm *rpm)
{
	free(rpm->paths);
	free(rpm->files);
	free(rpm->needs);
	free(rpm->provides);
	free(rpm->obsoletes);
	free(rpm->conflicts);
	free(rpm->scriptlets);
	budget_release(rpm->kept);
	memset(rpm, 0, sizeof(*rpm));
}
