/* SPDX-License-Identifier: GPL-2.0-only */
/* Describes a module or a package: the JSON objects of 'xs-ddk show --json'. */
#ifndef XS_XS_DDK_DESCRIBE_H
#define XS_XS_DDK_DESCRIBE_H

#include "base/json.h"
#include "host/loaded.h"
#include "package/input.h"
#include "package/rpm_signature.h"

/* A module that was read from INPUT. All strings are safe text. The caller owns the object, here and below. */
json_t *describe_module(const struct input *input, const struct module *module);

/* A loaded module: its name and its record. UNAME is the running kernel, or NULL if unknown. */
json_t *describe_loaded(const struct loaded *loaded, const char *uname);

/* A package, from its headers in input->rpm. */
json_t *describe_package(const struct input *input);

/* Adds the signatures to such an object, after the whole package was read. They are checked with KEYS, if not NULL. */
void describe_signatures(json_t *package, const struct rpm_signatures *signatures, const struct openpgp_keys *keys);

#endif
