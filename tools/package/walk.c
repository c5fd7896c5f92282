// SPDX-License-Identifier: GPL-2.0-only
// Finds all modules, packages and disk images that the PATHs of a command line stand for.
#include "package/walk.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/array.h"
#include "base/die.h"
#include "base/name.h"
#include "base/progress.h"
#include "base/text.h"
#include "base/work.h"
#include "package/container.h"

/* O_NONBLOCK: a FIFO may have replaced a regular file since its type was read. */
#define OPEN_FLAGS (O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY)

/* No module tree is deeper. A deeper tree may be hostile. */
#define DEPTH_MAX 64
/* How many files a thread gets at once. Then handing them over costs less than reading one file. */
#define CHUNK 32
/* More threads than processors: threads wait for the disk if the files are not cached. */
#define JOBS_DEFAULT 8

/*
 * The type of an entry, from its file type and its name. It is stored in the byte before the name. ENTRY_CONTAINER is a
 * package or an image.
 */
enum entry_type {
	ENTRY_FILE = 'f',
	ENTRY_MODULE = 'm',
	ENTRY_CONTAINER = 'c',
	ENTRY_DIRECTORY = 'd',
	ENTRY_LINK = 'l',
	ENTRY_OTHER = 'o'
};

/* Memory for names. It does not move while threads use the names. */
struct name_block {
	struct name_block *next;
	size_t used;
	char bytes[4096 - 2 * sizeof(void *)];
};

/* A directory. It stays open until all its files are read. */
struct directory {
	int fd;
	char *path, *host_path;
	const char *slash; /* between path and a name: "" if path ends in "/" */
	struct name_block *names;
	unsigned int users;
};

/* The work that a thread takes at once: entries of one directory, or one PATH without a directory. */
struct chunk {
	struct chunk *next_done;
	struct directory *directory;
	char *path, *host_path; /* of the PATH */
	uint64_t size;
	int fd;
	size_t count;
	const char *names[CHUNK]; /* each has its type in the byte before it */
};

struct inputs {
	input_function *each;
	void *const *contexts;
	struct work *work;
	bool in_order;
	unsigned long found; /* modules, packages and images found below the current PATH */
	struct chunk *filling;
	_Alignas(struct dirent) char entries[32 << 10]; /* buffer for the entries of the current directory */
	_Atomic(struct chunk *) done;
};

unsigned int input_jobs(const struct input_options *options)
{
	if (options->in_order)
		return 1;
	return options->jobs ? options->jobs : JOBS_DEFAULT;
}

static void tell(struct inputs *inputs, void *context, const struct input *input)
{
	struct input told = *input;
	const char *slash = strrchr(told.path, '/');

	told.name = slash ? slash + 1 : told.path;
	inputs->each(&told, context);
}

static void tell_trouble(struct inputs *inputs, void *context, const char *path, enum input_trouble trouble,
			 const char *why)
{
	struct input input = {.kind = INPUT_TROUBLE, .path = path, .host_path = path, .trouble = trouble, .why = why};

	tell(inputs, context, &input);
}

/* Reports an open file as its name or its first bytes say. */
static void tell_open(struct inputs *inputs, void *context, struct input *input)
{
	enum container_kind named = container_by_name(input->path), kind = CONTAINER_NONE;
	uint8_t peek[CONTAINER_PEEK];

	if (named != CONTAINER_NONE || !name_module_suffix(input->path)) {
		ssize_t n = pread(input->bytes->fd, peek, sizeof(peek), 0);

		kind = n > 0 ? container_of(peek, (size_t)n) : CONTAINER_NONE;
	}
	if (kind != CONTAINER_NONE)
		container_each(input, kind, inputs->each, context);
	else if (named != CONTAINER_NONE)
		tell_trouble(inputs, context, input->path, TROUBLE_DAMAGED,
			     named == CONTAINER_RPM ? "it has the name of an RPM package, but is not one"
						    : "it has the name of an ISO 9660 image, but is not one");
	else
		tell(inputs, context, input);
}

static void tell_link(struct inputs *inputs, void *context, struct input *input)
{
	char target[PATH_MAX];
	ssize_t n = readlinkat(input->bytes->dir, input->bytes->name, target, sizeof(target) - 1);

	if (n < 0) {
		tell_trouble(inputs, context, input->path, TROUBLE_UNREADABLE, strerror(errno));
		return;
	}
	target[n] = '\0';
	input->kind = INPUT_LINK;
	input->target = target;
	tell(inputs, context, input);
}

