/* SPDX-License-Identifier: GPL-2.0-only */
/* What a driver's folder is made from: a dkms.conf, an older kit's Makefile, and the sources themselves. */
#ifndef XS_IMPORT_H
#define XS_IMPORT_H

#include <stdbool.h>

#include "base/die.h"
#include "kit/packaging.h"

/*
 * Each takes what the file TEXT, called PATH in complaints, says into FOLDER; what was said before stays. False, with
 * a complaint, if the file does what cannot be understood without executing it.
 */
bool import_dkms(struct kit_folder *folder, const char *path, const char *text);
bool import_makefile(struct kit_folder *folder, const char *path, const char *text);

/* Whether the sources are a driver's, or MAKE was given; false with a complaint. To be asked first. */
bool import_is_driver(const struct kit_folder *folder);

/* Asks for what is missing, or writes the folder; frees it. */
enum status import_finish(struct kit_folder *folder);

/*
 * The arguments the commands share: "--output DIR", and NAME=VALUE from the WANTED-th argument on; those before are
 * left in argv[optind]. False, with a complaint, if they are wrong; *HELP is set if help was asked for.
 */
bool import_arguments(struct kit_folder *folder, int argc, char **argv, int wanted, bool *help);

#endif
