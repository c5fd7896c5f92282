// SPDX-License-Identifier: GPL-2.0-only
/*
 * xsedu: let QEMU's educational PCI device (1234:11e8) compute factorials.
 *
 *	# modprobe xsedu
 *	# cd /sys/bus/pci/drivers/xsedu/0000:00:02.0
 *	# echo 5 > factorial
 *	# cat factorial interrupts
 *	120
 *	1
 *	# cat /sys/module/xsedu/version
 *	1.0.0
 *	# echo 13 > factorial		(1.0.0: the answer is wrong; 1.1.0: refused)
 *	# rmmod xsedu
 *
 * The registers are described in QEMU's docs/specs/edu. The driver compiles for Linux 4.19 and newer:
 * it uses only functions that all these kernels have.
 */
#include <linux/atomic.h>
#include <linux/completion.h>
#include <linux/interrupt.h>
#include <linux/io.h>
#include <linux/jiffies.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/pci.h>
#include <linux/sysfs.h>

#define XSEDU_BAR 0

#define XSEDU_ID	    0x00 /* 0xMMmm00ed: major, minor, mark */
#define XSEDU_ID_MARK	    0xed
#define XSEDU_FACTORIAL	    0x08 /* write n, read n! modulo 2^32 */
#define XSEDU_STATUS	    0x20
#define XSEDU_STATUS_BUSY   BIT(0)
#define XSEDU_STATUS_IRQ    BIT(7) /* interrupt when the factorial is done */
#define XSEDU_IRQ_STATUS    0x24
#define XSEDU_IRQ_FACTORIAL BIT(0)
#define XSEDU_IRQ_ACK	    0x64

/* 13! does not fit the device's 32-bit register. */
#define XSEDU_LARGEST 12

struct xsedu {
	void __iomem *regs;
	struct mutex lock; /* one computation at a time */
	struct completion done;
	atomic_t interrupts;
};

static irqreturn_t xsedu_irq(int irq, void *data)
{
	struct xsedu *edu = data;
	u32 status = ioread32(edu->regs + XSEDU_IRQ_STATUS);

	if (!status)
		return IRQ_NONE;

	iowrite32(status, edu->regs + XSEDU_IRQ_ACK);
	atomic_inc(&edu->interrupts);
	if (status & XSEDU_IRQ_FACTORIAL)
		complete(&edu->done);
	return IRQ_HANDLED;
}

static int xsedu_compute(struct xsedu *edu, u32 n)
{
	/* The device ignores what is written while it computes. */
	if (ioread32(edu->regs + XSEDU_STATUS) & XSEDU_STATUS_BUSY)
		return -EBUSY;

	reinit_completion(&edu->done);
	iowrite32(n, edu->regs + XSEDU_FACTORIAL);
	if (!wait_for_completion_timeout(&edu->done, HZ))
		return -ETIMEDOUT;
	return 0;
}

static ssize_t factorial_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	struct xsedu *edu = dev_get_drvdata(dev);

	return scnprintf(buf, PAGE_SIZE, "%u\n", ioread32(edu->regs + XSEDU_FACTORIAL));
}

static ssize_t factorial_store(struct device *dev, struct device_attribute *attr, const char *buf, size_t count)
{
	struct xsedu *edu = dev_get_drvdata(dev);
	u32 n;
	int err;

	err = kstrtou32(buf, 0, &n);
	if (err)
		return err;
	if (IS_ENABLED(XSEDU_CHECK_RANGE) && n > XSEDU_LARGEST)
		return -ERANGE;

	mutex_lock(&edu->lock);
	err = xsedu_compute(edu, n);
	mutex_unlock(&edu->lock);
	return err ?: count;
}
static DEVICE_ATTR_RW(factorial);

static ssize_t interrupts_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	struct xsedu *edu = dev_get_drvdata(dev);

	return scnprintf(buf, PAGE_SIZE, "%d\n", atomic_read(&edu->interrupts));
}
static DEVICE_ATTR_RO(interrupts);