/* The type of a regular file by its name. */
static enum entry_type type_by_name(const char *name)
{
	if (name_module_suffix(name))
		return ENTRY_MODULE;
	return container_by_name(name) == CONTAINER_NONE ? ENTRY_FILE : ENTRY_CONTAINER;
}

/*
 * Opens a module that is a regular file by its directory entry. lseek() finds the size at a third of the cost of
 * fstat(), and fails on pipes. It leaves the offset at the end, but modules are read with explicit offsets.
 */
static int open_module(int dir, const char *name, uint64_t *size, const char **why)
{
	int fd = openat(dir, name, OPEN_FLAGS | O_NOFOLLOW);
	off_t end = fd < 0 ? -1 : lseek(fd, 0, SEEK_END);

	*size = (uint64_t)end;
	if (end >= 0)
		return fd;
	*why = strerror(errno);
	if (fd >= 0)
		close(fd);
	return -1;
}

static void look_at_file(struct inputs *inputs, void *context, struct input *input, enum entry_type type)
{
	struct input_bytes *bytes = input->bytes;
	const char *why;

	bytes->fd = type == ENTRY_MODULE ? open_module(bytes->dir, bytes->name, &input->size, &why)
					 : input_open(bytes->dir, bytes->name, &input->size, &why);
	if (bytes->fd < 0) {
		tell_trouble(inputs, context, input->path, TROUBLE_UNREADABLE, why);
		return;
	}
	tell_open(inputs, context, input);
	close(bytes->fd);
}

/* text_format() would take a tenth of the time for a whole file. */
static char *joined(const char *directory, const char *slash, const char *name)
{
	char *path = malloc(strlen(directory) + strlen(slash) + strlen(name) + 1);

	if (!path)
		die_memory();
	stpcpy(stpcpy(stpcpy(path, directory), slash), name);
	return path;
}

static void look_at(struct inputs *inputs, void *context, const struct directory *directory, const char *name)
{
	struct input_bytes bytes = {.fd = -1, .dir = directory->fd, .name = name};
	struct input input = {.kind = INPUT_MODULE, .bytes = &bytes};
	char *path = joined(directory->path, directory->slash, name);
	char *host_path = joined(directory->host_path, "/", name);

	input.path = path;
	input.host_path = host_path;
	if (name[-1] == ENTRY_LINK) {
		tell_link(inputs, context, &input);
	} else if (name[-1] == ENTRY_OTHER) {
		tell_trouble(inputs, context, path, TROUBLE_UNREADABLE,
			     "it has the name of a module, but is not a regular file");
	} else if (name[-1] != ENTRY_FILE) {
		look_at_file(inputs, context, &input, (enum entry_type)name[-1]);
	} else {
		input.kind = INPUT_FILE;
		tell(inputs, context, &input);
	}
	free(host_path);
	free(path);
}

static void directory_release(struct directory *directory)
{
	struct name_block *next;

	if (--directory->users > 0)
		return;
	close(directory->fd);
	for (struct name_block *block = directory->names; block; block = next) {
		next = block->next;
		free(block);
	}
	free(directory->path);
	free(directory->host_path);
	free(directory);
}

static void look_at_path(struct inputs *inputs, void *context, const struct chunk *chunk)
{
	struct input_bytes bytes = {.fd = chunk->fd};
	struct input input = {.kind = INPUT_MODULE,
			      .given = true,
			      .path = chunk->path,
			      .host_path = chunk->host_path,
			      .size = chunk->size,
			      .bytes = &bytes};

	tell_open(inputs, context, &input);
	close(chunk->fd);
}

static void run_chunk(void *item, unsigned int worker, void *argument)
{
	struct inputs *inputs = argument;
	struct chunk *chunk = item;
	void *context = inputs->contexts[worker];

	for (size_t i = 0; i < chunk->count; i++) {
		look_at(inputs, context, chunk->directory, chunk->names[i]);
		atomic_fetch_add_explicit(&progress_files, 1, memory_order_relaxed);
	}
	if (!chunk->directory) {
		look_at_path(inputs, context, chunk);
		atomic_fetch_add_explicit(&progress_files, 1, memory_order_relaxed);
	}
	chunk->next_done = atomic_load(&inputs->done);
	while (!atomic_compare_exchange_weak(&inputs->done, &chunk->next_done, chunk))
		;
}

