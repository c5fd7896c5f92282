// SPDX-License-Identifier: GPL-2.0-only
// Profiles: which features a package may use on the hosts for which it is made.
#include "base/profile.h"

#include <stddef.h>
#include <string.h>

#include "base/die.h"

/* The rpmlib() features of rpm 4.11 and 4.16, from the table in rpm's lib/rpmds.c. */
#define FEATURES_OF_4_11                                                                                               \
	"VersionedDependencies", "CompressedFileNames", "PayloadIsBzip2", "PayloadIsXz", "PayloadIsLzma",              \
		"PayloadFilesHavePrefix", "ExplicitPackageProvide", "HeaderLoadSortsTags", "ScriptletInterpreterArgs", \
		"PartialHardlinkSets", "ConcurrentAccess", "BuiltinLuaScripts", "FileDigests", "FileCaps",             \
		"ScriptletExpansion", "TildeInVersions"

static const char *const features_of_4_11[] = {FEATURES_OF_4_11, NULL};

static const char *const features_of_4_16[] = {
	FEATURES_OF_4_11,  "LargeFiles", "RichDependencies", "PayloadIsZstd", "DynamicBuildRequires",
	"CaretInVersions", NULL};

/* Packages of XenServer and of XCP-ng. */
static const char *const xenserver[] = {"xenserver-", "xcp-", "xapi", "xen-", "xenopsd", NULL};

/* What each host with an rpm has. */
static const char *const base_packages[] = {
	"bash",
	"coreutils",
	"cpio",
	"dracut",
	"filesystem",
	"findutils",
	"gawk",
	"glibc",
	"grep",
	"gzip",
	"kernel",
	"kernel-core",
	"kernel-modules",
	"kernel-uname-r",
	"kernel-xen",
	"kmod",
	"linux-firmware",
	"module-init-tools",
	"rpm",
	"sed",
	"shadow-utils",
	"systemd",
	"systemd-udev",
	"tar",
	"udev",
	"util-linux",
	"xz",
};

/* How other names begin that each host provides: programs, the kernel's symbols, the C library, what rpm itself reads.
 */
static const char *const base_prefixes[] = {
	"/bin/",     "/sbin/",	  "/usr/bin/", "/usr/sbin/", "/etc/",	 "/lib/",
	"/usr/lib/", "kernel(",	  "ksym(",     "libc.so.",   "libm.so.", "libpthread.so.",
	"libdl.so.", "librt.so.", "ld-linux",  "rtld(",	     "rpmlib(",
};

static bool begins_with_one(const char *name, const char *const *prefixes, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (strncmp(name, prefixes[i], strlen(prefixes[i])) == 0)
			return true;
	return false;
}

static const struct profile profiles[] = {
	{.name = "generic", .rpm = "rpm", .all_features = true, .symbol_provides = true},
	{.name = "xs8", .rpm = "rpm 4.11", .features = features_of_4_11, .products = xenserver},
	{.name = "xs9", .rpm = "rpm 4.16", .features = features_of_4_16, .uname_provides = true, .products = xenserver},
	{.name = "el9",
	 .rpm = "rpm 4.16",
	 .features = features_of_4_16,
	 .symbol_provides = true,
	 .uname_provides = true},
};

const struct profile *profile_find(const char *name)
{
	for (size_t i = 0; i < sizeof(profiles) / sizeof(profiles[0]); i++)
		if (strcmp(profiles[i].name, name) == 0)
			return &profiles[i];
	complain("unknown profile '%s'; the profiles are generic, xs8, xs9 and el9", name);
	return NULL;
}

bool profile_has(const struct profile *profile, const char *feature)
{
	if (profile->all_features)
		return true;
	for (const char *const *at = profile->features; *at; at++)
		if (strcmp(*at, feature) == 0)
			return true;
	return false;
}

bool profile_provides(const struct profile *profile, const char *name)
{
	size_t products = 0;

	for (size_t i = 0; i < sizeof(base_packages) / sizeof(base_packages[0]); i++)
		if (strcmp(base_packages[i], name) == 0)
			return true;
	while (profile && profile->products && profile->products[products])
		products++;
	return begins_with_one(name, base_prefixes, sizeof(base_prefixes) / sizeof(base_prefixes[0])) ||
	       (products && begins_with_one(name, profile->products, products));
}
