// SPDX-License-Identifier: GPL-2.0-only
// Fuzzes verify: directories, packages, images and modules, with all checks there are.
#include "base/profile.h"
#include "elf/signature.h"
#include "elf/symvers.h"
#include "file.h"
#include "judge.h"
#include "mutate.h"
#include "package/openpgp.h"
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

	policy->certificates = certificates_read(path);
	close(fd);
	fd = file_make(symbols, strlen(symbols), path);
	symvers_read(&policy->symvers, path);
	close(fd);
	policy->profile = profile_find("xs8");
	openpgp_keys_add(&policy->package_keys, public_key, strlen(public_key));
	if (!policy->package_keys || !policy->certificates || !policy->symvers || !policy->profile)
		abort();
}

/* A tree that is judged as a root; whatever else is a file. */
static void fuzz_one(const uint8_t *data, size_t len)
{
	static struct policy policy;
	struct policy rooted;

	if (!policy.symvers)
		make_policy(&policy);
	rooted = policy;
	rooted.sysroot = tree_path;
	if (tree_is(data, len)) {
		tree_make(data, len);
		judge(tree_path, &rooted);
	} else {
		judge((char *)(uintptr_t)tree_make_file(data, len), &policy);
	}
	tree_end();
}