/*
 * Frees the finished chunks. Only the thread that lists directories frees: if all threads did, they would wait for each
 * other in malloc() at every chunk.
 */
static void reap(struct inputs *inputs)
{
	struct chunk *chunk = atomic_exchange(&inputs->done, NULL), *next;

	for (; chunk; chunk = next) {
		next = chunk->next_done;
		if (chunk->directory)
			directory_release(chunk->directory);
		free(chunk->path);
		free(chunk->host_path);
		free(chunk);
	}
}

static void flush(struct inputs *inputs)
{
	struct chunk *chunk = inputs->filling;

	inputs->filling = NULL;
	if (chunk)
		work_add(inputs->work, chunk);
}

static void hand_out(struct inputs *inputs, struct directory *directory, const char *name)
{
	struct chunk *chunk = inputs->filling;

	if (!chunk) {
		reap(inputs);
		chunk = inputs->filling = need_memory(1, sizeof(*chunk));
		chunk->directory = directory;
		directory->users++;
	}
	chunk->names[chunk->count++] = name;
	/* A package is enough work for one chunk. */
	if (chunk->count == CHUNK || name[-1] == ENTRY_CONTAINER)
		flush(inputs);
}

/* Copies the name, with its type before it, to memory of the directory. */
static const char *keep_name(struct directory *directory, const char *name, enum entry_type type)
{
	size_t len = strlen(name) + 1;
	struct name_block *block = directory->names;
	char *at;

	if (!block || block->used + 1 + len > sizeof(block->bytes)) {
		block = malloc(sizeof(*block));
		if (!block)
			die_memory();
		block->next = directory->names;
		block->used = 0;
		directory->names = block;
	}
	at = block->bytes + block->used;
	*at++ = (char)type;
	memcpy(at, name, len);
	block->used += 1 + len;
	return at;
}

static enum entry_type type_of(int dir, const struct dirent *entry, enum entry_type by_name)
{
	struct stat st;
	unsigned char type = entry->d_type;

	/* Some file systems do not set d_type. */
	if (type == DT_UNKNOWN && fstatat(dir, entry->d_name, &st, AT_SYMLINK_NOFOLLOW) == 0)
		type = IFTODT(st.st_mode);
	if (type == DT_REG)
		return by_name;
	return type == DT_DIR ? ENTRY_DIRECTORY : type == DT_LNK ? ENTRY_LINK : ENTRY_OTHER;
}

/* Entries that are taken in order after the whole directory was listed. */
struct later {
	const char **names;
	size_t count;
};

static void keep_for_later(struct later *later, const char *name)
{
	later->names = array_grown(later->names, later->count, sizeof(*later->names));
	later->names[later->count++] = name;
}

static void list_entry(struct inputs *inputs, struct directory *directory, const struct dirent *entry,
		       struct later *later)
{
	enum entry_type by_name = type_by_name(entry->d_name);
	enum entry_type type = type_of(directory->fd, entry, by_name);
	bool wanted = by_name != ENTRY_FILE;
	const char *name;

	if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0 || (type == ENTRY_OTHER && !wanted))
		return;
	inputs->found += wanted && type != ENTRY_DIRECTORY;
	name = keep_name(directory, entry->d_name, type);
	if (type == ENTRY_DIRECTORY || inputs->in_order)
		keep_for_later(later, name);
	else
		hand_out(inputs, directory, name);
}

