// SPDX-License-Identifier: GPL-2.0-only
/*
 * A small block driver for NVMe devices as QEMU emulates them, for the trials of xs-trial. It is sound, or has the one defect
 * that DEFECT_... defines. It has one queue for requests; commands that set the device up are polled for.
 */
#include <linux/blk-mq.h>
#include <linux/delay.h>
#include <linux/interrupt.h>
#include <linux/io-64-nonatomic-lo-hi.h>
#include <linux/module.h>
#include <linux/nvme.h>
#include <linux/pci.h>
#include <linux/version.h>

#define DEPTH 32 /* entries of a queue; one stays empty */
#define MAX_BYTES 4096 /* of a request: a command itself has no more than the addresses of two pages */
#define DISK_NAME "trial%d"

struct queue {
	struct nvme_command *commands;
	struct nvme_completion *completions;
	dma_addr_t commands_bus, completions_bus;
	u32 __iomem *doorbell; /* the one of the completions follows */
	unsigned int stride; /* between doorbells, in words */
	u16 tail, head;
	u8 phase;
};

struct disk {
	struct pci_dev *pdev;
	void __iomem *io;
	struct queue admin, requests;
	spinlock_t lock; /* the queue "requests" */
	struct blk_mq_tag_set tags;
	struct gendisk *gendisk;
};

static int queue_init(struct disk *disk, struct queue *queue, unsigned int number)
{
	struct device *device = &disk->pdev->dev;

	queue->commands = dmam_alloc_coherent(device, DEPTH * sizeof(*queue->commands), &queue->commands_bus, GFP_KERNEL);
	queue->completions = dmam_alloc_coherent(device, DEPTH * sizeof(*queue->completions), &queue->completions_bus,
						 GFP_KERNEL);
	queue->stride = 1 << NVME_CAP_STRIDE(lo_hi_readq(disk->io + NVME_REG_CAP));
	queue->doorbell = disk->io + NVME_REG_DBS + number * 2 * 4 * queue->stride;
	queue->phase = 1;
	return queue->commands && queue->completions ? 0 : -ENOMEM;
}

static void queue_submit(struct queue *queue, const struct nvme_command *command)
{
	queue->commands[queue->tail] = *command;
	queue->tail = (queue->tail + 1) % DEPTH;
	dma_wmb();
	writel(queue->tail, queue->doorbell);
}

/* Takes the next completion. False if there is none. */
static bool queue_next(struct queue *queue, u16 *id, u16 *status)
{
	struct nvme_completion *completion = &queue->completions[queue->head];

	if ((le16_to_cpu(READ_ONCE(completion->status)) & 1) != queue->phase)
		return false;
	dma_rmb();
	*id = completion->command_id;
	*status = le16_to_cpu(completion->status) >> 1;
	queue->head = (queue->head + 1) % DEPTH;
	if (!queue->head)
		queue->phase = !queue->phase;
	writel(queue->head, queue->doorbell + queue->stride);
	return true;
}

/* Runs a command that sets the device up. */
static int disk_admin(struct disk *disk, struct nvme_command *command)
{
	u16 id, status;
	int i;

	queue_submit(&disk->admin, command);
	for (i = 0; i < 5000; i++) {
		if (queue_next(&disk->admin, &id, &status))
			return status & 0x7ff ? -EIO : 0;
		usleep_range(500, 1000);
	}
	return -ETIMEDOUT;
}

static int disk_wait_ready(struct disk *disk, u32 ready)
{
	int i;

	for (i = 0; i < 5000; i++) {
		if ((readl(disk->io + NVME_REG_CSTS) & NVME_CSTS_RDY) == ready)
			return 0;
		usleep_range(500, 1000);
	}
	return -ETIMEDOUT;
}

static int disk_disable(struct disk *disk)
{
	writel(0, disk->io + NVME_REG_CC);
	return disk_wait_ready(disk, 0);
}

