/* SPDX-License-Identifier: GPL-2.0-only */
/* What a module or a package is, for people and programs: the objects of 'xs-ddk show --json'. */
#ifndef XS_XS_DDK_DESCRIBE_H
#define XS_XS_DDK_DESCRIBE_H

#include "base/json.h"
#include "host/loaded.h"
#include "package/input.h"

/* A module as it was read from the input. All strings in the object are safe text; the caller owns it. */
json_t *describe_module(const struct input *input, const struct module *module);

/* A loaded module, of which the kernel UNAME (NULL: unknown) shows the name and the record. */
json_t *describe_loaded(const struct loaded *loaded, const char *uname);

/* A package by its headers. */
json_t *describe_package(const struct input *input);

#endif
