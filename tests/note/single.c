// SPDX-License-Identifier: GPL-2.0-only
// The smallest module: one source file, one object.
#include <linux/module.h>

static int __init single_init(void)
{
	return 0;
}
module_init(single_init);

static void __exit single_exit(void)
{
}
module_exit(single_exit);

MODULE_DESCRIPTION("test module of one object");
MODULE_LICENSE("GPL");
