// SPDX-License-Identifier: GPL-2.0-only
// The rule on the part of a vermagic after the uname. The kernel compares this part even if it checks CRCs.
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/root.h"
#include "base/text.h"
#include "check/check.h"

#define MODULES_DEP_MAX (64u << 20)

/*
 * The part after the first word. The kernel's same_magic() in kernel/module/version.c skips the word in the same way.
 */
static const char *flags_of(const char *vermagic)
{
	return vermagic + strcspn(vermagic, " ");
}

static bool is_for(const char *vermagic, const char *uname)
{
	size_t len = strcspn(vermagic, " ");

	return strlen(uname) == len && strncmp(vermagic, uname, len) == 0;
}

/* The path of the first of the kernel's own modules in a modules.dep, or NULL. The caller frees it. */
static char *own_module(const char *modules_dep, const char *uname)
{
	for (const char *line = modules_dep; *line; line += strcspn(line, "\n"), line += *line == '\n') {
		size_t len = strcspn(line, ":\n");

		if (line[len] == ':' && strncmp(line, "kernel/", strlen("kernel/")) == 0)
			return text_format("/lib/modules/%s/%.*s", uname, (int)len, line);
	}
	return NULL;
}

/*
 * The vermagic of the own modules of the kernel UNAME, on the root at PATH; NULL if there are none. The caller frees
 * it.
 */
static char *own_vermagic(const char *path, const char *uname)
{
	char *dep = text_format("/lib/modules/%s/modules.dep", uname), *text, *own, *found = NULL;
	struct module module = {0};
	const char *vermagic;
	struct root root;
	struct stat st;
	int fd;

	if (root_open(&root, path) != 0) {
		free(dep);
		return NULL;
	}
	text = root_read(&root, dep, MODULES_DEP_MAX, NULL);
	own = text ? own_module(text, uname) : NULL;
	fd = own ? root_openat(&root, own, O_RDONLY | O_NONBLOCK, 0) : -1;
	if (fd >= 0 && fstat(fd, &st) == 0 && S_ISREG(st.st_mode) &&
	    module_read_fd(&module, fd, (uint64_t)st.st_size) == 0) {
		vermagic = module_info(&module, "vermagic", NULL);
		found = vermagic && is_for(vermagic, uname) ? text_format("%s", vermagic) : NULL;
	}
	if (fd >= 0)
		close(fd);
	module_free(&module);
	root_close(&root);
	free(own);
	free(text);
	free(dep);
	return found;
}

static void compare(struct report *report, const struct inventory_entry *entry, const char *vermagic, const char *whose)
{
	char *found, *expected, *where;

	/* A vermagic of another kernel has its own rule, path-kernel. */
	if (!is_for(entry->text, entry->uname) || strcmp(flags_of(entry->text), flags_of(vermagic)) == 0)
		return;
	found = text_safe(entry->text);
	expected = text_safe(vermagic);
	where = text_safe(whose);
	report_add(report, RULE_VERMAGIC_FLAGS, entry->path, "it is \"%s\", and \"%s\" in %s", found, expected, where);
	free(where);
	free(expected);
	free(found);
}

void check_vermagics(struct report *report, const struct inventory_entry *entries, size_t count, const char *sysroot)
{
	const char *root = sysroot ? sysroot : entries->root;
	char *own = *root ? own_vermagic(root, entries->uname) : NULL;
	const struct inventory_entry *first = NULL;

	for (size_t i = 0; i < count; i++) {
		const struct inventory_entry *entry = &entries[i];

		if (entry->kind != ENTRY_MODULE || !entry->text)
			continue;
		if (own)
			compare(report, entry, own, "the kernel's own modules");
		else if (first)
			compare(report, entry, first->text, first->path);
		else if (is_for(entry->text, entry->uname))
			first = entry;
	}
	free(own);
}
