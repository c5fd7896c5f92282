/* SPDX-License-Identifier: GPL-2.0-only */
/* What the hosts can digest that packages are made for. */
#ifndef XS_BASE_PROFILE_H
#define XS_BASE_PROFILE_H

#include <stdbool.h>

struct profile {
	const char *name;	     /* as in --profile and the packages' PROFILE */
	const char *rpm;	     /* the rpm there, for people */
	bool all_features;	     /* whatever rpm of today can do */
	const char *const *features; /* else the rpmlib() features that rpm has; NULL at the end */
	bool symbol_provides;	     /* its kernel packages provide kernel(symbol) = crc */
	bool uname_provides;	     /* module packages ask for kernel-uname-r = <uname>, which its kernels provide */
};

/* The profile called NAME, or NULL. */
const struct profile *profile_find(const char *name);

/* Whether the profile's rpm has FEATURE, e.g. "PayloadIsZstd". */
bool profile_has(const struct profile *profile, const char *feature);

#endif