static int compare_names(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void list_directory(struct inputs *inputs, int fd, char *path, char *host_path, int depth);

static void list_below(struct inputs *inputs, struct directory *directory, const char *name, int depth)
{
	char *path = joined(directory->path, directory->slash, name);
	char *host_path = joined(directory->host_path, "/", name);
	int fd = openat(directory->fd, name, OPEN_FLAGS | O_DIRECTORY | O_NOFOLLOW);

	if (fd >= 0 && depth < DEPTH_MAX) {
		list_directory(inputs, fd, path, host_path, depth + 1);
		return;
	}
	tell_trouble(inputs, inputs->contexts[0], path, TROUBLE_UNREADABLE,
		     fd < 0 ? strerror(errno) : "it is more than 64 directories deep");
	if (fd >= 0)
		close(fd);
	free(path);
	free(host_path);
}

static void list_later(struct inputs *inputs, struct directory *directory, struct later *later, int depth)
{
	if (later->count)
		qsort(later->names, later->count, sizeof(*later->names), compare_names);
	for (size_t i = 0; i < later->count; i++) {
		const char *name = later->names[i];

		if (name[-1] != ENTRY_DIRECTORY) {
			hand_out(inputs, directory, name);
			continue;
		}
		flush(inputs);
		list_below(inputs, directory, name, depth);
	}
	flush(inputs);
	free(later->names);
}

/*
 * Lists the entries with getdents64(2), not with readdir(): readdir() needs its own buffer and three more system calls
 * for each directory. The kernel writes struct dirent as libc declares it with 64-bit offsets. False: see errno.
 */
static bool list_entries(struct inputs *inputs, struct directory *directory, struct later *later)
{
	const struct dirent *entry;
	long n;

	while ((n = syscall(SYS_getdents64, directory->fd, inputs->entries, sizeof(inputs->entries))) > 0)
		for (long at = 0; at < n; at += entry->d_reclen) {
			entry = (const void *)(inputs->entries + at);
			list_entry(inputs, directory, entry, later);
		}
	return n == 0;
}

/* Lists the directory open at FD. Takes over FD, PATH and HOST_PATH. */
static void list_directory(struct inputs *inputs, int fd, char *path, char *host_path, int depth)
{
	struct directory *directory = need_memory(1, sizeof(*directory));
	struct later later = {0};

	directory->fd = fd;
	directory->path = path;
	directory->host_path = host_path;
	directory->slash = path[strlen(path) - 1] == '/' ? "" : "/";
	directory->users = 1;
	if (!list_entries(inputs, directory, &later))
		tell_trouble(inputs, inputs->contexts[0], path, TROUBLE_UNREADABLE, strerror(errno));
	flush(inputs);
	list_later(inputs, directory, &later, depth);
	directory_release(directory);
}

static void start_file(struct inputs *inputs, const char *path, char *host_path, int fd, uint64_t size)
{
	struct chunk *chunk = need_memory(1, sizeof(*chunk));

	reap(inputs);
	chunk->fd = fd;
	chunk->size = size;
	chunk->path = text_format("%s", path);
	chunk->host_path = host_path;
	work_add(inputs->work, chunk);
}

/* Opens PATH if it is a file or a directory. A device is never opened: opening it can start an action. */
static int open_path(const char *path, struct stat *st, const char **why)
{
	int fd = -1;

	if (stat(path, st) != 0) {
		*why = strerror(errno);
		return -1;
	}
	*why = "it is neither a file nor a directory";
	if (!S_ISREG(st->st_mode) && !S_ISDIR(st->st_mode))
		return -1;
	fd = open(path, OPEN_FLAGS);
	if (fd >= 0 && fstat(fd, st) == 0 && (S_ISREG(st->st_mode) || S_ISDIR(st->st_mode)))
		return fd;
	if (fd < 0)
		*why = strerror(errno);
	else
		close(fd);
	return -1;
}

static void start_path(struct inputs *inputs, const char *path)
{
	void *context = inputs->contexts[0];
	const char *why;
	struct stat st;
	int fd = open_path(path, &st, &why);
	char *host_path = fd < 0 ? NULL : realpath(path, NULL);

	if (fd < 0 || !host_path) {
		tell_trouble(inputs, context, path, TROUBLE_UNREADABLE, fd < 0 ? why : strerror(errno));
		if (fd >= 0)
			close(fd);
	} else if (S_ISREG(st.st_mode)) {
		start_file(inputs, path, host_path, fd, (uint64_t)st.st_size);
	} else {
		inputs->found = 0;
		list_directory(inputs, fd, text_format("%s", path), host_path, 0);
		if (inputs->found == 0)
			tell_trouble(inputs, context, path, TROUBLE_UNREADABLE,
				     "the directory has no module (.ko, .ko.gz, .ko.xz, .ko.zst), .rpm or .iso");
	}
}

void inputs_each(char *const *paths, const struct input_options *options, input_function *each, void *const *contexts)
{
	struct inputs inputs = {.each = each, .contexts = contexts};

	inputs.in_order = options->in_order;
	if (options->jobs)
		source_decoders(options->jobs);
	inputs.work = work_new(input_jobs(options), run_chunk, &inputs);
	for (; *paths; paths++)
		start_path(&inputs, *paths);
	work_finish(inputs.work);
	reap(&inputs);
}
