/* SPDX-License-Identifier: GPL-2.0-only */
/* The parts of "xs-driver check", each in a file check_<part>.c. */
#ifndef XS_XS_DRIVER_CHECK_H
#define XS_XS_DRIVER_CHECK_H

#include <jansson.h>

#include "xs-driver/commands.h"

/* Adds an object {problem, subject, what, hint} to the array FINDINGS. */
void check_add(json_t *findings, const char *problem, const char *subject, const char *what, const char *hint);

/* Whether the user asked for the driver: by its name, by the name of a module, or with no name. */
bool check_is_wanted(const struct options *options, const struct hierarchy *hierarchy, const struct driver *driver);

/* Finds modules for which the kernel would load another file than the rule in rpm/README.md says. */
void check_loads(json_t *findings, struct host *host, const struct hierarchy *hierarchy, const struct options *options);

#endif
