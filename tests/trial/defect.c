// SPDX-License-Identifier: GPL-2.0-only
/*
 * A driver for QEMU's edu device that is sound, or has the one defect that DEFECT_... defines, so that tests see that
 * xs-trial finds it.
 */
#include <linux/delay.h>
#include <linux/kthread.h>
#include <linux/module.h>
#include <linux/pci.h>
#include <linux/slab.h>

#ifdef DEFECT_LEAVES_THREAD
/* It waits in the kernel's own code, so that it outlives the module. */
static int defect_thread(void *data)
{
	msleep(3600 * 1000);
	return 0;
}
#endif

static int defect_probe(struct pci_dev *pdev, const struct pci_device_id *id)
{
#ifdef DEFECT_LEAVES_THREAD
	kthread_run(defect_thread, NULL, "defect");
#endif
#ifdef DEFECT_LEAK
	if (!kzalloc(256 << 10, GFP_KERNEL))
		return -ENOMEM;
#endif
#ifdef DEFECT_WARNING
	WARN(1, "the device is not what it should be\n");
#endif
#ifdef DEFECT_FAILS
	return -ENODEV;
#endif
	return pcim_enable_device(pdev);
}

static void defect_remove(struct pci_dev *pdev)
{
}

static const struct pci_device_id defect_ids[] = {{PCI_DEVICE(0x1234, 0x11e8)}, {}};
MODULE_DEVICE_TABLE(pci, defect_ids);

static struct pci_driver defect_driver = {
	.name = KBUILD_MODNAME,
	.id_table = defect_ids,
	.probe = defect_probe,
	.remove = defect_remove,
};

#ifdef DEFECT_STAYS
/* Without an exit function a module cannot be unloaded. */
static int __init defect_init(void)
{
	return pci_register_driver(&defect_driver);
}
module_init(defect_init);
#else
module_pci_driver(defect_driver);
#endif

MODULE_DESCRIPTION("a driver that has a defect on purpose");
MODULE_LICENSE("GPL");
