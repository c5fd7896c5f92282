/* SPDX-License-Identifier: GPL-2.0-only */
/* Packages whose installation was interrupted. rpm/scriptlet.sh tells of the files that their scriptlets leave. */
#ifndef XS_XS_DRIVER_UNFINISHED_H
#define XS_XS_DRIVER_UNFINISHED_H

#include "xs-driver/commands.h"

/* What /lib/modules/.xs-install:UNAME:DRIVER:VERSION says. */
struct unfinished {
	char uname[UNAME_MAX + 1];
	char driver[XENSERVER_VERSION_MAX + 1], version[XENSERVER_VERSION_MAX + 1];
	bool is_unpacked; /* all files of the package are there */
	bool is_first;	  /* the package was to select its version */
	char *package;	  /* its name; safe to print */
};

/* All there are; gives their number. unfinished_free() is due. */
size_t unfinished_read(const struct root *root, struct unfinished **list);
void unfinished_free(struct unfinished *list, size_t count);

/* The file's path below the root; memory to free. */
char *unfinished_path(const struct unfinished *unfinished);

/* Removes the files of a driver, because somebody has chosen what is selected; false with a message. */
bool unfinished_forget(const struct root *root, const char *uname, const char *driver);

/*
 * Does what the scriptlets were about to do, where all files are there, and removes temporary files. False, with
 * messages, when something is left to do.
 */
bool unfinished_finish(struct host *host, const struct options *options, const struct transaction *transaction);

#endif
