/* SPDX-License-Identifier: GPL-2.0-only */
/* The checks behind the rules: each looks at one thing and adds what it finds to a report. */
#ifndef XS_CHECK_H
#define XS_CHECK_H

#include "module.h"
#include "note.h"
#include "place.h"
#include "report.h"

/* What a file is expected to be; NULL where anything is right. Safe, legal names. */
struct expected {
	const char *version;
	const char *uname;
};

/* The record itself: rules note-*, but for those on the section's header. PATH is as in report_add(). */
void check_note(struct report *report, const char *path, const struct note_reading *note);

/* The file as an ELF module, and the header of the record's section. False: nothing more can be said of it. */
bool check_module(struct report *report, const char *path, const struct module *module);

/* The record's version against what is expected: rule path-version. */
void check_version(struct report *report, const char *path, const struct note_reading *note, const char *expected);

/* The vermagic's kernel against what is expected: rule path-kernel. */
void check_kernel(struct report *report, const char *path, const struct module *module, const char *expected);

/* The file's name in PATH against the module's name: rule path-name. */
void check_file_name(struct report *report, const char *path, const struct module *module);

#endif
