/* SPDX-License-Identifier: GPL-2.0-only */
/* The parts of packaging_write(). Only the files packaging_*.c include this header. */
#ifndef XS_KIT_PACKAGING_PARTS_H
#define XS_KIT_PACKAGING_PARTS_H

#include "kit/packaging.h"

/*
 * BASE is the directory in which files are made, WAY the relative path from the finished directory to the sources, and
 * KIT the directory of the kit. Texts are in memory to free. False or NULL means a failure, after a message, unless it
 * says otherwise.
 */

/* packaging_files.c. packaging_trouble() prints PATH with the text of errno, and returns false. */
bool packaging_trouble(const char *path);
char *packaging_read_text(const char *path, size_t max, size_t *len);

/* Writes the new file NAME, which is on the disk then. Takes over TEXT; false if it is NULL. */
bool packaging_write_text(const char *base, const char *name, char *text);

/* Copies udev rules, manuals and firmware of the sources to the directory "data". Files that are there stay. */
bool packaging_write_data(const struct packaging *directory, const char *base);

/* packaging_text.c. Whether the sources have files for a data package. */
bool packaging_has_data(const struct packaging *directory);
char *packaging_makefile_text(const struct packaging *directory, const char *way, const char *kit);

/* The spec file NAME of the kit, with LICENSE, the build command and the modules of this driver. */
char *packaging_spec_text(const struct packaging *directory, const char *kit, const char *name, const char *license);

/*
 * packaging_version.c. Adds the version to the directory OUTPUT: to the line VERSIONS of its Makefile, whose text is
 * TEXT, with a line SRCDIR of its own.
 */
bool packaging_add_version(const struct packaging *directory, const char *output, const char *way, const char *kit,
			   const char *text);

#endif
