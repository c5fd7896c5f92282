/* SPDX-License-Identifier: GPL-2.0-only */
/* Profiles: which features a package may use on the hosts for which it is made. */
#ifndef XS_BASE_PROFILE_H
#define XS_BASE_PROFILE_H

#include <stdbool.h>

struct profile {
	const char *name;	     /* as in the option --profile and the variable PROFILE of driver.mk */
	const char *rpm;	     /* rpm and its version, for messages */
	bool all_features;	     /* every rpmlib() feature is allowed */
	const char *const *features; /* without all_features: the rpmlib() features of this rpm; ends in NULL */
	bool symbol_provides;	     /* the kernel packages provide kernel(symbol) = crc */
	bool uname_provides;	     /* the kernels provide kernel-uname-r = <uname>, and module packages require it */
	const char *const *products; /* how the names of the product's own packages begin; ends in NULL */
};

/*
 * Whether hosts have what a package requires as NAME: programs, packages of the base system, the kernel, and what the
 * product of the profile has. PROFILE may be NULL: any host.
 */
bool profile_provides(const struct profile *profile, const char *name);

/* The profile called NAME. If there is none, prints a message and returns NULL. */
const struct profile *profile_find(const char *name);

/* Whether the profile's rpm has FEATURE, e.g. "PayloadIsZstd". */
bool profile_has(const struct profile *profile, const char *feature);

#endif
