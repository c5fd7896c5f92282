/* SPDX-License-Identifier: GPL-2.0-only */
/* The parts of "xs-driver check", each in a file check_<part>.c. */
#ifndef XS_XS_DRIVER_CHECK_H
#define XS_XS_DRIVER_CHECK_H

#include <jansson.h>

#include "xs-driver/commands.h"

/*
 * Adds an object {severity, problem, subject, what, hint} to the array FINDINGS. A notice does not make the host
 * unsound, unless the user gives --strict.
 */
void check_add(json_t *findings, const char *problem, const char *subject, const char *what, const char *hint);
void check_add_notice(json_t *findings, const char *problem, const char *subject, const char *what, const char *hint);

/* Prints the findings as text. Makes their strings safe. */
void check_print(json_t *findings);

/* Whether the user asked for the driver: by its name, by the name of a module, or with no name. */
bool check_is_wanted(const struct options *options, const struct hierarchy *hierarchy, const struct driver *driver);

/* Finds modules for which the kernel would load another file than the rule in rpm/README.md says. */
void check_loads(json_t *findings, struct host *host, const struct hierarchy *hierarchy, const struct options *options);

/*
 * Compares the installed kernels. Adds findings "kernel" for drivers of which another version, or none, is selected for
 * another kernel than the running one. Adds findings "initrd" for drivers of which an initrd holds another version. The
 * kernel that boots next comes first.
 */
void check_kernels(json_t *findings, const struct host *host, const struct kernels *kernels,
		   const struct options *options);

#endif
