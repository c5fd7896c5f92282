// SPDX-License-Identifier: GPL-2.0-only
// A module that needs another one of its driver.
#include <linux/module.h>

int pair_answer(void);

static int __init pair_b_init(void)
{
	return pair_answer() == 42 ? 0 : -EINVAL;
}
module_init(pair_b_init);

static void __exit pair_b_exit(void)
{
}
module_exit(pair_b_exit);

MODULE_DESCRIPTION("The other of a pair of modules");
MODULE_LICENSE("GPL");
