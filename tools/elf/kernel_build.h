/* SPDX-License-Identifier: GPL-2.0-only */
/* What a kernel's build directory says of modules: its configuration, and the keys that it trusts. */
#ifndef XS_ELF_KERNEL_BUILD_H
#define XS_ELF_KERNEL_BUILD_H

#include <stdbool.h>
#include <stddef.h>

#include "base/name.h"
#include "elf/signature.h"

/* A kernel's own key, and the keys of CONFIG_SYSTEM_TRUSTED_KEYS. */
#define KERNEL_CERTIFICATES_MAX 2

struct kernel_build {
	char uname[UNAME_MAX + 1];
	char *compiler;		   /* CONFIG_CC_VERSION_TEXT, or NULL: kernels since 5.8 have it */
	const char *same_compiler; /* the option because of which modules need this compiler's exact version, or NULL */
	const char *same_family;   /* the option because of which modules need gcc or clang, as the kernel, or NULL */
	bool checks_signatures;	   /* CONFIG_MODULE_SIG */
	bool needs_signatures;	   /* CONFIG_MODULE_SIG_FORCE: it loads only modules whose signatures it can check */
	bool takes_keys;	   /* it also trusts keys that are added when it runs */
	bool sha1, sha256, sha512; /* the digests that it has; sha256 is for SHA-224 too, sha512 for SHA-384 */
	struct certificates *certificates[KERNEL_CERTIFICATES_MAX]; /* those that are in the directory */
	size_t certificate_count;
};

/* A list of build directories. It starts as {0}. kernel_builds_free() frees it. */
struct kernel_builds {
	struct kernel_build *all;
	size_t count;
};

/*
 * Reads the build directory, or the headers, of a kernel at PATH: the uname, the configuration, and the certificates in
 * certs/. On an error, prints a message and returns false.
 */
bool kernel_builds_read(struct kernel_builds *builds, const char *path);
void kernel_builds_free(struct kernel_builds *builds);

/* The kernel UNAME, or NULL. */
const struct kernel_build *kernel_builds_find(const struct kernel_builds *builds, const char *uname);

#endif
