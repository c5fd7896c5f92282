// SPDX-License-Identifier: GPL-2.0-only
// A module without devices, whose file has a '-' where its name has a '_'.
#include <linux/module.h>

#ifndef PAIR_VERSION
#define PAIR_VERSION "none"
#endif

int pair_answer(void);

int pair_answer(void)
{
	return 42;
}
EXPORT_SYMBOL_GPL(pair_answer);

MODULE_DESCRIPTION("One of a pair of modules");
MODULE_VERSION(PAIR_VERSION);
MODULE_LICENSE("GPL");
