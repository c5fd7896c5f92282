/* SPDX-License-Identifier: GPL-2.0-only */
/* Packages whose installation was interrupted. Their scriptlets leave files; rpm/scriptlet.sh describes the format. */
#ifndef XS_XS_DRIVER_UNFINISHED_H
#define XS_XS_DRIVER_UNFINISHED_H

#include "xs-driver/commands.h"

/* The file /lib/modules/.xs-install:UNAME:DRIVER:VERSION: its name and its line. */
struct unfinished {
	char uname[UNAME_MAX + 1];
	char driver[XENSERVER_VERSION_MAX + 1], version[XENSERVER_VERSION_MAX + 1];
	bool is_unpacked; /* all files of the package are installed */
	bool is_first;	  /* the package was about to select its version */
	char *package;	  /* name of the package; safe text */
};

/* Reads all such files into *LIST. Returns their number. The caller calls unfinished_free(). */
size_t unfinished_read(const struct root *root, struct unfinished **list);
void unfinished_free(struct unfinished *list, size_t count);

/* The path of the file below the root. Memory to free. */
char *unfinished_path(const struct unfinished *unfinished);

/*
 * Removes the files for a driver and a kernel: their installation is finished, or the user has changed the selection.
 * Returns false, with a message, on an error.
 */
bool unfinished_forget(const struct root *root, const char *uname, const char *driver);

/*
 * Finishes the work of the scriptlets for each package whose files are all installed. Removes temporary files. Returns
 * false, with messages, if some work is left.
 */
bool unfinished_finish(struct host *host, const struct options *options, const struct transaction *transaction);

#endif
