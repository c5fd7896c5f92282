/* SPDX-License-Identifier: GPL-2.0-only */
/* Reading a dkms.conf, which is a shell script, without executing any of it. */
#ifndef XS_KIT_DKMS_CONF_H
#define XS_KIT_DKMS_CONF_H

#include <stdbool.h>
#include <stddef.h>

/* One variable as the script leaves it. */
struct dkms_variable {
	char *name;    /* "MAKE[0]"; a name without an index is that of index 0 */
	char *value;   /* as for the shell, but for DKMS_* below */
	char *unknown; /* why the value cannot be known without executing the script, as a clause; NULL: it is known */
	unsigned int line;
};

/* What dkms sets before it reads the file, in values: two that xs-kbuild replaces, and its directory of build trees. */
#define DKMS_KERNEL "{uname}"
#define DKMS_KDIR   "{kdir}"
#define DKMS_TREE   "\001"

/* Starts as {0}. */
struct dkms_conf {
	struct dkms_variable *variables;
	size_t count, room;
	char *command; /* the first line that is no assignment and no comment, safe text; NULL: there is none */
	unsigned int command_line;
};

/*
 * Reads TEXT: comments and assignments of words, quotes and variables. What is between "if" and "fi" and the like is
 * not followed: variables that are set there become unknown.
 */
void dkms_conf_read(struct dkms_conf *conf, const char *text);
void dkms_conf_free(struct dkms_conf *conf);

/* The variable NAME, e.g. "PACKAGE_NAME" or "MAKE[0]", or NULL. */
const struct dkms_variable *dkms_conf_find(const struct dkms_conf *conf, const char *name);

#endif
