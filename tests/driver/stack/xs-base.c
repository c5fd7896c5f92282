// SPDX-License-Identifier: GPL-2.0-only
/* The lower module: a device that it drives, with a node that can be held open, and a symbol. */
#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/platform_device.h>

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

static void xs_base_deregister(void *node)
{
	misc_deregister(node);
}

static int xs_base_probe(struct platform_device *pdev)
{
	int error;

	xs_base_device.parent = &pdev->dev;
	error = misc_register(&xs_base_device);
	return error ? error : devm_add_action_or_reset(&pdev->dev, xs_base_deregister, &xs_base_device);
}

static struct platform_driver xs_base_driver = {
	.driver.name = "xs_base",
};
static struct platform_device *xs_base_pdev;

static int __init xs_base_init(void)
{
	xs_base_pdev = platform_create_bundle(&xs_base_driver, xs_base_probe, NULL, 0, NULL, 0);
	return PTR_ERR_OR_ZERO(xs_base_pdev);
}
module_init(xs_base_init);

static void __exit xs_base_exit(void)
{
	platform_device_unregister(xs_base_pdev);
	platform_driver_unregister(&xs_base_driver);
}
module_exit(xs_base_exit);

MODULE_DESCRIPTION("Test of swapping a driver: the lower module");
MODULE_LICENSE("GPL");
