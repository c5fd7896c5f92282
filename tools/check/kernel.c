// SPDX-License-Identifier: GPL-2.0-only
// The rules on what a module's own kernel would do with it, as its build directory tells: kernel-directory,
// kernel-signature, module-compiler.
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "check/check.h"
#include "elf/kernel_build.h"

enum family { FAMILY_UNKNOWN, FAMILY_GCC, FAMILY_CLANG };

static const char *const family_names[] = {"an unknown compiler", "gcc", "clang"};

/* A compiler. The text is in the module or in the configuration; it is cut at LEN. */
struct compiler {
	enum family family;
	const char *version;
	size_t len;
};

/* Reads "gcc-12 (Debian 12.2.0-14) 12.2.0", "GCC: (GNU) 12.2.0" or "Debian clang version 14.0.6 (...)". */
static struct compiler read_compiler(const char *text)
{
	const char *clang = strstr(text, "clang version "), *space = strrchr(text, ' ');
	struct compiler compiler = {FAMILY_UNKNOWN, "", 0};

	if (clang) {
		compiler.family = FAMILY_CLANG;
		compiler.version = clang + strlen("clang version ");
	} else if ((strncmp(text, "GCC: ", 5) == 0 || strstr(text, "gcc")) && space) {
		compiler.family = FAMILY_GCC;
		compiler.version = space + 1;
	}
	compiler.len = strspn(compiler.version, "0123456789.");
	return compiler;
}

/* The section .comment has a text from each compiler that made a part of the module. Returns the first compiler. */
static struct compiler compiler_of(const struct module *module, const void *bytes)
{
	struct compiler none = {FAMILY_UNKNOWN, "", 0};
	const char *text, *end;
	size_t len;

	text = module_section(module, bytes, ".comment", &len);
	for (end = text ? text + len : NULL; text < end; text += strlen(text) + 1) {
		struct compiler compiler;

		/* The last text may lack its NUL. */
		if (!memchr(text, '\0', (size_t)(end - text)))
			break;
		compiler = read_compiler(text);
		if (compiler.family != FAMILY_UNKNOWN)
			return compiler;
	}
	return none;
}

static void report_compiler(struct report *report, const char *path, const struct compiler *own,
			    const struct compiler *expected, const char *option)
{
	report_add(report, RULE_MODULE_COMPILER, path, "it is %s %.*s, and %s %.*s for the kernel, which has %s",
		   family_names[own->family], (int)own->len, own->version, family_names[expected->family],
		   (int)expected->len, expected->version, option);
}

static void check_compiler(struct report *report, const struct kernel_build *build, const struct subject *subject)
{
	struct compiler own, expected;

	if (!build->compiler || !(build->same_compiler || build->same_family))
		return;
	own = compiler_of(subject->module, subject->bytes);
	expected = read_compiler(build->compiler);
	if (own.family == FAMILY_UNKNOWN || expected.family == FAMILY_UNKNOWN)
		return;
	if (own.family != expected.family)
		report_compiler(report, subject->path, &own, &expected,
				build->same_family ? build->same_family : build->same_compiler);
	else if (build->same_compiler &&
		 (own.len != expected.len || strncmp(own.version, expected.version, own.len) != 0))
		report_compiler(report, subject->path, &own, &expected, build->same_compiler);
}

static bool has_digest(const struct kernel_build *build, const char *digest)
{
	if (strcmp(digest, "sha1") == 0)
		return build->sha1;
	if (strcmp(digest, "sha256") == 0 || strcmp(digest, "sha224") == 0)
		return build->sha256;
	if (strcmp(digest, "sha512") == 0 || strcmp(digest, "sha384") == 0)
		return build->sha512;
	/* Other digests are refused by the rule signature-invalid, with a certificate. */
	return true;
}

/* Why no certificate of the kernel is the signer's; NULL if one is, or if that cannot be known. */
static const char *check_key(const struct kernel_build *build, const void *bytes, const struct signature *signature)
{
	const char *why = NULL;

	if (build->takes_keys)
		return NULL;
	for (size_t i = 0; i < build->certificate_count; i++) {
		why = signature_check(build->certificates[i], bytes, signature);
		if (!why)
			return NULL;
	}
	return why;
}

/* Why the kernel does not take the signature, as safe text in memory to free; NULL if it does. */
static char *refusal(const struct kernel_build *build, const struct subject *subject)
{
	struct signature signature;
	struct signer signer;
	const char *why;

	module_signature(subject->module, &signature);
	if (signature.state != SIGNATURE_FOUND)
		return text_format("the module is not signed");
	if (signature_signer((const uint8_t *)subject->bytes + signature.offset, signature.len, &signer) &&
	    !has_digest(build, signer.digest))
		return text_format("the digest of the signature is %s, which the kernel does not have", signer.digest);
	why = check_key(build, subject->bytes, &signature);
	return why ? text_format("the kernel's certificates do not fit: %s", why) : NULL;
}

void check_kernel_build(struct report *report, const struct policy *policy, const struct subject *subject)
{
	char uname[UNAME_MAX + 1], *why;
	const struct kernel_build *build;

	if (!module_kernel(subject->module, uname, sizeof(uname)))
		return;
	build = kernel_builds_find(policy->builds, uname);
	if (!build) {
		report_add(report, RULE_KERNEL_DIRECTORY, subject->path, NULL);
		return;
	}
	check_compiler(report, build, subject);
	if (!build->checks_signatures || !build->needs_signatures)
		return;
	why = refusal(build, subject);
	if (why)
		report_add(report, RULE_KERNEL_SIGNATURE, subject->path, "it has CONFIG_MODULE_SIG_FORCE, and %s", why);
	free(why);
}
