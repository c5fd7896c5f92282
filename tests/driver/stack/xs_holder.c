// SPDX-License-Identifier: GPL-2.0-only
/* Somebody else's module, which uses the driver. */
#include <linux/module.h>

int xs_base_answer(void);

static int __init xs_holder_init(void)
{
	return xs_base_answer() == 42 ? 0 : -EINVAL;
}
module_init(xs_holder_init);

static void __exit xs_holder_exit(void)
{
}
module_exit(xs_holder_exit);

MODULE_DESCRIPTION("Test of swapping a driver: a user that is not of it");
MODULE_LICENSE("GPL");