static int disk_enable(struct disk *disk)
{
	struct nvme_command create = {.create_cq = {.opcode = nvme_admin_create_cq}};
	int error = disk_disable(disk);

	if (error)
		return error;
	writel((DEPTH - 1) << 16 | (DEPTH - 1), disk->io + NVME_REG_AQA);
	lo_hi_writeq(disk->admin.commands_bus, disk->io + NVME_REG_ASQ);
	lo_hi_writeq(disk->admin.completions_bus, disk->io + NVME_REG_ACQ);
	writel(NVME_CC_ENABLE | NVME_CC_IOSQES | NVME_CC_IOCQES, disk->io + NVME_REG_CC);
	error = disk_wait_ready(disk, NVME_CSTS_RDY);
	if (error)
		return error;

	create.create_cq.prp1 = cpu_to_le64(disk->requests.completions_bus);
	create.create_cq.cqid = cpu_to_le16(1);
	create.create_cq.qsize = cpu_to_le16(DEPTH - 1);
	create.create_cq.cq_flags = cpu_to_le16(NVME_QUEUE_PHYS_CONTIG | NVME_CQ_IRQ_ENABLED);
	error = disk_admin(disk, &create);
	if (error)
		return error;

	memset(&create, 0, sizeof(create));
	create.create_sq.opcode = nvme_admin_create_sq;
	create.create_sq.prp1 = cpu_to_le64(disk->requests.commands_bus);
	create.create_sq.sqid = cpu_to_le16(1);
	create.create_sq.qsize = cpu_to_le16(DEPTH - 1);
	create.create_sq.sq_flags = cpu_to_le16(NVME_QUEUE_PHYS_CONTIG);
	create.create_sq.cqid = cpu_to_le16(1);
	return disk_admin(disk, &create);
}

/* Asks the device how many sectors of 512 bytes its name space 1 has. */
static int disk_identify(struct disk *disk, sector_t *sectors)
{
	struct nvme_command identify = {.identify = {.opcode = nvme_admin_identify, .nsid = cpu_to_le32(1)}};
	dma_addr_t bus;
	struct nvme_id_ns *ns = dma_alloc_coherent(&disk->pdev->dev, sizeof(*ns), &bus, GFP_KERNEL);
	int error;

	if (!ns)
		return -ENOMEM;
	identify.identify.dptr.prp1 = cpu_to_le64(bus);
	error = disk_admin(disk, &identify);
	*sectors = le64_to_cpu(ns->nsze);
	dma_free_coherent(&disk->pdev->dev, sizeof(*ns), ns, bus);
	return error;
}

/* What a request keeps between its start and its end. */
struct mapped {
	struct scatterlist list;
	int count;
};

static enum dma_data_direction direction_of(struct request *request)
{
	return rq_data_dir(request) == WRITE ? DMA_TO_DEVICE : DMA_FROM_DEVICE;
}

static blk_status_t disk_queue(struct blk_mq_hw_ctx *context, const struct blk_mq_queue_data *data)
{
	struct disk *disk = context->queue->queuedata;
	struct request *request = data->rq;
	struct mapped *mapped = blk_mq_rq_to_pdu(request);
	struct nvme_command command = {.rw = {.nsid = cpu_to_le32(1)}};
	unsigned long flags;
	dma_addr_t address;

	command.common.command_id = request->tag;
	mapped->count = 0;
	switch (req_op(request)) {
	case REQ_OP_FLUSH:
		command.common.opcode = nvme_cmd_flush;
#ifdef DEFECT_LOSES_FLUSH
		blk_mq_start_request(request);
		blk_mq_end_request(request, BLK_STS_OK);
		return BLK_STS_OK;
#endif
		break;
	case REQ_OP_READ:
	case REQ_OP_WRITE:
		sg_init_table(&mapped->list, 1);
		mapped->count = blk_rq_map_sg(request->q, request, &mapped->list);
		if (dma_map_sg(&disk->pdev->dev, &mapped->list, mapped->count, direction_of(request)) != 1)
			return BLK_STS_RESOURCE;
		command.rw.opcode = req_op(request) == REQ_OP_READ ? nvme_cmd_read : nvme_cmd_write;
		command.rw.slba = cpu_to_le64(blk_rq_pos(request));
		command.rw.length = cpu_to_le16(blk_rq_sectors(request) - 1);
		address = sg_dma_address(&mapped->list);
		command.rw.dptr.prp1 = cpu_to_le64(address);
		command.rw.dptr.prp2 = cpu_to_le64(ALIGN(address + 1, 4096)); /* read only if the first page is not all */
		break;
	default:
		return BLK_STS_NOTSUPP;
	}
	blk_mq_start_request(request);
	spin_lock_irqsave(&disk->lock, flags);
	queue_submit(&disk->requests, &command);
	spin_unlock_irqrestore(&disk->lock, flags);
	return BLK_STS_OK;
}

static irqreturn_t disk_interrupt(int irq, void *data)
{
	struct disk *disk = data;
	irqreturn_t result = IRQ_NONE;
	u16 id, status;

	spin_lock(&disk->lock);
	while (queue_next(&disk->requests, &id, &status)) {
		struct request *request = blk_mq_tag_to_rq(disk->tags.tags[0], id);
		struct mapped *mapped = blk_mq_rq_to_pdu(request);

		if (mapped->count)
			dma_unmap_sg(&disk->pdev->dev, &mapped->list, mapped->count, direction_of(request));
#ifdef DEFECT_SWALLOWS
		status = 0;
#endif
		blk_mq_end_request(request, status & 0x7ff ? BLK_STS_IOERR : BLK_STS_OK);
		result = IRQ_HANDLED;
	}
	spin_unlock(&disk->lock);
	return result;
}

