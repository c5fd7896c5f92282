// SPDX-License-Identifier: GPL-2.0-only
// A module of two objects: the half with the entry points.
#include <linux/module.h>

int pair_value(void);

static int __init pair_init(void)
{
	return pair_value();
}
module_init(pair_init);

static void __exit pair_exit(void)
{
}
module_exit(pair_exit);

MODULE_DESCRIPTION("test module of two objects");
MODULE_LICENSE("GPL");
#ifdef NOTE_IN_MAIN
#include "xenserver-note.h"
XENSERVER_NOTE(NOTE_IN_MAIN);
#endif
