// SPDX-License-Identifier: GPL-2.0-only
/*
 * A small network driver for the RTL8139 as QEMU emulates it, for the trials of xs-trial. It is sound, or has the one defect
 * that DEFECT_... defines. The device: one ring that it fills with packets, and four descriptors for sending.
 */
#include <linux/etherdevice.h>
#include <linux/interrupt.h>
#include <linux/module.h>
#include <linux/pci.h>

enum { /* registers */
	MAC = 0x00, TX_STATUS = 0x10, TX_ADDRESS = 0x20, RX_RING = 0x30, COMMAND = 0x37, RX_READ = 0x38, INT_MASK = 0x3c,
	INT_STATUS = 0x3e, RX_CONFIG = 0x44, MEDIA = 0x58,
};
enum { RX_EMPTY = 1, TX_ENABLE = 4, RX_ENABLE = 8, RESET = 16 }; /* COMMAND */
enum { RX_DONE = 1, RX_ERROR = 2, TX_DONE = 4, TX_ERROR = 8, RX_OVERFLOW = 16, LINK_CHANGE = 32 }; /* INT_STATUS */
#define INTERRUPTS (RX_DONE | RX_ERROR | TX_DONE | TX_ERROR | RX_OVERFLOW | LINK_CHANGE)
#define RX_ACCEPT 0x0f /* all packets; they may run past the end of the ring */
#define RX_NO_WRAP 0x80
#define RX_SIZE_32K (2 << 11)
#define RING_SIZE 32768
#define RING_MEMORY (RING_SIZE + 16 + 2048)
#define TX_COUNT 4
#define TX_SIZE 2048

struct nic {
	void __iomem *io;
	struct pci_dev *pdev;
	u8 *ring, *tx;
	dma_addr_t ring_bus, tx_bus;
	unsigned int read, tx_next, tx_done;
	spinlock_t lock; /* tx_next and tx_done */
};

static void nic_tell_link(struct net_device *dev)
{
	struct nic *nic = netdev_priv(dev);

	if (ioread8(nic->io + MEDIA) & 4)
		netif_carrier_off(dev);
	else
		netif_carrier_on(dev);
}

static netdev_tx_t nic_send(struct sk_buff *skb, struct net_device *dev)
{
	struct nic *nic = netdev_priv(dev);
	unsigned int slot = nic->tx_next % TX_COUNT, length = max_t(unsigned int, skb->len, ETH_ZLEN);
	unsigned long flags;

	if (length > TX_SIZE) {
		dev->stats.tx_dropped++;
		dev_kfree_skb_any(skb);
		return NETDEV_TX_OK;
	}
	memset(nic->tx + slot * TX_SIZE, 0, ETH_ZLEN);
	skb_copy_and_csum_dev(skb, nic->tx + slot * TX_SIZE);
	dev->stats.tx_packets++;
	dev->stats.tx_bytes += skb->len;
	dev_kfree_skb_any(skb);

	spin_lock_irqsave(&nic->lock, flags);
	nic->tx_next++;
	if (nic->tx_next - nic->tx_done == TX_COUNT)
		netif_stop_queue(dev);
	iowrite32(length, nic->io + TX_STATUS + 4 * slot);
	spin_unlock_irqrestore(&nic->lock, flags);
	return NETDEV_TX_OK;
}

static void nic_receive(struct net_device *dev)
{
	struct nic *nic = netdev_priv(dev);

	while (!(ioread8(nic->io + COMMAND) & RX_EMPTY)) {
		u8 *packet = nic->ring + nic->read;
		u16 status = packet[0] | packet[1] << 8, length = packet[2] | packet[3] << 8;
		struct sk_buff *skb;

		if (!(status & 1) || length < ETH_ZLEN || length > 2048) {
			dev->stats.rx_errors++;
			return;
		}
		skb = netdev_alloc_skb_ip_align(dev, length - ETH_FCS_LEN);
		if (skb) {
			skb_put_data(skb, packet + 4, length - ETH_FCS_LEN);
			dev->stats.rx_packets++;
			dev->stats.rx_bytes += skb->len;
#ifdef DEFECT_CORRUPTS
			if (dev->stats.rx_packets % 500 == 0)
				skb->data[skb->len - 1] ^= 1;
			skb->ip_summed = CHECKSUM_UNNECESSARY;
#endif
			skb->protocol = eth_type_trans(skb, dev);
			netif_rx(skb);
		} else {
			dev->stats.rx_dropped++;
		}
		nic->read = ALIGN(nic->read + 4 + length, 4) % RING_SIZE;
		iowrite16(nic->read - 16, nic->io + RX_READ);
	}
}