static const struct blk_mq_ops disk_queue_ops = {.queue_rq = disk_queue};
static const struct block_device_operations disk_ops = {.owner = THIS_MODULE};

/* The limits make each request one piece of memory that no more than two pages have. */
static struct gendisk *disk_alloc(struct disk *disk)
{
	struct gendisk *gendisk;
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 11, 0)
	gendisk = blk_mq_alloc_disk(&disk->tags, disk);
	if (IS_ERR(gendisk))
		return gendisk;
	blk_queue_write_cache(gendisk->queue, true, false);
	blk_queue_max_hw_sectors(gendisk->queue, MAX_BYTES / 512);
	blk_queue_max_segments(gendisk->queue, 1);
#else
	struct queue_limits limits = {
		.features = BLK_FEAT_WRITE_CACHE,
		.max_hw_sectors = MAX_BYTES / 512,
		.max_segments = 1,
	};

	gendisk = blk_mq_alloc_disk(&disk->tags, &limits, disk);
	if (IS_ERR(gendisk))
		return gendisk;
#endif
	snprintf(gendisk->disk_name, DISK_NAME_LEN, DISK_NAME, disk->pdev->devfn);
	gendisk->fops = &disk_ops;
	gendisk->private_data = disk;
	return gendisk;
}

static int disk_add(struct disk *disk, sector_t sectors)
{
	int error;

	disk->tags.ops = &disk_queue_ops;
	disk->tags.nr_hw_queues = 1;
	disk->tags.queue_depth = DEPTH - 1;
	disk->tags.numa_node = NUMA_NO_NODE;
	disk->tags.cmd_size = sizeof(struct mapped);
	disk->tags.flags = BLK_MQ_F_SHOULD_MERGE;
	error = blk_mq_alloc_tag_set(&disk->tags);
	if (error)
		return error;
	disk->gendisk = disk_alloc(disk);
	if (IS_ERR(disk->gendisk)) {
		blk_mq_free_tag_set(&disk->tags);
		return PTR_ERR(disk->gendisk);
	}
	set_capacity(disk->gendisk, sectors);
	error = device_add_disk(&disk->pdev->dev, disk->gendisk, NULL);
	if (error) {
		put_disk(disk->gendisk);
		blk_mq_free_tag_set(&disk->tags);
	}
	return error;
}

static int disk_probe(struct pci_dev *pdev, const struct pci_device_id *id)
{
	struct disk *disk = devm_kzalloc(&pdev->dev, sizeof(*disk), GFP_KERNEL);
	sector_t sectors = 0;
	int error;

	if (!disk)
		return -ENOMEM;
	error = pcim_enable_device(pdev);
	if (!error)
		error = pcim_iomap_regions(pdev, BIT(0), KBUILD_MODNAME);
	if (!error)
		error = dma_set_mask_and_coherent(&pdev->dev, DMA_BIT_MASK(64));
	if (error)
		return error;
	pci_set_master(pdev);
	disk->pdev = pdev;
	disk->io = pcim_iomap_table(pdev)[0];
	spin_lock_init(&disk->lock);
	pci_set_drvdata(pdev, disk);
	error = queue_init(disk, &disk->admin, 0);
	if (!error)
		error = queue_init(disk, &disk->requests, 1);
	if (!error)
		error = disk_enable(disk);
	if (!error)
		error = disk_identify(disk, &sectors);
	if (!error)
		error = request_irq(pdev->irq, disk_interrupt, IRQF_SHARED, KBUILD_MODNAME, disk);
	if (error)
		return error;
	error = disk_add(disk, sectors);
	if (error)
		free_irq(pdev->irq, disk);
	return error;
}

static void disk_remove(struct pci_dev *pdev)
{
	struct disk *disk = pci_get_drvdata(pdev);

	del_gendisk(disk->gendisk);
	disk_disable(disk);
	free_irq(pdev->irq, disk);
	put_disk(disk->gendisk);
	blk_mq_free_tag_set(&disk->tags);
}

static const struct pci_device_id disk_ids[] = {{PCI_DEVICE(0x1b36, 0x0010)}, {}};
MODULE_DEVICE_TABLE(pci, disk_ids);

static struct pci_driver disk_driver = {
	.name = KBUILD_MODNAME,
	.id_table = disk_ids,
	.probe = disk_probe,
	.remove = disk_remove,
};
module_pci_driver(disk_driver);

MODULE_DESCRIPTION("a small block driver, to try xs-trial with");
MODULE_LICENSE("GPL");
