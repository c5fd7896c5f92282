// SPDX-License-Identifier: GPL-2.0-only
/* The lower module: a device that can be held open, and a symbol. */
#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/module.h>

int xs_base_answer(void);
int xs_base_answer(void)
{
	return 42;
}
EXPORT_SYMBOL_GPL(xs_base_answer);

static int size;
module_param(size, int, 0444);

/* The kernel counts whoever has it open, by the owner. */
static const struct file_operations xs_base_fops = {
	.owner = THIS_MODULE,
};

static struct miscdevice xs_base_device = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "xsbase",
	.fops = &xs_base_fops,
};
module_misc_device(xs_base_device);

MODULE_DESCRIPTION("Test of swapping a driver: the lower module");
MODULE_LICENSE("GPL");
