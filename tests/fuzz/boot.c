// SPDX-License-Identifier: GPL-2.0-only
// Fuzzes what is read of a host's next boot: the boot loader's configuration, and the initrds of all kernels.
#include "fuzz.h"

#include "base/directory.h"
#include "boot/initrd_read.h"
#include "boot/next_kernel.h"
#include "host/hierarchy_read.h"
#include "tree.h"

static void read_initrd(const struct root *root, const char *uname)
{
	struct hierarchy hierarchy;
	struct initrd initrd;

	if (hierarchy_read(&hierarchy, root, uname) == 0) {
		initrd_read(&initrd, root, &hierarchy);
		for (size_t i = 0; i < hierarchy.driver_count; i++) {
			const char *version = initrd_version(&initrd, &hierarchy.drivers[i]);

			if (version && *version && !name_is_legal(version))
				abort();
		}
		initrd_free(&initrd);
	}
	hierarchy_free(&hierarchy);
}

/* A root. */
static void fuzz_one(const uint8_t *data, size_t len)
{
	char next[UNAME_MAX + 1], **kernels;
	struct root root;

	tree_make(data, len);
	if (root_open(&root, tree_path) != 0)
		abort();
	if (boot_next_kernel(&root, next) && (!name_is_uname(next) || !boot_has_kernel(&root, next)))
		abort();
	kernels = hierarchy_kernels(&root);
	for (size_t i = 0; kernels && kernels[i]; i++)
		read_initrd(&root, kernels[i]);
	directory_names_free(kernels);
	root_close(&root);
	tree_end();
}
