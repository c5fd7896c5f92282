// SPDX-License-Identifier: GPL-2.0-only
// Packages whose installation was interrupted. A scriptlet makes a file in /lib/modules, and removes it at its end.
#include "xs-driver/unfinished.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/array.h"
#include "base/directory.h"
#include "base/text.h"
#include "change/depmod.h"
#include "change/select.h"
#include "host/hierarchy_read.h"

#define PREFIX	   ".xs-install:"
#define LINE_LIMIT 4096

/*
 * Copies the text at *AT, up to the next ':' or the end, and moves *AT behind it. Returns false if IS_LEGAL does not
 * accept the text.
 */
static bool take(const char **at, char *out, size_t size, bool (*is_legal)(const char *))
{
	size_t len = strcspn(*at, ":");

	if (len >= size)
		return false;
	memcpy(out, *at, len);
	out[len] = '\0';
	*at += len + ((*at)[len] == ':');
	return is_legal(out);
}

char *unfinished_path(const struct unfinished *u)
{
	return text_format("/lib/modules/" PREFIX "%s:%s:%s", u->uname, u->driver, u->version);
}

/* Reads the line of the file: the stage ("unpacking" or "post"), the choice ("first" or "later"), and the package. */
static void read_line(struct unfinished *u, const struct root *root)
{
	char *path = unfinished_path(u), *text = root_read(root, path, LINE_LIMIT, NULL);
	char stage[16] = "", choice[16] = "", package[256] = "";

	if (text)
		sscanf(text, "%15s %15s %255s", stage, choice, package);
	u->is_unpacked = strcmp(stage, "post") == 0;
	u->is_first = strcmp(choice, "first") == 0;
	u->package = text_safe(package);
	free(text);
	free(path);
}

size_t unfinished_read(const struct root *root, struct unfinished **list)
{
	int fd = root_openat(root, "/lib/modules", O_RDONLY | O_DIRECTORY, 0);
	char **names = fd < 0 ? NULL : directory_names(fd);
	size_t count = 0;

	*list = NULL;
	for (size_t i = 0; names && names[i]; i++) {
		const char *at = names[i] + strlen(PREFIX);
		struct unfinished u;

		if (strncmp(names[i], PREFIX, strlen(PREFIX)) != 0 ||
		    !take(&at, u.uname, sizeof(u.uname), name_is_uname) ||
		    !take(&at, u.driver, sizeof(u.driver), name_is_legal) ||
		    !take(&at, u.version, sizeof(u.version), name_is_legal) || *at)
			continue;
		read_line(&u, root);
		*list = array_grown(*list, count, sizeof(**list));
		(*list)[count++] = u;
	}
	directory_names_free(names);
	return count;
}

void unfinished_free(struct unfinished *list, size_t count)
{
	for (size_t i = 0; i < count; i++)
		free(list[i].package);
	free(list);
}

/* Removes a file below the root. Returns false, with a message, on an error. */
static bool remove_file(const struct root *root, const char *path)
{
	const char *base;
	int dir = root_open_parent(root, path, &base);
	bool good = dir >= 0 && (unlinkat(dir, base, 0) == 0 || errno == ENOENT) && fsync(dir) == 0;

	if (!good)
		complain("%s: %s", path, strerror(errno));
	if (dir >= 0)
		close(dir);
	return good;
}

bool unfinished_forget(const struct root *root, const char *uname, const char *driver)
{
	struct unfinished *list;
	size_t count = unfinished_read(root, &list);
	bool good = true;

	for (size_t i = 0; i < count; i++)
		if (strcmp(list[i].uname, uname) == 0 && strcmp(list[i].driver, driver) == 0) {
			char *path = unfinished_path(&list[i]);

			good = remove_file(root, path) && good;
			free(path);
		}
	unfinished_free(list, count);
	return good;
}

/* Selects the version, if the package was about to do so and no version is selected. Else runs depmod. */
static bool select_first(struct host *host, const struct options *options, const struct transaction *transaction,
			 const struct unfinished *u, const struct hierarchy *hierarchy)
{
	struct changeset changes = {.command = text_format("select %s %s", u->driver, u->version),
				    .initrd = !options->no_initrd};
	const struct driver *driver = hierarchy_driver(hierarchy, u->driver);
	const struct driver_version *version = driver ? driver_find_version(driver, u->version) : NULL;
	bool good = true;

	if (u->is_first && version && driver->selection == SELECTION_NONE)
		good = select_plan(&changes, host, hierarchy, driver, version, options->layout) &&
		       transaction_run(transaction, &changes);
	else
		good = depmod_run(&host->root, u->uname, transaction->lock);
	changeset_free(&changes);
	return good;
}

static bool finish(struct host *host, const struct options *options, const struct transaction *transaction,
		   const struct unfinished *u)
{
	struct hierarchy hierarchy;
	bool good;

	if (!u->is_unpacked) {
		complain("the installation of %s %s for kernel %s was interrupted before all its files were there; run "
			 "'rpm -U --replacepkgs' with the package %s",
			 u->driver, u->version, u->uname, u->package);
		return false;
	}
	good = hierarchy_read(&hierarchy, &host->root, u->uname) == 0;
	if (!good)
		complain("/lib/modules/%s: %s", u->uname, strerror(errno));
	good = good && select_first(host, options, transaction, u, &hierarchy) &&
	       unfinished_forget(&host->root, u->uname, u->driver);
	hierarchy_free(&hierarchy);
	if (good)
		complain("the installation of %s %s for kernel %s had been interrupted; it is finished now", u->driver,
			 u->version, u->uname);
	return good;
}

static bool remove_leftovers(const struct host *host, const char *uname)
{
	struct hierarchy hierarchy;
	bool good = hierarchy_read(&hierarchy, &host->root, uname) == 0;

	for (size_t i = 0; good && i < hierarchy.fault_count; i++)
		if (hierarchy.faults[i].kind == FAULT_LEFTOVER) {
			char *path = text_format("/lib/modules/%s/%s", uname, hierarchy.faults[i].path);

			good = remove_file(&host->root, path);
			free(path);
		}
	hierarchy_free(&hierarchy);
	return good;
}

bool unfinished_finish(struct host *host, const struct options *options, const struct transaction *transaction)
{
	struct unfinished *list;
	size_t count = unfinished_read(&host->root, &list);
	char **kernels = hierarchy_kernels(&host->root);
	bool good = true;

	for (size_t i = 0; kernels && kernels[i]; i++)
		good = remove_leftovers(host, kernels[i]) && good;
	for (size_t i = 0; i < count; i++)
		good = finish(host, options, transaction, &list[i]) && good;
	directory_names_free(kernels);
	unfinished_free(list, count);
	return good;
}
