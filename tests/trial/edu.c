// SPDX-License-Identifier: GPL-2.0-only
/*
 * A driver for QEMU's edu device, for the trials of xs-trial. It is sound, or has the one defect that DEFECT_... defines.
 */
#include <linux/completion.h>
#include <linux/delay.h>
#include <linux/interrupt.h>
#include <linux/module.h>
#include <linux/pci.h>
#include <linux/slab.h>

static irqreturn_t edu_interrupt(int irq, void *data)
{
	return IRQ_NONE;
}

static int edu_probe(struct pci_dev *pdev, const struct pci_device_id *id)
{
	int error = pcim_enable_device(pdev);

	if (error)
		return error;
	error = request_irq(pdev->irq, edu_interrupt, IRQF_SHARED, KBUILD_MODNAME, pdev);
	if (error)
		return error;
#ifdef DEFECT_LEAK
	if (!kzalloc(256 << 10, GFP_KERNEL))
		return -ENOMEM;
#endif
#ifdef DEFECT_WARNING
	WARN(1, "the device is not what it should be\n");
#endif
#ifdef DEFECT_ATOMIC
	local_bh_disable();
	msleep(10);
	local_bh_enable();
#endif
#ifdef DEFECT_FAILS
	free_irq(pdev->irq, pdev);
	return -ENODEV;
#endif
	return 0;
}

static void edu_remove(struct pci_dev *pdev)
{
#ifdef DEFECT_HANGS
	DECLARE_COMPLETION_ONSTACK(never);

	wait_for_completion(&never);
#endif
#ifndef DEFECT_INTERRUPT
	free_irq(pdev->irq, pdev);
#endif
}

#ifdef OTHER_DEVICE /* that QEMU does not emulate */
static const struct pci_device_id edu_ids[] = {{PCI_DEVICE(0x1234, 0x0001)}, {}};
#else
static const struct pci_device_id edu_ids[] = {{PCI_DEVICE(0x1234, 0x11e8)}, {}};
#endif
MODULE_DEVICE_TABLE(pci, edu_ids);

static struct pci_driver edu_driver = {
	.name = KBUILD_MODNAME,
	.id_table = edu_ids,
	.probe = edu_probe,
	.remove = edu_remove,
};

#ifdef DEFECT_STAYS
/* Without an exit function a module cannot be unloaded. */
static int __init edu_init(void)
{
	return pci_register_driver(&edu_driver);
}
module_init(edu_init);
#else
module_pci_driver(edu_driver);
#endif

MODULE_DESCRIPTION("a driver that may have a defect on purpose");
MODULE_LICENSE("GPL");
