/* SPDX-License-Identifier: GPL-2.0-only */
/* Reading a dkms.conf, which is a shell script, without executing any of it. */
#ifndef XS_KIT_DKMS_CONF_H
#define XS_KIT_DKMS_CONF_H

#include <stdbool.h>
#include <stddef.h>

/* One variable as the script leaves it. */
struct dkms_variable {
	char *name;    /* "MAKE[0]"; a name without an index is that of index 0 */
	char *value;   /* as the shell has it, but for the names of dkms below */
	char *unknown; /* why the value cannot be known without executing the script, as a clause; NULL: it is known */
	unsigned int line;
};

/*
 * Variables that dkms sets before it reads the file have these values: xs-kbuild replaces the first two, DKMS_TREE
 * stands for dkms's directory of build trees.
 */
#define DKMS_KERNEL "{uname}"
#define DKMS_KDIR   "{kdir}"
#define DKMS_TREE   "\001"

/*
 * The bounds of reading a file of LEN bytes: all values together have at most DKMS_VALUE_BYTES + DKMS_GROWTH * LEN
 * bytes, and there are at most DKMS_VARIABLES variables. Values and variables beyond them are unknown.
 */
#define DKMS_VALUE_BYTES 65536
#define DKMS_GROWTH	 16
#define DKMS_VARIABLES	 1024

/* Starts as {0}. */
struct dkms_conf {
	struct dkms_variable *variables;
	size_t count, room;
	size_t value_bytes;	      /* how many bytes values may still take */
	bool has_functions;	      /* the file defines functions, so that a command may be one of them */
	struct dkms_variable missing; /* stands for variables that are not set; unknown: a command may have set them */
};

/*
 * Reads TEXT: comments and assignments of words, quotes and variables. No other command is executed. Variables that it
 * assigns to, also those between "if" and "fi" and the like, become unknown; if it is one that may set any
 * variable, as "source" does, all of them become unknown.
 */
void dkms_conf_read(struct dkms_conf *conf, const char *text);
void dkms_conf_free(struct dkms_conf *conf);

/* The variable NAME, e.g. "PACKAGE_NAME" or "MAKE[0]"; NULL if the file does not set it. */
const struct dkms_variable *dkms_conf_find(const struct dkms_conf *conf, const char *name);

#endif