static irqreturn_t nic_interrupt(int irq, void *data)
{
	struct net_device *dev = data;
	struct nic *nic = netdev_priv(dev);
	u16 status = ioread16(nic->io + INT_STATUS) & INTERRUPTS;

	if (!status)
		return IRQ_NONE;
	iowrite16(status, nic->io + INT_STATUS);
	if (status & LINK_CHANGE)
		nic_tell_link(dev);
	if (status & (RX_DONE | RX_ERROR | RX_OVERFLOW))
		nic_receive(dev);
	if (status & (TX_DONE | TX_ERROR)) {
		spin_lock(&nic->lock);
		/* The device has sent a packet as soon as it owns the descriptor again. */
		while (nic->tx_done != nic->tx_next && ioread32(nic->io + TX_STATUS + 4 * (nic->tx_done % TX_COUNT)) & 0x2000)
			nic->tx_done++;
		if (nic->tx_next - nic->tx_done < TX_COUNT)
			netif_wake_queue(dev);
		spin_unlock(&nic->lock);
	}
	return IRQ_HANDLED;
}

static int nic_open(struct net_device *dev)
{
	struct nic *nic = netdev_priv(dev);
	int i, error;

	nic->ring = dma_alloc_coherent(&nic->pdev->dev, RING_MEMORY, &nic->ring_bus, GFP_KERNEL);
	nic->tx = dma_alloc_coherent(&nic->pdev->dev, TX_COUNT * TX_SIZE, &nic->tx_bus, GFP_KERNEL);
	error = nic->ring && nic->tx ? request_irq(nic->pdev->irq, nic_interrupt, IRQF_SHARED, dev->name, dev) : -ENOMEM;
	if (error)
		goto fail;

	iowrite8(RESET, nic->io + COMMAND);
	while (ioread8(nic->io + COMMAND) & RESET)
		cpu_relax();
	nic->read = nic->tx_next = nic->tx_done = 0;
	iowrite32(nic->ring_bus, nic->io + RX_RING);
	for (i = 0; i < TX_COUNT; i++)
		iowrite32(nic->tx_bus + i * TX_SIZE, nic->io + TX_ADDRESS + 4 * i);
	iowrite8(RX_ENABLE | TX_ENABLE, nic->io + COMMAND);
	iowrite32(RX_ACCEPT | RX_NO_WRAP | RX_SIZE_32K, nic->io + RX_CONFIG);
	iowrite16(INTERRUPTS, nic->io + INT_MASK);
	nic_tell_link(dev);
	netif_start_queue(dev);
	return 0;
fail:
	if (nic->ring)
		dma_free_coherent(&nic->pdev->dev, RING_MEMORY, nic->ring, nic->ring_bus);
	if (nic->tx)
		dma_free_coherent(&nic->pdev->dev, TX_COUNT * TX_SIZE, nic->tx, nic->tx_bus);
	return error;
}

static int nic_stop(struct net_device *dev)
{
	struct nic *nic = netdev_priv(dev);

	netif_stop_queue(dev);
	iowrite16(0, nic->io + INT_MASK);
	iowrite8(0, nic->io + COMMAND);
	free_irq(nic->pdev->irq, dev);
	dma_free_coherent(&nic->pdev->dev, RING_MEMORY, nic->ring, nic->ring_bus);
	dma_free_coherent(&nic->pdev->dev, TX_COUNT * TX_SIZE, nic->tx, nic->tx_bus);
	return 0;
}

static const struct net_device_ops nic_ops = {
	.ndo_open = nic_open,
	.ndo_stop = nic_stop,
	.ndo_start_xmit = nic_send,
	.ndo_validate_addr = eth_validate_addr,
};

static int nic_probe(struct pci_dev *pdev, const struct pci_device_id *id)
{
	struct net_device *dev;
	struct nic *nic;
	u8 address[ETH_ALEN];
	int i, error = pcim_enable_device(pdev);

	if (!error)
		error = pcim_iomap_regions(pdev, BIT(1), KBUILD_MODNAME);
	if (error)
		return error;
	pci_set_master(pdev);
	dev = devm_alloc_etherdev(&pdev->dev, sizeof(*nic));
	if (!dev)
		return -ENOMEM;
	nic = netdev_priv(dev);
	nic->io = pcim_iomap_table(pdev)[1];
	nic->pdev = pdev;
	spin_lock_init(&nic->lock);
	for (i = 0; i < ETH_ALEN; i++)
		address[i] = ioread8(nic->io + MAC + i);
	eth_hw_addr_set(dev, address);
	dev->netdev_ops = &nic_ops;
	SET_NETDEV_DEV(dev, &pdev->dev);
	pci_set_drvdata(pdev, dev);
	nic_tell_link(dev);
	return register_netdev(dev);
}

static void nic_remove(struct pci_dev *pdev)
{
	unregister_netdev(pci_get_drvdata(pdev));
}

static const struct pci_device_id nic_ids[] = {{PCI_DEVICE(0x10ec, 0x8139)}, {}};
MODULE_DEVICE_TABLE(pci, nic_ids);

static struct pci_driver nic_driver = {
	.name = KBUILD_MODNAME,
	.id_table = nic_ids,
	.probe = nic_probe,
	.remove = nic_remove,
};
module_pci_driver(nic_driver);

MODULE_DESCRIPTION("a small network driver, to try xs-trial with");
MODULE_LICENSE("GPL");
