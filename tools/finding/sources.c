// SPDX-License-Identifier: GPL-2.0-only
// Finds the source or the spec to which a finding about a module or a package belongs.
#include "finding/sources.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/array.h"
#include "base/directory.h"
#include "base/name.h"
#include "base/text.h"

/* Bounds for a tree of sources: the largest driver has some thousand files. */
#define FILES_MAX 50000
#define DEPTH_MAX 16

struct sources {
	char **paths; /* with PATH before them; in byte order of each directory */
	size_t count;
};

static const char *base_of(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

static bool ends(const char *s, const char *suffix)
{
	size_t len = strlen(s), n = strlen(suffix);

	return len > n && strcmp(s + len - n, suffix) == 0;
}

static bool is_spec(const char *name)
{
	return ends(name, ".spec") || ends(name, ".spec.in");
}

static bool is_source(const char *name)
{
	return ends(name, ".c") || is_spec(name) || strcmp(name, "Makefile") == 0 || strcmp(name, "Kbuild") == 0;
}

/* Files come before those in the directories beside them. */
static void search(struct sources *sources, const char *path, unsigned int depth)
{
	int fd = open(*path ? path : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	char **names = fd < 0 ? NULL : directory_names(fd);

	for (int directories = 0; directories <= 1; directories++)
		for (size_t i = 0; names && names[i] && sources->count < FILES_MAX; i++) {
			char *below = text_format("%s%s%s", path, *path ? "/" : "", names[i]);
			struct stat st;
			bool there = names[i][0] != '.' && lstat(below, &st) == 0;

			if (there && !directories && S_ISREG(st.st_mode) && is_source(names[i])) {
				sources->paths = array_grown(sources->paths, sources->count, sizeof(*sources->paths));
				sources->paths[sources->count++] = text_safe(below);
			} else if (there && directories && S_ISDIR(st.st_mode) && strcmp(names[i], "build") != 0 &&
				   depth < DEPTH_MAX) {
				search(sources, below, depth + 1);
			}
			free(below);
		}
	directory_names_free(names);
}

struct sources *sources_read(const char *path)
{
	struct sources *sources = need_memory(1, sizeof(*sources));
	char *start = text_format("%s", path);
	size_t len = strlen(start);
	struct stat st;
	bool there = stat(path, &st) == 0;

	if (!there || !S_ISDIR(st.st_mode)) {
		char *safe = text_safe(path);

		complain("--sources %s: %s", safe, there ? "it is not a directory" : strerror(errno));
		free(safe);
		free(start);
		sources_free(sources);
		return NULL;
	}
	while (len > 1 && start[len - 1] == '/')
		start[--len] = '\0';
	search(sources, strcmp(start, ".") == 0 ? "" : start, 0);
	free(start);
	return sources;
}

void sources_free(struct sources *sources)
{
	if (!sources)
		return;
	for (size_t i = 0; i < sources->count; i++)
		free(sources->paths[i]);
	free(sources->paths);
	free(sources);
}

/* The first source with this name, or NULL. */
static const char *find(const struct sources *sources, const char *name)
{
	for (size_t i = 0; i < sources->count; i++)
		if (strcmp(base_of(sources->paths[i]), name) == 0)
			return sources->paths[i];
	return NULL;
}

/* The first file *.c that has the name of the module, in which '-' and '_' are the same. */
static const char *find_module(const struct sources *sources, const char *name)
{
	char module[MODULE_NAME_SIZE], file[MODULE_NAME_SIZE];
	const char *kbuild;

	name_of_module(name, module);
	for (size_t i = 0; i < sources->count; i++) {
		const char *base = base_of(sources->paths[i]);

		if (!ends(base, ".c") || strlen(base) - 2 >= sizeof(file))
			continue;
		memcpy(file, base, strlen(base) - 2);
		file[strlen(base) - 2] = '\0';
		if (name_same_module(file, module))
			return sources->paths[i];
	}
	kbuild = find(sources, "Kbuild");
	return kbuild ? kbuild : find(sources, "Makefile");
}

/* The length of a spec's name without its suffix. */
static size_t stem_length(const char *spec)
{
	return strlen(spec) - (ends(spec, ".in") ? strlen(".spec.in") : strlen(".spec"));
}

/* The spec whose name is the longest beginning of the package's name; or the only spec. */
static const char *find_spec(const struct sources *sources, const char *package)
{
	const char *best = NULL, *only = NULL;
	size_t longest = 0, specs = 0;

	for (size_t i = 0; i < sources->count; i++) {
		const char *base = base_of(sources->paths[i]);
		size_t len;

		if (!is_spec(base))
			continue;
		specs++;
		only = sources->paths[i];
		len = stem_length(base);
		if (len > longest && strncmp(base, package, len) == 0) {
			longest = len;
			best = sources->paths[i];
		}
	}
	return best ? best : specs == 1 ? only : find(sources, "Makefile");
}

/* The innermost package in a path, without what follows it; else the path. In memory to free. */
static char *package_of(const char *path)
{
	const char *end = strstr(path, ".rpm"), *start;

	if (!end)
		return NULL;
	for (start = end; start > path && start[-1] != '/' && start[-1] != '!'; start--)
		;
	return text_format("%.*s", (int)(end - start), start);
}

void sources_apply(const struct sources *sources, struct report *report)
{
	for (size_t i = 0; sources && i < report->count + report->suppressed; i++) {
		struct finding *finding = &report->findings[i];
		char *package = package_of(finding->path);

		if (name_module_suffix(finding->path))
			finding->source = find_module(sources, base_of(finding->path));
		else
			finding->source = package ? find_spec(sources, package) : find(sources, "Makefile");
		free(package);
	}
}