static struct attribute *xsedu_attrs[] = {
	&dev_attr_factorial.attr,
	&dev_attr_interrupts.attr,
	NULL,
};
ATTRIBUTE_GROUPS(xsedu);

static int xsedu_map(struct pci_dev *pdev, struct xsedu *edu)
{
	int err;

	err = pcim_enable_device(pdev);
	if (err)
		return err;

	err = pcim_iomap_regions(pdev, BIT(XSEDU_BAR), KBUILD_MODNAME);
	if (err)
		return err;
	edu->regs = pcim_iomap_table(pdev)[XSEDU_BAR];

	if ((ioread32(edu->regs + XSEDU_ID) & 0xff) != XSEDU_ID_MARK)
		return -ENODEV;
	return 0;
}

static void xsedu_silence(void *data)
{
	struct xsedu *edu = data;

	iowrite32(0, edu->regs + XSEDU_STATUS);
}

static int xsedu_setup_irq(struct pci_dev *pdev, struct xsedu *edu)
{
	int err;

	pci_set_master(pdev); /* a message signalled interrupt is a write */
	err = pci_alloc_irq_vectors(pdev, 1, 1, PCI_IRQ_ALL_TYPES);
	if (err < 0)
		return err;

	err = devm_request_irq(&pdev->dev, pci_irq_vector(pdev, 0), xsedu_irq, IRQF_SHARED, KBUILD_MODNAME, edu);
	if (err)
		return err;

	iowrite32(XSEDU_STATUS_IRQ, edu->regs + XSEDU_STATUS);
	return devm_add_action_or_reset(&pdev->dev, xsedu_silence, edu);
}

static void xsedu_remove_files(void *data)
{
	struct pci_dev *pdev = data;

	sysfs_remove_groups(&pdev->dev.kobj, xsedu_groups);
}

/* The member dev_groups of struct pci_driver would do this, but Linux 4.19 does not have it. */
static int xsedu_create_files(struct pci_dev *pdev)
{
	int err;

	err = sysfs_create_groups(&pdev->dev.kobj, xsedu_groups);
	if (err)
		return err;
	return devm_add_action_or_reset(&pdev->dev, xsedu_remove_files, pdev);
}

/*
 * Everything taken here is managed: when probing fails or the driver is removed,
 * it is given back in the reverse order (files, silence, interrupt, vectors,
 * mapping), so there are no error labels and no remove function.
 */
static int xsedu_probe(struct pci_dev *pdev, const struct pci_device_id *id)
{
	struct xsedu *edu;
	int err;

	edu = devm_kzalloc(&pdev->dev, sizeof(*edu), GFP_KERNEL);
	if (!edu)
		return -ENOMEM;
	mutex_init(&edu->lock);
	init_completion(&edu->done);
	pci_set_drvdata(pdev, edu);

	err = xsedu_map(pdev, edu);
	if (err) {
		dev_err(&pdev->dev, "cannot map registers: error %d\n", err);
		return err;
	}
	err = xsedu_setup_irq(pdev, edu);
	if (err) {
		dev_err(&pdev->dev, "cannot take interrupt: error %d\n", err);
		return err;
	}
	return xsedu_create_files(pdev);
}

static const struct pci_device_id xsedu_ids[] = {
	{PCI_DEVICE(0x1234, 0x11e8)},
	{},
};
MODULE_DEVICE_TABLE(pci, xsedu_ids);

static struct pci_driver xsedu_driver = {
	.name = KBUILD_MODNAME,
	.id_table = xsedu_ids,
	.probe = xsedu_probe,
};
module_pci_driver(xsedu_driver);

MODULE_DESCRIPTION("QEMU educational PCI device");
MODULE_AUTHOR("The xs-ddk authors");
MODULE_VERSION(XSEDU_VERSION);
MODULE_LICENSE("GPL");
