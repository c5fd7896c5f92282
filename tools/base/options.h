/* SPDX-License-Identifier: GPL-2.0-only */
/* The options commands share. */
#ifndef XS_BASE_OPTIONS_H
#define XS_BASE_OPTIONS_H

/* Values of struct option for long options without a letter; a command's own begin at OPTION_OWN. */
enum {
	OPTION_HELP = 256,
	OPTION_JSON,
	OPTION_FORMAT,
	OPTION_LOADED,
	OPTION_SYSROOT,
	OPTION_OWN,
};

#endif
