/* SPDX-License-Identifier: GPL-2.0-only */
/* The command line that 'xs-ddk import' and 'xs-ddk init' share. */
#ifndef XS_XS_DDK_IMPORT_ARGUMENTS_H
#define XS_XS_DDK_IMPORT_ARGUMENTS_H

#include <stdbool.h>

#include "kit/packaging.h"

/*
 * The arguments the commands share: "--output DIR", and NAME=VALUE from the WANTED-th argument on; those before are
 * left in argv[optind]. False, with a complaint, if they are wrong; *HELP is set if help was asked for.
 */
bool import_arguments(struct packaging *directory, int argc, char **argv, int wanted, bool *help);

#endif
