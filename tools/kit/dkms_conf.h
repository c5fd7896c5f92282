/* SPDX-License-Identifier: GPL-2.0-only */
/* Reads a dkms.conf, which is a shell script, without executing it. */
#ifndef XS_KIT_DKMS_CONF_H
#define XS_KIT_DKMS_CONF_H

#include <stdbool.h>
#include <stddef.h>

/* A variable with its value at the end of the script. */
struct dkms_variable {
	char *name;    /* "MAKE[0]"; a name without an index has the index 0 */
	char *value;   /* as the shell sets it, but with the placeholders below */
	char *unknown; /* why the value is unknown without executing the script: a clause; NULL: it is known */
	unsigned int line;
};

/*
 * Placeholders for variables that dkms sets before it reads the file. xs-kbuild replaces the first two. DKMS_TREE is
 * the directory of build trees of dkms.
 */
#define DKMS_KERNEL "{uname}"
#define DKMS_KDIR   "{kdir}"
#define DKMS_TREE   "\001"

/*
 * Limits for a file of LEN bytes: all values together have at most DKMS_VALUE_BYTES + DKMS_GROWTH * LEN bytes, and
 * there are at most DKMS_VARIABLES variables. Values and variables over a limit are unknown.
 */
#define DKMS_VALUE_BYTES 65536
#define DKMS_GROWTH	 16
#define DKMS_VARIABLES	 1024

/* It starts as {0}. */
struct dkms_conf {
	struct dkms_variable *variables;
	size_t count;
	size_t value_bytes;	      /* how many more bytes the values may take */
	bool has_functions;	      /* the file defines functions: a command may call one of them */
	struct dkms_variable missing; /* stands for variables that are not set; unknown: a command may set them */
};

/*
 * Reads TEXT: comments, and assignments with words, quotes and variables. Other commands are not executed. The
 * variables that such a command assigns become unknown, also those between "if" and "fi" etc. If a command may set any
 * variable, as "source" does, all variables become unknown.
 */
void dkms_conf_read(struct dkms_conf *conf, const char *text);
void dkms_conf_free(struct dkms_conf *conf);

/*
 * The variable NAME, e.g. "PACKAGE_NAME" or "MAKE[0]". NULL if the file does not set it. conf->missing if a command may
 * set it.
 */
const struct dkms_variable *dkms_conf_find(const struct dkms_conf *conf, const char *name);

#endif
