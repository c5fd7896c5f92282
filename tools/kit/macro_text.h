/* SPDX-License-Identifier: GPL-2.0-only */
/* The texts of MODULE_VERSION and the like in C sources, also where they are behind a #define. */
#ifndef XS_KIT_MACRO_TEXT_H
#define XS_KIT_MACRO_TEXT_H

#include <stddef.h>

struct strings;

/* A use of a macro, e.g. MODULE_VERSION(DRV_VERSION "-k"). */
struct macro_use {
	struct strings *found; /* where its text belongs */
	const char *macro;     /* a static text */
	char *argument, *path;
};

/* "#define NAME VALUE" of a file. */
struct macro_definition {
	char *name, *value, *path;
};

/* The uses and definitions of all files of a source tree. It starts as {0}. */
struct macro_uses {
	struct macro_use *all;
	size_t count;
	struct macro_definition *definitions;
	size_t definition_count;
};

/* A new use, whose strings the caller sets; macro_uses_free() frees them. */
struct macro_use *macro_uses_add(struct macro_uses *uses);

/* Takes the definitions in TEXT, the file PATH, that can be texts: with a string or a name in them, and no arguments.
 */
void macro_uses_define(struct macro_uses *uses, const char *text, const char *path);

/* To be called between the last macro_uses_define() and the first macro_text(). */
void macro_uses_sort(struct macro_uses *uses);

/*
 * The text of a use, in memory to free: strings, and names that are defined as such, one after the other. A definition
 * in the same file counts before those of other files. NULL if a name has no definition, or several different ones.
 */
char *macro_text(const struct macro_uses *uses, const struct macro_use *use);

void macro_uses_free(struct macro_uses *uses);

#endif
