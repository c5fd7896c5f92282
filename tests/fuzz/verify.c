// SPDX-License-Identifier: GPL-2.0-only
// Fuzzes verify: directories, packages, images and modules, with all checks there are.
#include "base/profile.h"
#include "elf/signature.h"
#include "elf/symvers.h"
#include "file.h"
#include "judge.h"
#include "mutate.h"
#include "package/openpgp.h"
#include "package/rpm_signature.h"
#include "package/walk.h"
#include "tree.h"

static const char certificate[] =
#include "certificate.inc"
	;

/* Of nobody: its private key was deleted. */
static const char public_key[] =
#include "public_key.inc"
	;

static const char symbols[] = "0x12345678\tprintk\tvmlinux\tEXPORT_SYMBOL\t\n"
			      "0x00000001\tregister\tvmlinux\tEXPORT_SYMBOL_GPL\tSPACE\n";

static void make_policy(struct policy *policy)
{
	char path[32];
	int fd = file_make(certificate, strlen(certificate), path);

	certificates_read(&policy->certificates, path);
	close(fd);
	fd = file_make(symbols, strlen(symbols), path);
	symvers_read(&policy->symvers, path);
	close(fd);
	policy->profile = profile_find("xs8");
	openpgp_keys_add(&policy->package_keys, public_key, strlen(public_key));
	if (!policy->package_keys || !policy->certificates || !policy->symvers || !policy->profile)
		abort();
}

static void ask_if_signed(const struct input *input, void *context)
{
	(void)context;
	if (input->kind == INPUT_END && input->signatures)
		rpm_is_signed(input->signatures);
}

/* Judges one file. Of a package, "xs-ddk show" also asks whether it is signed. */
static void judge_file(char *path, const struct policy *policy)
{
	static const struct input_options options = {.jobs = 1};
	char *paths[] = {path, NULL};
	void *contexts[] = {NULL};

	judge(path, policy);
	inputs_each(paths, &options, ask_if_signed, contexts);
}

/*
 * Judges the tree as a root. If it has a file "rpm-key", this file is --rpm-key, and every package must be signed. If
 * the file has no key, the option is as if it was not given.
 */
static void judge_root(struct policy policy)
{
	char path[100];
	struct stat st;
	bool has_keys;

	snprintf(path, sizeof(path), "%s/rpm-key", tree_path);
	has_keys = lstat(path, &st) == 0;
	policy.sysroot = tree_path;
	if (has_keys) {
		policy.require_signature = true;
		policy.package_keys = NULL;
		openpgp_keys_read(&policy.package_keys, path);
	}
	judge(tree_path, &policy);
	if (has_keys)
		openpgp_keys_free(policy.package_keys);
}

/* A tree that is judged as a root; whatever else is a file. */
static void fuzz_one(const uint8_t *data, size_t len)
{
	static struct policy policy;

	if (!policy.symvers)
		make_policy(&policy);
	if (tree_is(data, len)) {
		tree_make(data, len);
		judge_root(policy);
	} else {
		judge_file((char *)(uintptr_t)tree_make_file(data, len), &policy);
	}
	tree_end();
}
