// SPDX-License-Identifier: GPL-2.0-only
/* The upper module of the driver. */
#include <linux/module.h>

int xs_base_answer(void);

static int __init xs_user_init(void)
{
#ifdef XS_FAILS
	return -EIO;
#endif
	return xs_base_answer() == 42 ? 0 : -EINVAL;
}
module_init(xs_user_init);

static void __exit xs_user_exit(void)
{
}
module_exit(xs_user_exit);

MODULE_DESCRIPTION("Test of swapping a driver: the upper module");
MODULE_LICENSE("GPL");
