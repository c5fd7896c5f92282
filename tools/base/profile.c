// SPDX-License-Identifier: GPL-2.0-only
// Profiles: which features a package may use on the hosts for which it is made.
#include "base/profile.h"

#include <stddef.h>
#include <string.h>

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

static const struct profile profiles[] = {
	{.name = "generic", .rpm = "rpm", .all_features = true, .symbol_provides = true},
	{.name = "xs8", .rpm = "rpm 4.11", .features = features_of_4_11},
	{.name = "xs9", .rpm = "rpm 4.16", .features = features_of_4_16, .uname_provides = true},
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
