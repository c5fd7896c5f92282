/* SPDX-License-Identifier: GPL-2.0-only */
/* The command line that 'xs-ddk import' and 'xs-ddk init' share. */
#ifndef XS_XS_DDK_IMPORT_ARGUMENTS_H
#define XS_XS_DDK_IMPORT_ARGUMENTS_H

#include <stdbool.h>

#include "kit/packaging.h"

/*
 * Reads "--output DIR", and NAME=VALUE arguments after the first WANTED arguments. These first arguments begin at
 * argv[optind]. False, after a message, if the command line is wrong. *HELP is set if help was requested.
 */
bool import_arguments(struct packaging *directory, int argc, char **argv, int wanted, bool *help);

#endif
