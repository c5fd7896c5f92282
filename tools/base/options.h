/* SPDX-License-Identifier: GPL-2.0-only */
/* Options that several commands have. */
#ifndef XS_BASE_OPTIONS_H
#define XS_BASE_OPTIONS_H

/* Values for getopt_long() of the long options without a letter. A command's own options start at OPTION_OWN. */
enum {
	OPTION_HELP = 256,
	OPTION_JSON,
	OPTION_FORMAT,
	OPTION_LOADED,
	OPTION_SYSROOT,
	OPTION_OWN,
};

#endif
